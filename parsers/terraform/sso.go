package terraform

import (
	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// permissionSet is what IAM Identity Center makes a role of in each account
// that it is assigned to; who may assume that role is not written.
func (b *builder) permissionSet(o *object) { b.identity(o, model.PermissionSet) }

func (b *builder) permissionSetInline(o *object) {
	p := &model.Policy{Entity: b.entity(o, "name"), Kind: model.Inline, Unit: b.unit}
	p.Document = b.document(o, "inline_policy", iam.IdentityDocument)
	for _, to := range b.holders(o, "permission_set_arn") {
		b.attach(&model.LooseAttachment{Kind: model.PermissionSet, To: to, Inline: p, Block: p.Block})
	}
}

func (b *builder) permissionSetManaged(o *object) {
	for _, r := range b.oneOf(o, "managed_policy_arn") {
		b.attachToSet(o, r)
	}
}

func (b *builder) permissionSetCustomer(o *object) {
	for _, c := range b.blocks(o, "customer_managed_policy_reference") {
		if r := b.policyNamed(c); r != nil {
			b.attachToSet(o, *r)
		}
	}
}

func (b *builder) attachToSet(o *object, r model.Ref) {
	for _, to := range b.holders(o, "permission_set_arn") {
		a := b.attachment(o, r)
		b.attach(&model.LooseAttachment{Kind: model.PermissionSet, To: to, Managed: a, Block: a.Block})
	}
}

// policyNamed reads a reference to a customer managed policy by name and path:
// the policy of that name in each account.
func (b *builder) policyNamed(c expandedBlock) *model.Ref {
	r := b.refIn(c.body, c.sc, "name")
	if r == nil {
		return nil
	}
	path := b.textIn(c.body, c.sc, "path").Value
	if path == "" {
		path = "/"
	}
	origin := r.Value.Origin
	r.Value = source.NewString("arn:"+partition()+":iam::"+b.self()+":policy"+path+r.Value.Value, r.Value.Range)
	r.Value.Origin = origin
	r.Maybe = r.Maybe || c.maybe
	return r
}

// A looseAssignment assigns a permission set from outside of it.
type looseAssignment struct {
	to         model.Ref
	assignment model.Assignment
}

func (b *builder) accountAssignment(o *object) {
	for _, to := range b.holders(o, "permission_set_arn") {
		b.assignments = append(b.assignments, looseAssignment{to, model.Assignment{
			TargetID: b.text(o, "target_id"), PrincipalType: b.text(o, "principal_type"), PrincipalID: b.text(o, "principal_id"),
			Range: b.e.rng(headerRange(o.res.block)), Maybe: o.maybe || to.Maybe,
		}})
	}
}

func (b *builder) setAssignments() {
	for _, x := range b.assignments {
		for _, id := range b.unit.Identities {
			if id.Kind == model.PermissionSet && x.to.Address != "" && id.Address == x.to.Address {
				id.Assignments = append(id.Assignments, x.assignment)
			}
		}
	}
}

// A looseBoundary bounds a permission set from outside of it.
type looseBoundary struct {
	to       model.Ref
	boundary *model.Attachment
}

func (b *builder) permissionSetBoundary(o *object) {
	for _, outer := range b.blocks(o, "permissions_boundary") {
		r := b.refIn(outer.body, outer.sc, "managed_policy_arn")
		inner, _ := b.e.expand(nested(outer.body, "customer_managed_policy_reference"), outer.sc)
		for _, c := range inner {
			r = b.policyNamed(c)
		}
		if r == nil {
			continue
		}
		for _, to := range b.holders(o, "permission_set_arn") {
			a := b.attachment(o, *r)
			a.Maybe = a.Maybe || to.Maybe || outer.maybe
			b.boundaries = append(b.boundaries, looseBoundary{to, a})
		}
	}
}

func (b *builder) setBoundaries() {
	for _, x := range b.boundaries {
		for _, id := range b.unit.Identities {
			if id.Kind == model.PermissionSet && x.to.Address != "" && id.Address == x.to.Address {
				id.Boundary = x.boundary
			}
		}
	}
}
