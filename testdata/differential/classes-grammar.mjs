// The classes that documents make which AWS would not store.
import { always, mapTests, never } from './rewriting.mjs';

// unstorable is a test that AWS would refuse: it is unknown to us.
function unstorable({ op, values }) {
  return op.family === undefined || (op.family === 'null' && (op.ifExists || op.set)) || (op.family === 'numeric' && values.some((v) => Number.isNaN(Number(v)))) || (values.length === 0 && !op.set && !op.ifExists);
}

const readings = (c, which) => [always, never].map((verdict) => mapTests(c, (t) => (which(t) ? verdict : undefined)));

export const grammarClasses = [
  { name: 'an unknown operator or a malformed value', document: 'IAM-SEMANTICS 5: cannot be stored in AWS; the test is unknown', rewrite: (c) => readings(c, (t) => unstorable(t) && t.values.length > 0) },
  { name: 'an empty list of values', document: 'IAM-SEMANTICS 1.9: ambiguous in AWS\'s own text for plain operators: conditional', rewrite: (c) => readings(c, (t) => unstorable(t) && t.values.length === 0) },
];
