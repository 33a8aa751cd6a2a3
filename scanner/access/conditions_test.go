package access_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/iamwatch/iamwatch/scanner"
	"github.com/iamwatch/iamwatch/scanner/access"
	"github.com/iamwatch/iamwatch/scanner/model"
)

func TestLets(t *testing.T) {
	for name, c := range map[string]struct {
		condition string
		want      []string
	}{
		"equal":                     {`{"StringEquals": {"sts:ExternalId": "x1"}}`, []string{"sts:externalid"}},
		"other case":                {`{"stringequals": {"STS:EXTERNALID": "x1"}}`, []string{"sts:externalid"}},
		"like":                      {`{"StringLike": {"sts:ExternalId": "acme-*"}}`, []string{"sts:externalid"}},
		"star":                      {`{"StringLike": {"sts:ExternalId": "*"}}`, nil},
		"wildcards alone":           {`{"StringLike": {"sts:ExternalId": "?*"}}`, nil},
		"empty":                     {`{"StringEquals": {"sts:ExternalId": ""}}`, nil},
		"one of two is a star":      {`{"StringLike": {"sts:ExternalId": ["x1", "*"]}}`, nil},
		"if it exists":              {`{"StringEqualsIfExists": {"sts:ExternalId": "x1"}}`, nil},
		"all of the values":         {`{"ForAllValues:StringEquals": {"aws:PrincipalOrgPaths": "o-a/*"}}`, nil},
		"any of the values":         {`{"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-a/*"}}`, []string{"aws:principalorgpaths"}},
		"null":                      {`{"Null": {"sts:ExternalId": "false"}}`, nil},
		"negated":                   {`{"StringNotEquals": {"aws:PrincipalAccount": "999999999999"}}`, nil},
		"network":                   {`{"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}`, []string{"aws:sourceip"}},
		"any network":               {`{"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}}`, nil},
		"any network of version 6":  {`{"IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "::/0"]}}`, nil},
		"principal":                 {`{"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::999999999999:role/ops"}}`, []string{"aws:principalarn"}},
		"any organization":          {`{"StringLike": {"aws:PrincipalOrgID": "o-*"}}`, nil},
		"any organization's path":   {`{"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-*/r-ab12/*"}}`, nil},
		"an organization by prefix": {`{"StringLike": {"aws:PrincipalOrgID": "o-a1b2c3*"}}`, []string{"aws:principalorgid"}},
		"source in any account":     {`{"ArnLike": {"aws:SourceArn": "arn:aws:cloudwatch:*:*:alarm:*"}}`, nil},
		"source of a service":       {`{"ArnLike": {"aws:SourceArn": "arn:aws:cloudwatch:*"}}`, nil},
		"source":                    {`{"ArnLike": {"aws:SourceArn": "arn:aws:cloudwatch:*:111122223333:alarm:*"}}`, []string{"aws:sourcearn"}},
		"source bucket":             {`{"ArnLike": {"aws:SourceArn": "arn:aws:s3:::acme-logs"}}`, []string{"aws:sourcearn"}},
		"any source bucket":         {`{"ArnLike": {"aws:SourceArn": "arn:aws:s3:*:*:*"}}`, nil},
		"any source account":        {`{"StringLike": {"aws:SourceAccount": "????????????"}}`, nil},
		"source account":            {`{"StringLike": {"aws:SourceAccount": "111122223333"}}`, []string{"aws:sourceaccount"}},
		"principal anywhere":        {`{"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/ops"}}`, nil},
		"MFA":                       {`{"Bool": {"aws:MultiFactorAuthPresent": "true"}}`, []string{"aws:multifactorauthpresent"}},
		"MFA in capitals":           {`{"Bool": {"aws:MultiFactorAuthPresent": "True"}}`, []string{"aws:multifactorauthpresent"}},
		"MFA bare":                  {`{"Bool": {"aws:MultiFactorAuthPresent": true}}`, []string{"aws:multifactorauthpresent"}},
		"no MFA":                    {`{"Bool": {"aws:MultiFactorAuthPresent": "false"}}`, nil},
		"transport":                 {`{"Bool": {"aws:SecureTransport": "true"}}`, nil},
		"vain beside firm":          {`{"Null": {"sts:ExternalId": "false"}, "StringEquals": {"aws:PrincipalOrgID": "o-a"}}`, []string{"aws:principalorgid"}},
	} {
		t.Run(name, func(t *testing.T) {
			w := live(t, account{Roles: []role{trusted(trust(`{"AWS": "999999999999"}`, "sts:AssumeRole", c.condition))}})
			got := slices.Sorted(maps.Keys(w.graph.Lets(statementOf(w, "app"))))
			if d := cmp.Diff(c.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestGuards(t *testing.T) {
	for name, c := range map[string]struct {
		condition string
		want      int
	}{
		"external id":            {`{"StringEquals": {"sts:ExternalId": "x1"}}`, 1},
		"own account":            {`{"StringEquals": {"sts:ExternalId": "` + home + `"}}`, 0},
		"own account among two":  {`{"StringEquals": {"sts:ExternalId": ["x1", "` + home + `"]}}`, 0},
		"own account and a test": {`{"StringEquals": {"sts:ExternalId": "` + home + `"}, "StringLike": {"sts:ExternalId": "x-*"}}`, 1},
		"another account":        {`{"StringEquals": {"sts:ExternalId": "999999999999"}}`, 1},
		"none":                   {`{}`, 0},
		"the whole account":      {`{"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::999999999999:*"}}`, 0},
		"all roles of it":        {`{"ArnLike": {"aws:PrincipalArn": ["arn:aws:iam::999999999999:role/ops", "arn:aws:iam::999999999999:role/*"]}}`, 0},
	} {
		t.Run(name, func(t *testing.T) {
			w := live(t, account{Roles: []role{trusted(trust(`{"AWS": "999999999999"}`, "sts:AssumeRole", c.condition))}})
			guards := w.graph.Guards(w.graph.Entries(w.identity(model.Role, "app"))[0])
			if got := len(guards["sts:externalid"]); got != c.want || c.want == 0 && len(guards) != 0 {
				t.Errorf("guards: %v", guards)
			}
		})
	}
}

func TestGuardOfSomeRoles(t *testing.T) {
	w := live(t, account{Roles: []role{trusted(trust(`{"AWS": "999999999999"}`, "sts:AssumeRole", `{"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::999999999999:role/ops-*"}}`))}})
	if got := w.graph.Guards(w.graph.Entries(w.identity(model.Role, "app"))[0]); len(got["aws:principalarn"]) != 1 {
		t.Errorf("guards: %v", got)
	}
}

func TestGuardsOfUnknownOwnAccount(t *testing.T) {
	w := scan(t, scanner.Options{}, map[string]string{"main.tf": `
data "aws_caller_identity" "me" {}
resource "aws_iam_role" "app" {
  name = "app"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{
    Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "999999999999" }
    Condition = { StringEquals = { "sts:ExternalId" = data.aws_caller_identity.me.account_id } }
  }] })
}
`})
	if got := w.graph.Guards(w.graph.Entries(w.identity(model.Role, "app"))[0]); len(got) != 0 {
		t.Errorf("guards: %v", got)
	}
}

// subjects are trusts of an OIDC issuer and how closely they bind.
type subjects map[string]struct {
	condition string
	want      access.Subject
}

func (s subjects) check(t *testing.T, issuer string) {
	t.Helper()
	for name, c := range s {
		t.Run(name, func(t *testing.T) {
			st := trust(`{"Federated": "arn:aws:iam::`+home+`:oidc-provider/`+issuer+`"}`, "sts:AssumeRoleWithWebIdentity", c.condition)
			w := live(t, account{Roles: []role{trusted(st)}})
			e := w.graph.Entries(w.identity(model.Role, "app"))[0]
			got, by := e.Subject()
			if got != c.want {
				t.Errorf("subject: %v", got)
			}
			if (by == nil) != (got == access.AnySubject) {
				t.Errorf("decided by %v", by)
			}
		})
	}
}

func TestGitHubSubject(t *testing.T) {
	const hub = "token.actions.githubusercontent.com"
	sub := func(op, value string) string { return `{"` + op + `": {"` + hub + `:sub": "` + value + `"}}` }
	claim := func(name, value string) string {
		return `{"StringLike": {"` + hub + `:` + name + `": "` + value + `"}}`
	}
	subjects{
		"none":                         {`{}`, access.AnySubject},
		"audience alone":               {`{"StringEquals": {"` + hub + `:aud": "sts.amazonaws.com"}}`, access.AnySubject},
		"star":                         {sub("StringLike", "*"), access.AnySubject},
		"if it exists":                 {sub("StringLikeIfExists", "repo:acme/app:*"), access.AnySubject},
		"any repository":               {sub("StringLike", "repo:*"), access.AnyTenant},
		"any owner's":                  {sub("StringLike", "repo:*/*"), access.AnyTenant},
		"owner without slash":          {sub("StringLike", "repo:acme*"), access.AnyTenant},
		"any owner of a name":          {sub("StringLike", "repo:*/app:*"), access.AnyTenant},
		"a branch of any":              {sub("StringLike", "*:ref:refs/heads/main"), access.AnyTenant},
		"an environment of any":        {sub("StringEquals", "environment:prod"), access.AnyTenant},
		"owner":                        {sub("StringLike", "repo:acme/*"), access.InsideTenant},
		"a prefix of names":            {sub("StringLike", "repo:acme/app*"), access.InsideTenant},
		"repository":                   {sub("StringLike", "repo:acme/app:*"), access.OneProject},
		"immutable repository":         {sub("StringLike", "repo:acme@1/app@2:*"), access.OneProject},
		"immutable owner":              {sub("StringLike", "repo:acme@1/*"), access.InsideTenant},
		"immutable owner, no slash":    {sub("StringLike", "repo:acme@1*"), access.AnyTenant},
		"branches":                     {sub("StringLike", "repo:acme/app:ref:refs/heads/*"), access.Pinned},
		"a branch":                     {sub("StringEquals", "repo:acme/app:ref:refs/heads/main"), access.Pinned},
		"a branch by like":             {sub("StringLike", "repo:acme/app:ref:refs/heads/main"), access.Pinned},
		"a literal star":               {sub("StringEquals", "repo:acme/*"), access.Pinned},
		"by repository id":             {claim("repository_id", "123"), access.Pinned},
		"by workflow":                  {claim("job_workflow_ref", "acme/ci/.github/workflows/deploy.yml@*"), access.Pinned},
		"by owner id":                  {claim("repository_owner_id", "123"), access.InsideTenant},
		"by repository of an owner":    {claim("repository", "acme/*"), access.InsideTenant},
		"by repository of any":         {claim("repository", "*/app"), access.AnyTenant},
		"by environment alone":         {claim("environment", "prod"), access.AnySubject},
		"owner and an environment":     {`{"StringLike": {"` + hub + `:sub": "repo:acme/*", "` + hub + `:environment": "prod"}}`, access.Pinned},
		"any repository and an id":     {`{"StringLike": {"` + hub + `:sub": "repo:*", "` + hub + `:repository_id": "1"}}`, access.Pinned},
		"alternatives: the widest":     {`{"StringLike": {"` + hub + `:sub": ["repo:acme/app:*", "repo:*"]}}`, access.AnyTenant},
		"two conditions: the narrower": {`{"StringLike": {"` + hub + `:sub": "repo:*"}, "StringEquals": {"` + hub + `:sub": "repo:acme/app:pull_request"}}`, access.Pinned},
	}.check(t, hub)
}

func TestOtherSubjects(t *testing.T) {
	sub := func(issuer, value string) string { return `{"StringLike": {"` + issuer + `:sub": "` + value + `"}}` }
	subjects{
		"gitlab group":   {sub("gitlab.com", "project_path:acme/*"), access.InsideTenant},
		"gitlab any":     {sub("gitlab.com", "project_path:*"), access.AnyTenant},
		"gitlab project": {sub("gitlab.com", "project_path:acme/app:*"), access.OneProject},
		"gitlab branch":  {sub("gitlab.com", "project_path:acme/app:ref_type:branch:ref:main"), access.Pinned},
		"gitlab path":    {`{"StringEquals": {"gitlab.com:project_path": "acme/app"}}`, access.Pinned},
	}.check(t, "gitlab.com")
	subjects{
		"terraform any":          {sub("app.terraform.io", "organization:*"), access.AnyTenant},
		"terraform half":         {sub("app.terraform.io", "organization:acme*"), access.AnyTenant},
		"terraform organization": {sub("app.terraform.io", "organization:acme:*"), access.InsideTenant},
		"terraform project":      {sub("app.terraform.io", "organization:acme:project:*:workspace:w:run_phase:*"), access.InsideTenant},
		"terraform workspace":    {sub("app.terraform.io", "organization:acme:project:p:workspace:w:run_phase:*"), access.Pinned},
	}.check(t, "app.terraform.io")
	const eks = "oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF"
	subjects{
		"eks none":            {`{"StringEquals": {"` + eks + `:aud": "sts.amazonaws.com"}}`, access.AnySubject},
		"eks any account":     {sub(eks, "system:serviceaccount:*:*"), access.InsideTenant},
		"eks any namespace":   {sub(eks, "system:serviceaccount:*:agent"), access.InsideTenant},
		"eks namespace":       {sub(eks, "system:serviceaccount:amazon-cloudwatch:*"), access.OneProject},
		"eks account":         {sub(eks, "system:serviceaccount:amazon-cloudwatch:cloudwatch-agent"), access.Pinned},
		"eks other beginning": {sub(eks, "system:*"), access.InsideTenant},
	}.check(t, eks)
}

func TestSubjectWithHoles(t *testing.T) {
	for name, c := range map[string]struct {
		value string
		want  access.Subject
	}{
		"all of it":         {`var.subject`, access.UnknownSubject},
		"owner":             {`"repo:${var.subject}/*"`, access.InsideTenant},
		"repository":        {`"repo:acme/${var.subject}:*"`, access.OneProject},
		"beginning":         {`"${var.subject}*"`, access.UnknownSubject},
		"no more than kind": {`"repo:${var.subject}*"`, access.UnknownSubject},
	} {
		t.Run(name, func(t *testing.T) {
			w := scan(t, scanner.Options{}, map[string]string{"main.tf": `
variable "subject" {
  type = string
}
resource "aws_iam_role" "app" {
  name = "app"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{
    Effect = "Allow", Action = "sts:AssumeRoleWithWebIdentity"
    Principal = { Federated = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com" }
    Condition = { StringLike = { "token.actions.githubusercontent.com:sub" = ` + c.value + ` } }
  }] })
}
`})
			if got, _ := w.graph.Entries(w.identity(model.Role, "app"))[0].Subject(); got != c.want {
				t.Errorf("subject: %v", got)
			}
		})
	}
}

func TestIssuers(t *testing.T) {
	for issuer, want := range map[string][3]bool{ // shared, sign-in, EKS
		"token.actions.githubusercontent.com":         {true, false, false},
		"app.terraform.io":                            {true, false, false},
		"oidc.circleci.com/org/0a1b":                  {true, false, false},
		"id.example.com":                              {false, false, false},
		"oidc.eks.eu-west-1.amazonaws.com/id/0123ABC": {false, false, true},
	} {
		for _, audience := range []bool{false, true} {
			condition := `{"StringEquals": {"` + issuer + `:sub": "x"}}`
			if audience {
				condition = `{"StringEquals": {"` + issuer + `:aud": "sts.amazonaws.com"}}`
			}
			st := trust(`{"Federated": "arn:aws:iam::`+home+`:oidc-provider/`+issuer+`"}`, "sts:AssumeRoleWithWebIdentity", condition)
			w := live(t, account{Roles: []role{trusted(st)}})
			e := w.graph.Entries(w.identity(model.Role, "app"))[0]
			if got := [3]bool{e.SharedIssuer(), e.IsSignIn(), access.IsEKS(e.Issuer)}; got != want || e.HasAudience() != audience {
				t.Errorf("%s: %v, audience %v", issuer, got, e.HasAudience())
			}
		}
	}
	w := live(t, account{Roles: []role{trusted(trust(`{"Federated": "accounts.google.com"}`, "sts:AssumeRoleWithWebIdentity", ""))}})
	if e := w.graph.AllEntries()[0]; !e.IsSignIn() {
		t.Error("Google signs in")
	}
}

func TestTrustsOrganization(t *testing.T) {
	for name, c := range map[string]struct {
		condition string
		want      bool
	}{
		"own":          {`{"StringEquals": {"aws:PrincipalOrgID": "o-own"}}`, true},
		"another":      {`{"StringEquals": {"aws:PrincipalOrgID": "o-else"}}`, false},
		"one of two":   {`{"StringEquals": {"aws:PrincipalOrgID": ["o-own", "o-else"]}}`, false},
		"own paths":    {`{"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-own/r-ab12/ou-ab12-*"}}`, true},
		"other paths":  {`{"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-else/*"}}`, false},
		"if it exists": {`{"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-own"}}`, false},
		"none":         {`{}`, false},
	} {
		t.Run(name, func(t *testing.T) {
			a := account{Roles: []role{trusted(trust(`"*"`, "sts:AssumeRole", c.condition))}}
			w := scan(t, scanner.Options{TrustedOrganizations: []string{"o-own"}}, map[string]string{"live/d.json": a.json(t)})
			if got := w.graph.TrustsOrganization(w.graph.AllEntries()[0]); got != c.want {
				t.Errorf("trusts: %v", got)
			}
			if !w.graph.KnowsAccounts() {
				t.Error("an organization was said")
			}
		})
	}
}
