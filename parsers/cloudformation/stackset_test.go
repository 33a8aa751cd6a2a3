package cloudformation_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/iamwatch/iamwatch/scanner/model"
)

// stackSet is a template with a stack set of the given properties, and a role
// beside it.
func stackSet(properties string) string {
	return `
Parameters:
  Target: {Type: String}
Resources:
  Set:
    Type: AWS::CloudFormation::StackSet
    Properties:
      StackSetName: watch
      PermissionModel: SERVICE_MANAGED
      Parameters:
        - {ParameterKey: Hub, ParameterValue: !Ref AWS::AccountId}
        - {ParameterKey: Verb, ParameterValue: GetLogEvents}
` + properties + `
  Local: {Type: "AWS::IAM::Role", Properties: {AssumeRolePolicyDocument: {Version: 2012-10-17, Statement: []}}}
`
}

const setBody = `      TemplateBody: |
        Parameters:
          Hub: {Type: String}
          Verb: {Type: String}
        Resources:
          Remote:
            Type: AWS::IAM::Role
            Properties:
              AssumeRolePolicyDocument:
                Version: "2012-10-17"
                Statement:
                  - Effect: Allow
                    Principal: {AWS: !Sub "arn:aws:iam::${Hub}:root"}
                    Action: sts:AssumeRole
              Policies:
                - PolicyName: "read"
                  PolicyDocument:
                    Version: "2012-10-17"
                    Statement: {Effect: Allow, Action: !Sub "logs:${Verb}", Resource: !Sub "arn:aws:logs:*:${AWS::AccountId}:*"}
`

func group(accounts string) string {
	return "      StackInstancesGroup:\n        - Regions: [eu-west-1]\n          DeploymentTargets: {" + accounts + "}\n"
}

// remote is the unit of the stacks of a set.
func remote(t *testing.T, m *model.Model) *model.Unit {
	t.Helper()
	for _, u := range m.Units {
		for _, id := range u.Identities {
			if id.Address == "Set/Remote" {
				return u
			}
		}
	}
	t.Fatalf("no unit of the stack set among %d", len(m.Units))
	return nil
}

func TestAStackSetIsAUnitOfItsOwn(t *testing.T) {
	for name, c := range map[string]struct {
		targets, account, credentials, principal, region string
	}{
		"one account":    {group(`Accounts: ["222222222222"]`), "222222222222", "", "arn:aws:iam::${the account of main.yaml}:root", "eu-west-1"},
		"two accounts":   {group(`Accounts: ["222222222222", "333333333333"]`), "", "the stack set Set", "arn:aws:iam::${the account of main.yaml}:root", "eu-west-1"},
		"a unit":         {group(`OrganizationalUnitIds: [ou-ab12-cdefghij]`), "", "the stack set Set", "arn:aws:iam::${the account of main.yaml}:root", "eu-west-1"},
		"one of a unit":  {group(`Accounts: ["222222222222"], OrganizationalUnitIds: [ou-ab12-cdefghij], AccountFilterType: INTERSECTION`), "222222222222", "", "arn:aws:iam::${the account of main.yaml}:root", "eu-west-1"},
		"all but one":    {group(`Accounts: ["222222222222"], OrganizationalUnitIds: [ou-ab12-cdefghij], AccountFilterType: DIFFERENCE`), "", "the stack set Set", "arn:aws:iam::${the account of main.yaml}:root", "eu-west-1"},
		"unknown":        {group("Accounts: [!Ref Target]"), "", "the stack set Set", "arn:aws:iam::${the account of main.yaml}:root", "eu-west-1"},
		"the same":       {group("Accounts: [!Ref AWS::AccountId]"), "", "", "arn:aws:iam::<self>:root", "eu-west-1"},
		"no group":       {"", "", "the stack set Set", "arn:aws:iam::${the account of main.yaml}:root", ""},
		"its own values": {group(`Accounts: ["222222222222"]`) + "          ParameterOverrides: [{ParameterKey: Hub, ParameterValue: \"444444444444\"}]\n", "222222222222", "", "arn:aws:iam::444444444444:root", "eu-west-1"},
	} {
		m := whole(t, map[string]string{"main.yaml": stackSet(setBody + c.targets)})
		u := remote(t, m)
		if len(m.Units) != 2 || u.Name != "main.yaml" || u.Account != c.account || u.Credentials != c.credentials || u.Region != c.region {
			t.Errorf("%s: %d units, %q of account %q, %q, %q", name, len(m.Units), u.Name, u.Account, u.Credentials, u.Region)
		}
		role := identity(t, u, "Set/Remote")
		if got := role.Trust.Statements[0].Principals[0].Value.Show(); got != c.principal {
			t.Errorf("%s: trusts %s", name, got)
		}
		// An account that is known may yet be that of the template.
		if apart := u.Apart(m.Units[0]); apart != (c.credentials != "") {
			t.Errorf("%s: apart %v", name, apart)
		}
	}
}

func TestPlacesInATemplateInAString(t *testing.T) {
	json := `{"Resources": {"Set": {"Type": "AWS::CloudFormation::StackSet", "Properties": {"StackSetName": "s", "PermissionModel": "SELF_MANAGED",
		"TemplateBody": "{\"Resources\": {\"Remote\": {\"Type\": \"AWS::IAM::Role\", \"Properties\": {\"Policies\": [{\"PolicyName\": \"read\", \"PolicyDocument\": {\"Version\": \"2012-10-17\", \"Statement\": {\"Effect\": \"Allow\", \"Action\": \"logs:GetLogEvents\", \"Resource\": \"*\"}}}]}}}}"}}}}`
	object := `
Transform: AWS::LanguageExtensions
Resources:
  Set:
    Type: AWS::CloudFormation::StackSet
    Properties:
      StackSetName: s
      PermissionModel: SELF_MANAGED
      TemplateBody:
        Fn::ToJsonString:
          Resources:
            Remote:
              Type: AWS::IAM::Role
              Properties:
                Policies:
                  - PolicyName: read
                    PolicyDocument: {Version: "2012-10-17", Statement: {Effect: Allow, Action: "logs:GetLogEvents", Resource: "*"}}
`
	sub := strings.Replace(setBody, "TemplateBody: |", "TemplateBody: !Sub |", 1)
	sub = strings.NewReplacer("${Hub}", "${!Hub}", "${Verb}", "${!Verb}", `"read"`, `"read-${Target}"`).Replace(sub)
	for name, c := range map[string]struct{ file, text, policy, action string }{
		"block scalar": {"a.yaml", stackSet(setBody), `"read"`, `!Sub "logs:${Verb}"`},
		"Fn::Sub":      {"b.yaml", stackSet(sub), `"read-${Target}"`, `!Sub "logs:${!Verb}"`},
		"JSON string":  {"c.json", json, `\"read\"`, `\"logs:GetLogEvents\"`},
		"object":       {"d.yaml", object, "read", `"logs:GetLogEvents"`},
	} {
		m := whole(t, map[string]string{c.file: c.text})
		p := identity(t, remote(t, m), "Set/Remote").Inline[0]
		if got := p.Name.Range.Text(); got != c.policy || p.Name.Range.Path() != c.file {
			t.Errorf("%s: the name stands at %v: %s", name, p.Name.Range, got)
		}
		a := p.Document.Statements[0].Actions[0]
		if got := a.Range.Text(); got != c.action || a.Value != "logs:GetLogEvents" {
			t.Errorf("%s: the action %q stands at %v: %s", name, a.Value, a.Range, got)
		}
	}
}

func TestStackSetsThatCannotBeRead(t *testing.T) {
	for name, c := range map[string]struct{ properties, fault, note string }{
		"no template":   {"      TemplateBody: 'Resources: ['\n", "main.yaml:13:", ""},
		"unknown":       {"      TemplateBody: !Ref Target\n", "", "made when the stack is deployed"},
		"in a bucket":   {"      TemplateURL: https://b.s3.amazonaws.com/x/t.yaml\n", "", "not in the scan"},
		"missing":       {"      TemplateURL: gone.yaml\n", "is not there", ""},
		"an extra":      {"      TemplateBody: '{\"Parameters\": {\"Hub\": {\"Type\": \"String\"}}, \"Resources\": {\"U\": {\"Type\": \"AWS::IAM::User\"}}}'\n", "declares no parameter Verb", ""},
		"without value": {"      TemplateBody: '{\"Parameters\": {\"Hub\": {\"Type\": \"String\"}, \"Verb\": {\"Type\": \"String\"}, \"X\": {\"Type\": \"String\"}}, \"Resources\": {\"U\": {\"Type\": \"AWS::IAM::User\", \"Properties\": {\"UserName\": {\"Ref\": \"X\"}}}}}'\n", "", "passes for the parameter X"},
	} {
		m, diags := tree(t, map[string]string{"main.yaml": stackSet(c.properties)})
		var notes []string
		for _, u := range m.Units {
			for _, x := range u.Unresolved {
				notes = append(notes, x.Missing)
			}
		}
		if (len(diags) > 0) != (c.fault != "") || !strings.Contains(fmt.Sprint(diags), c.fault) {
			t.Errorf("%s: diagnostics %v", name, diags)
		}
		if c.note != "" && !strings.Contains(fmt.Sprint(notes), c.note) {
			t.Errorf("%s: notes %q", name, notes)
		}
	}
}
