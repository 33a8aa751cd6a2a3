package cloudformation_test

import (
	"fmt"
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/iamwatch/iamwatch/scanner"
	"github.com/iamwatch/iamwatch/scanner/model"
)

// stackOf is a template that nests others under the logical ids S0, S1, ...
func stackOf(urls ...string) string {
	var b strings.Builder
	b.WriteString("Resources:\n  U: {Type: \"AWS::IAM::User\"}\n")
	for i, url := range urls {
		fmt.Fprintf(&b, "  S%d: {Type: \"AWS::CloudFormation::Stack\", Properties: {TemplateURL: %s}}\n", i, url)
	}
	return b.String()
}

// TestHostileStacks: circles, towers and fans of stacks end, are told of, and
// leave what could be read.
func TestHostileStacks(t *testing.T) {
	tower := map[string]string{}
	fan := map[string]string{"z.yaml": stackOf()}
	for i := range 40 {
		tower[fmt.Sprintf("t%02d.yaml", i)] = stackOf(fmt.Sprintf("t%02d.yaml", i+1))
		if i < 12 {
			next := fmt.Sprintf("f%02d.yaml", i+1)
			fan[fmt.Sprintf("f%02d.yaml", i)] = stackOf(next, next, next)
		}
	}
	tower["t40.yaml"], fan["f12.yaml"] = stackOf(), stackOf()
	for name, c := range map[string]struct {
		files        map[string]string
		units, users int
		fault        string
	}{
		"itself":        {map[string]string{"a.yaml": stackOf("a.yaml")}, 1, 1, "nests itself"},
		"a circle":      {map[string]string{"a.yaml": stackOf("b.yaml"), "b.yaml": stackOf("c.yaml"), "c.yaml": stackOf("a.yaml")}, 1, 3, "nests itself"},
		"into a circle": {map[string]string{"a.yaml": stackOf("b.yaml"), "b.yaml": stackOf("a.yaml"), "c.yaml": stackOf("b.yaml")}, 1, 3, "nests itself"},
		"a tower":       {tower, 3, 41, "more stacks are nested than the limit"},
		"a fan":         {fan, 2, 502, "more stacks are nested than the limit"},
		"values in a circle": {map[string]string{"b.yaml": "Parameters: {P: {Type: String}}\nResources:\n  U: {Type: \"AWS::IAM::User\", Properties: {UserName: !Ref P}}\nOutputs: {O: {Value: !Ref P}}\n",
			"a.yaml": "Resources:\n  X: {Type: \"AWS::CloudFormation::Stack\", Properties: {TemplateURL: b.yaml, Parameters: {P: !GetAtt Y.Outputs.O}}}\n  Y: {Type: \"AWS::CloudFormation::Stack\", Properties: {TemplateURL: b.yaml, Parameters: {P: !GetAtt X.Outputs.O}}}\n"}, 1, 2, ""},
	} {
		start := time.Now()
		m, diags := tree(t, c.files)
		users := 0
		for _, u := range m.Units {
			users += len(u.Identities)
		}
		if len(m.Units) != c.units || users != c.users {
			t.Errorf("%s: %d units with %d users, want %d and %d", name, len(m.Units), users, c.units, c.users)
		}
		if c.fault != "" && !strings.Contains(fmt.Sprint(diags), c.fault) || c.fault == "" && len(diags) > 0 {
			t.Errorf("%s: diagnostics %v", name, diags)
		}
		if d := time.Since(start); d > 20*time.Second {
			t.Errorf("%s: %v", name, d)
		}
	}
}

// TestStacksOfOneTreeAtAnyOrder reads the fixtures of stacks that belong
// together with one goroutine and with many.
func TestStacksOfOneTreeAtAnyOrder(t *testing.T) {
	files := fstest.MapFS{}
	dir := os.DirFS("testdata/stacks")
	if err := fs.WalkDir(dir, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(dir, path)
		files[path] = &fstest.MapFile{Data: data}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	var first *model.Model
	for _, jobs := range []int{1, 8} {
		m, diags := scanFS(t, files, &scanner.Env{FS: files, Jobs: jobs})
		if len(diags) > 0 || len(m.Units) != 3 {
			t.Fatalf("%d units, diagnostics %v", len(m.Units), diags)
		}
		if first == nil {
			first = m
			continue
		}
		if diff := cmp.Diff(outline(first), outline(m)); diff != "" {
			t.Error(diff)
		}
	}
	want := []string{"hub/extra.yaml", "main.yaml Watch/Role inline read inline extra", "main.yaml Members/Reader inline silence"}
	if got := outline(first); !cmp.Equal(got, want) {
		t.Error(cmp.Diff(want, got))
	}
}

// outline is what identities hold, a line each.
func outline(m *model.Model) []string {
	var out []string
	for _, u := range m.Units {
		if len(u.Identities) == 0 {
			out = append(out, u.Name)
		}
		for _, id := range u.Identities {
			out = append(out, strings.Join(append([]string{u.Name, id.Address}, names(id)...), " "))
		}
	}
	return out
}
