// Package access answers, over a linked model, who effectively holds which
// telemetry actions and who can become whom. Rules ask it set questions and
// never compare an action, an ARN or a principal themselves.
package access

import (
	"sync"

	"github.com/iamwatch/iamwatch/scanner/cloudwatch"
	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// Options are what only the user knows of accounts.
type Options struct {
	// Accounts are one's own accounts beside those of the units.
	Accounts []string
	// Trusted and Organizations are accounts and organizations of one's own.
	Trusted, Organizations []string
}

// A Graph is what follows from a model. It is read-only once built.
type Graph struct {
	options Options
	model   *model.Model

	grants    []*Grant
	holdings  map[*model.Identity]*Holding
	trusts    map[*model.Identity][]*Entry
	allTrusts []*Entry
	ways      [][]*Entry
	own       map[string]bool
	// allControls are the service control policies of all units.
	allControls []*model.Control
	// managing are the accounts of units that make an organization.
	managing map[string]bool
	// managed are the AWS managed policies that anything attaches, by name.
	managed map[string]*managedPolicy
	// reached are the grants by identity, once Residual is asked.
	reached reachIndex
	// management is what manager found once all trusts are known.
	management string
	// unique are the identities whose unique id the input has.
	unique map[string]*model.Identity
	// becoming is who may become whom, worked out when first asked for.
	becoming struct {
		once  sync.Once
		index *becoming
	}
}

// A Grant is what one Allow statement of an identity policy grants, whoever
// holds it. A statement of a customer or inline policy gives one Grant; an
// AWS managed policy gives one for each statement and attachment.
type Grant struct {
	Policy    *model.Policy
	Statement *iam.Statement
	// Managed is the AWS managed policy, and Attachment and Holder's
	// identity say where it is attached; nil for other policies.
	Managed    *cloudwatch.ManagedPolicy
	Attachment *model.Attachment
	// Holders are the identities that the statement reaches. Empty for a
	// policy that nothing in the scan attaches.
	Holders []Holder
	// Patterns are the catalogue actions that the statement's own action
	// patterns cover for certain, whatever cuts them later; Possible adds
	// those that only an unknown part of a pattern might cover.
	Patterns, Possible cloudwatch.ActionSet
	// Reached are those of Patterns that the statement's resources let
	// through, before any cut.
	Reached cloudwatch.ActionSet
	// Actions are those that at least one holder effectively has by this
	// statement: not denied, not cut by a boundary. Of an unattached
	// policy, those left by its own Denies.
	Actions cloudwatch.ActionSet
	// Unscoped are those of Actions whose resources are unscoped and
	// that carry no meaningful condition (RULES.md, section 1).
	Unscoped cloudwatch.ActionSet
	// UnscopedResources are those of Actions with unscoped resources,
	// whatever their conditions.
	UnscopedResources cloudwatch.ActionSet
	// MaybeUnscoped are those of Actions that would be in Unscoped if what
	// could not be resolved of their resources is nothing or a wildcard.
	// None of them is in Unscoped.
	MaybeUnscoped cloudwatch.ActionSet
	// Presumed are those of UnscopedResources whose ARNs name an account
	// that is taken to be the own one, which is not known.
	Presumed cloudwatch.ActionSet
	// Everything says that the statement grants every action of every
	// service on every resource without meaningful condition, after cuts.
	Everything bool
	// OnlyMFA says that Everything holds but for a condition that asks for
	// multi-factor authentication.
	OnlyMFA bool
	// Doubts lower the confidence by a step: a conditional Deny, a
	// boundary that was not read, a holder that exists only under a
	// condition. Each is a clause for the message.
	Doubts []Doubt
	// Exceptions are narrower Denies: they take some resources away and
	// leave the rest. They lower nothing and are named.
	Exceptions []Doubt
}

// A Doubt is a fact that lowers the confidence in a grant.
type Doubt struct {
	Range  source.Range
	Clause string
}

// Attached reports whether anything in the scan holds the grant.
func (g *Grant) Attached() bool { return len(g.Holders) > 0 }

// A Holder is an identity that a grant reaches.
type Holder struct {
	Identity *model.Identity
	// Via is the group through which a user holds it, nil when held directly.
	// Groups are holders themselves; their users are so through Via.
	Via *model.Identity
	// Attachment is the managed policy attachment, nil for inline.
	Attachment *model.Attachment
	// Actions, Unscoped and Everything are as in Grant, for this identity.
	Actions, Unscoped, UnscopedResources cloudwatch.ActionSet
	MaybeUnscoped                        cloudwatch.ActionSet
	Everything                           bool
	Doubts, Exceptions                   []Doubt
}

// A Holding is all that an identity effectively has.
type Holding struct {
	Identity *model.Identity
	Grants   []*Grant
	// Actions and Unscoped are the unions over the grants.
	Actions, Unscoped cloudwatch.ActionSet
	// Admin says that the identity is an administrator (RULES.md: admin(P)).
	Admin bool
	// Everything says that it holds every action of every service.
	Everything bool
	// Bare says that nothing at all is attached to it in the scan.
	Bare bool

	nature nature
}

// Beyond reports whether the identity holds a core action of a class other
// than recon and tag.
func (h *Holding) Beyond() bool {
	recon := cloudwatch.ByPrimary(cloudwatch.ClassRecon).Union(cloudwatch.ByPrimary(cloudwatch.ClassTag))
	return h.Everything || !h.Actions.Intersect(cloudwatch.Core()).Minus(recon).Empty()
}

// An EntryKind says who a trust statement lets in.
type EntryKind uint8

// The kinds of entry (RULES.md, section 1: foreign).
const (
	// Anyone is Principal "*", or NotPrincipal under Allow.
	Anyone EntryKind = iota
	// OwnAccount is the role's own account or a principal of it.
	OwnAccount
	// TrustedAccount is another account of one's own.
	TrustedAccount
	// VendorAccount is a well-known monitoring vendor's.
	VendorAccount
	// UnfamiliarAccount is any other account.
	UnfamiliarAccount
	// UnknownAccount is an account that could not be resolved.
	UnknownAccount
	// Service is an AWS service.
	Service
	// WebIdentity is an OIDC provider, Cognito and the sign-in providers included.
	WebIdentity
	// SAMLProvider is a SAML provider.
	SAMLProvider
	// DeletedPrincipal is a unique id that no identity of the scan has.
	DeletedPrincipal
	// OtherPrincipal is anything else: canonical users, invalid values.
	OtherPrincipal
)

// An Entry is one way in: a principal of an Allow statement of a role's trust
// policy, for the sts:AssumeRole* actions that the statement allows.
type Entry struct {
	Role      *model.Identity
	Statement *iam.Statement
	// Principal is the one at fault; with NotPrincipal, the first listed.
	Principal iam.Principal
	Kind      EntryKind
	// Account is the id, "self" for the own account by a hole, empty when
	// unknown or none.
	Account string
	// Vendor is the vendor's name for VendorAccount.
	Vendor string
	// Root says that a whole account is let in: :root or a bare id.
	Root bool
	// Issuer is the OIDC issuer without scheme, such as
	// token.actions.githubusercontent.com; the service for Service; the
	// provider's ARN for SAMLProvider.
	Issuer string
	// Guessed says that the provider could not be resolved and Issuer is the
	// one whose keys the conditions test.
	Guessed bool
	// The actions allowed: AssumeRole, AssumeRoleWithWebIdentity, AssumeRoleWithSAML.
	AssumeRole, AssumeRoleWithWebIdentity, AssumeRoleWithSAML bool

	// lets are those of Statement, and letKeys their keys in order; neither
	// must be changed.
	lets    map[string][]iam.Condition
	letKeys []string
}

// Grants are all grants of the model in a fixed order: of every statement that
// may grant an action of the catalogue.
func (g *Graph) Grants() []*Grant { return g.grants }

// Holding is what an identity effectively has; never nil.
func (g *Graph) Holding(id *model.Identity) *Holding {
	if h := g.holdings[id]; h != nil {
		return h
	}
	return &Holding{Identity: id, Bare: true}
}

// Entries are the ways into a role, in the order of its trust policy.
func (g *Graph) Entries(role *model.Identity) []*Entry { return g.trusts[role] }

// AllEntries are the ways into all roles, in a fixed order.
func (g *Graph) AllEntries() []*Entry { return g.allTrusts }

// Ways are the ways into all roles, those that stand alone in files besides,
// grouped by the statement that opens them, in a fixed order.
func (g *Graph) Ways() [][]*Entry { return g.ways }

// Workload reports whether a role's trust names a service that runs
// customer code, or an EKS issuer (RULES.md: workload(P)).
func (g *Graph) Workload(role *model.Identity) bool { return g.Holding(role).nature.workload }

// ServiceOnly reports whether a role's trust names only services that run no
// customer code (RULES.md: serviceOnly(P)).
func (g *Graph) ServiceOnly(role *model.Identity) bool { return g.Holding(role).nature.serviceOnly }

// Platform reports whether AWS tooling makes and repairs the role
// (RULES.md: platform(P)).
func (g *Graph) Platform(role *model.Identity) bool { return g.Holding(role).nature.platform }

// nature is what kind of role a role is; worked out once.
type nature struct{ workload, serviceOnly, platform bool }

// Classify says whose an account is, seen from a unit. id is 12 digits,
// "self", or empty for unknown.
func (g *Graph) Classify(unit *model.Unit, id string) (kind EntryKind, vendor string) {
	switch {
	case id == "":
		return UnknownAccount, ""
	case id == selfAccount || id == unit.Account:
		return OwnAccount, ""
	case g.own[id]:
		return TrustedAccount, ""
	}
	if name, ok := vendors[id]; ok {
		return VendorAccount, name
	}
	return UnfamiliarAccount, ""
}

// KnowsAccounts reports whether the user or the input said which accounts
// are one's own beside the scanned ones, which is what "foreign" rests on.
func (g *Graph) KnowsAccounts() bool {
	return len(g.options.Trusted) > 0 || len(g.options.Organizations) > 0
}

// StatementID identifies a statement within its document for fingerprints:
// its Sid when unique there, else a hash of the statement in canonical form
// without accounts, regions, partitions and the order of lists.
func (g *Graph) StatementID(unit *model.Unit, doc *iam.Document, st *iam.Statement) string {
	return statementID(unit, doc, st)
}

// Lets returns the positive conditions of a trust or resource statement that
// limit who may call, by key in lower case: those of its conditions that
// hold only for some callers. IfExists, Null, negated operators, ForAllValues
// and values of all wildcards do not count (IAM-SEMANTICS, T.1 and T.3).
func (g *Graph) Lets(st *iam.Statement) map[string][]iam.Condition { return lets(st) }
