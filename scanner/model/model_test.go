package model_test

import (
	"testing"

	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

func TestNamesForPeople(t *testing.T) {
	made := source.Hole(source.HoleName, "x.y['a']")
	for _, tc := range []struct{ name, address, want string }{
		{"app", "x.y", `"app"`},
		{"", "x.y", `"x.y"`},
		{made, `x.y["a"]`, `x.y["a"]`},
		{"app-" + made, "x.y", `"app-${x.y['a']}"`},
		{source.Hole(source.HoleFree, "var.name"), "x.y", `"${var.name}"`},
		{made, "", `"${x.y['a']}"`},
	} {
		if got := (model.Entity{Name: text(tc.name), Address: tc.address}).Quoted(); got != tc.want {
			t.Errorf("%q at %q: %s, want %s", tc.name, tc.address, got, tc.want)
		}
	}
}
