// Patterns of actions and resources that match a request, or narrowly do not.
import { otherAction } from './world.mjs';

// swapCase turns the case of every letter.
export const swapCase = (s) => s.replace(/[a-z]/gi, (c) => (c === c.toLowerCase() ? c.toUpperCase() : c.toLowerCase()));

// cut keeps the first part of a text, at least one letter and less than all.
const cut = (r, s) => s.slice(0, 1 + r.below(Math.max(1, s.length - 1)));

// holed puts ? for one letter.
function holed(r, s) {
  const i = r.below(s.length);
  return s.slice(0, i) + '?' + s.slice(i + 1);
}

// starred puts * for a run in the middle, perhaps an empty one.
function starred(r, s) {
  const i = 1 + r.below(s.length - 1);
  return s.slice(0, i) + '*' + s.slice(Math.min(s.length, i + r.below(4)));
}

export function actionPattern(r, action) {
  const [service, name] = action.split(':');
  return r.weighted([
    [8, () => action],
    [3, () => '*'],
    [4, () => `${service}:*`],
    [3, () => `${service}:${cut(r, name)}*`],
    [2, () => `${service}:*${name.slice(r.below(name.length))}`],
    [2, () => `${service}:${holed(r, name)}`],
    [2, () => `${service}:${starred(r, name)}`],
    [1, () => `${service}:${name}?`],
    [1, () => `${service}:${name}*`],
    [2, () => swapCase(action)],
    [4, () => otherAction(r, action)],
    [1, () => `${service}x:*`],
    [1, () => `${service}:${name}x`],
  ])();
}

export const actionPatterns = (r, action) => r.oneOrMore(r.several(1, 3, () => actionPattern(r, action)));

// resourcePattern is of the forms that AWS's documents settle.
export function resourcePattern(r, resource) {
  if (resource === '*') return r.weighted([[6, '*'], [1, '**'], [2, 'arn:aws:logs:us-east-1:111122223333:log-group:x:*']]);
  const fields = resource.split(':');
  const head = fields.slice(0, 5);
  const tail = fields.slice(5).join(':');
  const [type, name] = split(tail);
  const join = (last, at = head) => [...at, last].join(':');
  return r.weighted([
    [6, () => resource],
    [4, () => '*'],
    [3, () => join(type + cut(r, name) + '*')],
    [3, () => join(type + holed(r, name))],
    [2, () => join(type + starred(r, name))],
    [2, () => join(type + '*')],
    [3, () => join(tail, wild(r, head))],
    [2, () => join(tail, elsewhere(r, head))],
    [2, () => join(type + name + 'x')],
    [1, () => join(type + swapCase(name))],
    [1, () => join(type + name + '*')],
    [1, () => join(type + name + '?')],
  ])();
}

// split parts a resource's type from its name.
function split(tail) {
  const i = tail.search(/[:/]/);
  return i < 0 ? ['', tail] : [tail.slice(0, i + 1), tail.slice(i + 1)];
}

// wild puts a wildcard for the region or the account.
function wild(r, [arn, partition, service, region, account]) {
  return r.pick([
    [arn, partition, service, '*', account],
    [arn, partition, service, region, '*'],
    [arn, partition, service, '*', '*'],
    [arn, partition, service, region && region.slice(0, -1) + '?', account],
    [arn, '*', service, region, account],
    [arn, partition, service, region && 'us-*', account],
    [arn, partition, service, region, account && '????????????'],
  ]);
}

// elsewhere names another region, account, service or partition.
function elsewhere(r, [arn, partition, service, region, account]) {
  return r.pick([
    [arn, partition, service, 'ap-south-1', account],
    [arn, partition, service, region, '999988887777'],
    [arn, partition, 'rum', region, account],
    [arn, 'aws-cn', service, region, account],
  ]);
}

export const resourcePatterns = (r, resource) => r.oneOrMore(r.several(1, 2, () => resourcePattern(r, resource)));

// oddPattern is of the forms on which AWS's documents are silent, or which
// tools read in their own ways: short ARNs, a * that runs past the colon,
// wildcards in the service and the type, letters of another case in fields.
export function oddPattern(r, resource) {
  const fields = resource.split(':');
  const [, partition, service, region, account] = fields;
  const tail = fields.slice(5).join(':');
  const [type, name] = split(tail);
  return r.pick([
    `arn:${partition}:${service}`,
    `arn:${partition}:${service}:*`,
    `arn:${partition}:${service}:${region}`,
    `arn:${partition}:${service}:${region}:${account}`,
    `arn:${partition}:${service}:${region}:*`,
    `arn:${partition}:*`,
    'arn:*',
    `arn:${partition}:${service}:*:${tail}`,
    `arn:${partition}:*:${tail}`,
    `arn:${partition}:${service}:*:*:${tail}:*`,
    `arn:${partition}:${service.slice(0, -1)}*:${region}:${account}:${tail}`,
    `arn:${partition}:${service}:${region}:${account}:${type.slice(0, 1)}*${type.slice(-1)}${name}`,
    `arn:${partition}:${service}:${region}:${account}:${type.slice(0, 2)}*`,
    `arn:${partition}:${service}:${region}:${account}:*`,
    `arn:${partition}:${service}:${region}:${account}:*${name.slice(-2)}`,
    `arn:${partition}:${swapCase(service)}:${region}:${account}:${tail}`,
    `arn:${partition}:${service}:${swapCase(region)}:${account}:${tail}`,
    `arn:${partition}:${service}:${region}:${account}:${swapCase(type)}${name}`,
    `arn:${partition}:${service}:${region}:${account}:${tail}:x`,
    `arn:${partition}:${service}:${region}:${account}:${tail}:*`,
    `${fields[0].toUpperCase()}:${partition}:${service}:${region}:${account}:${tail}`,
  ]);
}
