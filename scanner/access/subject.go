package access

import (
	"slices"
	"strings"

	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// outsider is who comes in by an entry of a trust policy, named by the
// conditions that tell tokens of a provider apart.
func (e *Entry) outsider() Node {
	switch e.Kind {
	case Anyone:
		return Node{Kind: AnyoneNode}
	case Service:
		return Node{Kind: ServiceNode, Name: source.Show(e.Issuer)}
	case WebIdentity:
		return Node{Kind: WebIdentityNode, Name: e.tokens()}
	case SAMLProvider:
		name := e.Issuer
		if i := strings.Index(name, ":saml-provider/"); i >= 0 {
			name = name[i+len(":saml-provider/"):]
		}
		return Node{Kind: SAMLNode, Name: source.Show(name)}
	case UnknownAccount:
		return Node{Kind: UnknownNode, Name: e.Principal.Value.Show()}
	case OwnAccount, TrustedAccount, VendorAccount, UnfamiliarAccount:
		return e.fromAccount()
	}
	return Node{Kind: PrincipalNode, Name: e.Principal.Value.Show()}
}

func (e *Entry) fromAccount() Node {
	switch {
	case !e.Root:
		return Node{Kind: PrincipalNode, Name: e.Principal.Value.Show()}
	case e.Account != selfAccount:
		return Node{Kind: AccountNode, Name: e.Account}
	case e.Role.Unit.Account != "":
		return Node{Kind: AccountNode, Name: e.Role.Unit.Account}
	}
	return Node{Kind: AccountNode, Unit: e.Role.Unit}
}

// tokens says whose tokens of an OIDC provider an entry admits.
func (e *Entry) tokens() string {
	issuer := source.Show(e.Issuer)
	if e.Issuer == "cognito-identity.amazonaws.com" {
		return e.poolUsers()
	}
	if e.IsSignIn() {
		return "users of " + issuer
	}
	subjects := e.claimValues("sub")
	switch {
	case e.Issuer == githubIssuer:
		return nounOf(subjects, "repo", "any repo", githubSubject) + " on GitHub (OIDC)"
	case e.IsCluster():
		return nounOf(subjects, "service account", "any service account", podSubject) + " of " + issuer + " (OIDC)"
	case !e.KnownIssuer():
		issuer = "an unknown provider"
	}
	return nounOf(subjects, "subject", "any subject", source.Show) + " of " + issuer + " (OIDC)"
}

const githubIssuer = "token.actions.githubusercontent.com"

// poolUsers are the users of Cognito identity pools ("Using IAM roles",
// Amazon Cognito Developer Guide: the keys aud and amr).
func (e *Entry) poolUsers() string {
	who := "users"
	for _, v := range e.claimValues("amr") {
		switch {
		case strings.HasPrefix(v, "unauthenticated"):
			who = "guests"
		case strings.HasPrefix(v, "authenticated"):
			who = "signed-in users"
		}
	}
	return who + " of " + nounOf(e.claimValues("aud"), "Cognito identity pool", "any Cognito identity pool", source.Show)
}

// claimValues are the values to which conditions bind a claim, in order.
func (e *Entry) claimValues(claim string) []string {
	var out []string
	conds, _ := e.claim(claim)
	for _, c := range conds {
		for _, v := range c.Values {
			if !slices.Contains(out, v.Value) {
				out = append(out, v.Value)
			}
		}
	}
	return out
}

// nounOf is "repo a/b", "repo a/b or c/d", or what stands for no values.
func nounOf(values []string, noun, none string, show func(string) string) string {
	if len(values) == 0 {
		return none
	}
	words := make([]string, 0, len(values))
	for _, v := range values {
		words = append(words, show(v))
	}
	return noun + " " + strings.Join(words, " or ")
}

// githubSubject is a subject of GitHub Actions without what every one has:
// repo:acme/app:ref:refs/heads/main is acme/app (ref refs/heads/main).
func githubSubject(s string) string {
	rest, ok := strings.CutPrefix(source.Show(s), "repo:")
	if !ok {
		return rest
	}
	repo, bound, _ := strings.Cut(rest, ":")
	switch kind, value, _ := strings.Cut(bound, ":"); {
	case bound == "" || bound == "*":
		return repo
	case value == "":
		return repo + " (" + kind + ")"
	default:
		return repo + " (" + kind + " " + value + ")"
	}
}

// podSubject is the subject of a pod without what every one has.
func podSubject(s string) string {
	return strings.TrimPrefix(source.Show(s), serviceAccount)
}

// named are the claims that an outsider's name holds already: they are no
// conditions that remain for those whom it names.
func (e *Entry) named(t iam.Test) bool {
	if e.Kind != WebIdentity || t.Reason != "" || t.Direction != iam.NeededForAllow {
		return false
	}
	names := []string{"sub", "aud"}
	if e.Issuer == "cognito-identity.amazonaws.com" {
		names = append(names, "amr")
	}
	return slices.ContainsFunc(names, func(claim string) bool {
		conds, _ := e.claim(claim)
		return slices.ContainsFunc(conds, func(c iam.Condition) bool { return c.Range == t.Range && c.Key.Value == t.Key })
	})
}
