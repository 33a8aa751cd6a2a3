package rules

import (
	"cmp"
	"slices"

	"github.com/iamwatch/iamwatch/scanner"
	"github.com/iamwatch/iamwatch/scanner/access"
	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// callerKeys bind who may call at all (IW301).
func callerKeys() []string {
	return []string{"aws:principalorgid", "aws:principalorgpaths", "aws:principalaccount", "aws:principalarn", "aws:sourcevpce"}
}

// secondKeys are what counts as a second condition beside the account (IW302).
func secondKeys() []string {
	return []string{"sts:externalid", "aws:principalorgid", "aws:principalorgpaths", "aws:principalaccount", "aws:principalarn",
		"aws:sourceorgid", "aws:sourceorgpaths", "aws:sourcearn", "aws:multifactorauthpresent", "aws:sourcevpce"}
}

func hasAny(conds map[string][]iam.Condition, keys ...string) bool {
	return slices.ContainsFunc(keys, func(k string) bool { return len(conds[k]) > 0 })
}

// A trustRule judges one way into a role.
type trustRule struct {
	id    string
	judge func(*scanner.Pass, *access.Entry) (scanner.Finding, bool)
	// together, when set, is the message about several ways in of one
	// statement; empty to let the gravest speak alone.
	together func(*scanner.Pass, []*access.Entry) string
}

// trustChains are the orders in which rules speak about one trust statement:
// of a chain only the first does ("One fault, one finding"). As with grants a
// finding of low confidence yields to a later one that is surer.
func trustChains() [][]trustRule {
	subject := trustRule{id: "IW305", judge: openSubject}
	return [][]trustRule{
		{
			{id: "IW301", judge: anyPrincipal}, subject,
			{id: "IW302", judge: withoutExternalID, together: unaskedMessage}, {id: "IW303", judge: wholeAccount},
		},
		{subject, {id: "IW311", judge: wideSubject}},
		{{id: "IW304", judge: sharingEntry}},
	}
}

// checkTrust is the Check of every rule about trust statements.
func checkTrust(p *scanner.Pass) error {
	var chains [][]trustRule
	for _, chain := range trustChains() {
		if slices.ContainsFunc(chain, func(r trustRule) bool { return r.id == p.Rule.ID }) {
			chains = append(chains, chain)
		}
	}
	for _, ways := range p.Access.Ways() {
		// Most roles are for services alone, of which no rule here speaks.
		if !slices.ContainsFunc(ways, func(e *access.Entry) bool { return e.Kind != access.Service }) {
			continue
		}
		if f, ok := speakTrust(p, chains, ways); ok {
			p.Report(f)
		}
	}
	return nil
}

// speakTrust returns what the pass's rule says of a statement, if it is the
// one to speak in every one of the chains, which hold it.
func speakTrust(p *scanner.Pass, chains [][]trustRule, ways []*access.Entry) (scanner.Finding, bool) {
	var said scanner.Finding
	speaks := false
	for _, chain := range chains {
		id, f, ok := firstOf(p, chain, ways)
		if !ok || id != p.Rule.ID {
			return scanner.Finding{}, false
		}
		said, speaks = f, true
	}
	return said, speaks
}

// firstOf is the first rule of a chain that is at least fairly sure, or else
// the first that says anything.
func firstOf(p *scanner.Pass, chain []trustRule, ways []*access.Entry) (id string, said scanner.Finding, ok bool) {
	for _, r := range chain {
		f, found := gravest(p, r, ways)
		if found && f.Confidence > scanner.ConfidenceLow {
			return r.id, f, true
		}
		if found && !ok {
			id, said, ok = r.id, f, true
		}
	}
	return id, said, ok
}

// gravest is the surest finding of a rule about a statement; its other ways in
// become related places.
func gravest(p *scanner.Pass, r trustRule, ways []*access.Entry) (scanner.Finding, bool) {
	var best scanner.Finding
	var others []scanner.Related
	found := false
	hits := slices.DeleteFunc(slices.Clone(ways), func(e *access.Entry) bool { _, ok := r.judge(p, e); return !ok })
	for _, e := range hits {
		f, _ := r.judge(p, e)
		if r.together != nil && len(hits) > 1 {
			f.Message = cmp.Or(r.together(p, hits), f.Message)
		}
		f, ok := trustFinding(p, e, f)
		switch {
		case !ok:
		case !found:
			best, found = f, true
		case f.Confidence > best.Confidence:
			best, others = f, append(others, scanner.Related{Range: best.Range, Message: best.Label})
		default:
			others = append(others, scanner.Related{Range: f.Range, Message: f.Label})
		}
	}
	for _, o := range others {
		best.Related = appendRelated(best.Related, o.Range, o.Message)
	}
	return best, found
}

// trustFinding fills what every finding about a trust statement has; false
// when a Deny beside the statement takes it all away.
func trustFinding(p *scanner.Pass, e *access.Entry, f scanner.Finding) (scanner.Finding, bool) {
	role := e.Role
	doubts, dead := p.Access.Denied(role.Trust, e.Statement)
	if dead {
		return f, false
	}
	f.Unit, f.Entity = role.Unit, identityEntity(role)
	f.Part = "trust " + p.Access.StatementID(role.Unit, role.Trust, e.Statement)
	f.Subject = identityNamed(role)
	if f.Range.IsZero() {
		f.Range = principalRange(e.Statement, e.Principal)
	}
	hold := p.Access.Holding(role)
	f.Actions = worst(hold.Actions.Intersect(anyImpact3()))
	f.Classes = classes(hold.Actions)
	if e.Statement.Maybe || role.Maybe || e.Statement.Effect == iam.EffectUnknown || len(doubts) > 0 {
		f.Confidence = f.Confidence.Lower()
	}
	if role.Unit.Input == model.PolicyFile {
		f.Entity, f.Subject = entity("policy", role.Entity), named("trust policy", role.Entity)
		f.Confidence = min(f.Confidence, scanner.ConfidenceMedium)
		f.Message += "; the file does not say which role it is for"
	}
	for _, c := range e.Statement.Conditions {
		f.Remaining = append(f.Remaining, c.Operator.Show()+" "+c.Key.Show())
	}
	for _, d := range doubts {
		f.Message += "; " + d.Clause
	}
	f.Related = trustRelated(f.Related, e, doubts)
	return f, true
}

// principalRange is where a statement says who may call: the principal, of a
// NotPrincipal the whole element, whose entries are those left out.
func principalRange(st *iam.Statement, who iam.Principal) source.Range {
	switch {
	case st.NotPrincipal && !st.PrincipalRange.IsZero():
		return st.PrincipalRange
	case !who.Value.Range.IsZero():
		return who.Value.Range
	}
	return st.Range
}

// trustRelated adds the places that belong to a way into a role.
func trustRelated(list []scanner.Related, e *access.Entry, doubts []access.Doubt) []scanner.Related {
	role := e.Role
	out := appendRelated(list, role.Range, "the role is declared here")
	if !role.TrustRange.Contains(e.Statement.Range) {
		out = appendRelated(out, role.TrustRange, "the trust policy comes in here")
	}
	out = appendRelated(out, e.Principal.Value.Origin, "the principal comes from here")
	out = appendCalls(out, role.Module)
	out = appendWithin(out, e.Statement.Within)
	for _, d := range doubts {
		out = appendRelated(out, d.Range, d.Clause)
	}
	return out
}

// power is a clause that says what a role's holder can do to telemetry.
func power(p *scanner.Pass, role *model.Identity) string {
	hold := p.Access.Holding(role)
	switch actions := worst(hold.Actions.Intersect(anyImpact3())); {
	case hold.Everything:
		return "the role can do everything"
	case len(actions) > 0:
		return "the role can call " + few(actions)
	case hold.Beyond():
		return "the role reads telemetry"
	}
	return "the scan sees no telemetry access attached to it"
}
