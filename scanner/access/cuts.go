package access

import (
	"github.com/iamwatch/iamwatch/scanner/cloudwatch"
	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// cuts are what takes grants away from an identity: its Deny statements,
// those of its groups, its boundary, and the Deny statements of the service
// control policies over its account.
type cuts struct {
	denies   []*deny
	boundary *boundary
	controls []*deny
	doubts   []Doubt
}

// A deny is one Deny statement that reaches an identity.
type deny struct {
	st      *iam.Statement
	actions cloudwatch.ActionSet
	// firm says that the statement applies for certain.
	firm bool
	// maybe says that it is not sure to be there, whatever its conditions.
	maybe bool
	// name is its policy's in words.
	name string
	// place is where it stands and how it reaches the identity.
	place Place
	// account is the one that the policy belongs to, empty when unknown, and
	// partition the one that it takes resources away in.
	account, partition string
}

// A boundary is what a permissions boundary leaves.
type boundary struct {
	unread     bool
	everything bool
	allows     []bounding
	wide, open cloudwatch.ActionSet
	denies     []*deny
	name       string
	rng        source.Range
	place      Place
}

// A bounding is an Allow statement of a boundary and the actions it leaves.
type bounding struct {
	st      *iam.Statement
	actions cloudwatch.ActionSet
}

// of returns an identity's cuts.
func (b *builder) of(id *model.Identity) *cuts {
	if c := b.cuts[id]; c != nil {
		return c
	}
	c := &cuts{}
	b.cuts[id] = c
	c.denies = b.deniesOf(id, nil, false)
	for _, group := range id.GroupsOf {
		c.denies = append(c.denies, b.deniesOf(group, group, maybeMember(id, group))...)
	}
	if id.Boundary != nil {
		c.boundary = b.boundaryOf(id)
	}
	c.controls, c.doubts = b.graph.controlDenies(id)
	c.doubts = append(c.doubts, elsewhere(id)...)
	if id.Maybe {
		c.doubts = append(c.doubts, Doubt{Range: id.Range, Clause: maybeClause(id.Kind.String()+" "+id.Quoted(), id.When)})
	}
	return c
}

// deniesOf are the Deny statements of an identity's policies, which reach
// another through via, if that is set; maybe says that none of them applies for
// certain.
func (b *builder) deniesOf(id, via *model.Identity, maybe bool) []*deny {
	var out []*deny
	for _, p := range id.Inline {
		out = append(out, denies(Place{Policy: p, Via: via}, maybe || p.Maybe)...)
	}
	for _, a := range id.Managed {
		p := a.To
		if m := b.graph.awsManaged(a); m != nil {
			p = m.policy
		}
		if p != nil {
			out = append(out, denies(Place{Policy: p, Attachment: a, Via: via}, maybe || a.Maybe || p.Maybe)...)
		}
	}
	return out
}

// maybeMember reports whether a user is in a group only under a condition
// that could not be decided.
func maybeMember(user, group *model.Identity) bool {
	maybe := false
	for _, ref := range user.Groups {
		if ref.Address != group.Address && ref.Value.Value != group.Name.Value {
			continue
		}
		if !ref.Maybe {
			return false
		}
		maybe = true
	}
	return maybe
}

// denies are the Deny statements of a place's policy.
func denies(at Place, maybe bool) []*deny {
	doc, unit, name := at.policy()
	if doc == nil || doc.Unknown || doc.Invalid {
		return nil
	}
	account, partition := "", partitionOf(unit)
	if unit != nil {
		account = unit.Account
	}
	var out []*deny
	for _, st := range doc.Statements {
		if st.Effect != iam.Deny {
			continue
		}
		must, may := patterns(st)
		at.Statement = st
		d := &deny{st: st, actions: must, name: name, place: at, account: account, partition: partition}
		d.maybe = maybe || st.Maybe
		d.firm = !d.maybe && len(st.Conditions) == 0
		if !d.firm {
			d.actions = may
		}
		out = append(out, d)
	}
	return out
}

func (b *builder) boundaryOf(id *model.Identity) *boundary {
	a := id.Boundary
	p := a.To
	if m := b.graph.awsManaged(a); m != nil {
		p = m.policy
	}
	name, aws := AWSManagedName(a.Policy.Value.Value)
	switch {
	case p == nil && aws && cloudwatch.KnownManagedName(name):
		// It touches no telemetry, so it leaves none.
		return &boundary{name: a.Policy.Value.Show(), rng: a.Range, place: Place{Attachment: a}}
	case p == nil || unseen(p.Document) || a.Maybe:
		return &boundary{name: a.Policy.Value.Show(), rng: a.Range, unread: true}
	}
	k := grantKey{p, id.Unit.Account}
	if b.bounds[k] == nil {
		b.bounds[k] = readBoundary(p, b.own(id.Unit))
	}
	out := *b.bounds[k]
	out.rng, out.place = a.Range, Place{Policy: p, Attachment: a}
	out.denies = denies(out.place, false)
	return &out
}

// readBoundary is what a policy leaves as a boundary, whoever has it.
func readBoundary(p *model.Policy, own iam.Accounts) *boundary {
	out := &boundary{name: p.Show()}
	for _, st := range p.Document.Statements {
		if st.Effect == iam.Deny || p.Document.Invalid {
			continue
		}
		_, may := patterns(st)
		s := scope(st, may, own)
		out.allows = append(out.allows, bounding{st, s.reached})
		out.wide, out.open = out.wide.Union(s.wide), out.open.Union(s.open)
		out.everything = out.everything || coversEverything(st) && onEverything(st) && !restricted(st, "")
	}
	return out
}

// reach adds an identity, and the users of a group, to a grant's holders.
func (b *builder) reach(gr *Grant, r reach) {
	b.hand(gr, r, r.id, nil)
	for _, user := range r.id.Members {
		b.hand(gr, r, user, r.id)
	}
}

// hand gives a grant to one identity after that identity's cuts.
func (b *builder) hand(gr *Grant, r reach, id, via *model.Identity) {
	gr.Holders = append(gr.Holders, Holder{
		Identity: id, Via: via, Attachment: r.by,
		Everything: gr.Everything, Actions: gr.Actions,
		Unscoped: gr.Unscoped, UnscopedResources: gr.UnscopedResources, MaybeUnscoped: gr.MaybeUnscoped,
	})
	h := &gr.Holders[len(gr.Holders)-1]
	c := b.of(id)
	h.Doubts = append(h.Doubts, c.doubts...)
	if via != nil && maybeMember(id, via) {
		h.Doubts = append(h.Doubts, Doubt{Range: id.Range, Clause: maybeClause("membership in group "+via.Quoted(), "")})
	}
	if r.by != nil && r.by.Maybe {
		h.Doubts = append(h.Doubts, Doubt{Range: r.by.Range, Clause: maybeClause("the attachment", "")})
	}
	for _, d := range c.denies {
		h.deny(gr.Statement, d)
	}
	if c.boundary != nil {
		h.bound(gr.Statement, c.boundary)
	}
	for _, d := range c.controls {
		h.deny(gr.Statement, d)
	}
}

// deny takes away what a Deny covers. A conditional one takes nothing and
// leaves a doubt; a narrower one leaves an exception.
func (h *Holder) deny(st *iam.Statement, d *deny) {
	hit := d.actions.Intersect(h.Actions)
	if hit.Empty() && !(h.Everything && coversEverything(d.st)) || !meets(d.st, st) {
		return
	}
	if !d.firm {
		h.Doubts = append(h.Doubts, d.doubt())
		return
	}
	taken := d.taken(st, hit)
	h.remove(taken)
	if d.mayTake(hit.Minus(taken)) {
		h.Doubts = append(h.Doubts, Doubt{Range: d.st.Range, Clause: "a Deny in " + d.name + " names an account that may be the own one"})
		return
	}
	if (d.st.NotAction || coversEverything(d.st)) && coversResources(d.st, st) {
		h.Everything = false
	}
	if taken != hit {
		h.Exceptions = append(h.Exceptions, Doubt{Range: d.st.Range, Clause: "a Deny in " + d.name + " takes " + resourceWords(d.st) + " away"})
	}
}

// doubt is what a Deny that does not apply for certain leaves.
func (d *deny) doubt() Doubt {
	clause := "a Deny in " + d.name + " applies under conditions"
	if d.maybe && d.place.Control != nil {
		clause = "whether a Deny in " + d.name + " is over the account is not known"
	}
	return Doubt{Range: d.st.Range, Clause: clause}
}

func (h *Holder) remove(set cloudwatch.ActionSet) {
	h.Actions, h.Unscoped = h.Actions.Minus(set), h.Unscoped.Minus(set)
	h.UnscopedResources, h.MaybeUnscoped = h.UnscopedResources.Minus(set), h.MaybeUnscoped.Minus(set)
}

// bound cuts a holder's share to what a boundary leaves.
func (h *Holder) bound(st *iam.Statement, bd *boundary) {
	if bd.unread {
		h.Doubts = append(h.Doubts, Doubt{Range: bd.rng, Clause: "its permissions boundary " + model.Quoted(bd.name) + " was not read"})
		return
	}
	var left cloudwatch.ActionSet
	for _, a := range bd.allows {
		if a.actions.Meets(h.Actions.Minus(left)) && meets(a.st, st) {
			left = left.Union(a.actions)
		}
	}
	h.Actions = h.Actions.Intersect(left)
	h.UnscopedResources = h.UnscopedResources.Intersect(bd.wide)
	h.Unscoped, h.MaybeUnscoped = h.Unscoped.Intersect(bd.open), h.MaybeUnscoped.Intersect(bd.open)
	h.Everything = h.Everything && bd.everything
	for _, d := range bd.denies {
		h.deny(st, d)
	}
}

// coversResources reports whether a Deny's resources cover an Allow's.
func coversResources(d, allow *iam.Statement) bool {
	if onEverything(d) {
		return true
	}
	if d.NotResource || allow.NotResource || len(allow.Resources) == 0 {
		return false
	}
	for _, a := range allow.Resources {
		covered := false
		for _, r := range d.Resources {
			covered = covered || iam.Covers(r.Value, a.Value) == iam.Yes
		}
		if !covered {
			return false
		}
	}
	return true
}

// unattached cuts a grant that nothing holds by the Denies beside it.
func (b *builder) unattached(gr *Grant) {
	h := Holder{
		Everything: gr.Everything, Actions: gr.Actions,
		Unscoped: gr.Unscoped, UnscopedResources: gr.UnscopedResources, MaybeUnscoped: gr.MaybeUnscoped,
	}
	for _, d := range denies(Place{Policy: gr.Policy}, false) {
		h.deny(gr.Statement, d)
	}
	gr.Everything, gr.Actions, gr.Unscoped, gr.UnscopedResources = h.Everything, h.Actions, h.Unscoped, h.UnscopedResources
	gr.MaybeUnscoped = h.MaybeUnscoped
	gr.Doubts = append(gr.Doubts, h.Doubts...)
	gr.Exceptions = h.Exceptions
}
