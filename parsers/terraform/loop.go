package terraform

import (
	"errors"
	"fmt"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/iamwatch/iamwatch/scanner/source"
)

// rounds are the scopes of a for expression's rounds that its condition
// lets through. A collection or condition that is unknown gives errUndecided.
func (e *evaluator) rounds(x *hclsyntax.ForExpr, sc *scope) ([]*scope, error) {
	key := loopKey{x, sc}
	if out, ok := e.loops[key]; ok {
		return out.scopes, out.err
	}
	cycles := e.cycles
	out, err := e.newRounds(x, sc)
	if cycles == e.cycles && e.exhausted() == nil && len(e.loops) < maxLoops {
		e.loops[key] = loop{out, err}
	}
	return out, err
}

// A loop is what the rounds of a for expression are, or why there are none:
// neither may hang on a bound that was met or on who asked.
type loop struct {
	scopes []*scope
	err    error
}

// maxLoops bounds how many loops are kept for those who ask again.
const maxLoops = 1_000

func (e *evaluator) newRounds(x *hclsyntax.ForExpr, sc *scope) ([]*scope, error) {
	coll, err := e.eval(x.CollExpr, sc)
	if err != nil {
		return nil, err
	}
	if !iterable(coll) {
		if coll.IsKnown() && !isLoneHole(coll) {
			return nil, failf("a for expression needs a collection")
		}
		return nil, errUndecided
	}
	var out []*scope
	for it := coll.ElementIterator(); it.Next(); {
		k, v := it.Element()
		const cost = 4 // a scope takes more room than a step
		if e.steps += cost; e.exhausted() != nil {
			return nil, e.exhausted()
		}
		round := e.round(x, sc, k, v)
		if x.CondExpr != nil {
			c, err := e.eval(x.CondExpr, round)
			b := asBool(c)
			if err == nil && b == nil && c.IsKnown() && !holdsHole(c) {
				err = failf("the condition of a for expression must be true or false")
			}
			if err != nil || b == nil {
				return nil, firstError(err, errUndecided)
			}
			if !*b {
				continue
			}
		}
		if out = append(out, round); len(out) > maxElements {
			err := fmt.Errorf("%w: more than %d elements", errLimit, maxElements)
			e.limit(err)
			return nil, err
		}
	}
	return out, nil
}

var errUndecided = &fault{"it depends on an unknown value"}

// round binds the names of one round. The element's place is the collection's
// element, so that what is written there can be found.
func (e *evaluator) round(x *hclsyntax.ForExpr, sc *scope, k, v cty.Value) *scope {
	names := map[string]*place{}
	if x.KeyVar != "" {
		names[x.KeyVar] = constant(k)
	}
	names[x.ValVar] = e.element(site{x.CollExpr, sc}, k, v)
	return sc.bind(names)
}

// element is the place of one element of a collection, its value known.
func (e *evaluator) element(coll site, k, v cty.Value) *place {
	out := constant(v)
	located := false
	var from *place
	locate := func() *place {
		if !located {
			located = true
			from = e.child(coll, k)
		}
		return from
	}
	out.from = locate
	return out
}

func (e *evaluator) forExpr(x *hclsyntax.ForExpr, sc *scope) (cty.Value, error) {
	rounds, err := e.rounds(x, sc)
	if errors.Is(err, errUndecided) {
		return cty.DynamicVal, nil
	}
	if err != nil {
		return cty.DynamicVal, err
	}
	if x.KeyExpr != nil {
		return e.forObject(x, rounds)
	}
	out := make([]cty.Value, 0, len(rounds))
	for _, r := range rounds {
		v, valErr := e.eval(x.ValExpr, r)
		err = firstError(err, valErr)
		out = append(out, v)
	}
	return cty.TupleVal(out), err
}

func (e *evaluator) forObject(x *hclsyntax.ForExpr, rounds []*scope) (cty.Value, error) {
	out := map[string]cty.Value{}
	groups := map[string][]cty.Value{}
	var fault error
	for _, r := range rounds {
		k, err := e.eval(x.KeyExpr, r)
		v, valErr := e.eval(x.ValExpr, r)
		fault = firstError(fault, err, valErr)
		key, ok := keyString(k)
		if !ok {
			return cty.DynamicVal, firstError(fault, unknownKey(k))
		}
		if _, again := out[key]; again && !x.Group {
			fault = firstError(fault, failf("two elements have the key %q", source.Show(key)))
		}
		groups[key] = append(groups[key], v)
		out[key] = v
	}
	if x.Group {
		for key, list := range groups {
			out[key] = cty.TupleVal(list)
		}
	}
	return cty.ObjectVal(out), fault
}

// splat evaluates a[*].b: a value that is no list counts as a list of one,
// null as an empty one ("Splat Expressions").
func (e *evaluator) splat(x *hclsyntax.SplatExpr, sc *scope) (cty.Value, error) {
	v, err := e.eval(x.Source, sc)
	if err != nil || !v.IsKnown() || isLoneHole(v) {
		return cty.DynamicVal, err
	}
	if v.IsNull() {
		return cty.EmptyTupleVal, nil
	}
	t := v.Type()
	if !t.IsTupleType() && !t.IsListType() && !t.IsSetType() {
		v = cty.TupleVal([]cty.Value{v})
	}
	out := make([]cty.Value, 0, v.LengthInt())
	for it := v.ElementIterator(); it.Next(); {
		k, item := it.Element()
		r := sc.bind(map[string]*place{anonymous: e.element(site{x.Source, sc}, k, item)})
		each, eachErr := e.eval(x.Each, r)
		err = firstError(err, eachErr)
		out = append(out, each)
	}
	return cty.TupleVal(out), err
}
