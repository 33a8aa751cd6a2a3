package iam

import "github.com/iamwatch/iamwatch/scanner/source"

// A Direction says which way a test bears on a conditional result.
type Direction uint8

// The directions.
const (
	// NeededForAllow: the request is allowed only if the test holds.
	NeededForAllow Direction = iota
	// EscapesDeny: the request is allowed only if the test fails.
	EscapesDeny
)

// A Test is one thing that a conditional result depends on.
type Test struct {
	// Operator, Key and Values are those of a condition; empty for another
	// ground.
	Operator, Key string
	Values        []source.String
	// Reason says what another ground is; empty for a condition.
	Reason string
	// Statement is nil for a document that could not be read.
	Statement *Statement
	Range     source.Range
	Direction Direction
}

// tests lists what a conditional result depends on, in the order of the
// documents.
func (e *evaluation) tests() []Test {
	var out []Test
	p := &e.policies
	add := func(docs ...*Document) {
		for _, d := range docs {
			out = e.testsOf(out, d)
		}
	}
	add(p.Identity...)
	add(p.Groups...)
	if p.HasBoundary && p.Boundary == nil {
		out = append(out, Test{Reason: "the permissions boundary was not read"})
	}
	add(p.Boundary, p.Session, p.Resource, p.Trust, p.Endpoint)
	if e.boundBySCP() {
		for _, level := range p.SCP {
			add(level...)
		}
	}
	if e.boundByRCP() != No {
		for _, level := range p.RCP {
			add(level...)
		}
	}
	return out
}

func (e *evaluation) testsOf(out []Test, d *Document) []Test {
	if d == nil {
		return out
	}
	if d.Unknown {
		return append(out, Test{Reason: "the document was not read: " + d.Reason, Range: d.Range})
	}
	for _, st := range e.statements(d) {
		if d.Kind == ResourceControlDocument && st.Effect == Allow {
			continue
		}
		out = e.testsOfStatement(out, d, st)
	}
	return out
}

// testsOfStatement adds what makes a statement's answer Maybe.
func (e *evaluation) testsOfStatement(out []Test, d *Document, st *Statement) []Test {
	v := e.applies(d, st)
	if st.HasPrincipal {
		v = min(v, e.reaches(st).any())
	}
	t := Test{Statement: st, Range: st.Range}
	if st.Effect == Deny {
		t.Direction = EscapesDeny
	}
	ground := func(maybe bool, reason string, r source.Range) {
		if maybe {
			t := t
			t.Reason, t.Range = reason, r
			out = append(out, t)
		}
	}
	if v == No || v == Yes && st.Effect != EffectUnknown {
		return out
	}
	b := e.binding(d, st)
	ground(st.Effect == EffectUnknown, "the Effect is not known", st.EffectRange)
	ground(st.Maybe, "the statement may be absent", st.Range)
	ground(st.MatchesAction(e.request.Action) == Maybe, "the actions are not wholly known", st.ActionRange)
	ground(e.onResource(st, &b) == Maybe, "the resources cover a part, or are not wholly known", st.ResourceRange)
	ground(st.HasPrincipal && e.reaches(st).any() == Maybe, "the principals are not wholly known", st.PrincipalRange)
	for i := range st.Conditions {
		c := &st.Conditions[i]
		if e.condition(c, &b) != Maybe {
			continue
		}
		t.Operator, t.Key, t.Values, t.Range = c.Operator.Value, c.Key.Value, c.Values, c.Range
		out = append(out, t)
	}
	return out
}
