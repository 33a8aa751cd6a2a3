package terraform_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// TestStatements: a statement of which an element takes one value of two has
// a reading for each, and what is unknown beside it takes nothing away.
func TestStatements(t *testing.T) {
	const known = `{ Effect = "Allow", Action = "logs:*", Resource = "*" }`
	for _, tc := range []struct{ name, policy, want string }{
		{"effect", `jsonencode({ Statement = { Sid = "S", Effect = var.on ? "Allow" : "Deny", Action = "logs:*", Resource = "*" } })`, `
Allow maybe logs:* on *
Deny maybe logs:* on *`},
		{"actions", `jsonencode({ Statement = [{ Effect = "Allow", Action = ["xray:*", var.on ? "rum:*" : "s3:*"], Resource = "*" }] })`, `
Allow xray:* on *
Allow maybe xray:*,rum:*,s3:* on *`},
		{"condition", `jsonencode({ Statement = [{ Effect = "Allow", Action = "logs:*", Resource = "*", Condition = var.on ? { Bool = { "aws:MultiFactorAuthPresent" = "true" } } : null }] })`, `
Allow maybe logs:* on * if Bool
Allow maybe logs:* on *`},
		{"statement", `jsonencode({ Statement = [` + known + `, var.on ? { Effect = "Deny", Action = "*", Resource = "*" } : null] })`, `
Allow logs:* on *
Deny maybe * on *`},
		{"document", `jsonencode(var.on ? { Statement = [` + known + `] } : { Statement = [] })`, `
Allow maybe logs:* on *`},
		{"known or unknown document", `var.on ? jsonencode({ Statement = [` + known + `] }) : var.x`, `
Allow maybe logs:* on *
Allow maybe ${var.x} on ${var.x}`},
		{"template", `"{\"Statement\": {\"Effect\": \"Allow\", \"Action\": \"${var.on ? "logs:*" : "s3:*"}\", \"Resource\": \"*\"}}"`, `
Allow maybe logs:* on *
Allow maybe s3:* on *`},
		{"data", `data.aws_iam_policy_document.d.json`, `
Allow maybe xray:* on *
Deny maybe xray:* on *`},
		{"dynamic condition", `data.aws_iam_policy_document.demanding.json`, `
Allow maybe logs:* on * if Bool, StringEquals
Allow maybe logs:* on * if StringEquals`},
		{"dynamic condition alone", `data.aws_iam_policy_document.open.json`, `
Allow maybe logs:* on * if Bool
Allow maybe logs:* on *`},
		{"dynamic condition in text", `replace(data.aws_iam_policy_document.open.json, "logs:*", "logs:Get*")`, `
Allow maybe logs:Get* on * if ${replace(data.aws_iam_policy_document.open.json, 'logs:*', 'logs:Get*')}`},
		{"dynamic statements", `data.aws_iam_policy_document.dynamic.json`, `
Allow maybe ${var.x.actions} on *
Allow xray:* on *
Allow rum:* on *`},
		{"documents of a branch", `data.aws_iam_policy_document.all.json`, `
Allow maybe xray:* on *
Deny maybe xray:* on *`},
		{"documents of a branch beside others", `data.aws_iam_policy_document.beside.json`, `
Allow rum:* on *
Allow maybe xray:* on *
Deny maybe xray:* on *`},
		{"documents of a branch of a local", `data.aws_iam_policy_document.local.json`, `
Allow maybe xray:* on *
Deny maybe xray:* on *
Allow maybe ${var.x} on ${var.x}`},
		{"override of a branch", `data.aws_iam_policy_document.overridden.json`, `
Allow maybe logs:* on *
Deny maybe xray:* on *`},
		{"unknown override", `data.aws_iam_policy_document.unknown.json`, `
Allow maybe logs:* on *
Allow rum:* on *
Allow maybe ${var.x} on ${var.x}`},
		{"merge of a statement", `jsonencode({ Statement = [merge(` + known + `, var.x)] })`, `
Allow maybe logs:* on *
Allow maybe ${var.x} on ${var.x}`},
		{"merge of a choice", `jsonencode({ Statement = [merge(` + known + `, var.on ? { Action = "s3:*" } : {})] })`, `
Allow maybe s3:*,logs:* on *`},
		{"merge of a choice of a list", `jsonencode({ Statement = [merge({ Effect = "Allow", Action = ["xray:*"], Resource = "*" }, var.on ? { Action = ["s3:*", "rum:*"] } : {})] })`, `
Allow maybe s3:*,rum:*,xray:* on *`},
		{"merge of a document", `jsonencode(merge({ Statement = [` + known + `] }, var.x))`, `
Allow logs:* on *
Allow maybe ${var.x} on ${var.x}`},
		{"merge of a condition", `jsonencode({ Statement = [merge(` + known + `, { Condition = merge({ Bool = { "aws:MultiFactorAuthPresent" = "true" } }, var.x) })] })`, `
Allow maybe logs:* on * if Bool, ${var.x}`},
		{"concat", `jsonencode({ Statement = concat(var.x, [` + known + `]) })`, `
Allow maybe ${var.x} on ${var.x}
Allow logs:* on *`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			u := readOne(t, files(map[string]string{"main.tf": `
variable "on" { type = bool }
variable "x" {}
data "aws_iam_policy_document" "d" {
  statement {
    effect    = var.on ? "Allow" : "Deny"
    actions   = ["xray:*"]
    resources = ["*"]
  }
}
data "aws_iam_policy_document" "open" {
  version = null
  statement {
    actions   = ["logs:*"]
    resources = ["*"]
    dynamic "condition" {
      for_each = var.on ? ["aws:MultiFactorAuthPresent"] : []
      content {
        test     = "Bool"
        variable = condition.value
        values   = ["true"]
      }
    }
  }
}
data "aws_iam_policy_document" "demanding" {
  statement {
    actions   = ["logs:*"]
    resources = ["*"]
    dynamic "condition" {
      for_each = var.on ? ["aws:MultiFactorAuthPresent"] : []
      content {
        test     = "Bool"
        variable = condition.value
        values   = ["true"]
      }
    }
    condition {
      test     = "StringEquals"
      variable = "aws:PrincipalOrgID"
      values   = ["o-1"]
    }
  }
}
data "aws_iam_policy_document" "dynamic" {
  dynamic "statement" {
    for_each = concat(var.x, [{ actions = ["xray:*"] }, { actions = ["rum:*"] }])
    content {
      actions   = statement.value.actions
      resources = ["*"]
    }
  }
}
data "aws_iam_policy_document" "beside" {
  source_policy_documents = concat([jsonencode({ Statement = [{ Effect = "Allow", Action = "rum:*", Resource = "*" }] })], var.on ? [data.aws_iam_policy_document.d.json] : [])
}
locals { documents = var.on ? [data.aws_iam_policy_document.d.json] : var.x }
data "aws_iam_policy_document" "local" {
  source_policy_documents = local.documents
}
data "aws_iam_policy_document" "deny" {
  statement {
    sid       = "S"
    effect    = "Deny"
    actions   = ["xray:*"]
    resources = ["*"]
  }
}
data "aws_iam_policy_document" "overridden" {
  statement {
    sid       = "S"
    actions   = ["logs:*"]
    resources = ["*"]
  }
  override_policy_documents = var.on ? [data.aws_iam_policy_document.deny.json] : []
}
data "aws_iam_policy_document" "unknown" {
  statement {
    sid       = "S"
    actions   = ["logs:*"]
    resources = ["*"]
  }
  statement {
    actions   = ["rum:*"]
    resources = ["*"]
  }
  override_policy_documents = [var.x]
}
data "aws_iam_policy_document" "all" {
  source_policy_documents = var.on ? [data.aws_iam_policy_document.d.json] : []
}
resource "aws_iam_policy" "p" {
  name   = "p"
  policy = ` + tc.policy + `
}
`}))
			if diff := cmp.Diff(strings.TrimPrefix(tc.want, "\n"), statements(u.Policies[0].Document)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// statements writes a document's statements, one a line.
func statements(d *iam.Document) string {
	texts := func(list []source.String) string {
		var out []string
		for _, s := range list {
			out = append(out, s.Show())
		}
		return strings.Join(out, ",")
	}
	var lines []string
	for _, s := range d.Statements {
		line := map[iam.Effect]string{iam.Allow: "Allow", iam.Deny: "Deny"}[s.Effect]
		if s.Maybe {
			line += " maybe"
		}
		line += " " + texts(s.Actions) + " on " + texts(s.Resources)
		for i, c := range s.Conditions {
			line += []string{" if ", ", "}[min(i, 1)] + c.Operator.Show()
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

// TestEitherAttachment: of a conditional that nobody can decide both branches
// are attached, and perhaps.
func TestEitherAttachment(t *testing.T) {
	u := readOne(t, files(map[string]string{"main.tf": `
variable "on" { type = bool }
locals { trust = jsonencode({ Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = var.on ? "*" : "111122223333" } }] }) }
resource "aws_iam_role" "a" {
  name                = "a"
  assume_role_policy  = local.trust
  managed_policy_arns = ["arn:aws:iam::aws:policy/One", var.on ? aws_iam_policy.p.arn : "arn:aws:iam::aws:policy/Two", var.on ? "arn:aws:iam::aws:policy/Three" : null]
}
resource "aws_iam_role" "b" {
  name               = "b"
  assume_role_policy = local.trust
}
resource "aws_iam_policy" "p" {
  name   = "p"
  policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "logs:*", Resource = "*" }] })
}
resource "aws_iam_role_policy" "i" {
  name   = "i"
  role   = var.on ? aws_iam_role.a.id : aws_iam_role.b.id
  policy = aws_iam_policy.p.policy
}
resource "aws_iam_role_policy_attachment" "m" {
  role       = aws_iam_role.b.name
  policy_arn = var.on ? aws_iam_policy.p.arn : "arn:aws:iam::aws:policy/Four"
}
resource "aws_iam_instance_profile" "ip" {
  name = "ip"
  role = var.on ? aws_iam_role.a.name : aws_iam_role.b.name
}
`}))
	if len(u.Unresolved) != 0 {
		t.Errorf("noted as unresolved: %v", u.Unresolved)
	}
	model.Link(&model.Model{Units: []*model.Unit{u}}, "")
	var got []string
	for _, id := range u.Identities {
		for _, p := range id.Inline {
			got = append(got, fmt.Sprintf("%s inline %s %v", id.Name.Value, p.Name.Value, p.Maybe))
		}
		for _, a := range id.Managed {
			got = append(got, fmt.Sprintf("%s %s %v %v", id.Name.Value, a.Policy.Value.Show(), a.Maybe, a.To != nil))
		}
		got = append(got, fmt.Sprintf("%s profiles %d trust %v %d", id.Name.Value, len(id.Profiles), id.Trust.Statements[0].Maybe, len(id.Trust.Statements[0].Principals)))
	}
	want := []string{
		"a inline i true",
		"a arn:aws:iam::aws:policy/One false false",
		"a arn:<partition>:iam::<self>:policy/p true true",
		"a arn:aws:iam::aws:policy/Two true false",
		"a arn:aws:iam::aws:policy/Three true false",
		"a profiles 1 trust true 2",
		"b inline i true",
		"b arn:<partition>:iam::<self>:policy/p true true",
		"b arn:aws:iam::aws:policy/Four true false",
		"b profiles 1 trust true 2",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestPartlyKnownForEach: the keys that are known make their instances, and one
// more stands for those that nobody knows.
func TestPartlyKnownForEach(t *testing.T) {
	for _, tc := range []struct {
		name, each string
		want       []string
	}{
		{"merge", `merge({ a = "logs:*" }, var.extra)`, []string{`a "a" logs:*`, `* "${each.key of aws_iam_policy.p}" ${each.value of aws_iam_policy.p} maybe`}},
		{"through a local", `local.merged`, []string{`a "a" logs:*`, `* "${each.key of aws_iam_policy.p}" ${each.value of aws_iam_policy.p} maybe`}},
		{"set", `toset(compact(["rum:*", var.one]))`, []string{`rum:* "rum:*" rum:*`, `${var.one} "${var.one}" ${var.one}`}},
		{"concat", `toset(concat(["rum:*"], var.list))`, []string{`rum:* "rum:*" rum:*`, `* "${each.key of aws_iam_policy.p}" ${each.value of aws_iam_policy.p} maybe`}},
		{"branches", `var.on ? { a = "logs:*" } : { b = "rum:*" }`, []string{`a "a" logs:* maybe`, `b "b" rum:* maybe`}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			u := readOne(t, files(map[string]string{"main.tf": `
variable "on" { type = bool }
variable "extra" { type = map(string) }
variable "one" { type = string }
variable "list" { type = list(string) }
locals { merged = merge({ a = "logs:*" }, var.extra) }
resource "aws_iam_policy" "p" {
  for_each = ` + tc.each + `
  name     = each.key
  policy   = jsonencode({ Statement = [{ Effect = "Allow", Action = each.value, Resource = "*" }] })
}
`}))
			var got []string
			for _, p := range u.Policies {
				line := strings.Trim(strings.TrimPrefix(p.Address, "aws_iam_policy.p"), `[]"`) + fmt.Sprintf(" %q ", p.Name.Show()) + p.Document.Statements[0].Actions[0].Show()
				if p.Maybe {
					line += " maybe"
				}
				got = append(got, line)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Error(diff)
			}
			if tc.name != "branches" && len(u.Unresolved) == 0 {
				t.Error("what is unknown is not noted")
			}
		})
	}
}

// TestReferencesIntoPartlyKnown: a known key is that instance, any other the
// one that stands for the rest.
func TestReferencesIntoPartlyKnown(t *testing.T) {
	u := readOne(t, files(map[string]string{"main.tf": `
variable "extra" { type = map(string) }
resource "aws_iam_user" "u" {
  for_each = merge({ ann = "ops" }, var.extra)
  name     = each.key
}
resource "aws_iam_user_policy_attachment" "each" {
  for_each   = aws_iam_user.u
  user       = each.value.name
  policy_arn = "arn:aws:iam::aws:policy/Each"
}
resource "aws_iam_user_policy_attachment" "ann" {
  user       = aws_iam_user.u["ann"].name
  policy_arn = "arn:aws:iam::aws:policy/Ann"
}
resource "aws_iam_user_policy_attachment" "ben" {
  user       = aws_iam_user.u["ben"].name
  policy_arn = "arn:aws:iam::aws:policy/Ben"
}
`}))
	var got []string
	for _, a := range u.Attachments {
		got = append(got, fmt.Sprintf("%s %s %v", a.Managed.Policy.Value.Value, a.To.Address, a.Managed.Maybe))
	}
	want := []string{
		"arn:aws:iam::aws:policy/Ann aws_iam_user.u[\"ann\"] false",
		"arn:aws:iam::aws:policy/Ben aws_iam_user.u[*] false",
		"arn:aws:iam::aws:policy/Each aws_iam_user.u[\"ann\"] false",
		"arn:aws:iam::aws:policy/Each aws_iam_user.u[*] true",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestOneOfTwoIsUnknown: where only one value can be taken, an undecided
// conditional is unknown, for want of what its condition names.
func TestOneOfTwoIsUnknown(t *testing.T) {
	u := readOne(t, files(map[string]string{"main.tf": `
variable "on" { type = bool }
resource "aws_iam_user" "u" {
  name                 = "u"
  permissions_boundary = var.on ? "arn:aws:iam::aws:policy/ReadOnlyAccess" : null
}
resource "aws_instance" "i" {
  metadata_options {
    http_tokens = var.on ? "required" : "optional"
  }
}
`}))
	if b := u.Identities[0].Boundary; b == nil || b.Policy.Value.Show() != "${var.on}" {
		t.Errorf("boundary %+v", b)
	}
	if got := u.Instances[0].Tokens.Show(); got != "${var.on}" {
		t.Errorf("tokens %s", got)
	}
	if len(u.Unresolved) != 1 || !strings.Contains(u.Unresolved[0].Missing, `variable "on" has no default`) {
		t.Errorf("unresolved %v", u.Unresolved)
	}
}
