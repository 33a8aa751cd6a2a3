package terraform

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// nested are the blocks of a type inside a body, in the order written. An
// argument of that name whose value is an object, or a list of objects, is
// the same in JSON and in attributes-as-blocks mode ("Attributes as Blocks").
func nested(body *hclsyntax.Body, name string) []*hclsyntax.Block {
	var out []*hclsyntax.Block
	for _, b := range body.Blocks {
		if blockName(b) == name {
			out = append(out, b)
		}
	}
	if a := body.Attributes[name]; a != nil {
		out = append(out, asBlocks(name, nil, a.Expr)...)
	}
	if a := body.Attributes["dynamic"]; a != nil {
		for _, item := range objectItems(a.Expr) {
			if keyText(item.KeyExpr) == name {
				out = append(out, asBlocks("dynamic", []string{name}, item.ValueExpr)...)
			}
		}
	}
	return out
}

// nestedOf are the blocks of a type inside a body that have one label; in JSON
// the label is an argument of a block without one.
func nestedOf(body *hclsyntax.Body, name, label string) []*hclsyntax.Block {
	var out []*hclsyntax.Block
	for _, b := range nested(body, name) {
		switch {
		case len(b.Labels) == 0:
			out = append(out, nested(b.Body, label)...)
		case b.Labels[0] == label:
			out = append(out, b)
		}
	}
	return out
}

// asBlocks reads an object, or each object of a list, as a block.
func asBlocks(kind string, labels []string, expr hclsyntax.Expression) []*hclsyntax.Block {
	if list, ok := expr.(*hclsyntax.TupleConsExpr); ok {
		var out []*hclsyntax.Block
		for _, e := range list.Exprs {
			out = append(out, asBlocks(kind, labels, e)...)
		}
		return out
	}
	object, ok := expr.(*hclsyntax.ObjectConsExpr)
	if !ok {
		return nil
	}
	b := &hclsyntax.Block{Type: kind, Labels: labels, Body: objectBody(object)}
	b.TypeRange = object.SrcRange
	b.OpenBraceRange, b.CloseBraceRange = object.SrcRange, object.SrcRange
	return []*hclsyntax.Block{b}
}

func objectBody(object *hclsyntax.ObjectConsExpr) *hclsyntax.Body {
	body := &hclsyntax.Body{Attributes: hclsyntax.Attributes{}, SrcRange: object.SrcRange}
	for _, item := range object.Items {
		name := keyText(item.KeyExpr)
		if name == "" {
			continue
		}
		body.Attributes[name] = &hclsyntax.Attribute{
			Name: name, Expr: item.ValueExpr, NameRange: item.KeyExpr.Range(),
			SrcRange: hcl.RangeBetween(item.KeyExpr.Range(), item.ValueExpr.Range()),
		}
	}
	return body
}

func objectItems(expr hclsyntax.Expression) []hclsyntax.ObjectConsItem {
	switch e := expr.(type) {
	case *hclsyntax.ObjectConsExpr:
		return e.Items
	case *hclsyntax.TupleConsExpr:
		var out []hclsyntax.ObjectConsItem
		for _, i := range e.Exprs {
			out = append(out, objectItems(i)...)
		}
		return out
	}
	return nil
}

// keyText is an object key that needs no evaluation, else empty.
func keyText(key hclsyntax.Expression) string {
	v, diags := key.Value(nil)
	if diags.HasErrors() || !isText(v) {
		return ""
	}
	return v.AsString()
}

func blockRange(b *hclsyntax.Block) hcl.Range {
	return hcl.RangeBetween(b.TypeRange, b.CloseBraceRange)
}

// headerRange is a block's type and labels.
func headerRange(b *hclsyntax.Block) hcl.Range {
	r := b.TypeRange
	if n := len(b.LabelRanges); n > 0 {
		r = hcl.RangeBetween(r, b.LabelRanges[n-1])
	}
	return r
}
