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

func TestLinkKeepsAnInlinePolicyThatNothingHolds(t *testing.T) {
	inline := &model.Policy{Entity: entity("i")}
	u := &model.Unit{Attachments: []*model.LooseAttachment{{Kind: model.Role, To: model.Ref{Value: text("elsewhere")}, Inline: inline}}}
	model.Link(&model.Model{Units: []*model.Unit{u}}, "111122223333")
	if len(u.Policies) != 1 || u.Policies[0] != inline || u.Account != "111122223333" {
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
