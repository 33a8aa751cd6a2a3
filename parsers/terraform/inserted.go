package terraform

import (
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/iamwatch/iamwatch/scanner/source"
)

// insert writes what an interpolation gives. Its parts keep their places
// where the functions that templates are filled with only put them together.
func (r *renderer) insert(expr hclsyntax.Expression, sc *scope) {
	v, err := r.e.eval(expr, sc)
	if x, ok := expr.(*hclsyntax.FunctionCallExpr); ok && err == nil && isText(v) && r.assembled(x, sc, v.AsString()) {
		return
	}
	text, textErr := r.e.partText(v, expr, sc)
	if err != nil && !isText(v) || textErr != nil {
		text = hole(source.HoleFree, r.e.labelOf(expr, sc))
	}
	r.Brought(text, r.e.standsAt(expr, sc), r.e.soleOrigin(expr, sc))
}

// assembled writes the text of jsonencode or join part by part. It reports
// whether that gave the text.
func (r *renderer) assembled(x *hclsyntax.FunctionCallExpr, sc *scope, text string) bool {
	if x.ExpandFinal {
		return false
	}
	at := r.e.standsAt(x, sc)
	switch name := builtin(x); {
	case name == "jsonencode" && len(x.Args) == 1:
		v, err := r.e.eval(x.Args[0], sc)
		if err != nil || !v.IsWhollyKnown() {
			return false
		}
		t := r.e.read(x.Args[0], sc, levelOf(v))
		if !sameValue(v, t) {
			return false
		}
		r.encode(t, at)
		return true
	case name == "join" && len(x.Args) == 2:
		sep, err := r.e.eval(x.Args[0], sc)
		if err != nil || !isText(sep) {
			return false
		}
		return r.joined(r.e.read(x.Args[1], sc, elementLevel), sep.AsString(), text, at)
	}
	return false
}

// levelOf tells from a value which part of a policy document it is.
func levelOf(v cty.Value) level {
	has := func(v cty.Value, name string) bool { return v.Type().IsObjectType() && v.Type().HasAttribute(name) }
	if iterable(v) && !v.Type().IsObjectType() && v.LengthInt() > 0 {
		_, v = firstElement(v)
	}
	switch {
	case has(v, "Statement"):
		return documentLevel
	case has(v, "Effect"):
		return statementLevel
	}
	return elementLevel
}

func firstElement(v cty.Value) (key, item cty.Value) {
	it := v.ElementIterator()
	it.Next()
	return it.Element()
}

// sameValue reports whether a tree has all of a value and no more.
func sameValue(v cty.Value, t *source.Value) bool {
	switch {
	case v.IsNull():
		return t.Kind == source.Null
	case !iterable(v):
		text, _ := keyString(v)
		return t.IsScalar() && t.Kind == kindOf(v.Type()) && t.Scalar.Value == text
	case v.Type().IsObjectType() || v.Type().IsMapType():
		if t.Kind != source.Object || len(t.Members) != v.LengthInt() {
			return false
		}
		for it := v.ElementIterator(); it.Next(); {
			k, item := it.Element()
			if m := t.Get(k.AsString()); m == nil || !sameValue(item, m) {
				return false
			}
		}
		return true
	}
	if t.Kind != source.List || len(t.Items) != v.LengthInt() {
		return false
	}
	for it, i := v.ElementIterator(), 0; it.Next(); i++ {
		if _, item := it.Element(); !sameValue(item, t.Items[i]) {
			return false
		}
	}
	return true
}

// encode writes a tree as JSON. What holds its parts together stands at r.
func (r *renderer) encode(t *source.Value, at source.Range) {
	switch t.Kind {
	case source.List:
		r.Opaque("[", at)
		for i, item := range t.Items {
			r.Opaque(","[:min(i, 1)], at)
			r.encode(item, at)
		}
		r.Opaque("]", at)
	case source.Object:
		r.Opaque("{", at)
		for i, m := range t.Members {
			r.Opaque(","[:min(i, 1)], at)
			r.Brought(source.StringValue(m.Name).JSON(), m.Name.Range, m.Name.Origin)
			r.Opaque(":", at)
			r.encode(m.Value, at)
		}
		r.Opaque("}", at)
	default:
		r.Brought(t.JSON(), t.Range, t.Text().Origin)
	}
}

// joined writes the elements of a list with a separator between them, if that
// gives the text.
func (r *renderer) joined(list *source.Value, sep, text string, at source.Range) bool {
	if list.Kind != source.List {
		return false
	}
	parts := make([]string, len(list.Items))
	for i, item := range list.Items {
		parts[i] = item.Text().Value
	}
	if strings.Join(parts, sep) != text {
		return false
	}
	for i, item := range list.Items {
		if i > 0 {
			r.Opaque(sep, at)
		}
		r.Brought(parts[i], at, item.Text().Place())
	}
	return true
}
