package access

import (
	"slices"
	"strings"

	"github.com/iamwatch/iamwatch/scanner/cloudwatch"
	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// New works out a linked model.
func New(m *model.Model, o Options) *Graph {
	g := &Graph{
		options: o, model: m, own: map[string]bool{},
		holdings: map[*model.Identity]*Holding{}, trusts: map[*model.Identity][]*Entry{},
		managed: map[string]*managedPolicy{}, unique: map[string]*model.Identity{},
		managing: map[string]bool{},
	}
	for _, list := range [][]string{o.Accounts, o.Trusted} {
		for _, id := range list {
			g.own[id] = true
		}
	}
	for _, u := range m.Units {
		if u.Account != "" {
			g.own[u.Account] = true
			g.managing[u.Account] = g.managing[u.Account] || u.Management
		}
		g.allControls = append(g.allControls, u.Controls...)
		for _, id := range u.Identities {
			if id.UniqueID != "" && g.unique[id.UniqueID] == nil {
				g.unique[id.UniqueID] = id
			}
		}
	}
	b := newBuilder(g)
	for _, u := range m.Units {
		b.unit(u)
	}
	b.hold()
	for _, u := range m.Units {
		for _, id := range u.Identities {
			if id.Kind == model.Role && id.Trust != nil {
				g.trusts[id] = entries(g, id)
				g.allTrusts = append(g.allTrusts, g.trusts[id]...)
			}
		}
	}
	g.ways = byStatement(slices.Concat(g.allTrusts, g.LooseEntries()))
	g.management = g.manager()
	for id, entries := range g.trusts {
		g.holdings[id].nature = nature{workload(entries), serviceOnly(entries), platform(id, entries, g.management)}
	}
	return g
}

// A builder makes the grants of a graph.
type builder struct {
	graph *Graph
	cuts  map[*model.Identity]*cuts
	// Grants of AWS managed policies and boundaries are the same for
	// all identities of an account that hold the policy.
	grants map[grantKey][]*Grant
	bounds map[grantKey]*boundary
	scopes interned
}

type grantKey struct {
	policy  *model.Policy
	account string
}

func newBuilder(g *Graph) *builder {
	return &builder{
		graph: g, cuts: map[*model.Identity]*cuts{},
		grants: map[grantKey][]*Grant{}, bounds: map[grantKey]*boundary{}, scopes: interned{},
	}
}

// A managedPolicy is an AWS managed policy with its document read.
type managedPolicy struct {
	info   *cloudwatch.ManagedPolicy
	policy *model.Policy
}

func (b *builder) unit(u *model.Unit) {
	for _, id := range u.Identities {
		if id.Boundary != nil {
			b.graph.awsManaged(id.Boundary)
		}
		for _, p := range id.Inline {
			b.policy(u, p, []reach{{id: id}}, nil, nil)
		}
		for _, a := range id.Managed {
			if m := b.graph.awsManaged(a); m != nil {
				b.policy(u, m.policy, []reach{{id: id, by: a}}, m.info, a)
			}
		}
	}
	for _, p := range u.Policies {
		if p.Kind != model.AWSManaged {
			b.policy(u, p, attached(p), nil, nil)
		}
	}
}

// A reach is an identity that a policy is attached to.
type reach struct {
	id *model.Identity
	by *model.Attachment
}

func attached(p *model.Policy) []reach {
	var out []reach
	for _, id := range p.Attached {
		for _, a := range id.Managed {
			if a.To == p {
				out = append(out, reach{id, a})
				break
			}
		}
	}
	return out
}

// awsManaged returns the AWS managed policy of an attachment: its document in
// the export when it was read, else the embedded one.
func (g *Graph) awsManaged(a *model.Attachment) *managedPolicy {
	if a.To != nil && a.To.Kind != model.AWSManaged {
		return nil
	}
	name, ok := AWSManagedName(a.Policy.Value.Value)
	if !ok {
		return nil
	}
	info, _ := cloudwatch.Managed(name)
	if a.To != nil && a.To.Document != nil && !a.To.Document.Unknown {
		if info == nil {
			info = &cloudwatch.ManagedPolicy{ARN: a.Policy.Value.Value, Name: name}
		}
		return &managedPolicy{info: info, policy: a.To}
	}
	if m, seen := g.managed[name]; seen {
		return m
	}
	var m *managedPolicy
	if info != nil {
		m = &managedPolicy{info: info, policy: embedded(info)}
	}
	g.managed[name] = m
	return m
}

// AWSManagedName is the name of an AWS managed policy by its ARN in any
// partition, the partition being a hole included.
func AWSManagedName(arn string) (string, bool) {
	i := strings.Index(arn, ":iam::aws:policy/")
	if i < 0 {
		return "", false
	}
	return arn[strings.LastIndexByte(arn, '/')+1:], true
}

func embedded(info *cloudwatch.ManagedPolicy) *model.Policy {
	src := source.New("aws-managed/"+info.Name+".json", []byte(info.Document))
	v, _ := source.ReadJSON(src.Text())
	p := &model.Policy{Kind: model.AWSManaged, Document: iam.Read(v, iam.IdentityDocument)}
	p.Name = source.NewString(info.Name, source.Range{})
	p.ARN = source.NewString(info.ARN, source.Range{})
	return p
}

// policy makes the grants of a policy that reaches some identities.
func (b *builder) policy(u *model.Unit, p *model.Policy, reaches []reach, info *cloudwatch.ManagedPolicy, a *model.Attachment) {
	if p.Document == nil || p.Document.Unknown || p.Document.Invalid || isGuardOnly(p) {
		return
	}
	for _, gr := range b.granted(u, p) {
		gr.Managed, gr.Attachment = info, a
		gr.Holders = make([]Holder, 0, holdersOf(reaches))
		for _, r := range reaches {
			b.reach(gr, r)
		}
		if len(reaches) == 0 {
			b.unattached(gr)
		} else {
			gr.sum()
		}
		b.graph.grants = append(b.graph.grants, gr)
	}
}

func holdersOf(reaches []reach) int {
	n := len(reaches)
	for _, r := range reaches {
		n += len(r.id.Members)
	}
	return n
}

// granted are new grants of a policy's Allow statements that bear on
// telemetry, before any cut. Those of an AWS managed policy are worked out
// once for all that hold it.
func (b *builder) granted(u *model.Unit, p *model.Policy) []*Grant {
	if p.Kind != model.AWSManaged {
		return b.readGrants(u, p)
	}
	k := grantKey{p, u.Account}
	models, ok := b.grants[k]
	if !ok {
		models = b.readGrants(u, p)
		b.grants[k] = models
	}
	out := make([]*Grant, len(models))
	for i, m := range models {
		gr := *m
		out[i] = &gr
	}
	return out
}

func (b *builder) readGrants(u *model.Unit, p *model.Policy) []*Grant {
	own := b.own(u)
	var out []*Grant
	for _, st := range p.Document.Statements {
		if st.Effect == iam.Deny || st.HasPrincipal {
			continue
		}
		if must, may := patterns(st); !may.Empty() {
			out = append(out, b.grant(p, st, own, must, may))
		}
	}
	return out
}

// isGuardOnly reports whether a policy serves as a boundary and nothing
// else, so that its Allow statements grant nothing.
func isGuardOnly(p *model.Policy) bool { return len(p.Bounds) > 0 && len(p.Attached) == 0 }

// grant is what a statement grants before any cut. Actions holds what its
// resources let through.
func (b *builder) grant(p *model.Policy, st *iam.Statement, own iam.Accounts, must, may cloudwatch.ActionSet) *Grant {
	gr := &Grant{Policy: p, Statement: st, Patterns: must, Possible: may}
	s := b.scope(st, gr.Patterns, own)
	gr.Actions, gr.UnscopedResources, gr.Unscoped = s.reached, s.wide, s.open
	gr.Reached, gr.MaybeUnscoped, gr.Presumed = s.reached, s.maybe, s.presumed
	gr.OnlyMFA = onlyMFA(st)
	gr.Everything = coversEverything(st) && onEverything(st) && (gr.OnlyMFA || !restricted(st, "")) && !iam.NeverHolds(st, "", cloudwatch.Facts{})
	gr.Doubts = append(gr.Doubts, oddOperators(st)...)
	if st.Maybe || p.Maybe {
		gr.Doubts = append(gr.Doubts, Doubt{Range: st.Range, Clause: maybeClause("the statement", p.When)})
	}
	if st.Effect == iam.EffectUnknown {
		gr.Doubts = append(gr.Doubts, Doubt{Range: st.EffectRange, Clause: "its Effect could not be read"})
	}
	gr.Doubts = append(gr.Doubts, unreadBeside(p.Document, st)...)
	return gr
}

// oddOperators are doubts about conditions that nobody can judge.
func oddOperators(st *iam.Statement) []Doubt {
	var out []Doubt
	for _, c := range st.Conditions {
		if _, ok := iam.ParseOperator(c.Operator.Value); !ok {
			out = append(out, Doubt{Range: c.Range, Clause: "its condition operator " + c.Operator.Show() + " is not known"})
		}
	}
	return out
}

func maybeClause(what, when string) string {
	if when != "" {
		return what + " is there only when " + when
	}
	return what + " is there only under a condition that could not be decided"
}

// patterns are the catalogue actions that a statement's patterns cover for
// certain, and those that they may cover.
func patterns(st *iam.Statement) (must, may cloudwatch.ActionSet) {
	for _, a := range st.Actions {
		m, p := cloudwatch.MatchHoley(a.Value)
		must, may = must.Union(m), may.Union(p)
	}
	if !st.NotAction {
		return must, may.Union(must)
	}
	all := cloudwatch.Match("*")
	return all.Minus(may.Union(must)), all.Minus(must)
}

// own are the accounts that a unit may be deployed to.
func (b *builder) own(u *model.Unit) iam.Accounts {
	if u.Account != "" {
		return iam.Accounts{Own: []string{u.Account}}
	}
	return iam.Accounts{Own: b.graph.options.Accounts}
}

// reached, wide and open narrow a set of actions by a statement's resources
// and conditions; maybe would be open but for what could not be resolved, and
// presumed is the part of wide that rests on an account taken for the own one.
type scoped struct{ reached, wide, open, maybe, presumed cloudwatch.ActionSet }

func scope(st *iam.Statement, actions cloudwatch.ActionSet, own iam.Accounts) scoped {
	if onEverything(st) && len(st.Conditions) == 0 {
		return scoped{reached: actions, wide: actions, open: actions}
	}
	var s scoped
	everything := onEverything(st)
	answers := make([]share, cloudwatch.Shapes())
	for id := range actions.All() {
		a := cloudwatch.ActionByID(id)
		l := &answers[a.Shape()]
		if !l.asked {
			*l = shareOf(st, a, everything, own)
		}
		if l.reaches {
			s.add(id, l)
		}
	}
	return s
}

// A share is what a statement's resources and conditions leave of an action,
// and of all others of its shape.
type share struct {
	asked, reaches, presumed, restricted bool
	wide                                 iam.Verdict
}

func shareOf(st *iam.Statement, a *cloudwatch.Action, everything bool, own iam.Accounts) share {
	l := share{asked: true, wide: iam.Yes}
	action := a.String()
	if iam.NeverHolds(st, action, cloudwatch.Facts{}) {
		return l
	}
	if !everything {
		l.wide, l.presumed = unscoped(st, action, own)
	}
	l.reaches = l.wide != iam.No || touches(st, a, own)
	l.restricted = l.reaches && restricted(st, action)
	return l
}

// add puts an action that a statement's resources let through where it belongs.
func (s *scoped) add(id cloudwatch.ActionID, l *share) {
	s.reached.Add(id)
	if l.wide == iam.Yes {
		s.wide.Add(id)
	}
	if l.presumed {
		s.presumed.Add(id)
	}
	switch {
	case l.restricted:
	case l.wide == iam.Yes:
		s.open.Add(id)
	case l.wide == iam.Maybe:
		s.maybe.Add(id)
	}
}

// unscoped reports whether a statement's resources are all of an action's,
// and whether that rests on an account of its ARNs being the own one: where
// that is not known, it is presumed.
func unscoped(st *iam.Statement, action string, own iam.Accounts) (wide iam.Verdict, presumed bool) {
	wide = iam.Unscoped(st, action, own, cloudwatch.Facts{})
	if wide != iam.Maybe || len(own.Own) > 0 {
		return wide, false
	}
	for _, r := range st.Resources {
		if a, ok := iam.ParseARN(r.Value); ok && iam.IsAccountID(a.Account) {
			own.Own = append(own.Own, a.Account)
		}
	}
	if len(own.Own) > 0 && iam.Unscoped(st, action, own, cloudwatch.Facts{}) == iam.Yes {
		return iam.Yes, true
	}
	return wide, false
}

// touches reports whether a statement's resources can hold a resource of the
// action at all. An action without resource types is granted by * alone.
func touches(st *iam.Statement, a *cloudwatch.Action, own iam.Accounts) bool {
	templates := a.Templates()
	if len(templates) == 0 {
		return touchesType(st, "*", "*", own)
	}
	for i, t := range templates {
		if touchesType(st, t, a.Queries()[i], own) {
			return true
		}
	}
	return false
}

// touchesType reports whether a statement's resources can hold one of a type,
// of which the query asks for all.
func touchesType(st *iam.Statement, template, query string, own iam.Accounts) bool {
	for i := range st.Resources {
		r := &st.Resources[i]
		switch {
		case iam.Apart(r.Value, template):
		case st.NotResource && coversType(r.Value, template, own.Own...):
			return false
		case !st.NotResource && iam.ResourceMatches(r.Value, query) != iam.No:
			return true
		}
	}
	return st.NotResource && len(st.Resources) > 0
}

func coversTemplate(pattern, template string) bool {
	return iam.ResourceMatches(pattern, cloudwatch.OpenTemplate(template)) == iam.Yes
}

// restricted reports whether a meaningful condition limits an action; of the
// empty action, whether any would limit all actions.
func restricted(st *iam.Statement, action string) bool {
	if len(st.Conditions) == 0 {
		return false
	}
	_, ok := iam.Meaningful(st, action, cloudwatch.Facts{})
	return ok
}

// onEverything reports whether a statement's resources are simply all.
func onEverything(st *iam.Statement) bool {
	if st.NotResource {
		return false
	}
	for _, r := range st.Resources {
		if r.Known && r.Value != "" && strings.Trim(r.Value, "*") == "" {
			return true
		}
	}
	return false
}

// coversEverything reports whether a statement's actions are simply all.
func coversEverything(st *iam.Statement) bool {
	if st.NotAction {
		return false
	}
	for _, a := range st.Actions {
		if a.Known && a.Value != "" && strings.Trim(a.Value, "*:") == "" && strings.Contains(a.Value, "*") {
			return true
		}
	}
	return false
}

// onlyMFA reports whether a statement's only meaningful conditions ask for
// multi-factor authentication.
func onlyMFA(st *iam.Statement) bool {
	conds, ok := iam.Meaningful(st, "", cloudwatch.Facts{})
	for _, c := range conds {
		if !strings.EqualFold(c.Key.Value, "aws:MultiFactorAuthPresent") {
			return false
		}
	}
	return ok
}
