package rules

import (
	"github.com/iamwatch/iamwatch/scanner"
	"github.com/iamwatch/iamwatch/scanner/cloudwatch"
)

func iw304() *scanner.Rule {
	return withPage(scanner.Rule{
		ID: "IW304", Name: "sharing-role-too-wide", Title: "The CloudWatch cross-account sharing role gives too much",
		Severity: scanner.Medium, Precision: scanner.PrecisionVeryHigh, Inputs: "L T F",
		Classes: []cloudwatch.Class{cloudwatch.ClassRead}, Check: checkSharingRole,
	})
}
