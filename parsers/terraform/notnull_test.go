package terraform_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestNullCannotStandThere: an undecided conditional is its other branch where
// null, or a step into an empty list, would be an error; not where try or an
// empty list would go on.
func TestNullCannotStandThere(t *testing.T) {
	for _, tc := range []struct {
		expr string
		want []string
	}{
		{`"${local.service}:Get*"`, []string{"logs:Get*"}},
		{`"${var.on ? null : "rum"}:Get*"`, []string{"rum:Get*"}},
		{`"${local.account}:Get*"`, []string{"<self>:Get*"}},
		{`format("%s:Get*", local.service)`, []string{"logs:Get*"}},
		{`formatlist("${local.service}:%s", ["Get", "List"])`, []string{"logs:Get", "logs:List"}},
		{`"${local.nested}:Get*"`, []string{"logs:Get*"}},
		{`"${local.object.service}:Get*"`, []string{"xray:Get*"}},
		{`"${local.list[0]}:Get*"`, []string{"s3:Get*"}},
		{`"${module.m.service}:Get*"`, []string{"logs:Get*"}},
		{`try("${local.service}:Get*", "a:1")`, []string{"${local.service}:Get*"}},
		{`"${var.on ? "a" : "b"}:1"`, []string{"${var.on ? 'a' : 'b'}:1"}},
		{`concat(["a:1"], local.list)`, []string{"a:1", "a:1", "s3"}},
		{`length(local.list) == 1 ? "a:1" : "a:2"`, []string{"a:1", "a:2"}},
		{`join(",", concat(["a:1"], var.on ? ["b:1"] : []))`, []string{"${var.on}"}},
	} {
		t.Run(tc.expr, func(t *testing.T) {
			u := readOne(t, files(map[string]string{
				"main.tf": `
variable "on" { type = bool }
locals {
  service = var.on ? "logs" : null
  account = var.on ? data.aws_caller_identity.me[0].account_id : null
  nested  = var.on ? local.service : null
  object  = var.on ? { service = "xray" } : null
  list    = var.on ? ["s3"] : []
}
data "aws_caller_identity" "me" {
  count = var.on ? 1 : 0
}
module "m" {
  source = "./m"
  in     = local.service
}
` + policyOf(`jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Resource = "*", Action = `+tc.expr+` }] })`),
				"m/main.tf": "variable \"in\" { type = string }\noutput \"service\" { value = var.in }\n",
			}))
			if diff := cmp.Diff(tc.want, actions(t, u, "p")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestUnlikeReferences: what is made of the name of a role is not that role.
func TestUnlikeReferences(t *testing.T) {
	u := readOne(t, files(map[string]string{"main.tf": `
variable "name" { type = string }
resource "aws_iam_role" "r" {
  name               = var.name
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}
resource "aws_iam_role_policy_attachment" "same" {
  role       = var.name
  policy_arn = "arn:aws:iam::aws:policy/Same"
}
resource "aws_iam_role_policy_attachment" "other" {
  role       = element(split("/", var.name), 1)
  policy_arn = "arn:aws:iam::aws:policy/Other"
}
`}))
	got := map[string]string{}
	for _, a := range u.Attachments {
		got[a.Managed.Policy.Value.Value] = a.To.Address
	}
	want := map[string]string{"arn:aws:iam::aws:policy/Same": "aws_iam_role.r", "arn:aws:iam::aws:policy/Other": ""}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
