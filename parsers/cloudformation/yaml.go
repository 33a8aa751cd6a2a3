package cloudformation

import (
	"strings"

	yaml "go.yaml.in/yaml/v4"

	"github.com/iamwatch/iamwatch/parsers/internal/yamltree"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// readYAML reads a template written in YAML. A short-form tag becomes the
// long form, so that both forms and JSON give one tree.
func readYAML(file *source.Source) (*source.Value, []source.Diagnostic) {
	r := &yamlReader{Reader: yamltree.New(file), src: file, data: file.Bytes()}
	r.LongForm, r.Object = longForm, keepLast
	doc := r.load()
	if doc == nil {
		return nil, r.Diagnostics
	}
	if doc.Kind != yaml.DocumentNode || len(doc.Content) == 0 {
		return nil, append(r.Diagnostics, source.Errorf(file.Range(0, 0), "read YAML: the template is empty"))
	}
	v := r.Value(doc.Content[0])
	return v, r.Diagnostics
}

// A yamlReader reads a template in spite of faults in parts of it.
type yamlReader struct {
	*yamltree.Reader
	src  *source.Source
	data []byte
}

// longForm is the function that a node's own tag is short for.
func longForm(n *yaml.Node) string {
	if !strings.HasPrefix(n.Tag, "!") || strings.HasPrefix(n.Tag, "!!") {
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

func origin(first, second source.Range) source.Range {
	if first.IsZero() {
		return second
	}
	return first
}
