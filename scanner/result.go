package scanner

import (
	"io"
	"slices"
	"time"

	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// A Result is what a scan found and what it read.
type Result struct {
	// Version is iamwatch's own.
	Version string
	// Rules is the whole catalogue in fixed order, whatever was found.
	Rules []*Rule
	// Findings are filtered, without duplicates, and in a total order:
	// severity, path, offset, rule.
	Findings []Finding
	// Diagnostics say what could not be read, in order of place.
	Diagnostics []source.Diagnostic
	// Undeclared are the names, in order, of given parameters that no input
	// declares.
	Undeclared []string
	// RuleErrors name the rules that failed; there is no finding of theirs.
	RuleErrors []RuleError
	Stats      Stats
	// Runs are the units by SARIF category; a scan without any has one.
	Runs []Run
}

// A RuleCount is a number of findings of one rule.
type RuleCount struct {
	Rule  *Rule
	Count int
}

// A RuleError is a rule's own failure, a panic included.
type RuleError struct {
	Rule *Rule
	Err  error
}

// A Run is what SARIF calls a run: the units of one category.
type Run struct {
	// Category ends in a slash: iamwatch/iac/<dir>/, iamwatch/export/<account>/.
	Category string
	// Units are the units, of a stack that has alternatives the first one.
	Units []*model.Unit
	// Findings index Result.Findings, in its order.
	Findings []int
	// Diagnostics index Result.Diagnostics.
	Diagnostics []int
}

// Stats is what was read, for the summary line. Time is left out of every
// report that must be the same for the same input.
type Stats struct {
	// Files are the files of ours that were read; Passed those of another kind.
	Files, Passed                    int
	Policies, Statements, Principals int
	Unknown                          int
	// BySeverity counts the findings shown.
	BySeverity [Critical + 1]int
	// Suppressed counts the findings that suppressions hide.
	Suppressed int
	// Hidden counts the findings that are not shown, by rule in the order
	// of the catalogue.
	Hidden  []RuleCount
	Elapsed time.Duration
}

// Complete reports whether every input of ours was read whole.
func (r *Result) Complete() bool { return complete(r.Diagnostics) }

func complete(diagnostics []source.Diagnostic) bool {
	return !slices.ContainsFunc(diagnostics, func(d source.Diagnostic) bool { return !d.Warning })
}

// A Reporter writes a result in one format. It must write the same bytes for
// the same result and must not keep or change it.
type Reporter interface {
	Report(w io.Writer, r *Result) error
}
