// Conditions of every operator, together with the context that a request
// carries for them.
import { foreign, own, root, role, session, third, user } from './world.mjs';
import { swapCase } from './patterns.mjs';

// Global condition keys, by the type that AWS documents for them ("AWS global
// condition context keys"). A key that is "many" holds a list.
const keys = [
  { name: 'aws:PrincipalOrgID', type: 'String', values: ['o-abc1234567', 'o-zzz7654321'] },
  { name: 'aws:RequestedRegion', type: 'String', values: ['us-east-1', 'eu-west-1'] },
  { name: 'aws:SourceAccount', type: 'String', values: [own, foreign, third] },
  { name: 'aws:PrincipalTag/team', type: 'String', values: ['blue', 'Blue', 'red', 'bl*', 'blue?'] },
  { name: 'aws:UserAgent', type: 'String', values: ['aws-cli/2.1', 'Mozilla/5.0 (X11)', ''] },
  { name: 'aws:SourceVpc', type: 'String', values: ['vpc-111bbb22', 'vpc-0'] },
  { name: 'aws:PrincipalAccount', type: 'String', values: [own, foreign] },
  { name: 'aws:userid', type: 'String', values: ['AIDAEXAMPLE', 'AROAEXAMPLE:run-1'] },
  { name: 'aws:PrincipalArn', type: 'ARN', values: [user(), role(), root(), user(foreign)] },
  { name: 'aws:SourceArn', type: 'ARN', values: [`arn:aws:cloudwatch:us-east-1:${own}:alarm:prod-1`, `arn:aws:events:us-east-1:${foreign}:rule/every/hour`, session()] },
  { name: 'aws:SecureTransport', type: 'Bool', values: ['true', 'false'] },
  { name: 'aws:MultiFactorAuthPresent', type: 'Bool', values: ['true', 'false'] },
  { name: 'aws:ViaAWSService', type: 'Bool', values: ['true', 'false', 'True'] },
  { name: 'aws:MultiFactorAuthAge', type: 'Numeric', values: ['0', '300', '3600', '299.5', '300.0', '-1'] },
  { name: 'aws:CurrentTime', type: 'Date', values: ['2026-09-01T00:00:00Z', '2026-09-01T12:30:00Z', '2025-01-01T00:00:00Z', '2026-09-01T02:00:00+02:00'] },
  { name: 'aws:TokenIssueTime', type: 'Date', values: ['2026-09-01T00:00:00Z', '2024-02-29T23:59:59Z'] },
  { name: 'aws:EpochTime', type: 'Date', values: ['1788220800', '1735689600'] },
  { name: 'aws:SourceIp', type: 'IPAddress', values: ['203.0.113.7', '203.0.114.1', '10.0.0.9', '2001:db8:1234:5678::1', '2001:DB8:0:0:0:0:0:9'] },
  { name: 'aws:VpcSourceIp', type: 'IPAddress', values: ['10.1.2.3', '10.1.3.3'] },
  { name: 'aws:PrincipalOrgPaths', many: true, type: 'String', values: ['o-abc1234567/r-ab12/ou-ab12-1/', 'o-abc1234567/r-ab12/ou-ab12-2/', 'o-zzz7654321/r-xy/'] },
  { name: 'aws:TagKeys', many: true, type: 'String', values: ['team', 'env', 'Env', 'cost-centre'] },
  { name: 'aws:CalledVia', many: true, type: 'String', values: ['cloudformation.amazonaws.com', 'athena.amazonaws.com'] },
  { name: 'aws:PrincipalServiceNamesList', many: true, type: 'String', values: ['logs.amazonaws.com', 'delivery.logs.amazonaws.com'] },
];

const operators = {
  String: ['StringEquals', 'StringNotEquals', 'StringLike', 'StringNotLike', 'StringEqualsIgnoreCase', 'StringNotEqualsIgnoreCase'],
  ARN: ['ArnLike', 'ArnEquals', 'ArnNotLike', 'ArnNotEquals'],
  Bool: ['Bool'],
  Numeric: ['NumericEquals', 'NumericNotEquals', 'NumericLessThan', 'NumericLessThanEquals', 'NumericGreaterThan', 'NumericGreaterThanEquals'],
  Date: ['DateEquals', 'DateNotEquals', 'DateLessThan', 'DateLessThanEquals', 'DateGreaterThan', 'DateGreaterThanEquals'],
  IPAddress: ['IpAddress', 'NotIpAddress'],
  Binary: ['BinaryEquals'],
};

const patterns = {
  String: (r, v) => r.weighted([[4, v], [2, v.slice(0, -1) + '?'], [2, v.slice(0, 3) + '*'], [1, '*'], [1, swapCase(v)], [1, v + '*'], [1, '*' + v.slice(-2)], [1, v + '?']]),
  ARN: (r, v) => arnPattern(r, v),
  Numeric: (r, v) => r.pick([v, v, '300', '1e2', '0300', '299.50', 3600]),
  Date: (r, v) => r.pick([v, v, '2026-09-01', '2026-09-01T00:00:00.000Z', '1788220800', '2026-01-01T00:00:00Z']),
  Bool: (r, v) => r.pick([v, 'true', 'false', true, false, 'TRUE']),
  IPAddress: (r, v) => r.pick([v, v, '203.0.113.0/24', '203.0.112.0/22', '0.0.0.0/0', '10.0.0.0/8', '10.1.2.3/32', '::/0', '2001:db8::/32', '2001:db8:1234:5678::1/128', '2001:DB8:1234:5678::/64']),
  Binary: (r, v) => Buffer.from(v).toString('base64'),
};

function arnPattern(r, v) {
  const [arn, partition, service, region, account, ...rest] = v.split(':');
  const tail = rest.join(':');
  return r.weighted([
    [4, v],
    [2, [arn, partition, service, region, '*', tail].join(':')],
    [2, [arn, partition, service, region, account, tail.slice(0, -2) + '*'].join(':')],
    [1, [arn, partition, service, region, account, '*'].join(':')],
    [1, [arn, '*', service, '*', '*', '*'].join(':')],
    [1, [arn, partition, service, region, account, tail.slice(0, -1) + '?'].join(':')],
    [1, swapCase(v)],
    [1, `arn:aws:iam::${own}:user/mallory`],
  ]);
}

// operatorFor is one of the key's type, or now and then of another.
function operatorFor(r, key) {
  if (r.chance(6)) return { family: 'Null', name: 'Null' };
  const family = r.weighted([
    [20, key.type],
    [2, 'String'],
    [key.type === 'String' ? 1 : 0, 'Binary'],
    [1, r.pick(Object.keys(operators))],
  ]);
  const prefix = r.weighted(key.many
    ? [[4, 'ForAllValues:'], [5, 'ForAnyValue:'], [1, '']]
    : [[1, 'ForAllValues:'], [1, 'ForAnyValue:'], [12, '']]);
  return { family, name: prefix + r.pick(operators[family]) + (r.chance(22) ? 'IfExists' : '') };
}

// wanted are the values of the policy: near the key's own, or of the
// operator's own family where it is of another.
function wanted(r, key, family) {
  if (family === 'Null') return r.pick(['true', 'false', true, false, ['true', 'false'], ['false']]);
  const pool = family === key.type || family === 'String' || family === 'Binary' ? key.values : keys.find((k) => k.type === family).values;
  return r.oneOrMore(r.several(1, 3, () => patterns[family](r, r.pick(pool))));
}

// given is what the request holds of a key: undefined for nothing.
function given(r, key) {
  if (key.many) {
    return r.weighted([
      [8, () => r.several(1, 3, () => r.pick(key.values))],
      [3, () => undefined],
      [1, () => []],
      [1, () => ['']],
    ])();
  }
  return r.weighted([[10, () => r.pick(key.values)], [3, () => undefined]])();
}

// condition adds a test to a Condition block and what the request holds of
// its key to a context.
function condition(r, block, context) {
  const key = r.pick(keys);
  const { family, name } = operatorFor(r, key);
  const spelled = r.chance(4) ? swapCase(key.name) : key.name;
  const operator = r.chance(2) ? name.toLowerCase() : name;
  block[operator] = { ...block[operator], [spelled]: wanted(r, key, family) };
  hold(r, key, context);
}

function hold(r, key, context) {
  if (key.name in context) return;
  const value = given(r, key);
  if (value !== undefined) context[key.name] = value;
}

// conditions is a Condition block of one test, or two.
export function conditions(r, context) {
  const block = {};
  condition(r, block, context);
  if (r.chance(20)) condition(r, block, context);
  return block;
}

// simpleCondition is a Condition that AWS's examples use, for the cases whose
// point is another.
export function simpleCondition(r, context) {
  const plain = keys.filter((k) => ['aws:PrincipalOrgID', 'aws:SourceVpc', 'aws:SecureTransport', 'aws:PrincipalArn', 'aws:SourceIp'].includes(k.name));
  const key = r.pick(plain);
  if (!(key.name in context) && r.chance(85)) context[key.name] = r.pick(key.values);
  const operator = r.pick(operators[key.type]) + (r.chance(20) ? 'IfExists' : '');
  return { [operator]: { [key.name]: r.oneOrMore(r.several(1, 2, () => r.pick(key.values))) } };
}
