package rules

import (
	"github.com/iamwatch/iamwatch/scanner"
)

func iw223() *scanner.Rule {
	return withPage(scanner.Rule{
		ID: "IW223", Name: "service-wildcard-scoped", Title: "All actions of a CloudWatch service on chosen resources",
		Severity: scanner.Low, Precision: scanner.PrecisionVeryHigh, Inputs: "L T F",
		Classes: everyClass(), Check: checkGrants,
	})
}
