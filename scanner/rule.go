// Package scanner is the engine and its contracts: Parser, Rule, Pass,
// Finding, Result, Reporter, and Scan, which runs them.
package scanner

import (
	"errors"
	"fmt"
	"strings"

	"github.com/iamwatch/iamwatch/scanner/access"
	"github.com/iamwatch/iamwatch/scanner/cloudwatch"
	"github.com/iamwatch/iamwatch/scanner/model"
)

// A Precision is how rarely a rule is wrong (SARIF property "precision").
type Precision string

// The precisions that GitHub code scanning knows.
const (
	PrecisionLow      Precision = "low"
	PrecisionMedium   Precision = "medium"
	PrecisionHigh     Precision = "high"
	PrecisionVeryHigh Precision = "very-high"
)

// A Rule is a check and all that is to be said about it. It holds no state.
type Rule struct {
	ID    string // "IW202"; permanent
	Name  string // "cloudwatch-wildcard"
	Title string // "All actions of a CloudWatch service are granted"
	// Help is the rule's page in Markdown: Risk, Example, Fix, Exceptions,
	// References.
	Help      string
	Severity  Severity
	Precision Precision
	Classes   []cloudwatch.Class
	// Inputs are the letters of RULES.md: L, C, T, F.
	Inputs string
	// Strict says that only the strict set holds the rule.
	Strict bool
	// Check reports the rule's findings over a model. It may run beside
	// other rules and must not change what the pass gives it.
	Check func(*Pass) error
}

// A Pass is what a rule sees: the linked model, what follows from it, and
// what the user said.
type Pass struct {
	Rule    *Rule
	Model   *model.Model
	Access  *access.Graph
	Options Options

	findings *[]Finding
}

// Report adds a finding of the pass's rule.
func (p *Pass) Report(f Finding) {
	f.Rule = p.Rule
	*p.findings = append(*p.findings, f)
}

// Options are what the user said that rules may ask.
type Options struct {
	// Accounts are the accounts that the code is for.
	Accounts []string
	// TrustedAccounts and TrustedOrganizations are one's own beside these.
	TrustedAccounts, TrustedOrganizations []string
	// AdminPrincipals and ReaderPrincipals are names of principals whose
	// power is expected.
	AdminPrincipals, ReaderPrincipals []string
	// RootUseWindow is in days; 30 when zero.
	RootUseWindow int
}

var errRule = errors.New("invalid rule")

// Validate refuses a catalogue with a bad or repeated rule.
func Validate(rules []*Rule) error {
	ids, names := map[string]bool{}, map[string]bool{}
	for i, r := range rules {
		if r == nil {
			return fmt.Errorf("check rule %d: none: %w", i, errRule)
		}
		if fault := r.fault(); fault != "" {
			return fmt.Errorf("check rule %q: %s: %w", r.ID, fault, errRule)
		}
		if ids[r.ID] || names[r.Name] {
			return fmt.Errorf("check rule %s %s: repeated: %w", r.ID, r.Name, errRule)
		}
		ids[r.ID], names[r.Name] = true, true
	}
	return nil
}

// fault says what is wrong with a rule by itself; empty for nothing.
func (r *Rule) fault() string {
	_, isSeverity := ParseSeverity(r.Name)
	_, isClass := cloudwatch.ParseClass(r.Name)
	switch {
	case !isRuleID(r.ID):
		return "the id is IW and three digits"
	case !isKebab(r.Name) || isSeverity || isClass:
		return "the name is in kebab-case and no severity or class"
	case r.Title == "" || r.Help == "" || r.Check == nil:
		return "title, help and check are required"
	case r.Severity > Critical:
		return "the severity is unknown"
	case !r.Precision.known() && (r.Precision != "" || r.Severity != Info):
		return "the precision is unknown"
	}
	return ""
}

func (p Precision) known() bool {
	return p == PrecisionLow || p == PrecisionMedium || p == PrecisionHigh || p == PrecisionVeryHigh
}

func isRuleID(s string) bool {
	digits, ok := strings.CutPrefix(s, "IW")
	return ok && len(digits) == 3 && strings.Trim(digits, "0123456789") == ""
}

func isKebab(s string) bool {
	return s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
}
