// Package tfplan reads plans and states of Terraform and OpenTofu: what
// `terraform show -json` prints, and state files as Terraform keeps them. It
// knows these formats; package terraform makes the model of what they hold, by
// the same builders that read configurations.
package tfplan

import (
	"bytes"
	"context"
	"encoding/binary"
	"iter"
	"path"
	"slices"

	"github.com/iamwatch/iamwatch/parsers/terraform"
	"github.com/iamwatch/iamwatch/scanner"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// New returns the parser of plans and states.
func New() scanner.Parser { return parser{} }

type parser struct{}

// Name is "tfplan".
func (parser) Name() string { return "tfplan" }

// Match goes by content: by the names that a document has at its top, and by
// the first entry of an archive.
func (parser) Match(file *source.Source) bool { return kindOf(file.Bytes()) != none }

// A kind is a form in which plans and states come.
type kind uint8

const (
	none    kind = iota
	shown        // the JSON output of terraform show
	state        // a state file
	cipher       // a plan or state that OpenTofu has encrypted
	archive      // a plan file as terraform plan writes it
)

func kindOf(data []byte) kind {
	switch {
	case isArchive(data):
		return archive
	case !source.LooksLikeJSON(data):
		return none
	case !holds(data, "format_version", "terraform_version", "encrypted_data"):
		return none
	}
	var names []string
	for name := range topNames(data) {
		names = append(names, name)
		if k := kindBy(names); k != none {
			return k // the rest may be many megabytes
		}
	}
	return none
}

// kindBy tells the kind of a document by names at its top.
func kindBy(names []string) kind {
	has := func(name string) bool { return slices.Contains(names, name) }
	switch {
	case has("encrypted_data") && has("encryption_version"):
		return cipher
	case has("format_version") && (has("planned_values") || has("resource_changes") || has("values") || has("terraform_version")):
		return shown
	case has("terraform_version") && has("version") && (has("lineage") || has("serial")):
		return state
	}
	return none
}

// holds reports whether one of the names stands anywhere in the data: it saves
// reading the top of most files.
func holds(data []byte, names ...string) bool {
	return slices.ContainsFunc(names, func(n string) bool { return bytes.Contains(data, []byte(`"`+n+`"`)) })
}

// topNames are the names of the members of a document, as far as it can be
// read.
func topNames(data []byte) iter.Seq[string] {
	return func(yield func(string) bool) {
		r := source.NewJSONReader(source.New("", data).Text())
		if r.Peek() != '{' || r.Open() != nil {
			return
		}
		for r.Peek() == '"' {
			name, err := r.Name()
			if err != nil || !yield(name.Value) || r.Skip() != nil {
				return
			}
		}
	}
}

// isArchive reports whether data is a ZIP archive whose first entry is one of a
// plan file (APPNOTE.TXT, local file header).
func isArchive(data []byte) bool {
	const header, lengthAt = 30, 26
	if len(data) < header || !bytes.HasPrefix(data, []byte("PK\x03\x04")) {
		return false
	}
	n := int(binary.LittleEndian.Uint16(data[lengthAt:]))
	name := data[header:min(header+n, len(data))]
	return slices.Contains([]string{"tfplan", "tfstate", "tfstate-prev"}, string(name)) || bytes.HasPrefix(name, []byte("tfconfig/"))
}

// Plan makes one job, and so the units of one root module, of every file.
func (parser) Plan(env *scanner.Env, files []*source.Source) []scanner.Job {
	jobs := make([]scanner.Job, 0, len(files))
	for _, f := range files {
		jobs = append(jobs, func(ctx context.Context) scanner.Parsed { return read(ctx, env, f) })
	}
	return jobs
}

// read reads one plan or state. Its configuration is that in the directory
// that the user names, or may be that beside it.
func read(ctx context.Context, env *scanner.Env, file *source.Source) scanner.Parsed {
	if ctx.Err() != nil {
		return scanner.Parsed{}
	}
	d := decode(file)
	if d.planned == nil {
		return scanner.Parsed{Diagnostics: d.diags}
	}
	d.planned.Dir, d.planned.Asked = env.Source, env.Source != ""
	if !d.planned.Asked {
		d.planned.Dir = path.Dir(file.Path)
	}
	out := terraform.ReadPlanned(ctx, env, d.planned)
	out.Diagnostics = append(d.diags, out.Diagnostics...)
	return out
}
