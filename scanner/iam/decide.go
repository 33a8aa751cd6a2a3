package iam

import (
	"slices"
	"strings"
)

// A Result is the answer to a request.
type Result uint8

// The results.
const (
	// Denied: no policy allows it, or one denies it.
	Denied Result = iota
	// Conditional: it depends on what is not known.
	Conditional
	// Allowed: it is allowed as far as the documents go.
	Allowed
)

// String is denied, conditional or allowed.
func (r Result) String() string {
	switch r {
	case Allowed:
		return "allowed"
	case Conditional:
		return "conditional"
	}
	return "denied"
}

// A Decision is the answer to a request, with its grounds.
type Decision struct {
	Result Result
	// Explicit says that a Deny decided.
	Explicit bool
	// Incomplete says that a document that bears on the request could not
	// be read: the result is relative to the others.
	Incomplete bool
	// Tests are what a conditional result depends on.
	Tests []Test
	// Allowing are the statements that allow or may allow the request,
	// Denying those that deny or may deny it. They must not be changed.
	Allowing, Denying []*Statement
}

// Decide answers a request by the policies that bear on it ("Policy
// evaluation logic"; "How AWS enforcement code logic evaluates requests to
// allow or deny access"). A nil facts knows nothing of actions.
func Decide(p Policies, r Request, facts Facts) Decision {
	// This much is inlined, so that the statements of the decision lie with
	// the caller: nothing is allocated unless they are many or are kept.
	var allowing, denying few
	return decide(&p, &r, facts, &allowing, &denying)
}

func decide(p *Policies, r *Request, facts Facts, allowing, denying *few) Decision {
	e := evaluation{policies: *p, request: *r, facts: facts, caller: parseCaller(r), resourceAccount: r.ResourceAccount}
	if e.resourceAccount == "" {
		e.resourceAccount = e.caller.account
	}
	if strings.EqualFold(r.Action, "sts:GetCallerIdentity") {
		return Decision{Result: Allowed}
	}
	e.asked.ask(r)
	deny := e.deny()
	if deny == Yes {
		return Decision{Explicit: true, Denying: e.denying.list(denying)}
	}
	allow := e.allow()
	d := Decision{Incomplete: e.unread(), Allowing: e.allowing.list(allowing), Denying: e.denying.list(denying)}
	switch {
	case allow == No:
		return Decision{}
	case deny == Maybe && e.alwaysDenied(d.Allowing):
		return Decision{Explicit: true, Denying: d.Denying}
	case deny == No && allow == Yes:
		d.Result = Allowed
		return d
	}
	d.Result = Conditional
	d.Tests = e.tests(allow, deny)
	return d
}

// unread reports whether a document that bears on the request could not be
// read. A request that is denied is so whatever such a document says.
func (e *evaluation) unread() bool {
	p := &e.policies
	return p.HasBoundary && p.Boundary == nil || anyUnread(p.Identity) || anyUnread(p.Groups) ||
		isUnknown(p.Boundary) || isUnknown(p.Session) || isUnknown(p.Resource) || isUnknown(p.Trust) || isUnknown(p.Endpoint) ||
		e.boundBySCP() && slices.ContainsFunc(p.SCP, anyUnread) || len(p.RCP) > 0 && e.boundByRCP() != No && slices.ContainsFunc(p.RCP, anyUnread)
}

func isUnknown(d *Document) bool { return d != nil && d.Unknown }

func anyUnread(docs []*Document) bool { return slices.ContainsFunc(docs, isUnknown) }

// deny is how far any document denies the request: step 1 of the algorithm,
// with what SCPs and RCPs do not bind.
func (e *evaluation) deny() Verdict {
	p := &e.policies
	v := max(e.deniesAny(p.Identity), e.deniesAny(p.Groups), e.denies(p.Boundary), e.denies(p.Session),
		e.denies(p.Resource), e.denies(p.Trust), e.denies(p.Endpoint))
	if v == Yes {
		return v
	}
	if e.boundBySCP() {
		for _, level := range p.SCP {
			v = max(v, e.deniesAny(level))
		}
	}
	if bound := e.boundByRCP(); bound != No {
		for _, level := range p.RCP {
			v = max(v, min(bound, e.deniesAny(level)))
		}
	}
	return v
}

// boundBySCP reports whether service control policies bind the caller: not a
// service-linked role, nor the management account, nor who is of no account
// ("Service control policies (SCPs)").
func (e *evaluation) boundBySCP() bool {
	return len(e.policies.SCP) > 0 && e.caller.isIAM() && !e.request.ManagementAccount && !e.caller.isServiceLinked()
}

// boundByRCP reports whether resource control policies bind the request: not
// a service-linked role, nor the management account's resources, nor services
// outside AWS's list ("Resource control policies (RCPs)").
func (e *evaluation) boundByRCP() Verdict {
	own := e.caller.account != "" && e.caller.account == e.resourceAccount
	switch {
	case len(e.policies.RCP) == 0, e.caller.isServiceLinked(), e.request.ResourceManagementAccount, own && e.request.ManagementAccount:
		return No
	case e.facts == nil:
		return Maybe
	}
	service, _, _ := strings.Cut(e.request.Action, ":")
	return verdict(e.facts.RCPSupported(strings.ToLower(service)))
}

// allow is how far the policies allow the request, explicit denies aside.
func (e *evaluation) allow() Verdict {
	v := e.granted()
	if e.boundBySCP() {
		for _, level := range e.policies.SCP {
			v = min(v, e.level(level))
		}
	}
	if e.policies.Endpoint != nil {
		v = min(v, e.endpoint())
	}
	return v
}

// granted is what the identity's and the resource's policies allow, the
// organisation's and the endpoint's aside. Across accounts both must.
func (e *evaluation) granted() Verdict {
	resource := e.reachesBy(e.resourceSide())
	switch {
	case !e.caller.isIAM():
		return resource.any()
	case !e.samePartition(), e.caller.kind == rootUser && refusesRoot(e.request.Action):
		return No
	}
	identity := e.identity()
	across := min(identity, resource.any())
	switch e.ofOneAccount() {
	case No:
		return across
	case Maybe:
		if e.sameAccount(identity, resource) != across {
			return Maybe
		}
		return across
	}
	return e.sameAccount(identity, resource)
}

// resourceSide is the role's trust policy, else the resource's policy.
func (e *evaluation) resourceSide() *Document {
	if e.policies.Trust != nil {
		return e.policies.Trust
	}
	return e.policies.Resource
}

// ofOneAccount reports whether caller and resource are of one account, which
// is open where either account is not known.
func (e *evaluation) ofOneAccount() Verdict {
	if e.caller.account == e.resourceAccount {
		return Yes
	}
	return plainCompare(e.caller.account, e.resourceAccount)
}

// sameAccount joins what the identity's and the resource's policies grant
// within one account (IAM-SEMANTICS, section 7, step 6).
func (e *evaluation) sameAccount(identity Verdict, resource reach) Verdict {
	if e.mustDelegate() {
		identity = min(identity, resource.account)
	}
	role := resource.role
	if role != No {
		role = min(role, e.cuts())
	}
	return max(identity, resource.direct, role)
}

// mustDelegate reports whether identity policies count only where the
// resource's policy names the account: for roles and KMS keys, which always
// have one ("Key policies in AWS KMS").
func (e *evaluation) mustDelegate() bool {
	if e.policies.Trust != nil || isAssume(e.request.Action) {
		return true
	}
	return glob("kms:*", e.request.Action, true) && (e.policies.Resource != nil || glob("arn:*:kms:*:key/*", e.request.Resource, false))
}

// isAssume reports whether an action is settled by a role's trust policy.
func isAssume(action string) bool {
	for _, name := range []string{"sts:AssumeRole", "sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity"} {
		if strings.EqualFold(action, name) {
			return true
		}
	}
	return false
}

// refusesRoot reports whether an action is closed to root users whatever
// policies say ("AWS Security Token Service API Reference": AssumeRole,
// AssumeRoot).
func refusesRoot(action string) bool {
	return strings.EqualFold(action, "sts:AssumeRole") || strings.EqualFold(action, "sts:AssumeRoot")
}

// samePartition reports whether caller and resource are of one partition.
func (e *evaluation) samePartition() bool {
	if a := &e.asked; a.isARN() {
		return plainCompare(a.resource[a.colons[0]+1:a.colons[1]], e.caller.partition) != No
	}
	var f [6]string
	if cutARN(e.request.Resource, &f) < 6 || hasWildcard(f[1]) {
		return true
	}
	return plainCompare(f[1], e.caller.partition) != No
}

// identity is what the caller's own policies grant after their cuts. A root
// user needs none.
func (e *evaluation) identity() Verdict {
	if e.caller.kind == rootUser {
		return Yes
	}
	v := e.own()
	if v == No {
		return No
	}
	return min(v, e.cuts())
}

// own is what the caller's own policies and those of its groups grant.
func (e *evaluation) own() Verdict {
	v := max(e.grants(e.policies.Identity), e.grants(e.policies.Groups))
	if v == Maybe && e.complementary(slices.Concat(e.policies.Identity, e.policies.Groups)) {
		return Yes
	}
	return v
}

// cuts is what boundary and session policy leave.
func (e *evaluation) cuts() Verdict { return min(e.boundary(), e.session()) }

// boundary is what the permissions boundary leaves.
func (e *evaluation) boundary() Verdict {
	switch p := &e.policies; {
	case p.Boundary != nil:
		return e.allows(p.Boundary)
	case p.HasBoundary:
		return Maybe
	}
	return Yes
}

// session is what the session policy leaves: to a federated user's session
// without one, nothing ("Permissions for GetFederationToken").
func (e *evaluation) session() Verdict {
	switch {
	case e.policies.Session != nil:
		return e.allows(e.policies.Session)
	case e.caller.kind == federatedUser:
		return No
	}
	return Yes
}

// level is what one level of the organisation allows.
func (e *evaluation) level(docs []*Document) Verdict {
	v := No
	for _, d := range docs {
		v = max(v, e.allows(d))
	}
	if v == Maybe && e.complementary(docs) {
		return Yes
	}
	return v
}

// endpoint is what the policy of the VPC endpoint allows the caller.
func (e *evaluation) endpoint() Verdict {
	v := No
	for _, st := range e.statements(e.policies.Endpoint) {
		s := e.allowing1(e.policies.Endpoint, st)
		if st.HasPrincipal {
			s = min(s, e.reaches(st).any())
		}
		v = max(v, s)
	}
	return e.unlessUnknown(e.policies.Endpoint, v)
}
