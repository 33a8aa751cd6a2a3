package cloudformation

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	yaml "go.yaml.in/yaml/v4"

	"github.com/iamwatch/iamwatch/scanner/source"
)

// maxFaults bounds how many faulty parts of a template are left out.
const maxFaults = 8

// load parses the template. A member of a section that is no YAML is
// blanked, which keeps the places of all others, and reported.
func (r *yamlReader) load() *yaml.Node {
	data := r.data
	for range maxFaults {
		var doc yaml.Node
		loader, err := yaml.NewLoader(bytes.NewReader(data))
		if err == nil {
			err = loader.Load(&doc)
		}
		if err == nil {
			return &doc
		}
		rest, ok := r.blank(data, r.fault(err))
		if !ok {
			return nil
		}
		data = rest
	}
	return nil
}

// fault reports an error and says at which line the faulty part is. What is
// opened and never closed fails at a later line than its own.
func (r *yamlReader) fault(err error) (line int) {
	at, message := 0, err.Error()
	var load *yaml.LoadError
	if errors.As(err, &load) {
		message = load.Message
		if load.Mark.Line > 0 {
			at, line = r.offset(load.Mark.Line, load.Mark.Column), load.Mark.Line
		}
		if from := load.ContextMark; from.Line > 0 && opens(load.ContextMsg) {
			line = from.Line
			message += fmt.Sprintf(", %s that starts at line %d", load.ContextMsg, from.Line)
		}
	}
	r.diags = append(r.diags, source.Errorf(r.src.Range(at, at+1), "read YAML: %s", message))
	return line
}

func opens(context string) bool {
	return strings.Contains(context, "flow") || strings.Contains(context, "quoted")
}

// blank puts blanks over the member of a section, or the section, that holds
// a line. It fails where that is all of the resources.
func (r *yamlReader) blank(data []byte, line int) ([]byte, bool) {
	indent, ok := r.memberIndent(data)
	if !ok || line < 1 {
		return nil, false
	}
	first := min(line, len(r.lines))
	for first > 1 && !startsPart(r.line(data, first), indent) {
		first--
	}
	text := r.line(data, first)
	if !startsPart(text, indent) || bytes.HasPrefix(text, []byte(resourcesKey)) {
		return nil, false
	}
	last := first + 1
	for own := depth(text); last <= len(r.lines) && !startsPart(r.line(data, last), own); {
		last++
	}
	out := bytes.Clone(data)
	for i := r.lines[first-1]; i < len(out) && (last > len(r.lines) || i < r.lines[last-1]); i++ {
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
	for n := range r.lines {
		if text := r.line(data, n+1); r.lines[n] > at && depth(text) >= 0 {
			return depth(text), depth(text) > 0
		}
	}
	return 0, false
}

func (r *yamlReader) line(data []byte, n int) []byte {
	end := len(data)
	if n < len(r.lines) {
		end = r.lines[n]
	}
	return bytes.TrimRight(data[r.lines[n-1]:end], "\r\n")
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
