package terraform_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestPoliciesHandedToAbsentModules: what a module gets whose source is not at
// hand is judged as far as it can be, once, and nothing else is taken for it.
func TestPoliciesHandedToAbsentModules(t *testing.T) {
	const document = `data "aws_iam_policy_document" "d" {
  statement {
    actions   = ["logs:StartQuery"]
    resources = ["*"]
  }
}
`
	for name, test := range map[string]struct {
		more string
		want []string
	}{
		"a document": {
			`module "m" {
  source = "example/m/aws"
  json   = data.aws_iam_policy_document.d.json
  other  = "text"
}`, []string{"module.m.json"}},
		"elements of a list, for each instance": {
			`module "m" {
  source   = "example/m/aws"
  for_each = toset(["StopQuery", "TestMetricFilter"])
  list     = [data.aws_iam_policy_document.d.json, jsonencode({ Statement = [{ Effect = "Allow", Action = "logs:${each.key}", Resource = "*" }] })]
}`, []string{"module.m.list", "module.m.list", "module.m.list"}},
		"none when there is no instance": {
			`module "m" {
  source = "example/m/aws"
  count  = 0
  json   = data.aws_iam_policy_document.d.json
}`, nil},
		"none that is held elsewhere": {
			`module "a" {
  source = "example/m/aws"
  json   = data.aws_iam_policy_document.d.json
}
resource "aws_iam_policy" "p" {
  name   = "p"
  policy = data.aws_iam_policy_document.d.json
}`, []string{"aws_iam_policy.p"}},
		"none that guards a bucket": {
			`module "m" {
  source = "example/m/aws"
  json   = jsonencode({ Statement = [{ Effect = "Allow", Principal = "*", Action = "s3:GetObject", Resource = "*" }] })
}`, nil},
	} {
		t.Run(name, func(t *testing.T) {
			units, diags := readTree(t, files(map[string]string{"main.tf": document + test.more}))
			if len(diags) != 0 {
				t.Fatal(diags)
			}
			var got []string
			for _, u := range units {
				for _, p := range u.Policies {
					got = append(got, p.Address)
				}
			}
			if d := cmp.Diff(test.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}
