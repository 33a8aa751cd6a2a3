package cloudformation_test

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/iamwatch/iamwatch/parsers/cloudformation"
	"github.com/iamwatch/iamwatch/scanner"
	"github.com/iamwatch/iamwatch/scanner/source"
)

func TestReadParametersInEveryShape(t *testing.T) {
	want := map[string]string{"Env": "prod=1", "Account": "012345678901", "Empty": "", "Flag": "true"}
	for name, text := range map[string]string{
		"list.json": `[{"ParameterKey": "Env", "ParameterValue": "prod=1"}, {"ParameterKey": "Account", "ParameterValue": "012345678901", "ResolvedValue": "x"},
			{"ParameterKey": "Empty", "ParameterValue": ""}, {"ParameterKey": "Flag", "ParameterValue": "true", "UsePreviousValue": false},
			{"ParameterKey": "Kept", "UsePreviousValue": true}]`,
		"list.yaml":      "- ParameterKey: Env\n  ParameterValue: prod=1\n- {ParameterKey: Account, ParameterValue: 012345678901}\n- {ParameterKey: Empty, ParameterValue: ''}\n- {ParameterKey: Flag, ParameterValue: true}\n",
		"pipeline.json":  `{"Parameters": {"Env": "prod=1", "Account": "012345678901", "Empty": "", "Flag": true}, "StackPolicy": {}}`,
		"pipeline.yaml":  "---\nParameters:\n  Env: prod=1\n  Account: 012345678901\n  Empty: \"\"\n  Flag: True\n",
		"pairs.json":     `["Env=prod=1", "Account=012345678901", "Empty=", "Flag=true"]`,
		"pairs.yaml":     "- Env=prod=1\n- Account=012345678901\n- Empty=\n- Flag=true\n",
		"pairs.with-bom": "\uFEFF[\"Env=prod=1\",\r\n\"Account=012345678901\", \"Empty=\", \"Flag=true\"]\r\n",
	} {
		got, err := cloudformation.ReadParameters(source.New(name, []byte(text)))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		values := map[string]string{}
		for key, v := range got {
			values[key] = v.Value
			if !v.Known || v.Range.IsZero() {
				t.Errorf("%s: %s is %+v", name, key, v)
			}
		}
		if diff := cmp.Diff(want, values); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestBadParameterFiles(t *testing.T) {
	for text, want := range map[string]string{
		`{"Env": "secret"}`:              "f:1:1: want a list of ParameterKey",
		`{"Parameters": ["Env=secret"]}`: "f:1:1: want a list of ParameterKey",
		`"secret"`:                       "f:1:1: want a list of ParameterKey",
		"[\n \"secret\"]":                "f:2:2: want Key=Value",
		"[\n \"=secret\"]":               "f:2:2: a parameter without name",
		"[\n [\"Env=secret\"]]":          "f:2:2: want an object with ParameterKey",
		"[{\"ParameterKey\": \"Env\"}]":  "f:1:2: the parameter Env has no ParameterValue",
		"[\"Env=a\",\n \"Env=secret\"]":  "f:2:2: the parameter Env is given twice",
		"{\"Parameters\": {\"Env\": \"a\",\n \"Env\": \"b\"}}": "f:2:2: the key \"Env\" repeats",
		"Parameters:\n  Env: [secret]\n":                       "f:2:8: the value of the parameter Env is no text",
		"Parameters:\n  Env: !Ref secret\n":                    "f:2:8: the value of the parameter Env is no text",
		"Parameters:\n  Env: ~\n":                              "f:2:8: the value of the parameter Env is no text",
		"Parameters:\n  Env: [\n":                              "f:3:",
		"[{\"ParameterKey\": ":                                 "f:1:",
		"":                                                     "f:1:1: ",
	} {
		_, err := cloudformation.ReadParameters(source.New("f", []byte(text)))
		if err == nil || !strings.HasPrefix(err.Error(), want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

// given reads the table's template with values from a file and from flags.
func given(t *testing.T, value string, env *scanner.Env) scanner.Parsed {
	t.Helper()
	file := source.New("t.json", []byte(template(value)))
	return cloudformation.New().Plan(env, []*source.Source{file})[0](context.Background())
}

func TestValuesFromFilesHaveTheirPlace(t *testing.T) {
	file := source.New("p.yaml", []byte("Parameters:\n  Org: other\n  Names: x,y\n"))
	values, err := cloudformation.ReadParameters(file)
	if err != nil {
		t.Fatal(err)
	}
	for value, want := range map[string]string{
		`{"Ref": "Org"}`:                             "other from p.yaml:2:8",
		`{"Fn::Sub": "${Org}"}`:                      "other from p.yaml:2:8",
		`{"Fn::Sub": "a-${Org}"}`:                    "a-other from p.yaml:2:8",
		`{"Fn::Join": ["-", ["a", {"Ref": "Org"}]]}`: "a-other from p.yaml:2:8",
		`{"Fn::Select": [1, {"Ref": "Names"}]}`:      "y from p.yaml:3:12",
	} {
		got := tag(t, given(t, value, &scanner.Env{ParameterFiles: values}).Units[0])
		if s := got.Value + " from " + got.Origin.String(); s != want {
			t.Errorf("%s: %s, want %s", value, s, want)
		}
	}
	both := &scanner.Env{ParameterFiles: values, Parameters: map[string]string{"Org": "flag"}}
	if got := tag(t, given(t, `{"Ref": "Org"}`, both).Units[0]); !got.Is("flag") || !got.Origin.IsZero() {
		t.Errorf("the flag does not win: %+v", got)
	}
}

func TestValuesThatAreNotAllowedAreNotTaken(t *testing.T) {
	env := &scanner.Env{Parameters: map[string]string{"Env": "hunter2", "Only": "one"}}
	got := given(t, `{"Ref": "Env"}`, env)
	if s := tag(t, got.Units[0]); s.Known {
		t.Errorf("taken: %+v", s)
	}
	if len(got.Diagnostics) != 1 || !got.Diagnostics[0].Warning || strings.Contains(got.Diagnostics[0].Message, "hunter2") || got.Diagnostics[0].Range.Text() != `"Env"` {
		t.Errorf("diagnostics %v", got.Diagnostics)
	}
	list := "Parameters:\n  L: {Type: CommaDelimitedList, AllowedValues: [a, b]}\nResources:\n  U: {Type: AWS::IAM::User, Properties: {UserName: !Join ['-', !Ref L]}}\n"
	for value, want := range map[string]int{"a, b": 0, "b": 0, "a,c": 1} {
		if got := parse(t, "t.yaml", list, map[string]string{"L": value}); len(got.Diagnostics) != want {
			t.Errorf("%s: diagnostics %v", value, got.Diagnostics)
		}
	}
}

// FuzzReadParameters looks for files that end the program, and for values
// without a place.
func FuzzReadParameters(f *testing.F) {
	for _, text := range []string{
		`[{"ParameterKey": "A", "ParameterValue": "b"}, {"ParameterKey": "C", "UsePreviousValue": true}]`,
		`{"Parameters": {"A": "b"}, "Tags": {}}`, `["A=b", "C="]`, "Parameters: &p\n  A: b\n  C: 012\n", "- A=b\n- {ParameterKey: C, ParameterValue: &x d}\n", "a: *a",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		file := source.New("f", data)
		values, err := cloudformation.ReadParameters(file)
		if err != nil && (values != nil || !strings.HasPrefix(err.Error(), "f:")) {
			t.Errorf("%v with %v", err, values)
		}
		for name, v := range values {
			if name == "" || v.Range.Source != file {
				t.Errorf("%q: %+v", name, v)
			}
		}
	})
}
