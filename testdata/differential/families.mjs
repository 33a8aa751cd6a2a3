// The families of cases: each makes one about one part of the evaluation.
import { document, documentOf, granting, statement } from './documents.mjs';
import { actionPattern, resourcePattern } from './patterns.mjs';
import { anyRequest, boundRequest, caller, federated, foreign, namedRequest, own, principalOf, role, root, services, session, sharedRequest, third, user } from './world.mjs';

const scene = (r, request, principal) => ({ r, request: { principal, ...request, context: {}, context_mode: 'closed' } });

// perhaps makes something in so many cases of a hundred.
const perhaps = (r, percent, make) => (r.chance(percent) ? make() : undefined);

function identity(r) {
  const s = scene(r, anyRequest(r), caller(r));
  return finish(s, { identity: [documentOf(s, 1, 3)] });
}

function groups(r) {
  const s = scene(r, anyRequest(r), user());
  return finish(s, { identity: r.several(0, 1, () => documentOf(s, 1, 2)), groups: r.several(1, 2, () => documentOf(s, 1, 2)) });
}

function arns(r) {
  const s = scene(r, namedRequest(r), caller(r));
  const odd = documentOf(s, 1, 2, { odd: true, condition: 0 });
  return finish(s, { identity: r.chance(50) ? [odd] : [odd, granting] });
}

function arnsElsewhere(r) {
  const s = scene(r, sharedRequest(r), caller(r));
  const odd = documentOf(s, 1, 1, { odd: true, condition: 0, plain: true });
  switch (r.below(3)) {
    case 0:
      return finish(s, { identity: [granting], boundary: odd });
    case 1:
      return finish(s, { identity: [granting], scp: [[granting, odd]] });
  }
  return finish(s, { identity: [], resource: withPrincipal(odd, '*') });
}

// withPrincipal gives each statement of a document a principal.
function withPrincipal(doc, principal) {
  const statements = [doc.Statement].flat().map((st) => ({ ...st, Principal: principal }));
  return { ...doc, Statement: statements };
}

function boundary(r) {
  const s = scene(r, anyRequest(r), caller(r));
  return finish(s, { identity: [likely(s)], boundary: documentOf(s, 1, 2) });
}

// likely is a document that mostly grants.
const likely = (s) => (s.r.chance(60) ? granting : documentOf(s, 1, 2, { plain: true, condition: 5 }));

function sessionPolicy(r) {
  const s = scene(r, anyRequest(r), session());
  return finish(s, { identity: [likely(s)], session: documentOf(s, 1, 2), boundary: perhaps(r, 30, () => documentOf(s, 1, 1)) });
}

function resource(r) {
  const s = scene(r, sharedRequest(r), caller(r));
  return finish(s, {
    identity: r.several(0, 1, () => documentOf(s, 1, 2)),
    resource: documentOf(s, 1, 2, { principal: true }),
    boundary: perhaps(r, 25, () => documentOf(s, 1, 1, { plain: true })),
    session: perhaps(r, s.request.principal.includes(':assumed-role/') ? 25 : 0, () => documentOf(s, 1, 1, { plain: true })),
  });
}

function crossAccount(r) {
  const s = scene(r, sharedRequest(r, foreign), caller(r));
  s.request.resource_account = foreign;
  return finish(s, {
    identity: [likely(s)],
    resource: perhaps(r, 90, () => documentOf(s, 1, 2, { principal: true })),
    boundary: perhaps(r, 20, () => documentOf(s, 1, 1, { plain: true })),
    scp: perhaps(r, 25, () => [[granting], r.several(1, 2, () => documentOf(s, 1, 1, { plain: true }))]),
    rcp: perhaps(r, 15, () => [[rcpDocument(s)]]),
  });
}

function trust(r) {
  const elsewhere = r.chance(45);
  const account = elsewhere ? foreign : own;
  const s = scene(r, { action: r.chance(92) ? 'sts:AssumeRole' : 'sts:TagSession', resource: role(account, r.pick(['target', 'ops/target'])) }, caller(r));
  s.request.resource_account = account;
  const st = { ...statement(s, { principal: true, resource: false, condition: 25, plain: true }) };
  if (r.chance(70)) st.Action = r.pick(['sts:AssumeRole', 'sts:*', ['sts:AssumeRole', 'sts:TagSession']]);
  if (r.chance(90)) st.Effect = 'Allow';
  return finish(s, {
    identity: r.chance(50) ? [granting] : r.several(0, 1, () => documentOf(s, 1, 2)),
    trust: document(r, [st]),
    boundary: perhaps(r, 12, () => documentOf(s, 1, 1, { plain: true })),
    scp: perhaps(r, 12, () => [[documentOf(s, 1, 1, { plain: true })]]),
  });
}

const providers = {
  'sts:AssumeRoleWithSAML': { arn: `arn:aws:iam::${own}:saml-provider/corp`, key: 'SAML:aud', values: ['https://signin.aws.amazon.com/saml', 'https://example.com'] },
  'sts:AssumeRoleWithWebIdentity': {
    arn: `arn:aws:iam::${own}:oidc-provider/token.actions.githubusercontent.com`,
    key: 'token.actions.githubusercontent.com:sub',
    values: ['repo:acme/app:ref:refs/heads/main', 'repo:acme/app:pull_request', 'repo:evil/app:ref:refs/heads/main'],
  },
};

function federation(r) {
  const action = r.pick(Object.keys(providers));
  const { arn, key, values } = providers[action];
  const s = scene(r, { action, resource: role(own, 'target') }, arn);
  s.request.resource_account = own;
  const st = {
    Effect: r.chance(90) ? 'Allow' : 'Deny',
    Principal: r.weighted([[6, { Federated: arn }], [1, { Federated: arn + 'x' }], [1, '*'], [1, { Federated: 'cognito-identity.amazonaws.com' }], [1, { AWS: own }]]),
    Action: r.weighted([[6, action], [2, 'sts:AssumeRole*'], [1, 'sts:AssumeRole'], [1, 'sts:*']]),
  };
  if (r.chance(75)) {
    const value = r.pick(values);
    st.Condition = { [r.pick(['StringEquals', 'StringLike'])]: { [key]: r.pick([value, value, value.slice(0, 10) + '*']) } };
    if (r.chance(90)) s.request.context[key] = r.pick(values);
  }
  return finish(s, { identity: [], trust: document(r, [st]), rcp: perhaps(r, 10, () => [[rcpDocument(s)]]) });
}

function scp(r) {
  const s = scene(r, anyRequest(r), r.chance(85) ? caller(r) : root());
  const level = () => r.several(1, 2, () => (r.chance(55) ? granting : documentOf(s, 1, 2)));
  return finish(s, { identity: [likely(s)], scp: r.several(1, 3, level) });
}

// rcpDocument holds Deny only, as RCPs do.
function rcpDocument({ r, request }) {
  const st = { Effect: 'Deny', Principal: '*', Action: action(), Resource: r.pick(['*', resourcePattern(r, request.resource)]) };
  if (r.chance(60)) {
    st.Condition = r.pick([
      { StringNotEqualsIfExists: { 'aws:PrincipalOrgID': 'o-abc1234567' } },
      { Bool: { 'aws:SecureTransport': 'false' } },
      { StringNotEquals: { 'aws:SourceAccount': own }, Bool: { 'aws:PrincipalIsAWSService': 'true' } },
    ]);
    for (const [key, values] of Object.entries(rcpContext)) if (r.chance(50)) request.context[key] = r.pick(values);
  }
  return { Version: '2012-10-17', Statement: [st] };

  function action() {
    for (;;) {
      const a = actionPattern(r, request.action);
      if (a !== '*') return a;
    }
  }
}

const rcpContext = {
  'aws:PrincipalOrgID': ['o-abc1234567', 'o-zzz7654321'],
  'aws:SecureTransport': ['true', 'false'],
  'aws:SourceAccount': [own, foreign],
  'aws:PrincipalIsAWSService': ['true', 'false'],
};

function rcp(r) {
  const s = scene(r, r.chance(75) ? boundRequest(r) : anyRequest(r), caller(r));
  s.request.resource_account = own;
  return finish(s, { identity: [likely(s)], rcp: r.several(1, 2, () => r.several(1, 2, () => rcpDocument(s))) });
}

function conditioned(r) {
  const s = scene(r, anyRequest(r), caller(r));
  const st = { ...statement(s, { plain: true, everything: true, hard: true, condition: 100 }) };
  const doc = document(r, [st]);
  return finish(s, { identity: st.Effect === 'Deny' ? [doc, granting] : [doc] });
}

const variables = {
  'aws:username': ['alice', 'bob', 'a*'],
  'aws:PrincipalTag/team': ['blue', 'prod', 'p*'],
  'aws:PrincipalAccount': [own],
  'aws:PrincipalOrgPaths': [['x', 'y'], ['x']],
  'aws:userid': ['AIDAEXAMPLE'],
};

function variable(r) {
  const s = scene(r, namedRequest(r), caller(r));
  const key = r.pick(Object.keys(variables));
  if (r.chance(75)) s.request.context[key] = r.pick(variables[key]);
  const text = r.weighted([[5, `\${${key}}`], [2, `\${${key}, 'prod'}`], [1, '${*}'], [1, '${?}'], [1, '${$}'], [1, `\${${key}`]]);
  const st = { Effect: r.chance(75) ? 'Allow' : 'Deny', Action: '*' };
  if (r.chance(50)) variableResource(s, st, text);
  else variableCondition(s, st, text, key);
  const doc = { ...(r.chance(85) ? { Version: '2012-10-17' } : r.chance(50) ? { Version: '2008-10-17' } : {}), Statement: [st] };
  return finish(s, { identity: st.Effect === 'Deny' ? [doc, granting] : [doc] });
}

// variableResource puts a variable in a resource, and its value mostly in
// the request's.
function variableResource({ r, request }, st, text) {
  const value = Object.entries(request.context).flatMap(([, v]) => v)[0] || r.pick(['prod', 'blue', '*', '?', '$']);
  const fill = (v) => request.resource.replace(/[^:/]+$/, v);
  st[r.chance(85) ? 'Resource' : 'NotResource'] = r.chance(80) ? fill(`x-${text}`) : fill(text).replace('arn:aws', `arn:${text}`);
  request.resource = fill(r.weighted([[6, `x-${value.replace(/[*?]/g, 'z')}`], [2, 'x-prod'], [1, 'x-'], [1, 'x-blue']]));
}

function variableCondition({ r, request }, st, text, key) {
  st.Resource = '*';
  const [other, values] = r.pick([['aws:SourceVpc', ['blue', 'prod', 'alice', '*', '?', '$', 'x']], ['aws:UserAgent', ['alice', 'blue', 'prod', own]]]);
  if (r.chance(90)) request.context[other] = r.pick([...values, ...Object.values(variables[key]).flat()]);
  const operator = r.pick(['StringEquals', 'StringNotEquals', 'StringLike', 'StringNotLike', 'StringEqualsIgnoreCase', 'StringEqualsIfExists', 'StringNotEqualsIfExists']);
  st.Condition = { [operator]: { [other]: r.pick([text, [text, 'never'], `${text}*`]) } };
}

function notPrincipal(r) {
  const cross = r.chance(25);
  const s = scene(r, sharedRequest(r, cross ? foreign : own), r.chance(85) ? caller(r) : r.pick(services));
  s.request.resource_account = cross ? foreign : own;
  const account = own;
  const listed = r.pick([[root(account)], [account], [s.request.principal], [role(), session()], [role(), session(), root()], [user(), root()], [user(third)]]).filter((p) => p.startsWith('arn:') || /^\d+$/.test(p));
  const st = {
    Effect: r.chance(80) ? 'Deny' : 'Allow',
    NotPrincipal: listed.length > 0 ? { AWS: r.oneOrMore(listed) } : { Service: s.request.principal },
    Action: r.pick(['*', s.request.action]),
    Resource: '*',
  };
  const allow = { Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' };
  return finish(s, {
    identity: s.request.principal.startsWith('arn:') ? [granting] : [],
    resource: { Version: '2012-10-17', Statement: st.Effect === 'Deny' ? [allow, st] : [st] },
    boundary: perhaps(r, s.request.principal.startsWith('arn:') ? 15 : 0, () => granting),
  });
}

function rootUser(r) {
  const cross = r.chance(30);
  const s = scene(r, sharedRequest(r, cross ? foreign : own), root());
  s.request.resource_account = cross ? foreign : own;
  return finish(s, {
    identity: [],
    resource: perhaps(r, 75, () => documentOf(s, 1, 2, { principal: true })),
    scp: perhaps(r, 35, () => [[r.chance(50) ? granting : documentOf(s, 1, 2)]]),
    rcp: perhaps(r, 20, () => [[rcpDocument(s)]]),
  });
}

function service(r) {
  const name = r.pick(services);
  const trusting = r.chance(40);
  const request = trusting ? { action: 'sts:AssumeRole', resource: role(own, 'target') } : sharedRequest(r);
  const s = scene(r, request, name);
  s.request.resource_account = own;
  const st = statement(s, { condition: 30, resource: !trusting && undefined, plain: true });
  st.Principal = r.weighted([[5, { Service: name }], [2, { Service: [r.pick(services), name] }], [2, { Service: r.pick(services) }], [1, '*'], [1, { AWS: own }], [1, { AWS: '*' }]]);
  if (trusting) st.Action = r.pick(['sts:AssumeRole', 'sts:*', st.Action]);
  return finish(s, { identity: [], [trusting ? 'trust' : 'resource']: document(r, [st]), rcp: perhaps(r, 15, () => [[rcpDocument(s)]]) });
}

function anonymous(r) {
  const s = scene(r, sharedRequest(r), '*');
  s.request.resource_account = own;
  const st = statement(s, { condition: 30 });
  st.Principal = r.weighted([[4, '*'], [3, { AWS: '*' }], [1, { AWS: own }], [1, { Service: '*' }], [1, { AWS: user() }]]);
  return finish(s, { identity: [], resource: document(r, [st]), rcp: perhaps(r, 20, () => [[rcpDocument(s)]]) });
}

function federatedUser(r) {
  const cross = r.chance(20);
  const s = scene(r, sharedRequest(r, cross ? foreign : own), federated());
  s.request.resource_account = cross ? foreign : own;
  const st = statement(s, { principal: true, plain: true });
  if (r.chance(50)) st.Principal = { AWS: r.pick([federated(), federated(own, 'dave'), user(), root()]) };
  return finish(s, {
    identity: [likely(s)],
    session: perhaps(r, 60, () => documentOf(s, 1, 1, { plain: true })),
    resource: perhaps(r, 60, () => document(r, [st])),
  });
}

function key(r) {
  const cross = r.chance(30);
  const account = cross ? foreign : own;
  const s = scene(r, { action: r.pick(['kms:Decrypt', 'kms:ScheduleKeyDeletion']), resource: `arn:aws:kms:us-east-1:${account}:key/1234abcd-12ab-34cd-56ef-1234567890ab` }, caller(r));
  s.request.resource_account = account;
  return finish(s, {
    identity: [likely(s)],
    resource: documentOf(s, 1, 2, { principal: true }),
    boundary: perhaps(r, 15, () => documentOf(s, 1, 1, { plain: true })),
  });
}

function endpoint(r) {
  const s = scene(r, sharedRequest(r), caller(r));
  return finish(s, { identity: [likely(s)], endpoint: withPrincipal(documentOf(s, 1, 2, { plain: true }), '*') });
}

// mixed has something of everything.
function mixed(r) {
  const cross = r.chance(30);
  const s = scene(r, sharedRequest(r, cross ? foreign : own), caller(r));
  s.request.resource_account = cross ? foreign : own;
  const cut = () => (r.chance(50) ? granting : documentOf(s, 1, 2, { condition: 25, hard: true }));
  return finish(s, {
    identity: r.several(1, 2, () => documentOf(s, 1, 2, { condition: 25, hard: true })),
    groups: s.request.principal.includes(':user/') ? r.several(0, 1, () => documentOf(s, 1, 1)) : undefined,
    resource: perhaps(r, cross ? 90 : 50, () => documentOf(s, 1, 2, { principal: true, condition: 20 })),
    boundary: perhaps(r, 30, cut),
    session: perhaps(r, s.request.principal.includes(':assumed-role/') ? 30 : 0, cut),
    scp: perhaps(r, 40, () => r.several(1, 2, () => [cut()])),
    rcp: perhaps(r, 30, () => [[rcpDocument(s)]]),
  });
}

const faults = [
  (st) => ({ ...st, effect: 'Allow' }),
  (st) => ({ ...st, Effect: 'allow' }),
  (st) => ({ ...st, NotAction: 'iam:*' }),
  ({ Resource, ...st }) => st,
  ({ Action, ...st }) => st,
  (st) => ({ ...st, Principal: '*' }),
  (st) => ({ ...st, NotResource: '*' }),
  (st) => ({ ...st, Resource: [] }),
  (st) => ({ ...st, Action: [] }),
  (st) => ({ ...st, Action: st.Action + ',iam:GetRole' }),
  (st) => ({ ...st, Action: 'cloud*:*' }),
  (st) => ({ ...st, Action: 'PutObject' }),
  (st) => ({ ...st, Resource: 'not-an-arn' }),
  (st) => ({ ...st, Sid: 'no blanks here' }),
  (st) => ({ ...st, Condition: {} }),
  (st) => ({ ...st, Condition: { StringEquals: {} } }),
  (st) => ({ ...st, Condition: { StringEquals: { 'aws:UserAgent': [] } } }),
  (st) => ({ ...st, Condition: { StringMatches: { 'aws:UserAgent': 'x' } } }),
  (st) => ({ ...st, Condition: { NumericEquals: { 'aws:MultiFactorAuthAge': 'x' } } }),
  (st) => ({ ...st, Condition: { NullIfExists: { 'aws:UserAgent': 'true' } } }),
];

function grammar(r) {
  const s = scene(r, namedRequest(r), caller(r));
  const st = r.pick(faults)({ Effect: r.chance(70) ? 'Allow' : 'Deny', Action: r.pick([s.request.action, '*']), Resource: '*' });
  if (r.chance(50)) Object.assign(s.request.context, { 'aws:UserAgent': 'x', 'aws:MultiFactorAuthAge': '1' });
  const version = r.weighted([[8, { Version: '2012-10-17' }], [1, { Version: '2008-10-17' }], [1, { Version: '2020-01-01' }], [1, {}]]);
  return finish(s, { identity: [{ ...version, Statement: [st] }, ...(r.chance(50) ? [granting] : [])] });
}

// finish leaves out what is not there.
function finish(s, policies) {
  return { policies: Object.fromEntries(Object.entries(policies).filter(([, v]) => v !== undefined)), request: s.request };
}

// The families by name, each with its weight in a hundred or so.
export const families = [
  [12, 'identity', identity],
  [3, 'groups', groups],
  [6, 'arns', arns],
  [3, 'arns-elsewhere', arnsElsewhere],
  [5, 'boundary', boundary],
  [4, 'session', sessionPolicy],
  [8, 'resource', resource],
  [7, 'cross-account', crossAccount],
  [6, 'trust', trust],
  [3, 'federation', federation],
  [6, 'scp', scp],
  [4, 'rcp', rcp],
  [22, 'conditions', conditioned],
  [6, 'variables', variable],
  [3, 'not-principal', notPrincipal],
  [3, 'root', rootUser],
  [4, 'service', service],
  [2, 'anonymous', anonymous],
  [2, 'federated-user', federatedUser],
  [3, 'key', key],
  [2, 'endpoint', endpoint],
  [7, 'mixed', mixed],
  [2, 'grammar', grammar],
].map(([weight, name, make]) => [weight, { name, make }]);
