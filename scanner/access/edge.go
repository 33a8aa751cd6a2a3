package access

import (
	"slices"
	"strings"

	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// An EdgeKind says how one node becomes another.
type EdgeKind uint8

// The kinds of edge, plain ones first.
const (
	// Assumes: by sts:AssumeRole, AssumeRoleWithWebIdentity or
	// AssumeRoleWithSAML, which the role's trust policy and, where that does
	// not name the caller within the account, the caller's own policies allow.
	Assumes EdgeKind = iota
	// RunsAs: an instance has the credentials of the role in its profile.
	RunsAs
	// BelongsTo: a user holds what the group holds.
	BelongsTo
	// PassesRole: by handing the role to a service that runs the caller's code
	// or orders (iam:PassRole and the action that uses it).
	PassesRole
	// RewritesTrust: by iam:UpdateAssumeRolePolicy.
	RewritesTrust
	// TakesCredentials: by an access key, a password or a credential of one
	// service made for another user.
	TakesCredentials
	// JoinsGroup: by iam:AddUserToGroup.
	JoinsGroup
	// Escalates: by giving oneself any policy (RULES.md, IW220).
	Escalates
	// Unbinds: by deleting one's own permissions boundary. It leads to oneself.
	Unbinds
)

// String is the kind in the words of a report.
func (k EdgeKind) String() string {
	return [...]string{
		"assumes", "runs as", "belongs to", "passes role", "rewrites trust", "takes credentials", "joins group", "escalates",
		"deletes boundary",
	}[k]
}

// An Edge says that one node can become another.
type Edge struct {
	From, To Node
	Kind     EdgeKind
	// Action is the deciding action, such as sts:AssumeRole; empty for a
	// profile and a membership. With is a second one that is needed beside,
	// such as lambda:CreateFunction.
	Action, With string
	// Service is the service that a role is passed to.
	Service string
	// Limited says that the caller gains a part of what To can do: the service
	// runs nothing of the caller's and with the role does one thing of its own,
	// or the credential is one of a service.
	Limited bool
	// Verdict is Yes, or Maybe when Tests remain.
	Verdict iam.Verdict
	// Tests are what a Maybe depends on: conditions of either side that
	// nobody can decide here, and what could not be read.
	Tests []iam.Test
	// Statements are those that allow it, on either side.
	Statements []Ground
}

// A Ground is a statement that an answer rests on.
type Ground struct {
	Statement *iam.Statement
	// Owner holds the policy: an identity, or a group of it. Of a trust policy
	// it is the role.
	Owner *model.Identity
	// Policy is nil for a trust policy, Resource for all but the policy of a
	// resource.
	Policy   *model.Policy
	Resource *model.ResourcePolicy
	// Range is the statement, or for a policy of AWS the attachment.
	Range source.Range
}

// Trust reports whether the statement is one of a trust policy.
func (g Ground) Trust() bool { return g.Policy == nil && g.Resource == nil }

// Token is the pattern of the statement that covers an action, for pointing at
// it: of a trust policy the principal. Of AWS's own policy it is the
// attachment.
func (g Ground) Token(action string) source.Range {
	st := g.Statement
	switch {
	case g.Range != st.Range:
		return g.Range
	case g.Trust() && len(st.Principals) == 1 && !st.NotPrincipal:
		return st.Principals[0].Value.Range
	case g.Trust() && !st.PrincipalRange.IsZero():
		return st.PrincipalRange
	}
	for _, a := range st.Actions {
		if !st.NotAction && iam.MatchAction(a.Value, action) != iam.No {
			return a.Range
		}
	}
	if !st.ActionRange.IsZero() {
		return st.ActionRange
	}
	return g.Range
}

// Clause is a test in words: what must hold, or what must not. The value of an
// external id is kept back: it is a secret between two parties.
func Clause(t iam.Test) string {
	if t.Reason != "" {
		return t.Reason
	}
	words := t.Operator + " " + t.Key
	if !strings.EqualFold(t.Key, "sts:ExternalId") {
		values := make([]string, 0, len(t.Values))
		for _, v := range t.Values {
			values = append(values, v.Show())
		}
		words += " " + strings.Join(values, " or ")
	}
	if t.Direction == iam.EscapesDeny {
		return "not " + words + ", which is denied"
	}
	return words
}

// A Path is a chain of edges, each from where the one before leads.
type Path []Edge

// From is the node that a path starts at; the zero Node for an empty one.
func (p Path) From() Node {
	if len(p) == 0 {
		return Node{}
	}
	return p[0].From
}

// To is the node that a path ends at; the zero Node for an empty one.
func (p Path) To() Node {
	if len(p) == 0 {
		return Node{}
	}
	return p[len(p)-1].To
}

// String is the path for people: "repo acme/app on GitHub (OIDC) -> role ci".
func (p Path) String() string {
	if len(p) == 0 {
		return ""
	}
	s := p[0].From.String()
	for _, e := range p {
		s += " -> " + e.To.String()
		if e.Kind == Unbinds {
			s += " without its boundary"
		}
	}
	return s
}

// Verdict is Yes when every edge is certain.
func (p Path) Verdict() iam.Verdict {
	v := iam.Yes
	for _, e := range p {
		v = min(v, e.Verdict)
	}
	return v
}

// Tests are what the edges depend on, in their order, each once.
func (p Path) Tests() []iam.Test {
	var out []iam.Test
	for _, e := range p {
		out = mergeTests(out, e.Tests)
	}
	return out
}

// plain reports whether a path needs no escalation: roles are assumed, held by
// an instance or granted through a group.
func (p Path) plain() bool {
	return !slices.ContainsFunc(p, func(e Edge) bool { return e.Kind > BelongsTo })
}

// mergeTests adds tests that are not there yet.
func mergeTests(list, more []iam.Test) []iam.Test {
	for _, t := range more {
		if !slices.ContainsFunc(list, func(o iam.Test) bool { return sameTest(o, t) }) {
			list = append(list, t)
		}
	}
	return list
}

func sameTest(a, b iam.Test) bool {
	return a.Operator == b.Operator && a.Key == b.Key && a.Reason == b.Reason && a.Range == b.Range && a.Direction == b.Direction
}

// certainty is a decision as a verdict: No, Maybe or Yes.
func certainty(d iam.Decision) iam.Verdict {
	switch d.Result {
	case iam.Allowed:
		return iam.Yes
	case iam.Conditional:
		return iam.Maybe
	}
	return iam.No
}

// grounds finds the statements of a decision among the policies of an identity
// and of its groups, and in a role's trust policy. Either may be nil.
func (b *becoming) grounds(list []*iam.Statement, id, role *model.Identity) []Ground {
	var out []Ground
	for _, st := range list {
		if role != nil && role.Trust != nil && holds(role.Trust, st) {
			out = append(out, Ground{Statement: st, Owner: role, Range: st.Range})
			continue
		}
		if id == nil {
			continue
		}
		for _, owner := range append([]*model.Identity{id}, id.GroupsOf...) {
			if gr, ok := b.groundOf(st, owner); ok {
				out = append(out, gr)
				break
			}
		}
	}
	return out
}

// groundOf finds a statement among the policies that an identity holds itself.
func (b *becoming) groundOf(st *iam.Statement, owner *model.Identity) (Ground, bool) {
	for _, p := range owner.Inline {
		if p.Document != nil && holds(p.Document, st) {
			return Ground{Statement: st, Owner: owner, Policy: p, Range: st.Range}, true
		}
	}
	for _, a := range owner.Managed {
		p, rng := a.To, st.Range
		if m := b.graph.awsManaged(a); m != nil {
			if p = m.policy; m.partial() {
				rng = a.Range
			}
		}
		if p != nil && p.Document != nil && holds(p.Document, st) {
			return Ground{Statement: st, Owner: owner, Policy: p, Range: rng}, true
		}
	}
	return Ground{}, false
}

// holds reports whether a statement is one of a document, or a copy of one.
func holds(d *iam.Document, st *iam.Statement) bool {
	return slices.ContainsFunc(d.Statements, func(o *iam.Statement) bool {
		return o == st || o.Range == st.Range && o.Index == st.Index && !o.Range.IsZero()
	})
}
