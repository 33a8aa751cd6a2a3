// Package export reads what the AWS CLI and API answer about an account: the
// account authorization details, the credential report, the account summary
// and the listings around them. A live audit writes the same bytes, so that
// a live and a file audit cannot differ.
package export

import (
	"context"
	"path"
	"slices"
	"strings"

	"github.com/iamwatch/iamwatch/scanner"
	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// New returns the parser of account exports. It keeps no state.
func New() scanner.Parser { return parser{} }

type parser struct{}

// Name is the input's name.
func (parser) Name() string { return model.Export.String() }

// Match reports whether a file is an answer that this package knows: by the
// header line of a credential report, the root element of an XML answer, or
// the characteristic member of a JSON one.
func (parser) Match(file *source.Source) bool { return recognise(file.Bytes()) != "" }

// Plan makes one job of each directory, in order of their names: the files
// of one account export lie together.
func (parser) Plan(_ *scanner.Env, files []*source.Source) []scanner.Job {
	byDir := map[string][]*source.Source{}
	for _, f := range files {
		dir := path.Dir(f.Path)
		byDir[dir] = append(byDir[dir], f)
	}
	dirs := make([]string, 0, len(byDir))
	for dir := range byDir {
		dirs = append(dirs, dir)
	}
	slices.Sort(dirs)
	jobs := make([]scanner.Job, 0, len(dirs))
	for _, dir := range dirs {
		group := byDir[dir]
		slices.SortFunc(group, func(a, b *source.Source) int { return strings.Compare(a.Path, b.Path) })
		jobs = append(jobs, func(ctx context.Context) scanner.Parsed { return readDir(ctx, dir, group) })
	}
	return jobs
}

func readDir(ctx context.Context, dir string, files []*source.Source) scanner.Parsed {
	var out scanner.Parsed
	var parts []*part
	for _, f := range files {
		if ctx.Err() != nil {
			return out
		}
		p := read(f)
		parts = append(parts, p)
		out.Diagnostics = append(out.Diagnostics, p.diagnostics...)
	}
	units, diags := assemble(dir, parts)
	out.Units, out.Diagnostics = units, append(out.Diagnostics, diags...)
	return out
}
