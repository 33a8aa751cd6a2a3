package rules

import (
	"github.com/iamwatch/iamwatch/scanner"
)

func iw103() *scanner.Rule {
	return withPage(scanner.Rule{
		ID: "IW103", Name: "root-no-mfa", Title: "The root user has no MFA",
		Severity: scanner.Critical, Precision: scanner.PrecisionVeryHigh, Inputs: "L C",
		Classes: everyClass(), Check: checkRootMFA,
	})
}
