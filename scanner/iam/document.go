// Package iam is the IAM policy language: documents, matching, conditions and
// three-valued decisions. It knows no service: what it must know of an action
// it asks through Facts.
package iam

import "github.com/iamwatch/iamwatch/scanner/source"

// A DocumentKind says where a document is used, which decides its grammar
// ("Grammar of the IAM JSON policy language").
type DocumentKind uint8

// The kinds of document.
const (
	IdentityDocument DocumentKind = iota
	BoundaryDocument
	SessionDocument
	TrustDocument
	ResourceDocument
	ServiceControlDocument
	ResourceControlDocument
)

// An Effect is Allow or Deny; EffectUnknown may be either.
type Effect uint8

// The effects.
const (
	EffectUnknown Effect = iota
	Allow
	Deny
)

// A Document is a policy document, whichever syntax it was written in.
type Document struct {
	Kind       DocumentKind
	Version    source.String
	ID         source.String
	Statements []*Statement
	// Range is the whole document as written, or the expression that brings it.
	Range source.Range
	// Unknown says that the document could not be read: whether it allows
	// is unknown, and it is taken to hold no Deny. Reason says what is missing.
	Unknown bool
	Reason  string
	// Faults are what AWS would refuse or what can have no effect.
	Faults []Fault
	// Invalid says that AWS would not store the document: it grants
	// nothing and denies nothing.
	Invalid bool
}

// Unread returns the first statement that could not be read, nil when all were:
// what the others allow it may deny.
func (d *Document) Unread() *Statement {
	for _, st := range d.Statements {
		if st.Unread {
			return st
		}
	}
	return nil
}

// A Statement is one statement of a document.
type Statement struct {
	Sid    source.String
	Effect Effect
	// cell keeps the compiled form of a statement that was read.
	cell *formCell
	// Actions are the patterns of Action, or of NotAction.
	Actions   []source.String
	NotAction bool
	// Resources are the patterns of Resource, or of NotResource.
	Resources   []source.String
	NotResource bool
	// HasResource says that Resource or NotResource is written.
	HasResource bool
	// Principals are those of Principal, or of NotPrincipal.
	Principals   []Principal
	NotPrincipal bool
	HasPrincipal bool
	Conditions   []Condition
	// LiteralVariables says that ${...} is text in this statement, as in
	// documents whose Version is not 2012-10-17.
	LiteralVariables bool
	// Index is the statement's place in its document, from 0.
	Index int
	// Maybe says that the statement is there only under a condition that
	// could not be decided.
	Maybe bool
	// Unread says that the statement could not be read: it may allow, and is
	// taken to hold no Deny.
	Unread bool
	// Range is the whole statement.
	Range source.Range
	// Within is the innermost call that brings the statement about.
	Within *source.Call
	// The ranges of the elements, name and value; zero when absent.
	EffectRange, ActionRange, ResourceRange, PrincipalRange, ConditionRange source.Range
}

// A PrincipalKind is the key under which a principal is written.
type PrincipalKind uint8

// The kinds of principal ("AWS JSON policy elements: Principal").
const (
	// AnyPrincipal is a bare "*" or {"AWS": "*"}.
	AnyPrincipal PrincipalKind = iota
	AWSPrincipal
	ServicePrincipal
	FederatedPrincipal
	CanonicalUserPrincipal
	// UnknownPrincipal is a principal element of an unknown kind.
	UnknownPrincipal
)

// A Principal is one principal of a statement.
type Principal struct {
	Kind  PrincipalKind
	Value source.String
}

// A Condition is one test of a Condition block: operator, key, values.
type Condition struct {
	Operator source.String
	Key      source.String
	Values   []source.String
	// EmptyList says that the values were written as an empty list.
	EmptyList bool
	Range     source.Range
}

// A Fault is something wrong with a document.
type Fault struct {
	Range   source.Range
	Message string
	// Fatal says that AWS would refuse the document for it.
	Fatal bool
	// Void says that what is refused has no meaning either: read strictly, the
	// document counts for nothing. A Fatal fault without it is a form that
	// matches nobody, everyone or nothing known, and decides no more than that.
	Void bool
}

// Facts is what the policy language must know of actions and services. A
// nil Facts knows nothing.
type Facts interface {
	// ActionResourceARNs returns the ARN templates of an action's resource
	// types, such as arn:${Partition}:logs:${Region}:${Account}:log-group:${LogGroupName}:*,
	// none for an action without resource types.
	ActionResourceARNs(action string) (templates []string, known bool)
	// ActionConditionKeys returns the condition keys of an action, without
	// the global ones.
	ActionConditionKeys(action string) (keys []string, known bool)
	// RCPSupported reports whether resource control policies reach a service.
	RCPSupported(service string) bool
}

// RequiredResources is what a Facts may know beside: which resource types an
// action needs ("Actions, resources, and condition keys for AWS services",
// types marked with an asterisk). Without it, all types count as needed.
type RequiredResources interface {
	// RequiredResourceARNs returns the ARN templates of the resource types
	// that every request of an action names.
	RequiredResourceARNs(action string) (templates []string, known bool)
}
