package terraform_test

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/iamwatch/iamwatch/scanner"
	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// files makes a file system of files by name.
func files(list map[string]string) *scanner.Env {
	fsys := fstest.MapFS{}
	for name, text := range list {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return &scanner.Env{FS: fsys, Jobs: 2}
}

// readOne reads a file system with one root module and no fault.
func readOne(t *testing.T, env *scanner.Env) *model.Unit {
	t.Helper()
	units, diags := readTree(t, env)
	if len(units) != 1 || len(diags) != 0 {
		t.Fatalf("%d units, diagnostics %v", len(units), diags)
	}
	return units[0]
}

// actions are the actions of the policy of that name, as people read them.
func actions(t *testing.T, u *model.Unit, name string) []string {
	t.Helper()
	for _, p := range u.Policies {
		if p.Name.Value != name {
			continue
		}
		out := []string{}
		for _, s := range p.Document.Statements {
			for _, a := range s.Actions {
				out = append(out, a.Show())
			}
		}
		return out
	}
	t.Fatalf("no policy %q", name)
	return nil
}

const declarations = `
variable "open" {}
variable "many" { type = list(string) }
variable "list" { default = ["logs:Get*", "logs:List*"] }
variable "typed" {
  type = map(object({
    verbs  = list(string)
    prefix = optional(string, "logs")
    more   = optional(object({ deep = optional(string, "Tail") }), {})
  }))
  default = { a = { verbs = ["Get"] }, b = { verbs = ["Put", "Set"], prefix = "cloudwatch" } }
}
variable "number" { default = 3 }
variable "set" {
  type    = set(string)
  default = ["b", "a", "b"]
}
variable "no" {
  type    = bool
  default = false
}
variable "nothing" {
  type    = string
  default = null
}
locals {
  verbs   = { read = ["Get", "List"], write = ["Put"] }
  nested  = { a = { b = ["logs:Deep"] } }
  either  = var.open ? "a:1" : "a:2"
  partly  = concat(var.many, ["a:1"])
  text    = "logs"
  forward = local.text
  pairs   = flatten([for k, vs in local.verbs : [for v in vs : "${k}:${v}"]])
}
resource "aws_cloudwatch_log_group" "g" {
  count = 2
  name  = "/app/${count.index}"
}
resource "aws_cloudwatch_log_group" "k" {
  for_each = var.set
  name     = "/key/${each.key}"
}
resource "aws_cloudwatch_log_group" "maybe" {
  count = var.open ? 1 : 0
  name  = "/maybe"
}
data "aws_caller_identity" "me" {}
data "aws_region" "here" {}
module "m" {
  source = "./m"
  in     = local.text
}
module "each" {
  source   = "./m"
  for_each = toset(["x", "y"])
  in       = each.value
}
`

const module = `
variable "in" {}
variable "unused" { default = "u" }
output "out" { value = "${var.in}:Out" }
output "list" { value = [var.in, var.unused] }
`

// TestExpressions: what stands as an Action is what Terraform would make of
// it. A hole shows as ${what would fill it}.
func TestExpressions(t *testing.T) {
	for _, tc := range []struct {
		expr string
		want []string
	}{
		{`"logs:*"`, []string{"logs:*"}},
		{`["a:1", "a:2"]`, []string{"a:1", "a:2"}},
		{`var.list`, []string{"logs:Get*", "logs:List*"}},
		{`var.list[1]`, []string{"logs:List*"}},
		{`"${local.forward}:Get"`, []string{"logs:Get"}},
		{`"${local.text}"`, []string{"logs"}},
		{`local.nested.a.b`, []string{"logs:Deep"}},
		{`local.nested["a"]["b"][0]`, []string{"logs:Deep"}},
		{`[for v in local.verbs.read : "logs:${v}*"]`, []string{"logs:Get*", "logs:List*"}},
		{`[for i, v in local.verbs.read : "${i}:${v}" if v != "Get"]`, []string{"1:List"}},
		{`local.pairs`, []string{"read:Get", "read:List", "write:Put"}},
		{`values({ for k, v in local.verbs : k => "${k}:${length(v)}" })`, []string{"read:2", "write:1"}},
		{`keys({ for v in ["a", "b", "a"] : v => v... })`, []string{"a", "b"}},
		{`[for k, v in var.typed : "${v.prefix}:${v.verbs[0]}"]`, []string{"logs:Get", "cloudwatch:Put"}},
		{`[for v in var.typed : "${v.prefix}:${v.more.deep}"]`, []string{"logs:Tail", "cloudwatch:Tail"}},
		{`[for v in var.set : "s:${v}"]`, []string{"s:a", "s:b"}},
		{`aws_cloudwatch_log_group.g[*].name`, []string{"/app/0", "/app/1"}},
		{`aws_cloudwatch_log_group.g.*.name`, []string{"/app/0", "/app/1"}},
		{`aws_cloudwatch_log_group.g[1].name`, []string{"/app/1"}},
		{`[for g in aws_cloudwatch_log_group.k : g.name]`, []string{"/key/a", "/key/b"}},
		{`values(aws_cloudwatch_log_group.k)[*].name`, []string{"/key/a", "/key/b"}},
		{`aws_cloudwatch_log_group.k["a"].name`, []string{"/key/a"}},
		{`one(aws_cloudwatch_log_group.maybe[*].name)`, []string{"/maybe"}},
		{`join("", aws_cloudwatch_log_group.maybe[*].name)`, []string{"/maybe"}},
		{`try(aws_cloudwatch_log_group.maybe[0].name, "")`, []string{"/maybe"}},
		{`"${data.aws_caller_identity.me.account_id}:x"`, []string{"<self>:x"}},
		{`"logs:${data.aws_region.here.name}"`, []string{"logs:<region>"}},
		{`module.m.out`, []string{"logs:Out"}},
		{`module.m.list`, []string{"logs", "u"}},
		{`[for k, m in module.each : m.out]`, []string{"x:Out", "y:Out"}},
		{`module.each["y"].out`, []string{"y:Out"}},
		{`var.no ? "a:No" : "a:Yes"`, []string{"a:Yes"}},
		{`var.number > 2 && !var.no ? ["a:1"] : []`, []string{"a:1"}},
		{`var.nothing == null ? "a:Null" : var.nothing`, []string{"a:Null"}},
		{`"a:${1 + 2 * var.number}"`, []string{"a:7"}},
		{`"a:${-var.number % 2}"`, []string{"a:-1"}},
		{`concat(var.list, ["x:1"], [])`, []string{"logs:Get*", "logs:List*", "x:1"}},
		{`concat(local.verbs.read, local.verbs["write"])`, []string{"Get", "List", "Put"}},
		{`flatten([var.list, [["x:1"]]])`, []string{"logs:Get*", "logs:List*", "x:1"}},
		{`distinct(["a:1", "a:1", "b:1"])`, []string{"a:1", "b:1"}},
		{`compact(["a:1", "", "b:1"])`, []string{"a:1", "b:1"}},
		{`sort(["b:1", "a:1"])`, []string{"a:1", "b:1"}},
		{`toset(["b:1", "a:1"])`, []string{"a:1", "b:1"}},
		{`merge({ a = ["a:1"] }, { a = ["a:2"] }).a`, []string{"a:2"}},
		{`merge([{ a = "a:1" }, { b = "b:1" }]...).b`, []string{"b:1"}},
		{`lookup({ x = "x:1" }, "x", "none")`, []string{"x:1"}},
		{`lookup({ x = "x:1" }, "y", "y:1")`, []string{"y:1"}},
		{`element(["a:1", "a:2"], 3)`, []string{"a:2"}},
		{`coalesce("", "a:1")`, []string{"a:1"}},
		{`try(local.nested.nowhere, "a:Try")`, []string{"a:Try"}},
		{`can(local.nested.nowhere) ? "a:1" : "a:2"`, []string{"a:2"}},
		{`format("%s:%s", local.text, "Get")`, []string{"logs:Get"}},
		{`formatlist("logs:%s", local.verbs.read)`, []string{"logs:Get", "logs:List"}},
		{`split(",", "a:1,a:2")`, []string{"a:1", "a:2"}},
		{`replace("logs.Get", ".", ":")`, []string{"logs:Get"}},
		{`jsondecode("[\"a:1\"]")`, []string{"a:1"}},
		{`yamldecode("- a:1")`, []string{"a:1"}},
		{`"${terraform.workspace}:${path.module}:${path.root}"`, []string{"default:.:."}},
		{`"%{for v in local.verbs.read}${v},%{endfor}"`, []string{"Get,List,"}},
		{`"%{if var.no}a%{else}b%{endif}:1"`, []string{"b:1"}},
		{`"$${aws:username}"`, []string{"${aws:username}"}},
		{"<<EOT\na:1\nEOT\n", []string{"a:1\n"}},
		{"<<-EOT\n    a:\n      1\n  EOT\n", []string{"a:\n  1\n"}},
		{`"a:${var.open}"`, []string{"a:${var.open}"}},
		{`var.open`, []string{"${var.open}"}},
		{`[var.open, "a:1"]`, []string{"${var.open}", "a:1"}},
		{`var.many`, []string{"${var.many}"}},
		{`concat(var.many, ["a:1"])`, []string{"${var.many}", "a:1"}},
		{`[for v in var.many : "a:${v}"]`, []string{"a:${var.many}"}},
		{`"x:${var.many[0]}"`, []string{"x:${var.many[0]}"}},
		{`var.open ? "a:1" : "a:2"`, []string{"a:1", "a:2"}},
		{`var.open ? "a:1" : var.many`, []string{"a:1", "${var.many}"}},
		{`["x:1", var.open ? "a:1" : "a:2", var.open ? "b:1" : null]`, []string{"x:1", "x:1", "a:1", "a:2", "b:1"}},
		{`local.either`, []string{"a:1", "a:2"}},
		{`local.partly`, []string{"${var.many}", "a:1"}},
		{`var.open ? ["a:1"] : ["a:2"]`, []string{"a:1", "a:2"}},
		{`var.open == "x" ? ["a:1"] : []`, []string{"a:1"}},
		{`[timestamp()]`, []string{"${timestamp()}"}},
		{`nowhere.at.all`, []string{"${nowhere.at.all}"}},
		{`local.nowhere`, []string{"${local.nowhere}"}},
		{`[local.nested.nowhere, "a:1"]`, []string{"${local.nested.nowhere}", "a:1"}},
	} {
		t.Run(tc.expr, func(t *testing.T) {
			u := readOne(t, files(map[string]string{
				"main.tf": declarations + "resource \"aws_iam_policy\" \"p\" {\n  name = \"p\"\n  policy = jsonencode({\n    Version = \"2012-10-17\"\n" +
					"    Statement = [{\n      Effect = \"Allow\"\n      Action = " + tc.expr + "\n      Resource = \"*\"\n    }]\n  })\n}\n",
				"m/main.tf": module,
			}))
			if diff := cmp.Diff(tc.want, actions(t, u, "p")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestInstances: count and for_each make the instances that Terraform would,
// with its addresses; what cannot be counted is there once, as a maybe.
func TestInstances(t *testing.T) {
	for _, tc := range []struct {
		name, config string
		want         []string
	}{
		{"single", `resource "aws_iam_user" "u" { name = "n" }`, []string{"aws_iam_user.u n"}},
		{"count", "resource \"aws_iam_user\" \"u\" {\n count = 2\n name = \"n${count.index}\"\n}", []string{"aws_iam_user.u[0] n0", "aws_iam_user.u[1] n1"}},
		{"no count", "resource \"aws_iam_user\" \"u\" {\n count = 0\n name = \"n\"\n}", nil},
		{"set", "resource \"aws_iam_user\" \"u\" {\n for_each = toset([\"b\", \"a\"])\n name = each.value\n}", []string{`aws_iam_user.u["a"] a`, `aws_iam_user.u["b"] b`}},
		{"map", "resource \"aws_iam_user\" \"u\" {\n for_each = { k = \"v\" }\n name = \"${each.key}-${each.value}\"\n}", []string{`aws_iam_user.u["k"] k-v`}},
		{"empty map", "resource \"aws_iam_user\" \"u\" {\n for_each = {}\n name = each.key\n}", nil},
		{"unknown count", "variable \"n\" {}\nresource \"aws_iam_user\" \"u\" {\n count = var.n\n name = \"n\"\n}", []string{"aws_iam_user.u[0] n maybe count = var.n"}},
		{"unknown condition", "variable \"n\" { type = bool }\nresource \"aws_iam_user\" \"u\" {\n count = var.n ? 1 : 0\n name = \"n\"\n}", []string{"aws_iam_user.u[0] n maybe count = var.n ? 1 : 0"}},
		{"unknown keys", "variable \"n\" { type = set(string) }\nresource \"aws_iam_user\" \"u\" {\n for_each = var.n\n name = \"n-${each.key}\"\n}", []string{"aws_iam_user.u[*] n-${each.key of aws_iam_user.u} maybe for_each = var.n"}},
		{"chain", "resource \"aws_iam_group\" \"g\" {\n for_each = toset([\"a\"])\n name = each.key\n}\nresource \"aws_iam_user\" \"u\" {\n for_each = aws_iam_group.g\n name = \"in-${each.value.name}\"\n}", []string{`aws_iam_group.g["a"] a`, `aws_iam_user.u["a"] in-a`}},
		{"length of another", "resource \"aws_iam_group\" \"g\" {\n count = 2\n name = \"g${count.index}\"\n}\nresource \"aws_iam_user\" \"u\" {\n count = length(aws_iam_group.g)\n name = aws_iam_group.g[count.index].name\n}", []string{"aws_iam_group.g[0] g0", "aws_iam_group.g[1] g1", "aws_iam_user.u[0] g0", "aws_iam_user.u[1] g1"}},
		{"length of a maybe", "variable \"n\" {}\nresource \"aws_iam_group\" \"g\" {\n count = var.n\n name = \"g\"\n}\nresource \"aws_iam_user\" \"u\" {\n count = length(aws_iam_group.g)\n name = aws_iam_group.g[count.index].name\n}", []string{"aws_iam_group.g[0] g maybe count = var.n", "aws_iam_user.u[0] g maybe count = length(aws_iam_group.g)"}},
		{"prefix", `resource "aws_iam_user" "u" { name = "x-${random_id.r.hex}" }` + "\nresource \"random_id\" \"r\" { byte_length = 4 }\nresource \"aws_iam_role\" \"r\" { name_prefix = \"app-\" }", []string{"aws_iam_role.r app-${aws_iam_role.r}", "aws_iam_user.u x-${random_id.r}"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			u := readOne(t, files(map[string]string{"main.tf": tc.config}))
			var got []string
			for _, id := range u.Identities {
				line := id.Address + " " + id.Name.Show()
				if id.Maybe {
					line += " maybe " + id.When
				}
				got = append(got, line)
			}
			slices.Sort(got)
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestInputs: a root variable has the value of the strongest source.
func TestInputs(t *testing.T) {
	const config = "variable \"v\" {\n type = string\n default = \"default\"\n}\nvariable \"l\" {\n type = list(string)\n default = []\n}\n" +
		"resource \"aws_iam_user\" \"u\" { name = join(\"-\", concat([var.v], var.l)) }\n"
	for _, tc := range []struct {
		name  string
		files map[string]string
		env   scanner.Env
		want  string
	}{
		{"default", nil, scanner.Env{}, "default"},
		{"environment", nil, scanner.Env{Environ: map[string]string{"TF_VAR_v": "env"}}, "env"},
		{"tfvars", map[string]string{"terraform.tfvars": `v = "file"`}, scanner.Env{Environ: map[string]string{"TF_VAR_v": "env"}}, "file"},
		{"json tfvars", map[string]string{"terraform.tfvars": `v = "file"`, "terraform.tfvars.json": `{"v": "json", "l": ["a"]}`}, scanner.Env{}, "json-a"},
		{"auto", map[string]string{"terraform.tfvars": `v = "file"`, "b.auto.tfvars": `v = "b"`, "a.auto.tfvars": `v = "a"`}, scanner.Env{}, "b"},
		{"file of the user", map[string]string{"b.auto.tfvars": `v = "b"`, "env/prod.tfvars": `v = "prod"`}, scanner.Env{VarFiles: []string{"env/prod.tfvars"}}, "prod"},
		{"flag", map[string]string{"env/prod.tfvars": `v = "prod"`}, scanner.Env{VarFiles: []string{"env/prod.tfvars"}, Variables: map[string]string{"v": "flag", "l": `["x", "y"]`}}, "flag-x-y"},
		{"undeclared", map[string]string{"terraform.tfvars": `other = "x"`}, scanner.Env{Variables: map[string]string{"other": "y"}}, "default"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			list := map[string]string{"main.tf": config}
			for name, text := range tc.files {
				list[name] = text
			}
			env := tc.env
			env.FS, env.Jobs = files(list).FS, 1
			u := readOne(t, &env)
			if got := u.Identities[0].Name.Value; got != tc.want {
				t.Errorf("name %q, want %q", got, tc.want)
			}
		})
	}
}

func TestVariablesThatTakeNoNull(t *testing.T) {
	u := readOne(t, files(map[string]string{
		"main.tf":   "module \"m\" {\n source = \"./m\"\n a = null\n b = null\n}\n",
		"m/main.tf": "variable \"a\" {\n default = \"given\"\n nullable = false\n}\nvariable \"b\" { default = \"given\" }\nresource \"aws_iam_user\" \"u\" { name = \"${var.a}-${var.b == null}\" }\n",
	}))
	if got := u.Identities[0].Name.Value; got != "given-true" {
		t.Errorf("name %q", got)
	}
}

// TestUnresolved: what an input does not hold is told once an expression,
// with the way to pass it.
func TestUnresolved(t *testing.T) {
	u := readOne(t, files(map[string]string{"main.tf": `
variable "vendor_account_id" {}
variable "quiet" {}
data "terraform_remote_state" "s" {
  backend = "local"
}
module "gone" {
  source = "registry/x/y"
}
resource "aws_iam_role" "r" {
  name        = "r"
  description = var.quiet
  assume_role_policy = jsonencode({
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "arn:aws:iam::${var.vendor_account_id}:root" }
      Condition = { StringEquals = { "sts:ExternalId" = data.terraform_remote_state.s.outputs.id } }
    }]
  })
}
resource "aws_iam_role_policy_attachment" "a" {
  role       = aws_iam_role.r.name
  policy_arn = module.gone.policy_arn
}
`}))
	var got []string
	for _, x := range u.Unresolved {
		if !x.Bears {
			t.Errorf("%s bears on nothing", x.Expression)
		}
		got = append(got, x.Expression+": "+x.Missing)
	}
	want := []string{
		`"arn:aws:iam::${var.vendor_account_id}:root": variable "vendor_account_id" has no default: pass --var vendor_account_id=... or a .tfvars file`,
		`data.terraform_remote_state.s.outputs.id: data.terraform_remote_state.s.outputs.id is read only when Terraform runs: scan a plan, or pass the value by a variable`,
		`module.gone: the source of module "gone" is not on disk: run terraform init, which puts it into .terraform/modules`,
		`module.gone.policy_arn: module.gone.policy_arn comes from a module whose source is not on disk: run terraform init`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	principal := u.Identities[0].Trust.Statements[0].Principals[0].Value
	if pieces := source.Pieces(principal.Value); len(pieces) != 3 || pieces[1].Kind != source.HoleAccount {
		t.Errorf("the account is no typed hole: %v", pieces)
	}
	if !strings.Contains(principal.Show(), "var.vendor_account_id") {
		t.Errorf("principal %q", principal.Show())
	}
}

// TestFetchedModulesThatAreNotThere: a module that the list of terraform init
// puts where nothing can be read is told like one that was never fetched.
func TestFetchedModulesThatAreNotThere(t *testing.T) {
	for _, dir := range []string{"/etc", "../outside", ".terraform/modules/deleted"} {
		u := readOne(t, files(map[string]string{
			"main.tf":                         "module \"m\" {\n  source = \"a/b/aws\"\n}\nresource \"aws_iam_user\" \"u\" {\n  name = \"u\"\n}\n",
			".terraform/modules/modules.json": `{"Modules":[{"Key":"m","Dir":"` + dir + `"}]}`,
		}))
		if len(u.Identities) != 1 || len(u.Unresolved) != 1 || u.Unresolved[0].Expression != "module.m" {
			t.Errorf("%s: %d identities, notes %v", dir, len(u.Identities), u.Unresolved)
		}
	}
}
