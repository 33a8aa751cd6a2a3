package scanner

import (
	"github.com/iamwatch/iamwatch/scanner/cloudwatch"
	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// A Severity is one class a rule and never changes with the instance
// (SARIF for GitHub code scanning, section 1.3).
type Severity uint8

// The severities, mildest first.
const (
	Info Severity = iota
	Low
	Medium
	High
	Critical
)

var severityNames = [...]string{"info", "low", "medium", "high", "critical"}

// String is the severity's name.
func (s Severity) String() string { return severityNames[s] }

// ParseSeverity returns the severity of a name.
func ParseSeverity(name string) (Severity, bool) {
	for i, n := range severityNames {
		if n == name {
			return Severity(i), true
		}
	}
	return 0, false
}

// A Confidence belongs to a finding: High when the predicate is decided,
// Medium when one fact is missing, Low for a documented or vendor-made set-up.
type Confidence uint8

// The confidences, weakest first.
const (
	ConfidenceLow Confidence = iota
	ConfidenceMedium
	ConfidenceHigh
)

var confidenceNames = [...]string{"low", "medium", "high"}

// String is the confidence's name.
func (c Confidence) String() string { return confidenceNames[c] }

// Lower is the confidence one step down.
func (c Confidence) Lower() Confidence {
	if c == ConfidenceLow {
		return ConfidenceLow
	}
	return c - 1
}

// ParseConfidence returns the confidence of a name.
func ParseConfidence(name string) (Confidence, bool) {
	for i, n := range confidenceNames {
		if n == name {
			return Confidence(i), true
		}
	}
	return 0, false
}

// A Finding is one fault at one place.
type Finding struct {
	Rule       *Rule
	Confidence Confidence
	// Message is one self-sufficient sentence without a final period; its
	// first clause holds no volatile data.
	Message string
	// Range is the token at fault, or the expression in the statement that
	// brings it from elsewhere.
	Range source.Range
	// Label says in a few words what stands at Range, for the code frame.
	Label string
	// Related are further places, most telling first.
	Related []Related
	// Entity owns the fault: kind and path/name of a principal, a managed
	// policy or a resource, such as "role//acme-prod-ci". Names known to AWS
	// are preferred, so that code and live account agree; Part says which
	// part of it: the statement's identity or "access_key_1".
	Entity, Part string
	// Subject is the thing concerned, for people: role "acme-prod-ci".
	Subject string
	Classes []cloudwatch.Class
	// Actions are the actions that matter, worst first.
	Actions []string
	// Remaining are the conditions that remain, for people.
	Remaining []string
	// When says under which values of a stack's parameters it holds, such as:
	// only when Environment is not "prod"; or, when other values lead to a
	// milder finding, under which values the message is true and under which
	// others something of it. It is empty for what always holds, and ends the
	// message else. Holds says in which of
	// Unit.Worlds it holds; nil when the stack has no alternatives. The scanner
	// fills both.
	When  string
	Holds []bool
	// Fix can be pasted; empty when there is nothing to paste. Advice is a
	// clause that says what to do.
	Fix, Advice string
	// Path says how the subject is reached, outermost first.
	Path []Step
	Unit *model.Unit
	// Suppressed is what hides the finding, nil for one that stands.
	Suppressed *Suppression
	// Fingerprint is 64 hex digits that stay the same over moves, renames
	// of neighbours and new versions of iamwatch. The scanner fills it.
	Fingerprint string
}

// A Related is a further place of a finding.
type Related struct {
	Range   source.Range
	Message string
}

// A Step is one step of a path to a principal.
type Step struct {
	Range   source.Range
	Message string
}
