// Package cases reads policy test cases: requests, the policies that bear on
// them, and the answer that is expected of the engine. A file is a list of
// cases in JSON or YAML.
package cases

import (
	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// DefaultPrincipal is the caller of a case with policies that names none.
const DefaultPrincipal = "arn:aws:iam::111122223333:user/alice"

// A Case is one policy test case.
type Case struct {
	// ID is the case's name, unique in its file.
	ID source.String
	// Range is the whole case.
	Range source.Range
	// HasPolicies says that policies is written. Without, the policies are
	// those that a scanned input has of the principal.
	HasPolicies bool
	Policies    iam.Policies
	// Documents are all documents of Policies, in the order written.
	Documents []*iam.Document
	Request   iam.Request
	// Principal and Resource are those of Request with their places;
	// zero when not written.
	Principal, Resource source.String
	// Expected is the answer, and ExpectedRange where it is written.
	Expected      iam.Result
	ExpectedRange source.Range
	DenyKind      DenyKind
	ParseError    Refusal
	// Why, Source and Certainty are for people: what the case shows, the
	// document that settles it, and how sure that is.
	Why, Source, Certainty string
}

// A DenyKind says which denial is expected.
type DenyKind uint8

// The kinds of denial ("Policy evaluation logic": explicit and implicit
// denies).
const (
	AnyDeny DenyKind = iota
	ExplicitDeny
	ImplicitDeny
)

// A Refusal says whether a case's documents are ones that AWS would refuse.
type Refusal uint8

// The refusals.
const (
	// NotAsked: parse_error is not written.
	NotAsked Refusal = iota
	// Refused: at least one is refused.
	Refused
	// Accepted: none is.
	Accepted
)

// Refuses reports whether AWS would refuse one of the case's documents, which
// a fatal fault of it says.
func (c *Case) Refuses() bool {
	for _, d := range c.Documents {
		for _, f := range d.Faults {
			if f.Fatal {
				return true
			}
		}
	}
	return false
}
