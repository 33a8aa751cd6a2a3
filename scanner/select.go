package scanner

import (
	"fmt"
	"slices"
	"strings"

	"github.com/iamwatch/iamwatch/scanner/cloudwatch"
)

// A Selection says which findings are shown.
type Selection struct {
	MinSeverity   Severity
	MinConfidence Confidence
	// Strict shows every rule at every confidence.
	Strict bool
	// Only, Enable and Disable hold rule ids, names, severities' or
	// classes' names. A rule named by Only or Enable is shown at any confidence.
	Only, Enable, Disable []string
}

// names reports whether a list names the rule.
func names(list []string, r *Rule) bool {
	for _, n := range list {
		if matchesRule(n, r) {
			return true
		}
	}
	return false
}

func matchesRule(name string, r *Rule) bool {
	if strings.EqualFold(name, r.ID) || name == r.Name || name == r.Severity.String() {
		return true
	}
	return slices.ContainsFunc(r.Classes, func(c cloudwatch.Class) bool { return c.String() == name })
}

// validate refuses a name that no rule answers to.
func (s Selection) validate(rules []*Rule) error {
	for _, list := range [][]string{s.Only, s.Enable, s.Disable} {
		for _, n := range list {
			if !slices.ContainsFunc(rules, func(r *Rule) bool { return matchesRule(n, r) }) {
				return fmt.Errorf("select rules: no rule, name or class %q: %w", n, errConfig)
			}
		}
	}
	return nil
}

// Shows reports whether a finding is shown.
func (s Selection) Shows(f Finding) bool {
	r := f.Rule
	if names(s.Disable, r) || len(s.Only) > 0 && !names(s.Only, r) {
		return false
	}
	named := names(s.Only, r) || names(s.Enable, r)
	if r.Strict && !named && !s.Strict {
		return false
	}
	if r.Severity < s.MinSeverity && !(named && r.Severity == Info) {
		return false
	}
	return named || s.Strict || f.Confidence >= s.MinConfidence
}
