package cloudformation_test

import (
	"fmt"
	"strings"
)

// A grammar makes a template out of bytes: each is a choice, and when they are
// used up every choice is the first, which ends soon. Its values are JSON,
// which is YAML too; some parts are written as YAML alone can say them.
type grammar struct {
	data  []byte
	depth int
	size  int
	yaml  bool
	// anchors are those written so far.
	anchors int
	loops   []string // identifiers of the loops around
}

const (
	maxGrammarDepth = 9
	maxGrammarSize  = 4000 // values
)

func (g *grammar) pick(n int) int {
	if len(g.data) == 0 {
		return 0
	}
	b := g.data[0]
	g.data = g.data[1:]
	return int(b) % n
}

func (g *grammar) one(list ...string) string { return list[g.pick(len(list))] }

func quoted(s string) string { return fmt.Sprintf("%q", s) }

// template is a whole template and the name of its file.
func (g *grammar) template() (name, text string) {
	g.yaml = g.pick(2) == 1
	sections := []string{
		`"AWSTemplateFormatVersion": "2010-09-09"`,
		`"Transform": ` + g.one(`"AWS::LanguageExtensions"`, `["AWS::LanguageExtensions", "AWS::Serverless-2016-10-31"]`, `"Other"`, "null"),
		`"Parameters": {` + g.parameters() + "}",
		`"Mappings": {"M": {"a": {"x": ` + g.one(`"1"`, `["1", "2"]`, "{}") + `, "y": "2"}, "b": {"x": ` + g.one(`"1"`, `"3"`) + `}}}`,
	}
	sections = append(sections, `"Conditions": {`+g.members(1+g.pick(8), func(i int) (string, string) {
		return fmt.Sprintf("C%d", i), g.condition()
	})+"}")
	sections = append(sections, `"Globals": {"Function": {"Policies": `+g.policies()+`, "Tracing": `+g.value()+"}}")
	sections = append(sections, `"Resources": {`+g.members(1+g.pick(8), g.resource)+"}")
	sections = append(sections, `"Outputs": {"O": {"Condition": "C0", "Value": `+g.value()+`, "Export": {"Name": `+g.value()+"}}}")
	text = "{" + strings.Join(sections, ",\n") + "}\n"
	if g.yaml {
		return "t.yaml", strings.Join(sections, "\n") + "\n"
	}
	return "t.json", text
}

func (g *grammar) members(n int, one func(i int) (string, string)) string {
	var out []string
	for i := range n {
		name, value := one(i)
		out = append(out, quoted(name)+": "+value)
	}
	return strings.Join(out, ",\n")
}

func (g *grammar) parameters() string {
	return g.members(4, func(i int) (string, string) {
		typ := g.one("String", "CommaDelimitedList", "AWS::SSM::Parameter::Value<String>", "Number")
		more := g.one("", `, "Default": ""`, `, "Default": "a,b"`, `, "AllowedValues": ["a", "b"]`, `, "NoEcho": true, "Default": "s"`)
		return fmt.Sprintf("P%d", i), `{"Type": ` + quoted(typ) + more + "}"
	})
}

func (g *grammar) condition() string {
	if g.depth > maxGrammarDepth || g.full() {
		return `{"Condition": "C0"}`
	}
	g.depth++
	defer func() { g.depth-- }()
	switch g.pick(6) {
	case 0:
		return `{"Fn::Equals": [{"Ref": ` + quoted(g.parameter()) + `}, ` + quoted(g.one("", "a", "b")) + "]}"
	case 1:
		return `{"Fn::Equals": [` + g.value() + ", " + g.value() + "]}"
	case 2:
		return `{"Fn::Not": [` + g.condition() + "]}"
	case 3:
		return `{"Condition": ` + quoted(g.conditionName()) + "}"
	case 4:
		return `{"Fn::And": [` + g.condition() + ", " + g.condition() + "]}"
	default:
		return `{"Fn::Or": [` + g.condition() + ", " + g.condition() + ", " + g.condition() + "]}"
	}
}

func (g *grammar) full() bool {
	g.size++
	return g.size > maxGrammarSize
}

func (g *grammar) parameter() string { return fmt.Sprintf("P%d", g.pick(4)) }

func (g *grammar) conditionName() string { return fmt.Sprintf("C%d", g.pick(9)) }

func (g *grammar) resource(i int) (string, string) {
	if g.pick(8) == 7 && len(g.loops) < 3 {
		return g.loop(func() string { return g.members(1, g.resource) })
	}
	types := []string{
		"AWS::IAM::Role", "AWS::IAM::ManagedPolicy", "AWS::IAM::Policy", "AWS::IAM::User", "AWS::IAM::RolePolicy", "AWS::Logs::ResourcePolicy",
		"AWS::Serverless::Function", "AWS::Logs::LogGroup", "AWS::CloudFormation::Stack", "AWS::EC2::Instance", "AWS::SSO::PermissionSet", "Custom::X",
	}
	name := fmt.Sprintf("R%d", i)
	for _, l := range g.loops {
		name += "${" + l + "}"
	}
	more := g.one("", `, "Condition": `+quoted(g.conditionName()), `, "DependsOn": "R0"`)
	properties := []string{
		`"AssumeRolePolicyDocument": ` + g.document(), `"PolicyDocument": ` + g.document(), `"Policies": ` + g.policies(),
		`"Roles": ` + g.list(g.reference), `"ManagedPolicyArns": ` + g.list(g.value), `"RoleName": ` + g.value(), `"Path": ` + g.value(),
		`"PolicyName": ` + g.value(), `"PermissionsBoundary": ` + g.value(), `"UserData": ` + g.value(),
	}
	from := g.pick(len(properties))
	list := strings.Join(properties[from:min(from+4, len(properties))], ", ")
	if g.pick(6) == 5 {
		key, value := g.loop(func() string { return quoted("k${"+g.innermost()+"}") + ": " + g.value() })
		list += ", " + quoted(key) + ": " + value
	}
	return name, `{"Type": ` + quoted(types[g.pick(len(types))]) + more + `, "Properties": {` + list + "}}"
}

func (g *grammar) innermost() string {
	if len(g.loops) == 0 {
		return "X0"
	}
	return g.loops[len(g.loops)-1]
}

func (g *grammar) loop(body func() string) (string, string) {
	id := fmt.Sprintf("X%d", len(g.loops))
	over := g.one(`["a", "b"]`, `["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"]`, `{"Ref": "P1"}`, `{"Fn::Split": [",", "a,b,c"]}`, "[]")
	g.loops = append(g.loops, id)
	text := body()
	g.loops = g.loops[:len(g.loops)-1]
	return "Fn::ForEach::" + id, "[" + quoted(id) + ", " + over + ", {" + text + "}]"
}

func (g *grammar) list(one func() string) string {
	var out []string
	for range g.pick(5) {
		out = append(out, one())
	}
	return "[" + strings.Join(out, ", ") + "]"
}

func (g *grammar) reference() string {
	return g.one(`{"Ref": "R0"}`, `{"Fn::GetAtt": ["R1", "Arn"]}`, `{"Fn::GetAtt": "R2.Arn"}`, `"name"`, `{"Ref": "R3"}`, g.value())
}

func (g *grammar) policies() string {
	return g.list(func() string {
		return g.one(`{"PolicyName": "p", "PolicyDocument": `+g.document()+"}", g.value(), `{"Version": "2012-10-17", "Statement": []}`, `{"FilterLogEventsPolicy": {"LogGroupName": `+g.value()+"}}")
	})
}

func (g *grammar) document() string {
	statements := g.list(func() string {
		if g.pick(6) == 5 {
			return g.value()
		}
		return `{"Effect": "Allow", "Sid": ` + quoted(g.one("a", "b")) + `, "Action": ` + g.one(`"logs:*"`, `["cloudwatch:*", `+g.value()+"]", g.value()) +
			`, "Resource": ` + g.value() + `, "Principal": ` + g.one(`"*"`, `{"AWS": `+g.value()+"}", g.value()) + "}"
	})
	body := `{"Version": "2012-10-17", "Statement": ` + statements + "}"
	switch g.pick(5) {
	case 1:
		return quoted(body)
	case 2:
		return `{"Fn::Sub": ` + quoted(strings.ReplaceAll(body, "logs:", "${P0}:")) + "}"
	case 3:
		return `{"Fn::ToJsonString": ` + body + "}"
	case 4:
		return `{"Fn::If": [` + quoted(g.conditionName()) + ", " + body + `, {"Ref": "AWS::NoValue"}]}`
	}
	return body
}

// value is any value, mostly a function.
func (g *grammar) value() string {
	if g.depth > maxGrammarDepth || g.full() {
		return `"x"`
	}
	g.depth++
	defer func() { g.depth-- }()
	if g.yaml && g.pick(6) == 5 {
		return g.onlyYAML()
	}
	switch g.pick(16) {
	case 0:
		return quoted(g.one("x", "", "arn:aws:iam::aws:policy/ReadOnlyAccess", "a,b,c", "{{resolve:ssm:p}}", "${"+g.innermost()+"}", "é😀"))
	case 1:
		return `{"Ref": ` + quoted(g.one("P0", "P1", "P2", "R0", "R1", "AWS::NoValue", "AWS::AccountId", "AWS::Region", "Nope", g.innermost())) + "}"
	case 2:
		return `{"Fn::GetAtt": [` + quoted(g.one("R0", "R1", "R2.Outputs")) + ", " + quoted(g.one("Arn", "Outputs.O", "X")) + "]}"
	case 3:
		return `{"Fn::Join": [` + quoted(g.one("", ",", ":")) + ", " + g.one(g.list(g.value), g.value()) + "]}"
	case 4:
		return `{"Fn::Sub": [` + quoted(strings.Repeat(g.one("${a}", "${a}-${b}", "${!x}${P0}", "${R0.Arn}", "${AWS::Region}{{resolve:"), 1+g.pick(5))) + `, {"a": ` + g.value() + `, "b": ` + g.value() + "}]}"
	case 5:
		return `{"Fn::If": [` + quoted(g.conditionName()) + ", " + g.value() + ", " + g.value() + "]}"
	case 6:
		return `{"Fn::FindInMap": ["M", ` + g.value() + `, "x"` + g.one("", `, {"DefaultValue": `+g.value()+"}") + "]}"
	case 7:
		return `{"Fn::Select": [` + quoted(g.one("0", "1", "9", "x")) + ", " + g.one(g.list(g.value), g.value()) + "]}"
	case 8:
		return `{"Fn::Split": [` + quoted(g.one(",", "", ":")) + ", " + g.value() + "]}"
	case 9:
		return `{"Fn::Base64": ` + g.value() + "}"
	case 10:
		return `{"Fn::ToJsonString": ` + g.value() + "}"
	case 11:
		return `{"Fn::Length": ` + g.list(g.value) + "}"
	case 12:
		return `{"Fn::Cidr": [` + g.value() + ", " + g.one("2", "256") + `, "8"]}`
	case 13:
		return `{` + g.one(`"Fn::ImportValue"`, `"Fn::Transform"`, `"Fn::GetAZs"`, `"Fn::GetStackOutput"`, `"Fn::Unknown"`) + ": " + g.value() + "}"
	case 14:
		return g.list(g.value)
	default:
		return `{"k": ` + g.value() + `, "l": ` + g.one("true", "3", "null", "1e3") + "}"
	}
}

// onlyYAML is a value with a tag, an anchor, an alias or a merge key.
func (g *grammar) onlyYAML() string {
	switch g.pick(7) {
	case 0:
		if g.anchors > 0 {
			return fmt.Sprintf("*a%d ", g.pick(g.anchors))
		}
		return "!Ref P0"
	case 1:
		v := g.value()
		if strings.HasPrefix(v, "*") || strings.HasPrefix(v, "&") {
			return v
		}
		g.anchors++
		return fmt.Sprintf("&a%d %s", g.anchors-1, v)
	case 2:
		return `!Sub "${P0}-${R0}"`
	case 3:
		return `!Join ["", ` + g.list(g.value) + "]"
	case 4:
		return "!If [C0, " + g.value() + ", !Ref AWS::NoValue]"
	case 5:
		if g.anchors > 0 {
			return fmt.Sprintf(`{"<<": *a%d , "m": 1}`, g.pick(g.anchors))
		}
		return "2012-10-17"
	default:
		return "!GetAtt R0.Arn"
	}
}
