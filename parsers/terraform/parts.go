package terraform

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/iamwatch/iamwatch/scanner/source"
)

// A portion is an element of a collection of which not all is known, or stands
// for elements of which nobody knows how many there are.
type portion struct {
	key   cty.Value // unknown where nobody can tell, such as an index behind unknown elements
	value *place
	maybe bool
	rest  *source.Value // set for a part that stands for unknown elements
}

// parts are the elements of a collection as far as the syntax shows them.
func (e *evaluator) parts(s site) []portion {
	defer e.leave()
	if err := e.enter(); err != nil {
		e.limit(err)
		return e.restOf(s)
	}
	v, err := e.eval(s.expr, s.sc)
	switch {
	case iterable(v):
		return e.knownParts(s, v)
	case err == nil && v.IsKnown() && v.IsNull():
		return nil
	}
	switch x := s.expr.(type) {
	case *hclsyntax.ParenthesesExpr:
		return e.parts(site{x.Expression, s.sc})
	case *hclsyntax.ConditionalExpr:
		return e.branchParts(x, s.sc)
	case *hclsyntax.ObjectConsExpr:
		return e.objectParts(x, s.sc)
	case *hclsyntax.ForExpr:
		return e.forParts(x, s.sc)
	case *hclsyntax.SplatExpr:
		return e.splatParts(x, s.sc)
	case *hclsyntax.FunctionCallExpr:
		return e.callParts(x, s.sc)
	}
	if p := e.follow(s.expr, s.sc); p != nil {
		return e.placeParts(p, s)
	}
	return e.restOf(s)
}

// restOf is the one part that stands for all elements of a collection.
func (e *evaluator) restOf(s site) []portion {
	label := e.labelOf(s.expr, s.sc)
	return []portion{{
		key: cty.DynamicVal, maybe: true, rest: unread(label, e.exprRange(s.expr)),
		value: &place{value: constant(cty.DynamicVal).value, label: label},
	}}
}

func (e *evaluator) knownParts(s site, v cty.Value) []portion {
	out := make([]portion, 0, v.LengthInt())
	for it := v.ElementIterator(); it.Next(); {
		k, item := it.Element()
		if e.steps++; e.exhausted() != nil {
			return e.restOf(s)
		}
		out = append(out, portion{key: k, value: e.element(s, k, item)})
	}
	return out
}

// placeParts are the parts of what a reference leads to.
func (e *evaluator) placeParts(p *place, s site) []portion {
	o := e.origin(p)
	switch {
	case o.set != nil && o.set.mode != once:
		out := make([]portion, len(o.set.objects))
		for i, object := range o.set.objects {
			out[i] = keyedPart(o.set.keys[i], &place{obj: object})
		}
		return out
	case o.mods != nil && o.mods.mode != once && !o.mods.missing:
		out := make([]portion, len(o.mods.instances))
		for i, inst := range o.mods.instances {
			out[i] = keyedPart(o.mods.keys[i], &place{inst: inst})
		}
		return out
	case o.either != nil:
		var out []portion
		for _, a := range o.either {
			out = append(out, possible(e.parts(anonymousSite(s, a)))...)
		}
		return out
	case o.site.ok() && o.obj == nil && o.site != s:
		return e.parts(o.site)
	}
	return e.restOf(s)
}

// keyedPart is an instance of a repeated block as an element.
func keyedPart(k instanceKey, value *place) portion {
	return portion{key: k.key, value: value, maybe: k.maybe, rest: k.rest}
}

// branchParts are those of the branch that holds, or of both, which may be
// there.
func (e *evaluator) branchParts(x *hclsyntax.ConditionalExpr, sc *scope) []portion {
	if branch := e.branch(x, sc); branch != nil {
		return e.parts(site{branch, sc})
	}
	return append(possible(e.parts(site{x.TrueResult, sc})), possible(e.parts(site{x.FalseResult, sc}))...)
}

// possible are parts that may be there. Their indexes say nothing.
func possible(list []portion) []portion {
	out := unindexed(list)
	for i := range out {
		out[i].maybe = true
	}
	return out
}

// unindexed are parts of a list whose order or number is another now.
func unindexed(list []portion) []portion {
	out := make([]portion, len(list))
	for i, p := range list {
		if p.key.Type() == cty.Number {
			p.key = cty.DynamicVal
		}
		out[i] = p
	}
	return out
}

func (e *evaluator) objectParts(x *hclsyntax.ObjectConsExpr, sc *scope) []portion {
	out := make([]portion, 0, len(x.Items))
	for _, item := range x.Items {
		k, err := e.eval(item.KeyExpr, sc)
		p := portion{key: k, value: e.at(site{item.ValueExpr, sc})}
		if _, ok := keyString(k); err != nil || !ok {
			p.key = cty.DynamicVal
			p.rest = unread(e.labelOf(item.KeyExpr, sc), e.exprRange(item.KeyExpr))
		}
		out = append(out, p)
	}
	return out
}

// A possibleRound is a round of a for expression over a collection of which
// not all is known, or with a condition that nobody can decide.
type possibleRound struct {
	sc    *scope
	maybe bool
	rest  *source.Value
}

func (e *evaluator) possibleRounds(x *hclsyntax.ForExpr, sc *scope) []possibleRound {
	var out []possibleRound
	for _, p := range e.parts(site{x.CollExpr, sc}) {
		names := map[string]*place{x.ValVar: p.value}
		if x.KeyVar != "" {
			names[x.KeyVar] = &place{value: constant(p.key).value, label: p.value.label}
		}
		r := possibleRound{sc: sc.bind(names), maybe: p.maybe, rest: p.rest}
		if x.CondExpr != nil {
			c, err := e.eval(x.CondExpr, r.sc)
			switch b := asBool(c); {
			case err != nil || b == nil:
				r.maybe = true
			case !*b:
				continue
			}
		}
		out = append(out, r)
	}
	return out
}

func (e *evaluator) forParts(x *hclsyntax.ForExpr, sc *scope) []portion {
	if x.Group {
		return e.restOf(site{x, sc})
	}
	rounds := e.possibleRounds(x, sc)
	out := make([]portion, 0, len(rounds))
	for _, r := range rounds {
		p := portion{key: cty.DynamicVal, value: e.at(site{x.ValExpr, r.sc}), maybe: r.maybe, rest: r.rest}
		if x.KeyExpr != nil {
			k, err := e.eval(x.KeyExpr, r.sc)
			if _, ok := keyString(k); err == nil && ok {
				p.key = k
			} else if p.rest == nil {
				p.rest = unread(e.labelOf(x.KeyExpr, r.sc), e.exprRange(x.KeyExpr))
			}
		}
		out = append(out, p)
	}
	return out
}

func (e *evaluator) splatParts(x *hclsyntax.SplatExpr, sc *scope) []portion {
	out := e.parts(site{x.Source, sc})
	for i, p := range out {
		out[i].value = e.at(site{x.Each, sc.bind(map[string]*place{anonymous: p.value})})
	}
	return out
}

// callParts looks through the functions that hand on elements.
func (e *evaluator) callParts(x *hclsyntax.FunctionCallExpr, sc *scope) []portion {
	if len(x.Args) == 0 {
		return e.restOf(site{x, sc})
	}
	first := site{x.Args[0], sc}
	switch builtin(x) {
	case "concat", "setunion":
		return unindexed(e.argumentParts(x, sc))
	case "merge":
		return e.oncePerKey(e.argumentParts(x, sc), site{x, sc})
	}
	if x.ExpandFinal {
		return e.restOf(site{x, sc})
	}
	switch builtin(x) {
	case "tolist", "tomap", "sensitive", "nonsensitive", "ephemeralasnull":
		return e.parts(first)
	case "toset", "compact", "distinct", "sort", "reverse":
		return unindexed(e.parts(first))
	case "setsubtract", "setintersection", "slice", "matchkeys":
		return possible(e.parts(first))
	case "flatten":
		return e.flatParts(first)
	case "values":
		out := e.parts(first)
		for i := range out {
			out[i].key = cty.DynamicVal
		}
		return out
	case "keys":
		return e.keyParts(first)
	case "formatlist":
		return e.formattedParts(x, sc)
	case "try", "coalescelist", "coalesce":
		return e.firstParts(x, sc)
	}
	if p := e.picked(x, sc); p != nil {
		return e.placeParts(p, site{x, sc})
	}
	return e.restOf(site{x, sc})
}

// argumentParts are the parts of all arguments; the last argument may be a
// list of them.
func (e *evaluator) argumentParts(x *hclsyntax.FunctionCallExpr, sc *scope) []portion {
	var out []portion
	for i, a := range x.Args {
		list := e.parts(site{a, sc})
		if !x.ExpandFinal || i < len(x.Args)-1 {
			out = append(out, list...)
			continue
		}
		for _, p := range list {
			out = append(out, e.inside(p, site{a, sc})...)
		}
	}
	return out
}

// inside are the parts of a part that is a collection itself.
func (e *evaluator) inside(p portion, s site) []portion {
	if p.rest != nil {
		return []portion{p}
	}
	inner := e.parts(anonymousSite(s, p.value))
	if p.maybe {
		return possible(inner)
	}
	return inner
}

// anonymousSite makes a site of a place, with the range of another.
func anonymousSite(at site, p *place) site {
	sc := at.sc.bind(map[string]*place{anonymous: p})
	return site{anonymousName(at.expr.Range()), sc}
}

// anonymousName is a reference to what is bound without a name.
func anonymousName(r hcl.Range) hclsyntax.Expression {
	root := hcl.TraverseRoot{Name: anonymous, SrcRange: r}
	return &hclsyntax.ScopeTraversalExpr{Traversal: hcl.Traversal{root}, SrcRange: r}
}

// oncePerKey are parts of a map in which a key that is known counts once: with
// the last value that is sure to be there, or one that may stand in its place.
func (e *evaluator) oncePerKey(list []portion, s site) []portion {
	var out []portion
	index := map[string]int{}
	for _, p := range list {
		key, ok := keyString(p.key)
		i, again := index[key]
		switch {
		case !ok:
			out = append(out, p)
		case !again:
			index[key] = len(out)
			out = append(out, p)
		case p.maybe:
			out[i].value = e.eitherPlace(out[i].value, p.value, s)
		default:
			out[i] = p
		}
	}
	return out
}

// partOf is the place of the part that a key names; nil where none is known.
func partOf(list []portion, key cty.Value) *place {
	want, ok := keyString(key)
	for _, p := range list {
		if got, has := keyString(p.key); ok && has && got == want && p.rest == nil {
			return p.value
		}
	}
	return nil
}

// eitherPlace is one of two places, and nobody knows which.
func (e *evaluator) eitherPlace(a, b *place, s site) *place {
	return &place{label: e.labelOf(s.expr, s.sc), either: []*place{a, b}}
}

// flatParts are the parts of lists inside lists.
func (e *evaluator) flatParts(s site) []portion {
	var out []portion
	for _, p := range e.parts(s) {
		v, _ := e.get(p.value)
		nested := v.Type().IsTupleType() || v.Type().IsListType() || v.Type().IsSetType()
		if !nested && (v.IsKnown() || v.Type() != cty.DynamicPseudoType) {
			out = append(out, p)
			continue
		}
		out = append(out, e.flatInside(p, s)...)
	}
	return unindexed(out)
}

// flatInside are the parts of a part that is a list, or may be one.
func (e *evaluator) flatInside(p portion, s site) []portion {
	if p.rest != nil {
		return []portion{p}
	}
	inner := e.flatParts(anonymousSite(s, p.value))
	if p.maybe {
		inner = possible(inner)
	}
	return inner
}

func (e *evaluator) keyParts(s site) []portion {
	out := e.parts(s)
	for i, p := range out {
		if _, ok := keyString(p.key); ok {
			out[i].value = constant(p.key)
		} else {
			out[i].value = e.restOf(s)[0].value
		}
		out[i].key = cty.DynamicVal
	}
	return out
}

// formattedParts are those of formatlist over one list: each is formatted by
// itself.
func (e *evaluator) formattedParts(x *hclsyntax.FunctionCallExpr, sc *scope) []portion {
	const formatAndList = 2
	if len(x.Args) != formatAndList {
		return e.restOf(site{x, sc})
	}
	one := *x
	one.Name = "format"
	one.Args = []hclsyntax.Expression{x.Args[0], anonymousName(x.Args[1].Range())}
	out := e.parts(site{x.Args[1], sc})
	for i, p := range out {
		out[i].value = &place{site: site{&one, sc.bind(map[string]*place{anonymous: p.value})}}
	}
	return out
}

// firstParts are the parts of the argument that try, coalesce or coalescelist
// gives; where nobody can tell which, those of all that it may give.
func (e *evaluator) firstParts(x *hclsyntax.FunctionCallExpr, sc *scope) []portion {
	var out []portion
	for _, a := range x.Args {
		v, err := e.eval(a, sc)
		switch {
		case err != nil, v.IsKnown() && v.IsNull(), builtin(x) == "coalescelist" && iterable(v) && v.LengthInt() == 0:
			continue
		case v.IsKnown():
			list := e.parts(site{a, sc})
			if len(out) > 0 {
				list = possible(list)
			}
			return append(out, list...)
		}
		out = append(out, possible(e.parts(site{a, sc}))...)
	}
	return out
}
