package terraform_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestMissing: what is unknown is noted with the input that it wants, however
// long the way to it is.
func TestMissing(t *testing.T) {
	const noDefault = `variable "open" has no default: pass --var open=... or a .tfvars file`
	for _, tc := range []struct {
		name, config string
		want         []string
	}{
		{"elements of a list", policyOf(`jsonencode({ Statement = [for v in var.open : { Effect = "Allow", Action = v.actions, Resource = "*" }] })`), []string{
			`v.actions: ` + noDefault}},
		{"dynamic statements, once a statement", policyOf(`data.aws_iam_policy_document.d.json`) + `
data "aws_iam_policy_document" "d" {
  dynamic "statement" {
    for_each = local.statements
    content {
      sid       = statement.value.sid
      effect    = statement.value.effect
      resources = statement.value.resources
      actions   = statement.value.actions
    }
  }
  statement {
    actions   = var.open
    resources = ["*"]
  }
}
locals { statements = concat([], var.open) }`, []string{
			`statement.value.actions: ` + noDefault,
			`var.open: ` + noDefault}},
		{"each.value", `
resource "aws_iam_user_policy_attachment" "a" {
  for_each   = toset(var.open)
  user       = each.key
  policy_arn = each.value
}`, []string{`each.value: ` + noDefault, `each.key: ` + noDefault}},
		{"the name of another resource", `
resource "aws_iam_user" "u" {
  name = "x-${var.open}"
}
resource "aws_iam_policy_attachment" "many" {
  name       = "many"
  users      = [aws_iam_user.u.name, "y-${var.open}"]
  policy_arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
}
resource "aws_iam_user_policy_attachment" "one" {
  user       = one([aws_iam_user.u]).name
  policy_arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
}`, []string{`"y-${var.open}": ` + noDefault}},
		{"the text of another resource's ARN", policyOf(`jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "logs:*", Resource = "*" }] })`) + `
data "aws_partition" "here" {}
data "aws_caller_identity" "me" {}
resource "aws_iam_policy" "named" {
  name   = "x-${var.open}"
  policy = aws_iam_policy.p.policy
}
resource "aws_iam_user_policy_attachment" "a" {
  for_each   = toset(["x-${var.open}", "y-${var.open}"])
  user       = "u"
  policy_arn = "arn:${data.aws_partition.here.partition}:iam::${data.aws_caller_identity.me.account_id}:policy/${each.value}"
}`, []string{`"arn:${data.aws_partition.here.partition}:iam::${data.aws_caller_identity.me.account_id}:policy/${each.value}": ` + noDefault}},
		{"each.key, handed to a module", `
module "m" {
  source   = "./m"
  for_each = var.open
  name     = "x-${each.key}"
}`, []string{`"arn:aws:s3:::${lower(substr(var.name, 0, 8))}": ` + noDefault}},
		{"an attribute of a variable", policyOf(`jsonencode({ Statement = [{ Effect = "Allow", Action = "logs:*", Resource = "${var.open.arn}/${var.open["x y"]}" }] })`), []string{
			`"${var.open.arn}/${var.open["x y"]}": ` + noDefault}},
		{"a function of a variable", policyOf(`jsonencode({ Statement = [{ Effect = "Allow", Action = "logs:*", Resource = "arn:aws:s3:::${local.bucket}" }] })`) + `
locals { bucket = replace(lower("x-${var.open}"), "_", "-") }`, []string{
			`"arn:aws:s3:::${local.bucket}": ` + noDefault}},
		{"a key that is not there", policyOf(`jsonencode({ Statement = [{ Effect = "Allow", Action = local.account.action, Resource = "*" }] })`) + `
locals {
  accounts = { prod = { action = "logs:*" } }
  account  = local.accounts[terraform.workspace]
}`, []string{`local.account.action: local.accounts[terraform.workspace] cannot be evaluated: unsupported attribute` +
			`: This object does not have an attribute named "default"; terraform.workspace is taken to be "default": set TF_WORKSPACE and pass --tf-var-env`}},
		{"names that nothing declares", policyOf(`jsonencode({ Statement = [{ Effect = "Allow", Action = local.nope.a, Resource = [var.nope, aws_iam_nope.x.arn] }, { Effect = "Allow", Action = data.aws_nope.x.list, Resource = "*" }] })`), []string{
			`local.nope.a: no file that is read declares local.nope`,
			`var.nope: no file that is read declares var.nope`,
			`aws_iam_nope.x.arn: no file that is read declares aws_iam_nope.x`,
			`data.aws_nope.x.list: no file that is read declares data.aws_nope.x`}},
		{"a run of Terraform", policyOf(`jsonencode({ Statement = [{ Effect = "Allow", Action = "logs:*", Resource = "arn:aws:s3:::${local.bucket}" }] })`) + `
locals { bucket = "x-${uuid()}" }`, []string{`"arn:aws:s3:::${local.bucket}": uuid() is known only when Terraform runs: scan a plan`}},
		{"arguments of a function that fails are not told", policyOf(`jsonencode({ Statement = [{ Effect = "Allow", Action = "logs:*", Resource = parseint("s3cret", 10) }] })`), []string{
			`parseint("s3cret", 10): parseint("s3cret", 10) cannot be evaluated: parseint refuses its arguments`}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			list := map[string]string{"main.tf": "variable \"open\" {\n  type = any\n}\n" + tc.config}
			if strings.Contains(tc.config, "./m") {
				list["m/main.tf"] = "variable \"name\" {\n  type = string\n}\n" +
					policyOf(`jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "logs:*", Resource = "arn:aws:s3:::${lower(substr(var.name, 0, 8))}" }] })`)
			}
			u := readOne(t, files(list))
			var got []string
			for _, x := range u.Unresolved {
				got = append(got, x.Expression+": "+x.Missing)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func policyOf(document string) string {
	return fmt.Sprintf("resource \"aws_iam_policy\" \"p\" {\n  name   = \"p\"\n  policy = %s\n}\n", document)
}

// TestOfferedFile: a variable file that sets what is missing is named. Those
// that Terraform reads by itself leave nothing missing.
func TestOfferedFile(t *testing.T) {
	u := readOne(t, files(map[string]string{
		"env/main.tf": "variable \"open\" {\n  type = list(string)\n}\nvariable \"other\" {\n  type = string\n}\n" +
			policyOf(`jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = var.open, Resource = var.other }] })`),
		"env/a.tfvars":         "more = 1\n",
		"env/b.tfvars":         "open = [\"logs:*\"]\n",
		"env/c.tfvars":         "open = [\"rum:*\"]\n",
		"env/broken.tfvars":    "other = \n",
		"env/other/d.tfvars":   "other = \"*\"\n",
		"env/auto.auto.tfvars": "more = 2\n",
	}))
	var got []string
	for _, x := range u.Unresolved {
		got = append(got, x.Missing)
	}
	want := []string{
		`variable "open" has no default: pass --var open=..., or --var-file env/b.tfvars, which sets it`,
		`variable "other" has no default: pass --var other=... or a .tfvars file`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestWorkspace(t *testing.T) {
	env := files(map[string]string{"main.tf": "resource \"aws_iam_user\" \"u\" { name = terraform.workspace }\n"})
	for selected, want := range map[string]string{"": "default", "prod": "prod", "\uFDD0": "default"} {
		env.Environ = map[string]string{"TF_WORKSPACE": selected}
		if got := readOne(t, env).Identities[0].Name.Value; got != want {
			t.Errorf("workspace %q: %s, want %s", selected, got, want)
		}
	}
}

// TestUnlikeHoles: two texts that an input has to fill are not known to be the
// same, even when the same input fills both.
func TestUnlikeHoles(t *testing.T) {
	for expr, known := range map[string]bool{
		`"x-${var.open.a}" == "x-${var.open.a}"`:                      true,
		`"x-${var.open.a}" == "x-${var.open.b}"`:                      false,
		`replace(var.text, "_", "") == replace(var.text, "_", "")`:    false,
		`local.stripped == local.stripped`:                            true,
		`"x-${local.first}" == "x-${local.second}"`:                   false,
		`replace(var.text, "a", "b") == replace(var.text, "a", "")`:   false,
		`"x-${local.stripped}" == "x-${replace(var.text, "_", "-")}"`: false,
	} {
		t.Run(expr, func(t *testing.T) {
			u := readOne(t, files(map[string]string{"main.tf": `
variable "open" { type = any }
variable "text" { type = string }
locals {
  stripped = replace(var.text, "_", "")
  first    = var.text == "a" ? "1" : "2"
  second   = var.text == "a" ? "3" : "4"
}
resource "aws_iam_user" "u" {
  count = ` + expr + ` ? 1 : 0
  name  = "u"
}
`}))
			if len(u.Identities) != 1 || u.Identities[0].Maybe == known {
				t.Errorf("known is %v", !u.Identities[0].Maybe)
			}
		})
	}
}

// TestOneSideDecides: an unknown side of && and || does not matter where the
// other settles it.
func TestOneSideDecides(t *testing.T) {
	for expr, want := range map[string]int{
		`var.on && false`: 0, `false && var.on`: 0, `var.on || true`: 1, `true || var.on`: 1,
		`var.on && length(var.none) > 0`: 0,
	} {
		t.Run(expr, func(t *testing.T) {
			u := readOne(t, files(map[string]string{"main.tf": `
variable "on" { type = bool }
variable "none" { default = [] }
resource "aws_iam_user" "u" {
  count = ` + expr + ` ? 1 : 0
  name  = "u"
}
`}))
			if len(u.Identities) != want || want == 1 && u.Identities[0].Maybe {
				t.Errorf("%d users", len(u.Identities))
			}
		})
	}
}
