// The accounts, callers and requests that cases are made of.

export const own = '111122223333';
export const foreign = '444455556666';
export const third = '777788889999';

// Each request: an action, and a resource that it can name, in an account.
// "*" is the resource of an action without resource types.
const requests = [
  ['cloudwatch:DeleteAlarms', (a) => `arn:aws:cloudwatch:us-east-1:${a}:alarm:prod-1`],
  ['cloudwatch:SetAlarmState', (a) => `arn:aws:cloudwatch:eu-west-1:${a}:alarm:prod/api: latency`],
  ['cloudwatch:PutDashboard', (a) => `arn:aws:cloudwatch::${a}:dashboard/Prod`],
  ['cloudwatch:PutMetricStream', (a) => `arn:aws:cloudwatch:us-east-1:${a}:metric-stream/main`],
  ['cloudwatch:DeleteInsightRules', (a) => `arn:aws:cloudwatch:us-east-1:${a}:insight-rule/top-talkers`],
  ['cloudwatch:DescribeAlarmsForMetric', () => '*'],
  ['logs:GetLogEvents', (a) => `arn:aws:logs:us-east-1:${a}:log-group:/app/prod:log-stream:s1`],
  ['logs:PutLogEvents', (a) => `arn:aws:logs:us-east-1:${a}:log-group:/app/prod:log-stream:web/1`],
  ['logs:FilterLogEvents', (a) => `arn:aws:logs:us-east-1:${a}:log-group:/app/prod:*`],
  ['logs:DescribeQueries', () => '*'],
  ['xray:GetTraceSummaries', () => '*'],
  ['xray:GetGroup', (a) => `arn:aws:xray:us-east-1:${a}:group/web/ABC`],
  ['events:PutEvents', (a) => `arn:aws:events:us-east-1:${a}:event-bus/ops`],
  ['firehose:PutRecord', (a) => `arn:aws:firehose:us-east-1:${a}:deliverystream/metrics`],
  ['synthetics:StopCanary', (a) => `arn:aws:synthetics:us-east-1:${a}:canary:home`],
  ['sns:Publish', (a) => `arn:aws:sns:us-east-1:${a}:alerts`],
  ['sqs:SendMessage', (a) => `arn:aws:sqs:us-east-1:${a}:events-dlq`],
  ['lambda:InvokeFunction', (a) => `arn:aws:lambda:us-east-1:${a}:function:notify`],
  ['s3:GetObject', () => 'arn:aws:s3:::acme-logs/2026/09/part-1.gz'],
  ['s3:PutObject', () => 'arn:aws:s3:::acme-logs/2026/10/part-2.gz'],
  ['dynamodb:GetItem', (a) => `arn:aws:dynamodb:us-east-1:${a}:table/alarms`],
  ['secretsmanager:GetSecretValue', (a) => `arn:aws:secretsmanager:us-east-1:${a}:secret:pager-AbCdEf`],
  ['iam:PassRole', (a) => `arn:aws:iam::${a}:role/service/monitor`],
  ['ec2:TerminateInstances', (a) => `arn:aws:ec2:us-east-1:${a}:instance/i-0123456789abcdef0`],
  ['ec2:DescribeInstances', () => '*'],
].map(([action, resource]) => ({ action, resource }));

// Actions on resources that can carry a policy of their own.
const sharing = new Set([
  's3:GetObject', 's3:PutObject', 'sns:Publish', 'sqs:SendMessage', 'lambda:InvokeFunction',
  'secretsmanager:GetSecretValue', 'events:PutEvents', 'dynamodb:GetItem',
]);

// Services of these requests that resource control policies reach ("Resource
// control policies (RCPs)": list of AWS services that support RCPs).
export const bound = new Set(['logs', 'xray', 'events', 'firehose', 'sqs', 's3', 'dynamodb', 'secretsmanager', 'kms', 'sts']);

// boundRequest is one of a service that resource control policies reach.
export function boundRequest(r) {
  for (;;) {
    const request = anyRequest(r);
    if (bound.has(request.action.split(':')[0])) return request;
  }
}

// anyRequest is an action with a resource of an account.
export function anyRequest(r, account = own) {
  const { action, resource } = r.pick(requests);
  return { action, resource: resource(account) };
}

// namedRequest is one whose action has resource types.
export function namedRequest(r, account = own) {
  for (;;) {
    const request = anyRequest(r, account);
    if (request.resource !== '*') return request;
  }
}

// sharedRequest is one on a resource that can have a policy.
export function sharedRequest(r, account = own) {
  const { action, resource } = r.pick(requests.filter((q) => sharing.has(q.action)));
  return { action, resource: resource(account) };
}

// otherAction is an action of the same service or of another.
export function otherAction(r, action) {
  const service = action.split(':')[0];
  const near = requests.filter((q) => q.action !== action && q.action.startsWith(service + ':'));
  const far = requests.filter((q) => !q.action.startsWith(service + ':'));
  return r.pick(near.length > 0 && r.chance(70) ? near : far).action;
}

export const user = (account = own, name = 'alice') => `arn:aws:iam::${account}:user/${name}`;
export const role = (account = own, name = 'monitor') => `arn:aws:iam::${account}:role/${name}`;
export const session = (account = own, name = 'monitor/run-1') => `arn:aws:sts::${account}:assumed-role/${name}`;
export const federated = (account = own, name = 'carol') => `arn:aws:sts::${account}:federated-user/${name}`;
export const root = (account = own) => `arn:aws:iam::${account}:root`;

export const services = [
  'cloudwatch.amazonaws.com', 'events.amazonaws.com', 'logs.us-east-1.amazonaws.com', 'lambda.amazonaws.com', 'delivery.logs.amazonaws.com',
];

// caller is an IAM user, with a path or without, or a session of a role.
export function caller(r, account = own) {
  return r.weighted([
    [5, user(account)],
    [2, user(account, 'team/bob')],
    [5, session(account)],
  ]);
}

// Forms in which a policy can name a caller, and others that miss it.
export function principalOf(r, arn) {
  const account = arn.split(':')[4];
  return r.weighted([[6, () => naming(r, arn, account)], [4, () => missing(r, account)]])();
}

function naming(r, arn, account) {
  const [kind, ...name] = arn.split(':')[5].split('/');
  const self = kind === 'assumed-role' ? [role(account, name[0]), arn] : [arn];
  return r.weighted([
    [2, '*'],
    [2, { AWS: '*' }],
    [2, { AWS: account }],
    [2, { AWS: root(account) }],
    [5, { AWS: r.pick(self) }],
    [2, { AWS: [user(third, 'zed'), r.pick(self)] }],
    [1, { Service: 'events.amazonaws.com', AWS: r.pick(self) }],
  ]);
}

function missing(r, account) {
  return r.weighted([
    [3, { AWS: user(account, 'mallory') }],
    [2, { AWS: role(account, 'other') }],
    [1, { AWS: session(account, 'monitor/run-2') }],
    [2, { AWS: r.pick([third, root(third)]) }],
    [2, { Service: r.pick(services) }],
    [1, { AWS: role(third) }],
    [1, { AWS: user(account, 'Alice') }],
  ]);
}
