// Writes generated cases, one JSON object a line, the same for the same seed.
//
//   node gen.mjs [SEED [COUNT]]
import { pathToFileURL } from 'node:url';
import { families } from './families.mjs';
import { Random } from './random.mjs';

// cases makes so many cases. Each is made of a source of its own, so that one
// can be made again alone and a new family moves no other.
export function* cases(seed, count) {
  for (let i = 0; i < count; i++) {
    const r = new Random(seed * 1000003 + i);
    const { name, make } = r.weighted(families);
    yield { id: `${name}-${i}`, ...make(r) };
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [seed, count] = [Number(process.argv[2] ?? 1), Number(process.argv[3] ?? 25000)];
  for (const c of cases(seed, count)) console.log(JSON.stringify(c));
}
