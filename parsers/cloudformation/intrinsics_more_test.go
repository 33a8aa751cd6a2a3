package cloudformation_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/iamwatch/iamwatch/scanner/source"
)

// moreForms are nested combinations and the rarer functions.
func moreForms() []form {
	return []form{
		{"Ref partition", `{"Ref": "AWS::Partition"}`, `{Ref: "AWS::Partition"}`, `!Ref AWS::Partition`, "<partition>"},
		{"Ref URL suffix", `{"Ref": "AWS::URLSuffix"}`, `{Ref: "AWS::URLSuffix"}`, `!Ref AWS::URLSuffix`, "amazonaws.com"},
		{"Ref stack name", `{"Ref": "AWS::StackName"}`, `{Ref: "AWS::StackName"}`, `!Ref AWS::StackName`, "${AWS::StackName}"},
		{"Ref stack id", `{"Ref": "AWS::StackId"}`, `{Ref: "AWS::StackId"}`, `!Ref AWS::StackId`,
			"arn:<partition>:cloudformation:<region>:<self>:stack/${AWS::StackName}/${AWS::StackId}"},
		{"account of the stack id", `{"Fn::Select": [4, {"Fn::Split": [":", {"Ref": "AWS::StackId"}]}]}`, `{"Fn::Select": [4, {"Fn::Split": [":", {Ref: "AWS::StackId"}]}]}`,
			`!Select [4, !Split [":", !Ref "AWS::StackId"]]`, "<self>"},
		{"Sub literal alone", `{"Fn::Sub": "${!Org}"}`, `{"Fn::Sub": "${!Org}"}`, `!Sub "${!Org}"`, "${Org}"},
		{"Sub empty literal", `{"Fn::Sub": "a${!}b"}`, `{"Fn::Sub": "a${!}b"}`, `!Sub "a${!}b"`, "a${}b"},
		{"Sub of a literal twice", `{"Fn::Sub": "${!A}${!Org}${Org}"}`, `{"Fn::Sub": "${!A}${!Org}${Org}"}`, `!Sub "${!A}${!Org}${Org}"`, "${A}${Org}acme"},
		{"Sub blanks", `{"Fn::Sub": "${ Org }"}`, `{"Fn::Sub": "${ Org }"}`, `!Sub "${ Org }"`, "acme"},
		{"Sub dollar", `{"Fn::Sub": "$5 $Org {Org} ${Org}"}`, `{"Fn::Sub": "$5 $Org {Org} ${Org}"}`, `!Sub "$5 $Org {Org} ${Org}"`, "$5 $Org {Org} acme"},
		{"Sub map before parameter", `{"Fn::Sub": ["${Org}", {"Org": "map"}]}`, `{"Fn::Sub": ["${Org}", {Org: map}]}`, `!Sub ["${Org}", {Org: map}]`, "map"},
		{"Sub map of functions", `{"Fn::Sub": ["${A}-${B}", {"A": {"Fn::Join": ["+", {"Ref": "Names"}]}, "B": {"Fn::FindInMap": ["M", "x", "k"]}}]}`,
			`{"Fn::Sub": ["${A}-${B}", {A: {"Fn::Join": ["+", {Ref: Names}]}, B: {"Fn::FindInMap": [M, x, k]}}]}`,
			`!Sub ["${A}-${B}", {A: !Join ["+", !Ref Names], B: !FindInMap [M, x, k]}]`, "a+b+c-one"},
		{"Sub in Join in Sub", `{"Fn::Sub": ["<${X}>", {"X": {"Fn::Join": [",", [{"Fn::Sub": "${Org}1"}, {"Fn::Sub": "${Org}2"}]]}}]}`,
			`{"Fn::Sub": ["<${X}>", {X: {"Fn::Join": [",", [{"Fn::Sub": "${Org}1"}, {"Fn::Sub": "${Org}2"}]]}}]}`,
			`!Sub ["<${X}>", {X: !Join [",", [!Sub "${Org}1", !Sub "${Org}2"]]}]`, "<acme1,acme2>"},
		{"GetAtt by Ref", `{"Fn::GetAtt": ["Role", {"Ref": "Attribute"}]}`, `{"Fn::GetAtt": [Role, {Ref: Attribute}]}`, `!GetAtt [Role, !Ref Attribute]`, "arn:<partition>:iam::<self>:role/x/ops"},
		{"GetAtt in Sub", `{"Fn::Sub": "${Logs.Arn}"}`, `{"Fn::Sub": "${Logs.Arn}"}`, `!Sub "${Logs.Arn}"`, "arn:<partition>:logs:<region>:<self>:log-group:/app:*"},
		{"If nested", `{"Fn::If": ["No", "x", {"Fn::If": ["Both", {"Fn::Sub": "${Org}!"}, "y"]}]}`, `{"Fn::If": [No, x, {"Fn::If": [Both, {"Fn::Sub": "${Org}!"}, y]}]}`,
			`!If [No, x, !If [Both, !Sub "${Org}!", y]]`, "acme!"},
		{"If in Join", `{"Fn::Join": ["-", ["a", {"Fn::If": ["No", "b", {"Ref": "AWS::NoValue"}]}, "c"]]}`, `{"Fn::Join": ["-", [a, {"Fn::If": [No, b, {Ref: "AWS::NoValue"}]}, c]]}`,
			`!Join ["-", [a, !If [No, b, !Ref "AWS::NoValue"], c]]`, "a-c"},
		{"Or", `{"Fn::If": ["Any", "t", "f"]}`, `{"Fn::If": [Any, t, f]}`, `!If [Any, t, f]`, "t"},
		{"FindInMap by If", `{"Fn::FindInMap": ["M", {"Fn::If": ["Yes", "y", "x"]}, "k"]}`, `{"Fn::FindInMap": [M, {"Fn::If": [Yes, y, x]}, k]}`, `!FindInMap [M, !If [Yes, y, x], k]`, "two"},
		{"FindInMap in FindInMap", `{"Fn::FindInMap": ["M", {"Fn::FindInMap": ["Keys", "k", "v"]}, "k"]}`, `{"Fn::FindInMap": [M, {"Fn::FindInMap": [Keys, k, v]}, k]}`,
			`!FindInMap [M, !FindInMap [Keys, k, v], k]`, "two"},
		{"FindInMap list", `{"Fn::Join": [",", {"Fn::FindInMap": ["Keys", "k", "list"]}]}`, `{"Fn::Join": [",", {"Fn::FindInMap": [Keys, k, list]}]}`, `!Join [",", !FindInMap [Keys, k, list]]`, "1,2"},
		{"FindInMap default function", `{"Fn::FindInMap": ["M", "z", "k", {"DefaultValue": {"Fn::Sub": "${Org}"}}]}`, `{"Fn::FindInMap": [M, z, k, {DefaultValue: {"Fn::Sub": "${Org}"}}]}`,
			`!FindInMap [M, z, k, {DefaultValue: !Sub "${Org}"}]`, "acme"},
		{"FindInMap no such map", `{"Fn::FindInMap": [{"Fn::Sub": "${Org}Map"}, "z", "k", {"DefaultValue": "d"}]}`, `{"Fn::FindInMap": [{"Fn::Sub": "${Org}Map"}, z, k, {DefaultValue: d}]}`,
			`!FindInMap [!Sub "${Org}Map", z, k, {DefaultValue: d}]`, "d"},
		{"Select by map", `{"Fn::Select": [{"Fn::FindInMap": ["Keys", "k", "n"]}, {"Ref": "Names"}]}`, `{"Fn::Select": [{"Fn::FindInMap": [Keys, k, n]}, {Ref: Names}]}`, `!Select [!FindInMap [Keys, k, n], !Ref Names]`, "b"},
		{"Split and Join", `{"Fn::Join": ["_", {"Fn::Split": ["-", {"Fn::Sub": "a-${Org}-b"}]}]}`, `{"Fn::Join": ["_", {"Fn::Split": ["-", {"Fn::Sub": "a-${Org}-b"}]}]}`, `!Join ["_", !Split ["-", !Sub "a-${Org}-b"]]`, "a_acme_b"},
		{"Base64 of Sub", `{"Fn::Base64": {"Fn::Sub": "x${Org}"}}`, `{"Fn::Base64": {"Fn::Sub": "x${Org}"}}`, `{"Fn::Base64": !Sub "x${Org}"}`, "eGFjbWU="},
		{"Cidr", `{"Fn::Select": [5, {"Fn::Cidr": ["192.168.0.0/24", "6", "5"]}]}`, `{"Fn::Select": [5, {"Fn::Cidr": [192.168.0.0/24, "6", "5"]}]}`, `!Select [5, !Cidr [192.168.0.0/24, 6, 5]]`, "192.168.0.160/27"},
		{"Cidr IPv6", `{"Fn::Select": [1, {"Fn::Cidr": ["2001:db8::/56", 2, 64]}]}`, `{"Fn::Select": [1, {"Fn::Cidr": ["2001:db8::/56", 2, 64]}]}`, `!Select [1, !Cidr ["2001:db8::/56", 2, 64]]`, "2001:db8:0:1::/64"},
		{"GetAZs", `{"Fn::Select": [0, {"Fn::GetAZs": ""}]}`, `{"Fn::Select": [0, {"Fn::GetAZs": ""}]}`, `!Select [0, !GetAZs ""]`, "${availability zone 0}"},
		{"GetAZs of region", `{"Fn::Sub": ["${Z}b", {"Z": {"Fn::Select": ["1", {"Fn::GetAZs": {"Ref": "AWS::Region"}}]}}]}`, `{"Fn::Sub": ["${Z}b", {Z: {"Fn::Select": ["1", {"Fn::GetAZs": {Ref: "AWS::Region"}}]}}]}`,
			`!Sub ["${Z}b", {Z: !Select ["1", !GetAZs {Ref: "AWS::Region"}]}]`, "${availability zone 1}b"},
		{"Length of list", `{"Fn::Length": [1, {"Ref": "AWS::NoValue"}, 2]}`, `{"Fn::Length": [1, {Ref: "AWS::NoValue"}, 2]}`, `!Length [1, !Ref "AWS::NoValue", 2]`, "2"},
		{"Length of Split", `{"Fn::Length": {"Fn::Split": ["-", "a-b-c"]}}`, `{"Fn::Length": {"Fn::Split": ["-", a-b-c]}}`, `{"Fn::Length": !Split ["-", a-b-c]}`, "3"},
		{"ToJsonString of functions", `{"Fn::ToJsonString": {"n": {"Fn::Length": [1]}, "l": {"Fn::Split": [",", "a,b"]}, "x": {"Ref": "AWS::NoValue"}}}`,
			`{"Fn::ToJsonString": {n: {"Fn::Length": [1]}, l: {"Fn::Split": [",", "a,b"]}, x: {Ref: "AWS::NoValue"}}}`, `!ToJsonString {n: !Length [1], l: !Split [",", "a,b"], x: !Ref "AWS::NoValue"}`, `{"n":1,"l":["a","b"]}`},
		{"dynamic references", `{"Fn::Sub": "{{resolve:ssm:/${Org}/x}}-{{resolve:secretsmanager:a:SecretString:b}}"}`, `{"Fn::Sub": "{{resolve:ssm:/${Org}/x}}-{{resolve:secretsmanager:a:SecretString:b}}"}`,
			`!Sub "{{resolve:ssm:/${Org}/x}}-{{resolve:secretsmanager:a:SecretString:b}}"`, "${dynamic reference 1}-${dynamic reference 2}"},
		{"dynamic reference in a list", `{"Fn::Select": [1, {"Ref": "Dynamic"}]}`, `{"Fn::Select": [1, {Ref: Dynamic}]}`, `!Select [1, !Ref Dynamic]`, "${dynamic reference 1}"},
	}
}

func TestBlocksOfNetworks(t *testing.T) {
	for arg, want := range map[string]string{
		`["10.0.0.0/16", 3, 8]`:        "10.0.0.0/24 10.0.1.0/24 10.0.2.0/24",
		`["10.0.7.9/16", "2", "12"]`:   "10.0.0.0/20 10.0.16.0/20",
		`["10.0.0.0/24", 4, 6]`:        "10.0.0.0/26 10.0.0.64/26 10.0.0.128/26 10.0.0.192/26",
		`["10.0.0.0/30", 4, 0]`:        "10.0.0.0/32 10.0.0.1/32 10.0.0.2/32 10.0.0.3/32",
		`["2001:db8:0:ff::/64", 2, 8]`: "2001:db8:0:ff::/120 2001:db8:0:ff::100/120",
	} {
		u := unit(t, "t.json", template(`{"Fn::Join": [" ", {"Fn::Cidr": `+arg+`}]}`))
		if got := tag(t, u).Value; got != want {
			t.Errorf("%s: %s, want %s", arg, got, want)
		}
	}
	for _, arg := range []string{`["10.0.0.0/24", 5, 6]`, `["10.0.0.0/24", 1, 9]`, `["10.0.0.0/8", 257, 8]`, `["10.0.0.0/8", 0, 8]`} {
		got := parse(t, "t.json", template(`{"Fn::Select": [0, {"Fn::Cidr": `+arg+`}]}`), nil)
		if len(got.Diagnostics) != 1 || !strings.Contains(got.Diagnostics[0].Message, "Fn::Cidr cannot take") {
			t.Errorf("%s: diagnostics %v", arg, got.Diagnostics)
		}
	}
}

func TestFunctionsThatNeedATransform(t *testing.T) {
	for value, want := range map[string]string{
		`!Select [!Length [a], [x, y]]`:                                     "6:26: Fn::Length needs the transform AWS::LanguageExtensions",
		`!ToJsonString {a: b}`:                                              "6:17: Fn::ToJsonString needs",
		`!FindInMap [M, a, b, {DefaultValue: d}]`:                           "6:17: Fn::FindInMap needs",
		"x\n  Fn::ForEach::L: [I, [a], {'U${I}': {Type: AWS::SNS::Topic}}]": "7:3: Fn::ForEach needs",
	} {
		text := "Mappings: {M: {a: {b: c}}}\nResources:\n  U:\n    Type: AWS::IAM::User\n    Properties:\n      UserName: " + value + "\n"
		got := parse(t, "t.yaml", text, nil)
		if len(got.Diagnostics) != 1 || !got.Diagnostics[0].Warning || !strings.HasPrefix(got.Diagnostics[0].Error(), "t.yaml:"+want) {
			t.Errorf("%s: %v, want %s", value, got.Diagnostics, want)
		}
		for _, transform := range []string{"AWS::LanguageExtensions", "[AWS::LanguageExtensions, AWS::Serverless-2016-10-31]", "[AWS::Serverless-2016-10-31, Other::Macro]"} {
			if got := parse(t, "t.yaml", "Transform: "+transform+"\n"+text, nil); len(got.Diagnostics) > 0 {
				t.Errorf("%s with %s: %v", value, transform, got.Diagnostics)
			}
		}
	}
}

func TestFunctionsWhereTheyCannotStand(t *testing.T) {
	rules := "Rules:\n  R:\n    RuleCondition: !Equals [!Ref P, x]\n    Assertions:\n      - Assert: %s\nParameters:\n  P: {Type: String, Default: x}\nResources:\n  U: {Type: AWS::IAM::User}\n"
	plain := "Resources:\n  U:\n    Type: AWS::IAM::User\n    Properties:\n      UserName: %s\n"
	for _, c := range []struct{ text, value, want string }{
		{rules, `!Contains [[a, b], !Ref P]`, ""},
		{rules, `{"Fn::EachMemberEquals": [{"Fn::ValueOfAll": ["AWS::EC2::VPC::Id", Tags.Department]}, IT]}`, ""},
		{rules, `!EachMemberIn [!ValueOfAll ["AWS::EC2::Subnet::Id", VpcId], !RefAll "AWS::EC2::VPC::Id"]`, ""},
		{rules, `!And [!Equals [!ValueOf [P, Tags.A], b], !Not [!Contains [[a], !Ref P]]]`, ""},
		{rules, `!Contains [[a, b]]`, "5:17: Fn::Contains takes a list of 2 items, not 1 item"},
		{rules, `!ValueOf P`, "5:17: Fn::ValueOf takes a list of 2 items"},
		{rules, `!Includes [[a], b]`, "5:17: unknown intrinsic function Fn::Includes"},
		{rules, `!Equals [!Ref Q, b]`, `5:26: Ref refers to "Q"`},
		{plain, `!Contains [[a, b], x]`, "5:17: Fn::Contains may stand in Rules only"},
		{plain, `!RefAll "AWS::EC2::VPC::Id"`, "5:17: Fn::RefAll may stand in Rules only"},
		{plain, `!GetStackOutput {StackName: s, OutputName: o, Region: eu-west-1}`, ""},
		{plain, `!GetStackOutput {StackName: s}`, "5:17: Fn::GetStackOutput takes an object"},
		{plain, `!GetStackOutput [s, o]`, "5:17: Fn::GetStackOutput takes an object"},
		{plain, `{Fn::Sub: a, Fn::Base64: b}`, "5:18: Fn::Sub stands beside other keys"},
		{plain, `{Ref: U, Fn::Base64: b}`, "5:26: Fn::Base64 stands beside other keys"},
	} {
		var got []string
		for _, d := range parse(t, "t.yaml", fmt.Sprintf(c.text, c.value), nil).Diagnostics {
			got = append(got, d.Error())
		}
		if c.want == "" && len(got) > 0 || c.want != "" && (len(got) == 0 || !strings.HasPrefix(got[0], "t.yaml:"+c.want)) {
			t.Errorf("%s: %q, want %q", c.value, got, c.want)
		}
	}
}

// A place is where a function stands that gives some part of a policy, as
// YAML short form and as JSON, and the same written out.
func TestFunctionsInEveryPartOfAPolicy(t *testing.T) {
	const user = `{"Resources": {"U": {"Type": "AWS::IAM::User", "Properties": {%s}}}, %s}`
	const conditions = `"Conditions": {"On": {"Fn::Equals": ["a", "a"]}, "Off": {"Fn::Not": [{"Condition": "On"}]}},
		"Parameters": {"List": {"Type": "CommaDelimitedList", "Default": "logs:A,logs:B"}},
		"Mappings": {"M": {"x": {"list": ["logs:A", "logs:B"], "one": "logs:A"}}}`
	policy := func(document string) string {
		return `"Policies": [{"PolicyName": "p", "PolicyDocument": ` + document + `}]`
	}
	statement := func(action string) string {
		return policy(`{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ` + action + `, "Resource": "*"}]}`)
	}
	const one = `{"Effect": "Allow", "Action": "logs:A", "Resource": "*"}`
	document := `{"Version": "2012-10-17", "Statement": [` + one + `]}`
	quoted := func(s string) string { return source.StringValue(source.NewString(s, source.Range{})).JSON() }
	for name, c := range map[string]struct{ got, want string }{
		"action by Ref":            {statement(`{"Ref": "List"}`), statement(`["logs:A", "logs:B"]`)},
		"action by Split":          {statement(`{"Fn::Split": [",", "logs:A,logs:B"]}`), statement(`["logs:A", "logs:B"]`)},
		"action by map":            {statement(`{"Fn::FindInMap": ["M", "x", "list"]}`), statement(`["logs:A", "logs:B"]`)},
		"action by If":             {statement(`{"Fn::If": ["On", ["logs:A", "logs:B"], "logs:C"]}`), statement(`["logs:A", "logs:B"]`)},
		"action in list":           {statement(`["logs:A", {"Fn::If": ["Off", "logs:C", {"Ref": "AWS::NoValue"}]}, {"Fn::Sub": "logs:B"}]`), statement(`["logs:A", "logs:B"]`)},
		"statement by If":          {policy(`{"Version": "2012-10-17", "Statement": [{"Fn::If": ["On", ` + one + `, {"Ref": "AWS::NoValue"}]}, {"Fn::If": ["Off", ` + one + `, {"Ref": "AWS::NoValue"}]}]}`), policy(document)},
		"statements by If":         {policy(`{"Version": "2012-10-17", "Statement": {"Fn::If": ["On", [` + one + `], []]}}`), policy(document)},
		"document by If":           {policy(`{"Fn::If": ["On", ` + document + `, {"Ref": "AWS::NoValue"}]}`), policy(document)},
		"document by Sub":          {policy(`{"Fn::Sub": ` + quoted(document) + `}`), policy(document)},
		"document as text":         {policy(quoted(document)), policy(document)},
		"document by ToJsonString": {policy(`{"Fn::ToJsonString": ` + document + `}`), policy(document)},
		"document by Join":         {policy(`{"Fn::Join": ["", [` + quoted(document[:40]) + `, ` + quoted(document[40:]) + `]]}`), policy(document)},
		"effect and resource by If": {policy(strings.NewReplacer(`"Allow"`, `{"Fn::If": ["On", "Allow", "Deny"]}`, `"Resource": "*"`, `"Resource": {"Fn::If": ["Off", "a", ["*"]]}`).Replace(document)),
			policy(strings.Replace(document, `"Resource": "*"`, `"Resource": ["*"]`, 1))},
		"condition by If": {policy(strings.Replace(document, `"Resource"`, `"Condition": {"Fn::If": ["Off", {"Bool": {"a": "b"}}, {"Ref": "AWS::NoValue"}]}, "Resource"`, 1)), policy(document)},
		"condition value": {policy(strings.Replace(document, `"Resource"`, `"Condition": {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::NoValue"}, "aws:x": {"Fn::Sub": "y"}}}, "Resource"`, 1)),
			policy(strings.Replace(document, `"Resource"`, `"Condition": {"StringEquals": {"aws:x": "y"}}, "Resource"`, 1))},
		"policies by If":    {`"Policies": {"Fn::If": ["On", [{"PolicyName": "p", "PolicyDocument": ` + document + `}], {"Ref": "AWS::NoValue"}]}`, policy(document)},
		"policy by If":      {`"Policies": [{"Fn::If": ["On", {"PolicyName": {"Fn::Sub": "p"}, "PolicyDocument": ` + document + `}, {"Ref": "AWS::NoValue"}]}]`, policy(document)},
		"no policies":       {`"Policies": {"Ref": "AWS::NoValue"}, "UserName": {"Ref": "AWS::NoValue"}, "PermissionsBoundary": {"Ref": "AWS::NoValue"}, "Tags": {"Ref": "AWS::NoValue"}`, `"Path": {"Ref": "AWS::NoValue"}`},
		"managed by Split":  {`"ManagedPolicyArns": {"Fn::Split": [",", "arn:aws:iam::aws:policy/A,arn:aws:iam::aws:policy/B"]}`, `"ManagedPolicyArns": ["arn:aws:iam::aws:policy/A", "arn:aws:iam::aws:policy/B"]`},
		"managed by If":     {`"ManagedPolicyArns": {"Fn::If": ["On", ["arn:aws:iam::aws:policy/A"], {"Ref": "AWS::NoValue"}]}`, `"ManagedPolicyArns": ["arn:aws:iam::aws:policy/A"]`},
		"boundary by If":    {`"PermissionsBoundary": {"Fn::If": ["Off", "x", {"Fn::Sub": "arn:aws:iam::aws:policy/A"}]}`, `"PermissionsBoundary": "arn:aws:iam::aws:policy/A"`},
		"tags by If":        {`"Tags": [{"Fn::If": ["On", {"Key": "a", "Value": {"Fn::Select": [1, ["x", "b"]]}}, {"Ref": "AWS::NoValue"}]}]`, `"Tags": [{"Key": "a", "Value": "b"}]`},
		"tags whole by If":  {`"Tags": {"Fn::If": ["On", [{"Key": "a", "Value": "b"}], {"Ref": "AWS::NoValue"}]}`, `"Tags": [{"Key": "a", "Value": "b"}]`},
		"name of functions": {`"UserName": {"Fn::Join": ["", ["a", {"Fn::Select": [0, {"Fn::Split": ["-", "b-c"]}]}]]}, "Path": {"Fn::Sub": ["/${x}/", {"x": "y"}]}`, `"UserName": "ab", "Path": "/y/"`},
	} {
		t.Run(name, func(t *testing.T) {
			const extended = `"Transform": "AWS::LanguageExtensions", ` + conditions
			got, want := unit(t, "t.json", fmt.Sprintf(user, c.got, extended)), unit(t, "t.json", fmt.Sprintf(user, c.want, extended))
			if diff := cmp.Diff(want, got, withoutPlaces); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
