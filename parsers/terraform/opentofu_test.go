package terraform_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestModuleSources: the directory of a module is found however its source is
// written, as long as it is known before Terraform runs.
func TestModuleSources(t *testing.T) {
	const child = "resource \"aws_iam_user\" \"u\" { name = \"found\" }\n"
	for _, tc := range []struct {
		name, config string
		found        bool
	}{
		{"below", `module "m" { source = "./mods/m" }`, true},
		{"trailing slash", `module "m" { source = "./mods/m/" }`, true},
		{"through its parent", `module "m" { source = "./mods/../mods/./m" }`, true},
		{"back slashes", `module "m" { source = ".\\mods\\m" }`, true},
		{"a variable", "variable \"dir\" { default = \"./mods\" }\nmodule \"m\" { source = \"${var.dir}/m\" }", true},
		{"a local value", "locals {\n  base = \"mods\"\n  dir  = \"./${local.base}/m\"\n}\nmodule \"m\" { source = local.dir }", true},
		{"a variable without value", "variable \"dir\" {}\nmodule \"m\" { source = var.dir }", false},
		{"a local value that needs itself", "locals { dir = \"${local.dir}${local.dir}\" }\nmodule \"m\" { source = local.dir }", false},
		{"a function", "module \"m\" { source = lower(\"./mods/m\") }", false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			units, diags := readTree(t, files(map[string]string{"main.tf": tc.config + "\n", "mods/m/main.tf": child}))
			if len(diags) != 0 {
				t.Fatal(diags)
			}
			got := units[0].Name == "." && len(units[0].Identities) == 1
			if got != tc.found {
				t.Errorf("found %v", got)
			}
			if !tc.found && len(units[0].Unresolved) != 1 {
				t.Errorf("unresolved %v", units[0].Unresolved)
			}
		})
	}
}

// TestEnabled: OpenTofu leaves out what is not enabled.
func TestEnabled(t *testing.T) {
	u := readOne(t, files(map[string]string{
		"main.tf": `
variable "on" { type = bool }
resource "aws_iam_user" "yes" {
  name = "yes"
  lifecycle {
    enabled = true
  }
}
resource "aws_iam_user" "no" {
  name = "no"
  lifecycle {
    enabled = 1 > 2
  }
}
resource "aws_iam_user" "perhaps" {
  name = "perhaps"
  lifecycle {
    enabled = var.on
  }
}
module "no" {
  source = "./m"
  lifecycle {
    enabled = false
  }
}
`,
		"m/main.tf": "resource \"aws_iam_user\" \"u\" { name = \"in a module\" }\n",
	}))
	got := map[string]string{}
	for _, id := range u.Identities {
		got[id.Name.Value] = id.When
	}
	if diff := cmp.Diff(map[string]string{"yes": "", "perhaps": "enabled = var.on"}, got); diff != "" {
		t.Error(diff)
	}
}
