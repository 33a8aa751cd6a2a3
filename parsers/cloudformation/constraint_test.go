package cloudformation_test

import (
	"strings"
	"testing"
	"time"
)

// TestWhatConstraintsForbidIsNoOutcome compares parameters with texts that
// their constraints let through or not.
func TestWhatConstraintsForbidIsNoOutcome(t *testing.T) {
	for _, c := range []struct {
		parameter, text string
		want            bool // the policy is made under some values
	}{
		{"{Type: String, MinLength: 1}", "", false},
		{"{Type: String, MinLength: 0}", "", true},
		{"{Type: String, Default: aa, MaxLength: 2}", "zzz", false},
		{"{Type: String, Default: aa, MaxLength: 3}", "zzz", true},
		{"{Type: String, Default: éé, MaxLength: 2}", "üü", true},
		{"{Type: String, Default: aa, AllowedPattern: '[a-c]+'}", "cz", false},
		{"{Type: String, Default: aa, AllowedPattern: '[a-c]+'}", "cc", true},
		{"{Type: String, Default: aa, AllowedPattern: '(?=a)'}", "zz", true},
		{"{Type: String, Default: aa, AllowedPattern: '(a{9}){99}'}", "zz", false},
		{"{Type: Number, Default: 5, MinValue: 2}", "1", false},
		{"{Type: Number, Default: 5, MaxValue: 9}", "10", false},
		{"{Type: Number, Default: 5, MaxValue: 10}", "10", true},
		{"{Type: String, Default: 5, MaxValue: 9}", "10", true},
		{"{Type: 'AWS::SSM::Parameter::Value<String>', Default: /a, AllowedPattern: '/.*'}", "zz", true},
	} {
		made := false
		for _, u := range parse(t, "t.yaml", comparing(c.parameter, c.text), nil).Units {
			made = made || len(u.Policies) > 0
		}
		if made != c.want {
			t.Errorf("%s = %q: %v", c.parameter, c.text, made)
		}
	}
}

func comparing(parameter, text string) string {
	return "Parameters:\n  E: " + parameter + "\nConditions:\n  C: !Equals [!Ref E, '" + text + `']
Resources:
  P:
    Type: AWS::IAM::ManagedPolicy
    Condition: C
    Properties:
      PolicyDocument: {Version: 2012-10-17, Statement: [{Effect: Allow, Action: 'logs:*', Resource: '*'}]}
`
}

func TestPatternsOfManyPartsAreBounded(t *testing.T) {
	start := time.Now()
	for _, pattern := range []string{strings.Repeat("(a{0,1000})", 20), strings.Repeat("(a{0,9})", 40)} {
		var conditions, more strings.Builder
		for i := range 60 {
			name := strings.Repeat("x", i+1)
			conditions.WriteString("  " + name + ": !Equals [!Ref E, '" + strings.Repeat("a", 3000+i) + "']\n")
			more.WriteString("  P" + name + ": {Type: AWS::IAM::User, Condition: " + name + "}\n")
		}
		text := comparing("{Type: String, Default: a, AllowedPattern: '"+pattern+"'}", "b")
		parse(t, "t.yaml", strings.Replace(text, "Resources:\n", conditions.String()+"Resources:\n"+more.String(), 1), nil)
	}
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("took %v", took)
	}
}
