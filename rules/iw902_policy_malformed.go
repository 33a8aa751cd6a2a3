package rules

import (
	"github.com/iamwatch/iamwatch/scanner"
)

func iw902() *scanner.Rule {
	return withPage(scanner.Rule{
		ID: "IW902", Name: "policy-malformed", Title: "A policy that AWS would refuse, or that has no effect",
		Severity: scanner.Info, Precision: scanner.PrecisionHigh, Inputs: "L T F",
		Classes: nil, Check: checkMalformed,
	})
}
