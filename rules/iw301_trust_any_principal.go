package rules

import (
	"github.com/iamwatch/iamwatch/scanner"
)

func iw301() *scanner.Rule {
	return withPage(scanner.Rule{
		ID: "IW301", Name: "trust-any-principal", Title: "Anyone may assume a role with telemetry access",
		Severity: scanner.Critical, Precision: scanner.PrecisionVeryHigh, Inputs: "L T F",
		Classes: everyClass(), Check: checkTrust,
	})
}
