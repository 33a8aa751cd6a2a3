package rules

import (
	"github.com/iamwatch/iamwatch/scanner"
	"github.com/iamwatch/iamwatch/scanner/cloudwatch"
)

func iw208() *scanner.Rule {
	return withPage(scanner.Rule{
		ID: "IW208", Name: "log-destruction-grant", Title: "Logs can be deleted or starved",
		Severity: scanner.High, Precision: scanner.PrecisionHigh, Inputs: "L T F",
		Classes: []cloudwatch.Class{cloudwatch.ClassBlind}, Check: checkGrants,
	})
}
