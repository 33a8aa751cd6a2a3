package rules

import (
	"github.com/iamwatch/iamwatch/scanner"
	"github.com/iamwatch/iamwatch/scanner/cloudwatch"
)

func iw209() *scanner.Rule {
	return withPage(scanner.Rule{
		ID: "IW209", Name: "telemetry-exfiltration-grant", Title: "A lasting copy of telemetry can be sent elsewhere",
		Severity: scanner.High, Precision: scanner.PrecisionHigh, Inputs: "L T F",
		Classes: []cloudwatch.Class{cloudwatch.ClassExfiltrate}, Check: checkGrants,
	})
}
