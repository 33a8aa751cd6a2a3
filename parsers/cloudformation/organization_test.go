package cloudformation_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestControls: service control policies with what they are attached to;
// policies of other types are none.
func TestControls(t *testing.T) {
	u := unit(t, "org.yaml", `AWSTemplateFormatVersion: "2010-09-09"
Parameters:
  Targets:
    Type: CommaDelimitedList
Resources:
  Guard:
    Type: AWS::Organizations::Policy
    Properties:
      Name: guard
      Type: SERVICE_CONTROL_POLICY
      TargetIds:
        - "111122223333"
        - ou-ab12-cdefghij
      Content:
        Version: "2012-10-17"
        Statement:
          - Effect: Deny
            Action: logs:Delete*
            Resource: "*"
  Open:
    Type: AWS::Organizations::Policy
    Properties:
      Name: open
      Type: SERVICE_CONTROL_POLICY
      TargetIds: !Ref Targets
      Content: '{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "logs:*", "Resource": "*"}]}'
  Tags:
    Type: AWS::Organizations::Policy
    Properties:
      Name: tags
      Type: TAG_POLICY
      Content: {tags: {}}
`)
	got := map[string][]string{}
	for _, c := range u.Controls {
		for _, target := range c.Targets {
			got[c.Name.Value] = append(got[c.Name.Value], target.Value.Show())
		}
		if c.Document.Unknown || c.Document.Invalid {
			t.Errorf("document of %s: %+v", c.Address, c.Document)
		}
	}
	want := map[string][]string{"guard": {"111122223333", "ou-ab12-cdefghij"}, "open": {"${Targets}"}}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if u.Management || len(u.Controls) != 2 {
		t.Errorf("management %t, %d controls", u.Management, len(u.Controls))
	}
}
