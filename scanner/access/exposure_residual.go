package access

import (
	"slices"
	"sync"

	"github.com/iamwatch/iamwatch/scanner/cloudwatch"
	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// A Level says how much of an action an identity holds. A greater one is
// worse.
type Level uint8

// The levels.
const (
	// None: not at all.
	None Level = iota
	// Possible: only if what could not be resolved is filled that way.
	Possible
	// Scoped: on chosen resources, with or without conditions.
	Scoped
	// Conditional: on every resource, while conditions hold or a Deny's fail.
	Conditional
	// Unscoped: on every resource, and no condition limits it (RULES.md,
	// section 1: unscoped, meaningful).
	Unscoped
)

// String is the level's name in reports.
func (l Level) String() string {
	return [...]string{"none", "possible", "scoped", "conditional", "unscoped"}[l]
}

// A Place is where a statement stands and how it reaches an identity.
type Place struct {
	// Policy holds the statement; nil for one that is known by name only, and
	// for a service control policy.
	Policy *model.Policy
	// Control is the service control policy that holds the statement, else nil.
	Control *model.Control
	// Statement is nil where a policy as a whole is meant: a boundary that
	// leaves nothing.
	Statement *iam.Statement
	// Attachment attaches the policy; nil for an inline one.
	Attachment *model.Attachment
	// Via is the group through which it reaches a user, else nil.
	Via *model.Identity
}

// Range is the statement as the scan holds it, else what attaches the policy:
// nobody wrote the text of an embedded policy of AWS.
func (p Place) Range() source.Range {
	embedded := p.Policy != nil && p.Policy.Kind == model.AWSManaged && p.Policy.Unit == nil
	switch {
	case p.Statement != nil && !embedded:
		return p.Statement.Range
	case p.Attachment != nil:
		return p.Attachment.Range
	}
	return source.Range{}
}

// policy is the document that holds the statement, its unit and its name in
// words.
func (p Place) policy() (*iam.Document, *model.Unit, string) {
	if c := p.Control; c != nil {
		return c.Document, c.Unit, controlName(c)
	}
	return p.Policy.Document, p.Policy.Unit, p.Policy.Quoted()
}

// A CutKind says what kind of statement takes something away.
type CutKind uint8

// The kinds of cut.
const (
	DenyCut CutKind = iota
	BoundaryCut
	ControlCut
)

// String is the kind's name in reports.
func (k CutKind) String() string { return [...]string{"deny", "boundary", "service control policy"}[k] }

// A Taking says how much a cut takes away.
type Taking uint8

// The takings.
const (
	// Part: some resources, or all but some.
	Part Taking = iota
	// Perhaps: what a Deny covers while its conditions hold.
	Perhaps
	// Whole: all of it.
	Whole
)

// String is the taking's name in reports.
func (t Taking) String() string { return [...]string{"part", "perhaps", "whole"}[t] }

// A Cut is what one statement takes away from a grant.
type Cut struct {
	Place
	Kind  CutKind
	Takes Taking
	// Actions are those that it bears on.
	Actions cloudwatch.ActionSet
}

// A Residual is what is left to one identity of some actions that one
// statement grants it, once Deny statements, the permissions boundary and
// service control policies have cut them; or, with the verdict Denied, what
// they took away whole. Actions of one residual share their level and what cut
// them narrower.
type Residual struct {
	Given   Place
	Actions cloudwatch.ActionSet
	Level   Level
	// Resources are those that are left, as patterns. Where the statement
	// and a cut name patterns of which neither covers the other, they are
	// the statement's, and the cut stands in Cut.
	Resources []source.String
	// Except are resources left out by NotResource.
	Except []source.String
	// Conditions are all that a request must meet: the statement's own, and
	// those of the boundary's statements that leave it.
	Conditions []iam.Condition
	Cut        []Cut
	// Doubts are what could not be read or resolved.
	Doubts []Doubt
	// Verdict is Allowed where nothing but the resources limits it.
	Verdict iam.Result
	// When says under which values of a stack's parameters the statement leaves
	// it, empty for always (Residuals).
	When string
}

// A reachIndex is the grants by identity that they reach. It is built when
// first asked, and holds no more than pointers.
type reachIndex struct {
	once sync.Once
	of   map[*model.Identity][]held
}

// A held grant is an identity's share of it.
type held struct {
	grant  *Grant
	holder *Holder
}

func (g *Graph) held(id *model.Identity) []held {
	g.reached.once.Do(func() {
		g.reached.of = make(map[*model.Identity][]held, len(g.holdings))
		for _, gr := range g.grants {
			for i := range gr.Holders {
				h := &gr.Holders[i]
				g.reached.of[h.Identity] = append(g.reached.of[h.Identity], held{gr, h})
			}
		}
	})
	return g.reached.of[id]
}

// Residual is what an identity effectively holds of the catalogue's actions,
// statement by statement in the order of Grants, the worst level first, and
// last what was taken away whole (RULES.md, section 1: effective). Of service
// control policies only what denies counts. It is worked out anew at each call
// and may be called concurrently.
func (g *Graph) Residual(id *model.Identity) []Residual {
	b := newBuilder(g)
	return b.residual(id)
}

func (b *builder) residual(id *model.Identity) []Residual {
	held := b.graph.held(id)
	if len(held) == 0 {
		return nil
	}
	w := &worker{graph: b.graph, id: id, cuts: b.of(id), own: b.own(id.Unit)}
	for _, h := range held {
		w.statement(h.grant, h.holder)
	}
	return w.out
}

// A worker works out the residuals of one identity.
type worker struct {
	graph *Graph
	id    *model.Identity
	cuts  *cuts
	own   iam.Accounts
	out   []Residual
	// given, doubts and taken are those of the statement at hand.
	given  Place
	doubts []Doubt
	taken  []Residual
}

// statement adds the residuals of one statement.
func (w *worker) statement(gr *Grant, h *Holder) {
	w.given = Place{Policy: gr.Policy, Statement: gr.Statement, Attachment: h.Attachment, Via: h.Via}
	w.doubts, w.taken = existence(gr, h, w.cuts), nil
	s := whole(gr)
	s.actions = gr.Reached
	if gr.Statement.Effect == iam.EffectUnknown {
		s.possible = true
	}
	w.cut(s)
	if open := gr.Possible.Minus(gr.Patterns); !open.Empty() {
		s = whole(gr)
		s.possible = true
		s.actions = scope(gr.Statement, open, w.own).reached
		s.doubts = []Doubt{{Range: gr.Statement.ActionRange, Clause: "its actions could not be resolved"}}
		w.cut(s)
	}
	w.out = append(w.out, w.taken...)
}

// existence are the doubts of a holder that bear on whether the grant is there
// at all: those about Denies stand in the cuts.
func existence(gr *Grant, h *Holder, c *cuts) []Doubt {
	out := slices.Concat(gr.Doubts, c.doubts)
	for _, d := range h.Doubts {
		deny := slices.ContainsFunc(c.all(), func(x *deny) bool { return x.st.Range == d.Range })
		if !deny && !slices.Contains(out, d) {
			out = append(out, d)
		}
	}
	return out
}

// all are the Deny statements, those of the boundary and of service control
// policies included.
func (c *cuts) all() []*deny {
	if c.boundary == nil {
		return slices.Concat(c.denies, c.controls)
	}
	return slices.Concat(c.denies, c.boundary.denies, c.controls)
}

// cut takes a shape through the Denies, the boundary and the service control
// policies, and adds what is left.
func (w *worker) cut(s shape) {
	if s.actions.Empty() {
		return
	}
	shapes := w.deny([]shape{s}, w.cuts.denies, DenyCut)
	if bd := w.cuts.boundary; bd != nil && !bd.unread {
		var left []shape
		for _, s := range shapes {
			left = append(left, w.bound(s, bd)...)
		}
		shapes = w.deny(left, bd.denies, BoundaryCut)
	}
	shapes = w.deny(shapes, w.cuts.controls, ControlCut)
	for _, s := range shapes {
		w.level(s)
	}
}

// level parts the actions of a shape by level and adds a residual for each.
func (w *worker) level(s shape) {
	sc := scope(&s.st, s.actions, w.own)
	w.take(s, s.actions.Minus(sc.reached), s.cuts)
	if s.possible {
		w.add(s, Possible, sc.reached)
		return
	}
	open := sc.open.Minus(s.guarded)
	maybe := sc.maybe
	if !maybe.Empty() && !openWhenEmpty(&s.st, maybe) {
		maybe = cloudwatch.ActionSet{}
	}
	wide := sc.wide.Union(maybe)
	w.add(s, Unscoped, open)
	w.add(s, Conditional, wide.Minus(open))
	w.add(s, Scoped, sc.reached.Minus(wide))
}

// add adds a residual, if it holds any action.
func (w *worker) add(s shape, l Level, actions cloudwatch.ActionSet) {
	if actions.Empty() {
		return
	}
	r := Residual{
		Given: w.given, Actions: actions, Level: l, Conditions: s.st.Conditions,
		Cut: s.cutting(actions), Doubts: slices.Concat(w.doubts, s.doubts), Verdict: iam.Allowed,
	}
	r.Resources, r.Except = s.resources()
	limited := slices.ContainsFunc(actions.IDs(), func(id cloudwatch.ActionID) bool {
		return restricted(&s.st, cloudwatch.ActionByID(id).String())
	})
	if l == Conditional || limited || len(r.Doubts) > 0 || s.perhaps(actions) {
		r.Verdict = iam.Conditional
	}
	w.out = append(w.out, r)
}

// take notes what was taken away whole, and by what.
func (w *worker) take(s shape, actions cloudwatch.ActionSet, by []Cut) {
	if actions.Empty() {
		return
	}
	r := Residual{Given: w.given, Actions: actions, Conditions: s.st.Conditions, Doubts: w.doubts, Verdict: iam.Denied}
	r.Resources, r.Except = s.resources()
	for _, c := range by {
		if c.Actions = c.Actions.Intersect(actions); !c.Actions.Empty() {
			r.Cut = append(r.Cut, c)
		}
	}
	w.taken = append(w.taken, r)
}
