package iam

import (
	"slices"

	"github.com/iamwatch/iamwatch/scanner/source"
)

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

// A lister collects the tests that a conditional result depends on: those of
// documents that could still change it.
type lister struct {
	e   *evaluation
	out []Test
	// denies says that a Deny is in doubt.
	denies bool
}

// tests lists what a conditional result depends on, in the order of the
// documents.
func (e *evaluation) tests(allow, deny Verdict) []Test {
	// A copy, so that the evaluation of other decisions needs no memory.
	own := *e
	l := lister{e: &own, denies: deny == Maybe}
	var open parts
	if allow == Maybe {
		open = e.open()
	}
	p := &e.policies
	l.documents(open.identity, slices.Concat(p.Identity, p.Groups)...)
	if p.HasBoundary && p.Boundary == nil && open.boundary {
		l.out = append(l.out, Test{Reason: "the permissions boundary was not read"})
	}
	l.documents(open.boundary, p.Boundary)
	l.documents(open.session, p.Session)
	if p.Trust == nil {
		l.resource(p.Resource, open.reach)
	} else {
		l.resource(p.Resource, reach{})
		l.resource(p.Trust, open.reach)
	}
	l.documents(open.endpoint, p.Endpoint)
	if open.account {
		l.out = append(l.out, Test{Reason: "whether the caller is of the resource's account is not known"})
	}
	l.organisation(allow == Maybe)
	return l.out
}

// organisation adds the tests of the organisation's policies.
func (l *lister) organisation(allow bool) {
	e := l.e
	if e.boundBySCP() {
		for _, level := range e.policies.SCP {
			l.documents(allow && e.level(level) == Maybe, level...)
		}
	}
	bound := e.boundByRCP()
	if bound == No || !l.denies {
		return
	}
	for _, level := range e.policies.RCP {
		if bound == Maybe && e.deniesAny(level) != No {
			l.out = append(l.out, Test{Reason: "whether resource control policies reach the service is not known", Direction: EscapesDeny})
		}
		l.documents(false, level...)
	}
}

// documents adds the tests of documents whose allow is in doubt, or only
// their Deny.
func (l *lister) documents(allow bool, docs ...*Document) {
	for _, d := range docs {
		l.document(d, allow, func(*Statement) bool { return allow })
	}
}

// resource adds the tests of a resource-side document, of which only
// statements count that reach the caller in a way that is in doubt.
func (l *lister) resource(d *Document, open reach) {
	l.document(d, open.any() == Yes, func(st *Statement) bool {
		r := l.e.reaches(st).atMost(l.e.allowing1(d, st))
		return r.direct == Maybe && open.direct == Yes || r.role == Maybe && open.role == Yes || r.account == Maybe && open.account == Yes
	})
}

func (l *lister) document(d *Document, whole bool, allow func(*Statement) bool) {
	if d != nil && d.Unknown && whole {
		l.out = append(l.out, Test{Reason: "the document was not read: " + d.Reason, Range: d.Range})
	}
	list := l.e.statements(d)
	for i, st := range list {
		switch {
		case i > 0 && list[i-1].Index == st.Index && list[i-1].Range == st.Range && l.e.applies(d, list[i-1]) != No:
			// Its sure part stands before it, and applies under the same
			// tests (see certain).
		case st.Effect != Deny && allow(st):
			l.statement(d, st, NeededForAllow)
		case st.Effect != Allow && l.denies:
			l.statement(d, st, EscapesDeny)
		}
	}
}

// statement adds what makes a statement's answer Maybe.
func (l *lister) statement(d *Document, st *Statement, way Direction) {
	e, v := l.e, l.e.applies(d, st)
	reached := Yes
	if st.HasPrincipal {
		reached = e.reachesAs(st, effectOf(way)).any()
		v = min(v, reached)
	}
	t := Test{Statement: st, Range: st.Range, Direction: way}
	ground := func(maybe bool, reason string, r source.Range) {
		if maybe {
			t := t
			t.Reason, t.Range = reason, r
			l.out = append(l.out, t)
		}
	}
	if v == No || v == Yes && st.Effect != EffectUnknown {
		return
	}
	if st.Unread {
		ground(true, "the statement was not read", st.Range)
		return
	}
	b := e.binding(d, st)
	ground(st.Effect == EffectUnknown, "the Effect is not known", st.EffectRange)
	ground(st.Maybe && !slices.ContainsFunc(st.Conditions, isUnreadCondition), "the statement may be absent", st.Range)
	ground(st.MatchesAction(e.request.Action) == Maybe, "the actions are not wholly known", st.ActionRange)
	ground(e.onResource(st, &b) == Maybe, "the resources cover a part, or are not wholly known", st.ResourceRange)
	ground(reached == Maybe, "the principals are not wholly known", st.PrincipalRange)
	for i := range st.Conditions {
		c := &st.Conditions[i]
		if e.condition(c, &b) != Maybe {
			continue
		}
		if isUnreadCondition(*c) {
			ground(true, "the condition was not read", c.Range)
			continue
		}
		t.Operator, t.Key, t.Values, t.Range = c.Operator.Value, source.Show(c.Key.Value), c.Values, c.Range
		l.out = append(l.out, t)
	}
}

// isUnreadCondition reports whether a condition stands for some that could not
// be read, which leaves its statement in doubt.
func isUnreadCondition(c Condition) bool { return hasMark(c.Operator.Value) }

// effectOf is the Effect that a test of a direction takes a statement to have.
func effectOf(way Direction) Effect {
	if way == EscapesDeny {
		return Deny
	}
	return Allow
}
