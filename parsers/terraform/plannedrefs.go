package terraform

import (
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/iamwatch/iamwatch/scanner/source"
)

// A refsExpr is an expression of which a plan says only what it refers to. It
// has the value of the one reference that the plan does not know, if only one
// is: what is known cannot be why the value is not.
type refsExpr struct {
	*hclsyntax.TupleConsExpr
	// open says that the value may go on behind the reference, as that of
	// "${aws_s3_bucket.x.arn}/*" does.
	open bool
	// bare says that one reference alone is the value, known or not: what
	// for_each goes over is seldom anything else, and where it is no instance
	// of the plan has a key of it.
	bare bool
}

// parseRefs is the expression that references stand for. Each stands there
// with the shorter ones that it begins with, which say nothing more.
func parseRefs(list *source.Value, r source.Range, open bool) *refsExpr {
	x := &refsExpr{TupleConsExpr: &hclsyntax.TupleConsExpr{SrcRange: hclRange(r), OpenRange: hclRange(r)}, open: open}
	longer := ""
	for _, item := range list.Elements() {
		text := item.Text().Value
		if rest, ok := strings.CutPrefix(longer, text); ok && (rest == "" || rest[0] == '.' || rest[0] == '[') {
			continue
		}
		longer = text
		t, diags := hclsyntax.ParseTraversalAbs([]byte(text), "", hcl.InitialPos)
		if diags.HasErrors() {
			continue
		}
		x.Exprs = append(x.Exprs, &hclsyntax.ScopeTraversalExpr{Traversal: t, SrcRange: hclRange(r)})
	}
	return x
}

// theUnknown is the reference that the plan does not know; nil when there are
// several or none.
func (e *evaluator) theUnknown(x *refsExpr, sc *scope) hclsyntax.Expression {
	var found []hclsyntax.Expression
	for _, ref := range x.Exprs {
		if !e.planKnows(site{ref, sc}, maxModuleDepth) {
			found = append(found, ref)
		}
	}
	switch {
	case len(found) == 1:
		return e.ownInstance(found[0], x, sc)
	case len(found) == 0 && x.bare && len(x.Exprs) == 1:
		return x.Exprs[0]
	}
	return nil
}

// planKnows reports whether the plan knows the value of an expression.
func (e *evaluator) planKnows(s site, depth int) bool {
	if depth == 0 || e.enter() != nil {
		return false
	}
	defer e.leave()
	switch x := s.expr.(type) {
	case *plannedExpr:
		return !x.unknown() && !holdsUnread(x.tree) || x.unknown() && e.planKnows(x.inner(s.sc), depth-1)
	case *refsExpr:
		for _, ref := range x.Exprs {
			if !e.planKnows(site{ref, s.sc}, depth-1) {
				return false
			}
		}
		return true
	}
	p := e.follow(s.expr, s.sc)
	if p == nil {
		v, err := e.eval(s.expr, s.sc)
		return err == nil && v.IsWhollyKnown() && !holdsHole(v)
	}
	if p.obj == nil {
		p = e.origin(p)
	}
	switch {
	case p.obj != nil:
		a := p.obj.attr(p.attr)
		return a != nil && e.planKnows(site{a.Expr, p.obj.sc}, depth-1)
	case p.set != nil:
		return false
	case p.site.ok():
		return e.planKnows(p.site, depth-1)
	}
	v, err := e.get(p)
	return err == nil && v.IsWhollyKnown() && !holdsHole(v)
}

// ownInstance is the instance of a repeated resource that has the key of the
// block that refers to it, when the plan names resource and key apart:
// aws_iam_role.x[each.key].
func (e *evaluator) ownInstance(ref hclsyntax.Expression, x *refsExpr, sc *scope) hclsyntax.Expression {
	p := e.follow(ref, sc)
	if p == nil || p.set == nil || p.set.mode == once {
		return ref
	}
	for _, other := range x.Exprs {
		t, ok := other.(*hclsyntax.ScopeTraversalExpr)
		if !ok || t.Traversal.RootName() != "each" && t.Traversal.RootName() != "count" {
			continue
		}
		v, err := e.eval(other, sc)
		if _, isKey := keyString(v); err == nil && isKey && findKey(p.set.keys, p.set.mode, v) >= 0 {
			return &hclsyntax.IndexExpr{Collection: ref, Key: other, SrcRange: ref.Range()}
		}
	}
	return ref
}

func (e *evaluator) refsValue(x *refsExpr, sc *scope) (cty.Value, error) {
	ref := e.theUnknown(x, sc)
	if ref == nil {
		return cty.DynamicVal, nil
	}
	v, err := e.eval(ref, sc)
	if x.open && isText(v) {
		v = cty.StringVal(v.AsString() + hole(source.HoleFree, e.labelOf(ref, sc)))
	}
	return v, err
}

// readRefs reads what is referred to, at the place of the references.
func (e *evaluator) readRefs(x *refsExpr, sc *scope, at level) *source.Value {
	v, _ := e.refsValue(x, sc)
	if ref := e.theUnknown(x, sc); ref != nil && !x.open {
		return e.read(ref, sc, at)
	}
	return e.plain(v, e.exprRange(x), e.cause(x.TupleConsExpr, sc, maxCauses))
}

func (e *evaluator) refsDocument(x *refsExpr, sc *scope) *source.Value {
	if ref := e.theUnknown(x, sc); ref != nil {
		return e.document(ref, sc)
	}
	return unread(e.cause(x.TupleConsExpr, sc, maxCauses), e.exprRange(x))
}
