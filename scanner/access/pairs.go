package access

import (
	"cmp"
	"slices"

	"github.com/iamwatch/iamwatch/scanner/cloudwatch"
	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// ownAccount is a text with the id of a unit's own account, or what stands in
// for it, where the text leaves it open.
func ownAccount(s string, u *model.Unit) string {
	return source.ReplaceMarks(s, func(kind source.HoleKind, label string) string {
		if kind == source.HoleSelf {
			return accountID(u)
		}
		return source.Hole(kind, label)
	})
}

// accountID is a unit's account, or what stands in for it.
func accountID(u *model.Unit) string {
	if u == nil || u.Account == "" {
		return standInAccount
	}
	return u.Account
}

// caller is a request of an identity for an action on another.
func (b *becoming) caller(id *model.Identity, action string, on *model.Identity) iam.Request {
	r := b.graph.Caller(id)
	r.Principal, r.Action = ownAccount(r.Principal, id.Unit), action
	r.Resource, r.ResourceAccount = ownAccount(b.graph.ARN(on), on.Unit), accountID(on.Unit)
	return r
}

// edge is a decision as an edge; false when it is denied.
func (b *becoming) edge(e Edge, d iam.Decision, id, role *model.Identity) (Edge, bool) {
	if d.Result == iam.Denied {
		return e, false
	}
	e.Verdict, e.Tests = certainty(d), d.Tests
	e.Statements = b.grounds(d.Allowing, id, role)
	return e, true
}

// also joins a further decision that an edge needs.
func (b *becoming) also(e Edge, d iam.Decision, id, role *model.Identity) (Edge, bool) {
	more, ok := b.edge(e, d, id, role)
	more.Verdict = min(more.Verdict, e.Verdict)
	more.Tests = mergeTests(slices.Clip(e.Tests), more.Tests)
	more.Statements = append(slices.Clip(e.Statements), more.Statements...)
	return more, ok
}

// assumes reports whether an identity may assume a role: both sides are asked.
func (b *becoming) assumes(id, role *model.Identity) (Edge, bool) {
	e := Edge{From: identityNode(id), To: identityNode(role), Kind: Assumes, Action: "sts:AssumeRole"}
	if role.Trust == nil || role.Trust.Unknown || id.Unit.Alternative(role.Unit) {
		return e, false
	}
	p := b.graph.Policies(id)
	p.Trust = b.graph.Trust(role)
	d := iam.Decide(p, b.caller(id, e.Action, role), cloudwatch.Facts{})
	e, ok := b.edge(e, d, id, role)
	return e.unsure(role, id), ok
}

// unsure lowers an edge whose ends exist only under a condition.
func (e Edge) unsure(ends ...*model.Identity) Edge {
	for _, id := range ends {
		if !id.Maybe {
			continue
		}
		e.Verdict = min(e.Verdict, iam.Maybe)
		t := iam.Test{Reason: maybeClause(id.Kind.String()+" "+id.Quoted(), id.When), Range: id.Range}
		e.Tests = mergeTests(slices.Clip(e.Tests), []iam.Test{t})
	}
	return e
}

// holdsOver reports whether an identity may do a grip's action to another, and
// so become it.
func (b *becoming) holdsOver(k gripKind, kind EdgeKind, id, on *model.Identity) (Edge, bool) {
	action, _ := gripAction(k)
	e := Edge{From: identityNode(id), To: identityNode(on), Kind: kind, Action: action}
	if id == on || !sharesHome(id, on) || isReserved(on) {
		return e, false
	}
	d := iam.Decide(b.graph.Policies(id), b.caller(id, action, on), cloudwatch.Facts{})
	e, ok := b.edge(e, d, id, nil)
	if ok && k == gripService {
		e.Limited = true
		e = e.given("the credential serves only the services that take such ones, CloudWatch Logs among them")
	}
	return e, ok
}

// isReserved reports whether nobody but AWS may change a role: one that is
// linked to a service, or made by IAM Identity Center.
func isReserved(id *model.Identity) bool {
	path := model.PathOf(id.Entity)
	return id.Kind == model.PermissionSet || len(path) > 5 && path[:5] == "/aws-"
}

// enters is how an outsider comes in by an entry of a trust policy.
func (b *becoming) enters(e *Entry) (Edge, bool) {
	out := Edge{From: e.outsider(), To: identityNode(e.Role), Kind: Assumes, Action: e.action()}
	if out.Action == "" || e.Kind == DeletedPrincipal || e.Kind == OtherPrincipal {
		return out, false
	}
	r := iam.Request{
		Action: out.Action, Resource: ownAccount(b.graph.ARN(e.Role), e.Role.Unit),
		ResourceAccount: accountID(e.Role.Unit), Context: iam.Context{Open: true},
	}
	b.asCaller(&r, e)
	p := iam.Policies{Trust: only(b.graph.Trust(e.Role), e.Statement), Identity: []*iam.Document{anything(iam.IdentityDocument)}}
	out, ok := b.edge(out, iam.Decide(p, r, cloudwatch.Facts{}), nil, e.Role)
	if !ok && e.Kind == UnknownAccount {
		out.Verdict, ok = iam.Maybe, true
		out.Statements = b.grounds([]*iam.Statement{e.Statement}, nil, e.Role)
		out.Tests = []iam.Test{{Reason: "the principal is not known", Statement: e.Statement, Range: e.Principal.Value.Range}}
	}
	out.Tests = slices.DeleteFunc(slices.Clone(out.Tests), e.named)
	if len(out.Tests) == 0 && out.Verdict == iam.Maybe {
		out.Verdict = iam.Yes
	}
	return out.unsure(e.Role), ok
}

// action is the action by which an entry's principal comes in.
func (e *Entry) action() string {
	switch {
	case e.Kind == WebIdentity && e.AssumeRoleWithWebIdentity:
		return "sts:AssumeRoleWithWebIdentity"
	case e.Kind == SAMLProvider && e.AssumeRoleWithSAML:
		return "sts:AssumeRoleWithSAML"
	case e.Kind != WebIdentity && e.Kind != SAMLProvider && e.AssumeRole:
		return "sts:AssumeRole"
	}
	return ""
}

// asCaller makes an entry's principal the caller of a request: of an account,
// some role of any name; of anyone, one of an account that is nobody's.
func (b *becoming) asCaller(r *iam.Request, e *Entry) {
	partition := partitionOf(e.Role.Unit)
	some := func(account string) string {
		return "arn:" + partition + ":iam::" + account + ":role/" + source.Hole(source.HoleFree, "caller")
	}
	r.Principal = fillPartition(e.Principal.Value.Value, partition)
	switch e.Kind {
	case Anyone:
		account := source.Hole(source.HoleAccount, "caller")
		r.Principal = some(strangerAccount)
		r.Context.Keys = []iam.ContextKey{
			{Name: "aws:PrincipalAccount", Values: []string{account}}, {Name: "aws:PrincipalArn", Values: []string{some(account)}},
		}
	case OwnAccount, TrustedAccount, VendorAccount, UnfamiliarAccount:
		r.Principal = ownAccount(r.Principal, e.Role.Unit)
		if e.Root {
			r.Principal = some(cmp.Or(accountField(r.Principal), e.rootAccount()))
		}
	case UnknownAccount:
		if account := accountField(r.Principal); account != "" {
			r.Principal = some(account)
		}
	}
}

// rootAccount is the account that an entry lets in whole by its bare id.
func (e *Entry) rootAccount() string {
	if e.Account == selfAccount {
		return accountID(e.Role.Unit)
	}
	return e.Account
}

// accountField is the account in an ARN; empty for any other text.
func accountField(s string) string {
	a, _ := iam.ParseARN(s)
	return a.Account
}

// only is a trust policy of which one statement allows; what denies stays.
func only(d *iam.Document, allow *iam.Statement) *iam.Document {
	var kept []*iam.Statement
	for _, st := range d.Statements {
		if st.Effect != iam.Allow && st.Effect != iam.EffectUnknown || st == allow || st.Range == allow.Range && st.Index == allow.Index {
			kept = append(kept, st)
		}
	}
	return with(d, kept)
}

// anything is a policy that allows everything: that of a caller of whom only the
// other side is asked, or, of service control policies, FullAWSAccess.
func anything(kind iam.DocumentKind) *iam.Document {
	all := []source.String{source.NewString("*", source.Range{})}
	return &iam.Document{Kind: kind, Statements: []*iam.Statement{
		{Effect: iam.Allow, Actions: all, Resources: all, HasResource: true},
	}}
}
