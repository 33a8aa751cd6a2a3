package terraform

import (
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// An expandedBlock is a nested block, or one that a dynamic block makes.
type expandedBlock struct {
	body  *hclsyntax.Body
	block *hclsyntax.Block // as written: the block itself or the dynamic block's content
	sc    *scope
	maybe bool
	when  string
}

// expand makes the blocks that dynamic blocks stand for ("dynamic Blocks").
// One with an unknown for_each gives one block that may be there; then the
// second result is false.
func (e *evaluator) expand(blocks []*hclsyntax.Block, sc *scope) ([]expandedBlock, bool) {
	var out []expandedBlock
	sure := true
	for _, b := range blocks {
		if b.Type != "dynamic" || len(b.Labels) != 1 {
			out = append(out, expandedBlock{body: b.Body, block: b, sc: sc})
			continue
		}
		made, known := e.expandDynamic(b, sc)
		sure = sure && known
		out = append(out, made...)
	}
	return out, sure
}

func (e *evaluator) expandDynamic(b *hclsyntax.Block, sc *scope) ([]expandedBlock, bool) {
	each := b.Body.Attributes["for_each"]
	contents := nested(b.Body, "content")
	if each == nil || len(contents) == 0 {
		return nil, true
	}
	content := contents[0]
	iterator := b.Labels[0]
	if a := b.Body.Attributes["iterator"]; a != nil {
		if t, ok := a.Expr.(*hclsyntax.ScopeTraversalExpr); ok {
			iterator = t.Traversal.RootName()
		} else if name := literalText(a); name != "" {
			iterator = name
		}
	}
	v, err := e.eval(each.Expr, sc)
	if err != nil || !iterable(v) {
		items := e.parts(site{each.Expr, sc})
		out := make([]expandedBlock, 0, len(items))
		for _, item := range items[:e.admit(len(items), each.Expr)] {
			b := expandedBlock{body: content.Body, block: content, sc: sc.bind(map[string]*place{iterator: eachPlace(item.key, item.value)})}
			if item.maybe {
				b.maybe, b.when = true, "for_each = "+e.source(each.Expr)
			}
			out = append(out, b)
		}
		return out, false
	}
	n := e.admit(v.LengthInt(), each.Expr)
	out := make([]expandedBlock, 0, n)
	for it := v.ElementIterator(); it.Next() && len(out) < n; {
		k, item := it.Element()
		round := sc.bind(map[string]*place{iterator: eachPlace(k, e.element(site{each.Expr, sc}, k, item))})
		out = append(out, expandedBlock{body: content.Body, block: content, sc: round})
	}
	return out, true
}
