package rules

import (
	"github.com/iamwatch/iamwatch/scanner"
)

func iw406() *scanner.Rule {
	return withPage(scanner.Rule{
		ID: "IW406", Name: "imdsv1-with-telemetry-role", Title: "IMDSv1 exposes a role with telemetry power",
		Severity: scanner.Medium, Precision: scanner.PrecisionHigh, Inputs: "L T F",
		Classes: everyClass(), Check: checkMetadata,
	})
}
