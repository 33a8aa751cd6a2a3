package model_test

import (
	"testing"

	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

func text(s string) source.String { return source.NewString(s, source.Range{}) }

func entity(name string) model.Entity { return model.Entity{Name: text(name), Address: "x." + name} }

func managed(arn string) *model.Attachment {
	return &model.Attachment{Policy: model.Ref{Value: text(arn)}}
}

func TestLinkResolvesInTheUnitFirst(t *testing.T) {
	self := source.Hole(source.HoleSelf, "")
	policy := &model.Policy{Entity: entity("p"), Kind: model.Customer}
	policy.Path = text("/team/")
	other := &model.Policy{Entity: entity("p"), Kind: model.Customer}
	other.Path = text("/team/")
	role := &model.Identity{Entity: entity("r"), Kind: model.Role, Managed: []*model.Attachment{managed("arn:aws:iam::" + self + ":policy/team/p")}}
	foreign := &model.Identity{Entity: entity("f"), Kind: model.Role, Managed: []*model.Attachment{managed("arn:aws:iam::999988887777:policy/team/p")}}
	m := &model.Model{Units: []*model.Unit{
		{Name: "b", Policies: []*model.Policy{other}},
		{Name: "a", Account: "111122223333", Identities: []*model.Identity{role, foreign}, Policies: []*model.Policy{policy}},
	}}
	model.Link(m, "")
	if role.Managed[0].To != policy {
		t.Error("the policy of the role's own unit is the one meant")
	}
	if foreign.Managed[0].To != nil {
		t.Error("a policy of another account is not this unit's")
	}
	if len(policy.Attached) != 1 || len(other.Attached) != 0 {
		t.Errorf("attached: %d and %d", len(policy.Attached), len(other.Attached))
	}
}

func TestLinkLeavesAnAmbiguousReferenceOpen(t *testing.T) {
	user := &model.Identity{Entity: entity("u"), Kind: model.User, Groups: []model.Ref{{Value: text("g")}}}
	group := func() *model.Identity { return &model.Identity{Entity: entity("g"), Kind: model.Group} }
	m := &model.Model{Units: []*model.Unit{
		{Name: "a", Identities: []*model.Identity{group()}},
		{Name: "b", Identities: []*model.Identity{group()}},
		{Name: "c", Identities: []*model.Identity{user}},
	}}
	model.Link(m, "")
	if len(user.GroupsOf) != 0 {
		t.Error("two groups answer, so none is meant")
	}
}

func TestLinkMakesAnIdentityThatIsDeclaredElsewhere(t *testing.T) {
	hole := source.Unknown(source.HoleName, "data.aws_iam_role.x", source.Range{})
	inline := &model.Policy{Entity: entity("i")}
	to := func(name source.String, address string, p *model.Policy) *model.LooseAttachment {
		a := &model.LooseAttachment{Kind: model.Role, To: model.Ref{Value: name, Address: address}, Inline: p}
		if p == nil {
			a.Managed = managed("arn:aws:iam::aws:policy/ReadOnlyAccess")
		}
		return a
	}
	role := &model.Identity{Entity: entity("here"), Kind: model.Role}
	u := &model.Unit{
		Identities: []*model.Identity{role},
		Attachments: []*model.LooseAttachment{
			to(text("elsewhere"), "", inline), to(text("arn:aws:iam::111122223333:role/team/elsewhere"), "", nil),
			to(hole, "data.aws_iam_role.x", nil), to(hole, "data.aws_iam_role.x", nil), to(hole, "data.aws_iam_role.y", nil),
			to(text("here"), "", nil),
		},
		Profiles: []*model.InstanceProfile{
			{Entity: entity("p"), Roles: []model.Ref{{Value: text("elsewhere")}}},
			{Entity: entity("q"), Roles: []model.Ref{{Value: hole}}},
		},
	}
	other := &model.Unit{Attachments: []*model.LooseAttachment{to(text("elsewhere"), "", nil)}}
	model.Link(&model.Model{Units: []*model.Unit{u, other}}, "111122223333")
	if len(u.Identities) != 4 || len(other.Identities) != 1 || role.Elsewhere || len(u.Policies) != 0 || u.Account != "111122223333" {
		t.Fatalf("%d identities and %d policies, in the other unit %d", len(u.Identities), len(u.Policies), len(other.Identities))
	}
	for i, want := range []struct {
		name, address string
		managed       int
	}{{"here", "x.here", 1}, {"elsewhere", "elsewhere", 1}, {"${data.aws_iam_role.x}", "data.aws_iam_role.x", 2}, {"${data.aws_iam_role.x}", "data.aws_iam_role.y", 1}} {
		id := u.Identities[i]
		if id.Name.Show() != want.name || id.Address != want.address || len(id.Managed) != want.managed || id.Elsewhere != (i > 0) || id.Trust != nil {
			t.Errorf("identity %d: %+v", i, id)
		}
	}
	if to := u.Profiles[0].To; len(to) != 1 || to[0] != u.Identities[1] || len(u.Profiles[1].To) != 0 {
		t.Errorf("profiles of %v and %v", to, u.Profiles[1].To)
	}
	if stub := u.Identities[1]; len(stub.Inline) != 1 || len(inline.Attached) != 1 || inline.Attached[0] != stub || stub.Incomplete == "" {
		t.Errorf("inline %v, attached to %v", stub.Inline, inline.Attached)
	}
}

func TestLinkKeepsAnInlinePolicyThatNamesNobody(t *testing.T) {
	inline := &model.Policy{Entity: entity("i")}
	u := &model.Unit{Attachments: []*model.LooseAttachment{{Kind: model.Role, Inline: inline}}}
	model.Link(&model.Model{Units: []*model.Unit{u}}, "")
	if len(u.Policies) != 1 || u.Policies[0] != inline || len(u.Identities) != 0 {
		t.Errorf("unit %+v", u)
	}
}

func TestLinkJoinsProfilesInstancesAndKeys(t *testing.T) {
	role := &model.Identity{Entity: entity("r"), Kind: model.Role}
	user := &model.Identity{Entity: entity("u"), Kind: model.User}
	profile := &model.InstanceProfile{Entity: entity("p"), Roles: []model.Ref{{Address: "x.r"}}}
	template := &model.Instance{Entity: entity("t"), Kind: model.LaunchTemplate, Profile: &model.Ref{Value: text("arn:aws:iam::111122223333:instance-profile/p")}}
	machine := &model.Instance{Entity: entity("m"), Template: &model.Ref{Value: text("t")}}
	key := &model.AccessKey{User: model.Ref{Value: text("u")}}
	u := &model.Unit{
		Identities: []*model.Identity{role, user}, Profiles: []*model.InstanceProfile{profile},
		Instances: []*model.Instance{template, machine}, AccessKeys: []*model.AccessKey{key},
	}
	model.Link(&model.Model{Units: []*model.Unit{u}}, "")
	if len(role.Profiles) != 1 || template.To != profile || machine.From != template || key.To != user {
		t.Errorf("role %v template %v machine %v key %v", role.Profiles, template.To, machine.From, key.To)
	}
}

func TestLinkMakesUsersOfGroups(t *testing.T) {
	member := func(user, group string) *model.Membership {
		return &model.Membership{User: model.Ref{Value: text(user)}, Group: model.Ref{Value: text(group)}}
	}
	group := &model.Identity{Entity: entity("g"), Kind: model.Group}
	u := &model.Unit{Identities: []*model.Identity{group}, Memberships: []*model.Membership{member("ann", "g"), member("ann", "g"), member("ben", "absent")}}
	model.Link(&model.Model{Units: []*model.Unit{u}}, "")
	if len(u.Identities) != 2 || len(group.Members) != 1 || !group.Members[0].Elsewhere || group.Members[0].Name.Value != "ann" {
		t.Errorf("%d identities, members %+v", len(u.Identities), group.Members)
	}
}
