package rules

import (
	"github.com/iamwatch/iamwatch/scanner"
	"github.com/iamwatch/iamwatch/scanner/cloudwatch"
)

func iw303() *scanner.Rule {
	return withPage(scanner.Rule{
		ID: "IW303", Name: "trust-whole-account-or-organization", Title: "Trust is wider than one role",
		Severity: scanner.Medium, Precision: scanner.PrecisionMedium, Inputs: "L T F",
		Classes: []cloudwatch.Class{cloudwatch.ClassBlind, cloudwatch.ClassExfiltrate, cloudwatch.ClassControl}, Check: checkTrust,
	})
}
