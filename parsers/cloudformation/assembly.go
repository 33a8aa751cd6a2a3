package cloudformation

import (
	"bytes"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/iamwatch/iamwatch/scanner"
	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// A cloud assembly is the directory, usually cdk.out, that an app of the AWS
// CDK writes: templates, and a manifest that says which stacks they are of, for
// which account and region ("Cloud Assembly Schema" of the AWS CDK).
const (
	manifestName = "manifest.json"
	// maxSchema is the newest major version of the schema that was read when
	// this was written; a later one is read alike, with a warning.
	maxSchema = 55
	// maxStages bounds how deeply assemblies lie in each other.
	maxStages = 16

	artifactStack    = "aws:cloudformation:stack"
	artifactAssembly = "cdk:cloud-assembly"
	artifactAssets   = "cdk:asset-manifest"
)

// isManifest tells the manifest of a cloud assembly from other files of that
// name by its content, a broken one included.
func isManifest(file *source.Source) bool {
	if path.Base(file.Path) != manifestName || !isJSON(file.Bytes()) {
		return false
	}
	data := file.Bytes()
	holds := func(text string) bool { return bytes.Contains(data, []byte(text)) }
	return holds(`"artifacts"`) && holds(`"version"`) && (holds(`"`+artifactStack+`"`) || holds(`"cdk:`))
}

// A madeStack is one template of an assembly with what the manifest says of it.
type madeStack struct {
	app *application
	// template is the template's path.
	template string
	// env holds the stack's account and region.
	env *scanner.Env
	// named is where the template is named.
	named source.Range
	// root is the stack that the template is nested in; nil for a stack of the
	// manifest. Its metadata tells of the nested resources too.
	root *madeStack
	// metadata tells of constructs, in the manifest itself or in a file.
	metadata     *source.Value
	metadataFile string
	metadataAt   source.Range
	constructs   constructs
}

// An assemblyReader finds the stacks of the assemblies among the files of a
// scan.
type assemblyReader struct {
	env     *scanner.Env
	files   map[string]*source.Source
	written *writtenFiles
	// stacks are by the path of their template, in order as listed.
	stacks map[string]*madeStack
	order  []*madeStack
	apps   []*application
	// keys are the templates among assets by the directory of the assembly and
	// the key that they are published as.
	keys map[string]string
	// dirs are the directories of manifests.
	dirs        map[string]bool
	diagnostics []source.Diagnostic
}

// readAssemblies reads the manifests among files that match; nil when there is
// none. Outer assemblies come first, so that those inside belong to them.
func readAssemblies(env *scanner.Env, files []*source.Source) *assemblyReader {
	var manifests []*source.Source
	for _, f := range files {
		if isManifest(f) {
			manifests = append(manifests, f)
		}
	}
	if len(manifests) == 0 {
		return nil
	}
	r := &assemblyReader{
		env: env, files: map[string]*source.Source{}, written: newWrittenFiles(env.FS),
		stacks: map[string]*madeStack{}, dirs: map[string]bool{}, keys: map[string]string{},
	}
	for _, f := range files {
		r.files[f.Path] = f
	}
	slices.SortStableFunc(manifests, func(a, b *source.Source) int {
		return strings.Count(a.Path, "/") - strings.Count(b.Path, "/")
	})
	for _, f := range manifests {
		if app := (&application{dir: path.Dir(f.Path), written: r.written}); !r.dirs[app.dir] {
			r.apps = append(r.apps, app)
			r.manifest(f, app, 0)
		}
	}
	return r
}

func (r *assemblyReader) errorf(at source.Range, format string, args ...any) {
	r.diagnostics = append(r.diagnostics, source.Errorf(at, format, args...))
}

func (r *assemblyReader) warnf(at source.Range, format string, args ...any) {
	r.diagnostics = append(r.diagnostics, source.Warningf(at, format, args...))
}

// manifest reads one manifest, and those of the assemblies inside of it.
func (r *assemblyReader) manifest(file *source.Source, app *application, depth int) {
	dir := path.Dir(file.Path)
	if r.dirs[dir] {
		return
	}
	r.dirs[dir] = true
	root, diags := readTree(file)
	r.diagnostics = append(r.diagnostics, diags...)
	artifacts := root.Get("artifacts")
	if artifacts == nil || artifacts.Kind != source.Object {
		if len(diags) == 0 {
			r.errorf(file.Range(0, 1), "the manifest of the assembly has no artifacts")
		}
		return
	}
	r.version(root.Get("version"), file)
	owners := map[string]*madeStack{}
	for _, m := range artifacts.Members {
		if m.Value.Get("type").Text().Value == artifactStack {
			r.stack(m, dir, app, owners)
		}
	}
	for _, m := range artifacts.Members {
		switch m.Value.Get("type").Text().Value {
		case artifactAssets:
			r.assets(m, dir, owners[m.Name.Value])
		case artifactAssembly:
			r.stage(m, dir, app, depth+1)
		}
	}
}

// version doubts a manifest of a schema that nobody has seen.
func (r *assemblyReader) version(v *source.Value, file *source.Source) {
	at := file.Range(0, 1)
	if v != nil {
		at = v.Range
	}
	major, _, _ := strings.Cut(v.Text().Value, ".")
	n, err := strconv.Atoi(major)
	switch {
	case err != nil || n < 0:
		r.warnf(at, "the manifest has no version that is a number: it is read as version %d", maxSchema)
	case n > maxSchema:
		r.warnf(at, "the manifest is of version %d, newer than %d: it is read as one of that", n, maxSchema)
	}
}

// inside is the path of what a manifest names in its own directory.
func (r *assemblyReader) inside(dir string, name source.String, what string) (string, bool) {
	full := path.Join(dir, name.Value)
	switch {
	case name.Value == "":
		r.errorf(name.Range, "the manifest does not name %s", what)
		return "", false
	case !fs.ValidPath(name.Value) || !fs.ValidPath(full) || full == dir:
		r.errorf(name.Range, "read assembly: %s does not lie in it", what)
		return "", false
	}
	return full, true
}

// stack reads one stack of a manifest. Owners gets the stack for each set of
// assets that it depends on.
func (r *assemblyReader) stack(m source.Member, dir string, app *application, owners map[string]*madeStack) {
	properties := m.Value.Get("properties")
	name := namedAt(properties.Get("templateFile"), m.Name.Range)
	full, ok := r.inside(dir, name, "the template of the stack "+source.Show(m.Name.Value))
	if !ok {
		return
	}
	s := r.add(full, name.Range, app, r.envOf(m.Value.Get("environment")))
	if s == nil {
		return
	}
	s.metadata = m.Value.Get("metadata")
	if more := m.Value.Get("additionalMetadataFile"); more != nil {
		s.metadataAt = more.Range
		if file, ok := r.inside(dir, namedAt(more, m.Name.Range), "the metadata of the stack"); ok {
			s.metadataFile = file
		}
	}
	for _, d := range m.Value.Get("dependencies").Elements() {
		if id := d.Text().Value; owners[id] == nil {
			owners[id] = s
		}
	}
}

// namedAt is the text of a value, at another range when there is none.
func namedAt(v *source.Value, at source.Range) source.String {
	s := v.Text()
	if s.Range.IsZero() {
		s.Range = at
	}
	return s
}

// add adds the stack of a template; nil when another one has the template.
func (r *assemblyReader) add(template string, named source.Range, app *application, env *scanner.Env) *madeStack {
	if r.stacks[template] != nil {
		r.warnf(named, "the template %s belongs to two stacks of the assembly: it is read once", path.Base(template))
		return nil
	}
	s := &madeStack{app: app, template: template, named: named, env: env}
	r.stacks[template] = s
	r.order = append(r.order, s)
	app.stacks = append(app.stacks, s)
	return s
}

// envOf is the environment for the account and region of a stack, as in
// aws://account/region. What is not known there stays as it was.
func (r *assemblyReader) envOf(v *source.Value) *scanner.Env {
	account, region, _ := strings.Cut(strings.TrimPrefix(v.Text().Value, "aws://"), "/")
	env := *r.env
	if iam.IsAccountID(account) {
		env.Account = account
	}
	if region != "unknown-region" {
		env.Region = region
	}
	return &env
}

// stage reads the assembly of a stage, which lies in a directory of its own.
func (r *assemblyReader) stage(m source.Member, dir string, app *application, depth int) {
	name := namedAt(m.Value.Get("properties").Get("directoryName"), m.Name.Range)
	full, ok := r.inside(dir, name, "the assembly "+source.Show(m.Name.Value))
	if !ok {
		return
	}
	if depth > maxStages {
		r.errorf(name.Range, "read assembly: assemblies are nested deeper than %d", maxStages)
		return
	}
	if file := r.open(path.Join(full, manifestName), name.Range); file != nil {
		r.manifest(file, app, depth)
	}
}

// assets finds the templates among the assets of a stack: those of stacks
// nested in it, and others that are deployed by themselves, such as products.
func (r *assemblyReader) assets(m source.Member, dir string, owner *madeStack) {
	name := namedAt(m.Value.Get("properties").Get("file"), m.Name.Range)
	full, ok := r.inside(dir, name, "the assets "+source.Show(m.Name.Value))
	if !ok || owner == nil {
		return
	}
	file := r.open(full, name.Range)
	if file == nil {
		return
	}
	root, diags := readTree(file)
	r.diagnostics = append(r.diagnostics, diags...)
	files := root.Get("files")
	if files == nil {
		return
	}
	for _, f := range files.Members {
		r.published(f.Value, dir, owner)
	}
}

const nestedEnding = ".nested.template.json"

// published adds the template that an asset is, if it is one.
func (r *assemblyReader) published(asset *source.Value, dir string, owner *madeStack) {
	name := asset.Get("source").Get("path").Text()
	full := path.Join(dir, name.Value)
	nested := strings.HasSuffix(full, nestedEnding)
	switch {
	case !fs.ValidPath(name.Value) || full == owner.template || r.stacks[full] != nil:
	case nested:
		r.add(full, name.Range, owner.app, owner.env).root = owner
		if to := asset.Get("destinations"); to != nil {
			for _, d := range to.Members {
				r.keys[path.Join(dir, path.Base(d.Value.Get("objectKey").Text().Value))] = full
			}
		}
	case r.files[full] != nil && !isManifest(r.files[full]):
		r.add(full, name.Range, owner.app, r.env)
	}
}

// open is a file that a manifest names. One that cannot be read is told at the
// place that names it.
func (r *assemblyReader) open(name string, at source.Range) *source.Source {
	if f := r.files[name]; f != nil {
		return f
	}
	f, err := openNamed(r.env.FS, name)
	if err != nil {
		r.errorf(at, "read %s: %s", name, err)
		return nil
	}
	return f
}
