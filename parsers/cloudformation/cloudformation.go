// Package cloudformation reads CloudFormation templates, in JSON and in YAML,
// into units of the model. It decides intrinsic functions and conditions from
// the template and the given parameters alone; what only a deployment knows
// stays a hole (AWS CloudFormation User Guide, "Intrinsic function reference").
package cloudformation

import (
	"context"

	"github.com/iamwatch/iamwatch/scanner"
	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// New returns the parser of templates. It holds no state.
func New() scanner.Parser { return parser{} }

type parser struct{}

// Name is that of model.CloudFormation.
func (parser) Name() string { return model.CloudFormation.String() }

// Match reports whether a file is a template, the manifest of a cloud assembly
// or a service file of the Serverless Framework, a broken one included.
func (parser) Match(file *source.Source) bool {
	return isTemplate(file) || isManifest(file) || isService(file)
}

// Plan makes one job, and so one unit, of every template: each is a stack of
// its own, unless it is read as a part of another one.
func (parser) Plan(env *scanner.Env, files []*source.Source) []scanner.Job {
	made := readAssemblies(env, files)
	files = made.templates(files)
	lib := newLibrary(env, files, read, made)
	lib.packaged = packagedServices(files)
	jobs := make([]scanner.Job, 0, len(files))
	for _, f := range files {
		jobs = append(jobs, func(ctx context.Context) scanner.Parsed { return lib.job(ctx, f) })
	}
	return append(jobs, made.jobs()...)
}

// read reads one template whole, together with those that it nests. used are
// the paths of these.
func read(lib *library, env *scanner.Env, file *source.Source) (out scanner.Parsed, used []string) {
	if serviceKindOf(file.Path) != noService && isService(file) {
		return readService(lib, env, file)
	}
	root, diags := lib.tree(file)
	if root == nil || root.Kind != source.Object {
		hideFaults(diags)
		return scanner.Parsed{Diagnostics: diags}, nil
	}
	t := newTemplate(file, root, env, diags)
	t.lib = lib
	t.check()
	t.refuse()
	units := t.units()
	return scanner.Parsed{Units: units, Suppressions: t.suppressions(), Diagnostics: t.sorted(), Parameters: t.declared()}, t.used()
}

// readTree reads a file into a tree of values, JSON by the JSON reader and
// anything else as YAML.
func readTree(file *source.Source) (*source.Value, []source.Diagnostic) {
	if source.HasMarkBytes(file.Bytes()) {
		return nil, []source.Diagnostic{source.Errorf(file.Range(0, 0), "read template: the noncharacters U+FDD0 and U+FDD1 are not accepted")}
	}
	if isJSON(file.Bytes()) {
		return readJSON(file)
	}
	return readYAML(file)
}

func readJSON(file *source.Source) (*source.Value, []source.Diagnostic) {
	v, diags := source.ReadJSON(file.Text())
	return v, append(diags, repeats(v)...)
}

// repeats warns of every repeated name and drops all but the last, which is
// the one that CloudFormation takes.
func repeats(v *source.Value) []source.Diagnostic {
	if v == nil {
		return nil
	}
	out := keepLast(v)
	for _, m := range v.Members {
		out = append(out, repeats(m.Value)...)
	}
	for _, i := range v.Items {
		out = append(out, repeats(i)...)
	}
	return out
}

// fewMembers are so few that comparing each with each costs less than a map.
const fewMembers = 12

func repeated(list []source.Member) bool {
	for i, m := range list {
		for _, o := range list[:i] {
			if o.Name.Value == m.Name.Value {
				return true
			}
		}
	}
	return false
}

func keepLast(v *source.Value) []source.Diagnostic {
	if len(v.Members) < 2 {
		return nil
	}
	if len(v.Members) <= fewMembers && !repeated(v.Members) {
		return nil
	}
	last := make(map[string]int, len(v.Members))
	for i, m := range v.Members {
		last[m.Name.Value] = i
	}
	if len(last) == len(v.Members) {
		return nil
	}
	var out []source.Diagnostic
	var kept []source.Member
	seen := map[string]bool{}
	for i, m := range v.Members {
		if seen[m.Name.Value] {
			out = append(out, source.Warningf(m.Name.Range, "the key %q repeats: the last one counts", m.Name.Value))
		}
		seen[m.Name.Value] = true
		if last[m.Name.Value] == i {
			kept = append(kept, m)
		}
	}
	v.Members = kept
	return out
}
