package cloudformation

import (
	"bytes"
	"strings"
	"unicode/utf8"

	yaml "go.yaml.in/yaml/v4"

	"github.com/iamwatch/iamwatch/scanner/source"
)

// Bounds of a template. An alias is copied where it stands, so a few lines of
// aliases to aliases could otherwise fill the memory.
const (
	maxAliased = 200_000 // values that aliases may bring in
	maxDepth   = source.MaxDepth
)

// readYAML reads a template written in YAML. A short-form tag becomes the
// long form, so that both forms and JSON give one tree; aliases and merge keys
// are resolved, each value placed at the alias with the anchored text as its
// origin.
func readYAML(file *source.Source) (*source.Value, []source.Diagnostic) {
	r := &yamlReader{src: file, data: file.Bytes(), done: map[*yaml.Node]*source.Value{}}
	r.lines = yamlLines(r.data)
	doc := r.load()
	if doc == nil {
		return nil, r.diags
	}
	if doc.Kind != yaml.DocumentNode || len(doc.Content) == 0 {
		return nil, append(r.diags, source.Errorf(file.Range(0, 0), "read YAML: the template is empty"))
	}
	return r.value(doc.Content[0], 0), r.diags
}

type yamlReader struct {
	src   *source.Source
	data  []byte
	lines []int // offsets of the lines as YAML counts them
	// done are the anchored values that were read; nil while one is being read.
	done    map[*yaml.Node]*source.Value
	aliased int
	bounded bool
	diags   []source.Diagnostic
}

// yamlLines are the offsets of the lines. YAML 1.1 also breaks lines at a
// lone carriage return and at NEL, LS and PS, which editors may not.
func yamlLines(data []byte) []int {
	start := 0
	if bytes.HasPrefix(data, []byte("\uFEFF")) {
		start = len("\uFEFF")
	}
	lines := []int{start}
	for i := start; i < len(data); i++ {
		switch c := data[i]; {
		case c == '\n', c == '\r' && (i+1 == len(data) || data[i+1] != '\n'):
			lines = append(lines, i+1)
		case c == 0xC2 && bytes.HasPrefix(data[i:], []byte("\u0085")):
			lines = append(lines, i+2)
		case c == 0xE2 && (bytes.HasPrefix(data[i:], []byte("\u2028")) || bytes.HasPrefix(data[i:], []byte("\u2029"))):
			lines = append(lines, i+3)
		}
	}
	return lines
}

// offset is the byte at a line and a column in code points, both 1-based.
func (r *yamlReader) offset(line, column int) int {
	line = min(max(line, 1), len(r.lines))
	off := r.lines[line-1]
	for c := 1; c < column && off < len(r.data); c++ {
		_, n := utf8.DecodeRune(r.data[off:])
		off += n
	}
	return off
}

func (r *yamlReader) value(n *yaml.Node, depth int) *source.Value {
	at := r.offset(n.Line, n.Column)
	if depth > maxDepth {
		return r.tooMuch(at, "nested deeper than the limit of levels")
	}
	if n.Kind == yaml.AliasNode {
		return r.alias(n, at)
	}
	if n.Anchor != "" {
		r.done[n] = nil
	}
	p := properties{body: at}
	if n.Anchor != "" || n.Style&yaml.TaggedStyle != 0 {
		p = readProperties(r.data, at)
	}
	v := r.content(n, p.body, depth)
	if fn := longForm(n); fn != "" {
		name := source.NewString(fn, r.src.Range(p.tag, p.tagEnd))
		v = &source.Value{
			Kind: source.Object, Range: r.src.Range(p.tag, max(v.Range.End(), p.tagEnd)),
			Members: []source.Member{{Name: name, Value: v}},
		}
	}
	if n.Anchor != "" {
		r.done[n] = v
	}
	return v
}

// longForm is the function that a node's own tag is short for.
func longForm(n *yaml.Node) string {
	if n.Style&yaml.TaggedStyle == 0 || !strings.HasPrefix(n.Tag, "!") || strings.HasPrefix(n.Tag, "!!") {
		return ""
	}
	switch name := n.Tag[1:]; name {
	case "":
		return ""
	case "Ref", "Condition":
		return name
	default:
		return "Fn::" + strings.TrimPrefix(name, "Fn::")
	}
}

func (r *yamlReader) content(n *yaml.Node, body, depth int) *source.Value {
	switch n.Kind {
	case yaml.SequenceNode:
		return r.list(n, body, depth)
	case yaml.MappingNode:
		return r.object(n, body, depth)
	}
	s := source.NewString(n.Value, r.src.Range(body, scalarEnd(r.data, n, body)))
	v := &source.Value{Kind: source.Str, Scalar: s, Range: s.Range}
	switch n.ShortTag() {
	case "!!null":
		v.Kind = source.Null
	case "!!bool":
		v.Kind, v.Scalar.Value = source.Bool, strings.ToLower(n.Value)
	case "!!int", "!!float":
		v.Kind = source.Number
	}
	return v
}

func (r *yamlReader) list(n *yaml.Node, body, depth int) *source.Value {
	v := &source.Value{Kind: source.List, Items: make([]*source.Value, 0, len(n.Content))}
	end := body
	for _, c := range n.Content {
		item := r.value(c, depth+1)
		v.Items = append(v.Items, item)
		end = max(end, item.Range.End())
	}
	v.Range = r.src.Range(body, collectionEnd(r.data, body, end, '[', ']'))
	return v
}

func (r *yamlReader) object(n *yaml.Node, body, depth int) *source.Value {
	v := &source.Value{Kind: source.Object, Members: make([]source.Member, 0, len(n.Content)/2)}
	var merged []*source.Value
	end := body
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, item := n.Content[i], r.value(n.Content[i+1], depth+1)
		end = max(end, item.Range.End())
		if key.Tag == "!!merge" {
			merged = append(merged, item.Elements()...)
			continue
		}
		name := r.value(key, depth+1)
		end = max(end, name.Range.End())
		if !name.IsScalar() && name.Kind != source.Null {
			r.diags = append(r.diags, source.Errorf(name.Range, "read YAML: a key that is no text"))
			continue
		}
		v.Members = append(v.Members, source.Member{Name: name.Scalar, Value: item})
	}
	v.Range = r.src.Range(body, collectionEnd(r.data, body, end, '{', '}'))
	r.diags = append(r.diags, keepLast(v)...)
	if len(merged) > 0 {
		v.Members = merge(v.Members, merged)
	}
	return v
}

// merge puts the members of merged mappings before a mapping's own; one that
// is set already is left out (YAML merge key language-independent type).
func merge(own []source.Member, merged []*source.Value) []source.Member {
	set := map[string]bool{}
	for _, m := range own {
		set[m.Name.Value] = true
	}
	var out []source.Member
	for _, v := range merged {
		for _, m := range v.Members {
			if !set[m.Name.Value] {
				set[m.Name.Value] = true
				out = append(out, m)
			}
		}
	}
	return append(out, own...)
}

// alias copies the anchored value to where the alias stands.
func (r *yamlReader) alias(n *yaml.Node, at int) *source.Value {
	end := at + 1
	for end < len(r.data) && bytes.IndexByte([]byte(" \t\r\n,]}:"), r.data[end]) < 0 {
		end++
	}
	target, seen := r.done[n.Alias]
	if !seen || target == nil {
		return r.tooMuch(at, "an alias stands inside its own anchor")
	}
	v := r.relocate(target, r.src.Range(at, end))
	if v == nil {
		return r.tooMuch(at, "aliases bring in more values than the limit")
	}
	return v
}

// relocate copies v to a place; nil when the bound on copies is met.
func (r *yamlReader) relocate(v *source.Value, to source.Range) *source.Value {
	if r.aliased++; r.aliased > maxAliased {
		return nil
	}
	c := *v
	c.Range, c.Origin = to, origin(v.Origin, v.Range)
	c.Scalar = move(v.Scalar, to)
	c.Items = make([]*source.Value, len(v.Items))
	for i, item := range v.Items {
		if c.Items[i] = r.relocate(item, to); c.Items[i] == nil {
			return nil
		}
	}
	c.Members = make([]source.Member, len(v.Members))
	for i, m := range v.Members {
		c.Members[i] = source.Member{Name: move(m.Name, to), Value: r.relocate(m.Value, to)}
		if c.Members[i].Value == nil {
			return nil
		}
	}
	return &c
}

func move(s source.String, to source.Range) source.String {
	if s.IsZero() {
		return s
	}
	s.Range, s.Origin = to, origin(s.Origin, s.Range)
	return s
}

func origin(first, second source.Range) source.Range {
	if first.IsZero() {
		return second
	}
	return first
}

// tooMuch gives a value that was not read, and says so once a template.
func (r *yamlReader) tooMuch(at int, message string) *source.Value {
	rng := r.src.Range(at, at+1)
	if !r.bounded {
		r.bounded = true
		r.diags = append(r.diags, source.Errorf(rng, "read YAML: %s", message))
	}
	return source.UnreadValue("a part that was not read", rng)
}
