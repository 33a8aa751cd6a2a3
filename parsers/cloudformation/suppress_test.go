package cloudformation_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestIgnoresInMetadata: a resource says in its metadata what is known of it.
func TestIgnoresInMetadata(t *testing.T) {
	got := parse(t, "t.yaml", `Resources:
  A:
    Type: AWS::IAM::User
    Metadata:
      iamwatch:
        ignore:
        - {rule: IW202, reason: known, expires: 2027-03-31}
        - rule: cloudwatch-wildcard
        - IW203
        - {rule: IW204, reason: known, until: 2027}
        - {rule: IW205, reason: known, expires: soon}
  B:
    Type: AWS::IAM::User
    Metadata: {iamwatch: {ignore: {rule: IW206, reason: one}}}
  C:
    Type: AWS::IAM::User
    Metadata: {iamwatch: text, other: {ignore: IW207}}
`, nil)
	var list []string
	for _, s := range got.Suppressions {
		list = append(list, fmt.Sprintf("%s %q %s line %d, of lines %d to %d", s.Rule.Value, s.Reason, s.Expires.Format(time.DateOnly),
			s.Range.From().Line, s.Block.From().Line, s.Block.To().Line))
	}
	want := []string{
		`IW202 "known" 2027-03-31 line 7, of lines 2 to 11`,
		`cloudwatch-wildcard "" 0001-01-01 line 8, of lines 2 to 11`,
		`IW203 "" 0001-01-01 line 9, of lines 2 to 11`,
		`IW204 "known" 0001-01-01 line 10, of lines 2 to 11`,
		`IW206 "one" 0001-01-01 line 14, of lines 12 to 14`,
	}
	if diff := cmp.Diff(want, list); diff != "" {
		t.Error(diff)
	}
	var told []string
	for _, d := range got.Diagnostics {
		told = append(told, d.Error())
	}
	if diff := cmp.Diff([]string{
		`t.yaml:10:40: an ignore has no key "until": it has rule, reason and expires`,
		`t.yaml:11:49: this ignores nothing: its last day is not written as YYYY-MM-DD`,
	}, told); diff != "" {
		t.Error(diff)
	}
}
