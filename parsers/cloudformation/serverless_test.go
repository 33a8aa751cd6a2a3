package cloudformation_test

import (
	"context"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/iamwatch/iamwatch/parsers/cloudformation"
	"github.com/iamwatch/iamwatch/scanner"
	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// scanned reads all files of a tree that match, as a scan of it does.
func scanned(t *testing.T, fsys fs.FS) (out scanner.Parsed) {
	t.Helper()
	p := cloudformation.New()
	var files []*source.Source
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(fsys, name)
		if f := source.New(name, data); err == nil && p.Match(f) {
			files = append(files, f)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, job := range p.Plan(&scanner.Env{FS: fsys}, files) {
		got := job(context.Background())
		out.Units = append(out.Units, got.Units...)
		out.Diagnostics = append(out.Diagnostics, got.Diagnostics...)
	}
	return out
}

// service reads one service file of a tree of its own.
func service(t *testing.T, text string) (*model.Unit, []source.Diagnostic) {
	t.Helper()
	got := scanned(t, fstest.MapFS{"serverless.yml": {Data: []byte(text)}})
	if len(got.Units) != 1 {
		t.Fatalf("%d units, diagnostics %v", len(got.Units), got.Diagnostics)
	}
	return got.Units[0], got.Diagnostics
}

// TestServiceSaysWhatItsPackageSays compares the model of a service file with
// the model of the template that the framework makes of it.
func TestServiceSaysWhatItsPackageSays(t *testing.T) {
	written := scanned(t, os.DirFS("testdata/services/collector"))
	packaged := scanned(t, os.DirFS("testdata/services/packaged"))
	if len(written.Units) != 1 || len(packaged.Units) != 1 || len(packaged.Diagnostics) != 0 {
		t.Fatalf("%d and %d units, diagnostics %v", len(written.Units), len(packaged.Units), packaged.Diagnostics)
	}
	for _, u := range []*model.Unit{written.Units[0], packaged.Units[0]} {
		sortUnit(u)
		for _, id := range u.Identities {
			for _, p := range id.Inline {
				p.Maybe = false
			}
		}
	}
	if diff := cmp.Diff(packaged.Units[0], written.Units[0], withoutPlaces, cmpopts.IgnoreFields(model.Unit{}, "Unresolved")); diff != "" {
		t.Errorf("(-packaged +written):\n%s", diff)
	}
}

func TestServiceIsNotReadBesideItsPackage(t *testing.T) {
	tree := fstest.MapFS{}
	for name, from := range map[string]string{
		"a/serverless.yml":  "testdata/services/collector/serverless.yml",
		"a/parts/roles.yml": "testdata/services/collector/parts/roles.yml",
		"b/serverless.yml":  "testdata/services/collector/serverless.yml",
		"b/parts/roles.yml": "testdata/services/collector/parts/roles.yml",
		"b/serverless.ts":   "testdata/services/collector/serverless.yml",
		"b/.serverless/cloudformation-template-update-stack.json": "testdata/services/packaged/.serverless/cloudformation-template-update-stack.json",
	} {
		tree[name] = &fstest.MapFile{Data: []byte(read(t, from))}
	}
	var got []string
	for _, u := range scanned(t, tree).Units {
		got = append(got, u.Name)
	}
	if diff := cmp.Diff([]string{"a/serverless.yml", "b/.serverless/cloudformation-template-update-stack.json"}, got); diff != "" {
		t.Error(diff)
	}
}

// TestServiceVariables shows what the name of a role becomes.
func TestServiceVariables(t *testing.T) {
	const head = "service: collector\ncustom:\n  a: {b: [x, y]}\n  stage: {dev: d, prod: p}\n  loop: ${self:custom.loop}\nprovider: {name: aws, stage: \"${opt:stage, 'dev'}\"}\n"
	for _, tc := range []struct{ text, want, note string }{
		{"plain", "plain", ""},
		{"${self:service}-r", "collector-r", ""},
		{"${self:custom.a.b.1}", "y", ""},
		{"${self:custom.stage.${opt:stage, 'dev'}}", "d", "opt:stage: its default"},
		{"${self:custom.stage.${sls:stage}}", "d", "opt:stage: its default"},
		{"${self:custom.none, self:service}", "collector", ""},
		{"${self:custom.none}", "${self:custom.none}", "self:custom.none: any value"},
		{"${opt:suffix}-r", "${opt:suffix}-r", "opt:suffix: any value"},
		{"${opt:suffix, env:SUFFIX}-r", "${opt:suffix}-r", "opt:suffix: any value"},
		{"${env:SUFFIX, 'x'}-r", "x-r", "env:SUFFIX: its default"},
		{"${file(names.yml):first}", "one", ""},
		{"${file(names.yml):second}", "collector", ""},
		{"${file(none.yml):first, 'x'}", "x", "file(none.yml):first: its default"},
		{"${file(names.js):first}", "${file(names.js):first}", "file(names.js):first: any value"},
		{"${file(../../secret.yml):first}", "${file(../../secret.yml):first}", "file(../../secret.yml):first: any value"},
		{"${ssm:/name}", "${ssm:/name}", "ssm:/name: any value"},
		{"${cf:other.Name}", "${cf:other.Name}", "cf:other.Name: any value"},
		{"${param:p, 'x'}", "x", "param:p: its default"},
		{"${aws:accountId}-${aws:region}", "<self>-<region>", ""},
		{"a-${AWS::Region}", "a-${AWS::Region}", ""},
	} {
		t.Run(tc.text, func(t *testing.T) {
			got := scanned(t, fstest.MapFS{
				"names.yml":      {Data: []byte("first: one\nsecond: ${self:service}\n")},
				"names.js":       {Data: []byte("module.exports = {first: 'one'}\n")},
				"serverless.yml": {Data: []byte(head + "resources:\n  Resources:\n    R:\n      Type: AWS::IAM::Role\n      Properties:\n        RoleName: \"" + tc.text + "\"\n")},
			})
			u := got.Units[0]
			id := identity(t, u, "R")
			if id.Name.Show() != tc.want || !strings.HasPrefix(id.Name.Range.Text(), `"`+tc.text) {
				t.Errorf("name %q at %q, want %q", id.Name.Show(), id.Name.Range.Text(), tc.want)
			}
			note := ""
			for _, x := range u.Unresolved[1:] {
				if x.Expression != "opt:stage" || strings.Contains(tc.text, "stage") {
					note += x.Expression + ": " + x.Assumed
				}
			}
			if note != tc.note {
				t.Errorf("note %q, want %q", note, tc.note)
			}
		})
	}
}

func TestServiceNotesBearOnWhatHoldsThem(t *testing.T) {
	u, diags := service(t, "service: s\nprovider:\n  name: aws\n  iam:\n    role:\n      statements:\n        - Effect: Allow\n          Action: ${opt:action}\n          Resource: '*'\nfunctions:\n  f:\n    handler: f.f\n    memorySize: ${opt:memory}\n")
	got := map[string]bool{}
	for _, x := range u.Unresolved {
		got[x.Expression] = x.Bears
	}
	if diff := cmp.Diff(map[string]bool{"serverless.yml": true, "opt:action": true, "opt:memory": false}, got); diff != "" {
		t.Error(diff)
	}
	if len(diags) != 1 || !diags[0].Warning || diags[0].Range.Text() != "service" || !strings.Contains(diags[0].Message, "serverless package") {
		t.Errorf("diagnostics %v", diags)
	}
}

func TestPositionsInAService(t *testing.T) {
	u, _ := service(t, "service: s\ncustom:\n  partner: 'arn:aws:iam::444455556666:root'\nprovider:\n  name: aws\n  iamRoleStatements:\n    - Effect: Allow\n      Action: logs:*\n      Resource: ${self:custom.partner}\nfunctions:\n  f: {handler: f.f}\n")
	id := identity(t, u, "IamRoleLambdaExecution")
	st := id.Inline[0].Document.Statements[2]
	if id.Range.Text() != "iamRoleStatements" || st.Actions[0].Range.Text() != "logs:*" || st.Resources[0].Range.Text() != "${self:custom.partner}" ||
		st.Resources[0].Origin.Text() != "'arn:aws:iam::444455556666:root'" {
		t.Errorf("role at %q, action at %q, resource at %q of %q", id.Range.Text(), st.Actions[0].Range.Text(), st.Resources[0].Range.Text(), st.Resources[0].Origin.Text())
	}
}

func TestRolesOfAService(t *testing.T) {
	for _, tc := range []struct {
		name, text string
		want       []string
	}{
		{"no functions", "", nil},
		{"the shared role", "functions: {f: {handler: f.f}}", []string{"IamRoleLambdaExecution"}},
		{"a role for all", "  role: arn:aws:iam::111122223333:role/r\nfunctions: {f: {handler: f.f}}", nil},
		{"a role for all in the new place", "  iam: {role: arn:aws:iam::111122223333:role/r}\nfunctions: {f: {handler: f.f}}", nil},
		{"a role of its own", "functions: {f: {handler: f.f, role: R}}", nil},
		{"one of two", "functions: {f: {handler: f.f, role: R}, g: {handler: g.g}}", []string{"IamRoleLambdaExecution"}},
		{"statements of its own", "functions: {f-g: {handler: f.f, iamRoleStatements: [{Effect: Allow, Action: 'logs:*', Resource: '*'}]}}", []string{"FDashgIamRoleLambdaExecution"}},
		{"functions that are code", "functions: ${file(f.js)}", []string{"IamRoleLambdaExecution"}},
		{"functions in a list", "functions: [{f: {handler: f.f}}]", []string{"IamRoleLambdaExecution"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			u, _ := service(t, "service: s\nprovider:\n  name: aws\n"+tc.text+"\n")
			var got []string
			for _, id := range u.Identities {
				got = append(got, id.Address)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestFilesThatAreNoServiceOfAWS(t *testing.T) {
	for name, text := range map[string]string{
		"serverless.yml": "service: s\nprovider: {name: google}\nfunctions: {f: {handler: f}}\n",
	} {
		got := scanned(t, fstest.MapFS{name: {Data: []byte(text)}})
		if len(got.Units) != 0 || len(got.Diagnostics) != 0 {
			t.Errorf("%s: %d units, diagnostics %v", name, len(got.Units), got.Diagnostics)
		}
	}
	if cloudformation.New().Match(source.New("other.yml", []byte("service: s\nprovider: {name: aws}\n"))) {
		t.Error("any YAML file with these keys passes for a service")
	}
}

func TestServiceInCodeIsToldOf(t *testing.T) {
	got := scanned(t, fstest.MapFS{"serverless.ts": {Data: []byte("const c: AWS = {service: 's', provider: {name: 'aws'}}\nmodule.exports = c\n")}})
	if len(got.Units) != 0 || len(got.Diagnostics) != 1 || got.Diagnostics[0].Warning || !strings.Contains(got.Diagnostics[0].Message, "serverless package") {
		t.Errorf("%d units, diagnostics %v", len(got.Units), got.Diagnostics)
	}
}

// TestHostileServices: circles and towers of variables end, with a diagnostic.
func TestHostileServices(t *testing.T) {
	var tower, texts, deep strings.Builder
	for i := range 60 {
		tower.WriteString("  t" + strconv.Itoa(i+1) + ": [\"${self:custom.t" + strconv.Itoa(i) + "}\", \"${self:custom.t" + strconv.Itoa(i) + "}\"]\n")
		texts.WriteString("  t" + strconv.Itoa(i+1) + ": \"${self:custom.t" + strconv.Itoa(i) + "}${self:custom.t" + strconv.Itoa(i) + "}\"\n")
	}
	for i := range 500 {
		deep.WriteString("  t" + strconv.Itoa(i+1) + ": \"${self:custom.t" + strconv.Itoa(i) + "}\"\n")
	}
	const use = "resources:\n  Resources:\n    R: {Type: AWS::IAM::Role, Properties: {RoleName: r, Tags: \"${self:custom.x}\"}}\n"
	const head = "service: s\nprovider: {name: aws}\ncustom:\n  t0: text\n"
	for name, text := range map[string]string{
		"a circle of one":    head + "  x: ${self:custom.x}\n" + use,
		"a circle of two":    head + "  x: ${self:custom.y}\n  y: ${self:custom.x}\n" + use,
		"a circle of files":  head + "  x: ${file(serverless.yml)}\n" + use,
		"the whole service":  head + "  x: ${self:}\n" + use,
		"a tower of lists":   head + tower.String() + "  x: ${self:custom.t60}\n" + use,
		"a tower of texts":   head + texts.String() + "  x: ${self:custom.t60}\n" + use,
		"a long chain":       head + deep.String() + "  x: ${self:custom.t500}\n" + use,
		"nested without end": head + "  x: " + strings.Repeat("${self:", 5000) + "a" + strings.Repeat("}", 5000) + "\n" + use,
	} {
		t.Run(name, func(t *testing.T) {
			u, diags := service(t, text)
			errs := 0
			for _, d := range diags {
				if !d.Warning {
					errs++
				}
			}
			if errs == 0 || len(u.Identities) != 1 {
				t.Errorf("%d identities, diagnostics %v", len(u.Identities), diags)
			}
		})
	}
}
