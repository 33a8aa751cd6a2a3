package cloudformation_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// exporting is a template with a role that it exports under a name.
func exporting(export string) string {
	return `
Parameters:
  Stage: {Type: String, Default: prod}
  Open: {Type: String}
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties: {AssumeRolePolicyDocument: {Version: "2012-10-17", Statement: []}}
  Watch:
    Type: AWS::IAM::ManagedPolicy
    Properties: {PolicyDocument: {Version: "2012-10-17", Statement: {Effect: Allow, Action: "logs:GetLogEvents", Resource: "*"}}}
Outputs:
  Name: {Value: !Ref Role, Export: {Name: ` + export + `}}
  Arn: {Value: !Ref Watch, Export: {Name: watch-arn}}
  Given: {Value: !Ref Open, Export: {Name: given}}
`
}

// importing is a template with a policy for a role, and a user with a managed
// policy, that it imports by name.
func importing(name string) string {
	return `
Parameters:
  Stage: {Type: String, Default: prod}
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties: {AssumeRolePolicyDocument: {Version: "2012-10-17", Statement: []}}
  Extra:
    Type: AWS::IAM::RolePolicy
    Properties:
      PolicyName: extra
      PolicyDocument: {Version: "2012-10-17", Statement: {Effect: Allow, Action: "logs:*", Resource: "*"}}
      RoleName:
        Fn::ImportValue: ` + name + `
  User:
    Type: AWS::IAM::User
    Properties:
      ManagedPolicyArns: [!ImportValue watch-arn]
`
}

func TestImportsOfTheScanAreFollowed(t *testing.T) {
	for name, c := range map[string]struct{ export, name string }{
		"known":          {"role", "role"},
		"at the default": {`!Sub "${Stage}-role"`, `!Sub "${Stage}-role"`},
		"joined":         {`!Join ["-", [!Ref Stage, role]]`, "prod-role"},
	} {
		m := whole(t, map[string]string{"a/import.yaml": importing(c.name), "b/export.yaml": exporting(c.export), "c/import.yaml": importing(c.name)})
		exported := identity(t, m.Units[1], "Role")
		if got := names(exported); !cmp.Equal(got, []string{"inline extra", "inline extra"}) {
			t.Errorf("%s: the exported role holds %q", name, got)
		}
		for _, i := range []int{0, 2} {
			if got := names(identity(t, m.Units[i], "Role")); len(got) > 0 {
				t.Errorf("%s: the role of that logical id here holds %q", name, got)
			}
			if got := names(identity(t, m.Units[i], "User")); !cmp.Equal(got, []string{"managed Watch"}) {
				t.Errorf("%s: the user holds %q", name, got)
			}
			if len(m.Units[i].Unresolved) > 0 {
				t.Errorf("%s: unresolved %+v", name, m.Units[i].Unresolved)
			}
		}
	}
}

// TestImportedTelemetry: what another stack exports is found there, and not
// under the same logical id here.
func TestImportedTelemetry(t *testing.T) {
	m := whole(t, map[string]string{
		"export.yaml": `
Resources:
  Central: {Type: AWS::Logs::Destination, Properties: {DestinationName: theirs, RoleArn: "arn:aws:iam::111122223333:role/r", TargetArn: "arn:aws:kinesis:eu-west-1:111122223333:stream/s"}}
Outputs:
  Arn: {Value: !GetAtt Central.Arn, Export: {Name: central}}
`,
		"import.yaml": `
Resources:
  Central: {Type: AWS::Logs::Destination, Properties: {DestinationName: ours, RoleArn: "arn:aws:iam::111122223333:role/r", TargetArn: "arn:aws:kinesis:eu-west-1:111122223333:stream/s"}}
  Filter: {Type: AWS::Logs::SubscriptionFilter, Properties: {LogGroupName: app, FilterPattern: "", DestinationArn: !ImportValue central}}
`,
	})
	to := m.Units[1].SubscriptionFilters[0].To
	if to == nil || to.Name.Value != "theirs" {
		t.Errorf("the filter sends to %+v", to)
	}
}

func TestImportsThatAreNotKnown(t *testing.T) {
	export, other := exporting("role"), "Resources:\n  R: {Type: \"AWS::IAM::User\"}\nOutputs:\n  X: {Value: !Ref R, Export: {Name: role}}\n"
	for name, c := range map[string]struct {
		files map[string]string
		name  string
		note  string
	}{
		"in no template":  {map[string]string{"e.yaml": export}, "elsewhere", "is not in the scan"},
		"in two":          {map[string]string{"e.yaml": export, "f.yaml": other}, "role", "several templates of the scan: e.yaml and f.yaml"},
		"an unknown name": {map[string]string{"e.yaml": export}, `!Sub "${AWS::StackName}-role"`, "is not in the scan"},
		"a given value":   {map[string]string{"e.yaml": export}, "given", "what e.yaml exports depends on ${Open}"},
	} {
		c.files["i.yaml"] = importing(c.name)
		m := whole(t, c.files)
		u := m.Units[len(m.Units)-1]
		var got []string
		for _, x := range u.Unresolved {
			got = append(got, x.Missing)
			if !x.Bears {
				t.Errorf("%s: %s bears on nothing", name, x.Expression)
			}
		}
		if len(got) != 1 || !strings.Contains(got[0], c.note) {
			t.Errorf("%s: noted %q", name, got)
		}
	}
}

// TestExportsOfNestedStacks imports what a nested template exports, in another
// stack and in the stack that nests it.
func TestExportsOfNestedStacks(t *testing.T) {
	main := "Resources:\n  N: {Type: \"AWS::CloudFormation::Stack\", Properties: {TemplateURL: nested.yaml, Parameters: {Stage: test, Open: x}}}\n" +
		strings.TrimPrefix(importing("test-role"), "\nParameters:\n  Stage: {Type: String, Default: prod}\nResources:\n")
	m := whole(t, map[string]string{"main.yaml": main, "nested.yaml": exporting(`!Sub "${Stage}-role"`), "z.yaml": importing("test-role")})
	if len(m.Units) != 2 {
		t.Fatalf("%d units", len(m.Units))
	}
	if got := names(identity(t, m.Units[0], "N/Role")); !cmp.Equal(got, []string{"inline extra", "inline extra"}) {
		t.Errorf("the nested role holds %q", got)
	}
}

func TestOutputsOfStacksByName(t *testing.T) {
	m := whole(t, map[string]string{
		"main.yaml": `
Resources:
  N: {Type: "AWS::CloudFormation::Stack", Properties: {TemplateURL: nested.yaml, Parameters: {Open: x}}}
  U:
    Type: AWS::IAM::User
    Properties:
      ManagedPolicyArns:
        - Fn::GetStackOutput: {StackName: !Ref N, OutputName: Arn}
        - Fn::GetStackOutput: {StackName: other, OutputName: Arn}
`,
		"nested.yaml": exporting("role"),
	})
	got := fmt.Sprint(names(identity(t, m.Units[0], "U")))
	if got != "[managed N/Watch managed ${Fn::GetStackOutput {OutputName: Arn, StackName: other}}]" {
		t.Errorf("the user holds %s", got)
	}
	if x := m.Units[0].Unresolved; len(x) != 1 || !strings.Contains(x[0].Missing, "the output Arn of the stack other") {
		t.Errorf("unresolved %+v", x)
	}
}

// TestExportsThatImport has exporting templates that import themselves, in a
// circle by way of a nested one.
func TestExportsThatImport(t *testing.T) {
	m := whole(t, map[string]string{
		"main.yaml":   "Resources:\n  N: {Type: \"AWS::CloudFormation::Stack\", Properties: {TemplateURL: nested.yaml}}\nOutputs:\n  A: {Value: !ImportValue b, Export: {Name: a}}\n",
		"nested.yaml": "Resources:\n  U: {Type: \"AWS::IAM::User\", Properties: {UserName: !ImportValue a}}\nOutputs:\n  B: {Value: !ImportValue a, Export: {Name: b}}\n",
	})
	if id := identity(t, m.Units[0], "N/U"); id.Name.Known || len(m.Units[0].Unresolved) == 0 {
		t.Errorf("the user is called %s, unresolved %+v", id.Name.Show(), m.Units[0].Unresolved)
	}
}
