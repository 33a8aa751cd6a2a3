package rules

import (
	"github.com/iamwatch/iamwatch/scanner"
)

func iw302() *scanner.Rule {
	return withPage(scanner.Rule{
		ID: "IW302", Name: "cross-account-without-external-id", Title: "A foreign account may assume the role without a second condition",
		Severity: scanner.High, Precision: scanner.PrecisionMedium, Inputs: "L T F",
		Classes: everyClass(), Check: checkTrust,
	})
}
