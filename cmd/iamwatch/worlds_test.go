package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/iamwatch/iamwatch/rules"
	"github.com/iamwatch/iamwatch/scanner"
)

// scanTemplate scans one template, or what files of a map hold, with values for
// its parameters.
func scanTemplate(t *testing.T, files map[string]string, parameters map[string]string) *scanner.Result {
	t.Helper()
	dir := fstest.MapFS{}
	var names []string
	for name, text := range files {
		dir[name] = &fstest.MapFile{Data: []byte(text)}
		names = append(names, name)
	}
	r, err := scanner.Scan(context.Background(), scanner.Config{
		FS: dir, Files: names, Parsers: parsers(), Rules: rules.All(), Version: version(), Parameters: parameters, Jobs: 1,
		Selection: scanner.Selection{MinSeverity: scanner.Low, MinConfidence: scanner.ConfidenceLow},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range r.Diagnostics {
		t.Errorf("diagnostic %s", d)
	}
	return r
}

// whens are the findings of some rules: the rule, what it is about, its
// confidence and when it holds.
func whens(r *scanner.Result, only ...string) []string {
	var out []string
	for _, f := range r.Findings {
		if len(only) > 0 && !slices.Contains(only, f.Rule.ID) {
			continue
		}
		if f.When != "" && !strings.HasSuffix(f.Message, "; "+f.When) {
			out = append(out, "the message does not end with when: "+f.Message)
		}
		out = append(out, strings.TrimRight(fmt.Sprintf("%s %s %s: %s", f.Rule.ID, f.Entity, f.Confidence, f.When), ": "))
	}
	slices.Sort(out)
	return out
}

const vendorTemplate = `Parameters:
  ExternalId: {Type: String, Default: ""}
Conditions:
  HasExternalId: !Not [!Equals [!Ref ExternalId, ""]]
Resources:
  Vendor:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Principal: {AWS: "arn:aws:iam::999988887777:root"}
            Action: sts:AssumeRole
            Condition: !If
              - HasExternalId
              - StringEquals: {sts:ExternalId: !Ref ExternalId}
              - !Ref AWS::NoValue
      Policies:
        - PolicyName: read
          PolicyDocument:
            Version: "2012-10-17"
            Statement: [{Effect: Allow, Action: "logs:GetLogEvents", Resource: "*"}]
`

// TestTheDefaultThatDropsAnExternalId asks the whole program: an empty default
// is the fault itself, and every report says so.
func TestTheDefaultThatDropsAnExternalId(t *testing.T) {
	const when = "only when ExternalId is left at its default"
	const want = `account 999988887777 may assume role "Vendor" without an external id; the role can call logs:GetLogEvents; ` + when
	path := filepath.Join(t.TempDir(), "vendor.yaml")
	if err := os.WriteFile(path, []byte(vendorTemplate), 0o600); err != nil {
		t.Fatal(err)
	}
	scan := func(code int, args ...string) []byte {
		var out, errs bytes.Buffer
		if got := run(context.Background(), append([]string{"scan", "--repo-root", filepath.Dir(path), path}, args...), nil, &out, &errs); got != code {
			t.Fatalf("%q: exit %d: %s", args, got, errs.String())
		}
		return out.Bytes()
	}
	if text := string(scan(exitFindings)); !strings.HasPrefix(text, "high[IW302]: "+want+"\n") {
		t.Errorf("text:\n%s", text)
	}
	var asJSON struct {
		Findings []struct{ Message, When string }
	}
	if err := json.Unmarshal(scan(exitFindings, "-f", "json"), &asJSON); err != nil {
		t.Fatal(err)
	}
	if f := asJSON.Findings; len(f) != 1 || f[0].Message != want || f[0].When != when {
		t.Errorf("json: %+v", f)
	}
	var asSARIF struct {
		Runs []struct {
			Results []struct {
				Message    struct{ Text string }
				Properties struct{ When string }
			}
		}
	}
	if err := json.Unmarshal(scan(exitClean, "-f", "sarif"), &asSARIF); err != nil {
		t.Fatal(err)
	}
	if r := asSARIF.Runs[0].Results; len(r) != 1 || !strings.Contains(r[0].Message.Text, when) || r[0].Properties.When != when {
		t.Errorf("sarif: %+v", r)
	}
	scan(exitClean, "--parameter", "ExternalId=f3a1")
	if text := string(scan(exitFindings, "--parameter", "ExternalId=")); strings.Contains(text, "only when") {
		t.Errorf("with the value given:\n%s", text)
	}
}

// administrator is a user who may do everything, with more properties or keys.
func administrator(id, keys, action string) string {
	return "  " + id + ":\n    Type: AWS::IAM::User\n" + keys + `    Properties:
      Policies:
        - PolicyName: all
          PolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: ` + action + `, Resource: "*"}]}
`
}

// TestConditionsByTheirWorlds: a finding says under which values it holds.
func TestConditionsByTheirWorlds(t *testing.T) {
	const stage, two = "Parameters:\n  Environment: {Type: String, Default: dev}\n", `Parameters:
  Environment: {Type: String, AllowedValues: [dev, prod]}
  Debug: {Type: String, AllowedValues: ["yes", "no"]}
Conditions:
  Prod: !Equals [!Ref Environment, prod]
  Debug: !Equals [!Ref Debug, "yes"]
`
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"a value": {
			stage + "Conditions: {Prod: !Equals [!Ref Environment, prod]}\nResources:\n" + administrator("U", "    Condition: Prod\n", `"*"`),
			[]string{`IW201 user/U medium: only when Environment is "prod"`},
		},
		"every other value": {
			stage + "Conditions: {Prod: !Not [!Equals [!Ref Environment, prod]]}\nResources:\n" + administrator("U", "    Condition: Prod\n", `"*"`),
			[]string{`IW201 user/U high: only when Environment is not "prod"`},
		},
		"two parameters": {
			two + "  Both: !And [!Condition Prod, !Not [!Condition Debug]]\nResources:\n" + administrator("U", "    Condition: Both\n", `"*"`),
			[]string{`IW201 user/U high: only when Environment is "prod" and Debug is "no"`},
		},
		"either of two": {
			two + "  Any: !Or [!Condition Prod, !Condition Debug]\nResources:\n" + administrator("U", "    Condition: Any\n", `"*"`),
			[]string{`IW201 user/U high: only when Debug is "yes", or Environment is "prod"`},
		},
		"names that nest": {
			two + "  A: !Not [{Condition: Prod}]\n  B: !Not [{Condition: A}]\n  C: !Or [{Condition: B}, {Condition: B}]\nResources:\n" + administrator("U", "    Condition: C\n", `"*"`),
			[]string{`IW201 user/U high: only when Environment is "prod"`},
		},
		"rules that refuse": {
			two + `  Both: !And [!Condition Prod, !Condition Debug]
Rules:
  NoDebug:
    RuleCondition: !Equals [!Ref Environment, prod]
    Assertions: [{Assert: !Not [!Equals [!Ref Debug, "yes"]], AssertDescription: no debugging in production}]
Resources:
` + administrator("U", "    Condition: Both\n", `"*"`) + administrator("V", "    Condition: Debug\n", `"*"`),
			[]string{`IW201 user/V high: only when Debug is "yes"`},
		},
		"the region": {
			"Conditions: {Here: !Equals [!Ref AWS::Region, us-east-1]}\nResources:\n" + administrator("U", "    Condition: Here\n", `"*"`),
			[]string{`IW201 user/U high: only when AWS::Region is "us-east-1"`},
		},
		"an allowed value as the action": {
			"Parameters: {Action: {Type: String, AllowedValues: [\"logs:GetLogEvents\", \"*\"]}}\nResources:\n" + administrator("U", "", "!Ref Action"),
			[]string{`IW201 user/U high: only when Action is "*"`},
		},
		"an allowed value as the principal": {
			strings.Replace(strings.Replace(vendorTemplate, `"arn:aws:iam::999988887777:root"`, "!Ref Who", 1), "Parameters:\n", "Parameters:\n  Who: {Type: String, AllowedValues: [\"arn:aws:iam::999988887777:root\", \"*\"]}\n", 1),
			[]string{
				`IW301 role/Vendor high: only when Who is "*" and ExternalId is left at its default`,
				`IW302 role/Vendor medium: only when Who is "*" and ExternalId is not left at its default`,
				`IW302 role/Vendor medium: only when Who is "arn:aws:iam::999988887777:root" and ExternalId is left at its default`,
			},
		},
		"a mapping keyed by a parameter": {
			stage + "Mappings: {Actions: {dev: {a: \"*\"}, prod: {a: \"logs:GetLogEvents\"}}}\nConditions: {Wide: !Equals [!FindInMap [Actions, !Ref Environment, a], \"*\"]}\nResources:\n" + administrator("U", "    Condition: Wide\n", `"*"`),
			[]string{`IW201 user/U high: only when Environment is left at its default ("dev")`},
		},
		"one place in each": {
			two + "Resources:\n" + administrator("U", "", `"*"`) + administrator("V", "    Condition: Debug\n", `"logs:GetLogEvents"`),
			[]string{"IW201 user/U high"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := scanTemplate(t, map[string]string{"t.yaml": c.text}, nil)
			if diff := cmp.Diff(c.want, whens(r, "IW201", "IW301", "IW302")); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}

// TestConditionsBeyondTheBound: of six parameters that all decide, some are
// taken for unknown; what depends on them is found all the same, in doubt, and
// no default settles it.
func TestConditionsBeyondTheBound(t *testing.T) {
	parameters, conditions, resources := "Parameters:\n", "Conditions:\n", "Resources:\n"
	for i := range 8 {
		parameters += fmt.Sprintf("  P%d: {Type: String, Default: \"no\"}\n", i)
		conditions += fmt.Sprintf("  C%d: !Equals [!Ref P%d, \"yes\"]\n", i, i)
		resources += administrator(fmt.Sprintf("U%d", i), fmt.Sprintf("    Condition: C%d\n", i), `"*"`)
	}
	r := scanTemplate(t, map[string]string{"t.yaml": parameters + conditions + resources}, nil)
	var exact, doubtful int
	for _, f := range r.Findings {
		if f.Rule.ID != "IW201" {
			continue
		}
		switch {
		case f.When == fmt.Sprintf("only when P%s is \"yes\"", strings.TrimPrefix(f.Entity, "user/U")):
			exact++
		case strings.Contains(f.Message+strings.Join(f.Remaining, " "), `is "yes"`) && f.Confidence < scanner.ConfidenceHigh:
			doubtful++
		default:
			t.Errorf("%s: %s (%q)", f.Entity, f.Message, f.Remaining)
		}
	}
	if exact != 5 || doubtful != 3 {
		t.Errorf("%d exact and %d doubtful findings", exact, doubtful)
	}
}

// TestWhatNoDeploymentHas: the role is there under one value, and its policy
// under another. No deployment has both.
func TestWhatNoDeploymentHas(t *testing.T) {
	const text = `Parameters:
  Environment: {Type: String, AllowedValues: [dev, prod]}
Conditions:
  Prod: !Equals [!Ref Environment, prod]
  Dev: !Equals [!Ref Environment, dev]
Resources:
  U:
    Type: AWS::IAM::User
    Condition: Prod
    Properties: {UserName: someone}
  P:
    Type: AWS::IAM::UserPolicy
    Condition: WHERE
    Properties:
      UserName: someone
      PolicyName: all
      PolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "*", Resource: "*"}]}
`
	for where, want := range map[string][]string{"Dev": {}, "Prod": {`only when Environment is "prod"`}} {
		r := scanTemplate(t, map[string]string{"t.yaml": strings.Replace(text, "WHERE", where, 1)}, nil)
		got := []string{}
		for _, f := range r.Findings {
			if f.Rule.ID == "IW201" && f.Entity == "user//someone" && strings.Contains(f.When, `"prod"`) {
				got = append(got, f.When)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("the policy in %s (-want +got):\n%s\n%q", where, diff, whens(r))
		}
	}
}
