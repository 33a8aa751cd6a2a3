package terraform

import (
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/iamwatch/iamwatch/parsers/internal/yamltree"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// decodedTree is what jsondecode or yamldecode gives, with the places of the text
// that is decoded; nil when they cannot be told.
func (e *evaluator) decodedTree(x *hclsyntax.FunctionCallExpr, sc *scope) *source.Value {
	if len(x.Args) != 1 || x.ExpandFinal {
		return nil
	}
	key := siteKey{x, sc}
	if t, done := e.decodings[key]; done {
		return t
	}
	e.decodings[key] = nil // for what decodes itself
	var t *source.Value
	switch builtin(x) {
	case "jsondecode":
		t = e.document(x.Args[0], sc)
	case "yamldecode":
		t = e.yaml(x, sc)
	}
	if t != nil && t.Kind == source.Unread {
		t = nil
	}
	e.decodings[key] = t
	return t
}

// yaml reads the file that yamldecode is given. Which values there are is for
// the function to say.
func (e *evaluator) yaml(x *hclsyntax.FunctionCallExpr, sc *scope) *source.Value {
	v, err := e.eval(x, sc)
	f := e.fileRead(x.Args[0], sc)
	if err != nil || !v.IsKnown() || f == nil || source.HasMarkBytes(f.Bytes()) {
		return nil
	}
	node, err := yamltree.Load(f.Bytes())
	if err != nil || len(node.Content) != 1 {
		return nil
	}
	r := yamltree.New(f)
	t := r.Value(node.Content[0])
	if len(r.Diagnostics) > 0 {
		return nil
	}
	return e.fit(v, t, e.exprRange(x))
}

// fileRead is the file whose text an expression is; nil when it is none.
func (e *evaluator) fileRead(expr hclsyntax.Expression, sc *scope) *source.Source {
	for range maxModuleDepth {
		if call, ok := expr.(*hclsyntax.FunctionCallExpr); ok {
			if builtin(call) != "file" || len(call.Args) != 1 || call.ExpandFinal {
				return nil
			}
			name, err := e.eval(call.Args[0], sc)
			if err != nil || !isText(name) || source.HasMark(name.AsString()) {
				return nil
			}
			return e.open(name.AsString())
		}
		p := e.follow(expr, sc)
		if p == nil {
			return nil
		}
		o := e.origin(p)
		if !o.site.ok() || o.obj != nil {
			return nil
		}
		expr, sc = o.site.expr, o.site.sc
	}
	return nil
}

// elementOf is the element of a tree that a key names; nil when there is none.
func elementOf(t *source.Value, key cty.Value) *source.Value {
	if t == nil {
		return nil
	}
	if t.Kind == source.List {
		if i, ok := listIndex(key); ok && i < len(t.Items) {
			return t.Items[i]
		}
		return nil
	}
	if name, ok := keyString(key); ok {
		return t.Get(name)
	}
	return nil
}

// readSome reads a function that gives some elements of an argument, in
// their order or another; nil when the syntax does not tell which.
func (e *evaluator) readSome(x *hclsyntax.FunctionCallExpr, sc *scope, at level) *source.Value {
	v, err := e.eval(x, sc)
	if err != nil || !iterable(v) || len(x.Args) == 0 || x.ExpandFinal {
		return nil
	}
	t := e.read(x.Args[0], sc, at)
	out := &source.Value{Kind: source.List, Range: e.exprRange(x)}
	switch builtin(x) {
	case "values", "keys":
		out.Items = sortedItems(t, builtin(x))
	case "slice":
		if from, to, ok := e.sliceOf(x, sc); ok && to <= len(t.Items) {
			out.Items = t.Items[from:to]
		}
	}
	if len(out.Items) != v.LengthInt() {
		return nil
	}
	return e.fit(v, out, out.Range)
}

// reversed is a list in the other direction.
func reversed(t *source.Value) *source.Value {
	out := *t
	out.Items = slices.Clone(t.Items)
	slices.Reverse(out.Items)
	return &out
}

// sortedItems are the values or the keys of an object, in the order of the
// keys.
func sortedItems(t *source.Value, which string) []*source.Value {
	members := slices.Clone(t.Members)
	slices.SortStableFunc(members, func(a, b source.Member) int { return strings.Compare(a.Name.Value, b.Name.Value) })
	out := make([]*source.Value, len(members))
	for i, m := range members {
		out[i] = m.Value
		if which == "keys" {
			out[i] = source.StringValue(m.Name)
		}
	}
	return out
}
