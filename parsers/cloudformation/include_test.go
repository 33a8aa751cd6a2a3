package cloudformation_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const (
	includedRole = `
R:
  Type: AWS::IAM::Role
  Properties:
    RoleName: included
    AssumeRolePolicyDocument: {Version: "2012-10-17", Statement: []}
    Fn::Transform: {Name: "AWS::Include", Parameters: {Location: policies.json}}
`
	includedPolicies = `{"Policies": [{"PolicyName": "p", "PolicyDocument": {"Version": "2012-10-17", "Statement": [
		{"Effect": "Allow", "Action": "logs:GetLogEvents", "Resource": "*"}]}}]}`
)

// TestSnippetsAreIncluded includes one snippet in each of the ways that the
// documentation of the macro names.
func TestSnippetsAreIncluded(t *testing.T) {
	for name, template := range map[string]string{
		"in a section":  "Resources:\n  Fn::Transform:\n    Name: AWS::Include\n    Parameters: {Location: ./parts/role.yaml}\n  U: {Type: \"AWS::IAM::User\"}\n",
		"short form":    "AWSTemplateFormatVersion: 2010-09-09\nResources:\n  !Transform {Name: \"AWS::Include\", Parameters: {Location: parts/role.yaml}}\n",
		"top level":     "Transform:\n  Name: AWS::Include\n  Parameters: {Location: parts/sections.yaml}\nResources:\n  U: {Type: \"AWS::IAM::User\"}\n",
		"list":          "AWSTemplateFormatVersion: 2010-09-09\nTransform:\n  - AWS::LanguageExtensions\n  - Name: AWS::Include\n    Parameters: {Location: parts/sections.yaml}\n",
		"in JSON":       `{"AWSTemplateFormatVersion": "2010-09-09", "Resources": {"Fn::Transform": {"Name": "AWS::Include", "Parameters": {"Location": "file://parts/role.yaml"}}}}`,
		"in properties": "AWSTemplateFormatVersion: 2010-09-09\nResources:\n  R:\n    Type: AWS::IAM::Role\n    Properties:\n      RoleName: included\n      AssumeRolePolicyDocument: {Version: \"2012-10-17\", Statement: []}\n      Fn::Transform: {Name: \"AWS::Include\", Parameters: {Location: parts/policies.json}}\n",
		"a statement":   "Resources:\n  R:\n    Type: AWS::IAM::Role\n    Properties:\n      RoleName: included\n      AssumeRolePolicyDocument: {Version: \"2012-10-17\", Statement: []}\n      Policies:\n        - PolicyName: p\n          PolicyDocument:\n            Version: \"2012-10-17\"\n            Statement:\n              - Fn::Transform: {Name: \"AWS::Include\", Parameters: {Location: parts/statement.json}}\n",
	} {
		m := whole(t, map[string]string{
			"app/main.template": template, "app/parts/role.yaml": includedRole, "app/parts/policies.json": includedPolicies,
			"app/parts/sections.yaml":  "Resources:" + strings.ReplaceAll(includedRole, "\n", "\n  ") + "\n",
			"app/parts/statement.json": `{"Effect": "Allow", "Action": "logs:GetLogEvents", "Resource": "*"}`,
		})
		alone := 1 // what nothing includes is a template of its own
		if strings.Contains(template, "sections.yaml") {
			alone = 0
		}
		if len(m.Units) != 1+alone || m.Units[0].Name != "app/main.template" {
			t.Errorf("%s: %d units", name, len(m.Units))
			continue
		}
		role := identity(t, m.Units[0], "R")
		if !cmp.Equal(names(role), []string{"inline p"}) || len(m.Units[0].Unresolved) > 0 {
			t.Errorf("%s: %q, unresolved %+v", name, names(role), m.Units[0].Unresolved)
			continue
		}
		action := role.Inline[0].Document.Statements[0].Actions[0].Range
		if action.Text() != `"logs:GetLogEvents"` || !strings.HasPrefix(action.Path(), "app/parts/") {
			t.Errorf("%s: the action stands at %v: %s", name, action, action.Text())
		}
	}
}

func TestSnippetsThatCannotBeIncluded(t *testing.T) {
	for name, c := range map[string]struct {
		location, fault, note string
	}{
		"missing":      {location: "gone.yaml", fault: "is not there"},
		"outside":      {location: "../../up.yaml", fault: "outside of the repository"},
		"itself":       {location: "main.yaml", fault: "includes itself"},
		"a circle":     {location: "circle.yaml", fault: "includes itself"},
		"broken":       {location: "broken.json", fault: "broken.json:1:"},
		"in a bucket":  {location: "s3://b/part.yaml", note: "AWS::Include"},
		"by a URL":     {location: "https://b.s3.amazonaws.com/part.yaml", note: "AWS::Include"},
		"by parameter": {location: "!Ref Where", note: "AWS::Include"},
	} {
		m, diags := tree(t, map[string]string{
			"main.yaml":   "Parameters:\n  Where: {Type: String}\nResources:\n  Fn::Transform: {Name: \"AWS::Include\", Parameters: {Location: " + c.location + "}}\n  U: {Type: \"AWS::IAM::User\"}\n",
			"circle.yaml": "X:\n  Fn::Transform: {Name: \"AWS::Include\", Parameters: {Location: round.yaml}}\n",
			"round.yaml":  "Fn::Transform: {Name: \"AWS::Include\", Parameters: {Location: circle.yaml}}\n",
			"broken.json": `{"A": `,
		})
		if len(m.Units) != 1 || len(m.Units[0].Identities) != 1 {
			t.Errorf("%s: %d units", name, len(m.Units))
			continue
		}
		if (len(diags) > 0) != (c.fault != "") || !strings.Contains(fmt.Sprint(diags), c.fault) {
			t.Errorf("%s: diagnostics %v", name, diags)
		}
		if notes := m.Units[0].Unresolved; c.note != "" && (len(notes) != 1 || !notes[0].Bears || !strings.Contains(notes[0].Expression, c.note)) {
			t.Errorf("%s: notes %+v", name, notes)
		}
	}
}

// TestSnippetsInBucketsAreNoted has snippets that nobody can read add to the
// properties of a resource, or to the resource: each has a note at its member.
func TestSnippetsInBucketsAreNoted(t *testing.T) {
	call := func(at string) string {
		return "Fn::Transform: {Name: \"AWS::Include\", Parameters: {Location: \"s3://b/" + at + "\"}}\n"
	}
	text := "AWSTemplateFormatVersion: \"2010-09-09\"\nResources:\n" +
		"  A:\n    Type: AWS::IAM::User\n    Properties:\n      " + call("alone") +
		"  B:\n    Type: AWS::IAM::User\n    Properties:\n      UserName: b\n      " + call("beside") +
		"  C:\n    Type: AWS::IAM::User\n    " + call("resource") +
		"  D:\n    Type: AWS::IAM::User\n    Properties:\n      UserName: d\n      " + call("beside") +
		"  E:\n    Type: AWS::SQS::Queue\n    Properties:\n      " + call("no-access")
	u := unit(t, "t.template", text)
	var got []string
	for _, x := range u.Unresolved {
		got = append(got, fmt.Sprintf("%d %s %t", x.Range.From().Line, x.Expression, x.Bears))
	}
	want := []string{
		"6 Fn::Transform AWS::Include {Location: s3://b/alone} true",
		"11 Fn::Transform AWS::Include {Location: s3://b/beside} true",
		"14 Fn::Transform AWS::Include {Location: s3://b/resource} true",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if len(u.Identities) != 4 {
		t.Errorf("%d identities", len(u.Identities))
	}
}
