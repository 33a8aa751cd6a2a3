package rules

import (
	"github.com/iamwatch/iamwatch/scanner"
)

func iw203() *scanner.Rule {
	return withPage(scanner.Rule{
		ID: "IW203", Name: "not-action-grant", Title: "Allow with NotAction includes telemetry",
		Severity: scanner.High, Precision: scanner.PrecisionHigh, Inputs: "L T F",
		Classes: everyClass(), Check: checkGrants,
	})
}
