package rules

import (
	"github.com/iamwatch/iamwatch/scanner"
)

func iw305() *scanner.Rule {
	return withPage(scanner.Rule{
		ID: "IW305", Name: "oidc-without-subject", Title: "A web identity is trusted without a subject",
		Severity: scanner.Critical, Precision: scanner.PrecisionVeryHigh, Inputs: "L T F",
		Classes: everyClass(), Check: checkTrust,
	})
}
