package rules_test

import (
	"slices"
	"testing"

	"github.com/iamwatch/iamwatch/scanner"
)

// aliased is a template whose second half repeats the first by YAML aliases.
const aliased = `Resources:
  First:
    Type: AWS::IAM::Role
    Properties:
      RoleName: first
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement: &trust
          - Effect: Allow
            Principal: {AWS: "*"}
            Action: sts:AssumeRole
      ManagedPolicyArns: &arns
        - arn:aws:iam::aws:policy/CloudWatchFullAccessV2
      Policies: &policies
        - PolicyName: telemetry
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - {Effect: Allow, Action: "logs:*", Resource: "*"}
  Second:
    Type: AWS::IAM::Role
    Properties:
      RoleName: second
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement: *trust
      ManagedPolicyArns: *arns
      Policies: *policies
  Sharing:
    Type: AWS::IAM::Role
    Properties:
      RoleName: CloudWatch-CrossAccountSharingRole
      AssumeRolePolicyDocument: {Version: "2012-10-17", Statement: []}
      ManagedPolicyArns: *arns
  Open:
    Type: AWS::Logs::ResourcePolicy
    Properties:
      PolicyName: open
      PolicyDocument: &open
        Version: "2012-10-17"
        Statement: [{Effect: Allow, Principal: "*", Action: logs:PutLogEvents, Resource: "*"}]
  Again:
    Type: AWS::Logs::ResourcePolicy
    Properties:
      PolicyName: again
      PolicyDocument: *open
`

// TestAliasesLeadToTheAnchoredToken holds that a finding about a second use
// stands on the alias and names the place of the anchored token.
func TestAliasesLeadToTheAnchoredToken(t *testing.T) {
	tests := []struct{ id, at, token, says string }{
		{"IW301", "*trust", `"*"`, "the principal comes from here"},
		{"IW202", "*policies", `"logs:*"`, "the action comes from here"},
		{"IW304", "*arns", "arn:aws:iam::aws:policy/CloudWatchFullAccessV2", "the ARN comes from here"},
		{"IW216", "*arns", "arn:aws:iam::aws:policy/CloudWatchFullAccessV2", "the ARN comes from here"},
		{"IW501", "*open", `"*"`, "the principal comes from here"},
	}
	for _, tt := range tests {
		found := false
		for _, f := range findingsOf(t, tt.id, "t.yaml", aliased) {
			found = found || f.Range.Text() == tt.at && slices.ContainsFunc(f.Related, func(r scanner.Related) bool {
				return r.Range.Text() == tt.token && r.Message == tt.says
			})
		}
		if !found {
			t.Errorf("%s: no finding on %s with %s at %s", tt.id, tt.at, tt.says, tt.token)
		}
	}
}
