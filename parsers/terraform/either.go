package terraform

import (
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/iamwatch/iamwatch/scanner/source"
)

// picked is the place that lookup(map, key) or element(list, index) gives;
// nil when that cannot be told.
func (e *evaluator) picked(x *hclsyntax.FunctionCallExpr, sc *scope) *place {
	const collectionAndKey = 2
	if len(x.Args) < collectionAndKey || x.ExpandFinal || builtin(x) != "lookup" && builtin(x) != "element" {
		return nil
	}
	key, err := e.eval(x.Args[1], sc)
	switch {
	case err != nil:
		return nil
	case isOpen(key):
		return e.anyOf(e.parts(site{x.Args[0], sc}), x, sc)
	}
	return e.child(site{x.Args[0], sc}, key)
}

// anyOf is the place of one of the parts, or of what lookup gives where there
// is none; nil where no part is known.
func (e *evaluator) anyOf(list []portion, x *hclsyntax.FunctionCallExpr, sc *scope) *place {
	out := oneOfParts(list, e.labelOf(x.Args[1], sc))
	if out != nil && builtin(x) == "lookup" && len(x.Args) == 3 {
		out.either = append(out.either, e.at(site{x.Args[2], sc}))
	}
	return out
}

// oneOfParts is the place of one of the parts; nil where none is known.
func oneOfParts(list []portion, label string) *place {
	out := &place{label: label}
	known := false
	for _, p := range list {
		known = known || p.rest == nil
		out.either = append(out.either, p.value)
	}
	if !known {
		return nil
	}
	return out
}

// anyElement is the place of a collection's element whose key is open.
func (e *evaluator) anyElement(x *hclsyntax.IndexExpr, key cty.Value, sc *scope) *place {
	if !isOpen(key) {
		return nil
	}
	return oneOfParts(e.parts(site{x.Collection, sc}), e.labelOf(x.Key, sc))
}

// eitherChild is the element that an undecided conditional gives: that of
// either branch.
func (e *evaluator) eitherChild(x *hclsyntax.ConditionalExpr, sc *scope, key cty.Value) *place {
	out := &place{label: e.cause(x.Condition, sc, maxCauses)}
	known := false
	for _, branch := range []hclsyntax.Expression{x.TrueResult, x.FalseResult} {
		p := e.child(site{branch, sc}, key)
		if p == nil {
			p = e.restOf(site{branch, sc})[0].value
		} else {
			known = true
		}
		out.either = append(out.either, p)
	}
	if !known {
		return nil
	}
	return out
}

// eitherValue is the value that all places have, else unknown.
func (e *evaluator) eitherValue(list []*place) (cty.Value, error) {
	first := cty.NilVal
	for _, p := range list {
		v, err := e.get(p)
		if err != nil || first != cty.NilVal && !v.RawEquals(first) {
			return cty.DynamicVal, nil
		}
		first = v
	}
	return first, nil
}

func (e *evaluator) stepEither(p *place, key cty.Value) *place {
	out := &place{label: p.label}
	for _, a := range p.either {
		out.either = append(out.either, e.step(a, key))
	}
	return out
}

// readPlace reads what a place holds, as if expr referred to it.
func (e *evaluator) readPlace(p *place, expr hclsyntax.Expression, sc *scope, at level) *source.Value {
	i := anonymousSite(site{expr, sc}, p)
	return e.read(i.expr, i.sc, at)
}

// readEither reads all places of which one is meant, as things that may be
// there.
func (e *evaluator) readEither(p *place, expr hclsyntax.Expression, sc *scope, at level) *source.Value {
	var out *source.Value
	for _, a := range p.either {
		v := e.readPlace(a, expr, sc, at)
		if out == nil {
			out = v
			continue
		}
		out = e.eitherTree(out, v, p.label, e.exprRange(expr), at)
	}
	return out
}

// eitherPlaceDocument reads the documents of all places of which one is
// meant.
func (e *evaluator) eitherPlaceDocument(p *place, expr hclsyntax.Expression, sc *scope) *source.Value {
	var out *source.Value
	for _, a := range p.either {
		i := anonymousSite(site{expr, sc}, a)
		d := e.document(i.expr, i.sc)
		switch {
		case out == nil, out.Kind == source.Null && d.Kind == source.Null:
			out = d
		case out.Kind == source.Unread && d.Kind == source.Unread:
			out = unread(p.label, e.exprRange(expr))
		default:
			out = eitherDocument(out, d, e.exprRange(expr))
		}
	}
	return out
}

// spreadParts are the sites of the elements of a list of which not all are
// known, as the tree of it has them; nil where none is.
func (e *evaluator) spreadParts(s site, v cty.Value) []site {
	if v.IsKnown() {
		return nil
	}
	var out []site
	known := false
	for _, p := range e.parts(s) {
		known = known || p.rest == nil
		out = append(out, anonymousSite(s, p.value))
	}
	if !known {
		return nil
	}
	return out
}

// isOpen reports whether a key may be any: it is unknown or holds a hole.
func isOpen(key cty.Value) bool {
	return !key.IsKnown() || isText(key) && source.HasMark(key.AsString())
}

// readPossible reads a for expression of whose elements not all are known:
// those that may be there are marked so, and one stands for all that nobody
// knows.
func (e *evaluator) readPossible(x *hclsyntax.ForExpr, sc *scope, at level) *source.Value {
	out := &source.Value{Kind: source.List, Range: e.exprRange(x)}
	if x.KeyExpr != nil {
		out.Kind = source.Object
	}
	for _, r := range e.possibleRounds(x, sc) {
		if e.exhausted() != nil {
			return e.evaluated(x, sc)
		}
		if x.KeyExpr == nil {
			out.Items = appendPossible(out.Items, e.read(x.ValExpr, r.sc, at), r.maybe)
			continue
		}
		e.addMember(out, x, r, at)
	}
	return out
}

// addMember adds what one round gives to an object.
func (e *evaluator) addMember(out *source.Value, x *hclsyntax.ForExpr, r possibleRound, at level) {
	k, err := e.eval(x.KeyExpr, r.sc)
	name, ok := keyString(k)
	if err != nil || !ok {
		name = hole(source.HoleFree, e.labelOf(x.KeyExpr, r.sc))
	}
	v := e.read(x.ValExpr, r.sc, inside(at, name))
	if r.maybe {
		v = maybe(v, nil)
	}
	key := source.NewString(name, e.exprRange(x.KeyExpr))
	if x.Group {
		appendMember(out, key, &source.Value{Kind: source.List, Range: v.Range, Items: []*source.Value{v}})
		return
	}
	out.Members = putMember(out.Members, source.Member{Name: key, Value: v})
}

// appendPossible adds an element that may be there. A choice adds what it
// chooses from.
func appendPossible(items []*source.Value, v *source.Value, perhaps bool) []*source.Value {
	switch {
	case isChoice(v):
		return append(items, v.Items...)
	case perhaps:
		return append(items, maybe(v, items))
	}
	return append(items, v)
}

// partly reads an expression whose value is unknown: a list as far as its
// elements are known, else nothing.
func (e *evaluator) partly(expr hclsyntax.Expression, sc *scope, at level) *source.Value {
	if v, err := e.eval(expr, sc); err == nil && !v.IsKnown() {
		if t := e.readParts(expr, sc, at); t != nil {
			return t
		}
	}
	return e.evaluated(expr, sc)
}

// readParts reads a collection of whose elements not all are known; nil when
// none is.
func (e *evaluator) readParts(expr hclsyntax.Expression, sc *scope, at level) *source.Value {
	s := site{expr, sc}
	list := e.parts(s)
	out := &source.Value{Kind: source.List, Range: e.exprRange(expr)}
	known := false
	for _, p := range list {
		known = known || p.rest == nil
		i := anonymousSite(s, p.value)
		out.Items = appendPossible(out.Items, e.read(i.expr, i.sc, at), p.maybe)
	}
	if !known {
		return nil
	}
	return out
}
