package cloudformation_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/iamwatch/iamwatch/parsers/cloudformation"
	"github.com/iamwatch/iamwatch/scanner/source"
)

func TestMatch(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       bool
	}{
		{"t.json", `{"Resources": {"A": {"Type": "AWS::IAM::User"}}}`, true},
		{"t.template", "\uFEFF {\n\"AWSTemplateFormatVersion\": \"2010-09-09\"}", true},
		{"t", "# comment\n---\nResources:\n  A:\n    Type: AWS::IAM::User\n", true},
		{"t.yml", "'Resources' :\n  A: {'Type': \"Custom::A\"}\n", true},
		{"t.yaml", "# comment\n---\n {\"Resources\": {A: {Type: AWS::IAM::User}}}", true},
		{"t.yaml", "a: 1\n# comment\n {\"Resources\": {A: {Type: AWS::IAM::User}}}", false},
		{"t.yaml", "{Resources: {A: {Type: AWS::IAM::User}}}", true},
		{"t.yaml", "AWSTemplateFormatVersion: 2010-09-09\nResources: [\n", true},
		{"t.json", `{"Resources": {"A": {"Type": "AWS::IAM::User", "Properties": {`, true},
		{"t.json", `{"Description": "x" "Resources": {"A": {"Type": "AWS::IAM::User"}}}`, true},
		{"t.json", `{"Resources": {"Fn::ForEach::A": ["X", ["a"], {"${X}": {"Type": "AWS::IAM::User"}}]}}`, true},
		{"t.json", `{"Resources": {"A": {"type": "x"}}}`, false},
		{"t.json", `{"Resources": ["a"]}`, false},
		{"t.json", `{"a": {"Resources": {"A": {"Type": "AWS::IAM::User"}}}}`, false},
		{"t.json", `{"template": "{\"Resources\": {\"A\": {\"Type\": \"AWS::IAM::User\"}}}"}`, false},
		{"t.json", `[{"Resources": {}}]`, false},
		{"t.json", `{"UserDetailList": [{"Arn": "Resources`, false},
		{"t.yaml", "resources:\n  Resources:\n    A:\n      Type: AWS::IAM::User\n", false},
		{"t.yaml", "Resources:\n  cpu: 1\n", false},
		{"appspec.yaml", "version: 0.0\nResources:\n  # a list\n  - Service:\n      Type: AWS::ECS::Service\n", false},
		{"appspec.yaml", "version: 0.0\nResources: [{Service: {Type: AWS::ECS::Service}}]\n", false},
		{"t.yaml", "on: push\n", false},
		{"README.md", "Resources:\n  A:\n    Type: AWS::IAM::User\n", false},
		{"empty", "", false},
	} {
		if got := cloudformation.New().Match(source.New(c.name, []byte(c.text))); got != c.want {
			t.Errorf("%s %q: %v", c.name, c.text, got)
		}
	}
}

const good = "  Good:\n    Type: AWS::IAM::User\n    Properties: {UserName: good}\n"

func TestBadCallsGiveOneDiagnosticAndTheRestIsRead(t *testing.T) {
	for _, c := range []struct{ value, want string }{
		{"!Ref NoSuchThing", `7:17: Ref refers to "NoSuchThing"`},
		{"!GetAtt No.Arn", `7:17: Fn::GetAtt refers to "No"`},
		{"!GetAtt Good", `7:17: Fn::GetAtt takes`},
		{"!Sub 'a-${No.Arn}'", `7:25: Fn::Sub refers to "No.Arn"`},
		{"!Sub [a, b, c]", `7:17: Fn::Sub takes`},
		{"!Join [a]", `7:17: Fn::Join takes a list of 2 items, not 1 item`},
		{"!Nope x", `7:17: unknown intrinsic function Fn::Nope`},
		{"{Fn::Nope: x}", `7:17: unknown intrinsic function Fn::Nope`},
		{"!If [None, a, b]", `7:22: the template has no condition "None"`},
		{"!If [a]", `7:17: Fn::If takes a list of 3 items, not 1 item`},
		{"!FindInMap [Maps, a, b]", `7:29: the template has no mapping "Maps"`},
		{"!FindInMap [M, a, z]", `7:17: the mapping M has no value a.z`},
		{"!Select [4, [a, b]]", `7:17: Fn::Select takes item 4 of a list of 2`},
		{"{Ref: [a]}", `7:17: Ref takes a name`},
	} {
		text := "Mappings: {M: {a: {b: c}}}\nResources:\n" + "  Bad:\n    Type: AWS::IAM::User\n    Properties:\n      Path: /x/\n      UserName: " + c.value + "\n" + good
		got := parse(t, "t.yaml", text, nil)
		if len(got.Diagnostics) != 1 || !strings.HasPrefix(got.Diagnostics[0].Error(), "t.yaml:"+c.want) || got.Diagnostics[0].Warning {
			t.Errorf("%s: diagnostics %v, want %s", c.value, got.Diagnostics, c.want)
		}
		if len(got.Units) != 1 || len(got.Units[0].Identities) != 2 {
			t.Errorf("%s: the rest is not read", c.value)
		}
	}
}

func TestAMacroMayMakeWhatIsMissing(t *testing.T) {
	got := parse(t, "t.yaml", "Transform: Some::Macro\nResources:\n"+good+"  B:\n    Type: AWS::IAM::AccessKey\n    Properties: {UserName: !Ref Other}\n", nil)
	if len(got.Diagnostics) != 0 {
		t.Errorf("diagnostics %v", got.Diagnostics)
	}
	if u := got.Units[0].Unresolved; len(u) != 2 || u[0].Expression != "Transform Some::Macro" {
		t.Errorf("unresolved %+v", u)
	}
}

func TestBrokenTemplates(t *testing.T) {
	for _, c := range []struct {
		name, text, want string
		identities       int
	}{
		{"t.json", "{\"Resources\": {\"A\": {\"Type\": \"AWS::IAM::User\"},\n \"B\": {\"Type\": \"AWS::IAM::User\",", "t.json:2:", 2},
		{"t.json", "{\"AWSTemplateFormatVersion\": \"2010-09-09\",\n \"Resources\": {\"A\": {\"Type\": \"AWS::IAM::User\"} \"B\"", "t.json:2:", 1},
		{"t.yaml", "Resources:\n  A:\n    Type: AWS::IAM::User\n  B: [\n", "t.yaml:", 1},
		{"t.yaml", "Resources:\n  A:\n    Type: AWS::IAM::User\n  B:\n    Type: AWS::IAM::User\n   bad: 1\n  C:\n    Type: AWS::IAM::User\n", "t.yaml:6:", 2},
		{"t.yaml", "Resources:\n  A:\n    Type: AWS::IAM::User\n   bad: 1\n", "t.yaml:4:", 0},
		{"t.yaml", "Resources:\n  A:\n  - Type\n    Type: AWS::IAM::User\n", "t.yaml:", 0},
		{"t.yaml", "Resources:\n  A:\n  Type: AWS::IAM::User\n    Properties: {}\n  B:\n    Type: AWS::IAM::User\n", "t.yaml:4:", 1},
		{"t.yaml", "AWSTemplateFormatVersion: 2010-09-09\nResources: 1\n", "t.yaml:2:12", 0},
		{"t.yaml", "Resources:\n  A:\n    Type: AWS::IAM::User\n  B: text\n", "t.yaml:4:6", 1},
		{"t.yaml", "Resources:\n  A:\n    Type: AWS::IAM::User\n  B: {}\n", "t.yaml:4:3", 1},
	} {
		got := parse(t, c.name, c.text, nil)
		if len(got.Diagnostics) != 1 || !strings.HasPrefix(got.Diagnostics[0].Error(), c.want) || got.Diagnostics[0].Warning {
			t.Errorf("%q: diagnostics %v, want %s", c.text, got.Diagnostics, c.want)
		}
		n := 0
		for _, u := range got.Units {
			n += len(u.Identities)
		}
		if n != c.identities {
			t.Errorf("%q: %d identities, want %d", c.text, n, c.identities)
		}
	}
}

func TestABrokenDocumentIsAFaultAtItsPlace(t *testing.T) {
	u := unit(t, "p.yaml", "Resources:\n  P:\n    Type: AWS::Logs::ResourcePolicy\n    Properties:\n      PolicyName: p\n      PolicyDocument: |\n        {\"Version\":\n         nonsense}\n")
	d := u.ResourcePolicies[0].Document
	if !d.Invalid || len(d.Faults) != 1 || d.Faults[0].Range.From().Line != 8 {
		t.Errorf("document %+v", d)
	}
}

func TestAliasesAreBounded(t *testing.T) {
	var b strings.Builder
	b.WriteString("Resources:\n  A: {Type: AWS::IAM::User}\nX0: &x0 [a, a, a, a, a, a, a, a, a, a]\n")
	for i := 1; i <= 12; i++ {
		fmt.Fprintf(&b, "X%d: &x%d [%s]\n", i, i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*x%d, ", i-1), 10), ", "))
	}
	got := parse(t, "bomb.yaml", b.String(), nil)
	if len(got.Diagnostics) != 1 || !strings.Contains(got.Diagnostics[0].Message, "aliases bring in more values than the limit") {
		t.Errorf("diagnostics %v", got.Diagnostics)
	}
	if len(got.Units) != 1 || len(got.Units[0].Identities) != 1 {
		t.Error("the rest is not read")
	}
	got = parse(t, "circle.yaml", "Resources:\n  A: {Type: AWS::IAM::User}\nX: &x [*x]\n", nil)
	if len(got.Diagnostics) != 1 || got.Diagnostics[0].Range.From().Line != 3 {
		t.Errorf("diagnostics %v", got.Diagnostics)
	}
}

func TestNestingIsBounded(t *testing.T) {
	deep := strings.Repeat("[", 5000) + strings.Repeat("]", 5000)
	for name, text := range map[string]string{
		"deep.yaml": "Resources:\n  A: {Type: AWS::IAM::User}\nX: " + deep + "\n",
		"deep.json": `{"Resources": {"A": {"Type": "AWS::IAM::User"}}, "X": ` + deep + "}",
	} {
		got := parse(t, name, text, nil)
		if len(got.Diagnostics) != 1 || !strings.Contains(got.Diagnostics[0].Message, "nested deeper than") {
			t.Errorf("%s: diagnostics %v", name, got.Diagnostics)
		}
		if len(got.Units) != 1 || len(got.Units[0].Identities) != 1 {
			t.Errorf("%s: the rest is not read", name)
		}
	}
}

func TestCirclesEnd(t *testing.T) {
	u := unit(t, "c.yaml", "Conditions:\n  A: !Not [!Condition B]\n  B: !Not [!Condition A]\nResources:\n  R:\n    Type: AWS::IAM::User\n    Condition: A\n    Properties: {UserName: !Ref S}\n  S:\n    Type: AWS::IAM::User\n    Properties: {UserName: !Sub 'x-${R}'}\n")
	if len(u.Identities) != 2 || !u.Identities[0].Maybe {
		t.Errorf("identities %+v", u.Identities)
	}
}

func TestMarksCannotBeForged(t *testing.T) {
	got := parse(t, "t.yaml", "Resources:\n  A:\n    Type: AWS::IAM::User\n    Properties: {UserName: \""+source.Hole(source.HoleSelf, "")+"\"}\n", nil)
	if len(got.Units) != 0 || len(got.Diagnostics) != 1 {
		t.Errorf("%+v", got)
	}
}

func TestPropertiesThatAreNoObjectAreTold(t *testing.T) {
	for properties, want := range map[string]int{
		"{UserName: a}": 0, "": 0, "{'Fn::Transform': {Name: Macro}}": 0,
		"hello": 1, "[a]": 1, "!If [C, {UserName: a}, {UserName: b}]": 1, "!Ref AWS::NoValue": 1,
	} {
		text := "Conditions: {C: !Equals [!Ref AWS::Region, us-east-1]}\nResources:\n  A:\n    Type: AWS::IAM::User\n    Properties: " + properties + "\n" + good
		got := 0
		for _, d := range parse(t, "t.yaml", text, nil).Diagnostics {
			if strings.Contains(d.Message, "Properties of A") {
				got++
			}
		}
		if got != want {
			t.Errorf("%q: %d", properties, got)
		}
	}
}

func TestATemplateWithoutResourcesIsDoubted(t *testing.T) {
	for _, text := range []string{"AWSTemplateFormatVersion: 2010-09-09\n", "AWSTemplateFormatVersion: 2010-09-09\nResources:\n"} {
		got := parse(t, "t.yaml", text, nil)
		if len(got.Diagnostics) != 1 || !got.Diagnostics[0].Warning || got.Diagnostics[0].Range.From().Line != 1 {
			t.Errorf("%q: diagnostics %v", text, got.Diagnostics)
		}
	}
}
