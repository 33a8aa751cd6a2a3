// Package decisions writes what became of policy test cases: as text, a line
// a failure, and as versioned JSON for programs.
package decisions

import (
	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// A Result is what became of cases, in their order.
type Result struct {
	// Version is the program's.
	Version string
	Cases   []Case
}

// Counts are the numbers of cases that came out as expected, and that did not.
func (r *Result) Counts() (passed, failed int) {
	for i := range r.Cases {
		if len(r.Cases[i].Mismatches) > 0 {
			failed++
		}
	}
	return len(r.Cases) - failed, failed
}

// A Case is what became of one case.
type Case struct {
	ID string
	// Range is the case as written.
	Range source.Range
	// Request is what was decided, with what the input added to it.
	Request  iam.Request
	Expected Answer
	Got      Answer
	Decision iam.Decision
	// Allowing and Denying are the statements of Decision, Faults what AWS
	// would refuse the case's documents for.
	Allowing, Denying []Statement
	Faults            []iam.Fault
	// Cut names what takes away all that other policies allow, where one
	// thing alone does: "the permissions boundary", say. CutRange is where it
	// is written.
	Cut      string
	CutRange source.Range
	// Mismatches are the ways in which Got differs from Expected.
	Mismatches []Mismatch
}

// An Answer is a decision as a case words it.
type Answer struct {
	Result iam.Result
	// DenyKind is explicit or implicit; empty of another result, or where
	// the case does not ask.
	DenyKind string
	// ParseError says whether AWS would refuse one of the documents;
	// AskedParseError whether the case asks.
	ParseError, AskedParseError bool
}

// A Mismatch is one way in which a case failed.
type Mismatch uint8

// The mismatches.
const (
	WrongResult Mismatch = iota
	WrongDenyKind
	WrongParseError
)

// A Statement is one that decided, with the kind of policy that holds it.
type Statement struct {
	*iam.Statement
	// Policy is the name of the kind in a case: identity, groups, boundary,
	// session, scp, rcp, resource, trust or endpoint.
	Policy string
}
