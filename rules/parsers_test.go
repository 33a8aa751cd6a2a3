package rules_test

import (
	"testing"

	"github.com/iamwatch/iamwatch/parsers/cloudformation"
	"github.com/iamwatch/iamwatch/parsers/export"
	"github.com/iamwatch/iamwatch/parsers/policy"
	"github.com/iamwatch/iamwatch/parsers/terraform"
	"github.com/iamwatch/iamwatch/rules"
	"github.com/iamwatch/iamwatch/scanner"
)

// parsers are the real ones: rules are tested on real bytes.
func parsers() []scanner.Parser {
	return []scanner.Parser{terraform.New(), export.New(), cloudformation.New(), policy.New()}
}

// rule returns the rule of an id.
func rule(t *testing.T, id string) *scanner.Rule {
	t.Helper()
	for _, r := range rules.All() {
		if r.ID == id {
			return r
		}
	}
	t.Fatalf("no rule %s", id)
	return nil
}
