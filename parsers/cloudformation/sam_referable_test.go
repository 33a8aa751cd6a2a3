package cloudformation_test

import "testing"

// TestReferablePropertiesOfServerlessResources refers to what SAM makes beside
// a resource ("Referencing AWS SAM generated resources").
func TestReferablePropertiesOfServerlessResources(t *testing.T) {
	for _, c := range []struct {
		name string
		made bool
	}{
		{"Rest.Stage", true}, {"Rest.Deployment", true}, {"Http.Stage", true}, {"Rest.Nothing", false},
	} {
		got := parse(t, "t.yaml", `AWSTemplateFormatVersion: 2010-09-09
Transform: AWS::Serverless-2016-10-31
Resources:
  Rest: {Type: AWS::Serverless::Api, Properties: {StageName: s}}
  Http: {Type: AWS::Serverless::HttpApi}
  Policy:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument: {Statement: [{Effect: Allow, Action: "execute-api:Invoke", Resource: !Ref `+c.name+`}]}
`, nil)
		notes := got.Units[0].Unresolved
		if made := len(notes) == 0; made != c.made {
			t.Errorf("%s: notes %v", c.name, notes)
		}
	}
}
