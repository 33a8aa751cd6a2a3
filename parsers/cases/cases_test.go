package cases_test

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/iamwatch/iamwatch/parsers/cases"
	"github.com/iamwatch/iamwatch/scanner/cloudwatch"
	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// read returns the cases of a text and its diagnostics as text.
func read(text string) ([]*cases.Case, []string) {
	list, diags := cases.Read(source.New("cases", []byte(text)))
	var out []string
	for _, d := range diags {
		out = append(out, d.Error())
	}
	return list, out
}

// whole is a case with all that a case may have.
const whole = `- id: everything
  policies:
    identity:
      - Version: 2012-10-17
        Statement:
          - Sid: First
            Effect: Allow
            Action: cloudwatch:*
            Resource: {$concat: ["arn:aws:cloudwatch:*:", {$unknown: var.account}, ":alarm:*"]}
          - {Effect: Deny, Action: "cloudwatch:PutDashboard", Resource: "*"}
    identity_raw: ['{"Version": "2012-10-17", "Statement": []}']
    groups: {$unknown: var.group_policy}
    boundary: {Version: 2012-10-17, Statement: {Effect: Allow, Action: "*", Resource: "*"}}
    scp: [[{Statement: {Effect: Allow, Action: "*", Resource: "*"}}], []]
  request:
    principal: arn:aws:iam::444455556666:role/ops
    action: cloudwatch:DeleteAlarms
    resource: arn:aws:cloudwatch:eu-west-1:111122223333:alarm:x
    resource_account: 111122223333
    context:
      aws:TagKeys: [a, b]
      aws:MultiFactorAuthPresent: true
      aws:SourceVpc: null
    context_mode: open
    principal_role_path: /app/
    principal_role_id: AROAEXAMPLE
    principal_account_is_management: true
  expected: denied
  deny_kind: implicit
  parse_error: true
  why: an empty list of statements
`

func TestReadsWhatACaseHas(t *testing.T) {
	list, diags := read(whole)
	if len(diags) > 0 || len(list) != 1 {
		t.Fatalf("%d cases, %v", len(list), diags)
	}
	c := list[0]
	want := iam.Request{
		Principal: "arn:aws:iam::444455556666:role/ops", Action: "cloudwatch:DeleteAlarms",
		Resource: "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:x", ResourceAccount: "111122223333",
		RolePath: "/app/", PrincipalID: "AROAEXAMPLE", ManagementAccount: true,
		Context: iam.Context{Open: true, Keys: []iam.ContextKey{
			{Name: "aws:TagKeys", Values: []string{"a", "b"}, Multi: true},
			{Name: "aws:MultiFactorAuthPresent", Values: []string{"true"}},
			{Name: "aws:SourceVpc"},
		}},
	}
	if d := cmp.Diff(want, c.Request); d != "" {
		t.Errorf("request (-want +got):\n%s", d)
	}
	p := c.Policies
	if len(p.Identity) != 2 || !p.Identity[1].Invalid || len(p.Groups) != 1 || !p.Groups[0].Unknown || p.Boundary == nil || len(p.SCP) != 2 {
		t.Errorf("policies %+v", p)
	}
	st := p.Identity[0].Statements[0]
	if got := st.Range.String(); got != "cases:6:13" || st.Sid.Value != "First" {
		t.Errorf("the statement %q stands at %s", st.Sid.Value, got)
	}
	if st.Resources[0].Known || st.Resources[0].Show() != "arn:aws:cloudwatch:*:${var.account}:alarm:*" {
		t.Errorf("resource %q", st.Resources[0].Show())
	}
	if c.Expected != iam.Denied || c.DenyKind != cases.ImplicitDeny || c.ParseError != cases.Refused || !c.Refuses() {
		t.Errorf("expected %v %v %v, refuses %v", c.Expected, c.DenyKind, c.ParseError, c.Refuses())
	}
}

func TestDefaults(t *testing.T) {
	list, diags := read(`[{"id": "a", "policies": {}, "request": {"action": "logs:PutLogEvents"}, "expected": "denied"}]`)
	if len(diags) > 0 || len(list) != 1 {
		t.Fatalf("%d cases, %v", len(list), diags)
	}
	want := iam.Request{Principal: cases.DefaultPrincipal, Action: "logs:PutLogEvents", Resource: "*"}
	if d := cmp.Diff(want, list[0].Request); d != "" {
		t.Error(d)
	}
}

func TestFaultsHaveTheirPlace(t *testing.T) {
	const rest = `, request: {action: "logs:GetLogEvents"}, policies: {}, expected: denied}`
	for name, c := range map[string]struct{ text, want string }{
		"no list":         {"id: a\n", "cases:1:1: a file of cases is a list of objects"},
		"no object":       {"- a\n", "cases:1:3: a case is an object"},
		"no id":           {"- {why: x" + rest, "cases:1:3: a case has an id"},
		"same id":         {"- {id: a" + rest + "\n- {id: a" + rest, `cases:2:8: a case before has the id "a"`},
		"unknown member":  {"- id: a\n  polices: {}\n  request: {action: \"a:B\", principal: x}\n  expected: denied\n", `cases:2:3: unknown member "polices" of a case`},
		"unknown policy":  {"- {id: a, policies: {\n  identiy: []}, request: {action: \"a:B\"}, expected: denied}", `cases:2:3: unknown member "identiy" of policies`},
		"unknown request": {"- {id: a, policies: {}, expected: denied, request: {action: \"a:B\",\n  resorce: x}}", `cases:2:3: unknown member "resorce" of a request`},
		"twice":           {"- {id: a, id: b" + rest, `cases:1:11: "id" is written twice in a case`},
		"expected":        {"- {id: a, policies: {}, request: {action: \"a:B\"},\n  expected: maybe}", "cases:2:13: expected is one of allowed, denied, conditional"},
		"no expected":     {"\n- {id: a, policies: {}, request: {action: \"a:B\"}}", `cases:2:3: case "a" lacks expected: allowed, denied or conditional`},
		"no request":      {"- {id: a, policies: {}, expected: denied}", `cases:1:3: case "a" lacks a request`},
		"deny kind":       {"- {id: a, deny_kind: implicit, policies: {}, request: {action: \"a:B\"}, expected: allowed}", "cases:1:82: deny_kind is of a denial, and expected is allowed"},
		"action":          {"- {id: a, policies: {}, request: {action: \"logs:*\"}, expected: denied}", "cases:1:43: an action is service:Name, such as cloudwatch:DeleteAlarms"},
		"account":         {"- {id: a, policies: {}, request: {action: \"a:B\", resource_account: 12}, expected: denied}", "cases:1:68: resource_account is an account id of 12 digits"},
		"context":         {"- {id: a, policies: {}, request: {action: \"a:B\", context: {k: {v: 1}}}, expected: denied}", `cases:1:63: the value of condition key "k" is a text or a list of texts`},
		"principal":       {"- {id: a, request: {action: \"a:B\"}, expected: denied}", "cases:1:20: a case without policies names the principal of the scanned input"},
		"levels":          {"- {id: a, policies: {scp: {}}, request: {action: \"a:B\"}, expected: denied}", "cases:1:27: organisation policies are a list of levels, the root first"},
		"marker":          {"- {id: a, policies: {boundary: {$nothing: x}}, request: {action: \"a:B\"}, expected: denied}", `cases:1:33: unknown marker "$nothing" (one of $unknown, $concat)`},
		"JSON":            {"[{\"id\": \"a\",\n]", "cases:1:12: read JSON:"},
		"YAML":            {"- id: a\n  b: 'c\n", "cases:3:1: read YAML:"},
		"two documents":   {"- {id: a" + rest + "\n---\n- {id: b" + rest, "cases:2:1: read YAML: a second document"},
	} {
		t.Run(name, func(t *testing.T) {
			list, diags := read(c.text)
			if len(diags) != 1 || !strings.HasPrefix(diags[0], c.want) {
				t.Errorf("diagnostics %q, want %q", diags, c.want)
			}
			if name != "same id" && len(list) > 0 {
				t.Errorf("%d cases all the same", len(list))
			}
		})
	}
}

func TestNoCases(t *testing.T) {
	for _, text := range []string{"", "\n", "# nothing\n", "[]", "---\n"} {
		if list, diags := read(text); len(list) > 0 || len(diags) > 0 {
			t.Errorf("%q: %d cases, %v", text, len(list), diags)
		}
	}
}

// TestSpellingsAgree decides the acceptance cases as they are, in JSON, and
// written as YAML.
func TestSpellingsAgree(t *testing.T) {
	data, err := os.ReadFile("../../testdata/vectors/iam-vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	fromJSON, diags := cases.Read(source.New("a.json", data))
	if len(diags) > 0 || len(fromJSON) == 0 {
		t.Fatalf("%d cases, %v", len(fromJSON), diags)
	}
	tree, _ := source.ReadJSON(source.New("a.json", data).Text())
	fromYAML, diags := cases.Read(source.New("a.yaml", []byte(yamlOf(tree))))
	if len(diags) > 0 || len(fromYAML) != len(fromJSON) {
		t.Fatalf("%d of %d cases, %v", len(fromYAML), len(fromJSON), diags)
	}
	for i, c := range fromJSON {
		a := iam.Decide(c.Policies, c.Request, cloudwatch.Facts{})
		b := iam.Decide(fromYAML[i].Policies, fromYAML[i].Request, cloudwatch.Facts{})
		if a.Result != c.Expected || a.Result != b.Result || a.Explicit != b.Explicit || len(a.Tests) != len(b.Tests) {
			t.Errorf("%s: JSON %s, YAML %s, want %s", c.ID.Value, a.Result, b.Result, c.Expected)
		}
	}
}

// yamlOf writes a list of cases as YAML, block style without and flow style.
func yamlOf(v *source.Value) string {
	var b strings.Builder
	for _, c := range v.Items {
		for i, m := range c.Members {
			b.WriteString([]string{"- ", "  "}[min(i, 1)])
			b.WriteString(m.Name.Value + ": " + m.Value.JSON() + "\n")
		}
	}
	return b.String()
}

// TestDocumentsAreReadStrictly holds that a case's document which AWS would
// not store counts for nothing, even one that a scan takes as written.
func TestDocumentsAreReadStrictly(t *testing.T) {
	for element, invalid := range map[string]bool{
		`"Sid": "a b", "Action": "*"`: true, `"Action": "*", "Comment": "x"`: true, `"Action": "cloud*:*"`: false, `"Action": "*"`: false,
	} {
		list, diags := read(`[{"id": "a", "policies": {"identity": [{"Statement": {"Effect": "Allow", "Resource": "*", ` + element +
			`}}]}, "request": {"action": "logs:PutLogEvents"}, "expected": "denied"}]`)
		if len(diags) > 0 || len(list) != 1 {
			t.Fatalf("%d cases, %v", len(list), diags)
		}
		if got := list[0].Policies.Identity[0].Invalid; got != invalid {
			t.Errorf("%s: invalid %v, want %v", element, got, invalid)
		}
	}
}
