package cloudformation

import (
	"bytes"
	"path"
	"strings"

	"github.com/iamwatch/iamwatch/scanner/source"
)

// isTemplate tells templates from other files by content. The YAML side must
// not parse: it sees every file of a scan.
func isTemplate(file *source.Source) bool {
	if !mayHold(file.Path) {
		return false
	}
	data := file.Bytes()
	if isJSON(data) {
		return isJSONTemplate(file)
	}
	return isYAMLTemplate(data)
}

// mayHold refuses endings whose files quote templates instead of being one.
func mayHold(name string) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".md", ".markdown", ".rst", ".adoc", ".html", ".xml", ".csv", ".tf", ".tofu", ".go", ".py", ".js", ".ts", ".rb", ".sh", ".java":
		return false
	}
	return true
}

// isJSON tells JSON from a YAML flow mapping, which also opens with a brace
// but quotes no key.
func isJSON(data []byte) bool {
	if !source.LooksLikeJSON(data) {
		return false
	}
	rest := data[bytes.IndexAny(data, "{[")+1:]
	rest = bytes.TrimLeft(rest, " \t\r\n")
	return len(rest) == 0 || bytes.IndexByte([]byte(`"{}[]`), rest[0]) >= 0
}

// maxOpening bounds what may stand in front of a flow mapping.
const maxOpening = 4096

const (
	formatVersion = "AWSTemplateFormatVersion"
	resourcesKey  = "Resources"
)

// isJSONTemplate reads names at the top level until one decides. At a fault
// the bytes decide, so that a broken template is told from a foreign file.
func isJSONTemplate(file *source.Source) bool {
	data := file.Bytes()
	if !bytes.Contains(data, []byte(`"`+formatVersion+`"`)) && !bytes.Contains(data, []byte(`"`+resourcesKey+`"`)) {
		return false
	}
	r := source.NewJSONReader(file.Text())
	if r.Peek() != '{' || r.Open() != nil {
		return false
	}
	for r.Peek() == '"' {
		name, err := r.Name()
		if err != nil {
			break
		}
		if name.Value == formatVersion {
			return true
		}
		if name.Value == resourcesKey && r.Peek() == '{' {
			found, err := holdsType(r)
			return found || err != nil
		}
		if r.Skip() != nil {
			break
		}
	}
	return r.Peek() == 0 && bytes.Contains(data, []byte(`"AWS::`))
}

// holdsType reads members of Resources up to one that has a Type or is a loop
// that makes resources.
func holdsType(r *source.JSONReader) (bool, error) {
	if err := r.Open(); err != nil {
		return false, err
	}
	for r.Peek() == '"' {
		name, err := r.Name()
		if err != nil {
			return false, err
		}
		v, err := r.Value()
		if err == nil && v.Kind == source.List && strings.HasPrefix(name.Value, loopPrefix) {
			return true, nil
		}
		if strings.Contains(v.Get("Type").Text().Value, "::") || err != nil {
			return err == nil, err
		}
	}
	return false, r.Close()
}

// isYAMLTemplate looks for a top-level key of a template, and for Resources
// also for a resource type below it.
func isYAMLTemplate(data []byte) bool {
	if topLevel(data, formatVersion) >= 0 {
		return true
	}
	at := topLevel(data, resourcesKey)
	return at >= 0 && !holdsList(data[at:]) && hasType(data[at:])
}

// holdsList reports whether the value of the key that data begins with is a
// list, as in an application specification of CodeDeploy.
func holdsList(data []byte) bool {
	_, value, _ := bytes.Cut(data, []byte{':'})
	for line := range bytes.Lines(value) {
		line = bytes.TrimLeft(line, " \t\r\n")
		if len(line) > 0 && line[0] != '#' {
			return line[0] == '[' || bytes.HasPrefix(line, []byte("- "))
		}
	}
	return false
}

// topLevel is the offset of a key at the start of a line, or in a flow
// mapping that opens the file; -1 when there is none.
func topLevel(data []byte, key string) int {
	for from := 0; ; {
		i := bytes.Index(data[from:], []byte(key))
		if i < 0 {
			return -1
		}
		at, end := from+i, from+i+len(key)
		if isKey(data, at, end) {
			return at
		}
		from = end
	}
}

func isKey(data []byte, at, end int) bool {
	rest := data[end:]
	if at > 0 && (data[at-1] == '"' || data[at-1] == '\'') && len(rest) > 0 && rest[0] == data[at-1] {
		at, rest = at-1, rest[1:]
	}
	rest = bytes.TrimLeft(rest, " \t")
	if len(rest) == 0 || rest[0] != ':' {
		return false
	}
	before := data[:at]
	return len(before) == 0 || before[at-1] == '\n' || before[at-1] == '\r' || bytes.HasSuffix(before, []byte("\uFEFF")) ||
		opens(before)
}

// opens reports whether nothing but comments, the start of a document and the
// brace of a flow mapping stand in front of its first key. It is asked for many
// a key and so looks at no more than the top of a file.
func opens(before []byte) bool {
	if len(before) > maxOpening {
		return false
	}
	for line := range bytes.Lines(before) {
		text := bytes.TrimLeft(line, " \t\uFEFF")
		if !bytes.HasPrefix(text, []byte("#")) && len(bytes.Trim(bytes.TrimPrefix(text, []byte("---")), " \t\r\n{")) > 0 {
			return false
		}
	}
	return true
}

// hasType reports whether some key Type has a value with a double colon.
func hasType(data []byte) bool {
	for {
		i := bytes.Index(data, []byte("Type"))
		if i < 0 {
			return false
		}
		data = data[i+len("Type"):]
		line := data
		if j := bytes.IndexAny(line, "\r\n"); j >= 0 {
			line = line[:j]
		}
		value := bytes.TrimLeft(line, "\"' \t")
		if len(value) > 0 && value[0] == ':' && bytes.Contains(value[1:], []byte("::")) {
			return true
		}
	}
}
