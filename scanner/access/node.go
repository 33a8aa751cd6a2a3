package access

import (
	"cmp"
	"strings"

	"github.com/iamwatch/iamwatch/scanner/model"
)

// A NodeKind says what a node of the graph of who can become whom stands for.
type NodeKind uint8

// The kinds of node, outsiders first.
const (
	// AnyoneNode is anyone with an AWS account, those of the scan included.
	AnyoneNode NodeKind = iota
	// AccountNode stands for the principals of an account, whichever the
	// account's own policies let through. The account may be one's own.
	AccountNode
	// PrincipalNode is a principal that a trust policy names and the scan
	// does not hold.
	PrincipalNode
	// UnknownNode is a principal or account that could not be resolved.
	UnknownNode
	// WebIdentityNode are the tokens of an OIDC provider that a trust policy
	// admits, Cognito and the sign-in providers included.
	WebIdentityNode
	// SAMLNode are the users of a SAML provider.
	SAMLNode
	// ServiceNode is an AWS service.
	ServiceNode
	// InstanceNode is an EC2 instance, or a template of some.
	InstanceNode
	// IdentityNode is a user, group, role or permission set of the scan.
	IdentityNode
	// AdministratorNode is the power to give oneself any right in the account.
	AdministratorNode
)

// String is the kind in messages; that of an identity is IdentityKind's.
func (k NodeKind) String() string {
	return [...]string{
		"anyone", "account", "principal", "unknown principal", "web identity", "SAML provider", "service", "instance",
		"identity", "administrator",
	}[k]
}

// A Node is someone, or something, that acts or is acted for. Nodes compare
// with ==: equal nodes are the same one.
type Node struct {
	Kind NodeKind
	// Identity is set for IdentityNode, Instance for InstanceNode.
	Identity *model.Identity
	Instance *model.Instance
	// Name says who any other node is: an account id, an ARN, a service, or
	// for people the tokens of a provider. It is empty for one's own account
	// while that is not known, for anyone and for an administrator.
	Name string
	// Unit is the one whose account AccountNode stands for when its id is
	// not known; nil otherwise.
	Unit *model.Unit
}

// Outside reports whether the node is none of the scan's own identities and
// instances: a way in from outside.
func (n Node) Outside() bool { return n.Kind < InstanceNode }

// KindName is the kind of the node in messages: role, user, service.
func (n Node) KindName() string {
	switch n.Kind {
	case IdentityNode:
		return n.Identity.Kind.String()
	case InstanceNode:
		return n.Instance.Kind.String()
	}
	return n.Kind.String()
}

// Label is the node's name alone, such as ci-deployer; empty where the kind
// says it all.
func (n Node) Label() string {
	switch n.Kind {
	case IdentityNode:
		return n.Identity.Show()
	case InstanceNode:
		return n.Instance.Show()
	}
	return n.Name
}

// String is the node in a path: "role ci-deployer", "account 999988887777",
// "repo acme/app on GitHub (OIDC)".
func (n Node) String() string {
	switch n.Kind {
	case WebIdentityNode:
		return n.Name
	case AccountNode:
		if n.Name == "" {
			return "the own account"
		}
	case PrincipalNode:
		return n.Name + " (not in the scan)"
	}
	return strings.TrimSpace(n.KindName() + " " + n.Label())
}

func identityNode(id *model.Identity) Node { return Node{Kind: IdentityNode, Identity: id} }

// compareIdentities is a total order that no order of reading bears on: by
// name, then by where it stands.
func compareIdentities(a, b *model.Identity) int {
	return cmp.Or(
		strings.Compare(model.FullName(a.Entity), model.FullName(b.Entity)), cmp.Compare(a.Kind, b.Kind),
		compareUnits(a.Unit, b.Unit), strings.Compare(a.Address, b.Address), a.Range.Compare(b.Range),
	)
}

func compareUnits(a, b *model.Unit) int {
	if a == nil || b == nil || a == b {
		return 0
	}
	return cmp.Or(cmp.Compare(a.Input, b.Input), strings.Compare(a.Name, b.Name), strings.Compare(a.Account, b.Account), cmp.Compare(a.World, b.World))
}

// compareNodes is a total order of nodes: outsiders first, then by name.
func compareNodes(a, b Node) int {
	if c := cmp.Compare(a.Kind, b.Kind); c != 0 {
		return c
	}
	switch a.Kind {
	case IdentityNode:
		return compareIdentities(a.Identity, b.Identity)
	case InstanceNode:
		return cmp.Or(
			strings.Compare(a.Instance.Show(), b.Instance.Show()), compareUnits(a.Instance.Unit, b.Instance.Unit),
			strings.Compare(a.Instance.Address, b.Instance.Address),
		)
	}
	return cmp.Or(strings.Compare(a.Name, b.Name), compareUnits(a.Unit, b.Unit))
}
