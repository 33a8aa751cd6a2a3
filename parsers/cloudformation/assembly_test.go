package cloudformation_test

import (
	"context"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
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

// readAll reads every file of a file system that matches.
func readAll(t *testing.T, fsys fs.FS) scanner.Parsed {
	t.Helper()
	p := cloudformation.New()
	var files []*source.Source
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(fsys, name)
		if err != nil {
			return err
		}
		if f := source.New(name, data); p.Match(f) {
			files = append(files, f)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	var out scanner.Parsed
	for _, job := range p.Plan(&scanner.Env{FS: fsys}, files) {
		got := job(context.Background())
		out.Units = append(out.Units, got.Units...)
		out.Diagnostics = append(out.Diagnostics, got.Diagnostics...)
	}
	return out
}

// made are the places that made each statement and identity of the units, by
// file and logical id; a thing without such a place is left out.
func made(units []*model.Unit) map[string]string {
	out := map[string]string{}
	add := func(address string, r source.Range) {
		if by := r.Maker(); !by.IsZero() {
			out[r.Path()+" "+path.Base(address)] = fmt.Sprintf("%s %s", by, by.Text())
		}
	}
	for _, u := range units {
		for _, id := range u.Identities {
			add(id.Address, id.Range)
		}
		for _, a := range u.Attachments {
			add(a.Inline.Address, a.Inline.Document.Statements[0].Actions[0].Range)
		}
	}
	return out
}

const assemblies = "testdata/assemblies"

func assemblyTree(t *testing.T) fs.FS {
	t.Helper()
	return os.DirFS(assemblies)
}

// TestStacksOfAnAssembly: the stacks of a real assembly and of its stage are
// read for the account and region that the manifest says, whatever the schema.
// Those nested in them are parts of them, also where only the assets tell which
// template that is.
func TestStacksOfAnAssembly(t *testing.T) {
	want := []string{
		"Dev.template.json  ",
		"assembly-Prod/ProdMonitoringCE03A844.template.json 123456789012 eu-west-1",
	}
	for _, dir := range []string{"newer.out", "older.out", "plain.out"} {
		sub, err := fs.Sub(assemblyTree(t), dir)
		if err != nil {
			t.Fatal(err)
		}
		got := readAll(t, sub)
		var units []string
		for _, u := range got.Units {
			units = append(units, u.Name+" "+u.Account+" "+u.Region)
			if len(u.Identities) != 3 {
				t.Errorf("%s/%s has %d identities, want the user, and the roles of the library and of the nested stack", dir, u.Name, len(u.Identities))
			}
		}
		slices.Sort(units)
		if diff := cmp.Diff(want, units); diff != "" || len(got.Diagnostics) > 0 {
			t.Errorf("%s: %s\ndiagnostics %v", dir, diff, got.Diagnostics)
		}
	}
}

// TestResourcesAreTracedToTheProgram: a resource is traced to the call that
// made it, through nested stacks and stages; what only the library made, to the
// construct around it.
func TestResourcesAreTracedToTheProgram(t *testing.T) {
	got := made(readAll(t, assemblyTree(t)).Units)
	for _, dir := range []string{"newer.out/", "older.out/", "plain.out/"} {
		retention := "19:5 new logs.LogRetention(this, 'Keep', { logGroupName: '/acme/app', retention: logs.RetentionDays.ONE_WEEK });"
		for thing, at := range map[string]string{
			"Dev.template.json LegacyFA07BB5D":                                                                                   "17:18 new iam.User(this, 'Legacy', { userName: 'ops-legacy' });",
			"Dev.template.json LegacyDefaultPolicy78E7DFE1":                                                                      "18:10 addToPolicy(new iam.PolicyStatement({ actions: ['cloudwatch:*'], resources: ['*'] }));",
			"Dev.template.json LogRetentionaae0aa3c5b4d4f87b02d85b201efdd8aServiceRole9741ECFB":                                  retention,
			"DevReaders33A5D586.nested.template.json Vendor85161C7F":                                                             "8:18 new iam.Role(this, 'Vendor', { assumedBy: new iam.AccountPrincipal('999988887777') });",
			"DevReaders33A5D586.nested.template.json VendorDefaultPolicy2FFD1AD6":                                                "9:10 addToPolicy(new iam.PolicyStatement({ actions: ['logs:*'], resources: ['*'] }));",
			"assembly-Prod/ProdMonitoringCE03A844.template.json LegacyFA07BB5D":                                                  "17:18 new iam.User(this, 'Legacy', { userName: 'ops-legacy' });",
			"assembly-Prod/ProdMonitoringReaders5079257D.nested.template.json VendorDefaultPolicy2FFD1AD6":                       "9:10 addToPolicy(new iam.PolicyStatement({ actions: ['logs:*'], resources: ['*'] }));",
			"assembly-Prod/ProdMonitoringCE03A844.template.json LogRetentionaae0aa3c5b4d4f87b02d85b201efdd8aServiceRole9741ECFB": retention,
		} {
			if got[dir+thing] != "lib/stacks.js:"+at {
				t.Errorf("%s%s is traced to %q, want %q", dir, thing, got[dir+thing], at)
			}
		}
	}
}

// TestTracesChangeNoModel: what an assembly says of its stacks changes nothing
// but places, account and region.
func TestTracesChangeNoModel(t *testing.T) {
	alone := fstest.MapFS{}
	for _, name := range []string{"Dev.template.json", "DevReaders33A5D586.nested.template.json"} {
		data, err := fs.ReadFile(assemblyTree(t), "newer.out/"+name)
		if err != nil {
			t.Fatal(err)
		}
		alone["newer.out/"+name] = &fstest.MapFile{Data: data}
	}
	want, got := readAll(t, alone).Units, readAll(t, assemblyTree(t)).Units
	if len(want) != 1 || want[0].Name != got[0].Name {
		t.Fatalf("units %v", want)
	}
	if diff := cmp.Diff(want[0], got[0], withoutPlaces); diff != "" {
		t.Errorf("-alone +assembly:\n%s", diff)
	}
}

// A small is an assembly of one stack with one user, made as a test wants it.
type small struct {
	version, environment, template, metadata string
	// frames are the creation stack of the user.
	frames []string
	more   map[string]string
}

func (s small) tree() fstest.MapFS {
	frames := make([]string, len(s.frames))
	for i, f := range s.frames {
		frames[i] = fmt.Sprintf("%q", f)
	}
	or := func(text, other string) string {
		if text == "" {
			return other
		}
		return text
	}
	files := map[string]string{
		"infra/cdk.out/manifest.json": fmt.Sprintf(`{"version": %q, "artifacts": {"S": {"type": "aws:cloudformation:stack", "environment": %q,
			"properties": {"templateFile": %q}, "additionalMetadataFile": "S.metadata.json"}}}`,
			or(s.version, "55.0.0"), or(s.environment, "aws://unknown-account/unknown-region"), or(s.template, "S.template.json")),
		"infra/cdk.out/S.template.json": `{"Resources": {"U": {"Type": "AWS::IAM::User"}}}`,
		"infra/cdk.out/S.metadata.json": or(s.metadata, fmt.Sprintf(
			`{"/S/U/Resource": [{"type": "aws:cdk:logicalId", "data": "U"}, {"type": "aws:cdk:creationStack", "data": [%s]}]}`, strings.Join(frames, ", "))),
		"infra/lib/app.ts":          "// one\n  new User(this, 'U'); \n\n",
		"infra/app.ts":              "// one\nnew User(this, 'é', new X());\n",
		"infra/node_modules/x.js":   "one\ntwo\n",
		"infra/lib/node_modules.ts": "one\ntwo\n",
	}
	maps.Copy(files, s.more)
	tree := fstest.MapFS{}
	for name, text := range files {
		tree[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return tree
}

func TestFramesOfEveryKind(t *testing.T) {
	const lib = "infra/lib/app.ts:2:3 new User(this, 'U');"
	for name, c := range map[string]struct {
		frames []string
		want   string
	}{
		"relative":            {[]string{"new S (lib/app.ts:2:3)"}, lib},
		"absolute":            {[]string{"new S (/home/me/acme/infra/lib/app.ts:2:3)"}, lib},
		"other layout":        {[]string{"new S (/build/lib/app.ts:2:3)"}, lib},
		"URL":                 {[]string{"new S (file:///home/me/acme/infra/lib/app.ts:2:3)"}, lib},
		"URL with escapes":    {[]string{"new S (file:///home/me/my%20acme/infra/lib/app.ts:2:3)"}, lib},
		"URL of Windows":      {[]string{"new S (file:///C:/Users/me/acme/infra/lib/app.ts:2:3)"}, lib},
		"Windows":             {[]string{`new S (C:\Program Files (x86)\acme\infra\lib\app.ts:2:3)`}, lib},
		"webpack":             {[]string{"new S (webpack://acme/./lib/app.ts?6f2d:2:3)", "x (webpack:///./lib/app.ts:1:1)"}, lib},
		"webpack, plain":      {[]string{"new S (webpack://acme/./lib/app.ts:2:3)"}, lib},
		"no function":         {[]string{"/home/me/acme/infra/lib/app.ts:2:3"}, lib},
		"with at":             {[]string{"    at new S (lib/app.ts:2:3)"}, lib},
		"no column":           {[]string{"<module> (/home/me/acme/infra/lib/app.ts:2)"}, lib},
		"Python":              {[]string{`File "/home/me/acme/infra/lib/app.ts", line 2, in <module>`}, lib},
		"column beyond":       {[]string{"new S (lib/app.ts:2:300)"}, lib},
		"wide characters":     {[]string{"new S (app.ts:2:21)"}, "infra/app.ts:2:21 new X());"},
		"folded first":        {[]string{"...new Role2 in aws-cdk-lib...", "new S (lib/app.ts:2:3)"}, lib},
		"library first":       {[]string{"new Role (/home/me/acme/infra/node_modules/x.js:1:2)", "new S (/home/me/acme/infra/lib/app.ts:2:3)"}, lib},
		"outside first":       {[]string{"new Role (/opt/shared/role.ts:1:2)", "new S (/home/me/acme/infra/lib/app.ts:2:3)"}, lib},
		"anonymous first":     {[]string{"new Promise (<anonymous>)", "x (<anonymous>:2:3)", "new S (lib/app.ts:2:3)"}, lib},
		"runtime first":       {[]string{"Module._compile (node:internal/modules/cjs/loader:1:2)", "internal/x.js:1:2", "new S (lib/app.ts:2:3)"}, lib},
		"outside":             {[]string{"new S (/opt/shared/other.ts:2:3)"}, ""},
		"above the root":      {[]string{"new S (../../../lib/app.ts:2:3)"}, ""},
		"line gone":           {[]string{"new S (lib/app.ts:20:3)"}, ""},
		"line blank":          {[]string{"new S (lib/app.ts:3:1)"}, ""},
		"file gone":           {[]string{"new S (lib/gone.ts:2:3)", "new T (lib/app.ts:2:3)"}, ""},
		"absolute, file gone": {[]string{"new S (/home/me/acme/infra/lib/gone.ts:2:3)", "new T (/home/me/acme/infra/lib/app.ts:2:3)"}, ""},
		"directory":           {[]string{"new S (lib:2:3)"}, ""},
		"no numbers":          {[]string{"new S (lib/app.ts)", "lib/app.ts:x:y", "lib/app.ts:0:0", "", "(no user code in 10 frames)"}, ""},
		"huge numbers":        {[]string{"new S (lib/app.ts:99999999999999999999:1)", "lib/app.ts:2147483647:2147483647"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			got := readAll(t, small{frames: c.frames}.tree())
			if len(got.Units) != 1 || len(got.Diagnostics) > 0 {
				t.Fatalf("%d units, diagnostics %v", len(got.Units), got.Diagnostics)
			}
			if at := made(got.Units)["infra/cdk.out/S.template.json U"]; at != c.want {
				t.Errorf("traced to %q, want %q", at, c.want)
			}
		})
	}
}

func TestManifestsAreHeldToTheirDirectory(t *testing.T) {
	const secret = `{"Resources": {"U": {"Type": "AWS::IAM::User", "Properties": {"UserName": "elsewhere"}}}}`
	manifest := func(artifacts string) string { return `{"version": "36.0.0", "artifacts": {` + artifacts + `}}` }
	stage := func(dir string) string {
		return `"x": {"type": "cdk:cloud-assembly", "properties": {"directoryName": "` + dir + `"}}`
	}
	for name, c := range map[string]struct {
		files map[string]string
		// want are the beginnings of the diagnostics; units of the names found.
		want  []string
		units []string
	}{
		"template above": {
			map[string]string{"o.template.json": secret, "a/manifest.json": manifest(`"s": {"type": "aws:cloudformation:stack", "properties": {"templateFile": "../o.template.json"}}`)},
			[]string{`a/manifest.json:1:110: read assembly: the template of the stack s does not lie in it`}, []string{"o.template.json"},
		},
		"no template": {
			map[string]string{"a/manifest.json": manifest(`"s": {"type": "aws:cloudformation:stack"}`)},
			[]string{`a/manifest.json:1:37: the manifest does not name the template of the stack s`}, nil,
		},
		"template missing": {
			map[string]string{"a/manifest.json": manifest(`"s": {"type": "aws:cloudformation:stack", "properties": {"templateFile": "gone.json"}}`)},
			[]string{`a/manifest.json:1:110: read a/gone.json: `}, nil,
		},
		"template broken": {
			map[string]string{"a/t.json": `{"Resources": {"U": {"Type": "AWS::IAM::User"}`, "a/manifest.json": manifest(`"s": {"type": "aws:cloudformation:stack", "properties": {"templateFile": "t.json"}}`)},
			[]string{`a/t.json:1:`}, []string{"a/t.json"},
		},
		"two stacks of a template": {
			map[string]string{"a/t.json": secret, "a/manifest.json": manifest(`"s": {"type": "aws:cloudformation:stack", "properties": {"templateFile": "t.json"}}, "t": {"type": "aws:cloudformation:stack", "properties": {"templateFile": "t.json"}}`)},
			[]string{`a/manifest.json:1:195: the template t.json belongs to two stacks`}, []string{"a/t.json"},
		},
		"left behind": {
			map[string]string{"a/t.json": secret, "a/old.json": secret, "a/manifest.json": manifest(`"s": {"type": "aws:cloudformation:stack", "properties": {"templateFile": "t.json"}}`)},
			[]string{`a/old.json:1:1: left out: `}, []string{"a/t.json"},
		},
		"stage in itself":     {map[string]string{"a/manifest.json": manifest(stage("."))}, []string{"a/manifest.json:1:"}, nil},
		"stage above":         {map[string]string{"a/manifest.json": manifest(stage("../a"))}, []string{"a/manifest.json:1:"}, nil},
		"stage missing":       {map[string]string{"a/manifest.json": manifest(stage("b"))}, []string{"a/manifest.json:1:105: read a/b/manifest.json: "}, nil},
		"stage without names": {map[string]string{"a/manifest.json": manifest(`"x": {"type": "cdk:cloud-assembly"}`)}, []string{"a/manifest.json:1:"}, nil},
		"not whole":           {map[string]string{"a/manifest.json": `{"version": "36.0.0", "artifacts": {"x": {"type": "cdk:tree"`}, []string{"a/manifest.json:1:"}, nil},
		"no artifacts":        {map[string]string{"a/manifest.json": `{"version": "36.0.0", "artifacts": ["cdk:tree"]}`}, []string{"a/manifest.json:1:1: the manifest of the assembly has no artifacts"}, nil},
		"a later version": {
			map[string]string{"a/t.json": secret, "a/manifest.json": strings.Replace(manifest(`"s": {"type": "aws:cloudformation:stack", "properties": {"templateFile": "t.json"}}`), "36", "99", 1)},
			[]string{`a/manifest.json:1:13: the manifest is of version 99, newer than`}, []string{"a/t.json"},
		},
		"no version": {
			map[string]string{"a/manifest.json": `{"version": {}, "artifacts": {"x": {"type": "cdk:tree"}}}`},
			[]string{`a/manifest.json:1:13: the manifest has no version that is a number`}, nil,
		},
		"metadata missing": {
			map[string]string{"a/t.json": secret, "a/manifest.json": manifest(`"s": {"type": "aws:cloudformation:stack", "properties": {"templateFile": "t.json"}, "additionalMetadataFile": "m.json"}`)},
			[]string{`a/manifest.json:1:147: read a/m.json: `}, []string{"a/t.json"},
		},
		"metadata broken": {
			map[string]string{"a/t.json": secret, "a/m.json": "{", "a/manifest.json": manifest(`"s": {"type": "aws:cloudformation:stack", "properties": {"templateFile": "t.json"}, "additionalMetadataFile": "m.json"}`)},
			[]string{`a/m.json:1:2: `}, []string{"a/t.json"},
		},
		"of a web page": {map[string]string{"manifest.json": `{"name": "x", "version": "1", "icons": []}`}, nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			tree := fstest.MapFS{}
			for name, text := range c.files {
				tree[name] = &fstest.MapFile{Data: []byte(text)}
			}
			got := readAll(t, tree)
			var units []string
			for _, u := range got.Units {
				units = append(units, u.Name)
			}
			if diff := cmp.Diff(c.units, units); diff != "" {
				t.Errorf("units: %s", diff)
			}
			if len(got.Diagnostics) != len(c.want) {
				t.Fatalf("diagnostics %v, want %q", got.Diagnostics, c.want)
			}
			for i, d := range got.Diagnostics {
				if !strings.HasPrefix(d.Error(), c.want[i]) {
					t.Errorf("diagnostic %v, want %q", d, c.want[i])
				}
			}
		})
	}
}

// TestDeepStagesEnd: what a link makes endless is cut.
func TestDeepStagesEnd(t *testing.T) {
	tree := fstest.MapFS{}
	dir := "a"
	for range 40 {
		tree[dir+"/manifest.json"] = &fstest.MapFile{Data: []byte(`{"version": "36.0.0", "artifacts": {"x": {"type": "cdk:cloud-assembly", "properties": {"directoryName": "a"}}}}`)}
		dir += "/a"
	}
	only := source.New("a/manifest.json", tree["a/manifest.json"].Data)
	jobs := cloudformation.New().Plan(&scanner.Env{FS: tree}, []*source.Source{only})
	got := jobs[len(jobs)-1](context.Background())
	if len(got.Diagnostics) != 1 || !strings.Contains(got.Diagnostics[0].Message, "nested deeper than") {
		t.Errorf("diagnostics %v", got.Diagnostics)
	}
}
