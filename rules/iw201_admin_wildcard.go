package rules

import (
	"github.com/iamwatch/iamwatch/scanner"
)

func iw201() *scanner.Rule {
	return withPage(scanner.Rule{
		ID: "IW201", Name: "admin-wildcard", Title: "Full administrative access",
		Severity: scanner.High, Precision: scanner.PrecisionVeryHigh, Inputs: "L T F",
		Classes: everyClass(), Check: checkGrants,
	})
}
