package rules

import (
	"fmt"
	"slices"

	"github.com/iamwatch/iamwatch/scanner"
	"github.com/iamwatch/iamwatch/scanner/access"
	"github.com/iamwatch/iamwatch/scanner/cloudwatch"
)

// anyPrincipal is IW301.
func anyPrincipal(p *scanner.Pass, e *access.Entry) (scanner.Finding, bool) {
	if e.Kind != access.Anyone {
		return scanner.Finding{}, false
	}
	if guards := p.Access.Guards(e); hasAny(guards, callerKeys()...) || hasAny(guards, "aws:sourceip", "sts:externalid") {
		return scanner.Finding{}, false
	}
	f := scanner.Finding{
		Confidence: scanner.ConfidenceHigh, Label: "anyone with an AWS account",
		Message: fmt.Sprintf("anyone may assume %s; %s", identityNamed(e.Role), power(p, e.Role)),
		Fix:     `"Principal":{"AWS":"arn:aws:iam::444455556666:role/ops"}`, Advice: "name the roles that need it",
	}
	if hold := p.Access.Holding(e.Role); !hold.Everything && hold.Actions.Intersect(cloudwatch.Core()).Empty() {
		f.Confidence = scanner.ConfidenceMedium
	}
	return f, true
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

// withoutExternalID is IW302.
func withoutExternalID(p *scanner.Pass, e *access.Entry) (scanner.Finding, bool) {
	if e.Kind == access.Service || !e.AssumeRole || p.Access.SharingRole(e.Role) || p.Access.Platform(e.Role) {
		return scanner.Finding{}, false
	}
	hold := p.Access.Holding(e.Role)
	holds := hold.Beyond() || hold.Admin
	if !holds && !hold.Bare && !p.Access.Unseen(e.Role) {
		return scanner.Finding{}, false
	}
	f, ok := unasked(p, e)
	if !holds || !e.Root && e.Kind != access.VendorAccount && e.Kind != access.Anyone {
		f.Confidence = scanner.ConfidenceLow
	}
	return f, ok
}

// unasked judges whether a way in asks for nothing beside the account, or of
// everyone for one thing that others may know.
func unasked(p *scanner.Pass, e *access.Entry) (scanner.Finding, bool) {
	conf, isForeign := foreign(p, e)
	if !isForeign && e.Kind != access.Anyone {
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
		f.Message = fmt.Sprintf("anyone who meets one condition may assume %s; %s", identityNamed(e.Role), power(p, e.Role))
		return f, true
	}
	if hasAny(guards, secondKeys()...) {
		return f, false
	}
	f.Confidence, f.Label = conf, "another account, no external id"
	f.Message = unaskedMessage(p, []*access.Entry{e})
	return f, true
}

// unaskedMessage is what IW302 says of the accounts that a statement lets in;
// empty where it lets in everyone.
func unaskedMessage(p *scanner.Pass, ways []*access.Entry) string {
	var who []string
	missing := "without an external id"
	for _, e := range ways {
		name := "account " + e.Account
		switch e.Kind {
		case access.Anyone:
			return ""
		case access.VendorAccount:
			name = fmt.Sprintf("%s (account %s)", e.Vendor, e.Account)
			if len(ways) == 1 {
				missing = "without the external id that it asks its customers for"
			}
		}
		if !slices.Contains(who, name) {
			who = append(who, name)
		}
	}
	role := ways[0].Role
	return fmt.Sprintf("%s may assume %s %s; %s", few(who), identityNamed(role), missing, power(p, role))
}

// wholeAccount is IW303.
func wholeAccount(p *scanner.Pass, e *access.Entry) (scanner.Finding, bool) {
	conf, isForeign := foreign(p, e)
	admits := e.Kind == access.Anyone || e.Root && (isForeign || e.Kind == access.TrustedAccount)
	if !admits || !e.AssumeRole || p.Access.SharingRole(e.Role) || p.Access.Platform(e.Role) || !p.Access.Grave(e.Role) {
		return scanner.Finding{}, false
	}
	guards := p.Access.Guards(e)
	if hasAny(guards, "aws:principalarn", "aws:principalorgpaths", "aws:principalaccount") {
		return scanner.Finding{}, false
	}
	f := scanner.Finding{Fix: `"Principal":{"AWS":"arn:aws:iam::222222222222:role/Ops"}`, Advice: "name the role"}
	switch {
	case e.Kind == access.Anyone && hasAny(guards, "aws:principalorgid"):
		f.Confidence, f.Label = scanner.ConfidenceHigh, "every identity of the organization"
		f.Message = fmt.Sprintf("every identity of an organization may assume %s; %s", identityNamed(e.Role), power(p, e.Role))
		return f, true
	case e.Root && (isForeign || e.Kind == access.TrustedAccount):
		f.Confidence, f.Label = conf, "every identity of the account"
		if !isForeign {
			f.Confidence = siblingConfidence(p, e)
		}
		f.Message = fmt.Sprintf("every identity of account %s that may assume roles gets %s; %s", e.Account, identityNamed(e.Role), power(p, e.Role))
		if isForeign && hasAny(guards, "sts:externalid") {
			f.Confidence = f.Confidence.Lower()
			f.Message += "; an external id is asked for"
		}
		return f, true
	}
	return f, false
}

// siblingConfidence is lower for an account that the user gave as trusted:
// deploy roles that trust a tools account are common.
func siblingConfidence(p *scanner.Pass, e *access.Entry) scanner.Confidence {
	if slices.Contains(p.Options.TrustedAccounts, e.Account) {
		return scanner.ConfidenceMedium
	}
	return scanner.ConfidenceHigh
}
