package access

import (
	"fmt"
	"slices"
	"strings"

	"github.com/iamwatch/iamwatch/scanner/cloudwatch"
	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// Policies are the documents of an identity that bear on each of its requests
// for an action of the catalogue: its own policies and those of its groups,
// AWS managed ones as the export or the embedded table has them, its boundary,
// and the service control policies over its account. What is known to be attached and could not be read is an unknown
// document. What is attached only under a condition that could not be decided
// is a copy whose statements are Maybe; all other documents are the model's own
// and must not be changed.
func (g *Graph) Policies(id *model.Identity) iam.Policies { return g.policies(id, false) }

// PoliciesFor is Policies for one action. The embedded table holds of an AWS
// managed policy only the actions of the catalogue: what one grants of others
// is not known.
func (g *Graph) PoliciesFor(id *model.Identity, action string) iam.Policies {
	return g.policies(id, !cloudwatch.Facts{}.KnownAction(action))
}

func (g *Graph) policies(id *model.Identity, beyond bool) iam.Policies {
	a := assembly{graph: g, beyond: beyond, unit: id.Unit}
	var p iam.Policies
	a.holder(id, false)
	p.Identity, a.docs = a.docs, nil
	for _, group := range id.GroupsOf {
		a.holder(group, group.Maybe || maybeMember(id, group))
	}
	for _, ref := range id.Groups {
		if !slices.ContainsFunc(id.GroupsOf, func(group *model.Identity) bool { return names(ref, group) }) {
			a.unread(ref.Value.Range, fmt.Sprintf("group %q is not in the scan", ref.Value.Show()))
		}
	}
	p.Groups = a.docs
	if id.Boundary != nil {
		p.HasBoundary, p.Boundary = true, a.boundary(id.Boundary)
	}
	p.SCP = g.levels(id)
	return p
}

// names reports whether a reference is to an identity, as far as text tells.
func names(r model.Ref, id *model.Identity) bool {
	if r.Address != "" && r.Address == id.Address {
		return true
	}
	name := r.Value.Value
	if strings.HasPrefix(name, "arn:") {
		name = name[strings.LastIndexByte(name, '/')+1:]
	}
	return name != "" && name == id.Name.Value
}

// An assembly gathers the documents of identities. It only looks up: New has
// read every AWS managed policy that is attached anywhere.
type assembly struct {
	graph *Graph
	// beyond says that the request is for an action outside of the catalogue.
	beyond bool
	// unit is the caller's.
	unit *model.Unit
	docs []*iam.Document
}

// holder adds what a user, group or role holds itself; maybe says that all of
// it reaches the caller only perhaps.
func (a *assembly) holder(id *model.Identity, maybe bool) {
	before := len(a.docs)
	for _, p := range id.Inline {
		a.add(p, maybe)
	}
	for _, at := range id.Managed {
		a.attached(at, maybe || at.Maybe)
	}
	whole := !slices.ContainsFunc(a.docs[before:], func(d *iam.Document) bool { return d.Unknown })
	if id.Incomplete != "" && whole {
		a.unread(id.Range, id.Incomplete)
	}
}

func (a *assembly) add(p *model.Policy, maybe bool) {
	switch {
	case p.Document == nil:
		a.unread(p.Range, "policy "+p.Quoted()+" has no document that could be read")
	case maybe || p.Maybe:
		a.docs = append(a.docs, perhaps(settle(p.Document, a.unit)))
	default:
		a.docs = append(a.docs, settle(p.Document, a.unit))
	}
}

// attached adds a managed policy.
func (a *assembly) attached(at *model.Attachment, maybe bool) {
	m := a.graph.awsManaged(at)
	switch {
	case m != nil:
		a.add(m.policy, maybe)
		if a.beyond && m.partial() {
			a.unread(at.Range, unseenPart(at))
		}
	case at.To != nil && at.To.Document != nil:
		a.add(at.To, maybe)
	case !knownEmpty(at):
		a.unread(at.Range, fmt.Sprintf("policy %q is not in the scan", at.Policy.Value.Show()))
	case a.beyond:
		a.unread(at.Range, unseenPart(at))
	}
}

// partial reports whether a policy's document is the embedded table's, which
// keeps of Allow what touches the catalogue.
func (m *managedPolicy) partial() bool { return m.policy.Unit == nil }

func unseenPart(at *model.Attachment) string {
	return fmt.Sprintf("what policy %q grants of actions outside of the catalogue is not known", at.Policy.Value.Show())
}

// knownEmpty reports whether an attached policy is one of AWS that grants no
// action of the catalogue.
func knownEmpty(at *model.Attachment) bool {
	name, aws := AWSManagedName(at.Policy.Value.Value)
	return aws && cloudwatch.KnownManagedName(name)
}

func (a *assembly) unread(r source.Range, reason string) {
	a.docs = append(a.docs, &iam.Document{Kind: iam.IdentityDocument, Unknown: true, Reason: reason, Range: r})
}

// boundary is the document of a permissions boundary, nil when it could not be
// read. One that is attached only perhaps leaves everything perhaps.
func (a *assembly) boundary(at *model.Attachment) *iam.Document {
	m := a.graph.awsManaged(at)
	var d *iam.Document
	switch {
	case m != nil && a.beyond && m.partial():
		d = leavingMore(m.policy.Document, at.Range)
	case m != nil:
		d = m.policy.Document
	case at.To != nil && at.To.Document != nil:
		d = at.To.Document
		if at.To.Maybe {
			d = leavingMore(perhaps(d), at.Range)
		}
	case knownEmpty(at) && !a.beyond:
		d = &iam.Document{Kind: iam.BoundaryDocument, Range: at.Range}
	}
	if d == nil || d.Unknown {
		return nil
	}
	d = settle(d, a.unit)
	if at.Maybe {
		d = leavingMore(perhapsDenying(d), at.Range)
	}
	return d
}

// perhaps is a document each of whose statements is there only perhaps.
func perhaps(d *iam.Document) *iam.Document {
	return rewrite(d, func(st *iam.Statement) { st.Maybe = true })
}

// perhapsDenying is a document whose Deny statements are there only perhaps.
func perhapsDenying(d *iam.Document) *iam.Document {
	return rewrite(d, func(st *iam.Statement) { st.Maybe = st.Maybe || st.Effect != iam.Allow })
}

// rewrite is a document with f applied to copies of its statements.
func rewrite(d *iam.Document, f func(*iam.Statement)) *iam.Document {
	statements := make([]*iam.Statement, 0, len(d.Statements))
	for _, st := range d.Statements {
		c := *st
		f(&c)
		statements = append(statements, &c)
	}
	return with(d, statements)
}

// with is a document with other statements.
func with(d *iam.Document, statements []*iam.Statement) *iam.Document {
	return &iam.Document{
		Kind: d.Kind, Version: d.Version, ID: d.ID, Statements: statements, Range: d.Range,
		Unknown: d.Unknown, Reason: d.Reason, Faults: d.Faults, Invalid: d.Invalid,
	}
}

// leavingMore is a boundary that may allow anything beside what it says.
func leavingMore(d *iam.Document, r source.Range) *iam.Document {
	all := []source.String{source.NewString("*", r)}
	return with(d, append(slices.Clone(d.Statements), &iam.Statement{
		Effect: iam.Allow, Actions: all, Resources: all, HasResource: true, Maybe: true, Range: r, Index: len(d.Statements),
	}))
}

// settle fills the partition that only AWS knows: it is that of the unit.
func settle(d *iam.Document, u *model.Unit) *iam.Document {
	if u == nil || u.Input == model.Export || !slices.ContainsFunc(d.Statements, hasPartition) {
		return d
	}
	partition := partitionOf(u)
	fill := func(list []source.String) []source.String {
		out := slices.Clone(list)
		for i := range out {
			out[i].Value = fillPartition(out[i].Value, partition)
			out[i].Known = !source.HasMark(out[i].Value)
		}
		return out
	}
	return rewrite(d, func(st *iam.Statement) {
		st.Resources = fill(st.Resources)
		st.Principals = slices.Clone(st.Principals)
		for i := range st.Principals {
			st.Principals[i].Value = fill([]source.String{st.Principals[i].Value})[0]
		}
		st.Conditions = slices.Clone(st.Conditions)
		for i := range st.Conditions {
			st.Conditions[i].Values = fill(st.Conditions[i].Values)
		}
	})
}

func fillPartition(s, partition string) string {
	return source.ReplaceMarks(s, func(kind source.HoleKind, label string) string {
		if kind == source.HolePartition {
			return partition
		}
		return source.Hole(kind, label)
	})
}

// hasPartition reports whether a statement holds a partition that is not known.
func hasPartition(st *iam.Statement) bool {
	open := func(s source.String) bool {
		return !s.Known && fillPartition(s.Value, "") != s.Value
	}
	return slices.ContainsFunc(st.Resources, open) ||
		slices.ContainsFunc(st.Principals, func(p iam.Principal) bool { return open(p.Value) }) ||
		slices.ContainsFunc(st.Conditions, func(c iam.Condition) bool { return slices.ContainsFunc(c.Values, open) })
}

// ARN is an identity's ARN as policies write it: account and name are holes
// where they are not known ("IAM identifiers"). A permission set is the role
// that IAM Identity Center makes for it.
func (g *Graph) ARN(id *model.Identity) string {
	partition, account := partitionOf(id.Unit), source.Hole(source.HoleSelf, "")
	if id.Unit != nil && id.Unit.Account != "" {
		account = id.Unit.Account
	}
	name := id.Kind.String() + "/" + model.FullName(id.Entity)
	if id.Kind == model.PermissionSet {
		name = "role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_" + id.Name.Value + "_" + source.Hole(source.HoleName, "id")
	}
	return "arn:" + partition + ":iam::" + account + ":" + name
}

// Caller is a request of an identity that lacks only action and resource. Its
// context is open: what it does not list is unknown.
func (g *Graph) Caller(id *model.Identity) iam.Request {
	return iam.Request{
		Principal: g.ARN(id), RolePath: model.PathOf(id.Entity), PrincipalID: id.UniqueID,
		Context: iam.Context{Open: true},
	}
}

// Decide answers whether an identity may do an action, by all documents of
// the scan that bear on the request (see Bearing). resource is as in
// iam.Request: an ARN, "*", or an ARN with wildcards that asks for all such
// resources. It is of the account that its ARN names, else of the caller's.
func (g *Graph) Decide(id *model.Identity, action, resource string) iam.Decision {
	r := g.Caller(id)
	r.Action, r.Resource = action, resource
	if a, ok := iam.ParseARN(resource); ok && iam.IsAccountID(a.Account) && id.Unit != nil && id.Unit.Account != "" {
		r.ResourceAccount = a.Account
	}
	p, r := g.Bearing(id, r)
	return iam.Decide(p, r, cloudwatch.Facts{})
}
