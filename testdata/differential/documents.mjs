// Statements and documents around a request.
import { actionPatterns, oddPattern, resourcePatterns } from './patterns.mjs';
import { conditions, simpleCondition } from './conditions.mjs';
import { otherAction, principalOf } from './world.mjs';

// A scene is what a case is made around: a random source r, a request with its
// context, and the caller's ARN.

// statement is one about the scene's request. Options: effect; principal
// (true: name the caller or not); resource (false: none); condition (percent);
// plain (no NotAction, no NotResource); odd (odd resource patterns); hard
// (conditions of every operator).
export function statement(scene, o = {}) {
  const { r, request } = scene;
  const st = { Effect: o.effect ?? (r.chance(75) ? 'Allow' : 'Deny') };
  if (o.principal) st.Principal = principalOf(r, request.principal);
  const not = !o.plain && r.chance(12);
  if (not) st.NotAction = notActions(r, request.action);
  else st.Action = o.everything ? '*' : actionPatterns(r, request.action);
  if (o.resource !== false) resources(scene, st, o);
  if (r.chance(o.condition ?? 10)) st.Condition = (o.hard ? conditions : simpleCondition)(r, request.context);
  return st;
}

const notActions = (r, action) => (r.chance(60) ? r.oneOrMore(r.several(1, 2, () => otherAction(r, action))) : actionPatterns(r, action));

function resources({ r, request }, st, o) {
  if (o.everything) st.Resource = '*';
  else if (o.odd && request.resource !== '*') st[r.chance(85) ? 'Resource' : 'NotResource'] = oddPattern(r, request.resource);
  else if (!o.plain && r.chance(10)) st.NotResource = resourcePatterns(r, request.resource);
  else st.Resource = resourcePatterns(r, request.resource);
}

// document holds some statements; a single one as an object now and then.
export function document(r, statements) {
  return { Version: '2012-10-17', Statement: r.oneOrMore(statements) };
}

// documentOf is a document of low to high statements of one kind.
export const documentOf = (scene, low, high, o) => document(scene.r, scene.r.several(low, high, () => statement(scene, o)));

// granting allows the request for certain.
export const granting = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] };
