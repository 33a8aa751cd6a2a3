package rules

import (
	"github.com/iamwatch/iamwatch/scanner"
)

func iw216() *scanner.Rule {
	return withPage(scanner.Rule{
		ID: "IW216", Name: "managed-policy-too-wide", Title: "An AWS managed policy grants more telemetry power than its name says",
		Severity: scanner.Medium, Precision: scanner.PrecisionHigh, Inputs: "L T F",
		Classes: everyClass(), Check: checkManaged,
	})
}
