package rules

import (
	"github.com/iamwatch/iamwatch/scanner"
)

func iw202() *scanner.Rule {
	return withPage(scanner.Rule{
		ID: "IW202", Name: "cloudwatch-wildcard", Title: "All actions of a CloudWatch service are granted",
		Severity: scanner.High, Precision: scanner.PrecisionVeryHigh, Inputs: "L T F",
		Classes: everyClass(), Check: checkGrants,
	})
}
