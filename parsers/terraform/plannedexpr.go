package terraform

import (
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/iamwatch/iamwatch/scanner/source"
)

// A plannedExpr is an argument whose value a plan says. The expression in it
// is what the configuration has there, or a literal where it has nothing; it
// gives the places, and what the plan does not know.
type plannedExpr struct {
	hclsyntax.Expression
	// sc is the scope of the expression; nil for that of the block.
	sc *scope
	// tree is the value; Unread when the plan does not know it.
	tree *source.Value
	// written says that the expression is that of a configuration, at its
	// that the value stands at the expression as a whole. With neither, it
	// stands in the plan.
	written, at bool
	// withheld says that there is a value which may not be used.
	withheld bool
}

// Range is where the argument stands: in the configuration, or with its value.
func (x *plannedExpr) Range() hcl.Range {
	if !x.unknown() && !x.written && !x.at {
		return hclRange(x.tree.Range)
	}
	return x.Expression.Range()
}

// literalAt is an expression that only has a place.
func literalAt(r source.Range) hclsyntax.Expression {
	return &hclsyntax.LiteralValueExpr{Val: cty.DynamicVal, SrcRange: hclRange(r)}
}

// inner is the expression as the configuration has it.
func (x *plannedExpr) inner(sc *scope) site {
	if x.sc != nil {
		sc = x.sc
	}
	return site{x.Expression, sc}
}

func (x *plannedExpr) unknown() bool { return x.tree == nil || x.tree.Kind == source.Unread }

func (e *evaluator) plannedValue(x *plannedExpr, sc *scope) (cty.Value, error) {
	in := x.inner(sc)
	if x.unknown() {
		return e.eval(in.expr, in.sc)
	}
	if holdsUnread(x.tree) {
		return treeValue(e.readPlanned(x, sc, elementLevel)), nil
	}
	return treeValue(x.tree), nil
}

// treeValue is a tree as a value.
func treeValue(v *source.Value) cty.Value {
	switch v.Kind {
	case source.Str:
		return cty.StringVal(v.Scalar.Value)
	case source.Object:
		out := make(map[string]cty.Value, len(v.Members))
		for _, m := range v.Members {
			out[m.Name.Value] = treeValue(m.Value)
		}
		return cty.ObjectVal(out)
	case source.List:
		out := make([]cty.Value, len(v.Items))
		for i, item := range v.Items {
			out[i] = treeValue(item)
		}
		return cty.TupleVal(out)
	}
	return jsonScalar(v)
}

func holdsUnread(v *source.Value) bool {
	if v.Kind == source.Unread {
		return true
	}
	for _, item := range v.Items {
		if holdsUnread(item) {
			return true
		}
	}
	for _, m := range v.Members {
		if holdsUnread(m.Value) {
			return true
		}
	}
	return false
}

// readPlanned reads an argument as a tree: the plan's value at the places of
// the configuration, or of the plan.
func (e *evaluator) readPlanned(x *plannedExpr, sc *scope, at level) *source.Value {
	in := x.inner(sc)
	switch {
	case x.withheld:
		return x.tree
	case x.unknown():
		return e.read(in.expr, in.sc, at)
	case x.written:
		return e.lay(x.tree, e.read(in.expr, in.sc, at), e.exprRange(x))
	case x.at:
		return e.rebase(x.tree, e.exprRange(x))
	case holdsUnread(x.tree):
		return e.fill(x.tree, in)
	}
	return x.tree
}

// fill puts what is referred to in the place of what a list does not know: where
// only one reference is unknown, all that is unknown comes from it.
func (e *evaluator) fill(v *source.Value, in site) *source.Value {
	var from *source.Value
	label := unknownLabel
	if x, ok := in.expr.(*refsExpr); ok {
		label = e.nameRefs(x, in.sc)
		if value, err := e.refsValue(x, in.sc); err == nil && isText(value) {
			from = source.StringValue(source.NewString(value.AsString(), source.Range{}))
		}
	}
	out := *v
	out.Items = nil
	for _, item := range v.Items {
		switch {
		case item.Kind != source.Unread:
		case from != nil:
			item = e.rebase(from, item.Range)
		default:
			item = unread(label, item.Range)
		}
		out.Items = append(out.Items, item)
	}
	return &out
}

// plannedDocument reads an argument that is a document.
func (e *evaluator) plannedDocument(x *plannedExpr, sc *scope) *source.Value {
	in := x.inner(sc)
	switch {
	case x.withheld:
		return x.tree
	case x.unknown():
		return e.document(in.expr, in.sc)
	}
	text := x.tree.Text()
	if x.tree.Kind != source.Str || strings.TrimSpace(text.Value) == "" {
		return e.readPlanned(x, sc, documentLevel)
	}
	v, diags := source.ReadJSON(source.JSONText(text))
	if len(diags) > 0 {
		e.diagnose(diags[0].Range, diags[0].Message)
	}
	switch {
	case v == nil:
		return unread(unknownLabel, e.exprRange(x))
	case x.written:
		return e.lay(v, e.document(in.expr, in.sc), e.exprRange(x))
	case x.at:
		return e.rebase(v, e.exprRange(x))
	}
	return v
}

// plannedItems are the elements of a list: each with what the configuration
// has for it, where that can be told.
func (e *evaluator) plannedItems(x *plannedExpr, sc *scope) []site {
	in := x.inner(sc)
	if x.unknown() {
		return e.elements(in)
	}
	if x.tree.Kind != source.List {
		return nil
	}
	var written []site
	if x.written {
		written = e.elements(in)
	}
	trees := make([]*source.Value, len(written))
	for i, w := range written {
		trees[i] = e.read(w.expr, w.sc, elementLevel)
	}
	found := match(x.tree.Items, trees)
	out := make([]site, len(x.tree.Items))
	for i, item := range x.tree.Items {
		child := &plannedExpr{Expression: literalAt(item.Range), tree: item}
		switch {
		case found[i] >= 0:
			child.Expression, child.sc, child.written = written[found[i]].expr, written[found[i]].sc, true
		case x.written || x.at:
			child.Expression, child.at = &hclsyntax.LiteralValueExpr{Val: cty.DynamicVal, SrcRange: x.Range()}, true
		}
		out[i] = site{child, in.sc}
	}
	return out
}

// plannedAddress is the resource whose ARN or id an argument holds.
func (e *evaluator) plannedAddress(x *plannedExpr) string {
	if x.unknown() || e.planned == nil {
		return ""
	}
	return e.planned.owners[x.tree.Text().Value]
}

// plannedText is an attribute whose text the plan says.
func plannedText(o *object, name string) (cty.Value, bool) {
	a := o.attr(name)
	if a == nil {
		return cty.NilVal, false
	}
	x, ok := a.Expr.(*plannedExpr)
	if !ok || x.tree == nil || !x.tree.IsScalar() {
		return cty.NilVal, false
	}
	return treeValue(x.tree), true
}
