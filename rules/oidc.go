package rules

import (
	"fmt"
	"strings"

	"github.com/iamwatch/iamwatch/scanner"
	"github.com/iamwatch/iamwatch/scanner/access"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// openSubject is IW305.
func openSubject(p *scanner.Pass, e *access.Entry) (scanner.Finding, bool) {
	if !isOIDC(e) || e.IsCluster() {
		return scanner.Finding{}, false
	}
	subject, by := e.Subject()
	f := scanner.Finding{
		Confidence: scanner.ConfidenceHigh, Label: "any tenant of " + issuer(e), Advice: "bind the audience and the subject",
		Fix: fmt.Sprintf(`"Condition":{"StringEquals":{"%[1]s:aud":"sts.amazonaws.com","%[1]s:sub":"repo:acme/infra:ref:refs/heads/main"}}`, issuerKey(e)),
	}
	switch {
	case subject == access.AnySubject:
		if value, ok := e.OpenSubject(); ok {
			standOn(&f, value)
		}
		f.Message = fmt.Sprintf("any workload of %s may assume %s; %s; nothing binds the token's subject", issuer(e), identityNamed(e.Role), power(p, e.Role))
	case subject == access.AnyTenant:
		value := e.Widest(by)
		standOn(&f, value)
		f.Message = fmt.Sprintf("other tenants of %s can meet the subject %q and assume %s; %s", issuer(e), value.Show(), identityNamed(e.Role), power(p, e.Role))
	default:
		return f, false
	}
	if !e.SharedIssuer() {
		f.Confidence = scanner.ConfidenceMedium
	}
	return unsure(f, e), true
}

// standOn puts a finding on a value of a condition.
func standOn(f *scanner.Finding, value source.String) {
	f.Range = value.Range
	f.Related = appendRelated(nil, value.Origin, "the condition comes from here")
}

// isOIDC reports whether an entry lets in the tokens of an OIDC issuer that is
// no sign-in provider.
func isOIDC(e *access.Entry) bool {
	return e.Kind == access.WebIdentity && e.AssumeRoleWithWebIdentity && !e.IsSignIn()
}

// unsure caps a finding about an issuer that could not be resolved.
func unsure(f scanner.Finding, e *access.Entry) scanner.Finding {
	if e.Guessed || !e.KnownIssuer() {
		f.Confidence = min(f.Confidence, scanner.ConfidenceMedium)
		f.Message += "; the provider could not be resolved"
	}
	return f
}

// issuer names an entry's issuer, in words when it is not known.
func issuer(e *access.Entry) string {
	if e.KnownIssuer() {
		return e.Issuer
	}
	return "the OIDC provider"
}

// issuerKey is what the issuer's condition keys begin with, for a fix.
func issuerKey(e *access.Entry) string {
	if e.KnownIssuer() {
		return e.Issuer
	}
	return "ISSUER"
}

// wideSubject is IW311.
func wideSubject(p *scanner.Pass, e *access.Entry) (scanner.Finding, bool) {
	if hold := p.Access.Holding(e.Role); !isOIDC(e) || !hold.Beyond() && !hold.Admin {
		return scanner.Finding{}, false
	}
	subject, by := e.Subject()
	role := identityNamed(e.Role)
	f := scanner.Finding{
		Confidence: scanner.ConfidenceHigh, Advice: "bind one repository and its branch or environment",
		Fix: fmt.Sprintf(`"StringEquals":{"%[1]s:aud":"sts.amazonaws.com","%[1]s:sub":"repo:acme/infra:environment:prod"}`, issuerKey(e)),
	}
	var value source.String
	if by != nil && len(by.Values) > 0 {
		value = e.Widest(by)
		standOn(&f, value)
	}
	eks := e.IsCluster()
	switch {
	case eks && subject <= access.OneProject && subject != access.AnyTenant:
		f.Label, f.Message = "every pod of the cluster", "every pod of the cluster"
		if subject == access.OneProject {
			f.Confidence, f.Label, f.Message = scanner.ConfidenceMedium, "every pod of the namespace", "every pod of a namespace"
		}
		f.Message += fmt.Sprintf(" may assume %s; %s", role, power(p, e.Role))
	case subject == access.InsideTenant:
		f.Label = "every repository of the tenant"
		f.Message = fmt.Sprintf("every repository and branch behind %q may assume %s; %s", value.Show(), role, power(p, e.Role))
	case subject == access.OneProject && p.Access.Grave(e.Role):
		f.Label = "every branch and pull request"
		f.Message = fmt.Sprintf("every branch and pull request behind %q may assume %s; %s", value.Show(), role, power(p, e.Role))
	case e.KnownIssuer() && !e.HasAudience() && subject != access.UnknownSubject:
		f.Range, f.Related = e.Principal.Value.Range, nil
		f.Label = "no audience"
		f.Message = fmt.Sprintf("any audience's token of %s may assume %s; %s; no audience is bound", issuer(e), role, power(p, e.Role))
	default:
		return f, false
	}
	if subject != access.AnySubject && !e.HasAudience() && !strings.Contains(f.Message, "no audience is bound") {
		f.Message += "; no audience is bound either"
	}
	return unsure(f, e), true
}
