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
	for _, r := range rules {
		switch {
		case len(r.ID) != 5 || !strings.HasPrefix(r.ID, "IW"):
			return fmt.Errorf("check id %q: %w", r.ID, errRule)
		case ids[r.ID] || names[r.Name]:
			return fmt.Errorf("check %s %s: repeated: %w", r.ID, r.Name, errRule)
		case r.Name == "" || r.Title == "" || r.Help == "" || r.Check == nil:
			return fmt.Errorf("check %s: name, title, help and check are required: %w", r.ID, errRule)
		case r.Severity > Critical:
			return fmt.Errorf("check %s: severity: %w", r.ID, errRule)
		}
		ids[r.ID], names[r.Name] = true, true
	}
	return nil
}
