package rules

import (
	"github.com/iamwatch/iamwatch/scanner"
)

func iw102() *scanner.Rule {
	return withPage(scanner.Rule{
		ID: "IW102", Name: "root-recent-use", Title: "The root user was used recently",
		Severity: scanner.High, Precision: scanner.PrecisionHigh, Inputs: "C",
		Classes: everyClass(), Check: checkRootUse,
	})
}
