package cloudformation

import (
	"context"
	"path"

	"github.com/iamwatch/iamwatch/scanner"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// templates are the templates among files, those of the assemblies in full:
// what lies beside them and is of no stack is left out. It changes nothing
// where there is no assembly.
func (r *assemblyReader) templates(files []*source.Source) []*source.Source {
	if r == nil {
		return files
	}
	var out []*source.Source
	for _, f := range files {
		if r.keeps(f) {
			out = append(out, f)
		}
	}
	for _, s := range r.order {
		if r.files[s.template] == nil {
			out = append(out, r.missed(s)...)
		}
	}
	return out
}

// keeps reports whether a file is a template that is to be read.
func (r *assemblyReader) keeps(file *source.Source) bool {
	switch {
	case r.stacks[file.Path] != nil:
		return true
	case isManifest(file):
		return false
	case r.dirs[path.Dir(file.Path)]:
		r.warnf(file.Range(0, 1), "left out: the manifest of the assembly names no stack of this template, which an earlier synthesis may have left here")
		return false
	}
	return true
}

// missed is the template of a stack that is not among the files of the scan. A
// stack without resources has one that does not look like any.
func (r *assemblyReader) missed(s *madeStack) []*source.Source {
	file := r.open(s.template, s.named)
	switch {
	case file == nil:
		return nil
	case isTemplate(file):
		return []*source.Source{file}
	}
	_, diags := readTree(file)
	r.diagnostics = append(r.diagnostics, diags...)
	return nil
}

// jobs tell what could not be read of manifests and of what they name.
func (r *assemblyReader) jobs() []scanner.Job {
	if r == nil {
		return nil
	}
	return []scanner.Job{r.faults}
}

// faults is the job that tells what could not be read of manifests and of what
// they name.
func (r *assemblyReader) faults(ctx context.Context) scanner.Parsed {
	out := scanner.Parsed{Diagnostics: r.diagnostics}
	for _, a := range r.apps {
		if ctx.Err() != nil {
			break
		}
		a.load()
		out.Diagnostics = append(out.Diagnostics, a.diagnostics...)
	}
	return out
}

// envFor is the environment for a template, in which account and region are
// those of its stack.
func (r *assemblyReader) envFor(file *source.Source, env *scanner.Env) *scanner.Env {
	if r == nil || r.stacks[file.Path] == nil {
		return env
	}
	return r.stacks[file.Path].env
}

// tree reads a template and traces its resources to what made them.
func (r *assemblyReader) tree(file *source.Source) (*source.Value, []source.Diagnostic) {
	root, diags := readTree(file)
	if r != nil && r.stacks[file.Path] != nil && root != nil {
		r.stacks[file.Path].trace(file, root)
	}
	return root, diags
}

// asset is the template that is published as a key, by a template of the same
// assembly; empty when there is none.
func (r *assemblyReader) asset(key, by string) string {
	if r == nil {
		return ""
	}
	return r.keys[path.Join(path.Dir(by), path.Base(key))]
}

// readMetadata is what is told of the stack's constructs.
func (s *madeStack) readMetadata() *source.Value {
	if s.metadataFile == "" {
		return s.metadata
	}
	file, err := openNamed(s.env.FS, s.metadataFile)
	if err != nil {
		s.app.diagnostics = append(s.app.diagnostics, source.Warningf(s.metadataAt, "read %s: %s", s.metadataFile, err))
		return s.metadata
	}
	root, diags := readTree(file)
	for _, d := range diags {
		d.Warning = true // it tells of places only
		s.app.diagnostics = append(s.app.diagnostics, d)
	}
	return root
}
