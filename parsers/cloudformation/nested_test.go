package cloudformation_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/iamwatch/iamwatch/parsers/cloudformation"
	"github.com/iamwatch/iamwatch/scanner"
	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// tree scans the templates of a tree of files in order of their names, and
// links what they hold.
func tree(t *testing.T, files map[string]string) (*model.Model, []source.Diagnostic) {
	t.Helper()
	fsys := fstest.MapFS{}
	for name, text := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return scanFS(t, fsys, &scanner.Env{FS: fsys, Jobs: 2})
}

func scanFS(t *testing.T, fsys fstest.MapFS, env *scanner.Env) (*model.Model, []source.Diagnostic) {
	t.Helper()
	p := cloudformation.New()
	var sources []*source.Source
	for _, name := range sortedKeys(fsys) {
		if f := source.New(name, fsys[name].Data); p.Match(f) {
			sources = append(sources, f)
		}
	}
	m := &model.Model{}
	var diags []source.Diagnostic
	for _, job := range p.Plan(env, sources) {
		got := job(context.Background())
		m.Units = append(m.Units, got.Units...)
		diags = append(diags, got.Diagnostics...)
	}
	model.Link(m, "")
	return m, diags
}

// whole scans a tree that must be read whole.
func whole(t *testing.T, files map[string]string) *model.Model {
	t.Helper()
	m, diags := tree(t, files)
	if len(diags) > 0 {
		t.Fatalf("diagnostics %v", diags)
	}
	return m
}

const (
	nestedParent = `
Parameters:
  Org: {Type: String, Default: "111122223333"}
  External: {Type: String}
Resources:
  Net:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: ./parts/role.yaml
      Parameters:
        Who: !Ref Org
        Key: !Ref External
        Group: !GetAtt Logs.Arn
        Actions: !Join [",", [logs:GetLogEvents, !Sub "logs:${Verb}"]]
  Logs:
    Type: AWS::Logs::LogGroup
  Extra:
    Type: AWS::IAM::Policy
    Properties:
      PolicyName: extra
      PolicyDocument:
        Version: "2012-10-17"
        Statement: {Effect: Allow, Action: "logs:*", Resource: "*"}
      Roles: [!GetAtt Net.Outputs.Role]
`
	nestedChild = `
Parameters:
  Who: {Type: String}
  Key: {Type: String}
  Group: {Type: String}
  Actions: {Type: CommaDelimitedList}
  Kept: {Type: String, Default: kept}
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Principal: {AWS: !Sub "arn:aws:iam::${Who}:root"}
            Action: sts:AssumeRole
            Condition: {StringEquals: {"sts:ExternalId": !Ref Key}}
      Policies:
        - PolicyName: !Ref Kept
          PolicyDocument:
            Version: "2012-10-17"
            Statement: {Effect: Allow, Action: !Ref Actions, Resource: !Ref Group}
Outputs:
  Role: {Value: !Ref Role}
  RoleArn: {Value: !GetAtt Role.Arn}
`
)

func TestANestedStackIsBuiltWithItsParameters(t *testing.T) {
	m := whole(t, map[string]string{
		"app/main.yaml": strings.ReplaceAll(nestedParent, `!Sub "logs:${Verb}"`, "logs:PutLogEvents"), "app/parts/role.yaml": nestedChild,
	})
	if len(m.Units) != 1 || m.Units[0].Name != "app/main.yaml" {
		t.Fatalf("%d units", len(m.Units))
	}
	u := m.Units[0]
	role := identity(t, u, "Net/Role")
	st := role.Trust.Statements[0]
	if got := st.Principals[0].Value; got.Value != "arn:aws:iam::111122223333:root" || got.Origin.Text() != `"111122223333"` || got.Range.Path() != "app/parts/role.yaml" {
		t.Errorf("principal %+v", got)
	}
	if got := st.Conditions[0].Values[0]; got.Known || got.Show() != "${External}" {
		t.Errorf("external id %q", got.Show())
	}
	if got := names(role); !cmp.Equal(got, []string{"inline kept", "inline extra"}) {
		t.Errorf("policies %q", got)
	}
	if got := statements(role.Inline[0].Document); !cmp.Equal(got, []string{"logs:GetLogEvents logs:PutLogEvents "}) {
		t.Errorf("actions %q", got)
	}
	if got := role.Inline[0].Document.Statements[0].Resources[0].Show(); got != "arn:<partition>:logs:<region>:<self>:log-group:${Logs}:*" {
		t.Errorf("resource %q", got)
	}
	if len(role.Module) != 1 || role.Module[0].Range.Text() != "Net" || role.Module[0].Range.Path() != "app/main.yaml" {
		t.Errorf("called at %+v", role.Module)
	}
	if len(u.Unresolved) != 1 || u.Unresolved[0].Expression != "External" || !u.Unresolved[0].Bears {
		t.Errorf("unresolved %+v", u.Unresolved)
	}
}

func TestEachUseOfANestedTemplateIsAnInstance(t *testing.T) {
	m := whole(t, map[string]string{
		"main.yaml": `
Parameters:
  Wanted: {Type: String}
Conditions:
  IsWanted: !Equals [!Ref Wanted, "yes"]
Resources:
  A:
    Type: AWS::CloudFormation::Stack
    Properties: {TemplateURL: child.json, Parameters: {Name: a}}
  B:
    Type: AWS::CloudFormation::Stack
    Condition: IsWanted
    Properties: {TemplateURL: child.json, Parameters: {Name: !GetAtt A.Outputs.Next}}
`,
		"child.json": `{"Parameters": {"Name": {"Type": "String"}}, "Resources": {"U": {"Type": "AWS::IAM::User", "Properties": {"UserName": {"Ref": "Name"}}}},
			"Outputs": {"Next": {"Value": {"Fn::Sub": "${Name}-next"}}}}`,
		"alone.yaml": "Resources:\n  U: {Type: \"AWS::IAM::User\"}\n",
	})
	var got []string
	for _, u := range m.Units {
		for _, id := range u.Identities {
			got = append(got, mark(u.Name+" "+id.Address+" "+id.Name.Show()+" "+id.When, id.Maybe))
		}
	}
	// The stack is one with B, or one without it.
	want := []string{"alone.yaml U ${U} ", "main.yaml A/U a ", "main.yaml B/U a-next ", "main.yaml A/U a "}
	if !cmp.Equal(got, want) {
		t.Error(cmp.Diff(want, got))
	}
}

func TestWhereNestedTemplatesAre(t *testing.T) {
	child := "Resources:\n  U: {Type: \"AWS::IAM::User\"}\n"
	stack := func(url string) string {
		return "Parameters:\n  Bucket: {Type: String, Default: b}\n  Prefix: {Type: String}\nResources:\n  S:\n    Type: AWS::CloudFormation::Stack\n    Properties:\n      TemplateURL: " + url + "\n"
	}
	for name, c := range map[string]struct {
		url, want, note, fault string
	}{
		"relative":       {url: "../lib/child.yaml", want: "S/U"},
		"file URL":       {url: "file://../lib/child.yaml", want: "S/U"},
		"windows":        {url: `..\lib\child.yaml`, want: "S/U"},
		"remote":         {url: "https://s3.amazonaws.com/b/other.yaml", note: "is not in the scan"},
		"bucket":         {url: "s3://b/other.yaml", note: "is not in the scan"},
		"published":      {url: "!Sub 'https://${Bucket}.s3.${AWS::Region}.${AWS::URLSuffix}/${Prefix}lib/child.yaml'", want: "S/U", note: "is fetched"},
		"known":          {url: "https://s3.amazonaws.com/quickstart/v1/lib/child.yaml", want: "S/U", note: "is fetched"},
		"partly":         {url: "!Sub 'https://s3.amazonaws.com/${Prefix}-x/lib/child.yaml'", want: "S/U", note: "is fetched"},
		"by name alone":  {url: "https://s3.amazonaws.com/quickstart/child.yaml", note: "is not in the scan"},
		"two of a tail":  {url: "https://s3.amazonaws.com/t/twin.yaml", note: "or another one"},
		"unknown":        {url: "!Ref Prefix", note: "depends on ${Prefix}"},
		"missing":        {url: "./gone.yaml", fault: "is not there"},
		"outside":        {url: "../../../etc/passwd", fault: "outside of the repository"},
		"absolute":       {url: "/etc/passwd", fault: "outside of the repository"},
		"no template":    {url: "../lib/notes.txt", fault: "is no template"},
		"directory":      {url: "../lib", fault: "is no file"},
		"itself":         {url: "main.yaml", fault: "nests itself"},
		"beside the URL": {url: "https://s3.amazonaws.com/b/near.yaml", want: "S/U", note: "is fetched"},
	} {
		m, diags := tree(t, map[string]string{
			"app/main.yaml": stack(c.url), "app/near.yaml": child, "lib/child.yaml": child, "lib/notes.txt": "Resources are fine\n",
			"one/t/twin.yaml": child, "two/t/twin.yaml": child,
		})
		var got, notes []string
		for _, u := range m.Units {
			if u.Name != "app/main.yaml" {
				continue
			}
			for _, id := range u.Identities {
				got = append(got, id.Address)
			}
			for _, x := range u.Unresolved {
				notes = append(notes, x.Missing)
			}
		}
		if fmt.Sprint(got) != fmt.Sprint(strings.Fields(c.want)) || !strings.Contains(fmt.Sprint(notes), c.note) {
			t.Errorf("%s: built %q, noted %q", name, got, notes)
		}
		if (len(diags) > 0) != (c.fault != "") || !strings.Contains(fmt.Sprint(diags), c.fault) {
			t.Errorf("%s: diagnostics %v", name, diags)
		}
		if want := map[bool]int{true: 5, false: 4}[c.want == ""]; len(m.Units) != want {
			t.Errorf("%s: %d units, want %d", name, len(m.Units), want)
		}
	}
}

func sortedKeys(fsys fstest.MapFS) []string {
	var out []string
	for name := range fsys {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}
