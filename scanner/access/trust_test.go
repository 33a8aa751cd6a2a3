package access_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/iamwatch/iamwatch/scanner"
	"github.com/iamwatch/iamwatch/scanner/access"
	"github.com/iamwatch/iamwatch/scanner/model"
)

// trust is a trust statement of a principal and a condition.
func trust(principal, action, condition string) string {
	s := `{"Effect": "Allow", "Principal": ` + principal + `, "Action": "` + action + `"`
	if condition != "" {
		s += `, "Condition": ` + condition
	}
	return s + `}`
}

func trusted(statements ...string) role {
	r := app()
	r.Trust = document(statements...)
	return r
}

var ignored = cmpopts.IgnoreFields(access.Entry{}, "Role", "Statement", "Principal", "AssumeRole", "AssumeRoleWithWebIdentity", "AssumeRoleWithSAML")

func TestEntries(t *testing.T) {
	options := scanner.Options{TrustedAccounts: []string{"222222222222"}}
	for name, c := range map[string]struct {
		principal string
		want      access.Entry
	}{
		"star":              {`"*"`, access.Entry{Kind: access.Anyone}},
		"AWS star":          {`{"AWS": "*"}`, access.Entry{Kind: access.Anyone}},
		"own root":          {`{"AWS": "arn:aws:iam::` + home + `:root"}`, access.Entry{Kind: access.OwnAccount, Account: home, Root: true}},
		"own role":          {`{"AWS": "arn:aws:iam::` + home + `:role/x"}`, access.Entry{Kind: access.OwnAccount, Account: home}},
		"bare id":           {`{"AWS": "` + home + `"}`, access.Entry{Kind: access.OwnAccount, Account: home, Root: true}},
		"trusted":           {`{"AWS": "arn:aws:iam::222222222222:root"}`, access.Entry{Kind: access.TrustedAccount, Account: "222222222222", Root: true}},
		"vendor":            {`{"AWS": "arn:aws:iam::464622532012:root"}`, access.Entry{Kind: access.VendorAccount, Account: "464622532012", Vendor: "Datadog", Root: true}},
		"unfamiliar role":   {`{"AWS": "arn:aws:iam::999999999999:role/ops"}`, access.Entry{Kind: access.UnfamiliarAccount, Account: "999999999999"}},
		"unfamiliar id":     {`{"AWS": "999999999999"}`, access.Entry{Kind: access.UnfamiliarAccount, Account: "999999999999", Root: true}},
		"another partition": {`{"AWS": "arn:aws-cn:iam::999999999999:root"}`, access.Entry{Kind: access.UnfamiliarAccount, Account: "999999999999", Root: true}},
		"session":           {`{"AWS": "arn:aws:sts::999999999999:assumed-role/ops/me"}`, access.Entry{Kind: access.UnfamiliarAccount, Account: "999999999999"}},
		"deleted":           {`{"AWS": "AROADELETEDROLE00001"}`, access.Entry{Kind: access.DeletedPrincipal}},
		"own unique id":     {`{"AWS": "AROAEXAMPLEAPP000001"}`, access.Entry{Kind: access.OwnAccount, Account: "self"}},
		"service":           {`{"Service": "logs.eu-west-1.amazonaws.com"}`, access.Entry{Kind: access.Service, Issuer: "logs.eu-west-1.amazonaws.com"}},
		"OIDC": {
			`{"Federated": "arn:aws:iam::` + home + `:oidc-provider/token.actions.githubusercontent.com"}`,
			access.Entry{Kind: access.WebIdentity, Issuer: "token.actions.githubusercontent.com"},
		},
		"SAML": {
			`{"Federated": "arn:aws:iam::` + home + `:saml-provider/okta"}`,
			access.Entry{Kind: access.SAMLProvider, Issuer: "arn:aws:iam::" + home + ":saml-provider/okta"},
		},
		"Cognito":            {`{"Federated": "cognito-identity.amazonaws.com"}`, access.Entry{Kind: access.WebIdentity, Issuer: "cognito-identity.amazonaws.com"}},
		"any account's root": {`{"AWS": "arn:aws:iam::*:root"}`, access.Entry{Kind: access.OtherPrincipal}},
		"a wildcard inside":  {`{"AWS": "arn:aws:iam::999999999999:role/*"}`, access.Entry{Kind: access.OtherPrincipal}},
		"no ARN":             {`{"AWS": "somebody"}`, access.Entry{Kind: access.OtherPrincipal}},
		"canonical":          {`{"CanonicalUser": "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"}`, access.Entry{Kind: access.OtherPrincipal}},
	} {
		t.Run(name, func(t *testing.T) {
			a := account{Roles: []role{trusted(trust(c.principal, "sts:AssumeRole*", ""))}}
			w := scan(t, options, map[string]string{"live/d.json": a.json(t)})
			entries := w.graph.Entries(w.identity(model.Role, "app"))
			if len(entries) != 1 {
				t.Fatalf("%d entries", len(entries))
			}
			if d := cmp.Diff(c.want, *entries[0], ignored, cmpopts.IgnoreUnexported(access.Entry{})); d != "" {
				t.Error(d)
			}
			if got := len(w.graph.AllEntries()); got != 1 {
				t.Errorf("%d entries in all", got)
			}
		})
	}
}

func TestEntriesOfStatements(t *testing.T) {
	w := live(t, account{Roles: []role{trusted(
		`{"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole"}`,
		trust(`{"AWS": "999999999999"}`, "sts:TagSession", ""),
		trust(`{"AWS": ["999999999999", "`+home+`"], "Service": "ec2.amazonaws.com"}`, "sts:AssumeRole", ""),
		`{"Effect": "Allow", "NotPrincipal": {"AWS": "999999999999"}, "Action": "sts:*"}`,
	)}})
	var kinds []access.EntryKind
	for _, e := range w.graph.Entries(w.identity(model.Role, "app")) {
		kinds = append(kinds, e.Kind)
		if !e.AssumeRole || e.AssumeRoleWithSAML != (e.Kind == access.Anyone) || e.AssumeRoleWithWebIdentity != (e.Kind == access.Anyone) {
			t.Errorf("%v: actions %+v", e.Kind, e)
		}
	}
	want := []access.EntryKind{access.UnfamiliarAccount, access.OwnAccount, access.Service, access.Anyone}
	if d := cmp.Diff(want, kinds); d != "" {
		t.Error(d)
	}
}

const unresolved = `
variable "vendor" {
  type = string
}
variable "principal" {
  type = string
}
data "aws_caller_identity" "me" {}
data "aws_partition" "here" {}
resource "aws_iam_role" "app" {
  name = "app"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{
    Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = [
      "arn:aws:iam::${var.vendor}:root",
      "arn:aws:iam::${data.aws_caller_identity.me.account_id}:root",
      data.aws_caller_identity.me.account_id,
      "arn:${data.aws_partition.here.partition}:iam::999999999999:role/ops",
      var.principal,
    ] }
  }, {
    Effect = "Allow", Action = "sts:AssumeRoleWithSAML", Principal = { Federated = var.principal }
  }, {
    Effect = "Allow", Action = "sts:AssumeRoleWithWebIdentity", Principal = { Federated = var.principal }
  }] })
}
`

func TestEntriesWithHoles(t *testing.T) {
	w := scan(t, scanner.Options{}, map[string]string{"main.tf": unresolved})
	type row struct {
		Kind    access.EntryKind
		Account string
		Root    bool
	}
	var got []row
	for _, e := range w.graph.Entries(w.identity(model.Role, "app")) {
		got = append(got, row{e.Kind, e.Account, e.Root})
	}
	want := []row{
		{access.UnknownAccount, "", true}, {access.OwnAccount, "self", true}, {access.OwnAccount, "self", true},
		{access.UnfamiliarAccount, "999999999999", false}, {access.UnknownAccount, "", false},
		{access.SAMLProvider, "", false}, {access.WebIdentity, "", false},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestClassify(t *testing.T) {
	w := scan(t, scanner.Options{Accounts: []string{"333333333333"}, TrustedAccounts: []string{"222222222222"}}, map[string]string{
		"one/d.json": account{Roles: []role{app()}}.json(t), "p.json": string(document(allow("logs:*", "*"))),
	})
	var unit *model.Unit
	for _, u := range w.model.Units {
		if u.Input == model.Export {
			unit = u
		}
	}
	for id, want := range map[string]access.EntryKind{
		"": access.UnknownAccount, "self": access.OwnAccount, home: access.OwnAccount, "222222222222": access.TrustedAccount,
		"333333333333": access.TrustedAccount, "464622532012": access.VendorAccount, "999999999999": access.UnfamiliarAccount,
	} {
		if got, _ := w.graph.Classify(unit, id); got != want {
			t.Errorf("%q: %v", id, got)
		}
	}
	if !w.graph.KnowsAccounts() {
		t.Error("trusted accounts were said")
	}
	if live(t, account{Roles: []role{app()}}).graph.KnowsAccounts() {
		t.Error("nothing was said")
	}
}

// byService is a trust of some services.
func byService(t *testing.T, names ...string) json.RawMessage {
	t.Helper()
	b, err := json.Marshal(names)
	if err != nil {
		t.Fatal(err)
	}
	return document(trust(`{"Service": `+string(b)+`}`, "sts:AssumeRole", ""))
}

func byRoot(id string) json.RawMessage {
	return document(trust(`{"AWS": "arn:aws:iam::`+id+`:root"}`, "sts:AssumeRole", ""))
}

func TestRoleKinds(t *testing.T) {
	saml := document(trust(`{"Federated": "arn:aws:iam::`+home+`:saml-provider/AWSSSO_0123456789abcdef_DO_NOT_DELETE"}`, "sts:AssumeRoleWithSAML", ""))
	eks := document(trust(`{"Federated": "arn:aws:iam::`+home+`:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/AB"}`, "sts:AssumeRoleWithWebIdentity", ""))
	for name, c := range map[string]struct {
		name, path                      string
		trust                           json.RawMessage
		workload, serviceOnly, platform bool
	}{
		"ec2":                  {"app", "/", byService(t, "ec2.amazonaws.com"), true, false, false},
		"ec2 in China":         {"app", "/", byService(t, "ec2.amazonaws.com.cn"), true, false, false},
		"pods":                 {"app", "/", byService(t, "pods.eks.amazonaws.com"), true, false, false},
		"an EKS issuer":        {"app", "/", eks, true, false, false},
		"logs of a region":     {"app", "/", byService(t, "logs.eu-west-1.amazonaws.com"), false, true, false},
		"two plain services":   {"app", "/", byService(t, "cloudtrail.amazonaws.com", "VPC-Flow-Logs.amazonaws.com"), false, true, false},
		"plain and code":       {"app", "/", byService(t, "cloudtrail.amazonaws.com", "lambda.amazonaws.com"), true, false, false},
		"a person":             {"app", "/", byRoot(home), false, false, false},
		"organization access":  {"OrganizationAccountAccessRole", "/", byRoot("999999999999"), false, false, true},
		"its namesake":         {"OrganizationAccountAccessRole-old", "/", byRoot("999999999999"), false, false, false},
		"open to everyone":     {"OrganizationAccountAccessRole", "/", document(trust(`"*"`, "sts:AssumeRole", "")), false, false, false},
		"stack set":            {"stacksets-exec-0a1b", "/", byService(t, "member.org.stacksets.cloudformation.amazonaws.com"), false, false, true},
		"stack set by another": {"stacksets-exec-0a1b", "/", byRoot("999999999999"), false, false, false},
		"bootstrap":            {"cdk-hnb659fds-cfn-exec-role-111122223333-eu-west-1", "/", byService(t, "cloudformation.amazonaws.com"), false, false, true},
		"bootstrap by lambda":  {"cdk-hnb659fds-cfn-exec-role-111122223333-eu-west-1", "/", byService(t, "lambda.amazonaws.com"), true, false, false},
		"permission set":       {"AWSReservedSSO_Admin_0123", "/aws-reserved/sso.amazonaws.com/", saml, false, false, true},
		"its name alone":       {"AWSReservedSSO_Admin_0123", "/", saml, false, false, false},
		"service-linked":       {"AWSServiceRoleForX", "/aws-service-role/x.amazonaws.com/", byService(t, "x.amazonaws.com"), false, false, true},
	} {
		t.Run(name, func(t *testing.T) {
			r := app()
			r.RoleName, r.Path, r.Trust, r.ARN = c.name, c.path, c.trust, "arn:aws:iam::"+home+":role"+c.path+c.name
			w := live(t, account{Roles: []role{r}})
			id := w.identity(model.Role, c.name)
			got := [3]bool{w.graph.Workload(id), w.graph.ServiceOnly(id), w.graph.Platform(id)}
			if want := [3]bool{c.workload, c.serviceOnly, c.platform}; got != want {
				t.Errorf("workload, service only, platform: %v", got)
			}
		})
	}
}

func TestPlatformOfOtherAccounts(t *testing.T) {
	named := func(name, manager string) role {
		r := app()
		r.RoleName, r.RoleID, r.ARN, r.Trust = name, "AROAEXAMPLE"+name[len(name)-9:], "arn:aws:iam::"+home+":role/"+name, byRoot(manager)
		return r
	}
	for name, c := range map[string]struct {
		second, trusted string
		want            bool
	}{
		"one manager":              {"888888888888", "", true},
		"two managers":             {"999999999999", "", false},
		"trusted accounts are not": {"888888888888", "222222222222", false},
		"the manager is trusted":   {"888888888888", "888888888888", true},
	} {
		t.Run(name, func(t *testing.T) {
			var o scanner.Options
			if c.trusted != "" {
				o.TrustedAccounts = []string{c.trusted}
			}
			a := account{Roles: []role{named("OrganizationAccountAccessRole", "888888888888"), named("AWSControlTowerExecution", c.second)}}
			w := scan(t, o, map[string]string{"live/d.json": a.json(t)})
			if got := w.graph.Platform(w.identity(model.Role, "OrganizationAccountAccessRole")); got != c.want {
				t.Errorf("platform: %v", got)
			}
		})
	}
}

func TestPlatformInCodeIsJudged(t *testing.T) {
	w := scan(t, scanner.Options{}, map[string]string{"main.tf": `
resource "aws_iam_role" "app" {
  name               = "OrganizationAccountAccessRole"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "arn:aws:iam::999999999999:root" } }] })
}
`})
	if w.graph.Platform(w.identity(model.Role, "OrganizationAccountAccessRole")) {
		t.Error("code that defines a platform role is judged")
	}
}

func TestServices(t *testing.T) {
	for name, c := range map[string]struct {
		statements    []string
		named, others bool
	}{
		"alone":          {[]string{trust(`{"Service": "ec2.amazonaws.com"}`, "sts:AssumeRole", "")}, true, false},
		"beside another": {[]string{trust(`{"Service": ["ec2.amazonaws.com", "ssm.amazonaws.com"]}`, "sts:AssumeRole", "")}, true, true},
		"another":        {[]string{trust(`{"Service": "lambda.amazonaws.com"}`, "sts:AssumeRole", "")}, false, true},
		"and a person":   {[]string{trust(`{"Service": "ec2.amazonaws.com"}`, "sts:AssumeRole", ""), trust(`{"AWS": "`+home+`"}`, "sts:AssumeRole", "")}, true, true},
	} {
		t.Run(name, func(t *testing.T) {
			w := live(t, account{Roles: []role{trusted(c.statements...)}})
			named, others := w.graph.Services(w.identity(model.Role, "app"), "ec2")
			if named != c.named || others != c.others {
				t.Errorf("named %v, others %v", named, others)
			}
		})
	}
}

func TestServiceName(t *testing.T) {
	for principal, want := range map[string]string{
		"ec2.amazonaws.com": "ec2", "EC2.amazonaws.com": "ec2", "ec2.amazonaws.com.cn": "ec2", "logs.eu-west-1.amazonaws.com": "logs",
		"logs.us-gov-west-1.amazonaws.com": "logs", "streams.metrics.cloudwatch.amazonaws.com": "streams.metrics.cloudwatch",
		"pods.eks.amazonaws.com": "pods.eks",
	} {
		if got := access.ServiceName(principal); got != want {
			t.Errorf("%s: %s", principal, got)
		}
	}
}

func TestSharingRole(t *testing.T) {
	for name, want := range map[string]bool{
		"CloudWatch-CrossAccountSharingRole": true, "CloudWatch-CrossAccountSharing-ListAccountsRole": false, "app": false,
	} {
		r := app()
		r.RoleName, r.ARN = name, "arn:aws:iam::"+home+":role/"+name
		w := live(t, account{Roles: []role{r}})
		if got := w.graph.SharingRole(w.identity(model.Role, name)); got != want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
