package access_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/iamwatch/iamwatch/scanner"
	"github.com/iamwatch/iamwatch/scanner/access"
	"github.com/iamwatch/iamwatch/scanner/model"
)

func TestUndecidedMembership(t *testing.T) {
	w := scan(t, scanner.Options{}, map[string]string{"main.tf": `
variable "on" {
  type = bool
}
resource "aws_iam_user" "alice" {
  name = "alice"
}
resource "aws_iam_group" "sre" {
  name = "sre"
}
resource "aws_iam_group_policy" "sre" {
  name  = "sre"
  group = aws_iam_group.sre.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [
    { Effect = "Allow", Action = "logs:*", Resource = "*" },
    { Effect = "Deny", Action = "logs:DeleteLogGroup", Resource = "*" },
  ] })
}
resource "aws_iam_user_group_membership" "alice" {
  count  = var.on ? 1 : 0
  user   = aws_iam_user.alice.name
  groups = [aws_iam_group.sre.name]
}
`})
	g := w.grant()
	alice := w.holder(g, "alice")
	if got := clauses(alice.Doubts); len(got) != 2 || !strings.Contains(got[0], `membership in group "sre"`) || !strings.Contains(got[1], "a Deny") {
		t.Errorf("doubts: %q", got)
	}
	if got := w.holder(g, "sre"); len(got.Doubts) != 0 || !got.Actions.Intersect(set(t, "logs:DeleteLogGroup")).Empty() {
		t.Errorf("the group itself: %q", clauses(got.Doubts))
	}
}

func TestUndecidedIdentityAndStatement(t *testing.T) {
	w := scan(t, scanner.Options{}, map[string]string{"main.tf": `
variable "on" {
  type = bool
}
resource "aws_iam_role" "app" {
  count              = var.on ? 1 : 0
  name               = "app"
  assume_role_policy = jsonencode(` + ec2Trust + `)
  inline_policy {
    name   = "logs"
    policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "logs:*", Resource = "*" }] })
  }
}
`})
	got := clauses(w.holder(w.grant(), "app").Doubts)
	if len(got) != 1 || !strings.Contains(got[0], `role "app" is there only`) {
		t.Errorf("doubts: %q", got)
	}
}

func TestUnknownEffectIsDoubt(t *testing.T) {
	w := scan(t, scanner.Options{}, map[string]string{"main.tf": `
variable "effect" {
  type = string
}
resource "aws_iam_policy" "p" {
  name   = "p"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = var.effect, Action = "logs:GetLogEvents", Resource = "*" }] })
}
`})
	if got := clauses(w.grant().Doubts); len(got) != 1 || !strings.Contains(got[0], "Effect could not be read") {
		t.Errorf("doubts: %q", got)
	}
}

func TestManagedPolicyWithoutDocument(t *testing.T) {
	const arn = "arn:aws:iam::aws:policy/CloudWatchLogsReadOnlyAccess"
	exported := customer("CloudWatchLogsReadOnlyAccess", nil)
	exported.ARN, exported.Versions = arn, []version{}
	w := live(t, account{Roles: []role{app().attach(arn)}, Policies: []managedPolicy{exported}})
	if got := w.holding().Actions; got.Intersect(set(t, "logs:GetLogEvents")).Empty() {
		t.Errorf("the embedded document stands in: %v", got.Names())
	}
}

func TestAWSManagedName(t *testing.T) {
	for arn, want := range map[string]string{
		"arn:aws:iam::aws:policy/ReadOnlyAccess":                    "ReadOnlyAccess",
		"arn:aws-cn:iam::aws:policy/job-function/ViewOnlyAccess":    "ViewOnlyAccess",
		"arn:aws-us-gov:iam::aws:policy/service-role/AWSIoTLogging": "AWSIoTLogging",
		"arn:aws:iam::" + home + ":policy/ReadOnlyAccess":           "",
		"ReadOnlyAccess": "",
		"arn:aws:iam::aws:policyholder/ReadOnlyAccess":                  "",
		"arn:aws:iam::aws:policy/aws-service-role/CloudTrailServiceTwo": "CloudTrailServiceTwo",
	} {
		got, ok := access.AWSManagedName(arn)
		if got != want || ok != (want != "") {
			t.Errorf("%s: %q", arn, got)
		}
	}
}

func TestUnseen(t *testing.T) {
	read := customer("read", document(allow("logs:*", "*")))
	for name, c := range map[string]struct {
		arns []string
		want bool
	}{
		"nothing":             {nil, false},
		"a policy read":       {[]string{customerARN("read")}, false},
		"AWS managed":         {[]string{"arn:aws:iam::aws:policy/ReadOnlyAccess"}, false},
		"elsewhere":           {[]string{customerARN("read"), customerARN("elsewhere")}, true},
		"AWS managed unknown": {[]string{"arn:aws:iam::aws:policy/NoSuchPolicyAtAll"}, true},
	} {
		t.Run(name, func(t *testing.T) {
			w := live(t, account{Roles: []role{app().attach(c.arns...)}, Policies: []managedPolicy{read}})
			if got := w.graph.Unseen(w.identity(model.Role, "app")); got != c.want {
				t.Errorf("unseen: %v", got)
			}
		})
	}
}

func TestSharingPolicies(t *testing.T) {
	for arn, want := range map[string]bool{
		"arn:aws:iam::aws:policy/CloudWatchReadOnlyAccess":             true,
		"arn:aws:iam::aws:policy/CloudWatchAutomaticDashboardsAccess":  true,
		"arn:aws-cn:iam::aws:policy/AWSXrayReadOnlyAccess":             true,
		"arn:aws:iam::aws:policy/AmazonS3TablesReadOnlyAccess":         true,
		"arn:aws:iam::aws:policy/CloudWatchFullAccess":                 false,
		"arn:aws:iam::" + home + ":policy/CloudWatchReadOnlyAccess":    false,
		"arn:aws:iam::aws:policy/NoSuchPolicyAtAll":                    false,
		"arn:aws:iam::aws:policy/AmazonEC2FullAccess":                  false,
		"arn:aws:iam::aws:policy/job-function/DatabaseAdministrator":   false,
		"arn:aws-us-gov:iam::aws:policy/job-function/ViewOnlyAccess":   true,
		"arn:aws:iam::aws:policy/CloudWatchLogsReadOnlyAccess-unknown": false,
	} {
		w := live(t, account{Roles: []role{app().attach(arn)}})
		if got := w.graph.SharingPolicy(w.identity(model.Role, "app").Managed[0]); got != want {
			t.Errorf("%s: %v", arn, got)
		}
	}
	w := live(t, account{Roles: []role{app(document(allow("cloudwatch:GetMetricData logs:DeleteLogGroup", "*")))}})
	same(t, "beyond sharing", set(t, "logs:DeleteLogGroup"), w.graph.BeyondSharing(w.grant()))
}

func TestDeniedBeside(t *testing.T) {
	const let = `{"Effect": "Allow", "Principal": {"AWS": "999999999999"}, "Action": "sts:AssumeRole"}`
	for name, c := range map[string]struct {
		deny   string
		doubts int
		dead   bool
	}{
		"everyone":             {`{"Effect": "Deny", "Principal": "*", "Action": "sts:*"}`, 0, true},
		"by condition":         {`{"Effect": "Deny", "Principal": "*", "Action": "sts:*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}`, 1, false},
		"somebody":             {`{"Effect": "Deny", "Principal": {"AWS": "888888888888"}, "Action": "sts:*"}`, 0, false},
		"another action":       {`{"Effect": "Deny", "Principal": "*", "Action": "sts:TagSession"}`, 0, false},
		"all but one":          {`{"Effect": "Deny", "NotPrincipal": {"AWS": "888888888888"}, "Action": "sts:*"}`, 1, false},
		"all actions but some": {`{"Effect": "Deny", "Principal": "*", "NotAction": "sts:TagSession"}`, 1, false},
	} {
		t.Run(name, func(t *testing.T) {
			w := live(t, account{Roles: []role{trusted(let, c.deny)}})
			doc := w.identity(model.Role, "app").Trust
			doubts, dead := w.graph.Denied(doc, doc.Statements[0])
			if dead != c.dead || len(doubts) != c.doubts {
				t.Errorf("dead %v, doubts %q", dead, clauses(doubts))
			}
		})
	}
}

func TestWidestSubject(t *testing.T) {
	const hub = "token.actions.githubusercontent.com"
	values, err := json.Marshal([]string{"repo:acme/app:ref:refs/heads/main", "repo:acme/*", "repo:acme/app:*"})
	if err != nil {
		t.Fatal(err)
	}
	st := trust(`{"Federated": "arn:aws:iam::`+home+`:oidc-provider/`+hub+`"}`, "sts:AssumeRoleWithWebIdentity", `{"StringLike": {"`+hub+`:sub": `+string(values)+`}}`)
	w := live(t, account{Roles: []role{trusted(st)}})
	e := w.graph.AllEntries()[0]
	_, by := e.Subject()
	if d := cmp.Diff("repo:acme/*", e.Widest(by).Value); d != "" {
		t.Error(d)
	}
	if !e.KnownIssuer() {
		t.Error("the issuer is known")
	}
}
