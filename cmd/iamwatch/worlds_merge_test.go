package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// actionTemplate is a role whose only action is a parameter's value; keys are
// more of its statement's.
func actionTemplate(keys string) string {
	return `Parameters:
  Act: {Type: String, AllowedValues: ["logs:GetLogEvents", "logs:*", "cloudwatch:*"]}
Resources:
  R:
    Type: AWS::IAM::Role
    Properties:
      RoleName: r
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: sts:AssumeRole}]
      Policies:
        - PolicyName: p
          PolicyDocument:
            Version: "2012-10-17"
            Statement: [{Effect: Allow, Resource: "*", Action: !Ref Act` + keys + `}]
`
}

// TestFindingsOfAlternativesSayNoMoreThanIsTrue: each value has the finding
// that a scan with the value has, by fingerprint, and nothing is said of a
// value that is not so with it.
func TestFindingsOfAlternativesSayNoMoreThanIsTrue(t *testing.T) {
	tests := map[string]struct {
		template string
		want     []string // message without its list of actions
	}{
		"several findings": {actionTemplate(""), []string{
			`policy "p" lets role "r" do everything in CloudWatch Logs; only when Act is "logs:*"`,
			`policy "p" lets role "r" do everything in CloudWatch; only when Act is "cloudwatch:*"`,
		}},
		"one statement by its name": {actionTemplate(", Sid: S"), []string{
			`policy "p" lets role "r" do everything in CloudWatch; so much only when Act is "cloudwatch:*"; less only when Act is "logs:*"`,
		}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			files := map[string]string{"t.yaml": tt.template}
			open := scanTemplate(t, files, nil)
			var got []string
			for _, f := range open.Findings {
				if f.Rule.ID == "IW202" {
					said, _, _ := strings.Cut(f.Message, ":")
					got = append(got, said+"; "+f.When)
				}
			}
			slices.Sort(got)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
			for _, act := range []string{"logs:GetLogEvents", "logs:*", "cloudwatch:*"} {
				given := map[string]string{"Act": act}
				var here, there []string
				for _, f := range open.Findings {
					if holdsUnder(f, given) {
						here = append(here, fmt.Sprint(f.Rule.ID, " ", f.Fingerprint))
					}
				}
				for _, f := range scanTemplate(t, files, given).Findings {
					there = append(there, fmt.Sprint(f.Rule.ID, " ", f.Fingerprint))
				}
				slices.Sort(here)
				slices.Sort(there)
				if diff := cmp.Diff(there, here); diff != "" {
					t.Errorf("%s: fingerprints (-with the value +without):\n%s", act, diff)
				}
			}
		})
	}
}

// TestWhatIsLessIsRelated: the finding of the other value stands beside.
func TestWhatIsLessIsRelated(t *testing.T) {
	for _, f := range scanTemplate(t, map[string]string{"t.yaml": actionTemplate(", Sid: S")}, nil).Findings {
		if f.Rule.ID != "IW202" {
			continue
		}
		for _, r := range f.Related {
			if strings.HasPrefix(r.Message, `only when Act is "logs:*": policy "p" lets role "r" do everything in CloudWatch Logs:`) {
				return
			}
		}
		t.Errorf("related: %v", f.Related)
	}
}
