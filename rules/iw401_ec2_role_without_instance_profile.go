package rules

import (
	"github.com/iamwatch/iamwatch/scanner"
)

func iw401() *scanner.Rule {
	return withPage(scanner.Rule{
		ID: "IW401", Name: "ec2-role-without-instance-profile", Title: "A role for EC2 has no instance profile",
		Severity: scanner.Medium, Precision: scanner.PrecisionHigh, Inputs: "L T F",
		Classes: nil, Check: checkRoleWithoutProfile,
	})
}
