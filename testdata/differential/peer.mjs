// Answers cases, one JSON object a line on standard input, with the npm
// package @cloud-copilot/iam-simulate, one answer a line on standard output.
//
//   node peer.mjs FOLDER
//
// FOLDER is where the package is installed (README.md). Only its public API is
// called, as its README and its type declarations describe it.
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import path from 'node:path';

const folder = process.argv[2];
if (!folder) {
  console.error('usage: node peer.mjs FOLDER');
  process.exit(2);
}
const require = createRequire(path.resolve(folder, 'package.json'));
const { anonymousPrincipal, runSimulation, runUnsafeSimulation } = require('@cloud-copilot/iam-simulate');

const words = { Allowed: 'allowed', ExplicitlyDenied: 'denied', ImplicitlyDenied: 'denied' };

const named = (list, name) => (list ?? []).map((policy, i) => ({ name: `${name}-${i + 1}`, policy }));

const levels = (list, name) =>
  (list ?? []).map((level, i) => ({ orgIdentifier: `${name}-level-${i + 1}`, policies: named(level, `${name}-${i + 1}`) }));

// account is the account of a caller: the fifth field of its ARN, none for a
// service or an anonymous caller.
const account = (principal) => principal.split(':')[4] ?? '';

const texts = (value) => (Array.isArray(value) ? value.map(String) : String(value));

// simulation writes a case in the package's form. It has one list for the
// policies of a caller and of its groups, and calls a trust policy the
// resource policy of a role.
function simulation({ policies: p, request: r }) {
  return {
    request: {
      principal: r.principal === '*' ? anonymousPrincipal : r.principal,
      action: r.action,
      resource: { resource: r.resource, accountId: r.resource_account ?? account(r.principal) },
      contextVariables: Object.fromEntries(Object.entries(r.context ?? {}).map(([key, value]) => [key, texts(value)])),
    },
    identityPolicies: [...named(p.identity, 'identity'), ...named(p.groups, 'group')],
    serviceControlPolicies: levels(p.scp, 'scp'),
    resourceControlPolicies: levels(p.rcp, 'rcp'),
    ...(p.session && { sessionPolicy: p.session }),
    ...(p.boundary && { permissionBoundaryPolicies: named([p.boundary], 'boundary') }),
    ...((p.trust ?? p.resource) && { resourcePolicy: p.trust ?? p.resource }),
    ...(p.endpoint && { vpcEndpointPolicies: named([p.endpoint], 'endpoint') }),
  };
}

const answer = (id, word) => ({ id, result: words[word] ?? 'error', kind: word });

// unvalidated asks again where the package refuses to judge a case it holds to
// be invalid.
function unvalidated(id, sim, errors) {
  try {
    return { ...answer(id, runUnsafeSimulation(sim, { simulationMode: 'Strict' })), refused: errors.message, errors };
  } catch (e) {
    return { id, result: 'error', kind: 'Thrown', refused: errors.message, errors, message: e.message };
  }
}

async function decide(c) {
  const sim = simulation(c);
  try {
    const out = await runSimulation(sim, { simulationMode: 'Strict' });
    if (out.resultType === 'error') return unvalidated(c.id, sim, out.errors);
    const ignored = (out.result?.ignoredContextKeys ?? []);
    return { ...answer(c.id, out.overallResult), ...(ignored.length > 0 && { ignored }) };
  } catch (e) {
    return { id: c.id, result: 'error', kind: 'Thrown', message: e.message };
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  if (line.trim()) console.log(JSON.stringify(await decide(JSON.parse(line))));
}
