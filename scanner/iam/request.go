package iam

import "strings"

// Policies are the documents that bear on a request. Nil documents and empty
// lists are policies that do not exist.
type Policies struct {
	// Identity are the caller's own policies, Groups those of a user's
	// groups.
	Identity, Groups []*Document
	// Boundary is the caller's permissions boundary, Session the session
	// policy.
	Boundary, Session *Document
	// HasBoundary says that a boundary is attached even if Boundary is nil:
	// then what it leaves is not known.
	HasBoundary bool
	// SCP are the service control policies over the caller's account, RCP
	// the resource control policies over the resource's account: levels,
	// the organisation's root first. A nil list is no organisation.
	SCP, RCP [][]*Document
	// Resource is the resource's policy, Trust that of a role to be assumed.
	Resource, Trust *Document
	// Endpoint is the policy of the VPC endpoint that the request takes.
	Endpoint *Document
}

// bounded reports whether a permissions boundary is attached.
func (p *Policies) bounded() bool { return p.HasBoundary || p.Boundary != nil }

// A Request is the question that a Decision answers.
type Request struct {
	// Principal is the caller: the ARN of a user, a role, an assumed-role
	// or federated-user session, an account's root or an identity provider;
	// the name of a service; "*" or nothing for an anonymous caller.
	Principal string
	// Action is service:Name.
	Action string
	// Resource is an ARN, "*" for an action without resource types, or an
	// ARN with wildcards, which asks about all such resources.
	Resource string
	// ResourceAccount is the account of the resource; empty means that of
	// the caller.
	ResourceAccount string
	// RolePath is the path of a session's role, such as /app/; empty when
	// unknown.
	RolePath string
	// PrincipalID is the unique id of the caller's user or role (AIDA...,
	// AROA...); empty when unknown.
	PrincipalID string
	// PrincipalUser is the ARN of the user behind a federated-user session;
	// empty when unknown.
	PrincipalUser string
	// ManagementAccount says that the caller's account is the
	// organisation's management account, ResourceManagementAccount that the
	// resource's is.
	ManagementAccount, ResourceManagementAccount bool
	Context                                      Context
}

// A Context holds the condition keys of a request.
type Context struct {
	Keys []ContextKey
	// Open says that keys which are not listed are unknown; in a closed
	// context they are absent.
	Open bool
}

// A ContextKey is one condition key of a request.
type ContextKey struct {
	Name string
	// Values are its values; without any, the key is known to be absent
	// unless it is Multi, when it is an empty list.
	Values []string
	// Multi says that the key holds a list.
	Multi bool
}

// A callerKind says what a request's principal is.
type callerKind uint8

const (
	anonymous callerKind = iota
	rootUser
	iamUser
	iamRole
	roleSession
	federatedUser
	// external is a service or an identity provider.
	external
)

// A caller is a request's principal in its parts.
type caller struct {
	kind               callerKind
	partition, account string
	// name is the last part of a user's or role's name, path what stands
	// before it ("/" at least) when known, session the session's name.
	name, path, session string
}

// parseCaller reads a request's principal ("IAM identifiers").
func parseCaller(r *Request) caller {
	s := r.Principal
	switch {
	case s == "" || s == "*" || strings.EqualFold(s, "anonymous"):
		return caller{kind: anonymous}
	case IsAccountID(s):
		return caller{kind: rootUser, partition: "aws", account: s}
	}
	a, ok := ParseARN(s)
	if !ok {
		return caller{kind: external}
	}
	c := caller{partition: a.Partition, account: a.Account}
	kind, rest, _ := strings.Cut(a.Resource, "/")
	switch {
	case a.Resource == "root":
		c.kind = rootUser
	case kind == "user":
		c.kind = iamUser
		c.path, c.name = cutPath(rest)
	case kind == "role":
		c.kind = iamRole
		c.path, c.name = cutPath(rest)
	case kind == "assumed-role":
		c.kind = roleSession
		c.name, c.session, _ = strings.Cut(rest, "/")
		c.path = r.RolePath
	case kind == "federated-user":
		c.kind, c.name = federatedUser, rest
	default:
		c.kind = external
	}
	return c
}

// cutPath cuts path/name; the path of a bare name is /.
func cutPath(s string) (path, name string) {
	i := strings.LastIndexByte(s, '/')
	if i < 0 {
		return "/", s
	}
	return s[:i+1], s[i+1:]
}

// samePath compares two paths, with or without their first slash.
func samePath(a, b string) bool {
	return strings.Trim(a, "/") == strings.Trim(b, "/")
}

// isIAM reports whether the caller is a principal of an account.
func (c *caller) isIAM() bool { return c.kind != anonymous && c.kind != external }

// isServiceLinked reports whether the caller is a service-linked role, whose
// names and paths are reserved ("Using service-linked roles").
func (c *caller) isServiceLinked() bool {
	if c.kind != iamRole && c.kind != roleSession {
		return false
	}
	if strings.Trim(c.path, "/") != "" {
		return strings.HasPrefix(strings.TrimPrefix(c.path, "/"), "aws-service-role/")
	}
	return c.path == "" && strings.HasPrefix(c.name, "AWSServiceRoleFor")
}
