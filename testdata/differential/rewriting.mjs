// Rewrites a case's statements and tests one by one, for the classes.

// A place is where a statement stands: the kind of policy, and its document's
// Version.

// mapDocuments makes a case anew with each document changed; a document for
// which change gives undefined is left out.
export function mapDocuments(c, change) {
  const policies = {};
  for (const [kind, value] of Object.entries(c.policies)) {
    const one = (doc) => change(doc, kind);
    const list = (docs) => docs.map(one).filter((d) => d !== undefined);
    if (kind === 'scp' || kind === 'rcp') policies[kind] = value.map(list);
    else if (Array.isArray(value)) policies[kind] = list(value);
    else if (one(value) !== undefined) policies[kind] = one(value);
  }
  return { ...c, policies };
}

// mapStatements makes a case anew with each statement changed; one for which
// change gives undefined is left out.
export function mapStatements(c, change) {
  return mapDocuments(c, (doc, kind) => {
    const place = { kind, version: doc.Version };
    const statements = [doc.Statement].flat().map((st) => change(st, place)).filter((st) => st !== undefined);
    return { ...doc, Statement: statements.length > 0 ? statements : [idle(kind)] };
  });
}

// idle is a statement of a kind of policy that applies to no request here.
export function idle(kind) {
  const st = { Effect: 'Deny', Action: 'rum:GetRumMonitor' };
  if (kind !== 'trust') st.Resource = '*';
  if (kind === 'trust' || kind === 'resource' || kind === 'rcp' || kind === 'endpoint') st.Principal = '*';
  return st;
}

// What a rewritten test is.
export const always = Symbol('holds for every request');
export const never = Symbol('holds for no request');

// parseOperator cuts an operator's name into its parts.
export function parseOperator(name) {
  const [, set = '', base, ifExists] = /^(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?$/i.exec(name);
  return { set: set.toLowerCase(), base: base.toLowerCase(), ifExists: ifExists !== undefined, negated: /not/i.test(base), family: familyOf(base) };
}

function familyOf(base) {
  const [, family] = /^(?:Not)?(String|Arn|Numeric|Date|Bool|Null|Binary|Ip)/i.exec(base) ?? [];
  return family?.toLowerCase();
}

// held is what a request holds of a key: a text, a list, or undefined.
export function held(c, key) {
  const name = Object.keys(c.request.context).find((k) => k.toLowerCase() === key.toLowerCase());
  return c.request.context[name];
}

// mapTests makes a case anew with each test of each condition changed: change
// is given { op, key, values, value } and the statement's place, and gives the
// new list of values, always, never, or undefined for no change.
export function mapTests(c, change) {
  return mapStatements(c, (st, place) => (st.Condition ? withTests(c, st, place, change) : st));
}

function withTests(c, st, place, change) {
  const block = {};
  for (const [operator, tests] of Object.entries(st.Condition)) {
    for (const [key, values] of Object.entries(tests)) {
      const test = { op: parseOperator(operator), key, values: [values].flat().map(String), value: held(c, key) };
      const out = change(test, place);
      if (out === never) return { ...st, Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-nobodyatall' } } };
      if (out !== always) block[operator] = { ...block[operator], [key]: out ?? values };
    }
  }
  const { Condition, ...rest } = st;
  return Object.keys(block).length > 0 ? { ...rest, Condition: block } : rest;
}

// ofIAM are the kinds of policy that IAM itself stores or takes.
export const ofIAM = new Set(['identity', 'groups', 'boundary', 'session']);

// nowhere is a pattern that matches no resource of the cases.
export const nowhere = 'arn:aws:rum:us-east-1:000000000000:appmonitor/none';

// mapResources makes a case anew with each pattern of Resource and NotResource
// changed: change is given the pattern and where it stands, and gives whether
// the pattern matches the request's resource, or undefined for no change.
export function mapResources(c, change) {
  return mapStatements(c, (st, place) => {
    const member = st.NotResource !== undefined ? 'NotResource' : 'Resource';
    if (st[member] === undefined) return st;
    const where = { ...place, effect: st.Effect, not: member === 'NotResource' };
    const patterns = [st[member]].flat().map((p) => {
      const matches = change(p, where);
      if (matches === undefined) return p;
      return matches ? c.request.resource : nowhere;
    });
    return { ...st, [member]: patterns };
  });
}

// fields cuts an ARN at its first five colons, those inside ${...} left out.
export function fields(arn) {
  const out = [''];
  for (const part of arn.match(/\$\{[^}]*\}|[^]/g) ?? []) {
    if (part === ':' && out.length < 6) out.push('');
    else out[out.length - 1] += part;
  }
  return out;
}

const escape = (s) => s.replace(/[\\^$.|+()[\]{}/-]/g, '\\$&');

// wild makes a regular expression of a text with * and ?; any is what a
// wildcard stands for.
export const wild = (s, any = '[^]') => escape(s).replace(/\*/g, `${any}*`).replace(/\?/g, any);

// likes reports whether a pattern with * and ? matches a text.
export const likes = (pattern, text) => new RegExp(`^${wild(pattern)}$`).test(text);

// covers reports whether an ARN pattern matches an ARN as AWS describes it
// ("IAM JSON policy elements: Resource"): field by field, with a * at the end
// of a field running past the colon if runsOn says so.
export function covers(pattern, arn, runsOn) {
  const cut = fields(pattern);
  const parts = cut.map((f, i) => {
    if (i === 5) return wild(f);
    const text = runsOn && f.endsWith('*') ? wild(f.slice(0, -1), '[^:]') + '[^]*' : wild(f, '[^:]');
    return i === 0 ? text : `(?i:${text})`;
  });
  return matcher(parts).test(arn);
}

// matcher joins the fields' expressions. Fields two to five compare without
// regard to case.
function matcher(parts) {
  const text = parts.map((p) => p.replace(/\(\?i:([^]*)\)$/, (_, inner) => bothCases(inner))).join(':');
  return new RegExp(`^${text}$`);
}

// bothCases makes each letter of an expression match in either case.
const bothCases = (s) => s.replace(/\[\^:\]|\[\^\]|\\.|[a-z]/gi, (m) => (/^[a-z]$/i.test(m) ? `[${m.toLowerCase()}${m.toUpperCase()}]` : m));
