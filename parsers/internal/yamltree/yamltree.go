// Package yamltree reads YAML into trees of values with their places, for the
// parsers whose inputs may be written in it.
package yamltree

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	yaml "go.yaml.in/yaml/v4"

	"github.com/iamwatch/iamwatch/scanner/source"
)

// Bounds of a document. An alias is copied where it stands, so a few lines of
// aliases to aliases could otherwise fill the memory.
const (
	maxAliased = 200_000 // values that aliases may bring in
	maxDepth   = source.MaxDepth
)

// A Reader turns the nodes of one YAML document into values. Aliases and merge
// keys are resolved, each value placed at the alias with the anchored text as
// its origin.
type Reader struct {
	// LongForm, if set, names the function that a node's own tag is short
	// for: the value becomes an object with that one member. Empty for none.
	LongForm func(n *yaml.Node) string
	// Object, if set, is called with each mapping as written, before merge
	// keys, and may change it.
	Object func(v *source.Value) []source.Diagnostic
	// Diagnostics are those met so far, in order.
	Diagnostics []source.Diagnostic

	src   *source.Source
	data  []byte
	lines []int // offsets of the lines as YAML counts them
	// done are the anchored values that were read; nil while one is being read.
	done    map[*yaml.Node]*source.Value
	aliased int
	bounded bool
	free    []source.Value // of the block that values are handed out of
}

// blockSize is how many values are allocated at once: those of a tree are
// many, and live and die together.
const blockSize = 64

func (r *Reader) alloc(v source.Value) *source.Value {
	if len(r.free) == 0 {
		r.free = make([]source.Value, blockSize)
	}
	out := &r.free[0]
	r.free = r.free[1:]
	*out = v
	return out
}

// New returns the reader of a file.
func New(file *source.Source) *Reader {
	r := &Reader{src: file, data: file.Bytes(), done: map[*yaml.Node]*source.Value{}}
	r.lines = lineOffsets(r.data)
	return r
}

// Load parses one YAML document. Of an error, Fault says where it is.
func Load(data []byte) (*yaml.Node, error) {
	var doc yaml.Node
	loader, err := yaml.NewLoader(bytes.NewReader(data))
	if err == nil {
		err = loader.Load(&doc)
	}
	return &doc, err
}

// LoadAll parses every document of a YAML text.
func LoadAll(data []byte) ([]*yaml.Node, error) {
	loader, err := yaml.NewLoader(bytes.NewReader(data))
	var out []*yaml.Node
	for err == nil {
		doc := &yaml.Node{}
		if err = loader.Load(doc); err == nil {
			out = append(out, doc)
		}
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return out, err
}

// Fault says where and what an error of Load is, and at which line the faulty
// part is, 0 when unknown. What is opened and never closed fails at a later line
// than its own.
func (r *Reader) Fault(err error) (d source.Diagnostic, line int) {
	at, message := 0, err.Error()
	var load *yaml.LoadError
	if errors.As(err, &load) {
		message = load.Message
		if load.Mark.Line > 0 {
			at, line = r.Offset(load.Mark.Line, load.Mark.Column), load.Mark.Line
		}
		if from := load.ContextMark; from.Line > 0 && opens(load.ContextMsg) {
			line = from.Line
			message += fmt.Sprintf(", %s that starts at line %d", load.ContextMsg, from.Line)
		}
	}
	return source.Errorf(r.src.Range(at, at+1), "read YAML: %s", message), line
}

func opens(context string) bool {
	return strings.Contains(context, "flow") || strings.Contains(context, "quoted")
}

// Lines are the offsets of the file's lines as YAML counts them.
func (r *Reader) Lines() []int { return r.lines }

// Value reads a node.
func (r *Reader) Value(n *yaml.Node) *source.Value { return r.value(n, 0) }

// lineOffsets are the offsets of the lines. YAML 1.1 also breaks lines at a
// lone carriage return and at NEL, LS and PS, which editors may not.
func lineOffsets(data []byte) []int {
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

// Offset is the byte at a line and a column in code points, both 1-based.
func (r *Reader) Offset(line, column int) int {
	line = min(max(line, 1), len(r.lines))
	return r.src.Forward(r.lines[line-1], column-1)
}

func (r *Reader) value(n *yaml.Node, depth int) *source.Value {
	at := r.Offset(n.Line, n.Column)
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
	if fn := r.longForm(n); fn != "" {
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

func (r *Reader) longForm(n *yaml.Node) string {
	if r.LongForm == nil || n.Style&yaml.TaggedStyle == 0 {
		return ""
	}
	return r.LongForm(n)
}

func (r *Reader) content(n *yaml.Node, body, depth int) *source.Value {
	switch n.Kind {
	case yaml.SequenceNode:
		return r.list(n, body, depth)
	case yaml.MappingNode:
		return r.object(n, body, depth)
	}
	s := source.NewString(n.Value, r.src.Range(body, scalarEnd(r.data, n, body)))
	v := r.alloc(source.Value{Kind: source.Str, Scalar: s, Range: s.Range})
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

func (r *Reader) list(n *yaml.Node, body, depth int) *source.Value {
	v := r.alloc(source.Value{Kind: source.List, Items: make([]*source.Value, 0, len(n.Content))})
	end := body
	for _, c := range n.Content {
		item := r.value(c, depth+1)
		v.Items = append(v.Items, item)
		end = max(end, item.Range.End())
	}
	v.Range = r.src.Range(body, collectionEnd(r.data, body, end, '[', ']'))
	return v
}

func (r *Reader) object(n *yaml.Node, body, depth int) *source.Value {
	v := r.alloc(source.Value{Kind: source.Object, Members: make([]source.Member, 0, len(n.Content)/2)})
	var merged []*source.Value
	end := body
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, item := n.Content[i], r.value(n.Content[i+1], depth+1)
		end = max(end, item.Range.End())
		if key.Tag == "!!merge" {
			merged = append(merged, item.Elements()...)
			continue
		}
		if isPlainKey(key) { // nearly all are, and need no value of their own
			name := r.name(key)
			end = max(end, name.Range.End())
			v.Members = append(v.Members, source.Member{Name: name, Value: item})
			continue
		}
		name := r.value(key, depth+1)
		end = max(end, name.Range.End())
		if !name.IsScalar() && name.Kind != source.Null {
			r.Diagnostics = append(r.Diagnostics, source.Errorf(name.Range, "read YAML: a key that is no text"))
			continue
		}
		v.Members = append(v.Members, source.Member{Name: name.Scalar, Value: item})
	}
	v.Range = r.src.Range(body, collectionEnd(r.data, body, end, '{', '}'))
	if r.Object != nil {
		r.Diagnostics = append(r.Diagnostics, r.Object(v)...)
	}
	if len(merged) > 0 {
		v.Members = merge(v.Members, merged)
	}
	return v
}

func isPlainKey(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && n.Anchor == "" && n.Style&yaml.TaggedStyle == 0 && n.Tag == "!!str"
}

// name is the text of a plain key.
func (r *Reader) name(n *yaml.Node) source.String {
	at := r.Offset(n.Line, n.Column)
	return source.NewString(n.Value, r.src.Range(at, scalarEnd(r.data, n, at)))
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
func (r *Reader) alias(n *yaml.Node, at int) *source.Value {
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
func (r *Reader) relocate(v *source.Value, to source.Range) *source.Value {
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

// tooMuch gives a value that was not read, and says so once a document.
func (r *Reader) tooMuch(at int, message string) *source.Value {
	rng := r.src.Range(at, at+1)
	if !r.bounded {
		r.bounded = true
		r.Diagnostics = append(r.Diagnostics, source.Errorf(rng, "read YAML: %s", message))
	}
	return source.UnreadValue("a part that was not read", rng)
}
