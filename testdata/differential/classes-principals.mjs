// The classes that callers, principals and the order of evaluation make.
import { mapDocuments, mapStatements } from './rewriting.mjs';
import { bound } from './world.mjs';

const evaluation = 'How AWS enforcement code logic evaluates requests to allow or deny access';
const boundaries = 'Permissions boundaries for IAM entities (Evaluating effective permissions with boundaries)';

const account = (arn) => arn.split(':')[4];
const resourceAccount = ({ request }) => request.resource_account ?? account(request.principal);
const kindOf = (principal) => (principal.startsWith('arn:') ? principal.split(':')[5].split('/')[0] : 'external');
const isIAM = (principal) => ['user', 'role', 'assumed-role', 'federated-user', 'root'].includes(kindOf(principal));

const allowAll = (extra) => ({ Effect: 'Allow', ...extra, Action: '*', Resource: '*' });
const plus = (doc, st) => ({ ...doc, Statement: [...[doc.Statement].flat(), st] });

// unreached leaves out the RCPs over a service that they do not reach.
function unreached(c) {
  const { rcp, ...policies } = c.policies;
  return !rcp || bound.has(c.request.action.split(':')[0].toLowerCase()) ? c : { ...c, policies };
}

// almighty gives a root user what it has without any policy. What policies
// are attached to it grant nothing more: none can be.
function almighty(c) {
  if (kindOf(c.request.principal) !== 'root') return c;
  const doc = { Version: '2012-10-17', Statement: [allowAll()] };
  return { ...c, policies: { ...c.policies, identity: [...c.policies.identity, doc] } };
}

// bare takes from a federated user's session without a session policy what it
// does not inherit.
function bare(c) {
  if (kindOf(c.request.principal) !== 'federated-user' || c.policies.session) return c;
  return { ...c, policies: withoutAllow(c.policies) };
}

// withoutAllow leaves only the denials of the identity's policies.
function withoutAllow(policies) {
  const only = mapStatements({ policies: { identity: policies.identity ?? [], groups: policies.groups ?? [] } }, (st) => (st.Effect === 'Deny' ? st : undefined));
  return { ...policies, ...only.policies };
}

const texts = (principal) => (typeof principal === 'string' ? [principal] : [principal?.AWS ?? []].flat());

// direct reports whether a principal names the caller itself, or everyone.
function direct(principal, caller) {
  return texts(principal).some((p) => p === '*' || (p === caller && kindOf(caller) !== 'role'));
}

// uncut leaves of a request within an account what a resource policy grants
// the session, the user or everyone, and lifts from it what boundary and
// session policy merely leave unsaid.
function uncut(c) {
  const { policies, request } = c;
  const cuts = policies.boundary || policies.session;
  if (!cuts || !policies.resource || account(request.principal) !== resourceAccount(c)) return c;
  const granted = mapStatements({ policies: { resource: policies.resource } }, (st) => (st.Effect === 'Deny' || (st.Principal && direct(st.Principal, request.principal)) ? st : undefined));
  const lifted = mapDocuments({ policies: { ...(policies.boundary && { boundary: policies.boundary }), ...(policies.session && { session: policies.session }) } }, (doc) => plus(doc, allowAll()));
  return { ...c, policies: { ...withoutAllow(policies), ...granted.policies, ...lifted.policies } };
}

// ofUser gives both readings of a statement that names a user, for a session
// of some federated user that may be that user's.
function ofUser(c) {
  const { principal } = c.request;
  if (kindOf(principal) !== 'federated-user') return c;
  const reading = (mine) =>
    mapStatements(c, (st) => {
      const users = texts(st.Principal).filter((p) => kindOf(p) === 'user' && account(p) === account(principal));
      if (users.length === 0) return st;
      return { ...st, Principal: { AWS: mine ? principal : 'arn:aws:iam::777788889999:user/zed' } };
    });
  return [reading(true), reading(false)];
}

// listing says how NotPrincipal lists a caller.
function listing(notPrincipal, caller) {
  const names = texts(notPrincipal);
  const role = kindOf(caller) === 'assumed-role' && caller.replace(':sts:', ':iam:').replace(/:assumed-role\/([^/]*)\/.*$/, ':role/$1');
  return {
    account: names.some((p) => p === account(caller) || p === `arn:aws:iam::${account(caller)}:root`),
    role: !role || names.includes(role),
    self: names.includes(caller),
    any: names.includes(caller) || (role && names.includes(role)),
  };
}

// spared says whether Deny with NotPrincipal spares a caller: undefined where
// AWS does not say.
function spared(st, c) {
  const { principal } = c.request;
  const l = listing(st.NotPrincipal, principal);
  if (c.policies.boundary) return false;
  if (kindOf(principal) === 'root') return l.account;
  if (!l.any) return l.account ? undefined : false;
  return l.account && l.role && l.self;
}

function excepted(c, doubt) {
  return mapStatements(c, (st) => {
    if (st.NotPrincipal === undefined || st.Effect !== 'Deny' || !isIAM(c.request.principal)) return st;
    const { NotPrincipal, ...rest } = st;
    const spare = spared(st, c);
    if ((spare === undefined) !== (doubt !== undefined)) return st;
    return (spare ?? doubt) ? undefined : { Principal: '*', ...rest };
  });
}

// federated makes of an account, where a provider's user asks, somebody else.
function federated(c) {
  if (!/^arn:[^:]*:iam::\d*:(saml|oidc)-provider\//.test(c.request.principal)) return c;
  return mapStatements(c, (st) => {
    const names = [st.Principal?.AWS ?? []].flat();
    if (names.length === 0 || !names.every((p) => /^\d{12}$|^arn:[^:]*:iam::\d{12}:root$/.test(p))) return st;
    return { ...st, Principal: { ...st.Principal, AWS: 'arn:aws:iam::777788889999:user/zed' } };
  });
}

export const principalClasses = [
  { name: 'an account named to the user of a provider', document: 'AWS JSON policy elements: Principal (SAML and OIDC federated principals are named under Federated, AWS accounts under AWS)', rewrite: federated },
  { name: 'an RCP over a service that RCPs do not reach', document: 'Resource control policies (RCPs) (List of AWS services that support RCPs)', rewrite: unreached },
  { name: 'the root user', document: `${evaluation}; AWS account root user (in its own account it needs no policy)`, rewrite: almighty },
  { name: 'a federated user without a session policy', document: 'Permissions for GetFederationToken (without a session policy the session has no permissions but those of resource policies that name it)', rewrite: bare },
  { name: 'a resource policy that names the session or everyone', document: `${boundaries}; IAM-SEMANTICS 6 and 7: not limited by an implicit deny of boundary or session policy`, rewrite: uncut },
  { name: 'a user named to a federated session of some user', document: 'IAM-SEMANTICS 6: a user ARN reaches the user\'s federated sessions; whose this one is the case does not say', rewrite: ofUser },
  { name: 'Deny with NotPrincipal', document: 'AWS JSON policy elements: NotPrincipal (account, role and session must be listed; with a permissions boundary always denied)', rewrite: (c) => excepted(c) },
  { name: 'Deny with NotPrincipal that lists the account alone', document: 'IAM-SEMANTICS 10: account-level NotPrincipal match is conditional for Deny', rewrite: (c) => [excepted(c, true), excepted(c, false)] },
];
