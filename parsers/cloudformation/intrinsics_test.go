package cloudformation_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// preamble declares what the table below refers to, as JSON, which is YAML.
const preamble = `
  "Transform": "AWS::LanguageExtensions",
  "Parameters": {
    "Org": {"Type": "String", "Default": "acme"},
    "Empty": {"Type": "String", "Default": ""},
    "VendorAccountId": {"Type": "String"},
    "Free": {"Type": "String"},
    "Env": {"Type": "String", "AllowedValues": ["dev", "prod"]},
    "Only": {"Type": "String", "AllowedValues": ["one"]},
    "Secret": {"Type": "String", "NoEcho": true, "Default": "hunter2"},
    "Stored": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/path"},
    "Names": {"Type": "CommaDelimitedList", "Default": "a, b,c"},
    "Attribute": {"Type": "String", "Default": "Arn"},
    "Dynamic": {"Type": "CommaDelimitedList", "Default": "a,{{resolve:ssm:hunter2}}"}
  },
  "Mappings": {
    "M": {"x": {"k": "one", "same": "s"}, "y": {"k": "two", "same": "s"}},
    "Keys": {"k": {"v": "y", "n": 1, "list": ["1", "2"]}}
  },
  "Conditions": {
    "Yes": {"Fn::Equals": [{"Ref": "Org"}, "acme"]},
    "No": {"Fn::Not": [{"Condition": "Yes"}]},
    "Both": {"Fn::And": [{"Condition": "Yes"}, {"Fn::Or": [{"Condition": "No"}, {"Condition": "Yes"}]}]},
    "Any": {"Fn::Or": [{"Condition": "No"}, {"Fn::Not": [{"Fn::Equals": [{"Ref": "Org"}, {"Ref": "Empty"}]}]}]},
    "InChina": {"Fn::Equals": [{"Ref": "AWS::Partition"}, "aws-cn"]},
    "IsProd": {"Fn::Equals": [{"Ref": "Env"}, "prod"]},
    "IsTest": {"Fn::Equals": [{"Ref": "Env"}, "test"]},
    "HasSecret": {"Fn::Not": [{"Fn::Equals": [{"Ref": "Secret"}, ""]}]}
  },`

const others = `
    "Role": {"Type": "AWS::IAM::Role", "Properties": {"RoleName": "ops", "Path": "/x/",
      "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": []}}},
    "Nameless": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": []}}},
    "Shared": {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"ManagedPolicyName": "shared",
      "PolicyDocument": {"Version": "2012-10-17", "Statement": []}}},
    "Logs": {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "/app"}},
    "Topic": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "ACCOUNT-NAME"}},
    "Custom": {"Type": "Custom::Thing", "Properties": {"ServiceToken": "arn:aws:lambda:us-east-1:111122223333:function:f"}},`

// A form is a value written in JSON long form, YAML long form and YAML short
// form, and what it comes to: holes as source.Show writes them.
type form struct{ name, json, long, short, want string }

func forms() []form {
	return []form{
		{"Ref parameter", `{"Ref": "Org"}`, `{Ref: Org}`, `!Ref Org`, "acme"},
		{"Ref account parameter", `{"Ref": "VendorAccountId"}`, `{Ref: VendorAccountId}`, `!Ref VendorAccountId`, "${VendorAccountId}"},
		{"Ref only allowed value", `{"Ref": "Only"}`, `{Ref: Only}`, `!Ref Only`, "one"},
		{"Ref NoEcho parameter", `{"Ref": "Secret"}`, `{Ref: Secret}`, `!Ref Secret`, "${Secret}"},
		{"Ref stored parameter", `{"Ref": "Stored"}`, `{Ref: Stored}`, `!Ref Stored`, "${Stored}"},
		{"Ref role", `{"Ref": "Role"}`, `{Ref: Role}`, `!Ref Role`, "ops"},
		{"Ref nameless role", `{"Ref": "Nameless"}`, `{Ref: Nameless}`, `!Ref Nameless`, "${Nameless}"},
		{"Ref managed policy", `{"Ref": "Shared"}`, `{Ref: Shared}`, `!Ref Shared`, "arn:<partition>:iam::<self>:policy/shared"},
		{"Ref account", `{"Ref": "AWS::AccountId"}`, `{Ref: "AWS::AccountId"}`, `!Ref AWS::AccountId`, "<self>"},
		{"Ref region", `{"Ref": "AWS::Region"}`, `{Ref: "AWS::Region"}`, `!Ref AWS::Region`, "<region>"},
		{"GetAtt role", `{"Fn::GetAtt": ["Role", "Arn"]}`, `{"Fn::GetAtt": [Role, Arn]}`, `!GetAtt Role.Arn`, "arn:<partition>:iam::<self>:role/x/ops"},
		{"GetAtt text", `{"Fn::GetAtt": "Role.Arn"}`, `{"Fn::GetAtt": Role.Arn}`, `!GetAtt [Role, Arn]`, "arn:<partition>:iam::<self>:role/x/ops"},
		{"GetAtt log group", `{"Fn::GetAtt": ["Logs", "Arn"]}`, `{"Fn::GetAtt": [Logs, Arn]}`, `!GetAtt Logs.Arn`, "arn:<partition>:logs:<region>:<self>:log-group:/app:*"},
		{"Ref topic", `{"Ref": "Topic"}`, `{Ref: Topic}`, `!Ref Topic`, "arn:<partition>:sns:<region>:<self>:ACCOUNT-NAME"},
		{"GetAtt custom", `{"Fn::GetAtt": ["Custom", "A.B"]}`, `{"Fn::GetAtt": [Custom, A.B]}`, `!GetAtt Custom.A.B`, "${Custom.A.B}"},
		{"Sub", `{"Fn::Sub": "a-${Org}-${AWS::Region}-${Role.Arn}-${!Not}"}`, `{"Fn::Sub": "a-${Org}-${AWS::Region}-${Role.Arn}-${!Not}"}`, `!Sub "a-${Org}-${AWS::Region}-${Role.Arn}-${!Not}"`,
			"a-acme-<region>-arn:<partition>:iam::<self>:role/x/ops-${Not}"},
		{"Sub with map", `{"Fn::Sub": ["${A}/${Org}", {"A": {"Ref": "Role"}}]}`, `{"Fn::Sub": ["${A}/${Org}", {A: {Ref: Role}}]}`, `!Sub ["${A}/${Org}", {A: !Ref Role}]`, "ops/acme"},
		{"Join", `{"Fn::Join": ["-", [{"Ref": "Org"}, "b", {"Ref": "AWS::AccountId"}]]}`, `{"Fn::Join": ["-", [{Ref: Org}, b, {Ref: "AWS::AccountId"}]]}`, `!Join ["-", [!Ref Org, b, !Ref "AWS::AccountId"]]`, "acme-b-<self>"},
		{"Join list parameter", `{"Fn::Join": ["+", {"Ref": "Names"}]}`, `{"Fn::Join": ["+", {Ref: Names}]}`, `!Join ["+", !Ref Names]`, "a+b+c"},
		{"Join without value", `{"Fn::Join": [",", ["a", {"Ref": "AWS::NoValue"}]]}`, `{"Fn::Join": [",", [a, {Ref: "AWS::NoValue"}]]}`, `!Join [",", [a, !Ref "AWS::NoValue"]]`, "a"},
		{"If true", `{"Fn::If": ["Both", "t", "f"]}`, `{"Fn::If": [Both, t, f]}`, `!If [Both, t, f]`, "t"},
		{"If false", `{"Fn::If": ["No", "t", "f"]}`, `{"Fn::If": [No, t, f]}`, `!If [No, t, f]`, "f"},
		{"If not allowed", `{"Fn::If": ["IsTest", "t", "f"]}`, `{"Fn::If": [IsTest, t, f]}`, `!If [IsTest, t, f]`, "f"},
		{"If hidden", `{"Fn::If": ["HasSecret", "t", "f"]}`, `{"Fn::If": [HasSecret, t, f]}`, `!If [HasSecret, t, f]`, "t"},
		{"If equal branches", `{"Fn::If": ["IsProd", "t", "t"]}`, `{"Fn::If": [IsProd, t, t]}`, `!If [IsProd, t, t]`, "t"},
		{"FindInMap", `{"Fn::FindInMap": ["M", "x", "k"]}`, `{"Fn::FindInMap": [M, x, k]}`, `!FindInMap [M, x, k]`, "one"},
		{"FindInMap same", `{"Fn::FindInMap": ["M", {"Ref": "AWS::Region"}, "same"]}`, `{"Fn::FindInMap": [M, {Ref: "AWS::Region"}, same]}`, `!FindInMap [M, !Ref "AWS::Region", same]`, "s"},
		{"FindInMap default", `{"Fn::FindInMap": ["M", "z", "k", {"DefaultValue": "d"}]}`, `{"Fn::FindInMap": [M, z, k, {DefaultValue: d}]}`, `!FindInMap [M, z, k, {DefaultValue: d}]`, "d"},
		{"Select", `{"Fn::Select": [1, ["a", "b"]]}`, `{"Fn::Select": [1, [a, b]]}`, `!Select [1, [a, b]]`, "b"},
		{"Select text index", `{"Fn::Select": ["2", {"Ref": "Names"}]}`, `{"Fn::Select": ["2", {Ref: Names}]}`, `!Select ["2", !Ref Names]`, "c"},
		{"Split", `{"Fn::Select": [5, {"Fn::Split": [":", {"Fn::GetAtt": ["Role", "Arn"]}]}]}`, `{"Fn::Select": [5, {"Fn::Split": [":", {"Fn::GetAtt": [Role, Arn]}]}]}`, `!Select [5, !Split [":", !GetAtt Role.Arn]]`, "role/x/ops"},
		{"Base64", `{"Fn::Base64": "x"}`, `{"Fn::Base64": x}`, `!Base64 x`, "eA=="},
		{"Length", `{"Fn::Length": {"Ref": "Names"}}`, `{"Fn::Length": {Ref: Names}}`, `!Length {Ref: Names}`, "3"},
		{"ToJsonString", `{"Fn::ToJsonString": {"a": [1, true, null, "q\"", {"Ref": "Org"}], "b": {}}}`, `{"Fn::ToJsonString": {a: [1, true, null, 'q"', {Ref: Org}], b: {}}}`, `!ToJsonString {a: [1, true, null, 'q"', !Ref Org], b: {}}`,
			`{"a":[1,true,null,"q\"","acme"],"b":{}}`},
		{"dynamic reference", `"x-{{resolve:ssm-secure:/pass:1}}"`, `"x-{{resolve:ssm-secure:/pass:1}}"`, `"x-{{resolve:ssm-secure:/pass:1}}"`, "x-${dynamic reference 1}"},
		{"unquoted date", `"2012-10-17"`, `2012-10-17`, `2012-10-17`, "2012-10-17"},
		{"leading zero", `"012345678901"`, `012345678901`, `012345678901`, "012345678901"},
	}
}

func template(value string) string {
	return "{" + preamble + "\n  \"Resources\": {" + others + `
    "Subject": {"Type": "AWS::IAM::User", "Properties": {"UserName": "u", "Tags": [{"Key": "k", "Value": ` + value + `}]}}
  }, "Outputs": {}}` + "\n"
}

// yamlTemplate is the same template read as YAML: a comment keeps it from
// being taken for JSON.
func yamlTemplate(value string) string {
	body := template(value)
	body = strings.Replace(body, "{", "AWSTemplateFormatVersion: \"2010-09-09\"\n", 1)
	return strings.NewReplacer(
		"\n  \"Transform\": \"AWS::LanguageExtensions\",", "Transform: AWS::LanguageExtensions\n", "\n  \"Parameters\": {", "Parameters: {", "  },\n  \"Mappings\": {", "  }\nMappings: {", "  },\n  \"Conditions\": {", "  }\nConditions: {",
		"  },\n  \"Resources\": {", "  }\nResources: {", "\n  }, \"Outputs\": {}}", "\n  }\n",
	).Replace(body)
}

func TestIntrinsicFunctionsInEveryForm(t *testing.T) {
	for _, f := range append(forms(), moreForms()...) {
		t.Run(f.name, func(t *testing.T) {
			fromJSON := unit(t, "t.json", template(f.json))
			if got := tag(t, fromJSON); source.Show(got.Value) != f.want {
				t.Errorf("JSON: %q, want %q", source.Show(got.Value), f.want)
			}
			for name, text := range map[string]string{"long": f.long, "short": f.short} {
				fromYAML := unit(t, "t.yaml", yamlTemplate(text))
				if diff := cmp.Diff(fromJSON, fromYAML, withoutPlaces); diff != "" {
					t.Errorf("YAML %s form differs (-json +yaml):\n%s", name, diff)
				}
			}
		})
	}
}

func tag(t *testing.T, u *model.Unit) source.String {
	t.Helper()
	for _, id := range u.Identities {
		if id.Address == "Subject" && len(id.Tags) == 1 {
			return id.Tags[0].Value
		}
	}
	t.Fatal("no subject with one tag")
	return source.String{}
}

func TestWhatIsNotKnownIsAHoleOrUnread(t *testing.T) {
	for _, value := range []string{
		`{"Fn::ImportValue": "x"}`, `{"Fn::GetStackOutput": {"StackName": "s", "OutputName": "o"}}`, `{"Fn::Select": [0, {"Fn::GetAZs": ""}]}`,
		`{"Fn::Select": [0, {"Fn::Cidr": [{"Ref": "Free"}, 2, 8]}]}`, `{"Fn::Select": [1, {"Fn::Split": ["-", {"Ref": "Free"}]}]}`,
		`{"Fn::FindInMap": ["M", {"Ref": "Free"}, "k"]}`, `{"Fn::Join": ["", [{"Ref": "Free"}]]}`, `{"Fn::Transform": {"Name": "AWS::Include", "Parameters": {"Location": "s3://b/k"}}}`,
	} {
		got := tag(t, unit(t, "t.json", template(value)))
		if got.Known || !source.HasMark(got.Value) {
			t.Errorf("%s: %+v, want a hole", value, got)
		}
	}
}

func TestParametersFromOutside(t *testing.T) {
	text := template(`{"Fn::If": ["IsProd", {"Ref": "VendorAccountId"}, {"Ref": "Org"}]}`)
	got := parse(t, "t.json", text, map[string]string{"Env": "prod", "VendorAccountId": "111122223333"})
	if s := tag(t, got.Units[0]); !s.Is("111122223333") {
		t.Errorf("prod: %+v", s)
	}
	got = parse(t, "t.json", text, map[string]string{"Env": "dev", "Org": "other"})
	if s := tag(t, got.Units[0]); !s.Is("other") {
		t.Errorf("dev: %+v", s)
	}
}

func TestHoleKinds(t *testing.T) {
	for value, kind := range map[string]source.HoleKind{
		`{"Ref": "VendorAccountId"}`: source.HoleAccount, `{"Ref": "Free"}`: source.HoleFree, `{"Ref": "AWS::AccountId"}`: source.HoleSelf,
		`{"Ref": "AWS::Partition"}`: source.HolePartition, `{"Ref": "Nameless"}`: source.HoleName, `{"Ref": "AWS::Region"}`: source.HoleRegion,
	} {
		got := source.Pieces(tag(t, unit(t, "t.json", template(value))).Value)
		if len(got) != 1 || got[0].Kind != kind {
			t.Errorf("%s: %+v, want a hole of kind %s", value, got, kind)
		}
	}
}

func TestSecretsAreNotKept(t *testing.T) {
	for _, value := range []string{`{"Ref": "Secret"}`, `{"Fn::Sub": "${Secret}"}`, `"{{resolve:secretsmanager:hunter2}}"`, `{"Fn::Join": ["", ["{{resolve:", "ssm:hunter2}}"]]}`} {
		u := unit(t, "t.json", template(value))
		if text := fmt.Sprintf("%+v %+v", tag(t, u).Value, u.Unresolved); strings.Contains(text, "hunter2") {
			t.Errorf("%s: a secret is shown: %s", value, text)
		}
	}
}

func TestTemplatesOfTheTableAreJSON(t *testing.T) {
	for _, f := range append(forms(), moreForms()...) {
		var v map[string]json.RawMessage
		if err := json.Unmarshal([]byte(template(f.json)), &v); err != nil {
			t.Errorf("%s: %v", f.name, err)
		}
	}
}
