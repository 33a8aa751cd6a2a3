package terraform

import (
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
)

// conditional gives the branch that holds, converted to the type that both
// branches have in common ("Conditional Expressions": Result Types).
func (e *evaluator) conditional(x *hclsyntax.ConditionalExpr, sc *scope) (cty.Value, error) {
	c, err := e.eval(x.Condition, sc)
	a, aErr := e.eval(x.TrueResult, sc)
	b, bErr := e.eval(x.FalseResult, sc)
	if err != nil || !c.IsKnown() || holdsHole(c) {
		if a.RawEquals(b) {
			return a, firstError(err, aErr, bErr)
		}
		return cty.UnknownVal(commonType(a, b)), firstError(err, aErr, bErr)
	}
	holds := asBool(c)
	if holds == nil {
		return cty.UnknownVal(commonType(a, b)), failf("a condition must be true or false")
	}
	taken, other, takenErr, otherErr := a, b, aErr, bErr
	if !*holds {
		taken, other, takenErr, otherErr = b, a, bErr, aErr
	}
	if takenErr != nil || otherErr != nil {
		return taken, takenErr
	}
	return unified(taken, other)
}

// unified is a branch in the type that it has in common with the other. What
// has no common type is refused where all of it is data: of resources not
// every attribute is known, so that two of a kind may look different.
func unified(taken, other cty.Value) (cty.Value, error) {
	t, ok := unifiedType(taken, other)
	if !ok {
		if settled(taken) && settled(other) {
			return cty.DynamicVal, failf("the branches of the conditional have no common type")
		}
		return taken, nil
	}
	out, err := convert.Convert(taken, t)
	if err != nil {
		return taken, nil
	}
	return out, nil
}

// unifiedChild is the place of an element of the branch that holds. Where the
// common type of the branches changes the branch, its value is that of the
// conditional.
func (e *evaluator) unifiedChild(x *hclsyntax.ConditionalExpr, branch site, key cty.Value) *place {
	p := e.child(branch, key)
	if p == nil || !p.site.ok() || !e.changes(x, branch) {
		return p
	}
	return &place{site: p.site, label: p.label, value: func() (cty.Value, error) {
		v, err := e.conditional(x, branch.sc)
		if err != nil || !v.IsKnown() {
			return cty.DynamicVal, err
		}
		return stepValue(v, key)
	}}
}

// changes reports whether a conditional gives a branch another type.
func (e *evaluator) changes(x *hclsyntax.ConditionalExpr, branch site) bool {
	key := siteKey{x, branch.sc}
	if out, ok := e.changed[key]; ok {
		return out
	}
	v, err := e.conditional(x, branch.sc)
	own, ownErr := e.eval(branch.expr, branch.sc)
	out := err == nil && ownErr == nil && !v.Type().Equals(own.Type())
	if len(e.changed) < maxLoops {
		e.changed[key] = out
	}
	return out
}

// settled reports whether a value is known in all its parts.
func settled(v cty.Value) bool { return v.IsWhollyKnown() && !holdsHole(v) }

// unifiedType is the common type of two branches. A null without a type takes
// that of the other; beside a value of unknown type nothing is converted.
func unifiedType(taken, other cty.Value) (cty.Type, bool) {
	null := cty.NullVal(cty.DynamicPseudoType)
	switch {
	case taken.RawEquals(null):
		return other.Type(), true
	case other.RawEquals(null), taken.Type() == cty.DynamicPseudoType, other.Type() == cty.DynamicPseudoType:
		return taken.Type(), true
	}
	t, _ := convert.UnifyUnsafe([]cty.Type{taken.Type(), other.Type()})
	return t, t != cty.NilType
}

func commonType(a, b cty.Value) cty.Type {
	if t, _ := convert.UnifyUnsafe([]cty.Type{a.Type(), b.Type()}); t != cty.NilType {
		return t
	}
	return cty.DynamicPseudoType
}
