package access

import (
	"slices"
	"strings"

	"github.com/iamwatch/iamwatch/scanner/cloudwatch"
	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// A shape is actions of one statement on the same resources under the same
// conditions, while cuts narrow them.
type shape struct {
	// st is a copy of the statement whose resources and conditions are those
	// that are left.
	st      iam.Statement
	actions cloudwatch.ActionSet
	// except are resources left out beside those of NotResource.
	except []source.String
	// guarded are the actions that a Deny takes whole while its conditions hold.
	guarded  cloudwatch.ActionSet
	possible bool
	cuts     []Cut
	doubts   []Doubt
}

func whole(gr *Grant) shape { return shape{st: *gr.Statement} }

// with is a copy with some of the actions.
func (s shape) with(actions cloudwatch.ActionSet) shape {
	s.actions = actions
	s.cuts, s.doubts = slices.Clone(s.cuts), slices.Clone(s.doubts)
	return s
}

// resources are what is left, as patterns, and what is left out of it.
func (s *shape) resources() (in, except []source.String) {
	if s.st.NotResource {
		return nil, slices.Concat(s.st.Resources, s.except)
	}
	return s.st.Resources, s.except
}

// cutting are the cuts that bear on some actions.
func (s *shape) cutting(actions cloudwatch.ActionSet) []Cut {
	var out []Cut
	for _, c := range s.cuts {
		if c.Actions = c.Actions.Intersect(actions); !c.Actions.Empty() {
			out = append(out, c)
		}
	}
	return out
}

func (s *shape) perhaps(actions cloudwatch.ActionSet) bool {
	return slices.ContainsFunc(s.cuts, func(c Cut) bool {
		return c.Takes == Perhaps && !c.Actions.Intersect(actions).Empty()
	})
}

// narrow limits the resources to those that some patterns match too, and
// reports whether any are left. Of two patterns the narrower stays; where
// neither covers the other, the shape's own does.
func (s *shape) narrow(to []source.String) bool {
	if s.st.NotResource {
		s.except = slices.Concat(s.except, s.st.Resources)
		s.st.NotResource, s.st.Resources = false, to
		return len(to) > 0
	}
	var left []source.String
	for _, r := range s.st.Resources {
		for _, t := range to {
			if m, ok := both(r, t); ok && !slices.ContainsFunc(left, func(l source.String) bool { return l.Value == m.Value }) {
				left = append(left, m)
			}
		}
	}
	s.st.Resources = left
	return len(left) > 0
}

// both is the pattern of what two patterns match, as far as one of them says
// it; false when they match nothing in common.
func both(r, t source.String) (source.String, bool) {
	switch {
	case iam.Covers(t.Value, r.Value) == iam.Yes:
		return r, true
	case iam.Covers(r.Value, t.Value) == iam.Yes:
		return t, true
	case iam.ResourceMatches(r.Value, t.Value) != iam.No || iam.ResourceMatches(t.Value, r.Value) != iam.No:
		return r, true
	}
	return source.String{}, false
}

// deny takes away from shapes what Deny statements cover.
func (w *worker) deny(shapes []shape, list []*deny, kind CutKind) []shape {
	for _, d := range list {
		var left []shape
		for _, s := range shapes {
			left = append(left, w.denyOne(s, d, kind)...)
		}
		shapes = left
	}
	return shapes
}

func (w *worker) denyOne(s shape, d *deny, kind CutKind) []shape {
	hit := d.actions.Intersect(s.actions)
	if hit.Empty() || !meets(d.st, &s.st) {
		return []shape{s}
	}
	sure, perhaps := hit, cloudwatch.ActionSet{}
	if len(d.st.Conditions) > 0 {
		sure, perhaps = w.asked(&s.st, d.st, hit)
	}
	if d.maybe && (kind == ControlCut || len(d.st.Conditions) == 0) {
		return []shape{s.unsure(d, sure.Union(perhaps), kind)}
	}
	if !perhaps.Empty() {
		s = s.guard(d, perhaps, kind)
	}
	if sure.Empty() {
		return []shape{s}
	}
	if d.st.NotResource {
		return w.denyAllBut(s, d, sure, kind)
	}
	return w.denySome(s, d, sure, kind)
}

// unsure notes what a Deny takes if it is there.
func (s shape) unsure(d *deny, hit cloudwatch.ActionSet, kind CutKind) shape {
	if hit.Empty() {
		return s
	}
	s = s.with(s.actions)
	at := Doubt{Range: d.st.Range, Clause: maybeClause("a Deny in "+d.name, "")}
	if kind == ControlCut {
		at = d.doubt()
	}
	s.doubts = append(s.doubts, at)
	s.cuts = append(s.cuts, Cut{Place: d.place, Kind: kind, Takes: Perhaps, Actions: hit})
	return s
}

// guard notes what a Deny takes while its conditions hold.
func (s shape) guard(d *deny, perhaps cloudwatch.ActionSet, kind CutKind) shape {
	s = s.with(s.actions)
	s.cuts = append(s.cuts, Cut{Place: d.place, Kind: kind, Takes: Perhaps, Actions: perhaps})
	if inert(d.st) {
		return s
	}
	if d.st.NotResource {
		s.guarded = s.guarded.Union(perhaps)
	} else {
		s.guarded = s.guarded.Union(d.taken(&s.st, perhaps))
	}
	return s
}

// inert reports whether a Deny's conditions leave a whole region or every
// request that is encrypted, which is no limit worth the name.
func inert(d *iam.Statement) bool {
	return !slices.ContainsFunc(d.Conditions, func(c iam.Condition) bool {
		key := strings.ToLower(c.Key.Value)
		return key != "aws:requestedregion" && key != "aws:securetransport"
	})
}

// denySome takes away the resources that a Deny names.
func (w *worker) denySome(s shape, d *deny, hit cloudwatch.ActionSet, kind CutKind) []shape {
	taken := d.taken(&s.st, hit)
	w.take(s, taken, []Cut{{Place: d.place, Kind: kind, Takes: Whole, Actions: taken}})
	s = s.with(s.actions.Minus(taken))
	rest := hit.Minus(taken)
	if d.mayTake(rest) {
		s.doubts = append(s.doubts, Doubt{Range: d.st.Range, Clause: "a Deny in " + d.name + " names an account that may be the own one"})
	}
	if !rest.Empty() {
		s.cuts = append(s.cuts, Cut{Place: d.place, Kind: kind, Takes: Part, Actions: rest})
	}
	if s.actions.Empty() {
		return nil
	}
	return []shape{s}
}

// denyAllBut leaves of some actions only the resources that a Deny with
// NotResource names.
func (w *worker) denyAllBut(s shape, d *deny, hit cloudwatch.ActionSet, kind CutKind) []shape {
	var out []shape
	if rest := s.actions.Minus(hit); !rest.Empty() {
		out = append(out, s.with(rest))
	}
	left := s.with(hit)
	cut := Cut{Place: d.place, Kind: kind, Takes: Part, Actions: hit}
	if !left.narrow(d.st.Resources) {
		cut.Takes = Whole
		w.take(s, hit, []Cut{cut})
		return out
	}
	left.cuts = append(left.cuts, cut)
	return append(out, left)
}

// asked are the actions that a Deny with conditions takes from an Allow
// whenever that holds, and those that it takes under its conditions, as the
// engine answers for the identity.
func (w *worker) asked(allow, deny *iam.Statement, hit cloudwatch.ActionSet) (sure, perhaps cloudwatch.ActionSet) {
	a, d := *allow, *deny
	for _, st := range []*iam.Statement{&a, &d} {
		st.Resources, st.NotResource = []source.String{source.NewString("*", st.Range)}, false
		st.Maybe = false
	}
	a.Effect = iam.Allow
	p := iam.Policies{Identity: []*iam.Document{{Kind: iam.IdentityDocument, Statements: []*iam.Statement{&a, &d}}}}
	r := w.graph.Caller(w.id)
	r.Resource = "*"
	for _, id := range hit.IDs() {
		r.Action = cloudwatch.ActionByID(id).String()
		got := iam.Decide(p, r, cloudwatch.Facts{})
		switch {
		case got.Result == iam.Denied && got.Explicit:
			sure.Add(id)
		case got.Result == iam.Conditional && slices.ContainsFunc(got.Tests, func(t iam.Test) bool { return t.Direction == iam.EscapesDeny }):
			perhaps.Add(id)
		}
	}
	return sure, perhaps
}

// bound cuts a shape to what the statements of a boundary leave. Each of them
// that leaves a part gives a shape of its own.
func (w *worker) bound(s shape, bd *boundary) []shape {
	var out []shape
	rest := s.actions
	for _, a := range bd.allows {
		keep := a.actions.Intersect(rest)
		if len(a.st.Conditions) > 0 || keep.Empty() || !coversResources(a.st, &s.st) {
			continue
		}
		out, rest = append(out, s.with(keep)), rest.Minus(keep)
	}
	var left cloudwatch.ActionSet
	for _, a := range bd.allows {
		keep := a.actions.Intersect(rest)
		if keep.Empty() || !meets(a.st, &s.st) {
			continue
		}
		if n, ok := s.within(a.st, keep, bd); ok {
			out, left = append(out, n), left.Union(keep)
		}
	}
	gone := rest.Minus(left)
	w.take(s, gone, []Cut{{Place: bd.place, Kind: BoundaryCut, Takes: Whole, Actions: gone}})
	return out
}

// within is what a boundary's statement leaves of some actions of a shape.
func (s shape) within(allow *iam.Statement, keep cloudwatch.ActionSet, bd *boundary) (shape, bool) {
	n := s.with(keep)
	if allow.NotResource {
		n.except = slices.Concat(n.except, allow.Resources)
	} else if !n.narrow(allow.Resources) {
		return n, false
	}
	n.st.Conditions = slices.Concat(n.st.Conditions, allow.Conditions)
	at := bd.place
	at.Statement = allow
	n.cuts = append(n.cuts, Cut{Place: at, Kind: BoundaryCut, Takes: Part, Actions: keep})
	return n, true
}
