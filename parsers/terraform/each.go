package terraform

import (
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/iamwatch/iamwatch/scanner/source"
)

// repeatEach makes the instances of for_each.
func (e *evaluator) repeatEach(a *hclsyntax.Attribute, sc *scope, address string) (repetition, []instanceKey) {
	v, err := e.eval(a.Expr, sc)
	if !iterable(v) || err != nil && v.LengthInt() == 0 {
		return e.repeatKnown(a, sc, address)
	}
	n := e.admit(v.LengthInt(), a.Expr)
	out := make([]instanceKey, 0, n)
	for it := v.ElementIterator(); it.Next() && len(out) < n; {
		k, item := it.Element()
		if v.Type().IsTupleType() || v.Type().IsListType() {
			k = item
		}
		if _, ok := keyString(k); !ok {
			return unknownTimes, e.unknownEach(a, sc, address)
		}
		each := eachPlace(k, e.element(site{a.Expr, sc}, k, item))
		out = append(out, instanceKey{key: k, sc: sc.bind(map[string]*place{"each": each})})
	}
	return byKey, out
}

// repeatKnown makes the instances of the keys that are known, and one that
// stands for all others.
func (e *evaluator) repeatKnown(a *hclsyntax.Attribute, sc *scope, address string) (repetition, []instanceKey) {
	if p := e.follow(a.Expr, sc); p != nil && p.set != nil && p.set.mode == partlyByKey {
		return partlyByKey, e.chained(p.set, sc)
	}
	known, rest := e.knownKeys(site{a.Expr, sc})
	others := e.unknownEach(a, sc, address)
	if len(known) == 0 {
		return unknownTimes, others
	}
	out := make([]instanceKey, 0, len(known)+1)
	for _, k := range known[:e.admit(len(known), a.Expr)] {
		i := instanceKey{key: k.key, sc: sc.bind(map[string]*place{"each": eachPlace(k.key, k.value)}), maybe: k.maybe}
		if k.maybe {
			i.when = "for_each = " + e.source(a.Expr)
		}
		out = append(out, i)
	}
	if rest == nil {
		return byKey, out
	}
	others[0].rest = rest
	return partlyByKey, append(out, others...)
}

// chained are the keys of a resource over whose instances another goes.
func (e *evaluator) chained(set *resourceSet, sc *scope) []instanceKey {
	out := make([]instanceKey, 0, len(set.keys))
	for i, k := range set.keys[:e.admit(len(set.keys), set.res.block.Body.Attributes["for_each"].Expr)] {
		key := k.key
		if !key.IsKnown() {
			key = cty.StringVal(hole(source.HoleFree, "each.key of "+set.objects[i].address))
		}
		each := eachPlace(key, &place{obj: set.objects[i]})
		out = append(out, instanceKey{key: k.key, sc: sc.bind(map[string]*place{"each": each}), maybe: k.maybe, when: k.when})
	}
	return out
}

// knownKeys are the elements of an unknown map or set whose keys are known,
// and what of it is unread; nil when each of its keys is known.
func (e *evaluator) knownKeys(coll site) ([]portion, *source.Value) {
	var out []portion
	var rest *source.Value
	for _, p := range e.parts(coll) {
		p.key = e.eachKey(p)
		name, ok := keyString(p.key)
		switch {
		case p.rest != nil:
			rest = p.rest
		case !ok || name == "":
			rest = unread(e.causeOf(p.value, maxCauses), e.exprRange(coll.expr))
		default:
			out = append(out, p)
		}
	}
	return e.oncePerKey(out, coll), rest
}

// eachKey is the key of a part as for_each sees it: that of an element of a
// set is its value.
func (e *evaluator) eachKey(p portion) cty.Value {
	if p.key.Type() == cty.String && p.key.IsKnown() {
		return p.key
	}
	v, _ := e.get(p.value)
	return v
}

// unknownEach is the one instance that stands for an unknown number. Over a
// resource whose own number is unknown, each.value is that resource.
func (e *evaluator) unknownEach(a *hclsyntax.Attribute, sc *scope, address string) []instanceKey {
	key := cty.StringVal(hole(source.HoleFree, "each.key of "+address))
	value := unnamed("each.value of " + address)
	for _, label := range []string{"each.key of " + address, value.label} {
		e.named[safeLabel(label)] = &place{site: site{a.Expr, sc}, label: label}
	}
	if p := e.follow(a.Expr, sc); p != nil && p.set != nil && len(p.set.objects) == 1 {
		value = &place{obj: p.set.objects[0]}
	}
	each := eachPlace(key, value)
	return []instanceKey{{
		key: cty.UnknownVal(cty.String), sc: sc.bind(map[string]*place{"each": each}),
		maybe: true, when: "for_each = " + e.source(a.Expr),
	}}
}

// eachPlace is the object "each": its members are stepped to one by one.
func eachPlace(key cty.Value, value *place) *place {
	k := constant(key)
	switch {
	case !key.IsKnown():
		k.label = value.label
	case isLoneHole(key):
		k.label = source.Pieces(key.AsString())[0].Label
	}
	return &place{members: map[string]*place{"key": k, "value": value}}
}

// unnamed is a place of which nothing is known but what would fill it.
func unnamed(label string) *place {
	p := constant(cty.DynamicVal)
	p.label = label
	return p
}
