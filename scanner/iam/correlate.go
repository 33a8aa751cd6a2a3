package iam

import (
	"slices"
	"strings"

	"github.com/iamwatch/iamwatch/scanner/source"
)

// Correlation is modelled in two cases only; elsewhere an answer errs toward
// conditional. Two statements that allow, one where a test holds and one
// where it fails, allow for certain. A Deny whose tests are among those of
// every statement that allows denies for certain.

// complementary reports whether two statements of some documents allow the
// request together, whatever their one undecided test comes to.
func (e *evaluation) complementary(docs []*Document) bool {
	var tests []*Condition
	for _, d := range docs {
		for _, st := range e.statements(d) {
			if st.Effect != Allow {
				continue
			}
			if open, sure := e.openTests(d, st); sure && len(open) == 1 {
				tests = append(tests, open[0])
			}
		}
	}
	for i, a := range tests {
		if slices.ContainsFunc(tests[:i], func(b *Condition) bool { return opposite(a, b) }) {
			return true
		}
	}
	return false
}

// openTests are the undecided tests of a statement; sure says that all else
// of it applies.
func (e *evaluation) openTests(d *Document, st *Statement) (open []*Condition, sure bool) {
	b := e.binding(d, st)
	sure = !st.Maybe && st.MatchesAction(e.request.Action) == Yes && e.onResource(st, &b) == Yes
	if st.HasPrincipal {
		sure = sure && e.reaches(st).any() == Yes
	}
	for i := range st.Conditions {
		switch e.condition(&st.Conditions[i], &b) {
		case No:
			sure = false
		case Maybe:
			open = append(open, &st.Conditions[i])
		}
	}
	return open, sure
}

// alwaysDenied reports whether a Deny binds whenever one of the statements
// that may allow the request does.
func (e *evaluation) alwaysDenied(allowing []*Statement) bool {
	if len(allowing) == 0 || e.incomplete || e.caller.kind == rootUser {
		return false
	}
	denying := e.firmDenies()
	for _, st := range allowing {
		covered := slices.ContainsFunc(denying, func(open []*Condition) bool {
			return !slices.ContainsFunc(open, func(c *Condition) bool { return !st.demands(c) })
		})
		if !covered {
			return false
		}
	}
	return true
}

// firmDenies are the undecided tests of the Deny statements of which all else
// applies.
func (e *evaluation) firmDenies() [][]*Condition {
	var out [][]*Condition
	p := &e.policies
	docs := append(slices.Concat(p.Identity, p.Groups), p.Boundary, p.Session, p.Resource, p.Trust)
	if e.boundBySCP() {
		docs = append(docs, slices.Concat(p.SCP...)...)
	}
	for _, d := range docs {
		for _, st := range e.statements(d) {
			if st.Effect != Deny {
				continue
			}
			if open, sure := e.openTests(d, st); sure {
				out = append(out, open)
			}
		}
	}
	return out
}

// demands reports whether a statement holds the very same test, on values
// that read alike.
func (st *Statement) demands(c *Condition) bool {
	return slices.ContainsFunc(st.Conditions, func(own Condition) bool {
		return strings.EqualFold(own.Operator.Value, c.Operator.Value) && strings.EqualFold(own.Key.Value, c.Key.Value) &&
			sameValues(own.Values, c.Values)
	})
}

// opposite reports whether a and b are the same test on the same key and
// values and its negation.
func opposite(a, b *Condition) bool {
	x, ok := ParseOperator(a.Operator.Value)
	y, ok2 := ParseOperator(b.Operator.Value)
	if !ok || !ok2 || x.Set != NoSet || y.Set != NoSet || x.IfExists || y.IfExists || x.Negated == y.Negated {
		return false
	}
	bare := func(s string) string { return strings.Replace(s, "Not", "", 1) }
	return bare(x.Base) == bare(y.Base) && strings.EqualFold(a.Key.Value, b.Key.Value) && sameValues(a.Values, b.Values)
}

// sameValues compares lists of values; one with a variable may read otherwise
// in another document and equals none.
func sameValues(a, b []source.String) bool {
	return slices.EqualFunc(a, b, func(x, y source.String) bool {
		return x.Value == y.Value && !strings.Contains(x.Value, "${")
	})
}
