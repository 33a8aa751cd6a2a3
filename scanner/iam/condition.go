package iam

import (
	"strings"
)

// conditions evaluates a statement's Condition: all tests must hold.
func (e *evaluation) conditions(st *Statement, b *binding) Verdict {
	v := Yes
	for i := range st.Conditions {
		if v = min(v, e.condition(&st.Conditions[i], b)); v == No {
			return No
		}
	}
	return v
}

// condition evaluates one test ("IAM JSON policy elements: Condition
// operators"; "Creating a condition with multiple keys or values").
func (e *evaluation) condition(c *Condition, b *binding) Verdict {
	op, ok := ParseOperator(c.Operator.Value)
	if !ok || hasMark(c.Key.Value) {
		return Maybe
	}
	kv := e.key(c.Key.Value)
	switch {
	case op.Family == NullFamily:
		return nullTest(c, kv)
	case len(c.Values) == 0:
		return emptyTest(op, kv)
	case op.anyMalformed(c.Values):
		return Maybe
	case kv.presence == absent:
		return missing(op)
	case kv.presence == given:
		return e.knownTest(op, c, kv, b)
	case kv.list && op.Set == NoSet:
		return eitherWay(kv, missing(op), No)
	}
	return eitherWay(kv, missing(op), presentTest(op, c))
}

// eitherWay joins the answers for a missing key and for one that is there.
func eitherWay(kv keyValue, missing, there Verdict) Verdict {
	if kv.presence == present || missing == there {
		return there
	}
	return Maybe
}

// missing is the answer of an operator when the request has no such key.
func missing(op Operator) Verdict {
	switch {
	case op.IfExists || op.Set == ForAllValues:
		return Yes
	case op.Set == ForAnyValue:
		return No
	}
	return verdict(op.Negated)
}

// nullTest evaluates Null: "true" asks for absence, "false" for presence.
func nullTest(c *Condition, kv keyValue) Verdict {
	if len(c.Values) == 0 {
		return Maybe
	}
	v := No
	for _, want := range c.Values {
		switch {
		case !want.Known:
			v = max(v, Maybe)
		case strings.EqualFold(want.Value, "true"):
			v = max(v, isMissing(kv))
		case strings.EqualFold(want.Value, "false"):
			v = max(v, isMissing(kv).Not())
		default:
			return Maybe
		}
	}
	return v
}

// isMissing reports whether a request holds no value of a key.
func isMissing(kv keyValue) Verdict {
	switch kv.presence {
	case absent:
		return Yes
	case given:
		return verdict(len(kv.values) == 0)
	case present:
		return No
	}
	return Maybe
}

// emptyTest evaluates a test whose list of values is empty, on which AWS's
// text is ambiguous unless the set prefix or IfExists settles it.
func emptyTest(op Operator, kv keyValue) Verdict {
	switch {
	case op.Set == ForAnyValue:
		return No
	case op.Set == ForAllValues || op.IfExists:
		return isMissing(kv)
	}
	return Maybe
}

// knownTest evaluates a test on a key whose values are known.
func (e *evaluation) knownTest(op Operator, c *Condition, kv keyValue, b *binding) Verdict {
	if op.Set == NoSet {
		switch {
		case kv.list:
			return No
		case len(kv.values) == 0:
			return missing(op)
		}
		return e.valueTest(op, c, kv.values[0], b)
	}
	if noValues(kv.values) {
		return verdict(op.Set == ForAllValues)
	}
	if op.Set == ForAnyValue {
		v := No
		for _, s := range kv.values {
			v = max(v, e.valueTest(op, c, s, b))
		}
		return v
	}
	v := Yes
	for _, s := range kv.values {
		v = min(v, e.valueTest(op, c, s, b))
	}
	return v
}

// noValues reports whether there is no value but the empty one.
func noValues(values []string) bool {
	for _, s := range values {
		if s != "" {
			return false
		}
	}
	return true
}

// valueTest tests one value of the request: some value of the policy must
// match, or none under a negated operator.
func (e *evaluation) valueTest(op Operator, c *Condition, value string, b *binding) Verdict {
	v := No
	for i := range c.Values {
		v = max(v, b.matchValue(op, c.Values[i].Value, value))
	}
	if op.Negated {
		return v.Not()
	}
	return v
}

// presentTest tests a value of which only the presence is known.
func presentTest(op Operator, c *Condition) Verdict {
	v := Maybe
	for _, want := range c.Values {
		if want.Known && admitsEvery(op, want.Value) {
			v = Yes
		}
	}
	if op.Family == BoolFamily && hasBoth(c) {
		v = Yes
	}
	if op.Negated {
		return v.Not()
	}
	return v
}

// admitsEvery reports whether a value of the policy matches whatever the
// request holds.
func admitsEvery(op Operator, value string) bool {
	switch op.Family {
	case StringFamily:
		return op.Like && allStars(value)
	case ArnFamily:
		return openARN(value)
	case NumericFamily:
		n, ok := parseNumber(value)
		return ok && n <= 0 && (op.order == greater || op.order == greaterOrEqual)
	}
	return false
}

func hasBoth(c *Condition) bool {
	var yes, no bool
	for _, v := range c.Values {
		yes = yes || strings.EqualFold(v.Value, "true")
		no = no || strings.EqualFold(v.Value, "false")
	}
	return yes && no
}
