package lang

import (
	"fmt"
	"strings"

	ctyyaml "github.com/zclconf/go-cty-yaml"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"go.yaml.in/yaml/v4"

	"github.com/iamwatch/iamwatch/scanner/source"
)

// yamlEncodeFunc writes an unknown part as a hole, as jsonencode does.
func (l *library) yamlEncodeFunc() function.Function {
	return static(cty.String, func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		if !args[0].IsKnown() {
			return cty.UnknownVal(cty.String).RefineNotNull(), nil
		}
		if err := l.renderable(args[0]); err != nil {
			return cty.NilVal, err
		}
		v, err := fillUnknown(args[0])
		if err != nil {
			return cty.NilVal, fmt.Errorf("fill unknown: %w", err)
		}
		out, err := ctyyaml.YAMLEncodeFunc.Call([]cty.Value{v})
		if err != nil {
			return cty.NilVal, err
		}
		return cty.StringVal(bareMarks(out.AsString())), nil
	}, anything("value"))
}

// bareMarks undoes the escapes that YAML uses for a mark's delimiters.
func bareMarks(text string) string {
	mark := []rune(source.Hole(source.HoleFree, ""))
	open, end := mark[0], mark[len(mark)-1]
	return strings.NewReplacer(
		fmt.Sprintf(`\u%04X`, open), string(open), fmt.Sprintf(`\u%04x`, open), string(open),
		fmt.Sprintf(`\u%04X`, end), string(end), fmt.Sprintf(`\u%04x`, end), string(end),
	).Replace(text)
}

// fillUnknown gives v with every unknown part as a hole. Collections become
// structures, because a hole may not be of their element type.
func fillUnknown(v cty.Value) (cty.Value, error) {
	switch t := v.Type(); {
	case !v.IsKnown():
		return cty.StringVal(lostText()), nil
	case v.IsWhollyKnown() || !iterable(v):
		return v, nil
	case t.IsObjectType() || t.IsMapType():
		return fillMembers(v)
	}
	var out []cty.Value
	for it := v.ElementIterator(); it.Next(); {
		_, e := it.Element()
		filled, err := fillUnknown(e)
		if err != nil {
			return cty.NilVal, err
		}
		out = append(out, filled)
	}
	return cty.TupleVal(out), nil
}

func fillMembers(v cty.Value) (cty.Value, error) {
	out := map[string]cty.Value{}
	for it := v.ElementIterator(); it.Next(); {
		k, e := it.Element()
		filled, err := fillUnknown(e)
		if err != nil {
			return cty.NilVal, err
		}
		out[k.AsString()] = filled
	}
	return cty.ObjectVal(out), nil
}

// yamlDecodeFunc reads YAML; aliases are weighed before they are expanded.
func (l *library) yamlDecodeFunc() function.Function {
	return dynamic(func(args []cty.Value) (cty.Value, error) {
		text := args[0].AsString()
		if err := l.yamlSize(text); err != nil {
			return cty.NilVal, err
		}
		v, err := ctyyaml.YAMLDecodeFunc.Call(args)
		if err != nil && source.HasMark(text) {
			return cty.DynamicVal, nil
		}
		return v, err
	}, param("src", cty.String))
}

func (l *library) yamlSize(text string) error {
	if max(nesting(text), indentation(text)) > maxSyntaxDepth {
		return fmt.Errorf("%w: YAML nested deeper than %d", ErrLimit, maxSyntaxDepth)
	}
	if strings.Count(text, "\n")+strings.Count(text, ",") > l.MaxElements {
		return l.elements(l.MaxElements + 1)
	}
	if !strings.Contains(text, "*") {
		return nil
	}
	var doc yaml.Node
	if err := yaml.Unmarshal([]byte(text), &doc); err != nil {
		return fmt.Errorf("parse YAML: %w", err)
	}
	w := yamlWeigher{limit: l.MaxElements, known: map[*yaml.Node]int{}}
	return l.elements(w.weigh(&doc, 0))
}

// indentation is the deepest nesting that the indents of text can mean.
func indentation(text string) int {
	deepest := 0
	for line := range strings.Lines(text) {
		body := strings.TrimLeft(line, " -?")
		deepest = max(deepest, (len(line)-len(body))/2)
	}
	return deepest
}

// A yamlWeigher counts the nodes of a document with its aliases expanded.
type yamlWeigher struct {
	limit int
	known map[*yaml.Node]int
}

func (w *yamlWeigher) weigh(n *yaml.Node, depth int) int {
	if n == nil {
		return 0
	}
	if size, ok := w.known[n]; ok {
		return size
	}
	if depth > maxDecodeDepth {
		return w.limit + 1
	}
	w.known[n] = w.limit + 1 // an alias inside its own anchor never ends
	size := 1 + w.weigh(n.Alias, depth+1)
	for _, child := range n.Content {
		size = min(size+w.weigh(child, depth+1), w.limit+1)
	}
	w.known[n] = size
	return size
}
