package rules

import (
	"github.com/iamwatch/iamwatch/scanner"
	"github.com/iamwatch/iamwatch/scanner/cloudwatch"
)

func iw501() *scanner.Rule {
	return withPage(scanner.Rule{
		ID: "IW501", Name: "resource-policy-any-principal", Title: "A telemetry resource policy admits everyone",
		Severity: scanner.High, Precision: scanner.PrecisionVeryHigh, Inputs: "L T F",
		Classes: []cloudwatch.Class{cloudwatch.ClassRead, cloudwatch.ClassTamper, cloudwatch.ClassControl}, Check: checkResourcePolicy,
	})
}
