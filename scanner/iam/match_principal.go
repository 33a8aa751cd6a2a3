package iam

import (
	"strings"

	"github.com/iamwatch/iamwatch/scanner/source"
)

// A reach says how a resource-side statement reaches a caller, which decides
// what cuts the grant (IAM-SEMANTICS, section 6).
type reach struct {
	// direct is by name of the user or the session, or as one of everyone:
	// no implicit deny of a boundary or session policy limits it.
	direct Verdict
	// role is by the role's name: boundary and session policy limit it.
	role Verdict
	// account is by the account, which only delegates.
	account Verdict
}

func (r reach) any() Verdict { return max(r.direct, r.role, r.account) }

func (r reach) atMost(v Verdict) reach {
	return reach{min(r.direct, v), min(r.role, v), min(r.account, v)}
}

func (r reach) or(o reach) reach {
	return reach{max(r.direct, o.direct), max(r.role, o.role), max(r.account, o.account)}
}

// reaches says how a statement's Principal or NotPrincipal reaches the
// caller.
func (e *evaluation) reaches(st *Statement) reach { return e.reachesAs(st, st.Effect) }

// reachesAs is reaches for a statement taken to have an Effect.
func (e *evaluation) reachesAs(st *Statement, effect Effect) reach {
	listed, form := reach{}, st.form()
	for i := range st.Principals {
		p := &st.Principals[i]
		listed = listed.or(e.matchPrincipal(p, form.principal(i, p.Value.Value)))
	}
	switch {
	case !st.NotPrincipal:
		return listed
	case len(st.Principals) == 0:
		return reach{}
	case effect == Deny:
		return reach{direct: e.notPrincipalDenies(listed)}
	}
	return reach{direct: listed.any().Not()}
}

// notPrincipalDenies reports whether Deny with NotPrincipal binds a caller
// that is listed in some way: it does not only where account, role and
// session, or account and user, all are listed, and always does where a
// boundary is attached ("AWS JSON policy elements: NotPrincipal"). Of a
// caller listed by its account alone AWS says nothing definite.
func (e *evaluation) notPrincipalDenies(listed reach) Verdict {
	c := &e.caller
	switch {
	case e.policies.bounded() && c.isIAM():
		return Yes
	case !c.isIAM():
		return listed.any().Not()
	case c.kind == rootUser:
		return listed.account.Not()
	case listed.direct == No && listed.role == No:
		return max(listed.account.Not(), Maybe)
	case c.kind == roleSession:
		return min(listed.direct, listed.role, listed.account).Not()
	case c.kind == iamRole:
		return min(listed.role, listed.account).Not()
	}
	return min(max(listed.direct, listed.role), listed.account).Not()
}

// matchPrincipal compares a principal with the caller; f is its form, if it
// has one.
func (e *evaluation) matchPrincipal(p *Principal, f *principalForm) reach {
	value := p.Value.Value
	switch p.Kind {
	case AnyPrincipal:
		return reach{direct: Yes}
	case ServicePrincipal:
		return e.matchOutside(value, e.caller.kind == external && !isFederation(e.request.Action))
	case FederatedPrincipal:
		return e.matchOutside(value, value != "*" || !e.isService())
	case AWSPrincipal:
		return e.matchWithin(value, f)
	case UnknownPrincipal:
		return e.matchOutside(value, true).or(e.matchWithin(value, f)).atMost(Maybe)
	}
	return reach{}
}

// isFederation reports whether an action is called with the token of an
// identity provider, by no service.
func isFederation(action string) bool {
	return strings.EqualFold(action, "sts:AssumeRoleWithSAML") || strings.EqualFold(action, "sts:AssumeRoleWithWebIdentity")
}

// matchOutside compares a service or an identity provider with a caller that
// may be one.
func (e *evaluation) matchOutside(value string, may bool) reach {
	if e.caller.kind != external || !may {
		return reach{}
	}
	return reach{direct: matchExternal(value, e.request.Principal)}
}

// matchWithin compares a principal of kind AWS with the caller.
func (e *evaluation) matchWithin(value string, f *principalForm) reach {
	if f == nil || f.kind == shapeUnknown {
		value = e.fillSelf(value)
		named := compilePrincipal(value)
		f = &named
	}
	if f.kind == shapeUnknown || hasMark(e.caller.account) {
		return e.matchHoleyPrincipal(value)
	}
	return e.matchNamed(f)
}

// fillSelf puts the account of the resource, where the document lies, for the
// account that it is deployed to.
func (e *evaluation) fillSelf(value string) string {
	if e.resourceAccount == "" || !hasMark(value) {
		return value
	}
	return source.ReplaceMarks(value, func(kind source.HoleKind, label string) string {
		if kind == source.HoleSelf {
			return e.resourceAccount
		}
		return source.Hole(kind, label)
	})
}

// matchExternal compares a service or an identity provider with the caller;
// a provider may be called by its ARN or by its issuer.
func matchExternal(value, caller string) Verdict {
	if value == caller || value == "*" {
		return Yes
	}
	if !hasMark(value) {
		_, issuer, ok := strings.Cut(value, ":oidc-provider/")
		return verdict(ok && issuer == caller)
	}
	return plainCompare(value, caller)
}

// plainCompare compares two texts that may hold holes but no wildcards.
func plainCompare(a, b string) Verdict {
	if !hasMark(a) && !hasMark(b) {
		return verdict(a == b)
	}
	var l lexer
	var pb, qb [96]token
	p, _ := l.text(pb[:0], a)
	q, _ := l.text(qb[:0], b)
	return compare(p, q)
}

// matchUniqueID compares a unique id; no other principal ever has it.
func (e *evaluation) matchUniqueID(value string) reach {
	if value == "" || value != e.request.PrincipalID {
		return reach{}
	}
	if e.caller.kind == iamUser {
		return reach{direct: Yes}
	}
	return reach{role: Yes}
}

// matchUser compares a user's ARN. It reaches the user's federated sessions
// too; whose session one is may be unknown.
func (e *evaluation) matchUser(arn, name string) reach {
	c := &e.caller
	path, last := cutPath(name)
	switch {
	case c.kind == iamUser:
		return reach{direct: verdict(last == c.name && samePath(path, c.path))}
	case c.kind != federatedUser:
		return reach{}
	case e.request.PrincipalUser == "":
		return reach{role: Maybe}
	}
	return reach{role: verdict(e.request.PrincipalUser == arn)}
}

// matchRole compares a role by name: names are unique within an account, and
// the ARN of a session holds no path.
func (e *evaluation) matchRole(name string) reach {
	c := &e.caller
	if c.kind != iamRole && c.kind != roleSession {
		return reach{}
	}
	path, last := cutPath(name)
	return reach{role: verdict(last == c.name && (c.path == "" || samePath(path, c.path)))}
}

// matchSession compares a session's role and name. A role stands for any of
// its sessions.
func (e *evaluation) matchSession(name string) reach {
	c := &e.caller
	role, session, _ := strings.Cut(name, "/")
	switch {
	case role != c.name:
		return reach{}
	case c.kind == iamRole:
		return reach{direct: Maybe}
	}
	return reach{direct: verdict(c.kind == roleSession && session == c.session)}
}

// matchHoleyPrincipal lays each name of the caller beside a principal, where
// either is not wholly known. A principal that is not known at all may be
// everyone.
func (e *evaluation) matchHoleyPrincipal(value string) reach {
	c := &e.caller
	out := reach{direct: plainCompare(value, "*")}
	if !c.isIAM() {
		return out
	}
	if _, ok := ParseARN(value); !ok && !hasMark(value) && !IsAccountID(value) {
		return e.matchUniqueID(value)
	}
	out.account = max(plainCompare(value, c.account), plainCompare(value, c.arn("iam", "root")))
	own := plainCompare(value, e.request.Principal)
	switch c.kind {
	case iamUser:
		out.direct = max(out.direct, own)
	case federatedUser:
		out.direct = max(out.direct, own)
		out.role = e.holeyUser(value)
	case iamRole:
		out.role = own
		session := c.arn("sts", "assumed-role/"+c.name+"/"+source.Hole(source.HoleFree, "session"))
		out.direct = max(out.direct, min(Maybe, plainCompare(value, session)))
	case roleSession:
		out.direct = max(out.direct, own)
		out.role = max(plainCompare(value, c.roleARN()), min(Maybe, e.holeyRole(value)))
	}
	return out
}

// holeyUser compares the user behind a federated user's session, who may not
// be known.
func (e *evaluation) holeyUser(value string) Verdict {
	if user := e.request.PrincipalUser; user != "" {
		return plainCompare(value, user)
	}
	return min(Maybe, plainCompare(value, e.caller.arn("iam", "user/"+source.Hole(source.HoleFree, "user"))))
}

// holeyRole compares a role of unknown path.
func (e *evaluation) holeyRole(value string) Verdict {
	if e.caller.path != "" {
		return No
	}
	return plainCompare(value, e.caller.arn("iam", "role/"+source.Hole(source.HoleFree, "path")+e.caller.name))
}

func (c *caller) arn(service, resource string) string {
	return "arn:" + c.partition + ":" + service + "::" + c.account + ":" + resource
}

// roleARN is the ARN of a session's role, which aws:PrincipalArn holds; an
// unknown path counts as /.
func (c *caller) roleARN() string {
	return c.arn("iam", "role/"+strings.TrimPrefix(strings.TrimSuffix(c.path, "/")+"/", "/")+c.name)
}
