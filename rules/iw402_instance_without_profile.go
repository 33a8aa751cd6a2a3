package rules

import (
	"github.com/iamwatch/iamwatch/scanner"
)

func iw402() *scanner.Rule {
	return withPage(scanner.Rule{
		ID: "IW402", Name: "instance-without-profile", Title: "An instance has no instance profile",
		Severity: scanner.Low, Precision: scanner.PrecisionMedium, Inputs: "L T F",
		Classes: nil, Check: checkInstanceWithoutProfile,
	})
}
