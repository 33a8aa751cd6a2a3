package rules

import (
	"github.com/iamwatch/iamwatch/scanner"
	"github.com/iamwatch/iamwatch/scanner/cloudwatch"
)

func iw220() *scanner.Rule {
	return withPage(scanner.Rule{
		ID: "IW220", Name: "self-escalation-to-telemetry", Title: "The identity can give itself CloudWatch rights",
		Severity: scanner.High, Precision: scanner.PrecisionHigh, Inputs: "L T F",
		Classes: []cloudwatch.Class{cloudwatch.ClassEscalate}, Check: checkGrants,
	})
}
