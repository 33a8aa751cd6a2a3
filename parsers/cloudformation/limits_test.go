package cloudformation_test

import (
	"fmt"
	"strings"
	"testing"
)

// nested puts a value into itself some times over.
func nested(times int, value string, wrap func(v string) string) string {
	for range times {
		value = wrap(value)
	}
	return value
}

func policyOn(resource string) string {
	return `{"AWSTemplateFormatVersion": "2010-09-09", "Transform": "AWS::LanguageExtensions", "Parameters": {
"K": {"Type": "String"}, "P": {"Type": "String", "Default": "` + strings.Repeat("p", 4096) + `"}},
"Resources": {"P0": {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": {"Statement": [{"Effect": "Allow", "Action": "logs:*", "Resource": ` + resource + `}]}}}}}`
}

// TestFunctionsThatMakeMuchOfLittleAreBounded reads small templates whose
// values would fill any memory. Each must end soon and say so.
func TestFunctionsThatMakeMuchOfLittleAreBounded(t *testing.T) {
	for _, c := range []struct{ name, file, text string }{
		{"sub of sub", "t.json", policyOn(nested(40, `"xxxxxxxx"`, func(v string) string { return `{"Fn::Sub": ["${a}${a}", {"a": ` + v + `}]}` }))},
		{"sub of a long default", "t.json", policyOn(`{"Fn::Sub": "` + strings.Repeat("${P}", 20_000) + `"}`)},
		{"base64 of base64", "t.json", policyOn(nested(100, `"xxxxxxxx"`, func(v string) string { return `{"Fn::Base64": ` + v + `}` }))},
		{"text of text", "t.json", policyOn(nested(60, `"\""`, func(v string) string { return `{"Fn::ToJsonString": {"a": ` + v + `}}` }))},
		{"join of a long default", "t.json", policyOn(`{"Fn::Join": ["", [` + strings.TrimSuffix(strings.Repeat(`{"Ref": "P"},`, 20_000), ",") + `]]}`)},
		{"names of names", "t.json", namesOfNames(40)},
		{"loop in loop in loop", "t.json", loops(300)},
		{"alias of alias", "t.yaml", aliases(30)},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, spent := readBounded(t, c.file, c.text)
			if !strings.Contains(got, "than the limit") {
				t.Errorf("no diagnostic in %.2000s", got)
			}
			if spent.exceeded() {
				t.Errorf("it took %s and %d MiB", spent.cpu, spent.heap>>20)
			}
		})
	}
}

// namesOfNames are roles each named after the next one twice.
func namesOfNames(n int) string {
	var list []string
	for i := range n {
		list = append(list, fmt.Sprintf(`"R%d": {"Type": "AWS::IAM::Role", "Properties": {"RoleName": {"Fn::Sub": "${R%d}${R%d}"}}}`, i, i+1, i+1))
	}
	list = append(list, fmt.Sprintf(`"R%d": {"Type": "AWS::IAM::Role", "Properties": {"RoleName": "xxxxxxxx"}}`, n))
	return `{"AWSTemplateFormatVersion": "2010-09-09", "Resources": {` + strings.Join(list, ",") + "}}"
}

func loops(n int) string {
	list := strings.TrimSuffix(strings.Repeat(`"a",`, n), ",")
	body := `"R${X}${Y}${Z}": {"Type": "AWS::IAM::User", "Properties": {"UserName": {"Fn::Sub": "${X}${Y}${Z}"}}}`
	for _, id := range []string{"X", "Y", "Z"} {
		body = `"Fn::ForEach::L` + id + `": ["` + id + `", [` + list + `], {` + body + `}]`
	}
	return `{"AWSTemplateFormatVersion": "2010-09-09", "Transform": "AWS::LanguageExtensions", "Resources": {` + body + "}}"
}

func aliases(n int) string {
	var b strings.Builder
	b.WriteString("AWSTemplateFormatVersion: 2010-09-09\nMetadata:\n  a0: &a0 [x, x]\n")
	for i := range n {
		fmt.Fprintf(&b, "  a%d: &a%d [*a%d, *a%d]\n", i+1, i+1, i, i)
	}
	b.WriteString("Resources:\n  U: {Type: AWS::IAM::User}\n")
	return b.String()
}

// TestLongChainsEnd reads names and conditions that hang on one another for
// longer than anything real, and in a circle.
func TestLongChainsEnd(t *testing.T) {
	const n = 3000
	var names, conditions []string
	for i := range n {
		names = append(names, fmt.Sprintf(`"R%d": {"Type": "AWS::IAM::User", "Condition": "C%d", "Properties": {"UserName": {"Fn::Sub": "a${R%d}"}}}`, i, i, (i+1)%n))
		conditions = append(conditions, fmt.Sprintf(`"C%d": {"Fn::Not": [{"Condition": "C%d"}]}`, i, (i+1)%n))
	}
	text := `{"AWSTemplateFormatVersion": "2010-09-09", "Conditions": {` + strings.Join(conditions, ",") + `}, "Resources": {` + strings.Join(names, ",") + "}}"
	got, spent := readBounded(t, "t.json", text)
	if spent.exceeded() || !strings.Contains(got, "R2999") {
		t.Errorf("it took %s and %d MiB: %.300s", spent.cpu, spent.heap>>20, got)
	}
}

// TestOneLongLineCostsNoMoreThanMany reads YAML in flow style, all in a line.
func TestOneLongLineCostsNoMoreThanMany(t *testing.T) {
	var b strings.Builder
	b.WriteString("AWSTemplateFormatVersion: 2010-09-09\nResources: {é: {Type: AWS::IAM::User}")
	for i := range 6000 {
		fmt.Fprintf(&b, ", R%d: {Type: AWS::IAM::User, Properties: {UserName: u%d, Path: /a/, Groups: [a, b, c]}}", i, i)
	}
	b.WriteString("}\n")
	got, spent := readBounded(t, "t.yaml", b.String())
	if spent.exceeded() || !strings.Contains(got, "R5999 u5999") {
		t.Errorf("it took %s and %d MiB: %.300s", spent.cpu, spent.heap>>20, got)
	}
}

// TestDocumentsThatNoServiceTakesAreNotRead bounds what is asked of a document.
func TestDocumentsThatNoServiceTakesAreNotRead(t *testing.T) {
	list := strings.TrimSuffix(strings.Repeat(`"arn:aws:logs:*:*:log-group:a",`, 20_000), ",")
	got := parse(t, "t.json", policyOn("["+list+"]"), nil)
	if len(got.Diagnostics) != 1 || !strings.Contains(got.Diagnostics[0].Message, "larger than any that AWS takes") {
		t.Errorf("diagnostics %v", got.Diagnostics)
	}
	if d := got.Units[0].Policies[0].Document; !d.Unknown {
		t.Error("the document is taken for known")
	}
}
