package cloudformation

import (
	"bytes"
	"path"
	"slices"
	"strings"

	"github.com/iamwatch/iamwatch/scanner/source"
)

const (
	includeMacro = "AWS::Include"
	transformKey = "Fn::Transform"
)

// Bounds of what is included: how deep, and how many times in one template.
const (
	maxIncludeDepth = 8
	maxIncludes     = 200
)

// An includer puts local snippets where a template includes them ("AWS::Include
// transform"). A snippet is named relative to the template that names it, as
// "aws cloudformation package" takes it. One in a bucket stays what it is.
type includer struct {
	lib   *library
	chain []string
	// used are the snippets that were put in.
	used        []string
	diagnostics []source.Diagnostic
}

// include puts the snippets of a file into its tree, which nothing else holds
// yet.
func (l *library) include(file *source.Source, root *source.Value) (*source.Value, *includer) {
	in := &includer{lib: l, chain: []string{file.Path}}
	if root == nil || !bytes.Contains(file.Bytes(), []byte(includeMacro)) {
		return root, in
	}
	root = in.value(root)
	in.sections(root)
	return root, in
}

// sections includes what the Transform section names: whole sections.
func (in *includer) sections(root *source.Value) {
	declared := root.Get("Transform")
	if declared == nil {
		return
	}
	var kept []*source.Value
	for _, v := range declared.Elements() {
		snippet := in.snippet(v)
		if snippet == nil {
			kept = append(kept, v)
			continue
		}
		for _, m := range snippet.Members {
			addSection(root, m)
		}
	}
	for i, m := range root.Members {
		if m.Name.Value == "Transform" {
			root.Members[i].Value = &source.Value{Kind: source.List, Range: declared.Range, Items: kept}
		}
	}
}

// addSection adds the members of a section to those that the template has.
func addSection(root *source.Value, m source.Member) {
	have := root.Get(m.Name.Value)
	if have == nil {
		root.Members = append(root.Members, m)
		return
	}
	have.Members = append(slices.Clone(have.Members), m.Value.Members...)
}

// value replaces the calls of the macro in a value.
func (in *includer) value(v *source.Value) *source.Value {
	if v.Kind == source.Object && len(v.Members) == 1 && v.Members[0].Name.Value == transformKey {
		if snippet := in.snippet(v.Members[0].Value); snippet != nil {
			return snippet
		}
	}
	for i := range v.Items {
		v.Items[i] = in.value(v.Items[i])
	}
	if v.Kind == source.Object {
		in.members(v)
	}
	return v
}

func (in *includer) members(v *source.Value) {
	out := make([]source.Member, 0, len(v.Members))
	for _, m := range v.Members {
		if m.Name.Value == transformKey {
			if snippet := in.snippet(m.Value); snippet != nil && snippet.Kind == source.Object {
				out = append(out, snippet.Members...)
				continue
			}
		}
		out = append(out, source.Member{Name: m.Name, Value: in.value(m.Value)})
	}
	v.Members = out
}

// snippet is what a call of the macro includes, nil when it is another macro
// or lies in a bucket, and after a fault, which is reported.
func (in *includer) snippet(call *source.Value) *source.Value {
	if !call.Get("Name").Text().Is(includeMacro) {
		return nil
	}
	at := call.Get("Parameters").Get("Location")
	if !at.IsScalar() || isRemote(at.Scalar.Value) || strings.Contains(at.Scalar.Value, "://") && !strings.HasPrefix(at.Scalar.Value, "file://") {
		return nil
	}
	doc, err := in.lib.beside(in.chain[len(in.chain)-1], at.Scalar.Value)
	switch {
	case err != nil:
		in.errorf(at.Range, "the snippet %s %v", source.Show(at.Scalar.Value), err)
	case slices.Contains(in.chain, doc.file.Path):
		in.errorf(at.Range, "the snippet %s includes itself", source.Show(at.Scalar.Value))
	case len(in.chain) > maxIncludeDepth || len(in.used) >= maxIncludes:
		in.errorf(at.Range, "the snippet %s is not read: more are included than the limit", source.Show(at.Scalar.Value))
	default:
		return in.read(doc.file)
	}
	return nil
}

func (in *includer) errorf(r source.Range, format string, args ...any) {
	in.diagnostics = append(in.diagnostics, source.Errorf(r, format, args...))
}

// read reads a snippet, with those that it includes itself. A snippet that is
// included twice is read twice: each copy is the includer's to change.
func (in *includer) read(file *source.Source) *source.Value {
	in.used = append(in.used, file.Path)
	v, diags := readTree(file)
	in.diagnostics = append(in.diagnostics, diags...)
	if v == nil {
		return nil
	}
	in.chain = append(in.chain, file.Path)
	v = in.value(v)
	in.chain = in.chain[:len(in.chain)-1]
	return v
}

// beside is the file that a template names: relative to its own directory.
func (l *library) beside(caller, name string) (*document, error) {
	name = strings.ReplaceAll(strings.TrimPrefix(name, "file://"), `\`, "/")
	switch {
	case l == nil:
		return nil, errNoPart
	case strings.HasPrefix(name, "/"):
		return nil, errOutside
	}
	return l.open(path.Join(path.Dir(caller), name))
}
