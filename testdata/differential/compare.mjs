// Compares answers, and looks for what explains those that differ.
import { conditionClasses } from './classes-conditions.mjs';
import { grammarClasses } from './classes-grammar.mjs';
import { principalClasses } from './classes-principals.mjs';
import { resourceClasses } from './classes-resources.mjs';

export const classes = [...grammarClasses, ...conditionClasses, ...resourceClasses, ...principalClasses];

// outcome is an answer in one word: allowed, conditional, explicit or implicit
// (denied), or refused.
export function peerOutcome(a) {
  if (a.refused) return 'refused';
  return { Allowed: 'allowed', ExplicitlyDenied: 'explicit', ImplicitlyDenied: 'implicit' }[a.kind] ?? 'failed';
}

export const ourOutcome = (a) => (a.result === 'denied' ? a.deny_kind : a.result);

// agree compares the answers to a case. Where the peer refuses a policy, to
// refuse it too is to agree.
export function agree(peer, ours) {
  return peer.refused ? ours.refused : peerOutcome(peer) === ourOutcome(ours);
}

// asked takes from a case the context keys that the peer leaves out, for want
// of which it would answer another question.
export function asked(c, { ignored = [] }) {
  const gone = new Set(ignored.map((k) => k.toLowerCase()));
  const context = Object.fromEntries(Object.entries(c.request.context).filter(([k]) => !gone.has(k.toLowerCase())));
  return { ...c, request: { ...c.request, context } };
}

const most = 3;

// variants are a case rewritten by each set of classes that bear on it, the
// smallest first: { classes, readings }, each reading a case of its own.
export function variants(c) {
  const bearing = classes.filter((k) => [k.rewrite(c)].flat().some((v) => differs(v, c)));
  return subsets(bearing).map((set) => {
    const name = set.map((k) => k.name).join(' + ');
    const readings = set.reduce((list, k) => list.flatMap((v) => k.rewrite(v)), [c]);
    return { classes: set, readings: readings.map((v, i) => ({ ...v, id: `${c.id}: ${name} (${i + 1})` })) };
  });
}

const differs = (a, b) => canonical(a) !== canonical(b);

// canonical is the same for cases of the same wording: the order of members,
// a list of one value for the value, a number for its text do not matter.
function canonical(value) {
  return JSON.stringify(plain(value));
}

function plain(v) {
  if (Array.isArray(v)) return v.length === 1 ? plain(v[0]) : v.map(plain);
  if (v === null || typeof v !== 'object') return String(v);
  const members = Object.entries(v).filter(([k, m]) => k !== 'Condition' || Object.keys(m).length > 0);
  return Object.fromEntries(members.sort(([a], [b]) => (a < b ? -1 : 1)).map(([k, m]) => [k, plain(m)]));
}

function subsets(list) {
  let all = [[]];
  for (const item of list) all = [...all, ...all.map((set) => [...set, item])];
  return all.filter((set) => set.length > 0 && (set.length <= most || set.length === list.length)).sort((a, b) => a.length - b.length);
}

// explains reports whether a variant explains why two engines differ on a
// case: on each of its readings they agree, and what they answer there is
// what ours answers to the case, conditional if the readings differ.
export function explains({ readings }, outcome, peer, ours) {
  if (!readings.every((v) => !peer.get(v.id).refused && agree(peer.get(v.id), ours.get(v.id)))) return false;
  const outcomes = new Set(readings.map((v) => peerOutcome(peer.get(v.id))));
  if (outcomes.size === 1) return outcomes.has(outcome);
  return outcome === (outcomes.has('allowed') ? 'conditional' : 'implicit');
}
