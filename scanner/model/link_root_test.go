package model_test

import (
	"testing"

	"github.com/iamwatch/iamwatch/scanner/model"
)

// TestLinkOfOneRootInSeveralAccounts: units of one root module, one an
// account, share addresses; a name reaches no other account.
func TestLinkOfOneRootInSeveralAccounts(t *testing.T) {
	const home, audit = "111122223333", "444455556666"
	role := &model.Identity{Entity: entity("r"), Kind: model.Role}
	attach := func(to model.Ref, arn string) *model.LooseAttachment {
		return &model.LooseAttachment{Kind: model.Role, To: to, Managed: managed(arn)}
	}
	byAddress := attach(model.Ref{Value: text("${r}"), Address: "x.r"}, "arn:aws:iam::aws:policy/A")
	byName := attach(model.Ref{Value: text("r")}, "arn:aws:iam::aws:policy/B")
	elsewhere := attach(model.Ref{Value: text("${r}"), Address: "x.r"}, "arn:aws:iam::aws:policy/C")
	first := &model.Unit{Name: "live", Account: home, Attachments: []*model.LooseAttachment{byAddress, byName}}
	second := &model.Unit{Name: "live", Account: audit, Identities: []*model.Identity{role}}
	other := &model.Unit{Name: "other", Account: home, Attachments: []*model.LooseAttachment{elsewhere}}
	model.Link(&model.Model{Units: []*model.Unit{first, second, other}}, "")
	if len(role.Managed) != 1 || role.Managed[0] != byAddress.Managed {
		t.Errorf("%d attachments of the role, want the one by address of its own root", len(role.Managed))
	}
	if len(first.Identities) != 1 || !first.Identities[0].Elsewhere || first.Identities[0].Managed[0] != byName.Managed {
		t.Error("a name means the role of the account at home, which is declared elsewhere")
	}
}

func TestLinkGivesNoAccountToOthersCredentials(t *testing.T) {
	own, foreign := &model.Unit{Name: "a"}, &model.Unit{Name: "a", Credentials: "profile audit"}
	model.Link(&model.Model{Units: []*model.Unit{own, foreign}}, "111122223333")
	if own.Account != "111122223333" || foreign.Account != "" {
		t.Errorf("accounts %q and %q", own.Account, foreign.Account)
	}
}

func TestUnitsApart(t *testing.T) {
	unit := func(name, account, credentials string) *model.Unit {
		return &model.Unit{Name: name, Account: account, Credentials: credentials}
	}
	for _, tc := range []struct {
		name string
		a, b *model.Unit
		want bool
	}{
		{"two accounts", unit("a", "111122223333", ""), unit("b", "444455556666", ""), true},
		{"one account", unit("a", "111122223333", ""), unit("b", "111122223333", ""), false},
		{"an account and none", unit("a", "111122223333", ""), unit("b", "", ""), false},
		{"an account and others' credentials of one root", unit("a", "111122223333", ""), unit("a", "", "profile audit"), true},
		{"others' credentials of two roots", unit("a", "", ""), unit("b", "", "profile audit"), false},
		{"two credentials of one root", unit("a", "", "profile ops"), unit("a", "", "profile audit"), true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if tc.a.Apart(tc.b) != tc.want || tc.b.Apart(tc.a) != tc.want {
				t.Errorf("want %v", tc.want)
			}
		})
	}
}
