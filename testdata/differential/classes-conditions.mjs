// The classes that conditions make. Each rewrites a case so that the wording
// on which two engines differ is gone and, by the named document, the meaning
// is kept.
import { always, likes, mapDocuments, mapResources, mapTests, fields, covers, held, never } from './rewriting.mjs';

const operators = 'IAM JSON policy elements: Condition operators';
const sets = 'Set operators for multivalued context keys';
const tags = 'IAM policy elements: Variables and tags';

// family is that of an IP address, 4 or 6, or 0 for another text.
const family = (s) => (/^\d+(\.\d+){3}(\/\d+)?$/.test(s) ? 4 : /^[0-9a-f]*:[0-9a-f:]*(\/\d+)?$/i.test(s) ? 6 : 0);

// elsewhere are addresses that no request of the cases comes from.
const elsewhere = { 4: '192.0.2.255/32', 6: '100::ffff/128' };

const single = (test) => typeof test.value === 'string';

function oneFamily(test) {
  if (test.op.family !== 'ip' || !single(test) || !family(test.value)) return undefined;
  const same = test.values.filter((v) => family(v) === family(test.value));
  if (same.length === test.values.length) return undefined;
  return same.length > 0 ? same : [elsewhere[family(test.value)]];
}

const halves = { '0.0.0.0/0': ['0.0.0.0/1', '128.0.0.0/1'], '::/0': ['::/1', '8000::/1'] };

function halved(test) {
  if (test.op.family !== 'ip' || !test.values.some((v) => halves[v])) return undefined;
  return test.values.flatMap((v) => halves[v] ?? [v]);
}

const isNumber = (s) => /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(s);
const isDate = (s) => isNumber(s) || (/^\d{4}-\d\d(-\d\d(T[\d:.]+(Z|[-+]\d\d:\d\d))?)?$/.test(s) && !Number.isNaN(Date.parse(s)));
const instant = (s) => (isNumber(s) ? Number(s) * 1000 : Date.parse(s));

const orders = {
  equals: (a, b) => a === b,
  notequals: (a, b) => a === b,
  lessthan: (a, b) => a < b,
  lessthanequals: (a, b) => a <= b,
  greaterthan: (a, b) => a > b,
  greaterthanequals: (a, b) => a >= b,
};

// epoch settles a test on a date of which either side is given in seconds.
function epoch(test) {
  if (test.op.family !== 'date' || !single(test) || !isDate(test.value)) return undefined;
  if (!isNumber(test.value) && !test.values.some(isNumber)) return undefined;
  const compare = orders[test.op.base.replace('date', '')];
  const some = test.values.some((v) => compare(instant(test.value), instant(v)));
  return some !== test.op.negated ? always : never;
}

const isBlank = (value) => Array.isArray(value) && value.every((v) => v === '');

function blankSet(test) {
  if (!test.op.set || !isBlank([test.value].flat())) return undefined;
  return test.op.set === 'forallvalues' ? always : never;
}

function blankNull(test) {
  if (test.op.family !== 'null' || !Array.isArray(test.value) || test.value.length > 0) return undefined;
  return test.values.includes('true') ? always : never;
}

function absentAny(test) {
  return test.op.set === 'foranyvalue' && test.op.ifExists && test.value === undefined ? always : undefined;
}

const typed = {
  arn: (s) => fields(s).length === 6 && s.startsWith('arn:'),
  numeric: isNumber,
  date: isDate,
  ip: (s) => family(s) > 0,
  bool: (s) => /^(true|false)$/i.test(s),
};

// mistyped settles a test whose operator is not made for what the request
// holds: none of it matches.
function mistyped(test, negated) {
  const fits = typed[test.op.family];
  if (!fits || test.op.negated !== negated) return undefined;
  const values = [test.value].flat();
  if (values[0] === undefined || (test.op.set && isBlank(values)) || (!single(test) && !test.op.set) || values.some(fits)) return undefined;
  return negated ? always : never;
}

// literal reads a document of 2008: its ${...} is made text that no engine
// takes for a variable.
function literal(c) {
  return mapDocuments(c, (doc) => {
    if (doc.Version === '2012-10-17') return doc;
    return { ...JSON.parse(JSON.stringify(doc).replaceAll('${', '$$(')), Version: '2012-10-17' };
  });
}

// pieces cuts a text at its variables. Each piece is a text, literal if it
// stands for a variable, or null for a variable without a value, with the
// kind of the variable.
function pieces(c, text) {
  return (text.match(/\$\{[^}]*\}|[^$]+|\$/g) ?? []).map((part) => {
    const [, name, fallback] = /^\$\{([^,}]*)(?:, '([^']*)')?\}$/.exec(part) ?? [];
    if (name === undefined) return { text: part };
    if (['*', '?', '$'].includes(name)) return { text: name, kind: 'predefined' };
    const value = held(c, name);
    if (Array.isArray(value)) return { text: null, kind: 'list' };
    if (value !== undefined) return { text: value, kind: /[*?]/.test(value) ? 'wildcard' : 'plain' };
    return fallback === undefined ? { text: null, kind: 'absent' } : { text: fallback, kind: 'default' };
  });
}

const has = (list, kind) => list.some((p) => p.kind === kind);

// inText reports whether a text with variables matches what the request holds.
function inText(list, op, value) {
  if (list.some((p) => p.text === null)) return false;
  const plain = list.map((p) => p.text).join('');
  if (op.base.endsWith('ignorecase')) return plain.toLowerCase() === value.toLowerCase();
  return op.base.endsWith('like') ? likesWith(list, value) : plain === value;
}

// likesWith compares a pattern in which what a variable stands for is no
// wildcard: private letters take its place on both sides.
function likesWith(list, value, match = likes) {
  const literal = (s) => s.replaceAll('*', '\uE000').replaceAll('?', '\uE001');
  const pattern = list.map((p) => (p.kind ? literal(p.text) : p.text)).join('');
  return match(pattern, literal(value));
}

// hasType reports whether the sixth field of an ARN has a type.
const hasType = (pattern) => /[:/]/.test(fields(pattern)[5]?.replace(/\$\{[^}]*\}/g, ''));

// filled settles what holds a variable of a kind, in a condition or in a
// resource; where says in which.
function filled(c, kind, where) {
  const of2012 = (place) => place.version === '2012-10-17';
  const inTests = mapTests(c, (test, place) => {
    const lists = test.values.map((v) => pieces(c, v));
    if (where !== undefined || !of2012(place) || test.op.family !== 'string' || !single(test) || !lists.some((l) => has(l, kind))) return undefined;
    return lists.some((l) => inText(l, test.op, test.value)) !== test.op.negated ? always : never;
  });
  return mapResources(inTests, (pattern, place) => {
    const list = pieces(c, pattern);
    if (!of2012(place) || !has(list, kind) || (where === 'NotResource' && !place.not) || (where === 'untyped' && hasType(pattern))) return undefined;
    if (fields(pattern).slice(0, 5).join(':').includes('${')) return false;
    return !list.some((p) => p.text === null) && likesWith(list, c.request.resource, covers);
  });
}

export const conditionClasses = [
  { name: 'addresses of two families', document: `${operators} (IP address condition operators: NotIpAddress holds for all addresses except those named)`, rewrite: (c) => mapTests(c, oneFamily) },
  { name: 'the range /0', document: `${operators} (IP address condition operators: CIDR of RFC 4632)`, rewrite: (c) => mapTests(c, halved) },
  { name: 'dates in seconds', document: `${operators} (Date condition operators: ISO 8601 or epoch time)`, rewrite: (c) => mapTests(c, epoch) },
  { name: 'a set with an empty value only', document: `${sets} (a null data set, such as an empty string)`, rewrite: (c) => mapTests(c, blankSet) },
  { name: 'Null on an empty list', document: `${operators} (Null: false asks that the key exists and its value is not null)`, rewrite: (c) => mapTests(c, blankNull) },
  { name: 'ForAnyValue with IfExists on an absent key', document: `${operators} (...IfExists: if the key is not present, evaluate the condition element as true)`, rewrite: (c) => mapTests(c, absentAny) },
  { name: 'a negated operator on a value of another type', document: 'IAM-SEMANTICS 5: a value that is not of the type never matches; under negated operators NOR', rewrite: (c) => mapTests(c, (t) => mistyped(t, true)) },
  { name: 'an operator on a value of another type', document: `${operators} (each compares values of its type)`, rewrite: (c) => mapTests(c, (t) => mistyped(t, false)) },
  { name: 'variables in a document of 2008', document: 'IAM JSON policy elements: Version (variables are literal strings in 2008-10-17)', rewrite: literal },
  { name: 'a variable without a value', document: `${tags} (Policy variables with no value)`, rewrite: (c) => filled(c, 'absent') },
  { name: 'a variable of a multivalued key', document: `${tags} (a multivalued key cannot be used as a variable)`, rewrite: (c) => filled(c, 'list') },
  { name: 'a predefined variable', document: `${tags} (predefined policy variables for special characters)`, rewrite: (c) => filled(c, 'predefined') },
  { name: 'a variable whose value holds a wildcard', document: 'IAM-SEMANTICS 10: substituted text containing * is literal', rewrite: (c) => filled(c, 'wildcard') },
  { name: 'the default of a variable', document: `${tags} (Specifying default values)`, rewrite: (c) => filled(c, 'default') },
  { name: 'a variable in NotResource', document: `${tags} (where you can use policy variables: the Resource element, NotResource alike)`, rewrite: (c) => filled(c, 'plain', 'NotResource') },
  { name: 'a variable in an ARN without a type of resource', document: `${tags} (where you can use policy variables: the Resource element, of every service)`, rewrite: (c) => filled(c, 'plain', 'untyped') },
];
