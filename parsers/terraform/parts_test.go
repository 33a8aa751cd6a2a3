package terraform_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/iamwatch/iamwatch/scanner/model"
)

const partlyKnown = `
variable "open" {}
variable "flag" { type = bool }
variable "many" { type = list(string) }
variable "extra" { type = map(string) }
locals {
  list    = concat(["a:1"], var.many, ["a:2"])
  map     = merge({ k = "v:1" }, var.extra)
  objects = [{ n = "x", a = ["x:1"] }, { n = var.open, a = var.many }, { n = "z", a = ["z:1"] }]
  lists   = { dev = ["d:1"], prod = ["p:1", "p:2"] }
  stages  = { dev = { acts = ["d:1"], on = true }, prod = { acts = ["p:1"], on = true } }
  stage   = local.stages[var.open]
  side    = var.flag ? local.stages.dev : local.stages.prod
}
module "m" {
  source   = "./m"
  for_each = local.map
  in       = each.value
}
data "aws_iam_policy_document" "each" {
  for_each = { a = "ea:1", b = "eb:1" }
  statement {
    actions   = [each.value]
    resources = ["*"]
  }
}
`

// TestPartlyKnown: of a collection of which not all is known the known
// elements are read, and one that may be there stands for the others.
func TestPartlyKnown(t *testing.T) {
	for _, tc := range []struct{ expr, want string }{
		{`[for v in local.list : "l:${v}"]`, "Allow l:a:1,l:a:2 on *\nAllow maybe l:a:1,l:${var.many},l:a:2 on *"},
		{`[for i, v in local.list : "l:${v}" if i != 1]`, "Allow maybe l:a:1,l:${var.many},l:a:2 on *"},
		{`[for v in local.list : v if v != "a:1"]`, "Allow a:2 on *\nAllow maybe ${var.many},a:2 on *"},
		{`[for k, v in local.map : "${k}-${v}"]`, "Allow k-v:1 on *\nAllow maybe k-v:1,${var.extra}-${var.extra} on *"},
		{`values({ for k, v in local.map : k => "w${v}" })`, "Allow wv:1 on *\nAllow maybe wv:1,w${var.extra} on *"},
		{`values(local.map)`, "Allow v:1 on *\nAllow maybe v:1,${var.extra} on *"},
		{`keys(local.map)`, "Allow k on *\nAllow maybe k,${var.extra} on *"},
		{`formatlist("f:%s", local.list)`, "Allow f:a:1,f:a:2 on *\nAllow maybe f:a:1,f:${formatlist('f:%s', local.list)},f:a:2 on *"},
		{`flatten([for o in local.objects : o.a])`, "Allow x:1,${var.many},z:1 on *"},
		{`flatten(local.objects[*].a)`, "Allow x:1,${var.many},z:1 on *"},
		{`flatten([for o in local.objects : [for a in o.a : "${o.n}/${a}"]])`, "Allow x/x:1,z/z:1 on *\nAllow maybe x/x:1,${var.open}/${var.many},z/z:1 on *"},
		{`flatten([for o in local.objects : o.a if o.n != "z"])`, "Allow x:1 on *\nAllow maybe x:1,${var.many} on *"},
		{`[for m in module.m : m.out]`, "Allow v:1:Out on *\nAllow maybe v:1:Out,${module.m[*].var.in}:Out on *"},
		{`flatten(values(module.m)[*].list)`, "Allow v:1:L,q:L,${module.m[*].var.in}:L,q:L on *"},
		{`local.list[0]`, "Allow a:1 on *"},
		{`element(local.list, 0)`, "Allow a:1 on *"},
		{`concat(["a:1", "a:2"], var.many)[1]`, "Allow a:2 on *"},
		{`local.list[1]`, "Allow ${local.list[1]} on *"},
		{`lookup(local.map, "k", "none:1")`, "Allow v:1 on *"},
		{`local.lists[var.open]`, "Allow maybe d:1,p:1,p:2 on *"},
		{`lookup(local.lists, var.open, ["none:1"])`, "Allow maybe d:1,p:1,p:2,none:1 on *"},
		{`merge(local.lists, { test = ["t:1"] })[var.open]`, "Allow maybe d:1,p:1,p:2,t:1 on *"},
		{`merge(local.lists, var.flag ? { dev = ["t:1"] } : {}).dev`, "Allow maybe d:1,t:1 on *"},
		{`merge([local.lists, var.flag ? { dev = ["t:1"] } : {}]...).dev`, "Allow maybe d:1,t:1 on *"},
		{`merge(local.lists, var.flag ? { dev = ["t:1"] } : {}, { dev = ["u:1"] }).dev`, "Allow u:1 on *"},
		{`merge([local.lists, { test = ["t:1"] }]...).test`, "Allow t:1 on *"},
		{`local.stage.acts`, "Allow maybe d:1,p:1 on *"},
		{`local.stage.acts[0]`, "Allow maybe d:1,p:1 on *"},
		{`local.stage.on ? "same:1" : "other:1"`, "Allow same:1 on *"},
		{`local.side.acts`, "Allow maybe d:1,p:1 on *"},
		{`[for a in local.side.acts : "s${a}"]`, "Allow maybe sd:1,sp:1 on *"},
		{`[for v in var.flag ? ["a:1"] : ["b:1", "b:2"] : "c${v}"]`, "Allow maybe ca:1,cb:1,cb:2 on *"},
		{`[for v in var.open : "o:${v}"]`, "Allow maybe o:${var.open} on *"},
		{`try(var.open.deep, "fall:1")`, "Allow ${var.open.deep} on *"},
		{`try(local.lists[var.open], ["fall:1"])`, "Allow maybe d:1,p:1,p:2,fall:1 on *"},
		{`try(var.many, ["fall:1"])`, "Allow maybe ${var.many},fall:1 on *"},
		{`can(var.open.deep) ? "c:1" : "c:2"`, "Allow maybe c:1,c:2 on *"},
	} {
		t.Run(tc.expr, func(t *testing.T) {
			u := readOne(t, files(map[string]string{
				"main.tf":   partlyKnown + "resource \"aws_iam_policy\" \"p\" {\n  policy = jsonencode({ Statement = [{ Effect = \"Allow\", Action = " + tc.expr + ", Resource = \"*\" }] })\n}\n",
				"m/main.tf": "variable \"in\" {}\noutput \"out\" { value = \"${var.in}:Out\" }\noutput \"list\" { value = [\"${var.in}:L\", \"q:L\"] }\n",
			}))
			if diff := cmp.Diff(tc.want, statements(u.Policies[0].Document)); diff != "" {
				t.Error(diff)
			}
			if strings.Contains(tc.want, "${") && len(u.Unresolved) == 0 {
				t.Error("what is unknown is not noted")
			}
		})
	}
}

// TestSameKeys: a key that both branches of a conditional have, or one that may
// be overridden, has each of the values that it may have; what surely overrides
// leaves none of those before.
func TestSameKeys(t *testing.T) {
	for _, tc := range []struct{ coll, want string }{
		{`var.flag ? { k = { a = "a:1" } } : { k = { a = "b:1" } }`, "Allow maybe a:1,b:1 on *"},
		{`merge({ k = { a = "a:1" } }, var.flag ? { k = { a = "b:1" } } : {})`, "Allow maybe a:1,b:1 on *"},
		{`merge({ k = { a = "a:1" } }, var.flag ? { k = { a = "b:1" } } : {}, { k = { a = "c:1" } }, var.flag ? { l = { a = "d:1" } } : {})`, "Allow c:1 on *"},
	} {
		for name, config := range map[string]string{
			"for_each": "resource \"aws_iam_policy\" \"p\" {\n  for_each = local.coll\n  policy = jsonencode({ Statement = [{ Effect = \"Allow\", Action = each.value.a, Resource = \"*\" }] })\n}\n",
			"for":      "resource \"aws_iam_policy\" \"p\" {\n  policy = jsonencode({ Statement = [{ Effect = \"Allow\", Action = [for k, v in local.coll : v.a if k == \"k\"], Resource = \"*\" }] })\n}\n",
		} {
			t.Run(name+" "+tc.coll, func(t *testing.T) {
				u := readOne(t, files(map[string]string{"main.tf": "variable \"flag\" { type = bool }\nlocals { coll = " + tc.coll + " }\n" + config}))
				if diff := cmp.Diff(tc.want, statements(u.Policies[0].Document)); diff != "" {
					t.Error(diff)
				}
			})
		}
	}
}

// TestOneOfSeveralDocuments: a key that nobody knows leaves all documents
// that it may name, and says of none that it is sure.
func TestOneOfSeveralDocuments(t *testing.T) {
	const either = "Allow maybe d:1 on *\nAllow maybe p:1 on *"
	for _, tc := range []struct{ policy, want string }{
		{`local.docs[var.open]`, either},
		{`lookup(local.docs, var.open)`, either},
		{`lookup(local.docs, var.open, jsonencode({ Statement = [] }))`, either},
		{`jsonencode({ Statement = [local.statements[var.open]] })`, either},
		{`data.aws_iam_policy_document.each[var.open].json`, "Allow maybe ea:1 on *\nAllow maybe eb:1 on *"},
	} {
		t.Run(tc.policy, func(t *testing.T) {
			u := readOne(t, files(map[string]string{
				"main.tf": partlyKnown + `
locals {
  statements = {
    dev  = { Effect = "Allow", Action = "d:1", Resource = "*" }
    prod = { Effect = "Allow", Action = "p:1", Resource = "*" }
  }
  docs = { for k, s in local.statements : k => jsonencode({ Statement = [s] }) }
}
resource "aws_iam_policy" "p" {
  policy = ` + tc.policy + `
}
`,
				"m/main.tf": "variable \"in\" {}\n",
			}))
			if diff := cmp.Diff(tc.want, statements(u.Policies[0].Document)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestOneOfSeveralAttachments: each of the things that an open key may name is
// attached, perhaps.
func TestOneOfSeveralAttachments(t *testing.T) {
	u := readOne(t, files(map[string]string{"main.tf": `
variable "stage" {}
variable "more" { type = list(string) }
locals {
  arns = { dev = "arn:aws:iam::aws:policy/Dev", prod = aws_iam_policy.p.arn }
  sets = { dev = ["arn:aws:iam::aws:policy/A"], prod = ["arn:aws:iam::aws:policy/B"] }
}
resource "aws_iam_policy" "p" {
  name   = "p"
  policy = jsonencode({ Statement = [] })
}
resource "aws_iam_user" "u" { name = "u" }
resource "aws_iam_user_policy_attachment" "one" {
  user       = aws_iam_user.u.name
  policy_arn = local.arns[var.stage]
}
resource "aws_iam_user_policy_attachment" "each" {
  for_each   = toset(local.sets[var.stage])
  user       = aws_iam_user.u.name
  policy_arn = each.value
}
resource "aws_iam_user_policy_attachment" "known" {
  for_each   = { for i, arn in concat([aws_iam_policy.p.arn], var.more) : arn => i }
  user       = aws_iam_user.u.name
  policy_arn = each.key
}
`}))
	var got []string
	for _, a := range u.Attachments {
		got = append(got, fmt.Sprintf("%s %s %v", a.Managed.Policy.Value.Show(), a.Managed.Policy.Address, a.Managed.Maybe))
	}
	want := []string{
		"arn:aws:iam::aws:policy/A  true",
		"arn:aws:iam::aws:policy/B  true",
		"arn:<partition>:iam::<self>:policy/p aws_iam_policy.p false",
		"${each.key of aws_iam_user_policy_attachment.known}  true",
		"arn:aws:iam::aws:policy/Dev  true",
		"arn:<partition>:iam::<self>:policy/p aws_iam_policy.p true",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	model.Link(&model.Model{Units: []*model.Unit{u}}, "")
}
