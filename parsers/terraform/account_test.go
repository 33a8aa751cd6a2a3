package terraform_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/iamwatch/iamwatch/scanner/model"
)

// users declares users, one a provider.
func users(providers ...string) string {
	var b strings.Builder
	for i, p := range providers {
		fmt.Fprintf(&b, "resource \"aws_iam_user\" \"u%d\" {\n  name = \"u%d\"\n", i, i)
		if p != "" {
			fmt.Fprintf(&b, "  provider = %s\n", p)
		}
		b.WriteString("}\n")
	}
	return b.String()
}

// accounts says which users lie in which account.
func accounts(units []*model.Unit) []string {
	var out []string
	for _, u := range units {
		var names []string
		for _, id := range u.Identities {
			names = append(names, id.Address)
		}
		slices.Sort(names)
		out = append(out, fmt.Sprintf("%s %s| %s", u.Account, u.Credentials, strings.Join(names, " ")))
	}
	return out
}

func TestAccountsOfProviders(t *testing.T) {
	const home, away = `"arn:aws:iam::111122223333:role/r"`, `"arn:aws:iam::444455556666:role/r"`
	assume := func(alias, role string) string {
		head := ""
		if alias != "" {
			head = "  alias = \"" + alias + "\"\n"
		}
		return "provider \"aws\" {\n" + head + "  assume_role {\n    role_arn = " + role + "\n  }\n}\n"
	}
	for _, tc := range []struct {
		name  string
		files map[string]string
		want  []string
	}{
		{"no provider", map[string]string{"main.tf": users("")}, []string{" | aws_iam_user.u0"}},
		{"a region is no account", map[string]string{"main.tf": "provider \"aws\" {\n alias = \"x\"\n region = \"us-east-1\"\n}\n" + users("", "aws.x")}, []string{" | aws_iam_user.u0 aws_iam_user.u1"}},
		{"two roles", map[string]string{"main.tf": assume("", home) + assume("x", away) + users("", "aws.x")}, []string{"111122223333 | aws_iam_user.u0", "444455556666 | aws_iam_user.u1"}},
		{"an alias that nobody declares", map[string]string{"main.tf": users("", "aws.x")}, []string{" | aws_iam_user.u0 aws_iam_user.u1"}},
		{
			"one of two tells the account of their profile",
			map[string]string{"main.tf": "provider \"aws\" {\n profile = \"p\"\n}\nprovider \"aws\" {\n alias = \"x\"\n profile = \"p\"\n allowed_account_ids = [\"111122223333\"]\n}\n" + users("", "aws.x")},
			[]string{"111122223333 | aws_iam_user.u0 aws_iam_user.u1"},
		},
		{
			"a role of this account, by other credentials",
			map[string]string{"main.tf": "provider \"aws\" {\n profile = \"p\"\n}\nprovider \"aws\" {\n alias = \"x\"\n profile = \"q\"\n assume_role {\n role_arn = \"arn:aws:iam::${data.aws_caller_identity.c.account_id}:role/r\"\n }\n}\ndata \"aws_caller_identity\" \"c\" {}\n" + users("", "aws.x")},
			[]string{" | aws_iam_user.u0 aws_iam_user.u1"},
		},
		{
			"several allowed accounts tell none",
			map[string]string{"main.tf": "provider \"aws\" {\n allowed_account_ids = [\"111122223333\", \"444455556666\"]\n}\n" + users("")},
			[]string{" | aws_iam_user.u0"},
		},
		{
			"all resources elsewhere",
			map[string]string{"main.tf": "provider \"aws\" {\n alias = \"x\"\n profile = \"p\"\n}\n" + users("aws.x")},
			[]string{" | aws_iam_user.u0"},
		},
		{
			"the same unknown account by two roles",
			map[string]string{"main.tf": "variable \"id\" {}\n" + assume("", `"arn:aws:iam::${var.id}:role/a"`) + assume("x", `"arn:aws:iam::${var.id}:role/b"`) + users("", "aws.x")},
			[]string{" | aws_iam_user.u0 aws_iam_user.u1"},
		},
		{
			"two unknown roles",
			map[string]string{"main.tf": "variable \"a\" {}\nvariable \"b\" {}\n" + assume("", "var.a") + assume("x", "var.b") + users("", "aws.x")},
			[]string{" | aws_iam_user.u0", " role ${var.b}| aws_iam_user.u1"},
		},
		{"a role of null", map[string]string{"main.tf": assume("", home) + assume("x", "null") + users("", "aws.x")}, []string{"111122223333 | aws_iam_user.u0", " the credentials of whoever runs it| aws_iam_user.u1"}},
		{
			"passed to modules",
			map[string]string{
				"main.tf":     assume("", home) + assume("x", away) + "module \"m\" {\n source = \"./m\"\n providers = {\n aws = aws.x\n aws.other = aws\n }\n}\n",
				"m/main.tf":   users("", "aws.other") + "module \"n\" {\n source = \"./n\"\n}\n",
				"m/n/main.tf": users(""),
			},
			[]string{"111122223333 | module.m.aws_iam_user.u1", "444455556666 | module.m.aws_iam_user.u0 module.m.module.n.aws_iam_user.u0"},
		},
		{
			"a proxy in the module",
			map[string]string{
				"main.tf":   assume("x", away) + "module \"m\" {\n source = \"./m\"\n providers = {\n aws.y = aws.x\n }\n}\n",
				"m/main.tf": "provider \"aws\" {\n alias = \"y\"\n}\n" + users("aws.y"),
			},
			[]string{"444455556666 | module.m.aws_iam_user.u0"},
		},
		{
			"a provider of the module's own",
			map[string]string{
				"main.tf":   assume("", home) + "module \"m\" {\n source = \"./m\"\n}\n" + users(""),
				"m/main.tf": assume("", away) + users(""),
			},
			[]string{"111122223333 | aws_iam_user.u0", "444455556666 | module.m.aws_iam_user.u0"},
		},
		{
			"one a key, of OpenTofu",
			map[string]string{
				"main.tofu": `locals {
  ids = { home = "111122223333", away = "444455556666" }
}
provider "aws" {
  for_each = local.ids
  alias    = "by"
  assume_role {
    role_arn = "arn:aws:iam::${each.value}:role/r"
  }
}
resource "aws_iam_user" "u" {
  for_each = local.ids
  provider = aws.by[each.key]
  name     = each.key
}
module "m" {
  for_each  = local.ids
  source    = "./m"
  providers = { aws = aws.by[each.key] }
}
module "n" {
  source    = "./m"
  providers = { aws = aws.by["away"] }
}
`,
				"m/main.tf": users(""),
			},
			[]string{
				`444455556666 | aws_iam_user.u["away"] module.m["away"].aws_iam_user.u0 module.n.aws_iam_user.u0`,
				`111122223333 | aws_iam_user.u["home"] module.m["home"].aws_iam_user.u0`,
			},
		},
		{
			"JSON syntax and another local name",
			map[string]string{"main.tf.json": `{
  "terraform": {"required_providers": {"cloud": {"source": "hashicorp/aws"}}},
  "provider": {"cloud": {"assume_role": {"role_arn": ` + away + `}}},
  "resource": {"aws_iam_user": {"u": {"name": "u", "provider": "cloud"}}}
}`},
			[]string{"444455556666 | aws_iam_user.u"},
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			units, diags := readTree(t, files(tc.files))
			if len(diags) != 0 {
				t.Fatal(diags)
			}
			if diff := cmp.Diff(tc.want, accounts(units)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestAccountByVariable: a variable that a provider says to be its account's id
// means that account wherever it stands.
func TestAccountByVariable(t *testing.T) {
	u := readOne(t, files(map[string]string{"main.tf": `
variable "id" {}
provider "aws" {
  allowed_account_ids = [var.id]
  default_tags {
    tags = { Owner = "platform" }
  }
}
data "aws_caller_identity" "me" {}
data "aws_default_tags" "all" {}
resource "aws_iam_role" "r" {
  name = data.aws_default_tags.all.tags.Owner
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = ["arn:aws:iam::${var.id}:root", data.aws_caller_identity.me.arn] } }]
  })
}
`}))
	role := u.Identities[0]
	var got []string
	for _, p := range role.Trust.Statements[0].Principals {
		got = append(got, p.Value.Show())
	}
	want := []string{"arn:aws:iam::<self>:root", "arn:<partition>:iam::<self>:${data.aws_caller_identity.me.arn}"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if role.Name.Value != "platform" || len(role.Tags) != 1 {
		t.Errorf("name %q, %d tags", role.Name.Value, len(role.Tags))
	}
}

// TestKeysOfARootWithoutMainResources: what the root module itself holds is
// kept where all its resources lie elsewhere.
func TestKeysOfARootWithoutMainResources(t *testing.T) {
	u := readOne(t, files(map[string]string{"main.tf": `
terraform {
  backend "s3" {
    access_key = "AKIA` + `Q3EGRZ5T7YUIOP2A"
    role_arn   = "arn:aws:iam::111122223333:role/state"
  }
}
provider "aws" {
  alias = "x"
  assume_role {
    role_arn = "arn:aws-cn:iam::444455556666:role/r"
  }
}
` + users("aws.x")}))
	if len(u.WrittenKeys) != 1 || u.WrittenKeys[0].Unit != u || u.WrittenKeys[0].Last4 != "OP2A" {
		t.Errorf("%d written keys", len(u.WrittenKeys))
	}
	if len(u.AssumedRoles) != 2 || u.AssumedRoles[0].Unit != u {
		t.Errorf("%d assumed roles", len(u.AssumedRoles))
	}
	if u.Partition != "aws-cn" {
		t.Errorf("partition %q", u.Partition)
	}
}

// TestAccountMadeHere: an account that the root module makes itself is known by
// what AWS makes up for its id, here and there.
func TestAccountMadeHere(t *testing.T) {
	units, diags := readTree(t, files(map[string]string{"main.tf": `
resource "aws_organizations_account" "dev" {
  name  = "dev"
  email = "dev@example.com"
}
provider "aws" {
  alias = "dev"
  assume_role {
    role_arn = "arn:aws:iam::${aws_organizations_account.dev.id}:role/OrganizationAccountAccessRole"
  }
}
resource "aws_iam_role" "r" {
  for_each           = { home = 1 }
  name               = "home"
  assume_role_policy = local.trust
}
resource "aws_iam_role" "dev" {
  provider           = aws.dev
  name               = "dev"
  assume_role_policy = local.trust
}
locals {
  trust = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "arn:aws:iam::${aws_organizations_account.dev.id}:root" } }]
  })
}
`}))
	if len(units) != 2 || len(diags) != 0 {
		t.Fatalf("%d units, %v", len(units), diags)
	}
	var got []string
	for _, u := range units {
		got = append(got, u.Identities[0].Trust.Statements[0].Principals[0].Value.Show())
	}
	want := []string{"arn:aws:iam::${aws_organizations_account.dev.id}:root", "arn:aws:iam::<self>:root"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestProvidersInACircle holds that a provider whose account is told by what it
// reads itself is read all the same.
func TestProvidersInACircle(t *testing.T) {
	units, _ := readTree(t, files(map[string]string{"main.tf": `
data "aws_caller_identity" "x" {
  provider = aws.x
}
provider "aws" {
  alias = "x"
  assume_role {
    role_arn = "arn:aws:iam::${data.aws_caller_identity.x.account_id}:role/r"
  }
}
` + users("", "aws.x")}))
	n := 0
	for _, u := range units {
		n += len(u.Identities)
	}
	if n != 2 {
		t.Errorf("%d users", n)
	}
}
