package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/iamwatch/iamwatch/scanner"
	"github.com/iamwatch/iamwatch/scanner/access"
	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/model"
)

// callerKeys bind who may call at all (IW301).
func callerKeys() []string {
	return []string{"aws:principalorgid", "aws:principalorgpaths", "aws:principalaccount", "aws:principalarn", "aws:sourcevpce"}
}

// secondKeys are what counts as a second condition beside the account (IW302).
func secondKeys() []string {
	return []string{"sts:externalid", "aws:principalorgid", "aws:principalorgpaths", "aws:principalaccount", "aws:principalarn",
		"aws:sourcearn", "aws:multifactorauthpresent", "aws:sourcevpce"}
}

func hasAny(conds map[string][]iam.Condition, keys ...string) bool {
	return slices.ContainsFunc(keys, func(k string) bool { return len(conds[k]) > 0 })
}

// eachEntry calls f with every way into a role that AWS tooling does not
// keep, and reports what f finds: one finding a statement.
func eachEntry(p *scanner.Pass, platform bool, f func(*access.Entry) (scanner.Finding, bool)) error {
	type key struct {
		role *model.Identity
		st   *iam.Statement
	}
	seen := map[key]bool{}
	for _, e := range p.Access.AllEntries() {
		k := key{e.Role, e.Statement}
		if seen[k] || !platform && p.Access.Platform(e.Role) {
			continue
		}
		if found, ok := f(e); ok {
			seen[k] = true
			p.Report(trustFinding(p, e, found))
		}
	}
	return nil
}

// trustFinding fills what every finding about a trust statement has.
func trustFinding(p *scanner.Pass, e *access.Entry, f scanner.Finding) scanner.Finding {
	role := e.Role
	f.Unit, f.Entity = role.Unit, identityEntity(role)
	f.Part = "trust " + p.Access.StatementID(role.Unit, role.Trust, e.Statement)
	f.Subject = identityNamed(role)
	if f.Range.IsZero() {
		f.Range = e.Principal.Value.Range
	}
	if f.Range.IsZero() {
		f.Range = e.Statement.Range
	}
	hold := p.Access.Holding(role)
	f.Actions = worst(hold.Actions.Intersect(anyImpact3()))
	f.Classes = classes(hold.Actions)
	if e.Statement.Maybe || role.Maybe {
		f.Confidence = f.Confidence.Lower()
	}
	for _, c := range e.Statement.Conditions {
		f.Remaining = append(f.Remaining, c.Operator.Show()+" "+c.Key.Show())
	}
	related := f.Related
	f.Related = nil
	f.Related = appendRelated(f.Related, role.Range, "the role is declared here")
	f.Related = appendRelated(f.Related, role.TrustRange, "the trust policy comes in here")
	f.Related = appendRelated(f.Related, e.Principal.Value.Origin, "the principal comes from here")
	for _, c := range role.Module {
		f.Related = appendRelated(f.Related, c.Range, c.Message)
	}
	for _, r := range related {
		f.Related = appendRelated(f.Related, r.Range, r.Message)
	}
	return f
}

// power says in words what a role's holder can do to telemetry.
func power(p *scanner.Pass, role *model.Identity) string {
	hold := p.Access.Holding(role)
	switch actions := worst(hold.Actions.Intersect(anyImpact3())); {
	case hold.Everything:
		return "which can do everything"
	case len(actions) > 0:
		return "which can call " + few(actions)
	case hold.Beyond():
		return "which reads telemetry"
	}
	return "to which the scan sees no telemetry access attached"
}

// checkAnyPrincipal is IW301.
func checkAnyPrincipal(p *scanner.Pass) error {
	return eachEntry(p, true, func(e *access.Entry) (scanner.Finding, bool) {
		guards := p.Access.Guards(e)
		if e.Kind != access.Anyone || hasAny(guards, callerKeys()...) || hasAny(guards, "aws:sourceip", "sts:externalid") || !e.AssumeRole {
			return scanner.Finding{}, false
		}
		f := scanner.Finding{
			Confidence: scanner.ConfidenceHigh, Label: "anyone with an AWS account",
			Message: fmt.Sprintf("anyone may assume role %q, %s", e.Role.Name.Show(), power(p, e.Role)),
			Fix:     `"Principal":{"AWS":"arn:aws:iam::444455556666:role/ops"}`, Advice: "name the roles that need it",
		}
		if !p.Access.Holding(e.Role).Beyond() {
			f.Confidence = scanner.ConfidenceMedium
		}
		return f, true
	})
}

// foreign is the confidence in an account being foreign; false when it is not.
func foreign(p *scanner.Pass, e *access.Entry) (scanner.Confidence, bool) {
	switch e.Kind {
	case access.VendorAccount:
		return scanner.ConfidenceHigh, true
	case access.UnfamiliarAccount:
		if p.Access.KnowsAccounts() {
			return scanner.ConfidenceHigh, true
		}
		return scanner.ConfidenceMedium, true
	}
	return 0, false
}

// checkExternalID is IW302.
func checkExternalID(p *scanner.Pass) error {
	return eachEntry(p, false, func(e *access.Entry) (scanner.Finding, bool) {
		f, ok := withoutExternalID(p, e)
		return f, ok
	})
}

func withoutExternalID(p *scanner.Pass, e *access.Entry) (scanner.Finding, bool) {
	hold := p.Access.Holding(e.Role)
	if !e.AssumeRole || p.Access.SharingRole(e.Role) || !hold.Beyond() && !hold.Admin && !hold.Bare {
		return scanner.Finding{}, false
	}
	guards := p.Access.Guards(e)
	f := scanner.Finding{
		Fix: `"Condition":{"StringEquals":{"sts:ExternalId":"a random value that the vendor gave to you alone"}}`, Advice: "demand an external id",
	}
	if e.Kind == access.Anyone {
		if hasAny(guards, callerKeys()...) || !hasAny(guards, "aws:sourceip", "sts:externalid") {
			return f, false
		}
		f.Confidence, f.Label = scanner.ConfidenceHigh, "anyone who meets the condition"
		f.Message = fmt.Sprintf("anyone who meets one condition may assume role %q, %s", e.Role.Name.Show(), power(p, e.Role))
		return f, true
	}
	conf, ok := foreign(p, e)
	if !ok || hasAny(guards, secondKeys()...) {
		return f, false
	}
	f.Confidence, f.Label = conf, "another account, no external id"
	who := "account " + e.Account
	if e.Kind == access.VendorAccount {
		who = fmt.Sprintf("%s (account %s), which asks its customers for an external id,", e.Vendor, e.Account)
	}
	f.Message = fmt.Sprintf("%s may assume role %q without an external id, %s", who, e.Role.Name.Show(), power(p, e.Role))
	if hold.Bare || !e.Root && e.Kind != access.VendorAccount {
		f.Confidence = scanner.ConfidenceLow
	}
	return f, true
}

// checkWholeAccount is IW303.
func checkWholeAccount(p *scanner.Pass) error {
	return eachEntry(p, false, func(e *access.Entry) (scanner.Finding, bool) {
		if !e.AssumeRole || p.Access.SharingRole(e.Role) || !p.Access.Grave(e.Role) {
			return scanner.Finding{}, false
		}
		if _, said := withoutExternalID(p, e); said {
			return scanner.Finding{}, false
		}
		guards := p.Access.Guards(e)
		f := scanner.Finding{Fix: `"Principal":{"AWS":"arn:aws:iam::222222222222:role/Ops"}`, Advice: "name the role"}
		conf, isForeign := foreign(p, e)
		switch {
		case hasAny(guards, "aws:principalarn", "aws:principalorgpaths", "aws:principalaccount"):
			return f, false
		case e.Kind == access.Anyone && hasAny(guards, "aws:principalorgid"):
			f.Confidence, f.Label = scanner.ConfidenceHigh, "every identity of the organization"
			f.Message = fmt.Sprintf("every identity of an organization may assume role %q, %s", e.Role.Name.Show(), power(p, e.Role))
		case e.Root && (isForeign || e.Kind == access.TrustedAccount):
			if !isForeign {
				conf = scanner.ConfidenceMedium
			}
			f.Confidence, f.Label = conf, "every identity of the account"
			f.Message = fmt.Sprintf("every identity of account %s that may assume roles gets role %q, %s", e.Account, e.Role.Name.Show(), power(p, e.Role))
		default:
			return f, false
		}
		return f, true
	})
}

// sharingPolicies are those that the console's wizard offers for the sharing
// role ("Cross-account cross-Region CloudWatch console"), full read-only
// access to everything left out.
func sharingPolicies() []string {
	return []string{"CloudWatchReadOnlyAccess", "CloudWatchAutomaticDashboardsAccess", "AWSXrayReadOnlyAccess", "AWSXRayReadOnlyAccess", "ViewOnlyAccess"}
}

// checkSharingRole is IW304.
func checkSharingRole(p *scanner.Pass) error {
	for _, u := range p.Model.Units {
		for _, role := range u.Identities {
			if role.Kind == model.Role && p.Access.SharingRole(role) {
				sharingGrants(p, role)
			}
		}
	}
	return eachEntry(p, false, func(e *access.Entry) (scanner.Finding, bool) {
		if !p.Access.SharingRole(e.Role) || !e.AssumeRole {
			return scanner.Finding{}, false
		}
		f := scanner.Finding{Advice: "list the monitoring accounts, or move to observability links", Label: "neither own nor trusted"}
		conf, isForeign := foreign(p, e)
		switch guards := p.Access.Guards(e); {
		case isForeign && !hasAny(guards, "aws:principalorgid", "aws:principalorgpaths"):
			f.Confidence = conf
			f.Message = fmt.Sprintf("account %s, neither own nor trusted, may assume the CloudWatch sharing role, %s", e.Account, power(p, e.Role))
		case e.Kind == access.Anyone && hasAny(guards, "aws:principalorgid", "aws:principalorgpaths") && !p.Access.TrustsOrganization(e):
			f.Confidence = scanner.ConfidenceLow
			if p.Access.KnowsAccounts() {
				f.Confidence = scanner.ConfidenceHigh
			}
			f.Message = fmt.Sprintf("an organization that is not known as trusted may assume the CloudWatch sharing role, %s", power(p, e.Role))
		default:
			return f, false
		}
		return f, true
	})
}

// sharingGrants reports what a sharing role holds beyond the documented policies.
func sharingGrants(p *scanner.Pass, role *model.Identity) {
	for _, a := range role.Managed {
		name, aws := access.AWSManagedName(a.Policy.Value.Value)
		if aws && slices.Contains(sharingPolicies(), name) || !a.Policy.Value.Known && !aws && a.To == nil {
			continue
		}
		if a.To != nil && !aws {
			name = a.To.Name.Show()
		}
		p.Report(scanner.Finding{
			Confidence: scanner.ConfidenceHigh, Range: a.Range, Label: "beyond the documented policies", Unit: role.Unit,
			Entity: identityEntity(role), Part: "policy " + name, Subject: identityNamed(role),
			Message: fmt.Sprintf("the CloudWatch sharing role holds policy %q, which is none of those that sharing needs", name),
			Classes: classes(p.Access.Holding(role).Actions), Advice: "detach it",
			Related: appendRelated(nil, role.Range, "the role is declared here"),
		})
	}
	for _, in := range role.Inline {
		if in.Document == nil || !slices.ContainsFunc(in.Document.Statements, func(s *iam.Statement) bool { return s.Effect != iam.Deny }) {
			continue
		}
		p.Report(scanner.Finding{
			Confidence: scanner.ConfidenceHigh, Range: in.Document.Range, Label: "beyond the documented policies", Unit: role.Unit,
			Entity: identityEntity(role), Part: "policy " + in.Name.Value, Subject: identityNamed(role),
			Message: fmt.Sprintf("the CloudWatch sharing role holds inline policy %q, which sharing does not need", in.Name.Show()),
			Classes: classes(p.Access.Holding(role).Actions), Advice: "remove it",
			Related: appendRelated(nil, role.Range, "the role is declared here"),
		})
	}
}

// checkSubject is IW305.
func checkSubject(p *scanner.Pass) error {
	return eachEntry(p, false, func(e *access.Entry) (scanner.Finding, bool) {
		return openSubject(p, e)
	})
}

func openSubject(p *scanner.Pass, e *access.Entry) (scanner.Finding, bool) {
	if e.Kind != access.WebIdentity || !e.AssumeRoleWithWebIdentity || e.IsSignIn() || access.IsEKS(e.Issuer) || e.Issuer == "" {
		return scanner.Finding{}, false
	}
	subject, by := e.Subject()
	f := scanner.Finding{
		Confidence: scanner.ConfidenceHigh, Label: "any tenant of " + e.Issuer, Advice: "bind the audience and the subject",
		Fix: fmt.Sprintf(`"Condition":{"StringEquals":{"%[1]s:aud":"sts.amazonaws.com","%[1]s:sub":"repo:acme/infra:ref:refs/heads/main"}}`, e.Issuer),
	}
	switch {
	case subject == access.AnySubject:
		f.Message = fmt.Sprintf("any workload of %s may assume role %q, since nothing binds the token's subject; it is one %s", e.Issuer, e.Role.Name.Show(), power(p, e.Role))
	case subject == access.AnyTenant:
		f.Range = by.Values[0].Range
		f.Message = fmt.Sprintf("other tenants of %s can meet the subject %q and assume role %q, %s", e.Issuer, by.Values[0].Show(), e.Role.Name.Show(), power(p, e.Role))
	default:
		return f, false
	}
	if !e.SharedIssuer() {
		f.Confidence = scanner.ConfidenceMedium
	}
	return f, true
}

// checkSubjectWidth is IW311.
func checkSubjectWidth(p *scanner.Pass) error {
	return eachEntry(p, false, func(e *access.Entry) (scanner.Finding, bool) {
		if e.Kind != access.WebIdentity || !e.AssumeRoleWithWebIdentity || e.IsSignIn() || e.Issuer == "" {
			return scanner.Finding{}, false
		}
		hold := p.Access.Holding(e.Role)
		if _, said := openSubject(p, e); said || !hold.Beyond() && !hold.Admin {
			return scanner.Finding{}, false
		}
		return wideSubject(p, e)
	})
}

func wideSubject(p *scanner.Pass, e *access.Entry) (scanner.Finding, bool) {
	subject, by := e.Subject()
	role := e.Role.Name.Show()
	f := scanner.Finding{
		Confidence: scanner.ConfidenceHigh, Advice: "bind one repository and its branch or environment",
		Fix: fmt.Sprintf(`"StringEquals":{"%[1]s:aud":"sts.amazonaws.com","%[1]s:sub":"repo:acme/infra:environment:prod"}`, e.Issuer),
	}
	if by != nil && len(by.Values) > 0 {
		f.Range = by.Values[0].Range
	}
	eks := access.IsEKS(e.Issuer)
	switch {
	case eks && (subject == access.AnySubject || subject == access.InsideTenant):
		f.Label = "every pod of the cluster"
		f.Message = fmt.Sprintf("every pod of the cluster may assume role %q, %s", role, power(p, e.Role))
	case eks && subject == access.OneProject:
		f.Confidence, f.Label = scanner.ConfidenceMedium, "every pod of the namespace"
		f.Message = fmt.Sprintf("every pod of a namespace may assume role %q, %s", role, power(p, e.Role))
	case subject == access.InsideTenant:
		f.Label = "every repository of the tenant"
		f.Message = fmt.Sprintf("every repository and branch behind %q may assume role %q, %s", by.Values[0].Show(), role, power(p, e.Role))
	case subject == access.OneProject && p.Access.Grave(e.Role):
		f.Label = "every branch and pull request"
		f.Message = fmt.Sprintf("every branch and pull request behind %q may assume role %q, %s", by.Values[0].Show(), role, power(p, e.Role))
	case !e.HasAudience() && subject != access.UnknownSubject:
		f.Range = e.Principal.Value.Range
		f.Label = "no audience"
		f.Message = fmt.Sprintf("the trust of role %q in %s binds no audience; it is one %s", role, e.Issuer, power(p, e.Role))
	default:
		return f, false
	}
	if subject != access.AnySubject && !e.HasAudience() && !strings.Contains(f.Message, "binds no audience") {
		f.Message += "; no audience is bound either"
	}
	return f, true
}
