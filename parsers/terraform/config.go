package terraform

import (
	"bytes"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/iamwatch/iamwatch/parsers/terraform/lang"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// A config is one module directory as written, override files merged in.
type config struct {
	dir       string
	files     map[string]*source.Source // by path
	aliases   map[string]source.Text    // strings with escapes of JSON files, by the name that stands for them
	variables map[string]*hclsyntax.Block
	locals    map[string]*hclsyntax.Attribute
	outputs   map[string]*hclsyntax.Block
	resources map[string]*resource // by TYPE.NAME or data.TYPE.NAME
	calls     map[string]*call
	provided  []*hclsyntax.Block
	names     map[string]bool // attributes that are read off whole objects
	diags     []source.Diagnostic
}

// A resource is a resource, data or ephemeral block.
type resource struct {
	key   string // TYPE.NAME or data.TYPE.NAME
	kind  string // TYPE
	name  string
	data  bool
	block *hclsyntax.Block
}

// A call is a module block.
type call struct {
	name   string
	source string
	dir    string // of the called module in the scan's file system; empty when not at hand
	remote bool
	block  *hclsyntax.Block
}

// What a directory declares, by name; nil when there is no such thing.

func (c *config) variable(name string) *hclsyntax.Block  { return c.variables[name] }
func (c *config) local(name string) *hclsyntax.Attribute { return c.locals[name] }
func (c *config) output(name string) *hclsyntax.Block    { return c.outputs[name] }
func (c *config) resource(key string) *resource          { return c.resources[key] }
func (c *config) call(name string) *call                 { return c.calls[name] }
func (c *config) providers() []*hclsyntax.Block          { return c.provided }

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

// loadConfig parses the files of one directory.
func loadConfig(fsys fs.FS, dir string, files []*source.Source) *config {
	c := &config{
		dir: dir, files: map[string]*source.Source{}, aliases: map[string]source.Text{},
		variables: map[string]*hclsyntax.Block{}, locals: map[string]*hclsyntax.Attribute{},
		outputs: map[string]*hclsyntax.Block{}, resources: map[string]*resource{},
		calls: map[string]*call{}, names: map[string]bool{},
	}
	var primary, override []*source.Source
	for _, f := range chosen(files) {
		c.files[f.Path] = f
		if isOverride(path.Base(f.Path)) {
			override = append(override, f)
		} else {
			primary = append(primary, f)
		}
	}
	for _, f := range primary {
		c.declare(c.parse(f), false)
	}
	for _, f := range override {
		c.declare(c.parse(f), true)
	}
	c.resolveCalls(fsys)
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

// parse parses one file, as far as its syntax allows.
func (c *config) parse(f *source.Source) *hclsyntax.Body {
	if f.Size() > maxFileSize {
		c.diags = append(c.diags, source.Errorf(f.Range(0, 0), "the file is larger than %d bytes", maxFileSize))
		return &hclsyntax.Body{}
	}
	if source.HasMarkBytes(f.Bytes()) {
		c.diags = append(c.diags, source.Errorf(f.Range(0, 0), "the noncharacters U+FDD0 and U+FDD1 are not accepted"))
		return &hclsyntax.Body{}
	}
	if strings.HasSuffix(f.Path, ".json") {
		return c.parseJSON(f)
	}
	if err := lang.CheckSyntax(string(f.Bytes())); err != nil {
		c.diags = append(c.diags, source.Errorf(f.Range(0, 0), "parse file: %s", err))
		return &hclsyntax.Body{}
	}
	const mark = "\uFEFF"
	text, start := f.Bytes(), hcl.InitialPos
	if strings.HasPrefix(string(text[:min(len(text), len(mark))]), mark) {
		text, start.Byte = text[len(mark):], len(mark)
	}
	parsed, diags := hclsyntax.ParseConfig(text, f.Path, start)
	c.report(f, diags)
	if parsed == nil {
		return &hclsyntax.Body{}
	}
	body, ok := parsed.Body.(*hclsyntax.Body)
	if !ok || body == nil {
		return &hclsyntax.Body{}
	}
	return body
}

// report keeps what the parser says of a file's syntax. One fault often
// brings others with it, so only the first of a top-level block is kept, and
// nothing behind a quote that is not closed: it turns the rest inside out.
func (c *config) report(f *source.Source, diags hcl.Diagnostics) {
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
		c.diags = append(c.diags, source.Errorf(r, "%s: %s", lowerFirst(d.Summary), strings.TrimSuffix(d.Detail, ".")))
	}
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

// declare adds the blocks of a file.
func (c *config) declare(body *hclsyntax.Body, override bool) {
	c.mention(body)
	for _, b := range body.Blocks {
		c.declareBlock(b, override)
	}
}

func (c *config) declareBlock(b *hclsyntax.Block, override bool) {
	switch {
	case b.Type == "locals":
		for name, a := range b.Body.Attributes {
			c.locals[name] = a
		}
	case b.Type == "variable" && len(b.Labels) == 1:
		c.variables[b.Labels[0]] = merge(c.variables[b.Labels[0]], b, override)
	case b.Type == "output" && len(b.Labels) == 1:
		c.outputs[b.Labels[0]] = merge(c.outputs[b.Labels[0]], b, override)
	case b.Type == "provider" && len(b.Labels) == 1:
		c.declareProvider(b, override)
	case b.Type == "module" && len(b.Labels) == 1:
		c.declareCall(b, override)
	case (b.Type == "resource" || b.Type == "data") && len(b.Labels) == 2:
		c.declareResource(b, override)
	case b.Type == "check":
		for _, inner := range b.Body.Blocks {
			c.declareBlock(inner, override)
		}
	}
}

func (c *config) declareProvider(b *hclsyntax.Block, override bool) {
	for i, p := range c.provided {
		if override && p.Labels[0] == b.Labels[0] && literalText(p.Body.Attributes["alias"]) == literalText(b.Body.Attributes["alias"]) {
			c.provided[i] = merge(p, b, true)
			return
		}
	}
	c.provided = append(c.provided, b)
}

func (c *config) declareCall(b *hclsyntax.Block, override bool) {
	name := b.Labels[0]
	if old := c.calls[name]; old != nil {
		b = merge(old.block, b, override)
	}
	c.calls[name] = &call{name: name, source: literalText(b.Body.Attributes["source"]), block: b}
}

func (c *config) declareResource(b *hclsyntax.Block, override bool) {
	r := &resource{kind: b.Labels[0], name: b.Labels[1], data: b.Type == "data", block: b}
	r.key = r.kind + "." + r.name
	if r.data {
		r.key = "data." + r.key
	}
	if old := c.resources[r.key]; old != nil {
		r.block = merge(old.block, b, override)
	}
	c.resources[r.key] = r
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

// mention notes the attribute names that may be read off an object which is
// referred to as a whole, such as u.name in a for expression.
func (c *config) mention(body *hclsyntax.Body) {
	_ = hclsyntax.VisitAll(body, func(n hclsyntax.Node) hcl.Diagnostics {
		switch e := n.(type) {
		case *hclsyntax.RelativeTraversalExpr:
			c.mentionSteps(e.Traversal)
		case *hclsyntax.ScopeTraversalExpr:
			c.mentionSteps(e.Traversal[min(2, len(e.Traversal)):])
			if r := e.Traversal.RootName(); len(e.Traversal) > 1 && !isRoot(r) {
				c.mentionSteps(e.Traversal[1:2])
			}
		}
		return nil
	})
}

// isRoot reports whether a name is one of the language's own roots, whose
// first step is no attribute of an object.
func isRoot(name string) bool {
	switch name {
	case "var", "local", "data", "module", "path", "terraform", "each", "count", "self":
		return true
	}
	return strings.Contains(name, "_")
}

func (c *config) mentionSteps(t hcl.Traversal) {
	for _, step := range t {
		if a, ok := step.(hcl.TraverseAttr); ok {
			c.names[a.Name] = true
		}
	}
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
