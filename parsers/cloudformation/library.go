package cloudformation

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/iamwatch/iamwatch/scanner"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// maxPart bounds, in bytes, a file that a template names and that is not
// itself among the files of the scan.
const maxPart = 16 << 20

// A library holds the templates of a scan, so that one may be read as a part
// of another: a nested stack, or a snippet. Its methods may be called from
// several goroutines.
type library struct {
	env   *scanner.Env
	alone reader
	// made are the stacks of assemblies among the templates, nil without any.
	made *assemblyReader
	// paths are those of the scan's templates, in order.
	paths []string
	// packaged are the directories of services that are read by what was made
	// of them.
	packaged map[string]bool
	// callers may hold other templates as parts.
	callers []*document

	mu    sync.Mutex
	files map[string]*document

	once  sync.Once
	parts map[string]bool
	// exports are what the templates export, by name.
	exports func() map[string][]export
	// ends are paths by their last element.
	ends func() map[string][]string
}

// A reader reads a template as a stack of its own, and tells which other files
// it read as parts of it.
type reader func(*library, *scanner.Env, *source.Source) (scanner.Parsed, []string)

// A document is one file, read at most once as a tree and at most once as a
// stack of its own.
type document struct {
	file *source.Source
	// held says that the tree is kept, because it may be asked for again.
	held bool
	tree func() (*source.Value, []source.Diagnostic)
	// snippets are the files that the tree includes.
	snippets []string
	stack    func() reading
}

// A reading is a template read as a stack of its own.
type reading struct {
	parsed scanner.Parsed
	// used are the paths of the files that were read as parts of it.
	used []string
}

func newLibrary(env *scanner.Env, files []*source.Source, alone reader, made *assemblyReader) *library {
	l := &library{env: env, alone: alone, made: made, files: map[string]*document{}}
	imports := slices.ContainsFunc(files, func(f *source.Source) bool { return mayImport(f.Bytes()) })
	for _, f := range files {
		d := l.document(f)
		d.held = imports && mayExport(f.Bytes())
		l.files[f.Path], l.paths = d, append(l.paths, f.Path)
		if mayCall(f) {
			d.held = true
			l.callers = append(l.callers, d)
		}
	}
	slices.Sort(l.paths)
	l.ends, l.exports = sync.OnceValue(l.byEnd), sync.OnceValue(l.exportsOf)
	return l
}

func (l *library) document(f *source.Source) *document {
	d := &document{file: f}
	d.tree = sync.OnceValues(func() (*source.Value, []source.Diagnostic) {
		root, diags := l.made.tree(f)
		root, in := l.include(f, root)
		d.snippets = in.used
		return root, append(diags, in.diagnostics...)
	})
	d.stack = sync.OnceValue(func() reading {
		parsed, used := l.alone(l, l.made.envFor(f, l.env), f)
		return reading{parsed, used}
	})
	return d
}

// mayCall reports whether a template may name other files as its parts.
func mayCall(file *source.Source) bool {
	if serviceKindOf(file.Path) == serviceFile && isService(file) {
		return true
	}
	data := file.Bytes()
	for _, word := range []string{"AWS::CloudFormation::Stack", "AWS::Serverless::Application", "AWS::Include"} {
		if bytes.Contains(data, []byte(word)) {
			return true
		}
	}
	return false
}

// job reads one template, unless another one is read with it as a part.
func (l *library) job(ctx context.Context, file *source.Source) scanner.Parsed {
	if ctx.Err() != nil {
		return scanner.Parsed{}
	}
	if len(l.callers) == 0 {
		parsed, _ := l.alone(l, l.made.envFor(file, l.env), file)
		return parsed
	}
	l.once.Do(l.sort)
	switch {
	case l.parts[file.Path]:
		return scanner.Parsed{}
	case mayCall(file):
		return l.find(file.Path).stack().parsed
	}
	parsed, _ := l.alone(l, l.made.envFor(file, l.env), file)
	return parsed
}

// sort finds the templates that are parts of others. What calls itself by way
// of others, and is called by nothing else, is a stack of its own where it
// comes first, so that none is lost.
func (l *library) sort() {
	var group errgroup.Group
	group.SetLimit(max(l.env.Jobs, 1))
	for _, d := range l.callers {
		group.Go(func() error {
			defer func() { _ = recover() }() // the document's own job panics again, and says so
			d.stack()
			return nil
		})
	}
	_ = group.Wait() // the functions return no error
	called := map[string]bool{}
	for _, d := range l.callers {
		for _, p := range d.stack().used {
			called[p] = called[p] || p != d.file.Path
		}
	}
	l.parts = map[string]bool{}
	for _, circle := range []bool{false, true} {
		for _, d := range l.callers {
			if called[d.file.Path] == circle && !l.parts[d.file.Path] {
				l.claim(d)
			}
		}
	}
}

func (l *library) claim(d *document) {
	for _, p := range d.stack().used {
		l.parts[p] = l.parts[p] || p != d.file.Path
	}
}

// tree is a file as a tree of values.
func (l *library) tree(file *source.Source) (*source.Value, []source.Diagnostic) {
	if d := l.find(file.Path); d != nil && d.held {
		return d.tree()
	}
	return l.made.tree(file)
}

// find is a file that is at hand, nil for any other.
func (l *library) find(name string) *document {
	if l == nil {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.files[name]
}

var (
	errNoPart    = errors.New("is not there")
	errOutside   = errors.New("lies outside of the repository")
	errLargePart = errors.New("is larger than the limit")
)

// open is a file by its path from the root.
func (l *library) open(name string) (*document, error) {
	if !fs.ValidPath(name) {
		return nil, errOutside
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if d := l.files[name]; d != nil {
		return d, nil
	}
	file, err := readPart(l.env.FS, name)
	if err != nil {
		return nil, err
	}
	l.files[name] = l.document(file)
	return l.files[name], nil
}

func readPart(fsys fs.FS, name string) (*source.Source, error) {
	if fsys == nil {
		return nil, errNoPart
	}
	info, err := fs.Stat(fsys, name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, errNoPart
	case err != nil:
		return nil, fmt.Errorf("cannot be read: %w", cause(err))
	case !info.Mode().IsRegular():
		return nil, errors.New("is no file")
	case info.Size() > maxPart:
		return nil, errLargePart
	}
	data, err := fs.ReadFile(fsys, name)
	if err != nil {
		return nil, fmt.Errorf("cannot be read: %w", cause(err))
	}
	return source.New(name, data), nil
}

// cause is an error without the path that a message names anyway.
func cause(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}

func (l *library) byEnd() map[string][]string {
	out := map[string][]string{}
	for _, p := range l.paths {
		out[path.Base(p)] = append(out[path.Base(p)], p)
	}
	return out
}

// sortedNames are the keys of a set in order.
func sortedNames(set map[string]bool) []string { return slices.Sorted(maps.Keys(set)) }
