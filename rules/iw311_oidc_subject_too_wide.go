package rules

import (
	"github.com/iamwatch/iamwatch/scanner"
)

func iw311() *scanner.Rule {
	return withPage(scanner.Rule{
		ID: "IW311", Name: "oidc-subject-too-wide", Title: "A web identity trust is open inside one tenant",
		Severity: scanner.Medium, Precision: scanner.PrecisionHigh, Inputs: "L T F",
		Classes: everyClass(), Check: checkTrust,
	})
}
