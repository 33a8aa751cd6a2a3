package terraform

import (
	"slices"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// child finds where an element of what a site writes is written itself; nil
// when that cannot be told from the syntax.
func (e *evaluator) child(s site, key cty.Value) *place {
	defer e.leave()
	if e.enter() != nil {
		return nil
	}
	switch x := s.expr.(type) {
	case *hclsyntax.ParenthesesExpr:
		return e.child(site{x.Expression, s.sc}, key)
	case *hclsyntax.ObjectConsExpr:
		return e.objectChild(x, s.sc, key)
	case *hclsyntax.TupleConsExpr:
		if i, ok := listIndex(key); ok && i < len(x.Exprs) {
			return e.at(site{x.Exprs[i], s.sc})
		}
		return e.setChild(s, key)
	case *hclsyntax.ConditionalExpr:
		if branch := e.branch(x, s.sc); branch != nil {
			return e.unifiedChild(x, site{branch, s.sc}, key)
		}
		if branch := e.onlyBranch(x, s.sc, isEmpty); branch != nil && e.guards == 0 {
			return e.child(site{branch, s.sc}, key)
		}
		return e.eitherChild(x, s.sc, key)
	case *hclsyntax.ForExpr:
		return e.forChild(x, s.sc, key)
	case *hclsyntax.SplatExpr:
		if list := e.elements(s); list != nil {
			if i, ok := listIndex(key); ok && i < len(list) {
				return e.at(list[i])
			}
		}
		return nil
	case *hclsyntax.FunctionCallExpr:
		return e.callChild(x, s.sc, key)
	}
	if p := e.follow(s.expr, s.sc); p != nil {
		return e.step(p, key)
	}
	return nil
}

// at is the place of a site; a reference is followed.
func (e *evaluator) at(s site) *place {
	if p := e.follow(s.expr, s.sc); p != nil {
		return p
	}
	return &place{site: s}
}

func (e *evaluator) objectChild(x *hclsyntax.ObjectConsExpr, sc *scope, key cty.Value) *place {
	want, ok := keyString(key)
	if !ok {
		return nil
	}
	for i := len(x.Items) - 1; i >= 0; i-- {
		k, err := e.eval(x.Items[i].KeyExpr, sc)
		if got, ok := keyString(k); err == nil && ok && got == want {
			return e.at(site{x.Items[i].ValueExpr, sc})
		}
	}
	return nil
}

// forChild is the element of a for expression that a key names.
func (e *evaluator) forChild(x *hclsyntax.ForExpr, sc *scope, key cty.Value) *place {
	want, ok := keyString(key)
	if !ok {
		return nil
	}
	rounds, err := e.rounds(x, sc)
	if err != nil || x.Group {
		return nil
	}
	if x.KeyExpr == nil {
		if i, ok := listIndex(key); ok && i < len(rounds) {
			return e.at(site{x.ValExpr, rounds[i]})
		}
		return nil
	}
	if i, ok := e.roundKeys(x, sc, rounds)[want]; ok {
		return e.at(site{x.ValExpr, rounds[i]})
	}
	return nil
}

// roundKeys are the rounds of a for expression by the key that each makes, the
// first of those that make the same. They are told once: every element may be
// asked for.
func (e *evaluator) roundKeys(x *hclsyntax.ForExpr, sc *scope, rounds []*scope) map[string]int {
	key := loopKey{x, sc}
	if out, ok := e.loopKeys[key]; ok {
		return out
	}
	cycles := e.cycles
	out := make(map[string]int, len(rounds))
	for i, r := range rounds {
		k, err := e.eval(x.KeyExpr, r)
		got, ok := keyString(k)
		if _, taken := out[got]; err == nil && ok && !taken {
			out[got] = i
		}
	}
	if _, kept := e.loops[key]; kept && cycles == e.cycles && e.exhausted() == nil {
		e.loopKeys[key] = out
	}
	return out
}

// callChild looks through functions that hand on the elements of an argument.
func (e *evaluator) callChild(x *hclsyntax.FunctionCallExpr, sc *scope, key cty.Value) *place {
	if x.ExpandFinal && builtin(x) == "merge" {
		return e.mergeChild(x, sc, key)
	}
	if x.ExpandFinal || len(x.Args) == 0 {
		return nil
	}
	switch builtin(x) {
	case "jsondecode", "yamldecode":
		if t := elementOf(e.decodedTree(x, sc), key); t != nil {
			return &place{tree: t, value: func() (cty.Value, error) {
				v, err := e.eval(x, sc)
				out, stepErr := stepValue(v, key)
				return out, firstError(err, stepErr)
			}}
		}
	case "toset":
		return e.setChild(site{x.Args[0], sc}, key)
	case "tolist", "tomap", "sensitive", "nonsensitive", "ephemeralasnull":
		return e.child(site{x.Args[0], sc}, key)
	case "merge":
		return e.mergeChild(x, sc, key)
	case "concat":
		return e.concatChild(x, sc, key)
	case "lookup", "element":
		if p := e.picked(x, sc); p != nil {
			return e.step(p, key)
		}
	case "try", "coalesce":
		if a := e.firstGood(x, sc); a != nil {
			return e.child(site{a, sc}, key)
		}
	case "flatten", "slice", "values", "coalescelist":
		if i, ok := listIndex(key); ok {
			return e.elementChild(x, sc, i)
		}
	}
	return nil
}

// concatChild is the element of an index in front of which every argument's
// length is known.
func (e *evaluator) concatChild(x *hclsyntax.FunctionCallExpr, sc *scope, key cty.Value) *place {
	i, ok := listIndex(key)
	if !ok {
		return nil
	}
	for _, a := range x.Args {
		v, _ := e.eval(a, sc)
		if !iterable(v) {
			return nil
		}
		if n := v.LengthInt(); i >= n {
			i -= n
			continue
		}
		return e.child(site{a, sc}, cty.NumberIntVal(int64(i)))
	}
	return nil
}

// mergeChild is the member of the last of the objects that merge lays over one
// another; where not all of them is known, of each that may be the last.
func (e *evaluator) mergeChild(x *hclsyntax.FunctionCallExpr, sc *scope, key cty.Value) *place {
	if v, _ := e.eval(x, sc); !v.IsKnown() {
		return partOf(e.parts(site{x, sc}), key)
	}
	objects := sitesOf(x.Args, sc)
	if x.ExpandFinal {
		last := len(objects) - 1
		objects = append(objects[:last], e.elements(objects[last])...)
	}
	for _, o := range slices.Backward(objects) {
		if p := e.child(o, key); p != nil && p.written() {
			return p
		}
	}
	return nil
}

// elementChild is an element of the list that a call gives, if all of them can
// be told.
func (e *evaluator) elementChild(x *hclsyntax.FunctionCallExpr, sc *scope, i int) *place {
	v, _ := e.eval(x, sc)
	list := e.callElements(x, sc)
	if !iterable(v) || v.LengthInt() != len(list) || i >= len(list) {
		return nil
	}
	return e.at(list[i])
}

// setChild is the element of a list that a set's key is equal to.
func (e *evaluator) setChild(s site, key cty.Value) *place {
	want, ok := keyString(key)
	if !ok {
		return nil
	}
	for _, item := range e.elements(s) {
		v, err := e.eval(item.expr, item.sc)
		if got, ok := keyString(v); err == nil && ok && got == want {
			return e.at(item)
		}
	}
	return nil
}

// elements are the sites of the elements of a list, as far as the syntax
// shows them.
func (e *evaluator) elements(s site) []site {
	defer e.leave()
	if e.enter() != nil {
		return nil
	}
	switch x := s.expr.(type) {
	case *plannedExpr:
		return e.plannedItems(x, s.sc)
	case *refsExpr:
		if x.list {
			return e.listed(x, s.sc)
		}
	case *hclsyntax.ParenthesesExpr:
		return e.elements(site{x.Expression, s.sc})
	case *hclsyntax.TupleConsExpr:
		return sitesOf(x.Exprs, s.sc)
	case *hclsyntax.ConditionalExpr:
		if branch := e.branch(x, s.sc); branch != nil {
			return e.elements(site{branch, s.sc})
		}
		return nil
	case *hclsyntax.ForExpr:
		return e.forElements(x, s.sc)
	case *hclsyntax.SplatExpr:
		return sites(x.Each, e.splatRounds(x, s.sc))
	case *hclsyntax.FunctionCallExpr:
		return e.callElements(x, s.sc)
	}
	if p := e.follow(s.expr, s.sc); p != nil {
		if o := e.origin(p); o.site.ok() && o.obj == nil {
			return e.elements(o.site)
		}
	}
	return nil
}

// handed is the place of what a function hands on whole, such as the only
// element of a list; nil for any other expression.
func (e *evaluator) handed(expr hclsyntax.Expression, sc *scope) *place {
	x, ok := expr.(*hclsyntax.FunctionCallExpr)
	if !ok || x.ExpandFinal || len(x.Args) == 0 {
		return nil
	}
	switch builtin(x) {
	case "one":
		if list := e.elements(site{x.Args[0], sc}); len(list) == 1 {
			return e.at(list[0])
		}
	case "try", "coalesce":
		if a := e.firstGood(x, sc); a != nil {
			return e.at(site{a, sc})
		}
	}
	return nil
}

// spread are the sites of a list's elements as a tree of it has them: with
// both branches of what nobody can decide, and without what is null.
func (e *evaluator) spread(s site) []site {
	defer e.leave()
	if e.enter() != nil {
		return nil
	}
	switch x := s.expr.(type) {
	case *hclsyntax.ParenthesesExpr:
		return e.spread(site{x.Expression, s.sc})
	case *hclsyntax.ConditionalExpr:
		if branch := e.branch(x, s.sc); branch != nil {
			return e.spread(site{branch, s.sc})
		}
		return append(e.spread(site{x.TrueResult, s.sc}), e.spread(site{x.FalseResult, s.sc})...)
	}
	p := e.follow(s.expr, s.sc)
	if p != nil && p.either != nil {
		var out []site
		for _, a := range p.either {
			out = append(out, e.spread(anonymousSite(s, a))...)
		}
		return out
	}
	if list := e.elements(s); list != nil {
		var out []site
		for _, item := range list {
			out = append(out, e.spread(item)...)
		}
		return out
	}
	v, _ := e.eval(s.expr, s.sc)
	if v.IsKnown() && v.IsNull() {
		return nil
	}
	if p != nil && !v.IsKnown() {
		if o := e.origin(p); o.site.ok() && o.obj == nil {
			return e.spread(o.site)
		}
	}
	if list := e.spreadParts(s, v); list != nil {
		return list
	}
	return []site{s}
}

func (e *evaluator) forElements(x *hclsyntax.ForExpr, sc *scope) []site {
	if x.KeyExpr != nil {
		return nil
	}
	rounds, err := e.rounds(x, sc)
	if err != nil {
		return nil
	}
	return sites(x.ValExpr, rounds)
}

// sitesOf are several expressions in one scope.
func sitesOf(list []hclsyntax.Expression, sc *scope) []site {
	out := make([]site, len(list))
	for i, expr := range list {
		out[i] = site{expr, sc}
	}
	return out
}

// sites are one expression in several scopes.
func sites(expr hclsyntax.Expression, scopes []*scope) []site {
	out := make([]site, len(scopes))
	for i, sc := range scopes {
		out[i] = site{expr, sc}
	}
	return out
}

func (e *evaluator) callElements(x *hclsyntax.FunctionCallExpr, sc *scope) []site {
	if x.ExpandFinal || len(x.Args) == 0 {
		return nil
	}
	switch builtin(x) {
	case "toset", "tolist", "compact", "distinct", "sort", "reverse", "sensitive", "nonsensitive":
		return e.elements(site{x.Args[0], sc})
	case "concat", "setunion":
		var out []site
		for _, a := range x.Args {
			list := e.elements(site{a, sc})
			if v, _ := e.eval(a, sc); list == nil && (!v.IsKnown() || isText(v)) {
				list = []site{{a, sc}} // stands for elements that nobody knows
			}
			out = append(out, list...)
		}
		return out
	case "flatten":
		var out []site
		for _, item := range e.elements(site{x.Args[0], sc}) {
			if inner := e.elements(item); inner != nil {
				out = append(out, inner...)
			} else {
				out = append(out, item)
			}
		}
		return out
	case "try", "coalescelist":
		if a := e.firstGood(x, sc); a != nil {
			return e.elements(site{a, sc})
		}
	case "values":
		return e.valueSites(site{x.Args[0], sc})
	case "slice":
		if from, to, ok := e.sliceOf(x, sc); ok {
			if list := e.elements(site{x.Args[0], sc}); to <= len(list) {
				return list[from:to]
			}
		}
	}
	return nil
}

// valueSites are the sites of an object's values in the order of its keys.
func (e *evaluator) valueSites(s site) []site {
	v, _ := e.eval(s.expr, s.sc)
	if !iterable(v) || !v.Type().IsObjectType() && !v.Type().IsMapType() {
		return nil
	}
	var out []site
	for it := v.ElementIterator(); it.Next(); {
		k, _ := it.Element()
		p := e.child(s, k)
		if p == nil || !p.site.ok() {
			return nil
		}
		out = append(out, p.site)
	}
	return out
}

// sliceOf are the bounds of a slice.
func (e *evaluator) sliceOf(x *hclsyntax.FunctionCallExpr, sc *scope) (from, to int, ok bool) {
	if len(x.Args) != 3 {
		return 0, 0, false
	}
	a, _ := e.eval(x.Args[1], sc)
	b, _ := e.eval(x.Args[2], sc)
	from, okFrom := listIndex(a)
	to, okTo := listIndex(b)
	return from, to, okFrom && okTo && from <= to
}

// firstGood is the argument that try, coalesce or coalescelist gives.
func (e *evaluator) firstGood(x *hclsyntax.FunctionCallExpr, sc *scope) hclsyntax.Expression {
	defer e.guard(x)()
	for _, a := range x.Args {
		v, err := e.eval(a, sc)
		switch {
		case err != nil, builtin(x) != "try" && v.IsNull():
		case !v.IsKnown():
			return nil
		case builtin(x) == "coalescelist" && (!iterable(v) || v.LengthInt() == 0):
		case builtin(x) == "coalesce" && v.Type() == cty.String && v.AsString() == "":
		default:
			return a
		}
	}
	return nil
}

// branch is the branch of a conditional that holds, nil when undecided.
func (e *evaluator) branch(x *hclsyntax.ConditionalExpr, sc *scope) hclsyntax.Expression {
	v, err := e.eval(x.Condition, sc)
	switch b := asBool(v); {
	case err != nil || b == nil:
		return nil
	case *b:
		return x.TrueResult
	}
	return x.FalseResult
}
