package access

import (
	"cmp"
	"slices"
	"strings"

	"github.com/iamwatch/iamwatch/scanner/cloudwatch"
	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// An Answer says who can do an action.
type Answer struct {
	// Action is as asked, or as the catalogue writes it. Known says that the
	// catalogue holds it; others are matched by their text.
	Action string
	Known  bool
	// Resource is as asked: an ARN, or * for any resource of the action's types.
	Resource string
	// Abilities are in order: those who can do it themselves, then those who
	// can become one of these, the shortest path first.
	Abilities []Ability
	// Unread are the principals of whom it is not known: no policy of theirs
	// that was read allows it, nor lets them become one that can, and some could
	// not be read.
	Unread []Node
	// Cut says that the search met a bound (MaxSteps, or the number of pairs
	// that one search decides): there may be more.
	Cut bool
}

// An Ability is one principal's way to do an action.
type Ability struct {
	Who Node
	// Path leads from Who to the one that can do it: empty for Who itself, the
	// membership alone for what a group grants.
	Path Path
	// Result is Allowed or Conditional, Tests what a conditional one depends
	// on, those of the path first.
	Result iam.Result
	Tests  []iam.Test
	// Statements are those that allow it at the end of the path; none for an
	// administrator, whose path says it all.
	Statements []Ground
	// Resources are the patterns that it is limited to when the question was
	// about any resource, empty for all of them; Except what is taken away.
	Resources, Except []source.String
}

// WhoCan answers who can do an action on a resource: users, roles, permission
// sets, groups that hold nobody in the scan, and whoever can become one of
// these. resource is an ARN, or "*" for at least one resource of the types
// that the action needs. An account's root user, who can do everything, is not
// named, nor is one's own account as a whole: its principals are. The policies
// of resources that the scan holds count, as in Bearing.
func (g *Graph) WhoCan(action, resource string) *Answer {
	q := newQuestion(g, action, resource)
	w := q.newWalk(0)
	w.whole, w.rules = true, q.rules
	direct := map[Node]Ability{}
	add := func(a Ability) {
		if old, ok := direct[a.Who]; !ok || a.Result > old.Result {
			direct[a.Who] = a
		}
	}
	for _, id := range q.ids {
		switch a, answer := q.identity(id); answer {
		case unread:
			q.answer.Unread = append(q.answer.Unread, a.Who)
		case able:
			add(a)
		}
	}
	q.outsiders(add)
	for n, a := range direct {
		w.start(n, certainty(iam.Decision{Result: a.Result}))
	}
	w.start(administrator(), iam.Yes)
	w.run()
	q.answer.Cut = w.cut
	for _, a := range direct {
		if a.Who.Kind != IdentityNode || a.Who.Identity.Kind != model.Group || len(a.Who.Identity.Members) == 0 {
			q.answer.Abilities = append(q.answer.Abilities, a)
		}
	}
	for _, n := range w.order {
		if a, ok := q.along(w.reached[n].path(), direct); ok {
			q.answer.Abilities = append(q.answer.Abilities, a)
		}
	}
	q.answer.Unread = slices.DeleteFunc(q.answer.Unread, func(n Node) bool { return w.reached[n] != nil })
	slices.SortStableFunc(q.answer.Abilities, compareAbilities)
	q.answer.Abilities, q.answer.Unread = mergeAbilities(q.answer.Abilities), mergeNodes(q.answer.Unread)
	return q.answer
}

func compareAbilities(a, b Ability) int {
	return cmp.Or(cmp.Compare(a.Path.hops(), b.Path.hops()), -compareBools(a.Path.plain(), b.Path.plain()), compareNodes(a.Who, b.Who))
}

// hops are the edges by which one becomes another; a membership is none.
func (p Path) hops() int {
	n := 0
	for _, e := range p {
		if e.Kind != BelongsTo {
			n++
		}
	}
	return n
}

// along is the ability of the one at the start of a path. One's own account
// as a whole has none.
func (q *question) along(p Path, direct map[Node]Ability) (Ability, bool) {
	end := direct[p.To()]
	a := Ability{Who: p.From(), Path: p, Result: iam.Allowed, Resources: end.Resources, Except: end.Except, Statements: end.Statements}
	if a.Who.Kind == AccountNode && (a.Who.Name == "" || q.own[a.Who.Name]) {
		return a, false
	}
	if p.Verdict() != iam.Yes || end.Result == iam.Conditional {
		a.Result = iam.Conditional
	}
	a.Tests = mergeTests(p.Tests(), end.Tests)
	if len(end.Path) > 0 && end.Path[0].Kind == Unbinds {
		a.Path = append(slices.Clip(p), end.Path...)
	}
	return a, true
}

// A question is one WhoCan being answered.
type question struct {
	*becoming
	answer *Answer
	// templates are the ARN templates of the action's resource types; all says
	// that a request names one of each.
	templates []string
	all       bool
	// account is that of the resource asked for, empty when it names none.
	account string
	trust   *iam.Document
	// own are the scanned accounts.
	own    map[string]bool
	guards map[guardKey]*iam.Document
}

type guardKey struct {
	unit     *model.Unit
	resource string
}

func newQuestion(g *Graph, action, resource string) *question {
	q := &question{becoming: g.becomes(), own: map[string]bool{}, guards: map[guardKey]*iam.Document{}}
	if resource == "" {
		resource = "*"
	}
	q.answer = &Answer{Action: action, Resource: resource}
	if a, ok := cloudwatch.Lookup(action); ok {
		q.answer.Action, q.answer.Known = a.String(), true
		q.templates, _ = cloudwatch.Facts{}.RequiredResourceARNs(action)
		q.all = slices.ContainsFunc(a.ResourceTypes, func(r cloudwatch.ActionResource) bool { return r.Required })
	}
	if a, ok := iam.ParseARN(resource); ok && iam.IsAccountID(a.Account) {
		q.account = a.Account
	}
	if isAssume(action) {
		q.trust = g.trust(g.RoleByARN(nil, resource), resource)
	}
	for _, u := range g.model.Units {
		if u.Account != "" {
			q.own[u.Account] = true
		}
	}
	return q
}

// resources are what the action is asked on for callers of a unit, in an
// account or, for *, in any.
func (q *question) resources(u *model.Unit, account string) []string {
	if q.answer.Resource != "*" {
		return []string{q.answer.Resource}
	}
	service, _, _ := strings.Cut(q.answer.Action, ":")
	switch {
	case !q.answer.Known:
		return []string{"*", "arn:" + partitionOf(u) + ":" + strings.ToLower(service) + ":*:*:*"}
	case len(q.templates) == 0:
		return []string{"*"}
	}
	out := make([]string, 0, len(q.templates)+1)
	for _, t := range q.templates {
		out = append(out, cloudwatch.OpenTemplate(strings.ReplaceAll(strings.Replace(t, "${Partition}", partitionOf(u), 1), "${Account}", account)))
	}
	if !q.all {
		out = append(out, "*")
	}
	return out
}

// accountOf is a unit's account. Code that does not say is taken to be for the
// account of the resource asked for.
func (q *question) accountOf(u *model.Unit) string {
	switch {
	case u != nil && u.Account != "":
		return u.Account
	case q.account != "":
		return q.account
	}
	return standInAccount
}

// What is known of one identity.
type knowledge uint8

const (
	unable knowledge = iota
	unread
	able
)

// identity answers for one identity. A group's policies are asked as of some
// user who is in it.
func (q *question) identity(id *model.Identity) (Ability, knowledge) {
	p := q.graph.PoliciesFor(id, q.answer.Action)
	p.Trust = q.trust
	a, known := q.anywhere(id, p)
	if known == unable {
		return q.freed(id, p)
	}
	return a, known
}

// anywhere answers for an identity in its own account and partition, and where
// the code does not say these, in any: code whose policies name the resources
// of an account by its id is for that one.
func (q *question) anywhere(id *model.Identity, p iam.Policies) (Ability, knowledge) {
	a, known := q.over(id, p, q.resources(id.Unit, q.accountOf(id.Unit)))
	if known == unable && q.answer.Resource == "*" && (id.Unit == nil || id.Unit.Account == "") {
		a, known = q.over(id, p, q.resources(id.Unit, "*"))
	}
	if known == unable && q.answer.Resource == "*" && (id.Unit == nil || id.Unit.Partition == "" && id.Unit.Region == "") {
		a, known = q.abroad(id, p)
	}
	return a, known
}

// over answers for an identity and the resources that the action is asked on.
func (q *question) over(id *model.Identity, p iam.Policies, resources []string) (Ability, knowledge) {
	a := Ability{Who: identityNode(id)}
	var d iam.Decision
	for i, resource := range resources {
		one, next := q.on(id, p, resource)
		switch {
		case i == 0:
			a, d = one, next
		case q.all && (next.Result == iam.Denied || d.Result == iam.Denied):
			return a, unable
		case q.all:
			a, d = a.and(one), worse(d, next)
		case next.Result > d.Result:
			a, d = one, next
		}
	}
	switch {
	case d.Result == iam.Denied:
		return a, unable
	case len(d.Allowing) == 0:
		return a, unread
	case byAnyone(a.Statements):
		return a, unable
	}
	if id.Maybe {
		a.Result = iam.Conditional
		a.Tests = mergeTests(a.Tests, Edge{}.unsure(id).Tests)
	}
	a.Path = membership(id, a.Statements)
	return a, able
}

// rules decides whether an administrator of an identity's account can do what
// is asked: on the resources of another account it cannot, whatever it is
// given, unless that one lets it; nor what service control policies deny.
func (q *question) rules(id *model.Identity) iam.Decision {
	p := iam.Policies{Identity: []*iam.Document{anything(iam.IdentityDocument)}, SCP: q.graph.levels(id)}
	switch {
	case q.answer.Resource == "*" && p.SCP == nil:
		return iam.Decision{Result: iam.Allowed}
	case q.answer.Resource == "*":
		a, known := q.over(id, p, q.resources(id.Unit, q.accountOf(id.Unit)))
		if known != able {
			return iam.Decision{}
		}
		return iam.Decision{Result: a.Result, Tests: a.Tests}
	}
	r := q.request(id, q.answer.Resource)
	if q.trust != nil && r.ResourceAccount == q.accountOf(id.Unit) {
		return iam.Decision{Result: iam.Allowed} // for it can rewrite the trust policy
	}
	p.Resource, p.Trust = q.guard(id.Unit, r), q.trust
	return someResource(iam.Decide(p, r, cloudwatch.Facts{}))
}

// byAnyone reports whether nothing but statements that let anyone in allows
// it: anyone stands for each.
func byAnyone(grounds []Ground) bool {
	for _, gr := range grounds {
		if gr.Resource == nil || !gr.Statement.NotPrincipal && !slices.ContainsFunc(gr.Statement.Principals, func(p iam.Principal) bool { return p.Kind == iam.AnyPrincipal }) {
			return false
		}
	}
	return len(grounds) > 0
}

func worse(a, b iam.Decision) iam.Decision {
	if b.Result < a.Result {
		return b
	}
	return a
}

func (a Ability) and(b Ability) Ability {
	a.Result = min(a.Result, b.Result)
	a.Tests = mergeTests(a.Tests, b.Tests)
	for _, s := range b.Statements {
		if !slices.ContainsFunc(a.Statements, func(o Ground) bool { return o.Statement == s.Statement }) {
			a.Statements = append(a.Statements, s)
		}
	}
	a.Resources, a.Except = append(a.Resources, b.Resources...), append(a.Except, b.Except...)
	return a
}

// membership is the edge to the group whose policy gives what no policy of the
// user's own does; nil when there is one.
func membership(id *model.Identity, grounds []Ground) Path {
	for _, gr := range grounds {
		if gr.Owner == id {
			return nil
		}
	}
	for _, gr := range grounds {
		if slices.Contains(id.GroupsOf, gr.Owner) {
			return Path{{From: identityNode(id), To: identityNode(gr.Owner), Kind: BelongsTo, Verdict: iam.Yes}}
		}
	}
	return nil
}

// on answers for an identity and a resource, or a pattern of some.
func (q *question) on(id *model.Identity, p iam.Policies, resource string) (Ability, iam.Decision) {
	r := q.request(id, resource)
	p.Resource = q.guard(id.Unit, r)
	d := iam.Decide(p, r, cloudwatch.Facts{})
	a := Ability{Who: identityNode(id)}
	if d.Result == iam.Denied {
		return a, d
	}
	if strings.ContainsAny(resource, "*?") && resource != "*" {
		a, d = q.part(a, p, r, d)
	} else {
		a.Tests = d.Tests
	}
	a.Result, a.Statements = d.Result, q.grounds(d.Allowing, id, nil)
	a.Statements = append(a.Statements, q.guarding(d.Allowing)...)
	return a, d
}

func (q *question) request(id *model.Identity, resource string) iam.Request {
	r := q.graph.Caller(id)
	account := q.accountOf(id.Unit)
	r.Principal = source.ReplaceMarks(r.Principal, func(kind source.HoleKind, label string) string {
		if kind == source.HoleSelf {
			return account
		}
		return source.Hole(kind, label)
	})
	if id.Kind == model.Group {
		r.Principal = "arn:" + partitionOf(id.Unit) + ":iam::" + account + ":user/" + source.Hole(source.HoleName, "member")
	}
	if a, ok := iam.ParseARN(resource); ok && q.answer.Resource == "*" {
		r.Principal = "arn:" + a.Partition + strings.TrimPrefix(r.Principal, "arn:"+partitionOf(id.Unit))
	}
	r.Action, r.Resource, r.ResourceAccount = q.answer.Action, resource, cmp.Or(q.account, account)
	return r
}

// guard are the resource policies that bear on a request, looked up once for
// each unit and resource.
func (q *question) guard(u *model.Unit, r iam.Request) *iam.Document {
	if q.trust != nil {
		return nil
	}
	k := guardKey{u, r.Resource}
	d, seen := q.guards[k]
	if !seen {
		d = q.graph.guards(u, r)
		q.guards[k] = d
	}
	return d
}

// guarding are the statements of resource policies among those of a decision.
func (q *question) guarding(list []*iam.Statement) []Ground {
	var out []Ground
	for _, st := range list {
		if !st.HasPrincipal {
			continue
		}
		for _, u := range q.graph.model.Units {
			for _, p := range u.ResourcePolicies {
				if p.Document != nil && holds(p.Document, st) {
					out = append(out, Ground{Statement: st, Resource: p, Range: st.Range})
				}
			}
		}
	}
	return out
}

// outsiders answers for those whom the policies of resources let in by
// themselves.
func (q *question) outsiders(add func(Ability)) {
	if q.trust != nil {
		return
	}
	for _, u := range q.graph.model.Units {
		for _, resource := range q.resources(u, q.accountOf(u)) {
			r := iam.Request{Action: q.answer.Action, Resource: resource, ResourceAccount: q.accountOf(u), Context: iam.Context{Open: true}}
			for _, rp := range u.ResourcePolicies {
				if rp.Document != nil && !rp.Document.Invalid && !rp.Document.Unknown && bears(rp, r) {
					q.letIn(u, rp, r, add)
				}
			}
		}
	}
}

func (q *question) letIn(u *model.Unit, rp *model.ResourcePolicy, r iam.Request, add func(Ability)) {
	d := guard(rp)
	for _, st := range d.Statements {
		if st.Effect == iam.Deny || st.MatchesAction(r.Action) == iam.No {
			continue
		}
		role := &model.Identity{Kind: model.Role, Unit: u}
		for _, e := range statementEntries(q.graph, Entry{Role: role, Statement: st, AssumeRole: true}) {
			if e.Kind == OwnAccount || e.Kind == DeletedPrincipal || e.Kind == OtherPrincipal {
				continue
			}
			q.asCaller(&r, e)
			p := iam.Policies{Resource: only(d, st), Identity: []*iam.Document{anything(iam.IdentityDocument)}}
			got := someResource(iam.Decide(p, r, cloudwatch.Facts{}))
			if got.Result != iam.Denied {
				add(Ability{Who: e.outsider(), Result: got.Result, Tests: got.Tests, Statements: q.guarding(got.Allowing)})
			}
		}
	}
}

// AsksForRole reports whether an action is settled by a role's trust policy, so
// that WhoCan needs the role's ARN as the resource.
func AsksForRole(action string) bool { return isAssume(action) }
