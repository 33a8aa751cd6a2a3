package rules

import (
	"slices"

	"github.com/iamwatch/iamwatch/scanner"
	"github.com/iamwatch/iamwatch/scanner/access"
	"github.com/iamwatch/iamwatch/scanner/cloudwatch"
	"github.com/iamwatch/iamwatch/scanner/model"
)

// A grantRule judges one statement of an identity policy.
type grantRule struct {
	id string
	// admins, services: whether administrators and roles that only services
	// without customer code can assume are judged.
	admins, services bool
	// managed: whether AWS managed policies are judged.
	managed bool
	// named says that the rule is about single actions, which are mostly
	// granted on single resources: a name that is wholly unknown hints at
	// little.
	named bool
	// concerns says whether a grant can bear on the rule at all, which is
	// quickly asked: most bear on none.
	concerns func(*access.Grant) bool
	judge    func(*judged) (verdict, bool)
}

// A verdict is what a grant rule says of a statement.
type verdict struct {
	confidence scanner.Confidence
	actions    cloudwatch.ActionSet
	// what the holders can do, in words; why the confidence is not high.
	what, why   string
	fix, advice string
}

// grantRules is the order in which rules speak about one statement: only the
// first does ("One fault, one finding"). A verdict of low confidence yields to
// a later one that is surer, which the low one would otherwise hide.
func grantRules() []grantRule {
	return []grantRule{
		{id: "IW201", admins: true, services: true, managed: true, judge: judgeAdmin, concerns: func(g *access.Grant) bool { return g.Everything }},
		{id: "IW203", services: true, judge: judgeNotAction, concerns: func(g *access.Grant) bool { return g.Statement.NotAction && open(g, anyImpact3()) }},
		{id: "IW202", services: true, judge: judgeWildcard, concerns: func(g *access.Grant) bool { return open(g, wideActions()) }},
		{id: "IW220", admins: true, services: true, named: true, judge: judgeEscalation, concerns: func(g *access.Grant) bool { return open(g, access.SelfEscalation()) }},
		{id: "IW209", named: true, judge: judgeExfiltration, concerns: func(g *access.Grant) bool { return open(g, exfiltrations()) }},
		{id: "IW208", named: true, judge: judgeDestruction, concerns: func(g *access.Grant) bool { return open(g, destructions()) }},
		{id: "IW207", named: true, judge: judgeBlinding, concerns: func(g *access.Grant) bool { return open(g, blindings()) }},
		{id: "IW223", services: true, judge: judgeScopedWildcard, concerns: func(g *access.Grant) bool { return g.Actions.Meets(graveActions()) }},
	}
}

// open reports whether a grant holds any of some actions on all resources, or
// may do so.
func open(g *access.Grant, actions cloudwatch.ActionSet) bool {
	return g.Unscoped.Meets(actions) || g.MaybeUnscoped.Meets(actions)
}

// A judged grant is a grant as one rule sees it: with the holders that the
// rule speaks of.
type judged struct {
	pass    *scanner.Pass
	grant   *access.Grant
	holders []*access.Holder
	// The unions over the holders, or what the statement gives when nothing
	// in the scan holds it.
	actions, unscoped, wide cloudwatch.ActionSet
	everything              bool
	// maybe are those of unscoped that are so only as far as what could not
	// be resolved goes.
	maybe cloudwatch.ActionSet
	// presumptions are the doubts about what the verdict rests on.
	presumptions []access.Doubt
}

// see gives a rule its view of a grant; false when nobody is left to speak of.
func (r grantRule) see(p *scanner.Pass, g *access.Grant) (*judged, bool) {
	j := &judged{pass: p, grant: g}
	if g.Managed != nil && !r.managed {
		return nil, false
	}
	if !g.Attached() {
		j.actions, j.unscoped, j.wide, j.everything = g.Actions, g.Unscoped, g.UnscopedResources, g.Everything
		return j, true
	}
	holders := make([]*access.Holder, 0, len(g.Holders))
	for i := range g.Holders {
		if h := &g.Holders[i]; r.speaksOf(p, h.Identity) {
			holders = append(holders, h)
		}
	}
	return j.among(holders), len(holders) > 0
}

// among is the same view with some holders.
func (j *judged) among(holders []*access.Holder) *judged {
	out := &judged{pass: j.pass, grant: j.grant, holders: holders, maybe: j.maybe}
	for _, h := range holders {
		out.actions, out.unscoped = out.actions.Union(h.Actions), out.unscoped.Union(h.Unscoped)
		out.wide = out.wide.Union(h.UnscopedResources)
		out.everything = out.everything || h.Everything
	}
	return out
}

func (r grantRule) speaksOf(p *scanner.Pass, id *model.Identity) bool {
	if !r.admins && p.Access.Holding(id).Admin {
		return false
	}
	if slices.Contains(p.Options.AdminPrincipals, id.Name.Value) {
		return false
	}
	if id.Kind != model.Role {
		return true
	}
	return !p.Access.Platform(id) && (r.services || !p.Access.ServiceOnly(id))
}

// fires reports whether the rule would say anything of a grant.
func (r grantRule) fires(p *scanner.Pass, g *access.Grant) bool {
	_, _, ok := r.say(p, g)
	return ok
}

// say is what a rule says of a grant: of what is decided, or else of what may
// be so as well.
func (r grantRule) say(p *scanner.Pass, g *access.Grant) (*judged, verdict, bool) {
	if !r.concerns(g) {
		return nil, verdict{}, false
	}
	j, ok := r.see(p, g)
	if !ok {
		return nil, verdict{}, false
	}
	v, ok := r.judge(j)
	if !ok && j.suppose() {
		if v, ok = r.judge(j); ok && r.named && !p.Access.OpenWhenEmpty(g, v.actions.Intersect(j.maybe)) {
			v.confidence = v.confidence.Lower()
		}
	}
	if ok {
		j, v = r.narrow(j, v)
	}
	j.presume(v)
	return j, v, ok
}

// narrow leaves only those holders of whom a verdict is true by themselves: a
// Deny or a boundary may have taken it away from the others.
func (r grantRule) narrow(j *judged, v verdict) (*judged, verdict) {
	if len(j.holders) < 2 {
		return j, v
	}
	var firm []*access.Holder
	for _, h := range j.holders {
		if _, ok := r.judge(j.among([]*access.Holder{h})); ok {
			firm = append(firm, h)
		}
	}
	few := j.among(firm)
	if said, ok := r.judge(few); ok && len(firm) < len(j.holders) {
		said.confidence = min(said.confidence, v.confidence)
		return few, said
	}
	return j, v
}

// suppose takes for unscoped what may be so; false when there is no such.
func (j *judged) suppose() bool {
	maybe := j.grant.MaybeUnscoped
	if j.grant.Attached() {
		maybe = cloudwatch.ActionSet{}
		for i, h := range j.holders {
			maybe = maybe.Union(h.MaybeUnscoped)
			supposed := *h
			supposed.Unscoped = h.Unscoped.Union(h.MaybeUnscoped)
			j.holders[i] = &supposed
		}
	}
	j.maybe = maybe.Minus(j.unscoped)
	j.unscoped = j.unscoped.Union(maybe)
	return !j.maybe.Empty()
}

// presume notes what a verdict takes for granted about resources.
func (j *judged) presume(v verdict) {
	note := func(rests cloudwatch.ActionSet, clause string) {
		if !rests.Intersect(v.actions).Empty() {
			j.presumptions = append(j.presumptions, access.Doubt{Range: j.grant.Statement.ResourceRange, Clause: clause})
		}
	}
	note(j.grant.Presumed, "the account of its ARNs is taken to be the own one")
	note(j.maybe, "its resources could not be resolved and may be all")
}

// speak returns the rule that speaks about a grant and its verdict.
func speak(p *scanner.Pass, g *access.Grant) (grantRule, *judged, verdict, bool) {
	var first grantRule
	var seen *judged
	var said verdict
	found := false
	for _, r := range grantRules() {
		j, v, ok := r.say(p, g)
		if !ok {
			continue
		}
		v.confidence = j.confidence(v)
		if !found || v.confidence > scanner.ConfidenceLow && said.confidence == scanner.ConfidenceLow {
			first, seen, said, found = r, j, v, true
		}
		// Who may do everything is said by IW201, however unsure.
		if said.confidence > scanner.ConfidenceLow || !g.Attached() && seen.everything {
			break
		}
	}
	return first, seen, said, found
}

// confidence lowers a verdict's by what casts doubt on the grant itself.
func (j *judged) confidence(v verdict) scanner.Confidence {
	c := v.confidence
	if len(j.doubts()) > 0 {
		c = c.Lower()
	}
	if !j.grant.Attached() {
		c = min(c, scanner.ConfidenceMedium)
	}
	return c
}

// doubts are those of the statement and those that every holder has.
func (j *judged) doubts() []access.Doubt {
	own := slices.Concat(j.grant.Doubts, j.presumptions)
	out := slices.Clone(own)
	for i, h := range j.holders {
		if len(h.Doubts) == 0 {
			return own
		}
		if i == 0 {
			out = append(out, h.Doubts...)
		}
	}
	return out
}

// exceptions are narrower Denies that leave the rest.
func (j *judged) exceptions() []access.Doubt {
	out := slices.Clone(j.grant.Exceptions)
	for _, h := range j.holders {
		out = append(out, h.Exceptions...)
	}
	return slices.CompactFunc(out, func(a, b access.Doubt) bool { return a.Range == b.Range })
}

// checkGrants is the Check of every rule about statements.
func checkGrants(p *scanner.Pass) error {
	own := grantRules()[slices.IndexFunc(grantRules(), func(r grantRule) bool { return r.id == p.Rule.ID })]
	for _, g := range p.Access.Grants() {
		// Most grants hold nothing of telemetry: ask the rule itself first,
		// and the others only about what it would report.
		if g.Actions.Empty() && !g.Everything {
			continue
		}
		if !own.fires(p, g) {
			continue
		}
		r, j, v, ok := speak(p, g)
		if ok && r.id == p.Rule.ID {
			p.Report(grantFinding(j, v))
		}
	}
	return nil
}
