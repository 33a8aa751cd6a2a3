package access

import (
	"slices"
	"strings"

	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// A Subject says how far a web identity trust binds the token's subject.
type Subject uint8

// The bindings, widest first.
const (
	// AnySubject: no positive condition binds the subject.
	AnySubject Subject = iota
	// AnyTenant: a pattern that other tenants of the issuer can meet.
	AnyTenant
	// InsideTenant: one tenant, any repository, project or service account.
	InsideTenant
	// OneProject: one repository or namespace, every branch or account of it.
	OneProject
	// Pinned: bound more closely, or by another claim.
	Pinned
	// UnknownSubject: the values could not be resolved.
	UnknownSubject
)

// SharedIssuers are OIDC issuers that serve many tenants ("Identity-provider
// controls for shared OIDC providers", IAM User Guide), by host.
var sharedIssuers = map[string]bool{
	"token.actions.githubusercontent.com": true, "gitlab.com": true, "app.terraform.io": true, "oidc.circleci.com": true,
	"api.bitbucket.org": true, "agent.buildkite.com": true, "oidc.codefresh.io": true, "vstoken.dev.azure.com": true,
	"oidc.scalr.io": true, "api.pulumi.com": true, "oidc.vercel.com": true,
}

// signInProviders need an audience, not a subject.
var signInProviders = map[string]bool{
	"cognito-identity.amazonaws.com": true, "www.amazon.com": true, "graph.facebook.com": true, "accounts.google.com": true,
}

// IsSignIn reports whether an entry is Cognito's or one of the social sign-in
// providers', which rules on OIDC subjects leave out.
func (e *Entry) IsSignIn() bool { return signInProviders[e.Issuer] }

// SharedIssuer reports whether the entry's issuer serves many tenants.
func (e *Entry) SharedIssuer() bool {
	host, _, _ := strings.Cut(e.Issuer, "/")
	return sharedIssuers[host]
}

// pinningClaims bind more closely than one tenant, and tenantClaims bind one
// tenant ("AWS STS condition keys": provider claims). What they hold says
// nothing of the tenant by itself, unless it is an id.
func pinningClaims() []string {
	return []string{"repository_id", "job_workflow_ref", "repository", "actor_id", "project_id", "project_path", "namespace_path", "terraform_workspace_id"}
}

func tenantClaims() []string {
	return []string{"repository_owner_id", "repository_owner", "enterprise_id", "namespace_id", "terraform_organization_id", "terraform_organization_name"}
}

// HasAudience reports whether a positive condition binds the token's audience.
func (e *Entry) HasAudience() bool {
	_, ok := e.claim("aud")
	return ok
}

// claim are the conditions that limit a claim of the token. A key of which
// the issuer's part could not be resolved counts as the issuer's.
func (e *Entry) claim(name string) ([]iam.Condition, bool) {
	var out []iam.Condition
	for _, key := range e.letKeys {
		issuer, ok := strings.CutSuffix(key, ":"+name)
		if ok && (strings.EqualFold(issuer, e.Issuer) || source.HasMark(issuer) || !e.KnownIssuer()) {
			out = append(out, e.lets[key]...)
		}
	}
	return out, len(out) > 0
}

// guessIssuer is the one issuer whose subject or audience the conditions of a
// statement test: nobody else's tokens carry these keys.
func guessIssuer(st *iam.Statement) (issuer string, ok bool) {
	for _, c := range st.Conditions {
		host, sub := strings.CutSuffix(c.Key.Value, ":sub")
		host, aud := strings.CutSuffix(host, ":aud")
		if !sub && !aud || source.HasMark(host) {
			continue
		}
		if issuer != "" && issuer != host {
			return "", false
		}
		issuer = host
	}
	return issuer, issuer != ""
}

// unreadCondition reports whether a condition of which nothing is known may
// bind the subject.
func unreadCondition(st *iam.Statement) bool {
	return slices.ContainsFunc(st.Conditions, func(c iam.Condition) bool {
		ps := source.Pieces(c.Key.Value)
		return source.HasMark(c.Operator.Value) || len(ps) > 0 && ps[len(ps)-1].IsHole()
	})
}

const serviceAccount = "system:serviceaccount:"

// IsCluster reports whether an entry is for the pods of a Kubernetes cluster:
// by its issuer, or by the subjects that it admits.
func (e *Entry) IsCluster() bool {
	subs, _ := e.claim("sub")
	return IsEKS(e.Issuer) || slices.ContainsFunc(subs, func(c iam.Condition) bool {
		return slices.ContainsFunc(c.Values, func(v source.String) bool { return strings.HasPrefix(v.Value, serviceAccount) })
	})
}

// Subject judges the binding of the token's subject, and gives the condition
// that decides it. Conditions are joined by and, so the closest one counts;
// a claim such as the environment pins what is bound to a tenant already.
func (e *Entry) Subject() (Subject, *iam.Condition) {
	best, by := AnySubject, (*iam.Condition)(nil)
	take := func(conds []iam.Condition, judge func(iam.Condition) Subject) {
		for i := range conds {
			if s := judge(conds[i]); s > best || by == nil {
				best, by = s, &conds[i]
			}
		}
	}
	subs, _ := e.claim("sub")
	take(subs, e.judge)
	for _, name := range tenantClaims() {
		c, _ := e.claim(name)
		take(c, claimOf(InsideTenant))
	}
	for _, name := range pinningClaims() {
		c, _ := e.claim(name)
		take(c, claimOf(Pinned))
	}
	if best == AnySubject && unreadCondition(e.Statement) {
		return UnknownSubject, by
	}
	if c, ok := e.claim("environment"); ok && best >= InsideTenant && best < Pinned {
		return Pinned, &c[0]
	}
	return best, by
}

// claimOf judges a claim by what stands before the first wildcard of its
// values: nothing of a tenant, or a tenant's name up to a slash.
func claimOf(bound Subject) func(iam.Condition) Subject {
	return func(c iam.Condition) Subject {
		op, _ := iam.ParseOperator(c.Operator.Value)
		widest := UnknownSubject
		for _, v := range c.Values {
			s := bound
			i := strings.IndexAny(v.Value, "*?")
			switch head, more, slash := strings.Cut(v.Value[:max(i, 0)], "/"); {
			case i < 0 || !strings.Contains(op.Base, "Like"):
			case !slash || head == "":
				s = AnyTenant
			case !strings.Contains(more, "/"):
				s = min(bound, InsideTenant)
			}
			widest = min(widest, s)
		}
		return widest
	}
}

// judge is the widest of a condition's values, which are alternatives.
func (e *Entry) judge(c iam.Condition) Subject {
	op, _ := iam.ParseOperator(c.Operator.Value)
	widest := UnknownSubject
	for _, v := range c.Values {
		s := UnknownSubject
		switch ps := source.Pieces(v.Value); {
		case len(ps) == 1 && ps[0].IsHole():
		case !strings.Contains(op.Base, "Like"):
			s = literalSubject(v.Value)
		case IsEKS(e.Issuer), strings.HasPrefix(v.Value, serviceAccount):
			s = eksSubject(v.Value)
		default:
			s = patternSubject(v.Value)
			if head, _, _ := strings.Cut(v.Value, "*"); s == AnyTenant && source.HasMark(head) {
				s = UnknownSubject // the hole may hold the tenant
			}
		}
		widest = min(widest, s)
	}
	return widest
}

// anyTenantClaims may lead a customised subject and name no tenant.
var anyTenantClaims = []string{"workflow:", "environment:", "ref:", "context:", "head_ref:", "base_ref:"}

func literalSubject(s string) Subject {
	if slices.ContainsFunc(anyTenantClaims, func(c string) bool { return strings.HasPrefix(s, c) }) {
		return AnyTenant
	}
	return Pinned
}

// patternSubject judges what stands before the first wildcard.
func patternSubject(s string) Subject {
	// What a hole's label holds is no part of the pattern.
	s = source.ReplaceMarks(s, func(source.HoleKind, string) string { return "x" })
	i := strings.IndexAny(s, "*?")
	if i < 0 {
		return literalSubject(s)
	}
	kind, rest, ok := strings.Cut(s[:i], ":")
	if !ok {
		return AnyTenant
	}
	switch kind {
	case "repo", "project_path", "job_workflow_ref":
		_, project, slash := strings.Cut(rest, "/")
		switch {
		case !slash:
			return AnyTenant
		case !strings.Contains(project, ":") && kind != "job_workflow_ref":
			return InsideTenant
		case s[i:] == "*" && strings.HasSuffix(project, ":"):
			return OneProject
		}
		return Pinned
	case "organization":
		name, more, colon := strings.Cut(rest, ":")
		switch {
		case !colon || name == "":
			return AnyTenant
		case !strings.Contains(more, "workspace:"):
			return InsideTenant
		}
		return Pinned
	}
	if slices.Contains(anyTenantClaims, kind+":") {
		return AnyTenant
	}
	return Pinned
}

func eksSubject(s string) Subject {
	rest, ok := strings.CutPrefix(s, serviceAccount)
	namespace, _, _ := strings.Cut(rest, ":")
	switch {
	case !strings.ContainsAny(s, "*?"):
		return Pinned
	case !ok, strings.ContainsAny(namespace, "*?"):
		return InsideTenant
	}
	return OneProject
}
