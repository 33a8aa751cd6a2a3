package rules

import (
	"fmt"

	"github.com/iamwatch/iamwatch/scanner"
	"github.com/iamwatch/iamwatch/scanner/access"
	"github.com/iamwatch/iamwatch/scanner/cloudwatch"
	"github.com/iamwatch/iamwatch/scanner/model"
)

// checkSharingRole is IW304: what the sharing role holds beyond the documented
// policies, and whom it lets in.
func checkSharingRole(p *scanner.Pass) error {
	for _, u := range p.Model.Units {
		for _, role := range u.Identities {
			if role.Kind == model.Role && p.Access.SharingRole(role) && !p.Access.Platform(role) {
				sharingAttachments(p, role)
				sharingGrants(p, role)
			}
		}
	}
	return checkTrust(p)
}

// sharingAttachments reports AWS managed policies that sharing does not need.
func sharingAttachments(p *scanner.Pass, role *model.Identity) {
	for _, a := range role.Managed {
		name, aws := access.AWSManagedName(a.Policy.Value.Value)
		if !aws || p.Access.SharingPolicy(a) || p.Access.Holding(role).Admin {
			continue
		}
		f := sharingFinding(role, name, p.Access.Holding(role).Actions)
		f.Range, f.Advice = a.Range, "detach it"
		f.Related = appendRelated(f.Related, a.Policy.Value.Origin, "the ARN comes from here")
		f.Related = appendCalls(f.Related, a.Module)
		f.Message = fmt.Sprintf("the CloudWatch sharing role holds policy %q, which is none of those that sharing needs", name)
		if a.Maybe {
			f.Confidence = f.Confidence.Lower()
		}
		p.Report(f)
	}
}

// sharingGrants reports statements of other policies that give more telemetry
// than the documented policies do, unless a rule about grants speaks of them.
func sharingGrants(p *scanner.Pass, role *model.Identity) {
	for _, g := range p.Access.Holding(role).Grants {
		beyond := p.Access.BeyondSharing(g)
		if g.Managed != nil || beyond.Empty() {
			continue
		}
		if _, _, v, ok := speak(p, g); ok && v.confidence > scanner.ConfidenceLow {
			continue
		}
		f := sharingFinding(role, "", beyond)
		f.Part = partOf(p, inlineOwner(g), g)
		f.Range, f.Advice = g.Statement.ActionRange, "remove the statement"
		if i := p.Access.Patterns(g.Statement, beyond); len(i) > 0 && !g.Statement.NotAction {
			f.Range = g.Statement.Actions[i[0]].Range
			f.Related = appendRelated(f.Related, g.Statement.Actions[i[0]].Origin, "the action comes from here")
		}
		f.Related = appendCalls(f.Related, g.Policy.Module)
		f.Related = appendWithin(f.Related, g.Statement.Within)
		f.Message = fmt.Sprintf("%s gives the CloudWatch sharing role more than sharing needs: %s", named("policy", g.Policy.Entity), few(worst(beyond)))
		if len(g.Doubts) > 0 {
			f.Confidence = f.Confidence.Lower()
		}
		p.Report(f)
	}
}

func sharingFinding(role *model.Identity, part string, actions cloudwatch.ActionSet) scanner.Finding {
	f := scanner.Finding{
		Confidence: scanner.ConfidenceHigh, Label: "beyond the documented policies", Unit: role.Unit,
		Entity: identityEntity(role), Part: part, Subject: identityNamed(role),
		Actions: worst(actions.Intersect(anyImpact3())), Classes: classes(actions),
		Related: appendRelated(nil, role.Range, "the role is declared here"),
	}
	f.Related = appendCalls(f.Related, role.Module)
	if role.Maybe {
		f.Confidence = f.Confidence.Lower()
	}
	return f
}

// sharingEntry judges a way into the sharing role; Principal * without any
// limit is IW301.
func sharingEntry(p *scanner.Pass, e *access.Entry) (scanner.Finding, bool) {
	if !e.AssumeRole || !p.Access.SharingRole(e.Role) || p.Access.Platform(e.Role) {
		return scanner.Finding{}, false
	}
	f := scanner.Finding{Advice: "list the monitoring accounts, or move to observability links", Label: "neither own nor trusted"}
	organization := hasAny(p.Access.Guards(e), "aws:principalorgid", "aws:principalorgpaths")
	if organization && p.Access.TrustsOrganization(e) {
		return f, false
	}
	conf, isForeign := foreign(p, e)
	switch {
	case isForeign:
		f.Confidence = conf
		f.Message = fmt.Sprintf("account %s, neither own nor trusted, may assume the CloudWatch sharing role; %s", e.Account, power(p, e.Role))
	case e.Kind == access.Anyone && organization:
		f.Confidence = scanner.ConfidenceMedium
		if p.Access.KnowsAccounts() {
			f.Confidence = scanner.ConfidenceHigh
		}
		f.Message = fmt.Sprintf("an organization that is not known as trusted may assume the CloudWatch sharing role; %s", power(p, e.Role))
	default:
		return f, false
	}
	return f, true
}
