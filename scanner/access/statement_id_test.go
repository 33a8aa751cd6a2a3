package access_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/iamwatch/iamwatch/scanner"
	"github.com/iamwatch/iamwatch/scanner/access"
	"github.com/iamwatch/iamwatch/scanner/model"
)

// canonical is the canonical form of the only statement of a role.
func canonical(t *testing.T, statement string) string {
	t.Helper()
	w := live(t, account{Roles: []role{app(document(statement))}})
	id := w.identity(model.Role, "app")
	return access.Canonical(id.Unit, id.Inline[0].Document.Statements[0])
}

func TestCanonicalIsFree(t *testing.T) {
	const base = `{"Effect": "Allow", "Action": ["logs:GetLogEvents", "logs:DeleteLogGroup"], "Resource": ["arn:aws:logs:eu-west-1:111122223333:log-group:/a:*", "arn:aws:logs:eu-west-1:111122223333:log-group:/b:*"], "Condition": {"StringEquals": {"aws:ResourceTag/team": ["x", "y"]}}}`
	want := canonical(t, base)
	for name, edit := range map[string]*strings.Replacer{
		"order of actions":    strings.NewReplacer(`"logs:GetLogEvents", "logs:DeleteLogGroup"`, `"logs:DeleteLogGroup", "logs:GetLogEvents"`),
		"a repeated action":   strings.NewReplacer(`"logs:GetLogEvents",`, `"logs:GetLogEvents", "logs:GetLogEvents",`),
		"case of actions":     strings.NewReplacer(`logs:GetLogEvents`, `Logs:getlogevents`),
		"order of resources":  strings.NewReplacer(`/a:`, `/b:`, `/b:`, `/a:`),
		"region":              strings.NewReplacer(`eu-west-1`, `us-gov-west-1`),
		"partition":           strings.NewReplacer(`arn:aws:`, `arn:aws-cn:`),
		"order of values":     strings.NewReplacer(`"x", "y"`, `"y", "x"`),
		"case of an operator": strings.NewReplacer(`StringEquals`, `stringequals`),
		"case of a key":       strings.NewReplacer(`aws:ResourceTag`, `AWS:resourcetag`),
		"a Sid":               strings.NewReplacer(`"Effect"`, `"Sid": "One", "Effect"`),
	} {
		if d := cmp.Diff(want, canonical(t, edit.Replace(base))); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
	for name, edit := range map[string]*strings.Replacer{
		"effect":          strings.NewReplacer(`Allow`, `Deny`),
		"action":          strings.NewReplacer(`DeleteLogGroup`, `DeleteLogStream`),
		"NotAction":       strings.NewReplacer(`"Action"`, `"NotAction"`),
		"resource":        strings.NewReplacer(`/a:`, `/c:`),
		"case of a name":  strings.NewReplacer(`/a:`, `/A:`),
		"NotResource":     strings.NewReplacer(`"Resource"`, `"NotResource"`),
		"another account": strings.NewReplacer(home, `999999999999`),
		"every region":    strings.NewReplacer(`eu-west-1`, `*`),
		"value":           strings.NewReplacer(`"x"`, `"z"`),
		"key":             strings.NewReplacer(`ResourceTag/team`, `ResourceTag/unit`),
		"operator":        strings.NewReplacer(`StringEquals`, `StringLike`),
	} {
		if canonical(t, edit.Replace(base)) == want {
			t.Errorf("%s makes no difference", name)
		}
	}
}

func TestCanonicalOfPrincipals(t *testing.T) {
	form := func(principal string) string {
		w := live(t, account{Roles: []role{trusted(trust(principal, "sts:AssumeRole", ""))}})
		return access.Canonical(w.identity(model.Role, "app").Unit, statementOf(w, "app"))
	}
	for name, pair := range map[string][2]string{
		"star":      {`"*"`, `{"AWS": "*"}`},
		"bare id":   {`{"AWS": "999999999999"}`, `{"AWS": "arn:aws:iam::999999999999:root"}`},
		"partition": {`{"AWS": "arn:aws-us-gov:iam::999999999999:role/x"}`, `{"AWS": "arn:aws:iam::999999999999:role/x"}`},
	} {
		if d := cmp.Diff(form(pair[0]), form(pair[1])); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
	if form(`{"AWS": "999999999999"}`) == form(`{"AWS": "888888888888"}`) {
		t.Error("two accounts are one")
	}
	if form(`{"Service": "ec2.amazonaws.com"}`) == form(`{"Federated": "ec2.amazonaws.com"}`) {
		t.Error("two kinds are one")
	}
}

func TestCanonicalOfHoles(t *testing.T) {
	code := scan(t, scanner.Options{}, map[string]string{"main.tf": `
data "aws_caller_identity" "me" {}
data "aws_region" "here" {}
data "aws_partition" "here" {}
resource "aws_iam_policy" "p" {
  name   = "p"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{
    Effect = "Allow", Action = "logs:GetLogEvents"
    Resource = "arn:${data.aws_partition.here.partition}:logs:${data.aws_region.here.name}:${data.aws_caller_identity.me.account_id}:log-group:/a:*"
  }] })
}
`})
	g := code.grant()
	want := canonical(t, allow("logs:GetLogEvents", "arn:aws:logs:eu-west-1:"+home+":log-group:/a:*"))
	if d := cmp.Diff(want, access.Canonical(code.model.Units[0], g.Statement)); d != "" {
		t.Error(d)
	}
}

func TestStatementID(t *testing.T) {
	ids := func(statements ...string) []string {
		w := live(t, account{Roles: []role{app(document(statements...))}})
		id := w.identity(model.Role, "app")
		var out []string
		for _, st := range id.Inline[0].Document.Statements {
			out = append(out, w.graph.StatementID(id.Unit, id.Inline[0].Document, st))
		}
		return out
	}
	sid := func(name, statement string) string { return `{"Sid": "` + name + `", ` + statement[1:] }
	one, two := allow("logs:GetLogEvents", "*"), allow("logs:DeleteLogGroup", "*")
	if d := cmp.Diff([]string{"sid:One", "sid:Two"}, ids(sid("One", one), sid("Two", two))); d != "" {
		t.Error(d)
	}
	for name, got := range map[string][]string{
		"repeated": ids(sid("One", one), sid("One", two)), "empty": ids(sid("", one), two), "none": ids(one, two),
	} {
		if len(got) != 2 || got[0] == got[1] || !strings.HasPrefix(got[0], "hash:") || !strings.HasPrefix(got[1], "hash:") {
			t.Errorf("%s: %q", name, got)
		}
	}
	if d := cmp.Diff(ids(one, two)[0], ids(two, one)[1]); d != "" {
		t.Errorf("order of statements: %s", d)
	}
	if got := ids(one, one); got[0] != got[1] {
		t.Errorf("equal statements: %q", got)
	}
}
