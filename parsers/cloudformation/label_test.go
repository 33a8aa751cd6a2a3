package cloudformation_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// expressions are those that a template leaves unresolved, in order.
func expressions(t *testing.T, text string) []string {
	t.Helper()
	got := parse(t, "t.template", text, nil)
	if len(got.Diagnostics) > 0 || len(got.Units) == 0 {
		t.Fatalf("%d units, diagnostics %v:\n%s", len(got.Units), got.Diagnostics, text)
	}
	var out []string
	for _, u := range got.Units {
		for _, x := range u.Unresolved {
			out = append(out, x.Expression)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

const expressionsInYAML = `
AWSTemplateFormatVersion: "2010-09-09"
Parameters:
  Key: {Type: String}
Mappings:
  Accounts:
    eu: {Id: "111111111111"}
    us: {Id: "222222222222"}
Resources:
  A:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Action: sts:AssumeRole
            Principal: {AWS: !ImportValue shared-role}
          - Effect: Allow
            Action: sts:AssumeRole
            Principal: {AWS: !ImportValue {"Fn::Sub": "${AWS::StackName}-role, old"}}
          - Effect: Allow
            Action: sts:AssumeRole
            Principal: {AWS: !FindInMap [Accounts, !Ref Key, Id]}
  B:
    Type: AWS::IAM::User
    Properties:
      ManagedPolicyArns: [!ImportValue shared-role, !GetStackOutput {StackName: other, OutputName: Arn}]
`

const expressionsInJSON = `{"AWSTemplateFormatVersion": "2010-09-09",
"Resources": {"B": {"Type": "AWS::IAM::User", "Properties": {"ManagedPolicyArns": [
  {"Fn::GetStackOutput": {"OutputName": "Arn", "StackName": "other"}}, {"Fn::ImportValue": "shared-role"}]}},
"A": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [
  {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": {"Fn::FindInMap": ["Accounts", {"Ref": "Key"}, "Id"]}}},
  {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": {"Fn::ImportValue": {"Fn::Sub": "${AWS::StackName}-role, old"}}}},
  {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": {"Fn::ImportValue": "shared-role"}}}]}}}},
"Mappings": {"Accounts": {"eu": {"Id": "111111111111"}, "us": {"Id": "222222222222"}}},
"Parameters": {"Key": {"Type": "String"}}}`

// TestExpressionsAreCalledByTheirText holds that what an unresolved expression
// is called, and with it the fingerprint of its note, does not depend on where
// and how it is written.
func TestExpressionsAreCalledByTheirText(t *testing.T) {
	want := []string{
		"Fn::FindInMap [Accounts, Ref Key, Id]",
		"Fn::GetStackOutput {OutputName: Arn, StackName: other}",
		`Fn::ImportValue Fn::Sub "${AWS::StackName}-role, old"`,
		"Fn::ImportValue shared-role",
		"Key",
	}
	long := strings.NewReplacer(
		"!ImportValue shared-role", "{'Fn::ImportValue': \"shared-role\"}",
		"!FindInMap [Accounts, !Ref Key, Id]", "{Fn::FindInMap: [Accounts, {Ref: Key}, 'Id']}",
	)
	for name, text := range map[string]string{
		"YAML":  expressionsInYAML,
		"moved": "# one\n# two\n" + strings.NewReplacer("\n          - Effect", "\n\n          # again\n          - Effect", "AWS: !", "AWS:   !").Replace(expressionsInYAML),
		"long":  long.Replace(expressionsInYAML),
		"JSON":  expressionsInJSON,
		"small": strings.ReplaceAll(expressionsInJSON, "\n", " "),
	} {
		if diff := cmp.Diff(want, expressions(t, text)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// TestDifferentExpressionsHaveDifferentNames has pairs of imports that are
// alike in all but what matters.
func TestDifferentExpressionsHaveDifferentNames(t *testing.T) {
	long := strings.Repeat("x", 150)
	pairs := map[string][2]string{
		"list or text": {`!Join ["-", [a, b, !ImportValue "c"]]`, `!Join ["-", ["a, b", !ImportValue "c"]]`},
		"call or text": {`!Join ["", [!Ref P]]`, `!Join ["", ["Ref P"]]`},
		"blank":        {`a b`, `"a  b"`},
		"long":         {`!Sub "` + long + `${P}-a"`, `!Sub "` + long + `${P}-b"`},
		"attribute":    {`!GetAtt S.Outputs.A`, `!GetAtt S.Outputs.B`},
	}
	for name, p := range pairs {
		text := "Parameters:\n  P: {Type: String}\nResources:\n" +
			"  S: {Type: \"AWS::CloudFormation::Stack\", Properties: {TemplateURL: \"https://s3.amazonaws.com/b/t.yaml\"}}\n" +
			"  U:\n    Type: AWS::IAM::User\n    Properties:\n      ManagedPolicyArns:\n"
		for _, arg := range p {
			text += "        - Fn::ImportValue: " + arg + "\n"
		}
		var imports []string
		for _, x := range expressions(t, text) {
			if len(x) > 150 {
				t.Errorf("%s: %d bytes: %s", name, len(x), x)
			}
			if strings.HasPrefix(x, "Fn::ImportValue") && x != `Fn::ImportValue c` {
				imports = append(imports, x)
			}
		}
		if len(imports) != 2 {
			t.Errorf("%s: %q", name, imports)
		}
	}
}

// TestNamesHideDynamicReferences: what a reference names is not said.
func TestNamesHideDynamicReferences(t *testing.T) {
	got := expressions(t, "Resources:\n  U:\n    Type: AWS::IAM::User\n    Properties:\n      UserName: !ImportValue \"a-{{resolve:ssm:/deep/name}}-b\"\n")
	if joined := strings.Join(got, "\n"); strings.Contains(joined, "deep") || !strings.Contains(joined, "Fn::ImportValue") {
		t.Errorf("%q", got)
	}
}
