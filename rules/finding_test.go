package rules_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/iamwatch/iamwatch/rules"
	"github.com/iamwatch/iamwatch/scanner"
)

// findingsOf are those of one rule about one file.
func findingsOf(t *testing.T, id, name, text string) []scanner.Finding {
	t.Helper()
	r, err := scanner.Scan(context.Background(), scanner.Config{
		FS: fstest.MapFS{name: &fstest.MapFile{Data: []byte(text)}}, Files: []string{name}, Parsers: parsers(), Rules: rules.All(),
		Selection: scanner.Selection{Strict: true},
	})
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(r.Findings, func(f scanner.Finding) bool { return f.Rule.ID != id })
}

// userWith is a user with inline policies, each of which allows some actions.
func userWith(policies ...[3]string) string {
	text := "resource \"aws_iam_user\" \"u\" {\n  name = \"u\"\n}\n"
	for _, p := range policies {
		text += `resource "aws_iam_user_policy" "` + p[0] + `" {
  name   = "` + p[0] + `"
  user   = aws_iam_user.u.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Sid = "` + p[1] + `", Effect = "Allow", Action = "` + p[2] + `", Resource = "*" }]
  })
}
`
	}
	return text
}

func TestPartNamesThePolicyOnlyWhereTwoStatementsAreAlike(t *testing.T) {
	tests := map[string]struct {
		policies [][3]string
		want     []string
	}{
		"one":       {[][3]string{{"a", "Wide", "logs:*"}}, []string{"sid:Wide"}},
		"different": {[][3]string{{"a", "Wide", "logs:*"}, {"b", "Other", "logs:*"}}, []string{"sid:Wide", "sid:Other"}},
		"alike":     {[][3]string{{"a", "Wide", "logs:*"}, {"b", "Wide", "logs:*"}}, []string{"a sid:Wide", "b sid:Wide"}},
	}
	for name, tt := range tests {
		var got []string
		for _, f := range findingsOf(t, "IW202", "main.tf", userWith(tt.policies...)) {
			got = append(got, f.Part)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestNotResourceIsNotEveryResource(t *testing.T) {
	text := `resource "aws_iam_user" "u" {
  name = "u"
}
resource "aws_iam_user_policy" "p" {
  name   = "p"
  user   = aws_iam_user.u.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "logs:*", NotResource = "arn:aws:logs:*:*:log-group:audit*" }]
  })
}
`
	if f := only(t, "IW202", text); !strings.Contains(f.Message, "on every resource but arn:aws:logs:*:*:log-group:audit*") {
		t.Error(f.Message)
	}
}

func TestUnknownCellsOfAReportAreNotSaid(t *testing.T) {
	const header = "user,arn,user_creation_time,password_enabled,password_last_used,mfa_active,access_key_1_active,access_key_1_last_rotated," +
		"access_key_1_last_used_date,access_key_1_last_used_region,access_key_1_last_used_service,access_key_2_active,cert_1_active\n"
	row := func(region, service string) string {
		return header + "<root_account>,arn:aws:iam::111122223333:root,2019-01-01T00:00:00+00:00,true,N/A,true,true,2026-11-01T00:00:00+00:00," +
			"2026-11-22T00:00:00+00:00," + region + "," + service + ",false,false\n"
	}
	tests := map[string]struct{ region, service, want string }{
		"known":   {"us-east-1", "iam", "on 2026-11-22 for iam in us-east-1"},
		"nothing": {"N/A", "N/A", "on 2026-11-22"},
		"service": {"N/A", "sts", "on 2026-11-22 for sts"},
	}
	for name, tt := range tests {
		for _, id := range []string{"IW101", "IW102"} {
			all := findingsOf(t, id, "credential-report.csv", row(tt.region, tt.service))
			if len(all) != 1 {
				t.Fatalf("%s: %d findings of %s", name, len(all), id)
			}
			message, _, _ := strings.Cut(all[0].Message, "; the report's own time")
			if !strings.HasSuffix(message, tt.want) {
				t.Errorf("%s: %q, want %q", name, message, tt.want)
			}
		}
	}
}

// TestHoldersInAlternativesAreNamedOnce: a policy of a stack without
// alternatives, held through an export by a role of a stack that has some.
func TestHoldersInAlternativesAreNamedOnce(t *testing.T) {
	files := fstest.MapFS{
		"base.yaml": {Data: []byte(`AWSTemplateFormatVersion: "2010-09-09"
Resources:
  Base:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      ManagedPolicyName: base
      PolicyDocument:
        Version: "2012-10-17"
        Statement: [{Effect: Allow, Action: "cloudwatch:*", Resource: "*"}]
Outputs:
  Base: {Value: !Ref Base, Export: {Name: base-policy}}
`)},
		"app.yaml": {Data: []byte(`AWSTemplateFormatVersion: "2010-09-09"
Parameters:
  Stage: {Type: String, Default: dev, AllowedValues: [dev, prod]}
Conditions:
  Prod: !Equals [!Ref Stage, prod]
Resources:
  Reader:
    Type: AWS::IAM::Role
    Properties:
      RoleName: reader
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: "sts:AssumeRole"}]
      ManagedPolicyArns: [!ImportValue base-policy]
  Spare:
    Type: AWS::IAM::User
    Condition: Prod
    Properties: {UserName: spare}
`)},
	}
	r, err := scanner.Scan(context.Background(), scanner.Config{
		FS: files, Files: []string{"app.yaml", "base.yaml"}, Parsers: parsers(), Rules: rules.All(), Selection: scanner.Selection{Strict: true},
	})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range r.Findings {
		if f.Rule.ID == "IW202" {
			before, _, _ := strings.Cut(f.Message, " do everything")
			got = append(got, before)
		}
	}
	if diff := cmp.Diff([]string{`policy "base" lets role "reader"`}, got); diff != "" {
		t.Error(diff)
	}
}

// TestOtherValuesAreSaidToBeUnknown: a default is known and may be replaced, so
// who the role trusts then is nothing that the input says.
func TestOtherValuesAreSaidToBeUnknown(t *testing.T) {
	var got []string
	for _, f := range findingsOf(t, "IW901", "app.yaml", `AWSTemplateFormatVersion: "2010-09-09"
Parameters:
  Caller: {Type: String, Default: ""}
Conditions:
  HasCaller: !Not [!Equals [!Ref Caller, ""]]
Resources:
  Reader:
    Type: AWS::IAM::Role
    Properties:
      RoleName: reader
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Principal: {AWS: !If [HasCaller, !Ref Caller, "arn:aws:iam::444455556666:root"]}
            Action: sts:AssumeRole
      ManagedPolicyArns: ["arn:aws:iam::aws:policy/CloudWatchLogsFullAccess"]
`) {
		got = append(got, f.Message)
	}
	want := []string{"Caller is unknown: the parameter Caller may be given another value: pass --parameter Caller=VALUE; assumed: any value; only when Caller is not left at its default"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
