package terraform

import (
	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/model"
)

func (b *builder) rolesAnywhereProfile(o *object) {
	b.unit.RolesAnywhereProfiles = append(b.unit.RolesAnywhereProfiles, &model.RolesAnywhereProfile{
		Regional: b.regional(o, "name"), Enabled: b.text(o, "enabled"), Roles: b.list(o, "role_arns"),
		SessionPolicy: b.document(o, "session_policy", iam.SessionDocument), ManagedPolicies: b.list(o, "managed_policy_arns"),
	})
}

func (b *builder) trustAnchor(o *object) {
	t := &model.TrustAnchor{Regional: b.regional(o, "name"), Enabled: b.text(o, "enabled")}
	for _, s := range b.blocks(o, "source") {
		t.SourceType = b.textIn(s.body, s.sc, "source_type")
	}
	b.unit.TrustAnchors = append(b.unit.TrustAnchors, t)
}

func (b *builder) organizationFeatures(o *object) {
	b.unit.OrganizationFeatures = append(b.unit.OrganizationFeatures, &model.OrganizationFeatures{
		Entity: b.entity(o, ""), Enabled: b.texts(o, "enabled_features"),
	})
}
