package terraform_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestJSONInJSON: a document in a string of a JSON configuration has the
// places of its tokens, with and without a template in it.
func TestJSONInJSON(t *testing.T) {
	for _, tc := range []struct{ name, policy string }{
		{"plain", `{\"Statement\":[{\"Sid\":\"a\\u0062c\",\"Effect\":\"Allow\",\"Action\":[\"logs:*\",\"rum:Get*\"],\"Resource\":\"*\"}]}`},
		{"with template", `{\"Id\":\"${1+1}\",\"Statement\":[{\"Sid\":\"abc\",\n\"Effect\":\"Allow\",\"Action\":[\"logs:*\",\"rum:Get*\"],\"Resource\":\"*\"}]}`},
		{"with a policy variable", `{\"Statement\":[{\"Sid\":\"abc\",\"Effect\":\"Allow\",\"Action\":[\"logs:*\",\"rum:Get*\"],\"Resource\":\"$${aws:username}\"}]}`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			u := readOne(t, files(map[string]string{
				"main.tf.json": `{"resource": {"aws_iam_policy": {"p": {"name": "p", "policy": "` + tc.policy + `"}}}}`,
			}))
			s := u.Policies[0].Document.Statements[0]
			var got []string
			for _, a := range s.Actions {
				got = append(got, a.Range.Text())
			}
			if diff := cmp.Diff([]string{`\"logs:*\"`, `\"rum:Get*\"`}, got); diff != "" {
				t.Error(diff)
			}
			if text := s.Range.Text(); !strings.HasPrefix(text, "{") || !strings.HasSuffix(text, "}") {
				t.Errorf("the statement is at %s", text)
			}
		})
	}
}

// TestJSONLiterals: a value of a variable in JSON is no template. Its text
// means what it says, and its tokens have their places.
func TestJSONLiterals(t *testing.T) {
	const document = `"{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":[\"logs:*\",\"rum:Get*\"],\"Resource\":\"arn:aws:logs:*:*:log-group:${aws:username}-$${x}-%{if}\"}]}"`
	const resource = `"resource": {"aws_iam_policy": {"p": {"name": "p", "policy": "${var.d[\"$${k}\"]}"}}}`
	for _, tc := range []struct {
		name  string
		files map[string]string
	}{
		{"default", map[string]string{"main.tf.json": `{"variable": {"d": {"type": "map(string)", "default": {"${k}": ` + document + `}}}, ` + resource + `}`}},
		{"tfvars", map[string]string{
			"main.tf.json":          `{"variable": {"d": {"type": "map(string)"}}, ` + resource + `}`,
			"a.auto.tfvars.json":    `{"d": {"${k}": ` + document + `}}`,
			"terraform.tfvars.json": `{"d": {"${k}": "weaker"}}`,
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := readOne(t, files(tc.files)).Policies[0].Document.Statements[0]
			if diff := cmp.Diff("arn:aws:logs:*:*:log-group:${aws:username}-$${x}-%{if}", s.Resources[0].Value); diff != "" {
				t.Errorf("resource (-want +got):\n%s", diff)
			}
			if got := s.Actions[0].Range.Text(); got != `\"logs:*\"` {
				t.Errorf("the action is at %s", got)
			}
		})
	}
}

// TestJSONBlocks: what stands in the place of a block is one or is told.
func TestJSONBlocks(t *testing.T) {
	for _, tc := range []struct{ name, text, want string }{
		{"block", `{"resource": {"aws_vpc": {"v": {}}}}`, ""},
		{"lists of blocks", `[{"resource": [{"aws_vpc": [{"v": [{}]}]}]}]`, ""},
		{"null", `{"resource": {"aws_vpc": {"v": null}}, "variable": null}`, ""},
		{"comment", `{"//": "x", "resource": {"//": "x", "aws_vpc": {"//": "x"}}}`, ""},
		{"text for a body", `{"resource": {"aws_vpc": {"v": "x"}}}`, `main.tf.json:1:32: want an object`},
		{"text for a label", `{"resource": {"aws_vpc": ["v"]}}`, `main.tf.json:1:27: want an object`},
		{"text for all", `"resource"`, `main.tf.json:1:1: want an object`},
		{"twice", `{"resource": [{"aws_vpc": {"v": {}}}, {"aws_vpc": {"v": {}}}]}`, `main.tf.json:1:52: resource "aws_vpc.v" is declared twice: only the first is read`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, diags := readTree(t, files(map[string]string{"main.tf.json": tc.text}))
			var got []string
			for _, d := range diags {
				got = append(got, d.Error())
			}
			if diff := cmp.Diff(tc.want, strings.Join(got, "\n")); diff != "" {
				t.Errorf("told (-want +got):\n%s", diff)
			}
		})
	}
}

// TestJSONBackend: the backend of a JSON configuration is read as one of the
// native syntax.
func TestJSONBackend(t *testing.T) {
	const role = "arn:aws:iam::111122223333:role/state"
	for name, text := range map[string]string{
		"main.tf":      "terraform {\n  backend \"s3\" {\n    assume_role = { role_arn = \"" + role + "\" }\n  }\n}\n",
		"main.tf.json": `{"terraform": {"backend": {"local": {}, "s3": {"assume_role": {"role_arn": "` + role + `"}}}}}`,
		"list.tf.json": `{"terraform": [{"backend": [{"s3": [{"assume_role": {"role_arn": "` + role + `"}}]}]}]}`,
	} {
		t.Run(name, func(t *testing.T) {
			u := readOne(t, files(map[string]string{name: text}))
			var got []string
			for _, r := range u.AssumedRoles {
				got = append(got, r.Address+" "+r.RoleARN.Value.Value)
			}
			if diff := cmp.Diff([]string{"backend.s3 " + role}, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}
