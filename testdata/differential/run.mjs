// Compares the project's engine with an npm package on generated cases. See
// README.md.
//
//   node run.mjs [--package FOLDER] [--seed N] [--count N] [--show CLASS]
import { parseArgs } from 'node:util';
import { askOurs, askPeer } from './ask.mjs';
import { agree, asked, explains, ourOutcome, peerOutcome, variants } from './compare.mjs';
import { cases } from './gen.mjs';

const { values: flags } = parseArgs({
  options: {
    package: { type: 'string', default: '.' },
    seed: { type: 'string', default: '1' },
    count: { type: 'string', default: '25000' },
    show: { type: 'string' },
  },
});

// both asks the two about cases, the project without what the peer ignores.
async function both(list) {
  const peer = await askPeer(flags.package, list);
  const same = list.map((c) => asked(c, peer.get(c.id)));
  return { peer, ours: await askOurs(same, peer), cases: same };
}

function explanation(c, tried, first, second) {
  const outcome = ourOutcome(first.ours.get(c.id));
  const found = tried.find((v) => explains(v, outcome, second.peer, second.ours));
  return found?.classes.map((k) => k.name).join(' + ');
}

function report(first, groups, unexplained) {
  const total = first.cases.length;
  const differing = [...groups.values()].reduce((n, list) => n + list.length, 0) + unexplained.length;
  console.log(`${total} cases, ${total - differing} agree, ${differing} differ, ${unexplained.length} of them unexplained`);
  for (const [name, list] of [...groups].sort((a, b) => b[1].length - a[1].length)) console.log(`${String(list.length).padStart(6)}  ${name}`);
  for (const [name, list] of groups) if (flags.show && name.includes(flags.show)) list.forEach((c) => print(c, first));
  for (const c of unexplained) print(c, first);
}

function print(c, { peer, ours }) {
  console.log(`\n${c.id}: ours ${ourOutcome(ours.get(c.id))}, theirs ${peerOutcome(peer.get(c.id))}`);
  console.log(JSON.stringify({ policies: c.policies, request: c.request }));
}

const first = await both([...cases(Number(flags.seed), Number(flags.count))]);
const differing = first.cases.filter((c) => !agree(first.peer.get(c.id), first.ours.get(c.id)));
const tried = new Map(differing.map((c) => [c.id, variants(c)]));
const second = await both([...tried.values()].flatMap((list) => list.flatMap((v) => v.readings)));

const groups = new Map();
const unexplained = [];
for (const c of differing) {
  const name = explanation(c, tried.get(c.id), first, second);
  if (name) groups.set(name, [...(groups.get(name) ?? []), c]);
  else unexplained.push(c);
}
report(first, groups, unexplained);
process.exit(unexplained.length > 0 ? 1 : 0);
