package rules

import (
	"github.com/iamwatch/iamwatch/scanner"
	"github.com/iamwatch/iamwatch/scanner/cloudwatch"
)

func iw207() *scanner.Rule {
	return withPage(scanner.Rule{
		ID: "IW207", Name: "alarm-blinding-grant", Title: "Alarms can be deleted, muted or forced",
		Severity: scanner.Medium, Precision: scanner.PrecisionHigh, Inputs: "L T F",
		Classes: []cloudwatch.Class{cloudwatch.ClassBlind}, Check: checkGrants,
	})
}
