package cloudformation

import (
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/iamwatch/iamwatch/scanner/source"
)

// Bounds on what is learned of where an app was synthesized.
const (
	maxLearned = 64 // source files
	maxParts   = 32 // parts of a path
)

// An application is what one run of an app made: an assembly with those inside
// of it. Its stacks are in files of one program.
type application struct {
	// dir is the outermost assembly.
	dir     string
	written *writtenFiles
	once    sync.Once
	stacks  []*madeStack
	// diagnostics say what of the metadata could not be read.
	diagnostics []source.Diagnostic
	// home is where the app lay when it was synthesized, and here the directory
	// of the scan that stands for it.
	home, here string
	known      bool
}

// A construct is a node of the construct tree that became something in a
// template.
type construct struct {
	id     string
	frames []string
}

// constructs are those that the metadata of one stack tells of, by their path,
// which begins with a slash.
type constructs struct {
	byPath map[string]construct
	// nested are the paths of nested stacks, with their template where that is
	// told.
	nested map[string]string
	// byID are the paths of logical ids, for each nested stack by its path and
	// for the stack itself by the empty path.
	byID map[string]map[string]string
}

// Types of metadata entries ("ArtifactMetadataEntryType" of the cloud assembly
// schema).
const (
	entryLogicalID = "aws:cdk:logicalId"
	entryCreation  = "aws:cdk:creationStack"
	entryTemplate  = "aws:cdk:templateFile"
	pathMetadata   = "aws:cdk:path"
)

// nestedResource is what the construct of a nested stack's resource is called
// beside the construct of the nested stack itself.
const nestedResource = ".NestedStackResource"

// newConstructs reads the metadata of a stack: entries by path.
func newConstructs(metadata *source.Value, template string) constructs {
	c := constructs{byPath: map[string]construct{}, nested: map[string]string{}, byID: map[string]map[string]string{}}
	if metadata == nil {
		return c
	}
	for _, m := range metadata.Members {
		c.read(m.Name.Value, m.Value, template)
	}
	for name, of := range c.byPath {
		if of.id == "" {
			continue
		}
		owner := c.owner(name)
		if c.byID[owner] == nil {
			c.byID[owner] = map[string]string{}
		}
		if have, ok := c.byID[owner][of.id]; !ok || name < have {
			c.byID[owner][of.id] = name
		}
	}
	return c
}

func (c *constructs) read(name string, entries *source.Value, template string) {
	var of construct
	for _, e := range entries.Elements() {
		data := e.Get("data")
		switch e.Get("type").Text().Value {
		case entryLogicalID:
			of.id = data.Text().Value
			if of.frames == nil {
				of.frames = lines(e.Get("trace"))
			}
		case entryCreation:
			of.frames = lines(data)
		case entryTemplate:
			if file := data.Text().Value; file != path.Base(template) {
				c.nested[name] = file
			}
		}
	}
	c.byPath[name] = of
	if stem, ok := strings.CutSuffix(path.Base(name), nestedResource); ok {
		if at := path.Join(path.Dir(path.Dir(name)), stem); c.nested[at] == "" {
			c.nested[at] = ""
		}
	}
}

func lines(v *source.Value) []string {
	var out []string
	for _, i := range v.Elements() {
		out = append(out, i.Text().Value)
	}
	return out
}

// owner is the path of the innermost nested stack that a construct lies in,
// empty for the stack itself.
func (c *constructs) owner(name string) string {
	for at := path.Dir(name); at != "/" && at != "."; at = path.Dir(at) {
		if _, ok := c.nested[at]; ok {
			return at
		}
	}
	return ""
}

// pathOf is the construct of a logical id in a template of the stack; empty
// when the metadata does not tell. A nested template of which it does not tell
// the path has an id that no other nested template has.
func (c *constructs) pathOf(template string, nested bool, id string) string {
	if !nested {
		return c.byID[""][id]
	}
	var found []string
	for owner, ids := range c.byID {
		name := ids[id]
		switch {
		case name == "" || owner == "":
		case c.nested[owner] == path.Base(template):
			return name
		case c.nested[owner] == "":
			found = append(found, name)
		}
	}
	if len(found) == 1 {
		return found[0]
	}
	return ""
}

// load reads the metadata of every stack, once. What the scan cannot read of it
// leaves places in the template.
func (a *application) load() {
	a.once.Do(func() {
		for _, s := range a.stacks {
			if s.root == nil {
				s.constructs = newConstructs(s.readMetadata(), s.template)
			}
		}
		a.learnHome()
	})
}

// learnHome finds out which directory of the scan the app lay in when it was
// synthesized, which may have been on another machine: the one of which most
// source files are there. Of equals, that wins of which more of a path agrees.
func (a *application) learnHome() {
	type home struct{ home, here string }
	count := map[home]int{}
	for _, name := range a.sourceFiles() {
		parts := strings.Split(strings.TrimPrefix(name, "/"), "/")
		for i := range min(len(parts), maxParts) {
			rest := path.Join(parts[i:]...)
			for here := path.Dir(a.dir); ; here = path.Dir(here) {
				if a.written.get(path.Join(here, rest)) != nil {
					count[home{"/" + path.Join(parts[:i]...), here}]++
				}
				if here == "." {
					break
				}
			}
		}
	}
	best, most := home{}, 0
	for h, n := range count {
		shorter := len(h.home) < len(best.home) || len(h.home) == len(best.home) && h.home+h.here < best.home+best.here
		if n > most || n == most && shorter {
			best, most = h, n
		}
	}
	a.home, a.here, a.known = best.home, best.here, most > 0
}

// sourceFiles are the first files, in order, that traces name by absolute paths.
func (a *application) sourceFiles() []string {
	seen := map[string]bool{}
	for _, s := range a.stacks {
		for _, c := range s.constructs.byPath {
			for _, line := range c.frames {
				if f, ok := parseFrame(line); ok && path.IsAbs(f.file) {
					seen[f.file] = true
				}
			}
		}
	}
	out := make([]string, 0, len(seen))
	for name := range seen {
		out = append(out, name)
	}
	slices.Sort(out)
	return out[:min(len(out), maxLearned)]
}

// find is the path that a file of a trace has in the scan; empty when it lies
// outside. The paths of an app are relative to where it ran, which is above its
// assembly.
func (a *application) find(name string) string {
	if path.IsAbs(name) {
		rest, ok := strings.CutPrefix(name, strings.TrimSuffix(a.home, "/")+"/")
		if !a.known || !ok {
			return ""
		}
		return path.Join(a.here, rest)
	}
	if a.dir == "." {
		return ""
	}
	for at := path.Dir(a.dir); ; at = path.Dir(at) {
		full := path.Join(at, name)
		if fs.ValidPath(full) && a.written.get(full) != nil {
			return full
		}
		if at == "." {
			return ""
		}
	}
}

// place is where the first frame is that lies in the scan. It is found and yet
// no place when the file is there no more or has no such line any more: the
// template tells better then.
func (a *application) place(frames []string) (at source.Range, found bool) {
	for _, line := range frames {
		f, ok := parseFrame(line)
		if !ok {
			continue
		}
		name := a.find(f.file)
		if name == "" && path.IsAbs(f.file) {
			continue // outside: a library, or what runs the app
		}
		file := a.written.get(name)
		if file == nil {
			return source.Range{}, true
		}
		return f.at(file), true
	}
	return source.Range{}, false
}

// at is the rest of the frame's line from its column on, the zero Range when
// the file has no such line.
func (f frame) at(file *source.Source) source.Range {
	if f.line > file.Lines() {
		return source.Range{}
	}
	r := file.LineRange(f.line)
	start := r.Start()
	if f.column > 0 {
		start = file.Offset(f.line, f.column)
	}
	for _, from := range []int{start, r.Start()} {
		text := file.Range(from, r.End()).Text()
		blank := len(text) - len(strings.TrimLeft(text, " \t"))
		if text = strings.TrimSpace(text); text != "" {
			return file.Range(from+blank, from+blank+len(text))
		}
	}
	return source.Range{}
}

// placeOf is where a construct was made. What a library made without the app's
// own code on the way is placed at the construct around it.
func (a *application) placeOf(c *constructs, name string) source.Range {
	for at := name; at != "/" && at != "."; at = path.Dir(at) {
		for _, one := range []string{at, at + "/Resource", at + "/Default"} {
			if r, found := a.place(c.byPath[one].frames); found {
				return r
			}
		}
	}
	return source.Range{}
}

// trace says of each resource of a template, read as root, which place of the
// app made it.
func (s *madeStack) trace(file *source.Source, root *source.Value) {
	s.app.load()
	of := s
	if s.root != nil {
		of = s.root
	}
	c := &of.constructs
	resources := root.Get("Resources")
	if resources == nil {
		return
	}
	var list []source.Trace
	for _, m := range resources.Members {
		name := c.pathOf(s.template, s.root != nil, m.Name.Value)
		if told := m.Value.Get("Metadata").Get(pathMetadata).Text().Value; told != "" {
			name = "/" + told
		}
		if name == "" {
			continue
		}
		name = path.Clean(name)
		list = append(list, source.Trace{
			Part: m.Name.Range.Join(m.Value.Range), By: s.app.placeOf(c, name), As: strings.TrimPrefix(name, "/"),
		})
	}
	slices.SortFunc(list, func(a, b source.Trace) int { return a.Part.Compare(b.Part) })
	file.Trace(list)
}
