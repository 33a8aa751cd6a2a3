// The classes that patterns of resources make.
import { covers, fields, mapDocuments, mapResources, ofIAM } from './rewriting.mjs';

const element = 'IAM JSON policy elements: Resource';
const names = 'Amazon Resource Names (ARNs)';

const isARN = (pattern) => /^arn:/i.test(pattern) && !pattern.includes('${');
const isWhole = (pattern) => fields(pattern).length === 6;

// ofLogGroup are the ARNs that actions on log groups carry.
const ofLogGroup = /^(arn:[^:]*:logs:[^:]*:[^:]*:log-group:[^:]*:)\*$/;

// lettered puts a letter for the * that such an ARN ends in, where nothing in
// the policies stands for a * alone. A wildcard matches the one as the other.
function lettered(c) {
  if (!ofLogGroup.test(c.request.resource) || JSON.stringify(c.policies).includes('${*}')) return c;
  return { ...c, request: { ...c.request, resource: c.request.resource.replace(ofLogGroup, '$1_') } };
}

// foreignSpelling settles a pattern whose first field is not arn in small
// letters, in the policies that are not IAM's own (whose are refused).
const foreignSpelling = (pattern, { kind }) => (!ofIAM.has(kind) && /^arn:/i.test(pattern) && !pattern.startsWith('arn:') ? false : undefined);

// organisation are the kinds of policy that may hold no short ARN.
const organisation = new Set(['scp', 'rcp']);

// past settles a pattern that matches only by a * at the end of a field that
// runs past the colon.
function past(c) {
  return mapResources(c, (pattern, place) => {
    const { resource } = c.request;
    if (!isARN(pattern) || doubtful(pattern, resource)) return undefined;
    if (!isWhole(pattern) && !pattern.endsWith('*') && organisation.has(place.kind)) return undefined;
    return covers(pattern, resource, true) && !(isWhole(pattern) && covers(pattern, resource, false)) ? true : undefined;
  });
}

// short settles a pattern of fewer than six fields that ends in no *.
function short(c) {
  return mapResources(c, (pattern, place) => {
    if (!isARN(pattern) || isWhole(pattern) || pattern.endsWith('*') || doubtful(pattern, c.request.resource)) return undefined;
    if (organisation.has(place.kind) || covers(pattern, c.request.resource, true)) return undefined;
    const open = !['resource', 'trust', 'endpoint'].includes(place.kind) || /[*?]/.test(pattern);
    return open && covers(`${pattern}:*`, c.request.resource, true);
  });
}

// refusedShort leaves out a policy of the organisation that holds such a
// pattern, which AWS would not store.
function refusedShort(c) {
  return mapDocuments(c, (doc, kind) => {
    if (!organisation.has(kind)) return doc;
    const patterns = [doc.Statement].flat().flatMap((st) => st.Resource ?? st.NotResource ?? []);
    return patterns.some((p) => isARN(p) && !isWhole(p) && !p.endsWith('*')) ? undefined : doc;
  });
}

const untyped = new Set(['s3', 'sns', 'sqs']);

// doubtful reports whether a pattern has a wildcard in the service field, or
// in the type of resource as the request has it.
function doubtful(pattern, resource) {
  const p = fields(pattern);
  if (p.length > 2 && /[*?]/.test(p[2])) return true;
  if (p.length < 6 || untyped.has(p[2].toLowerCase()) || /^\*+$/.test(p[5])) return false;
  const type = fields(resource)[5]?.match(/^[^:/]*/)[0];
  const head = p[5].match(/^[^*?:/]*/)[0];
  return /^[*?]/.test(p[5].slice(head.length)) && head.length < type.length;
}

// matchesAsText is how a pattern with a wildcard where AWS allows none reads
// as a text.
const matchesAsText = (pattern, resource) => covers(pattern, resource, true);

// plainly settles such a pattern where it grants.
function plainly(c) {
  return mapResources(c, (pattern, place) => {
    const { resource } = c.request;
    if (!isARN(pattern) || !doubtful(pattern, resource) || place.not || place.effect !== 'Allow') return undefined;
    return matchesAsText(pattern, resource);
  });
}

// eitherWay gives both readings of such a pattern where it denies, or in
// NotResource, if it can match at all. Each element of each effect is read
// apart: they need not hold the same pattern.
function eitherWay(c) {
  const reading = (matches) =>
    mapResources(c, (pattern, place) => {
      const { resource } = c.request;
      if (!isARN(pattern) || !doubtful(pattern, resource) || (!place.not && place.effect === 'Allow')) return undefined;
      return matches.has(place.effect + place.not) && matchesAsText(pattern, resource);
    });
  const sets = ['Allowtrue', 'Denytrue', 'Denyfalse'].reduce((list, place) => list.flatMap((set) => [set, [...set, place]]), [[]]);
  const distinct = new Map(sets.map((set) => reading(new Set(set))).map((v) => [JSON.stringify(v), v]));
  return [...distinct.values()];
}

export const resourceClasses = [
  { name: 'the :* that ends the ARN of a log group', document: 'CloudWatch Logs API Reference: LogGroup (the ARN itself ends in :*)', rewrite: lettered },
  { name: 'a * that runs past the colon', document: `${element} ("If the * wildcard is the last character of a resource ARN segment, it can expand to match beyond the colon boundaries")`, rewrite: past },
  { name: 'a short ARN', document: 'IAM-SEMANTICS 3: missing fields are * in identity policies, boundaries and session policies; in resource policies only beside a wildcard (observed)', rewrite: short },
  { name: 'a short ARN in an organisation policy', document: 'IAM-SEMANTICS 3: SCPs and RCPs reject a short ARN (observed)', rewrite: refusedShort },
  { name: 'a wildcard in the service or the resource type, granting', document: `${names} (not allowed there); IAM-SEMANTICS 10: as text for Allow`, rewrite: plainly },
  { name: 'a wildcard in the service or the resource type, denying or excepted', document: `${names} (not allowed there); IAM-SEMANTICS 10: conditional for Deny and NotResource`, rewrite: eitherWay },
  { name: 'an ARN that begins in capitals', document: `${names} (format arn:partition:...)`, rewrite: (c) => mapResources(c, foreignSpelling) },
];
