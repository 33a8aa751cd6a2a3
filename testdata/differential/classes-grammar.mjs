// The classes that documents make which AWS would not store.
import { always, idle, mapDocuments, mapStatements, mapTests, never, ofIAM } from './rewriting.mjs';

// known are the operators ("IAM JSON policy elements: Condition operators").
const known = new Set([
  ...['equals', 'notequals', 'equalsignorecase', 'notequalsignorecase', 'like', 'notlike'].map((s) => `string${s}`),
  ...['numeric', 'date'].flatMap((f) => ['equals', 'notequals', 'lessthan', 'lessthanequals', 'greaterthan', 'greaterthanequals'].map((s) => f + s)),
  ...['equals', 'like', 'notequals', 'notlike'].map((s) => `arn${s}`),
  ...['bool', 'binaryequals', 'ipaddress', 'notipaddress', 'null'],
]);

// unstorable is a test that AWS would refuse: it is unknown to us.
function unstorable({ op, values }) {
  return !known.has(op.base) || (op.family === 'null' && (op.ifExists || op.set)) || (op.family === 'numeric' && values.some((v) => Number.isNaN(Number(v)))) || (values.length === 0 && !op.set && !op.ifExists);
}

const readings = (c, which) => [always, never].map((verdict) => mapTests(c, (t) => (which(t) ? verdict : undefined)));

// statementsOf are a document's statements.
const statementsOf = (doc) => [doc.Statement].flat();

const oddSid = ({ Sid }) => Sid !== undefined && !/^[a-z0-9]*$/i.test(Sid);

const patternsOf = (st) => [st.Resource ?? [], st.NotResource ?? []].flat();

const noARN = (pattern) => !/^\*+$|^arn:/.test(pattern);

// without puts in the place of a policy of such a kind, of which a statement is
// such, one that grants nothing and denies nothing to the request.
function without(c, which, kinds = ofIAM) {
  return mapDocuments(c, (doc, kind) => (kinds.has(kind) && statementsOf(doc).some(which) ? { Version: '2012-10-17', Statement: [idle(kind)] } : doc));
}

const anywhere = new Set([...ofIAM, 'scp', 'rcp', 'resource', 'trust', 'endpoint']);

// twice reports whether a condition names one key in two spellings.
function twice({ Condition = {} }) {
  return Object.values(Condition).some((tests) => new Set(Object.keys(tests).map((k) => k.toLowerCase())).size < Object.keys(tests).length);
}

// unlisted puts a name that no request of the cases has in the place of
// names of actions that match nothing.
function unlisted(c) {
  const name = (a) => (/[, ]/.test(a) ? 'rum:GetNothing' : a);
  return mapStatements(c, (st) => {
    const out = { ...st };
    for (const member of ['Action', 'NotAction']) if (st[member] !== undefined) out[member] = [st[member]].flat().map(name);
    return out;
  });
}

export const grammarClasses = [
  { name: 'a document that AWS would refuse: a Sid with blanks', document: 'IAM JSON policy elements: Sid (letters and digits); IAM-SEMANTICS 1.9: it grants nothing and denies nothing', rewrite: (c) => without(c, oddSid) },
  { name: 'a document that AWS would refuse: a resource that is no ARN', document: 'Amazon Resource Names (ARNs) (format arn:partition:...); IAM-SEMANTICS 1.9: it grants nothing and denies nothing', rewrite: (c) => without(c, (st) => patternsOf(st).some(noARN)) },
  { name: 'a document that AWS would refuse: a key in two spellings', document: 'IAM Access Analyzer policy check reference: Duplicate keys with different case; IAM-SEMANTICS 1.6 and 1.9', rewrite: (c) => without(c, twice, anywhere) },
  { name: 'a comma in the name of an action', document: 'IAM-SEMANTICS 2: it matches nothing, and excludes nothing in NotAction', rewrite: unlisted },
  { name: 'an unknown operator or a malformed value', document: 'IAM-SEMANTICS 5: cannot be stored in AWS; the test is unknown', rewrite: (c) => readings(c, (t) => unstorable(t) && t.values.length > 0) },
  { name: 'an empty list of values', document: 'IAM-SEMANTICS 1.9: ambiguous in AWS\'s own text for plain operators: conditional', rewrite: (c) => readings(c, (t) => unstorable(t) && t.values.length === 0) },
];
