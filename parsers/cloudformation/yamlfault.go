package cloudformation

import (
	"bytes"

	yaml "go.yaml.in/yaml/v4"

	"github.com/iamwatch/iamwatch/parsers/internal/yamltree"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// maxFaults bounds how many faulty parts of a template are left out.
const maxFaults = 8

// load parses the template. A member of a section that is no YAML is
// blanked, which keeps the places of all others, and reported.
func (r *yamlReader) load() *yaml.Node {
	data := r.data
	for range maxFaults {
		docs, err := yamltree.LoadAll(data)
		doc := r.only(docs)
		if err == nil {
			return doc
		}
		d, line := r.Fault(err)
		r.Diagnostics = append(r.Diagnostics, d)
		if doc != nil { // the fault is in a further document
			return doc
		}
		rest, ok := r.blank(data, line)
		if !ok {
			return nil
		}
		data = rest
	}
	return nil
}

// only is the document that is the template: the first mapping. A template is
// one document, so any further one with content is reported.
func (r *yamlReader) only(docs []*yaml.Node) *yaml.Node {
	var found *yaml.Node
	for _, doc := range docs {
		switch {
		case len(doc.Content) == 0 || doc.Content[0].Kind == yaml.ScalarNode && doc.Content[0].Tag == "!!null":
		case found == nil:
			found = doc
		default:
			at := r.Offset(doc.Content[0].Line, doc.Content[0].Column)
			r.Diagnostics = append(r.Diagnostics, source.Errorf(r.src.Range(at, at+1), "read YAML: a further document, which is not read"))
			return found
		}
	}
	return found
}

// blank puts blanks over the member of a section, or the section, that holds
// a line. It fails where that is all of the resources.
func (r *yamlReader) blank(data []byte, line int) ([]byte, bool) {
	indent, ok := r.memberIndent(data)
	if !ok || line < 1 {
		return nil, false
	}
	first := min(line, len(r.Lines()))
	for first > 1 && !startsPart(r.line(data, first), indent) {
		first--
	}
	text := r.line(data, first)
	if !startsPart(text, indent) || bytes.HasPrefix(text, []byte(resourcesKey)) {
		return nil, false
	}
	last := first + 1
	for own := depth(text); last <= len(r.Lines()) && !startsPart(r.line(data, last), own); {
		last++
	}
	out := bytes.Clone(data)
	for i := r.Lines()[first-1]; i < len(out) && (last > len(r.Lines()) || i < r.Lines()[last-1]); i++ {
		if out[i] != '\n' && out[i] != '\r' {
			out[i] = ' '
		}
	}
	return out, true
}

// memberIndent is how far the members of Resources are indented.
func (r *yamlReader) memberIndent(data []byte) (int, bool) {
	at := topLevel(data, resourcesKey)
	if at < 0 {
		return 0, false
	}
	for n := range r.Lines() {
		if text := r.line(data, n+1); r.Lines()[n] > at && depth(text) >= 0 {
			return depth(text), depth(text) > 0
		}
	}
	return 0, false
}

func (r *yamlReader) line(data []byte, n int) []byte {
	end := len(data)
	if n < len(r.Lines()) {
		end = r.Lines()[n]
	}
	return bytes.TrimRight(data[r.Lines()[n-1]:end], "\r\n")
}

// startsPart reports whether a line opens a part that is indented no
// further than indent. A list may stand as far out as the key that holds it.
func startsPart(line []byte, indent int) bool {
	d := depth(line)
	return d >= 0 && d <= indent && !(d == indent && bytes.HasPrefix(line[d:], []byte("- ")))
}

// depth is a line's indentation, -1 when it is blank or a comment.
func depth(line []byte) int {
	text := bytes.TrimLeft(line, " ")
	if len(text) == 0 || text[0] == '#' {
		return -1
	}
	return len(line) - len(text)
}
