package cloudformation

import (
	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

func (b *builder) rolesAnywhereProfile(res *resource) {
	p := &model.RolesAnywhereProfile{
		Regional: b.anywhere(res), Enabled: b.text(res, "Enabled"),
		Roles: b.openRefs(res, "RoleArns"), ManagedPolicies: b.openRefs(res, "ManagedPolicyArns"),
	}
	if raw := res.properties.Get("SessionPolicy"); raw != nil && b.e.property(res, "SessionPolicy") != nil {
		p.SessionPolicy = b.document(raw, iam.SessionDocument, raw.Range)
	}
	b.unit.RolesAnywhereProfiles = append(b.unit.RolesAnywhereProfiles, p)
}

func (b *builder) trustAnchor(res *resource) {
	b.unit.TrustAnchors = append(b.unit.TrustAnchors, &model.TrustAnchor{
		Regional: b.anywhere(res), Enabled: b.text(res, "Enabled"),
		SourceType: scalar(b.e.property(res, "Source").Get("SourceType"), "SourceType"),
	})
}

// anywhere is what the resources of IAM Roles Anywhere have in common. Their
// ARNs end in an id that AWS makes up.
func (b *builder) anywhere(res *resource) model.Regional {
	out := model.Regional{Entity: b.entity(res, "Name"), Region: b.unit.Region}
	out.ARN = source.NewString(b.e.fill(b.t.types[res.typ].arn, res), out.Name.Range)
	return out
}

// openRefs are the references of a list. What is unknown of it gives a
// reference to anything.
func (b *builder) openRefs(res *resource, name string) []model.Ref {
	list, _, unknown := b.refs(res, name)
	if unknown == nil {
		return list
	}
	r := b.ref(unknown)
	r.Maybe = true
	return append(list, r)
}
