package cloudformation_test

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/source"
)

func read(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// planted are tokens of the samples: where they are and what stands there.
func TestPlantedTokensAreAtTheirRange(t *testing.T) {
	u := sample(t, "telemetry.yaml")
	role := func(address string) *iam.Statement { return identity(t, u, address).Trust.Statements[0] }
	policy := func(address string) *iam.Statement { return identity(t, u, address).Inline[0].Document.Statements[0] }
	loose := u.Attachments[0].Inline.Document.Statements[0]
	for _, p := range []struct {
		id    string
		rng   source.Range
		line  int
		token string
	}{
		{"E01", policy("Legacy").Actions[0].Range, 69, `"cloudwatch:*"`},
		{"E02", u.Policies[0].Document.Statements[1].Actions[0].Range, 273, `"logs:*"`},
		{"E03", policy("Sre").Actions[0].Range, 98, "cloudwatch:DisableAlarmActions"},
		{"E04", role("Vendor").Principals[0].Value.Range, 159, `!Sub "arn:${AWS::Partition}:iam::${VendorAccountId}:root"`},
		{"E04", role("Vendor").Principals[0].Value.Origin, 10, `"999988887777"`},
		{"E06", role("LogShipper").Principals[0].Value.Range, 211, `"*"`},
		{"E07", role("Ci").Conditions[0].Values[0].Range, 246, `!Sub "repo:${Org}/*"`},
		{"E08", identity(t, u, "Ec2Worker").Entity.Range, 119, "Ec2Worker"},
		{"E09", u.ResourcePolicies[0].Document.Statements[0].Principals[0].Value.Range, 457, `"*"`},
		{"E09", u.ResourcePolicies[0].Document.Statements[0].Actions[2].Range, 458, `"logs:PutSubscriptionFilter"`},
		{"E09", u.ResourcePolicies[0].Document.Statements[0].Resources[0].Range, 459, `"arn:aws:logs:*:*:log-group:/${Org}/*"`},
		{"E10", loose.Actions[0].Range, 259, `"iam:*"`},
		{"E11", identity(t, u, "Sre").Managed[0].Range, 89, `!Sub "arn:${AWS::Partition}:iam::aws:policy/CloudWatchFullAccess"`},
		{"E14", policy("SvcReports").Actions[0].Range, 395, `"logs:*"`},
		{"E19", u.Instances[0].Tokens.Range, 145, "optional"},
		{"E20", identity(t, u, "BreakGlassRole").Managed[0].Range, 300, "arn:aws:iam::aws:policy/AdministratorAccess"},
		{"alias", role("Ec2Worker").Actions[0].Range, 123, "*ec2trust"},
		{"anchor", role("Ec2Worker").Actions[0].Origin, 114, "sts:AssumeRole"},
		{"service", role("SvcBilling").Principals[0].Value.Range, 364, "!FindInMap [Services, billing, Principal]"},
		{"mapping", role("SvcBilling").Principals[0].Value.Origin, 33, "lambda.amazonaws.com"},
	} {
		if got := p.rng.Text(); got != p.token || p.rng.From().Line != p.line {
			t.Errorf("%s: line %d, %q; want line %d, %q", p.id, p.rng.From().Line, got, p.line, p.token)
		}
	}
}

// A statement inside a block scalar is its own lines, not the whole scalar.
func TestAStatementInABlockScalarIsItsOwnLines(t *testing.T) {
	st := sample(t, "telemetry.yaml").ResourcePolicies[0].Document.Statements[0]
	if from, to := st.Range.From().Line, st.Range.To().Line; from != 454 || to != 460 {
		t.Errorf("lines %d to %d, want 454 to 460: %q", from, to, st.Range.Text())
	}
}

// resourcePolicy reads one document that is written as a scalar.
func resourcePolicy(t *testing.T, scalar string) *iam.Document {
	t.Helper()
	u := unit(t, "p.yaml", "Parameters:\n  Org: {Type: String, Default: acme}\nResources:\n  P:\n    Type: AWS::Logs::ResourcePolicy\n    Properties:\n      PolicyName: p\n      PolicyDocument: "+scalar+"\n")
	d := u.ResourcePolicies[0].Document
	if d.Invalid || len(d.Statements) != 1 {
		t.Fatalf("document %+v", d)
	}
	return d
}

const statement = `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "logs:PutLogEvents", "Resource": "*"}]}`

func TestTokensInsideScalarsOfEveryStyle(t *testing.T) {
	folded := strings.ReplaceAll(statement, ", ", ",\n        ")
	escaped := strings.ReplaceAll(statement, `"`, `\"`)
	for name, s := range map[string]struct{ scalar, token string }{
		"literal":       {"|\n        " + statement, `"logs:PutLogEvents"`},
		"literal strip": {"|-\n        " + statement, `"logs:PutLogEvents"`},
		"literal keep":  {"|+\n        " + statement + "\n\n", `"logs:PutLogEvents"`},
		"literal lines": {"|\n        " + folded, `"logs:PutLogEvents"`},
		"literal digit": {"|2\n          " + folded, `"logs:PutLogEvents"`},
		"folded":        {">\n        " + folded, `"logs:PutLogEvents"`},
		"folded deeper": {">-\n\n        " + strings.Replace(folded, "\n        ", "\n\n            ", 1), `"logs:PutLogEvents"`},
		"comment":       {"| # a comment\n        " + statement, `"logs:PutLogEvents"`},
		"single":        {"'" + statement + "'", `"logs:PutLogEvents"`},
		"single lines":  {"'" + folded + "'", `"logs:PutLogEvents"`},
		"double":        {`"` + escaped + `"`, `\"logs:PutLogEvents\"`},
		"double lines":  {`"` + strings.ReplaceAll(escaped, ", ", ",\n        ") + `"`, `\"logs:PutLogEvents\"`},
		"double joined": {`"` + strings.ReplaceAll(escaped, ", ", ",\\\n        ") + `"`, `\"logs:PutLogEvents\"`},
		"Sub literal":   {"!Sub |\n        " + statement, `"logs:PutLogEvents"`},
		"Sub single":    {"!Sub '" + statement + "'", `"logs:PutLogEvents"`},
		"Sub name":      {"\n        Fn::Sub: |\n          " + strings.Replace(statement, `"*"}]`, `"arn:aws:logs:*:*:log-group:${Org}"}]`, 1), `"logs:PutLogEvents"`},
		"anchored":      {"&doc |\n        " + statement, `"logs:PutLogEvents"`},
		"Join":          {"!Join\n        - ''\n        - - '" + strings.Replace(statement, `"Action"`, `'`+"\n          - '\"Action\"", 1) + "'", `"logs:PutLogEvents"`},
	} {
		t.Run(name, func(t *testing.T) {
			got := resourcePolicy(t, s.scalar).Statements[0].Actions[0]
			if got.Value != "logs:PutLogEvents" || got.Range.Text() != s.token {
				t.Errorf("%q at %q", got.Value, got.Range.Text())
			}
		})
	}
}

func TestAnInterpolationInADocumentIsPlacedAtItself(t *testing.T) {
	d := resourcePolicy(t, "!Sub |\n        "+strings.Replace(statement, `"*", "Action"`, `{"AWS": "arn:aws:iam::${AWS::AccountId}:role/${Org}"}, "Action"`, 1))
	p := d.Statements[0].Principals[0].Value
	if p.Show() != "arn:aws:iam::<self>:role/acme" || p.Range.Text() != `"arn:aws:iam::${AWS::AccountId}:role/${Org}"` {
		t.Errorf("%q at %q", p.Show(), p.Range.Text())
	}
}

func TestEndsOfScalarsAndCollections(t *testing.T) {
	text := "Resources:\n  U:\n    Type: AWS::IAM::User\n    Properties:\n      UserName: é-😀 # comment\n" +
		"      Tags: [ {Key: a, Value: \"b\" } ,\n        {Key: 'it''s', Value: two\n          words } ] # end\n" +
		"      ManagedPolicyArns:\n      - !Sub arn:aws:iam::aws:policy/A\n      - !Ref\n        AWS::NoValue\n"
	u := unit(t, "e.yaml", text)
	id := u.Identities[0]
	for _, c := range []struct{ got, want string }{
		{id.Name.Range.Text(), "é-😀"}, {id.Tags[0].Value.Range.Text(), `"b"`}, {id.Tags[1].Key.Range.Text(), "'it''s'"},
		{id.Tags[1].Value.Range.Text(), "two\n          words"}, {id.Tags[1].Value.Value, "two words"},
		{id.Managed[0].Range.Text(), "!Sub arn:aws:iam::aws:policy/A"}, {id.Block.Text(), strings.TrimSuffix(text[strings.Index(text, "U:"):], "\n")},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
	if p := id.Tags[0].Value.Range.From(); p.Line != 6 {
		t.Errorf("line %d", p.Line)
	}
}

func TestAByteOrderMarkAndOtherLineBreaks(t *testing.T) {
	for _, breaks := range []string{"\n", "\r\n"} {
		text := "\uFEFF" + strings.ReplaceAll("Resources:\n  U:\n    Type: AWS::IAM::User\n    Properties:\n      UserName: ops\n", "\n", breaks)
		id := unit(t, "b.yaml", text).Identities[0]
		if id.Name.Range.Text() != "ops" || id.Range.Text() != "U" {
			t.Errorf("%q: %q, %q", breaks, id.Name.Range.Text(), id.Range.Text())
		}
	}
}

func TestMergeKeysAndRepeatedKeys(t *testing.T) {
	text := "Base: &base\n  Path: /base/\n  UserName: base\nResources:\n  U:\n    Type: AWS::IAM::User\n    Properties:\n      <<: *base\n      UserName: first\n      UserName: last\n"
	got := parse(t, "m.yaml", text, nil)
	id := got.Units[0].Identities[0]
	if id.Name.Value != "last" || id.Path.Value != "/base/" || id.Path.Range.Text() != "*base" || id.Path.Origin.Text() != "/base/" {
		t.Errorf("%+v %+v", id.Name, id.Path)
	}
	if len(got.Diagnostics) != 1 || !got.Diagnostics[0].Warning || got.Diagnostics[0].Range.From().Line != 10 {
		t.Errorf("diagnostics %v", got.Diagnostics)
	}
}

func TestPositionsOfJSON(t *testing.T) {
	u := sample(t, "telemetry.json")
	st := u.ResourcePolicies[0].Document.Statements[0]
	if got := st.Actions[0].Range.Text(); got != `\"logs:PutLogEvents\"` {
		t.Errorf("the action is placed at %q", got)
	}
	legacy := identity(t, u, "Legacy")
	if got := legacy.Inline[0].Document.Statements[0].Actions[0].Range.Text(); got != `"cloudwatch:*"` {
		t.Errorf("the action is placed at %q", got)
	}
	if diff := cmp.Diff(`"Legacy"`, legacy.Range.Text()); diff != "" {
		t.Error(diff)
	}
}
