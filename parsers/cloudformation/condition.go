package cloudformation

import (
	"slices"
	"strings"

	"github.com/iamwatch/iamwatch/scanner/source"
)

// A truth is the three-valued answer to a condition.
type truth uint8

const (
	no truth = iota
	maybe
	yes
)

func (t truth) not() truth { return yes - t }

// condition decides a condition of the template by the parameters' values
// ("Conditions"); what it depends on being unknown, it is undecided.
func (e *evaluator) condition(name string) truth {
	if t, ok := e.assumed[name]; ok {
		return t
	}
	if t, ok := e.settled(name); ok {
		return t
	}
	if t, ok := e.truths[name]; ok {
		return t
	}
	v, key := e.t.conditions[name], "condition "+name
	if v == nil || e.visiting[key] || len(e.visiting) > maxChain {
		return maybe
	}
	e.visiting[key] = true
	t := e.test(v)
	delete(e.visiting, key)
	e.truths[name] = t
	return t
}

// test decides a condition function.
func (e *evaluator) test(v *source.Value) truth {
	fn, arg, ok := conditionCall(v)
	if !ok {
		return e.orOpen(boolean(v), v)
	}
	switch fn {
	case "Condition":
		return e.condition(arg.Text().Value)
	case "Fn::Equals":
		return e.orOpen(e.equals(arg), v)
	case "Fn::Contains", "Fn::EachMemberEquals", "Fn::EachMemberIn":
		return e.orOpen(e.members(fn, arg), v)
	case "Fn::Not":
		if len(arg.Items) == 1 {
			return e.test(arg.Items[0]).not()
		}
	case "Fn::And":
		return e.fold(arg, yes, func(a, b truth) truth { return min(a, b) })
	case "Fn::Or":
		return e.fold(arg, no, func(a, b truth) truth { return max(a, b) })
	}
	return e.orOpen(maybe, v)
}

func conditionCall(v *source.Value) (fn string, arg *source.Value, ok bool) {
	if v.Kind == source.Object && len(v.Members) == 1 && v.Members[0].Name.Value == "Condition" {
		return "Condition", v.Members[0].Value, true
	}
	return intrinsic(v)
}

func boolean(v *source.Value) truth {
	switch strings.ToLower(v.Text().Value) {
	case "true":
		return yes
	case "false":
		return no
	}
	return maybe
}

func (e *evaluator) fold(arg *source.Value, start truth, f func(a, b truth) truth) truth {
	out := start
	for _, i := range arg.Items {
		out = f(out, e.test(i))
	}
	return out
}

func (e *evaluator) equals(arg *source.Value) truth {
	if len(arg.Items) != 2 {
		return maybe
	}
	return e.same(e.decided(arg.Items[0]), e.decided(arg.Items[1]))
}

// decided is a value as conditions see it.
func (e *evaluator) decided(v *source.Value) *source.Value {
	before := e.deciding
	e.deciding = true
	defer func() { e.deciding = before }()
	return e.eval(v)
}

// same compares two values.
func (e *evaluator) same(a, b *source.Value) truth {
	if a == nil || b == nil || a.Kind == source.Unread || b.Kind == source.Unread {
		return maybe
	}
	if !e.spendText(textSize(a) + textSize(b)) {
		return maybe
	}
	x, y := compared(a, b)
	switch {
	case x == y:
		return yes
	case !source.HasMark(x) && !source.HasMark(y):
		return no
	case e.impossible(a, b) || e.impossible(b, a):
		return no
	}
	return maybe
}

// compared are two values as texts that are equal when they are.
func compared(a, b *source.Value) (x, y string) {
	if a.IsScalar() && b.IsScalar() {
		return a.Scalar.Value, b.Scalar.Value
	}
	return asText(a).JSON(), asText(b).JSON()
}

// asText makes a string of every scalar: CloudFormation compares text.
func asText(v *source.Value) *source.Value {
	if v.Kind == source.Bool || v.Kind == source.Number {
		return source.StringValue(v.Scalar)
	}
	return v
}

// impossible reports whether a parameter without value can never have the
// text of b.
func (e *evaluator) impossible(a, b *source.Value) bool {
	pieces := source.Pieces(a.Text().Value)
	if len(pieces) != 1 || !pieces[0].IsHole() || !b.Text().Known {
		return false
	}
	if e.others(pieces[0].Label, b.Text().Value) {
		return true
	}
	p := e.t.parameters[pieces[0].Label]
	return p != nil && (len(p.allowed) > 0 && !slices.Contains(p.allowed, b.Text().Value) || !e.t.lets(p, b.Text().Value))
}

// choose is Fn::If: [condition, value if true, value if false].
func (e *evaluator) choose(arg *source.Value, r source.Range) *source.Value {
	if len(arg.Items) != 3 {
		return source.UnreadValue("Fn::If", r)
	}
	name := arg.Items[0].Text().Value
	switch e.condition(name) {
	case yes:
		return e.eval(arg.Items[1])
	case no:
		return e.eval(arg.Items[2])
	}
	e.undecided = append(e.undecided, name)
	return e.either(e.eval(arg.Items[1]), e.eval(arg.Items[2]), r)
}

// either is what may be one of two values: lists together, one value or
// nothing as conditional, and of two texts a hole.
func (e *evaluator) either(a, b *source.Value, r source.Range) *source.Value {
	switch {
	case a == nil && b == nil:
		return nil
	case a == nil:
		return e.conditional(b)
	case b == nil:
		return e.conditional(a)
	case a.IsScalar() && b.IsScalar() && a.Scalar.Value == b.Scalar.Value:
		return a
	case a.Kind == source.List && b.Kind == source.List:
		list := &source.Value{Kind: source.List, Range: r}
		for _, i := range slices.Concat(a.Items, b.Items) {
			list.Items = append(list.Items, e.conditional(i))
		}
		return list
	}
	label := e.label()
	if a.IsScalar() && b.IsScalar() {
		return &source.Value{Kind: source.Str, Scalar: source.Unknown(source.HoleFree, label, r), Range: r}
	}
	return source.UnreadValue(label, r)
}

// describe says a condition for people: Environment is "prod".
func (e *evaluator) describe(name string) string {
	return e.clause(e.t.conditions[name], "the condition "+name+" holds", map[string]bool{name: true}, false)
}

func (e *evaluator) clause(v *source.Value, fallback string, seen map[string]bool, negated bool) string {
	if v == nil {
		return fallback
	}
	fn, arg, ok := conditionCall(v)
	switch {
	case !ok:
	case fn == "Fn::Equals" && len(arg.Items) == 2:
		if text, ok := e.comparison(arg, negated); ok {
			return text
		}
	case fn == "Fn::Not" && len(arg.Items) == 1:
		return e.clause(arg.Items[0], fallback, seen, !negated)
	case fn == "Condition" && !seen[arg.Text().Value] && len(seen) < maxNamed:
		name := arg.Text().Value
		seen[name] = true
		text := "the condition " + name + " holds"
		if negated {
			text = "the condition " + name + " does not hold"
		}
		return e.clause(e.t.conditions[name], text, seen, negated)
	}
	return fallback
}

// comparison says Fn::Equals of a parameter and a literal.
func (e *evaluator) comparison(arg *source.Value, negated bool) (string, bool) {
	for i, v := range arg.Items {
		fn, ref, ok := intrinsic(v)
		other := arg.Items[1-i]
		if !ok || fn != "Ref" || !other.IsScalar() || strings.Contains(other.Scalar.Value, dynamicReference) {
			continue
		}
		if p := e.t.parameters[ref.Text().Value]; p != nil && p.noEcho {
			continue
		}
		verb := " is "
		if negated {
			verb = " is not "
		}
		return ref.Text().Value + verb + other.JSON(), true
	}
	return "", false
}
