package access

import (
	"cmp"
	"iter"
	"slices"

	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/model"
)

const (
	// MaxSteps bounds the edges of a path.
	MaxSteps = 6
	// MaxPaths bounds the paths that PathsTo gives.
	MaxPaths = 100
	// maxAsked bounds the pairs that one search decides. Only an account of
	// thousands of identities that may each assume some of thousands of roles
	// meets it.
	maxAsked = 1 << 18
	// maxTries bounds how many conditional edges from one node are tried
	// within a step for one that is certain.
	maxTries = 8
)

// A walk goes backward from nodes to those that can become them, a step at a
// time: the first path that reaches a node is a shortest one. Nodes that were
// reached are not reached again, so cycles end by themselves.
type walk struct {
	*becoming
	// limit bounds the nodes to reach; 0 is no bound.
	limit int
	// whole says that limited edges do not count: who takes one cannot do what
	// the node can.
	whole bool
	// rules decides whether an administrator of an identity's account can do
	// what is asked about; nil allows all of them.
	rules func(*model.Identity) iam.Decision
	asked int
	// cut says that a bound was met.
	cut     bool
	reached map[Node]*hop
	// order are the reached nodes, shortest path first.
	order []Node
}

// A hop is how a node was reached: the edge that it takes, and what comes
// after; nil where the walk began.
type hop struct {
	edge    Edge
	next    *hop
	verdict iam.Verdict
	steps   int
	plain   bool
	tries   int
}

func (b *becoming) newWalk(limit int) *walk {
	return &walk{becoming: b, limit: limit, reached: map[Node]*hop{}}
}

// start adds a node to walk back from.
func (w *walk) start(n Node, v iam.Verdict) { w.reached[n] = &hop{verdict: v, plain: true} }

// run walks until nothing new is reached or a bound is met.
func (w *walk) run() {
	frontier := make([]Node, 0, len(w.reached))
	for n := range w.reached {
		frontier = append(frontier, n)
	}
	for steps := 1; len(frontier) > 0; steps++ {
		w.sort(frontier)
		if steps > MaxSteps {
			w.cut = true
			return
		}
		frontier = w.step(frontier, steps)
		w.sort(frontier)
		w.order = append(w.order, frontier...)
		if w.cut {
			return
		}
	}
}

// sort orders nodes of one step: certain before conditional, outsiders first,
// assumed roles before escalations, then by name.
func (w *walk) sort(nodes []Node) {
	slices.SortFunc(nodes, func(a, b Node) int {
		x, y := w.reached[a], w.reached[b]
		return cmp.Or(
			-compareBools(x.plain, y.plain), -compareBools(a.Outside(), b.Outside()),
			-cmp.Compare(x.verdict, y.verdict), compareNodes(a, b),
		)
	})
}

func compareBools(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// step gives the nodes that reach the frontier by one edge.
func (w *walk) step(frontier []Node, steps int) []Node {
	var out []Node
	for _, to := range frontier {
		next := w.reached[to]
		fresh := func(n Node) bool {
			h := w.reached[n]
			return h == nil || h.steps == steps && h.verdict < next.verdict && h.tries < maxTries
		}
		for e := range w.into(to, fresh) {
			if w.whole && e.Limited || !meet(e, next) || !w.take(e, next, steps) {
				continue
			}
			if out = append(out, e.From); w.limit > 0 && len(w.order)+len(out) >= w.limit {
				w.cut = true
				return out
			}
		}
		if w.asked > maxAsked {
			w.cut = true
			return out
		}
	}
	return out
}

// take notes an edge; it reports whether its node was not reached before.
func (w *walk) take(e Edge, next *hop, steps int) bool {
	h := &hop{
		edge: e, next: next, steps: steps, verdict: min(e.Verdict, next.verdict), plain: next.plain && e.Kind <= BelongsTo,
	}
	old := w.reached[e.From]
	if old == nil {
		w.reached[e.From] = h
		return true
	}
	if old.steps != steps || e.From == e.To {
		return false
	}
	if h.verdict > old.verdict {
		*old = *h
	}
	old.tries++
	return false
}

// path is the way from a reached node to where the walk began.
func (h *hop) path() Path {
	var p Path
	for ; h != nil && h.next != nil; h = h.next {
		p = append(p, h.edge)
	}
	return p
}

// into gives the edges that lead to a node, in a fixed order, from the nodes
// that are fresh: no other is asked.
func (w *walk) into(to Node, fresh func(Node) bool) iter.Seq[Edge] {
	return func(yield func(Edge) bool) {
		switch {
		case to.Kind == AdministratorNode:
			w.each(w.escalators(), fresh, yield, w.administers)
		case to.Kind != IdentityNode:
		case to.Identity.Kind == model.Role:
			w.intoRole(to.Identity, fresh, yield)
		case to.Identity.Kind == model.User:
			w.intoUser(to.Identity, fresh, yield)
		case to.Identity.Kind == model.Group:
			w.holders(gripJoin, JoinsGroup, to.Identity, fresh, yield)
		case to.Identity.Kind == model.PermissionSet:
			e := Edge{From: Node{Kind: SAMLNode, Name: "IAM Identity Center"}, To: to, Kind: Assumes, Action: "sts:AssumeRoleWithSAML", Verdict: iam.Yes}
			if fresh(e.From) {
				yield(e)
			}
		}
	}
}

// each asks candidates one after another; false when the search is to end.
func (w *walk) each(ids []*model.Identity, fresh func(Node) bool, yield func(Edge) bool, ask func(*model.Identity) (Edge, bool)) bool {
	for _, id := range ids {
		if w.asked > maxAsked {
			return false
		}
		if !fresh(identityNode(id)) {
			continue
		}
		w.asked++
		if e, ok := ask(id); ok && !yield(e) {
			return false
		}
	}
	return true
}

// administers is the edge of one that can give itself any right, where that
// right helps.
func (w *walk) administers(id *model.Identity) (Edge, bool) {
	if w.rules == nil {
		return w.escalates(id)
	}
	d := w.rules(id)
	if d.Result == iam.Denied {
		return Edge{}, false
	}
	e, ok := w.escalates(id)
	e.Verdict, e.Tests = min(e.Verdict, certainty(d)), mergeTests(slices.Clip(e.Tests), d.Tests)
	return e, ok
}

func (w *walk) intoRole(role *model.Identity, fresh func(Node) bool, yield func(Edge) bool) {
	if !w.fromOutside(role, fresh, yield) || !w.fromMachines(role, fresh, yield) {
		return
	}
	assumes := func(id *model.Identity) (Edge, bool) { return w.assumes(id, role) }
	if !w.each(w.assumers(role), fresh, yield, assumes) {
		return
	}
	if len(w.passed(role)) > 0 {
		passes := func(id *model.Identity) (Edge, bool) { return w.passes(id, role) }
		if !w.each(w.gripping(gripPass, role, homeOf(role.Unit)), fresh, yield, passes) {
			return
		}
	}
	w.holders(gripTrust, RewritesTrust, role, fresh, yield)
}

func (w *walk) intoUser(user *model.Identity, fresh func(Node) bool, yield func(Edge) bool) {
	for _, k := range userGrips() {
		if !w.holders(k, TakesCredentials, user, fresh, yield) {
			return
		}
	}
}

func (w *walk) holders(k gripKind, kind EdgeKind, on *model.Identity, fresh func(Node) bool, yield func(Edge) bool) bool {
	return w.each(w.gripping(k, on, homeOf(on.Unit)), fresh, yield, func(id *model.Identity) (Edge, bool) {
		if kind == JoinsGroup && (id.Kind != model.User || slices.Contains(id.GroupsOf, on)) {
			return Edge{}, false
		}
		return w.holdsOver(k, kind, id, on)
	})
}

// fromOutside gives the edges of outsiders that a trust policy lets in.
func (w *walk) fromOutside(role *model.Identity, fresh func(Node) bool, yield func(Edge) bool) bool {
	entries := w.ways[role]
	if entries == nil {
		return true
	}
	for _, entry := range entries.outside {
		if !fresh(entry.outsider()) {
			continue
		}
		w.asked++
		if e, ok := w.enters(entry); ok && !yield(e) {
			return false
		}
	}
	return true
}

// fromMachines gives the edges of instances with the role in their profile.
func (w *walk) fromMachines(role *model.Identity, fresh func(Node) bool, yield func(Edge) bool) bool {
	for _, i := range w.machines[role] {
		e := Edge{From: Node{Kind: InstanceNode, Instance: i}, To: identityNode(role), Kind: RunsAs, Verdict: iam.Yes}
		if i.Maybe {
			e.Verdict = iam.Maybe
			e.Tests = []iam.Test{{Reason: maybeClause(i.Kind.String()+" "+i.Quoted(), i.When), Range: i.Range}}
		}
		if fresh(e.From) && !yield(e.unsure(role)) {
			return false
		}
	}
	return true
}

// assumers are the identities that may come into question for assuming a role:
// those that its trust names, and where it lets in an account, those of the
// account that may assume roles.
func (w *walk) assumers(role *model.Identity) []*model.Identity {
	entries := w.ways[role]
	if entries == nil {
		return nil
	}
	ids := slices.Clone(entries.named)
	for _, h := range entries.homes {
		ids = append(ids, w.gripping(gripAssume, role, h)...)
	}
	return w.inOrder(ids)
}

// gripping are the identities of an account that may have a grip on another.
func (w *walk) gripping(k gripKind, on *model.Identity, at home) []*model.Identity {
	g := w.grips[k]
	narrow := g.narrow[on]
	if len(narrow) == 0 {
		return g.wide[at]
	}
	ids := slices.Clone(g.wide[at])
	for _, gr := range narrow {
		for _, h := range gr.Holders {
			if h.Identity.Kind != model.Group && homeOf(h.Identity.Unit) == at {
				ids = append(ids, h.Identity)
			}
		}
	}
	return w.inOrder(ids)
}

// PathsTo gives the paths by which others can become an identity: of each
// outsider, instance and identity that can a shortest one, at most MaxSteps
// edges long and MaxPaths in all, shortest first and in an order that only the
// input decides. Anyone stands for all identities of the scan too. The search
// is made for each call and nothing of it is kept.
func (g *Graph) PathsTo(id *model.Identity) []Path {
	w := g.becomes().newWalk(MaxPaths)
	w.start(identityNode(id), iam.Yes)
	w.run()
	out := make([]Path, 0, len(w.order))
	for _, n := range w.order {
		out = append(out, w.reached[n].path())
	}
	return out
}

// Becomes gives the edges that lead away from a node, in a fixed order: whom
// it can become by one step. It asks every role that may come into question.
func (g *Graph) Becomes(n Node) []Edge {
	b := g.becomes()
	var out []Edge
	seen := map[*model.Identity]bool{}
	add := func(e Edge, ok bool) {
		if ok && (e.To.Identity == nil || !seen[e.To.Identity]) {
			seen[e.To.Identity] = true
			out = append(out, e)
		}
	}
	switch n.Kind {
	case IdentityNode:
		b.outOf(n.Identity, add)
	case InstanceNode:
		b.outOfMachine(n.Instance, add)
	default:
		b.outOfOutsider(n, add)
	}
	return out
}

func (b *becoming) outOf(id *model.Identity, add func(Edge, bool)) {
	for _, group := range id.GroupsOf {
		e := Edge{From: identityNode(id), To: identityNode(group), Kind: BelongsTo, Verdict: iam.Yes}
		if maybeMember(id, group) {
			e.Verdict = iam.Maybe
			e.Tests = []iam.Test{{Reason: maybeClause("the membership", ""), Range: id.Range}}
		}
		add(e, true)
	}
	if id.Kind == model.Group {
		return
	}
	for _, role := range b.assumable(id) {
		if role != id {
			add(b.assumes(id, role))
		}
	}
	for _, to := range b.ids {
		switch {
		case to == id || homeOf(to.Unit) != homeOf(id.Unit):
		case to.Kind == model.Role:
			if b.grips[gripPass].some[id] && len(b.passed(to)) > 0 {
				add(b.passes(id, to))
			}
			b.grab(gripTrust, RewritesTrust, id, to, add)
		case to.Kind == model.User:
			for _, k := range userGrips() {
				b.grab(k, TakesCredentials, id, to, add)
			}
		case to.Kind == model.Group && id.Kind == model.User:
			b.grab(gripJoin, JoinsGroup, id, to, add)
		}
	}
	add(b.escalates(id))
}

// grab asks for a grip that the identity has on something at least.
func (b *becoming) grab(k gripKind, kind EdgeKind, id, to *model.Identity, add func(Edge, bool)) {
	if b.grips[k].some[id] {
		add(b.holdsOver(k, kind, id, to))
	}
}

func (b *becoming) outOfMachine(i *model.Instance, add func(Edge, bool)) {
	w := b.newWalk(0)
	for _, role := range b.ids {
		if slices.Contains(b.machines[role], i) {
			w.fromMachines(role, func(n Node) bool { return n.Instance == i }, func(e Edge) bool { add(e, true); return true })
		}
	}
}

func (b *becoming) outOfOutsider(n Node, add func(Edge, bool)) {
	for _, role := range b.ids {
		if b.ways[role] == nil {
			continue
		}
		for _, entry := range b.ways[role].outside {
			if entry.outsider() == n {
				add(b.enters(entry))
			}
		}
	}
}
