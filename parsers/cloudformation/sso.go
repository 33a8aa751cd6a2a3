package cloudformation

import (
	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// permissionSet is what IAM Identity Center makes a role of in each account
// that it is assigned to; who may assume that role is not written.
func (b *builder) permissionSet(res *resource) {
	id := &model.Identity{Entity: b.entity(res, "Name"), Kind: model.PermissionSet}
	id.Tags = b.tagsOf(res)
	if raw := res.properties.Get("InlinePolicy"); raw != nil && b.e.property(res, "InlinePolicy") != nil {
		p := &model.Policy{Kind: model.Inline, Entity: b.part(res, "InlinePolicy", 0, raw, source.String{})}
		p.Document = b.document(raw, iam.IdentityDocument, raw.Range)
		id.Inline = append(id.Inline, p)
	}
	b.attachAll(res, id, "ManagedPolicies")
	for _, v := range b.evaluated(res, "CustomerManagedPolicyReferences").Elements() {
		if r := b.policyNamed(v); r != nil {
			id.Managed = append(id.Managed, b.attachment(*r))
		}
	}
	id.Boundary = b.boundaryOfSet(b.evaluated(res, "PermissionsBoundary"))
	b.unit.Identities = append(b.unit.Identities, id)
}

// boundaryOfSet reads {ManagedPolicyArn} or {CustomerManagedPolicyReference}.
func (b *builder) boundaryOfSet(v *source.Value) *model.Attachment {
	r := b.policyNamed(v.Get("CustomerManagedPolicyReference"))
	if arn := v.Get("ManagedPolicyArn"); arn != nil {
		named := b.ref(arn)
		r = &named
	}
	if r == nil {
		return nil
	}
	a := b.attachment(*r)
	a.Maybe = a.Maybe || v.Maybe
	return a
}

// policyNamed reads a reference to a customer managed policy by name and path:
// the policy of that name in each account. It is nil for none.
func (b *builder) policyNamed(v *source.Value) *model.Ref {
	name := v.Get("Name")
	if name == nil {
		return nil
	}
	r := b.ref(name)
	path := v.Get("Path").Text().Value
	if path == "" {
		path = "/"
	}
	origin := r.Value.Origin
	r.Value = source.NewString(b.e.fill(arnOf("iam", "", "policy"), &resource{})+path+r.Value.Value, r.Value.Range)
	r.Value.Origin = origin
	r.Maybe = r.Maybe || v.Maybe
	return &r
}

// A looseAssignment assigns a permission set from outside of it.
type looseAssignment struct {
	to         model.Ref
	assignment model.Assignment
}

func (b *builder) assignment(res *resource) {
	to := must(b.oneRef(res, "PermissionSetArn"))
	b.assignments = append(b.assignments, looseAssignment{to, model.Assignment{
		TargetID: b.text(res, "TargetId"), PrincipalType: b.text(res, "PrincipalType"), PrincipalID: b.text(res, "PrincipalId"),
		Range: res.id.Range, Maybe: b.maybe || to.Maybe,
	}})
}

// setAssignments gives the assignments to the permission sets of the unit.
func (b *builder) setAssignments() {
	for _, x := range b.assignments {
		for _, id := range b.unit.Identities {
			if id.Kind == model.PermissionSet && x.to.Address != "" && id.Address == x.to.Address {
				id.Assignments = append(id.Assignments, x.assignment)
			}
		}
	}
}
