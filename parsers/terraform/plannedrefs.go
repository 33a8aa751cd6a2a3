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
	// list says that the value is a list.
	list bool
	// names are the references as the plan writes them.
	names []string
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
		x.names = append(x.names, text)
		x.Exprs = append(x.Exprs, &hclsyntax.ScopeTraversalExpr{Traversal: t, SrcRange: hclRange(r)})
	}
	return x
}

// theUnknown is the reference that the plan does not know; nil when there are
// several or none. Of those that nobody can tell, such as locals, none is taken
// for it where there is one that is surely unknown.
func (e *evaluator) theUnknown(x *refsExpr, sc *scope) hclsyntax.Expression {
	var found, perhaps []hclsyntax.Expression
	for _, ref := range x.Exprs {
		switch e.planKnows(site{ref, sc}, maxModuleDepth) {
		case isUnknown:
			found = append(found, ref)
		case isUndecided:
			perhaps = append(perhaps, ref)
		}
	}
	if len(found) == 0 {
		found = perhaps
	}
	switch {
	case x.bare && len(x.Exprs) == 1:
		return x.Exprs[0]
	case !x.bare && len(found) == 1:
		return e.ownInstance(found[0], x, sc)
	}
	return nil
}

// A knowledge says whether a plan knows a value.
type knowledge uint8

const (
	isKnown knowledge = iota
	isUndecided
	isUnknown
)

// planKnows says whether the plan knows the value of an expression.
func (e *evaluator) planKnows(s site, depth int) knowledge {
	if depth == 0 || e.enter() != nil {
		return isUndecided
	}
	defer e.leave()
	switch x := s.expr.(type) {
	case *plannedExpr:
		switch {
		case !x.unknown() && !holdsUnread(x.tree):
			return isKnown
		case x.unknown() && x.Expression != nil:
			return e.planKnows(x.inner(s.sc), depth-1)
		}
		return isUnknown
	case *refsExpr:
		known := isKnown
		for _, ref := range x.Exprs {
			known = max(known, e.planKnows(site{ref, s.sc}, depth-1))
		}
		return known
	}
	p := e.follow(s.expr, s.sc)
	if p != nil && p.obj == nil {
		p = e.origin(p)
	}
	switch {
	case p == nil:
		return knownValue(e.eval(s.expr, s.sc))
	case p.obj != nil:
		a := p.obj.attr(p.attr)
		if a == nil {
			return isUnknown
		}
		return e.planKnows(site{a.Expr, p.obj.sc}, depth-1)
	case p.set != nil:
		return isUnknown
	case p.site.ok():
		return e.planKnows(p.site, depth-1)
	}
	return knownValue(e.get(p))
}

// knownValue says whether a value is known.
func knownValue(v cty.Value, err error) knowledge {
	if err == nil && v != cty.NilVal && v.IsWhollyKnown() && !holdsHole(v) {
		return isKnown
	}
	return isUndecided
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

// readRefs reads what is referred to, at the place of the references. A list is
// what they bring and what else there may be.
func (e *evaluator) readRefs(x *refsExpr, sc *scope, at level) *source.Value {
	if x.list {
		return e.readRefList(x, sc)
	}
	if ref := e.theUnknown(x, sc); ref != nil && !x.open {
		return e.read(ref, sc, at)
	}
	v, _ := e.refsValue(x, sc)
	return e.plain(v, e.exprRange(x), e.nameRefs(x, sc))
}

func (e *evaluator) readRefList(x *refsExpr, sc *scope) *source.Value {
	out := &source.Value{Kind: source.List, Range: e.exprRange(x)}
	for _, s := range e.listed(x, sc) {
		out.Items = append(out.Items, e.read(s.expr, s.sc, elementLevel))
	}
	return out
}

// listed are the elements of a list that is referred to: each reference that
// is one text, and one for what else there may be.
func (e *evaluator) listed(x *refsExpr, sc *scope) []site {
	var out []site
	for _, ref := range x.Exprs {
		if v := e.read(ref, sc, elementLevel); v.IsScalar() {
			out = append(out, site{ref, sc})
		}
	}
	rest := unread(listWith+e.nameRefs(x, sc), e.exprRange(x))
	return append(out, site{&plannedExpr{Expression: literalAt(rest.Range), tree: rest, withheld: true}, sc})
}

// isRest reports whether an element stands for what else a list holds.
func isRest(v *source.Value) bool {
	return v.Kind == source.Unread && strings.HasPrefix(source.Pieces(v.Scalar.Value)[0].Label, listWith)
}

func (e *evaluator) refsDocument(x *refsExpr, sc *scope) *source.Value {
	if ref := e.theUnknown(x, sc); ref != nil {
		if d := e.document(ref, sc); d.Kind == source.Object {
			return d
		}
	}
	return unread(textWith+e.nameRefs(x, sc), e.exprRange(x))
}

// nameRefs names what an unknown value depends on.
func (e *evaluator) nameRefs(x *refsExpr, sc *scope) string {
	name := unknownLabel
	for i := len(x.Exprs) - 1; i >= 0; i-- {
		if e.planKnows(site{x.Exprs[i], sc}, maxModuleDepth) != isKnown {
			name = x.names[i]
		}
	}
	if sc.inst != nil && name != unknownLabel {
		return sc.inst.address(name)
	}
	return name
}

// These begin the labels of texts and lists of which it is only known what is
// in them.
const (
	textWith = "a text with "
	listWith = "a list with "
)

// SensitiveLabel is the label of values that a plan or state marks as
// sensitive.
const SensitiveLabel = "a sensitive value"

// afterApply says what would make known what a plan does not know; empty for
// what AWS makes up, which the address of the resource stands for.
func afterApply(label string) string {
	if label == SensitiveLabel {
		return "the plan or state marks the value as sensitive: pass the configuration with --source"
	}
	local := label
	for strings.HasPrefix(local, "module.") {
		rest, ok := cutCall(local)
		if !ok {
			break
		}
		local = rest
	}
	kind, _, _ := strings.Cut(local, ".")
	switch {
	case label == unknownLabel:
		return "the value is known only after apply: pass the configuration with --source, or scan the state"
	case strings.HasPrefix(label, textWith), strings.HasPrefix(label, listWith), kind == "local", kind == "var", kind == "each", kind == "module":
		return label + " is known only after apply: pass the configuration with --source, or scan the state"
	}
	return ""
}
