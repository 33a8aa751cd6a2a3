package rules

import (
	"github.com/iamwatch/iamwatch/scanner"
)

func iw101() *scanner.Rule {
	return withPage(scanner.Rule{
		ID: "IW101", Name: "root-access-key", Title: "The root user has an active access key",
		Severity: scanner.Critical, Precision: scanner.PrecisionVeryHigh, Inputs: "L C",
		Classes: everyClass(), Check: checkRootKeys,
	})
}
