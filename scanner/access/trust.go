package access

import (
	"maps"
	"slices"
	"strings"

	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// selfAccount stands for the account that code is deployed to.
const selfAccount = "self"

// entries are the ways into a role.
func entries(g *Graph, role *model.Identity) []*Entry {
	if role.Trust.Unknown || role.Trust.Invalid {
		return nil
	}
	var out []*Entry
	for _, st := range role.Trust.Statements {
		if st.Effect == iam.Deny {
			continue
		}
		base := Entry{Role: role, Statement: st, lets: lets(st)}
		base.letKeys = slices.Sorted(maps.Keys(base.lets))
		base.AssumeRole = st.MatchesAction("sts:AssumeRole") != iam.No
		base.AssumeRoleWithWebIdentity = st.MatchesAction("sts:AssumeRoleWithWebIdentity") != iam.No
		base.AssumeRoleWithSAML = st.MatchesAction("sts:AssumeRoleWithSAML") != iam.No
		if !base.AssumeRole && !base.AssumeRoleWithWebIdentity && !base.AssumeRoleWithSAML {
			continue
		}
		out = append(out, statementEntries(g, base)...)
	}
	return out
}

func statementEntries(g *Graph, base Entry) []*Entry {
	st := base.Statement
	if st.NotPrincipal {
		e := base
		e.Kind = Anyone
		if len(st.Principals) > 0 {
			e.Principal = st.Principals[0]
		}
		return []*Entry{&e}
	}
	out := make([]*Entry, 0, len(st.Principals))
	for _, p := range st.Principals {
		e := base
		e.Principal = p
		classify(g, &e)
		out = append(out, &e)
	}
	return out
}

// classify fills what a principal says of who gets in.
func classify(g *Graph, e *Entry) {
	value := e.Principal.Value.Value
	switch e.Principal.Kind {
	case iam.AnyPrincipal:
		e.Kind = Anyone
	case iam.ServicePrincipal:
		e.Kind, e.Issuer = Service, value
	case iam.FederatedPrincipal:
		federated(e, value)
	case iam.AWSPrincipal:
		account(g, e, value)
	default:
		e.Kind = OtherPrincipal
	}
}

// federated tells OIDC from SAML; a provider that could not be resolved is
// told by the action.
func federated(e *Entry, value string) {
	switch i, j := strings.Index(value, ":oidc-provider/"), strings.Index(value, ":saml-provider/"); {
	case i >= 0:
		e.Kind, e.Issuer = WebIdentity, value[i+len(":oidc-provider/"):]
	case j >= 0, e.AssumeRoleWithSAML && !e.AssumeRoleWithWebIdentity:
		e.Kind, e.Issuer = SAMLProvider, value
	case source.HasMark(value):
		e.Kind = WebIdentity
		e.Issuer, e.Guessed = guessIssuer(e.Statement)
	default:
		e.Kind, e.Issuer = WebIdentity, value
	}
}

func account(g *Graph, e *Entry, value string) {
	if isUniqueID(value) {
		e.Kind = DeletedPrincipal
		if g.unique[value] != nil {
			e.Kind, e.Account = OwnAccount, selfAccount
		}
		return
	}
	id, known := e.Principal.Account()
	if isNobody(value) || !known && !source.HasMark(value) {
		e.Kind = OtherPrincipal
		return
	}
	if !known {
		e.Kind = UnknownAccount
		e.Root = strings.HasSuffix(value, ":root")
		return
	}
	e.Account = id
	e.Root = strings.HasSuffix(value, ":root") || !strings.HasPrefix(value, "arn:")
	e.Kind, e.Vendor = g.Classify(e.Role.Unit, id)
}

// isNobody reports whether a principal holds a wildcard inside, which AWS
// refuses and which lets nobody in ("AWS JSON policy elements: Principal").
func isNobody(value string) bool {
	known := source.ReplaceMarks(value, func(source.HoleKind, string) string { return "" })
	return strings.ContainsAny(known, "*?")
}

// isUniqueID reports whether a value is the unique id of a user or role
// ("IAM identifiers": unique identifiers).
func isUniqueID(s string) bool {
	if len(s) < 16 || strings.ContainsAny(s, ":/*") || source.HasMark(s) {
		return false
	}
	switch s[:4] {
	case "AIDA", "AROA", "AGPA", "ASIA", "AKIA":
		return true
	}
	return false
}

// byStatement groups ways in by the statement that opens them: those of one
// stand together.
func byStatement(entries []*Entry) [][]*Entry {
	var out [][]*Entry
	for len(entries) > 0 {
		n := 1
		for n < len(entries) && entries[n].Role == entries[0].Role && entries[n].Statement == entries[0].Statement {
			n++
		}
		out, entries = append(out, entries[:n:n]), entries[n:]
	}
	return out
}

// lets are the positive conditions that limit who may call.
func lets(st *iam.Statement) map[string][]iam.Condition {
	if len(st.Conditions) == 0 {
		return nil
	}
	out := map[string][]iam.Condition{}
	for _, c := range st.Conditions {
		op, ok := iam.ParseOperator(c.Operator.Value)
		if !ok || op.IfExists || op.Negated || op.Set == iam.ForAllValues || strings.EqualFold(op.Base, "Null") {
			continue
		}
		key := strings.ToLower(c.Key.Value)
		if limits(op, key, c.Values) {
			out[key] = append(out[key], c)
		}
	}
	return out
}

// limits reports whether every value keeps somebody out: values are
// alternatives, so one that admits all makes the test vain.
func limits(op iam.Operator, key string, values []source.String) bool {
	for _, v := range values {
		if admitsAll(op, key, v) {
			return false
		}
	}
	return len(values) > 0
}

// admitsAll reports whether a value admits whoever comes.
func admitsAll(op iam.Operator, key string, v source.String) bool {
	s := v.Value
	if strings.Trim(s, "*") == "" || op.Like && strings.Trim(s, "*?") == "" {
		return true
	}
	switch key {
	case "aws:sourceip":
		return s == "0.0.0.0/0" || s == "::/0"
	case "aws:principalarn", "aws:sourcearn":
		return wildAccount(s)
	case "aws:sourceaccount", "aws:principalaccount", "aws:resourceaccount":
		return op.Like && strings.ContainsAny(s, "*?")
	case "aws:principalorgid", "aws:sourceorgid", "aws:principalorgpaths", "aws:sourceorgpaths", "aws:resourceorgid", "aws:resourceorgpaths":
		id, _, _ := strings.Cut(s, "/")
		return op.Like && strings.Trim(strings.TrimPrefix(id, "o-"), "*?") == ""
	case "aws:securetransport":
		return true
	case "aws:multifactorauthpresent":
		return v.Known && !strings.EqualFold(s, "true")
	}
	return false
}

// wildAccount reports whether an ARN pattern admits every account. An S3
// bucket's ARN has no account: there the name counts.
func wildAccount(s string) bool {
	a, ok := iam.ParseARN(s)
	switch {
	case !ok:
		return !source.HasMark(s)
	case a.Service == "s3" && strings.Trim(a.Account, "*") == "":
		return strings.HasPrefix(a.Resource, "*") || strings.HasPrefix(a.Resource, "?")
	}
	return strings.ContainsAny(a.Account, "*?")
}
