package cloudformation_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// spelled is a user with one inline policy, as JSON: what every template of
// the table below must come to.
const spelled = `{"AWSTemplateFormatVersion": "2010-09-09", "Resources": {"U": {"Type": "AWS::IAM::User", "Properties": {
  "UserName": "ops", "Path": "/012/", "Tags": [{"Key": "on", "Value": "yes"}],
  "Policies": [{"PolicyName": "p", "PolicyDocument": {"Version": "2012-10-17", "Statement": [
    {"Sid": "A", "Effect": "Allow", "Action": ["logs:GetLogEvents", "logs:FilterLogEvents"], "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "true"}}}]}}]}}}}`

const spelledHead = "AWSTemplateFormatVersion: 2010-09-09\n"

const spelledUser = "Resources:\n  U:\n    Type: AWS::IAM::User\n    Properties:\n      UserName: ops\n      Path: /012/\n"

const spelledTags = "      Tags:\n        - {Key: on, Value: yes}\n"

const spelledPolicies = `      Policies:
        - PolicyName: p
          PolicyDocument:
            Version: 2012-10-17
            Statement:
              - Sid: A
                Effect: Allow
                Action:
                  - logs:GetLogEvents
                  - logs:FilterLogEvents
                Resource: "*"
                Condition: {Bool: {"aws:SecureTransport": true}}
`

func TestSpellingsOfYAML(t *testing.T) {
	want := unit(t, "t.json", spelled)
	plain := spelledHead + spelledUser + spelledTags + spelledPolicies
	replace := func(pairs ...string) string {
		out := strings.NewReplacer(pairs...).Replace(plain)
		if out == plain {
			t.Fatalf("nothing replaced: %q", pairs)
		}
		return out
	}
	for name, text := range map[string]string{
		"plain":              plain,
		"quoted":             replace("Version: 2012-10-17", `Version: "2012-10-17"`, "UserName:", `'UserName':`, "Type:", `"Type" :`, "ops", "'ops'"),
		"CRLF":               strings.ReplaceAll(plain, "\n", "\r\n"),
		"byte order mark":    "\uFEFF" + plain,
		"document start":     "---\n" + plain + "...\n",
		"directives":         "%YAML 1.1\n---\n" + plain,
		"comments":           "# first\n\n---\n# second\n" + replace("ops\n", "ops # ops\n", "Properties:\n", "Properties: # properties\n      # more\n\n", "- PolicyName: p\n", "# item\n        - # PolicyName\n          PolicyName: p\n"),
		"no final line end":  strings.TrimSuffix(plain, "\n"),
		"tabs behind values": replace("ops\n", "ops\t\n", "Type: AWS", "Type:\tAWS"),
		"explicit tags":      replace("UserName: ops", "UserName: !!str ops", "/012/", `!!str /012/`, "Resource: \"*\"", "Resource: !!str \"*\"", "Statement:\n", "Statement: !!seq\n"),
		"unquoted boolean":   replace(`"aws:SecureTransport": true`, `"aws:SecureTransport": "true"`),
		"flow":               replace("Action:\n                  - logs:GetLogEvents\n                  - logs:FilterLogEvents\n", "Action: [logs:GetLogEvents, # one\n                  'logs:FilterLogEvents',]\n"),
		"flow statements":    spelledHead + spelledUser + spelledTags + "      Policies: [{PolicyName: p, PolicyDocument: {Version: 2012-10-17, Statement: [{Sid: A, Effect: Allow,\n    Action: [logs:GetLogEvents, !Sub \"logs:FilterLogEvents\"], Resource: !Join ['', ['*']], Condition: {Bool: {\"aws:SecureTransport\": \"true\"}}}]}}]\n",
		"tags in flow":       replace("ops", "!Join [\"\", [!Sub o, !Select [1, [a, ps]]]]", "{Key: on, Value: yes}", "{Key: !Sub \"on\", Value: !If [Y, yes, no]}", "Resources:", "Conditions: {Y: !Equals [a, a]}\nResources:"),
		"verbatim tags":      replace("ops", "!<!Sub> ops"),
		"long names as tags": replace("ops", "!Fn::Sub ops"),
		"explicit keys":      replace("      UserName: ops\n", "      ? UserName\n      : ops\n"),
		"literal":            replace("UserName: ops\n", "UserName: |-\n        ops\n"),
		"folded":             replace("UserName: ops\n", "UserName: >-\n        ops\n\n"),
		"anchors":            replace("Key: on, Value: yes", "Key: &k on, Value: &v yes") + "\nMetadata: {A: *k, B: *v}\n",
		"alias":              spelledHead + "Parts:\n  - &name ops\n  - &actions [logs:GetLogEvents, logs:FilterLogEvents]\n" + replace(spelledHead, "", "UserName: ops", "UserName: *name", "Action:\n                  - logs:GetLogEvents\n                  - logs:FilterLogEvents\n", "Action: *actions\n"),
		"alias in flow":      "X: &k on\n" + replace("{Key: on, Value: yes}", "{Key: *k , Value: yes}"),
		"alias as key":       "X: &k UserName\n" + replace("UserName: ops", "*k : ops"),
		"alias of function":  "X: &f !Sub ops\n" + replace("UserName: ops", "UserName: *f"),
		"anchor on function": "X:\n  - &f !Join ['', [o, ps]]\n  - !Join &g ['', [o, ps]]\n" + replace("UserName: ops", "UserName: *f"),
		"merge":              "X: &x {UserName: ops, Path: /012/}\n" + replace("      UserName: ops\n      Path: /012/\n", "      <<: *x\n"),
		"merge own wins":     "X: &x {UserName: other, Path: /012/}\n" + replace("      Path: /012/\n", "      <<: *x\n"),
		"merge own before":   "X: &x {UserName: other, Path: /012/}\n" + replace("      UserName: ops\n      Path: /012/\n", "      <<: *x\n      UserName: ops\n"),
		"merge list":         "X: &x {UserName: ops}\nY: &y {UserName: other, Path: /012/}\n" + replace("      UserName: ops\n      Path: /012/\n", "      <<: [*x, *y]\n"),
		"merge in merge":     "X: &x {UserName: other, Path: /012/}\nY: &y\n  <<: *x\n  UserName: ops\n" + replace("      UserName: ops\n      Path: /012/\n", "      <<: *y\n"),
		"merge inline":       replace("      UserName: ops\n      Path: /012/\n", "      <<: {UserName: ops, Path: /012/}\n"),
		"merge block list":   "X: &x {UserName: ops}\n" + replace("      UserName: ops\n      Path: /012/\n", "      <<:\n        - *x\n        - Path: /012/\n"),
		"merge of statement": "X: &s {Effect: Allow, Resource: '*', Sid: Z}\n" + replace("                Effect: Allow\n", "                <<: *s\n", "                Resource: \"*\"\n", ""),
		"JSON in block":      spelledHead + spelledUser + spelledTags + "      Policies:\n        - PolicyName: p\n          PolicyDocument: |\n            {\"Version\": \"2012-10-17\", \"Statement\": [{\"Sid\": \"A\", \"Effect\": \"Allow\",\n             \"Action\": [\"logs:GetLogEvents\", \"logs:FilterLogEvents\"], \"Resource\": \"*\",\n             \"Condition\": {\"Bool\": {\"aws:SecureTransport\": \"true\"}}}]}\n",
		"JSON as YAML":       "# JSON\n" + spelled,
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(want, unit(t, "t.yaml", text), withoutPlaces); diff != "" {
				t.Errorf("(-json +yaml):\n%s\n%s", diff, text)
			}
		})
	}
}

func TestRepeatedKeysOfYAML(t *testing.T) {
	for name, c := range map[string]struct{ text, user, want string }{
		"property":   {"Resources:\n  U:\n    Type: AWS::IAM::User\n    Properties:\n      UserName: a\n      UserName: b\n", "b", "t.yaml:6:7: "},
		"flow":       {"Resources:\n  U:\n    Type: AWS::IAM::User\n    Properties: {UserName: a, \"UserName\": b}\n", "b", "t.yaml:4:31: "},
		"resource":   {"Resources:\n  U:\n    Type: AWS::IAM::User\n    Properties: {UserName: a}\n  U:\n    Type: AWS::IAM::User\n    Properties: {UserName: b}\n", "b", "t.yaml:5:3: "},
		"section":    {"Resources:\n  V: {Type: AWS::IAM::Role}\nResources:\n  U:\n    Type: AWS::IAM::User\n    Properties: {UserName: b}\n", "b", "t.yaml:3:1: "},
		"with merge": {"X: &x {UserName: c}\nResources:\n  U:\n    Type: AWS::IAM::User\n    Properties:\n      UserName: a\n      <<: *x\n      UserName: b\n", "b", "t.yaml:8:7: "},
	} {
		got := parse(t, "t.yaml", c.text, nil)
		if len(got.Diagnostics) != 1 || !got.Diagnostics[0].Warning || !strings.HasPrefix(got.Diagnostics[0].Error(), c.want) {
			t.Errorf("%s: diagnostics %v, want %s", name, got.Diagnostics, c.want)
		}
		if ids := got.Units[0].Identities; len(ids) != 1 || ids[0].Name.Value != c.user {
			t.Errorf("%s: identities %+v", name, ids)
		}
	}
}

func TestFurtherDocumentsAreTold(t *testing.T) {
	const user = "Resources:\n  U:\n    Type: AWS::IAM::User\n"
	for name, c := range map[string]struct{ text, want string }{
		"two":         {user + "---\nResources:\n  V:\n    Type: AWS::IAM::User\n", "t.yaml:5:1: "},
		"after end":   {user + "...\n---\nother: 1\n", "t.yaml:6:1: "},
		"empty first": {"---\n# nothing\n---\n" + user, ""},
		"empty last":  {user + "---\n# nothing\n", ""},
		"broken":      {user + "---\na: [\n", "t.yaml:6:1: "},
	} {
		got := parse(t, "t.yaml", c.text, nil)
		if len(got.Units) != 1 || len(got.Units[0].Identities) != 1 || got.Units[0].Identities[0].Address != "U" {
			t.Errorf("%s: %+v", name, got)
		}
		if c.want == "" && len(got.Diagnostics) > 0 || c.want != "" && (len(got.Diagnostics) != 1 || !strings.HasPrefix(got.Diagnostics[0].Error(), c.want) || got.Diagnostics[0].Warning) {
			t.Errorf("%s: diagnostics %v, want %s", name, got.Diagnostics, c.want)
		}
	}
}

// Documents inside of scalars whose lines end in CRLF, and with characters
// outside of ASCII before the token.
func TestTokensBehindOtherLineEnds(t *testing.T) {
	text := "Resources:\n  P:\n    Type: AWS::Logs::ResourcePolicy\n    Properties:\n      PolicyName: p\n      PolicyDocument: %s\n"
	lines := strings.ReplaceAll(statement, ", ", ",\n        ")
	for name, scalar := range map[string]string{
		"literal": "|\n        " + lines, "folded": ">-\n        " + lines, "single": "'" + lines + "'",
		"double": `"` + strings.ReplaceAll(lines, `"`, `\"`) + `"`, "Sub": "!Sub |\n        " + lines, "indented": "|4\n            " + strings.ReplaceAll(lines, "\n        ", "\n            "),
	} {
		for _, breaks := range []string{"\n", "\r\n"} {
			for _, sid := range []string{"", `"Sid": "é😀",` + "\n        "} {
				s := strings.Replace(scalar, `"Effect"`, sid+`"Effect"`, 1)
				if name == "double" {
					s = strings.Replace(scalar, `\"Effect`, strings.ReplaceAll(sid, `"`, `\"`)+`\"Effect`, 1)
				}
				if name == "indented" {
					s = strings.ReplaceAll(s, "\n        \"", "\n            \"")
				}
				d := unit(t, "t.yaml", strings.ReplaceAll(fmt.Sprintf(text, s), "\n", breaks)).ResourcePolicies[0].Document
				if len(d.Statements) != 1 {
					t.Errorf("%s %q: %+v", name, breaks, d)
					continue
				}
				if got := strings.Trim(d.Statements[0].Actions[0].Range.Text(), `\"`); got != "logs:PutLogEvents" {
					t.Errorf("%s %q: the action stands at %q", name, breaks, got)
				}
			}
		}
	}
}
