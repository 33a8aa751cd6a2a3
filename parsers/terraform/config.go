package terraform

import (
	"bytes"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/iamwatch/iamwatch/scanner/source"
)

// A config is one module directory as written. Its blocks are told apart at
// once and parsed when something asks for them.
type config struct {
	dir       string
	files     map[string]*source.Source // by path
	aliases   map[string]source.Text    // strings with escapes of JSON files, by the name that stands for them
	variables map[string]*declared
	outputs   map[string]*declared
	resources map[string]*resource // by TYPE.NAME or data.TYPE.NAME
	calls     map[string]*call
	kinds     map[string]bool // types of the resources
	provided  group           // provider blocks
	valued    group           // locals blocks
	set       group           // terraform blocks
	// others are blocks that mean nothing here, and those that repeat one.
	others []*declared
	diags  []source.Diagnostic
	// planned says that this is what a plan says of the configuration.
	planned bool

	mentionOnce sync.Once
	mentions    map[string]bool
	// refused are the faults of whole blocks, told beside those of syntax.
	refused []source.Diagnostic
}

// A resource is a resource or data block. Its block is there once
// the directory was asked for the resource.
type resource struct {
	declared
	key  string // TYPE.NAME or data.TYPE.NAME
	kind string // TYPE
	name string
	data bool
}

// A call is a module block. Its block is there once the directory was asked
// for the call.
type call struct {
	declared
	name   string
	source string
	dir    string // of the called module in the scan's file system; empty when not at hand
	remote bool
	// unclear says that the source is told by the parsed block alone.
	unclear bool
}

// What a directory declares, by name; nil when there is no such thing.

func (c *config) variable(name string) *hclsyntax.Block { return c.variables[name].ask() }
func (c *config) output(name string) *hclsyntax.Block   { return c.outputs[name].ask() }

func (c *config) local(name string) *hclsyntax.Attribute {
	c.valued.ask()
	return c.valued.attributes[name]
}

func (c *config) resource(key string) *resource {
	r := c.resources[key]
	if r != nil {
		r.ask()
	}
	return r
}

func (c *config) call(name string) *call {
	m := c.calls[name]
	if m != nil {
		m.ask()
	}
	return m
}

func (c *config) providers() []*hclsyntax.Block { return c.provided.ask() }
func (c *config) settings() []*hclsyntax.Block  { return c.set.ask() }

// readDir reads the configuration files of a directory that was not given.
func readDir(fsys fs.FS, dir string) ([]*source.Source, []source.Diagnostic) {
	entries, err := fs.ReadDir(fsys, dir)
	if err != nil {
		return nil, nil
	}
	var files []*source.Source
	var diags []source.Diagnostic
	for _, e := range entries {
		if e.IsDir() || !isConfigName(e.Name()) {
			continue
		}
		name := path.Join(dir, e.Name())
		f, err := openFile(fsys, name)
		if err != nil {
			diags = append(diags, source.Errorf(source.New(name, nil).Range(0, 0), "read file: %s", err))
			continue
		}
		files = append(files, f)
	}
	return files, diags
}

// loadConfig tells the blocks in the files of one directory apart.
func loadConfig(dir string, files []*source.Source) *config {
	c := &config{
		dir: dir, files: map[string]*source.Source{}, aliases: map[string]source.Text{},
		variables: map[string]*declared{}, outputs: map[string]*declared{},
		resources: map[string]*resource{}, calls: map[string]*call{}, kinds: map[string]bool{},
	}
	files = chosen(files)
	for _, f := range files {
		c.files[f.Path] = f
	}
	for _, override := range []bool{false, true} {
		for _, f := range files {
			if isOverride(path.Base(f.Path)) == override {
				c.take(f, override)
			}
		}
	}
	return c
}

// chosen are the files in order of name. OpenTofu reads x.tofu instead of x.tf
// when both are there.
func chosen(files []*source.Source) []*source.Source {
	names := map[string]bool{}
	for _, f := range files {
		names[f.Path] = true
	}
	var out []*source.Source
	for _, f := range files {
		twin := ""
		switch {
		case strings.HasSuffix(f.Path, ".tf"):
			twin = strings.TrimSuffix(f.Path, ".tf") + ".tofu"
		case strings.HasSuffix(f.Path, ".tf.json"):
			twin = strings.TrimSuffix(f.Path, ".tf.json") + ".tofu.json"
		}
		if twin == "" || !names[twin] {
			out = append(out, f)
		}
	}
	slices.SortFunc(out, func(a, b *source.Source) int { return strings.Compare(a.Path, b.Path) })
	return out
}

// isOverride tells override files by name ("Override Files").
func isOverride(name string) bool {
	stem, _, _ := strings.Cut(name, ".")
	return stem == "override" || strings.HasSuffix(stem, "_override")
}

// take declares what a file holds.
func (c *config) take(f *source.Source, override bool) {
	switch {
	case !c.admits(f):
		return
	case strings.HasSuffix(f.Path, ".json"):
		c.declareAll(c.parseJSON(f), override)
		return
	}
	chunks, rest := split(f.Bytes())
	for _, h := range chunks {
		c.declare(part{chunk: h, file: f}, override)
	}
	if rest < f.Size() {
		body, faults := parseText(f, rest, f.Size())
		c.diags = append(c.diags, faults...)
		c.declareAll(body, override)
	}
}

// admits refuses what cannot be read.
func (c *config) admits(f *source.Source) bool {
	switch {
	case f.Size() > maxFileSize:
		c.diags = append(c.diags, source.Errorf(f.Range(0, 0), "the file is larger than %d bytes", maxFileSize))
	case source.HasMarkBytes(f.Bytes()):
		c.diags = append(c.diags, source.Errorf(f.Range(0, 0), "the noncharacters U+FDD0 and U+FDD1 are not accepted"))
	default:
		return true
	}
	return false
}

// parse parses a whole file, as far as its syntax allows.
func (c *config) parse(f *source.Source) *hclsyntax.Body {
	if !c.admits(f) {
		return &hclsyntax.Body{}
	}
	if strings.HasSuffix(f.Path, ".json") {
		return c.parseJSON(f)
	}
	start := 0
	if bytes.HasPrefix(f.Bytes(), []byte(byteOrderMark)) {
		start = len(byteOrderMark)
	}
	body, faults := parseText(f, start, f.Size())
	c.diags = append(c.diags, faults...)
	return body
}

// syntaxFaults are what the parser says of a file's syntax. One fault often
// brings others with it, so only the first of a top-level block is kept, and
// nothing behind a quote that is not closed: it turns the rest inside out.
func syntaxFaults(f *source.Source, diags hcl.Diagnostics) []source.Diagnostic {
	var out []source.Diagnostic
	seen, end := map[int]bool{}, f.Size()
	for _, d := range diags {
		r := f.Range(0, 0)
		if d.Subject != nil {
			r = f.Range(d.Subject.Start.Byte, d.Subject.End.Byte)
		}
		block := blockAt(f.Bytes()[:r.Start()])
		if d.Severity != hcl.DiagError || seen[block] || r.Start() > end {
			continue
		}
		seen[block] = true
		if d.Summary == "Invalid multi-line string" {
			end = r.Start()
		}
		out = append(out, source.Errorf(r, "%s: %s", lowerFirst(d.Summary), strings.TrimSuffix(d.Detail, ".")))
	}
	return out
}

// blockAt counts the lines of a text that look like the head of a top-level
// block: they begin with a letter.
func blockAt(before []byte) int {
	n := 0
	for line := range bytes.Lines(before) {
		if c := line[0] | 0x20; c >= 'a' && c <= 'z' {
			n++
		}
	}
	return n
}

func lowerFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}

// declareAll adds blocks that are parsed.
func (c *config) declareAll(body *hclsyntax.Body, override bool) {
	for _, b := range body.Blocks {
		c.declare(part{chunk: chunk{kind: b.Type, labels: b.Labels, unclear: true}, block: b}, override)
	}
}

// declare adds a block.
func (c *config) declare(p part, override bool) {
	known := true
	switch {
	case p.kind == "locals":
		c.valued.add(p, override)
	case p.kind == "terraform":
		c.set.add(p, override)
	case p.kind == "provider" && len(p.labels) == 1:
		c.provided.add(p, override)
	case p.kind == "variable" && len(p.labels) == 1:
		known = declareIn(c.variables, p.labels[0], p, override)
	case p.kind == "output" && len(p.labels) == 1:
		known = declareIn(c.outputs, p.labels[0], p, override)
	case p.kind == "module" && len(p.labels) == 1:
		known = c.declareCall(p, override)
	case (p.kind == "resource" || p.kind == "data") && len(p.labels) == 2:
		known = c.declareResource(p, override)
	case p.kind == "check":
		b, faults := p.parse()
		c.diags = append(c.diags, faults...)
		c.declareAll(b.Body, override)
	default:
		known = false
	}
	if !known {
		c.others = append(c.others, &declared{parts: []part{p}})
		c.refuse(p)
	}
}

// refuse tells a block that Terraform would not accept, and of which nothing
// is read. In a file with faults it may be what the parser made of one.
func (c *config) refuse(p part) {
	labels, head := topLevelLabels(p.kind), c.head(p)
	switch {
	case labels < 0: // such as moved, or of a later version
	case slices.ContainsFunc(c.diags, func(d source.Diagnostic) bool { return d.Range.Path() == head.Path() }):
	case len(p.labels) != labels:
		c.refused = append(c.refused, source.Errorf(head, "a %s block takes %d labels, not %d: it is not read", p.kind, labels, len(p.labels)))
	default:
		c.refused = append(c.refused, source.Errorf(head, "%s %q is declared twice: only the first is read", p.kind, strings.Join(p.labels, ".")))
	}
}

// head is where a block begins.
func (c *config) head(p part) source.Range {
	if p.block == nil {
		return p.file.Range(p.start, p.start+len(p.kind))
	}
	r := headerRange(p.block)
	return c.files[r.Filename].Range(r.Start.Byte, r.End.Byte)
}

func declareIn(m map[string]*declared, name string, p part, override bool) bool {
	if m[name] == nil {
		m[name] = &declared{}
	}
	return m[name].add(p, override)
}

func (c *config) declareCall(p part, override bool) bool {
	m := c.calls[p.labels[0]]
	if m == nil {
		m = &call{name: p.labels[0], source: p.source, unclear: p.unclear}
		c.calls[m.name] = m
	} else if override {
		m.unclear = true
	}
	return m.add(p, override)
}

func (c *config) declareResource(p part, override bool) bool {
	key := p.labels[0] + "." + p.labels[1]
	if p.kind == "data" {
		key = "data." + key
	}
	if c.resources[key] == nil {
		c.resources[key] = &resource{key: key, kind: p.labels[0], name: p.labels[1], data: p.kind == "data"}
		c.kinds[p.labels[0]] = c.kinds[p.labels[0]] || p.kind != "data"
	}
	return c.resources[key].add(p, override)
}

// merge lays an override block over the block of its name: attributes one by
// one, nested blocks by type ("Override Files", merging behavior). Without
// override the first declaration stays, as Terraform refuses a second.
func merge(base, over *hclsyntax.Block, override bool) *hclsyntax.Block {
	if base == nil {
		return over
	}
	if !override {
		return base
	}
	merged := *base
	body := *base.Body
	body.Attributes = hclsyntax.Attributes{}
	for _, from := range []hclsyntax.Attributes{base.Body.Attributes, over.Body.Attributes} {
		for name, a := range from {
			body.Attributes[name] = a
		}
	}
	replaced := map[string]bool{}
	for _, b := range over.Body.Blocks {
		replaced[blockName(b)] = true
	}
	body.Blocks = nil
	for _, b := range base.Body.Blocks {
		if !replaced[blockName(b)] {
			body.Blocks = append(body.Blocks, b)
		}
	}
	body.Blocks = append(body.Blocks, over.Body.Blocks...)
	merged.Body = &body
	return &merged
}

// blockName is a nested block's type; that of a dynamic block is its label.
func blockName(b *hclsyntax.Block) string {
	if b.Type == "dynamic" && len(b.Labels) == 1 {
		return b.Labels[0]
	}
	return b.Type
}

// literalText is the text of an attribute that is a plain string.
func literalText(a *hclsyntax.Attribute) string {
	if a == nil {
		return ""
	}
	v, diags := a.Expr.Value(nil)
	if diags.HasErrors() || !isText(v) {
		return ""
	}
	return v.AsString()
}
