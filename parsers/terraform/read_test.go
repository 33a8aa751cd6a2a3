package terraform

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"

	"github.com/iamwatch/iamwatch/parsers/terraform/lang"
	"github.com/iamwatch/iamwatch/scanner"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// ownSignatures are the functions as the evaluator has them.
func ownSignatures() map[string]signature {
	out := map[string]signature{}
	for name, f := range lang.Functions(lang.Env{}) {
		if lang.IsProvider(name) {
			continue
		}
		var s signature
		var types []cty.Type
		for _, p := range f.Params() {
			s.Parameters = append(s.Parameters, parameter{p.Name, p.Type})
			types = append(types, p.Type)
		}
		if p := f.VarParam(); p != nil {
			s.Variadic = &parameter{p.Name, p.Type}
		}
		s.Return = returnType(f, types)
		out[name] = s
	}
	return out
}

func returnType(f function.Function, types []cty.Type) cty.Type {
	t, err := f.ReturnType(types)
	if err != nil {
		return cty.DynamicPseudoType
	}
	return t
}

// TestTreesAgreeWithValues: the tree with places that is read of an
// expression says what its value says, for generated expressions.
func TestTreesAgreeWithValues(t *testing.T) {
	g := newGenerator(uint64(setting(t, "CONSOLE_SEED", 1)), newCallTable(ownSignatures()))
	exprs := generate(g, setting(t, "CONSOLE_COUNT", 1500))
	fsys := fstest.MapFS{"main.tf": {Data: []byte(localsOf(exprs))}}
	e := newModule(t, &scanner.Env{FS: withFiles(t, fsys), Jobs: 1})
	var d differences
	for i, expr := range exprs {
		e.renew()
		p := e.local(e.root, fmt.Sprintf("v%d", i))
		v, err := e.get(p)
		if err != nil || !settled(v) || losesOrder(expr) {
			continue
		}
		for _, at := range []level{documentLevel, elementLevel} {
			d.compare(expr, treeText(e.read(p.site.expr, p.site.sc, at)), valueText(v))
		}
	}
	d.report(t, len(exprs))
}

// losesOrder reports whether an expression may make a set of what is read as
// a list, in the order written and with repeated elements: it means the same
// to a policy.
func losesOrder(expr string) bool {
	return strings.Contains(expr, "setunion") || strings.Contains(expr, "?") && strings.Contains(expr, "set")
}

// differences collects what differs, the shortest to be shown first.
type differences struct {
	wrong    []string
	compared int
}

func (d *differences) compare(expr, got, want string) {
	d.compared++
	if got != want {
		d.wrong = append(d.wrong, fmt.Sprintf("%s\n got %.1000s\nwant %.1000s", expr, got, want))
	}
}

// report fails for what differs, and when too little could be compared.
func (d *differences) report(t *testing.T, n int) {
	t.Helper()
	slices.SortFunc(d.wrong, func(a, b string) int { return len(a) - len(b) })
	for _, text := range d.wrong[:min(len(d.wrong), setting(t, "CONSOLE_SHOW", 25))] {
		t.Error(text)
	}
	t.Logf("%d expressions, %d comparisons, %d differ", n, d.compared, len(d.wrong))
	if d.compared < n/3 {
		t.Errorf("only %d comparisons of %d expressions", d.compared, n)
	}
}

// TestDocumentsAgreeWithTexts: the document that is read of an expression is
// what its text decodes to, for generated expressions of JSON.
func TestDocumentsAgreeWithTexts(t *testing.T) {
	g := newGenerator(uint64(setting(t, "CONSOLE_SEED", 1)), newCallTable(ownSignatures()))
	var exprs []string
	for range setting(t, "CONSOLE_COUNT", 1000) {
		if expr := g.document(1 + g.r.IntN(3)); parses(expr) {
			exprs = append(exprs, expr)
		}
	}
	fsys := fstest.MapFS{"main.tf": {Data: []byte(localsOf(exprs))}, "document.tftpl": {Data: []byte(documentTemplate)}}
	e := newModule(t, &scanner.Env{FS: withFiles(t, fsys), Jobs: 1})
	var d differences
	for i, expr := range exprs {
		e.renew()
		p := e.local(e.root, fmt.Sprintf("v%d", i))
		v, err := e.get(p)
		if err != nil || !settled(v) || v.Type() != cty.String {
			continue
		}
		want := "null"
		if !v.IsNull() && strings.TrimSpace(v.AsString()) != "" {
			decoded, err := stdlib.JSONDecode(v)
			if err != nil {
				continue
			}
			want = valueText(decoded)
		}
		d.compare(expr, treeText(e.document(p.site.expr, p.site.sc)), want)
	}
	d.report(t, len(exprs))
}

const documentTemplate = `{
  "Text": "${text}",
  "List": [%{ for i, v in list ~}%{ if i > 0 }, %{ endif }${jsonencode(upper(v))}%{ endfor ~}],
%{ if flag ~}
  "Flag": true,
%{ endif ~}
  "Value": ${jsonencode({ v = value })}
}
`

func withFiles(t *testing.T, fsys fstest.MapFS) fstest.MapFS {
	t.Helper()
	for _, name := range []string{"greet.tftpl", "nested.tftpl", "single.tftpl", "x.txt", "sub/a.json", "binary.bin"} {
		data, err := os.ReadFile("lang/testdata/files/" + name)
		if err != nil {
			t.Fatal(err)
		}
		fsys[name] = &fstest.MapFile{Data: data}
	}
	return fsys
}

func localsOf(exprs []string) string {
	var b strings.Builder
	b.WriteString("locals {\n")
	for _, f := range fixtures() {
		fmt.Fprintf(&b, "  %s = %s\n", f.name, f.expr)
	}
	for i, expr := range exprs {
		fmt.Fprintf(&b, "  v%d = (\n%s\n)\n", i, expr)
	}
	b.WriteString("}\n")
	return b.String()
}

// valueText writes a value as policies see it: scalars by their text.
func valueText(v cty.Value) string {
	switch t := v.Type(); {
	case v.IsNull():
		return "null"
	case t.IsPrimitiveType():
		text, _ := keyString(v)
		return fmt.Sprintf("%q", text)
	case t.IsObjectType() || t.IsMapType():
		var items []string
		for it := v.ElementIterator(); it.Next(); {
			k, item := it.Element()
			items = append(items, fmt.Sprintf("%q: %s", k.AsString(), valueText(item)))
		}
		return "{" + strings.Join(items, ", ") + "}"
	}
	var items []string
	for it := v.ElementIterator(); it.Next(); {
		_, item := it.Element()
		items = append(items, valueText(item))
	}
	return "[" + strings.Join(items, ", ") + "]"
}

// treeText is the same of a tree, its members in order.
func treeText(v *source.Value) string {
	var items []string
	switch v.Kind {
	case source.Unread:
		return "unread " + v.Scalar.Show()
	case source.Null:
		return "null"
	case source.Object:
		members := map[string]string{}
		for _, m := range v.Members {
			members[m.Name.Value] = treeText(m.Value)
		}
		for _, name := range sortedKeys(members) {
			items = append(items, fmt.Sprintf("%q: %s", name, members[name]))
		}
		return "{" + strings.Join(items, ", ") + "}"
	case source.List:
		for _, item := range v.Items {
			items = append(items, treeText(item))
		}
		return "[" + strings.Join(items, ", ") + "]"
	}
	if n, err := cty.ParseNumberVal(v.Scalar.Value); v.Kind == source.Number && err == nil {
		return valueText(n) // JSON may write 1000 as 1e3
	}
	return fmt.Sprintf("%q", v.Scalar.Value)
}
