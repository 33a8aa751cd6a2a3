package rules

import (
	"github.com/iamwatch/iamwatch/scanner"
	"github.com/iamwatch/iamwatch/scanner/cloudwatch"
)

func iw503() *scanner.Rule {
	return withPage(scanner.Rule{
		ID: "IW503", Name: "ingest-point-open", Title: "Any account may send telemetry here",
		Severity: scanner.Medium, Precision: scanner.PrecisionVeryHigh, Inputs: "L T F",
		Classes: []cloudwatch.Class{cloudwatch.ClassTamper}, Check: checkIngestPoint,
	})
}
