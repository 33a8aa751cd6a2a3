package rules

import (
	"github.com/iamwatch/iamwatch/scanner"
)

func iw901() *scanner.Rule {
	return withPage(scanner.Rule{
		ID: "IW901", Name: "policy-unresolved", Title: "A policy depends on a value that the input does not hold",
		Severity: scanner.Info, Precision: scanner.PrecisionHigh, Inputs: "T F",
		Classes: nil, Check: checkUnresolved,
	})
}
