package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const partedTemplate = `Parameters:
  Env: {Type: String, AllowedValues: [dev, prod, ci], Default: dev}
Conditions:
  Prod: !Equals [!Ref Env, prod]
  Ci: !Equals [!Ref Env, ci]
Resources:
  R:
    Type: AWS::IAM::Role
    Properties:
      RoleName: r
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement: [{Effect: Allow, Principal: {Service: !If [Ci, codebuild.amazonaws.com, ec2.amazonaws.com]}, Action: sts:AssumeRole}]
      Policies:
        - PolicyName: p
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - !If [Prod, {Effect: Allow, Action: "logs:GetLogEvents", Resource: "*"}, {Effect: Allow, Action: "cloudwatch:DeleteAlarms", Resource: "*"}]
              - !If [Ci, {Effect: Allow, Action: ["xray:GetTraceGraph", "xray:BatchGetTraces"], Resource: "*"}, !Ref AWS::NoValue]
`

// TestExposureOfAlternatives: one row of all that an identity holds under some
// values, each cell with the values under which it does.
func TestExposureOfAlternatives(t *testing.T) {
	path := filepath.Join(t.TempDir(), "parted.yaml")
	if err := os.WriteFile(path, []byte(partedTemplate), 0o600); err != nil {
		t.Fatal(err)
	}
	ask := func(args ...string) string {
		var out, errs bytes.Buffer
		args = append([]string{"exposure", "--repo-root", filepath.Dir(path), path}, args...)
		if code := run(context.Background(), args, nil, &out, &errs); code != exitClean {
			t.Fatalf("%q: exit %d: %s", args, code, errs.String())
		}
		return out.String()
	}
	var report struct {
		Rows []struct {
			Name, When string
			Cells      []struct {
				Class, Level, When string
				Count              int
			}
			Grants []struct{ When string }
		}
	}
	if err := json.Unmarshal([]byte(ask("-f", "json")), &report); err != nil {
		t.Fatal(err)
	}
	if len(report.Rows) != 1 || report.Rows[0].When != "" {
		t.Fatalf("rows: %+v", report.Rows)
	}
	got := map[string]string{}
	for _, c := range report.Rows[0].Cells {
		got[c.Class] = strings.Repeat("*", c.Count) + " " + c.When
	}
	want := map[string]string{
		"read":  `** so much only when Env is "ci"; less only when Env is "prod"`,
		"blind": `* only when Env is not "prod"`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("cells (-want +got):\n%s", diff)
	}
	if n := len(report.Rows[0].Grants); n != 3 {
		t.Errorf("%d grants, want 3", n)
	}
	text, why := ask(), ask("--why", "r:read")
	for _, want := range []string{want["read"][len("** "):], "blind: only when Env is not \"prod\"\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("text does not say %q:\n%s", want, text)
		}
	}
	for _, want := range []string{
		"holds: read: so much only when Env is \"ci\"; less only when Env is \"prod\"\n",
		"    on: *\n    holds: only when Env is \"prod\"\n",
		"service codebuild.amazonaws.com -> role r  parted.yaml:13:21\n    if: only when Env is \"ci\"\n",
	} {
		if !strings.Contains(why, want) {
			t.Errorf("why does not say %q:\n%s", want, why)
		}
	}
	if given := ask("--parameter", "Env=prod"); strings.Contains(given, "only when") {
		t.Errorf("with the value given:\n%s", given)
	}
}
