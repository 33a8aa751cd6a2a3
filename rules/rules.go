// Package rules is the catalogue: one rule a file, one page a rule. Rules see
// the model and ask package access; they know no input format.
package rules

import (
	"embed"
	"strings"

	"github.com/iamwatch/iamwatch/scanner"
	"github.com/iamwatch/iamwatch/scanner/cloudwatch"
)

//go:embed *.md
var pages embed.FS

// All are the rules in the order of their ids.
func All() []*scanner.Rule {
	return []*scanner.Rule{
		iw101(), iw102(), iw103(),
		iw201(), iw202(), iw203(), iw207(), iw208(), iw209(), iw216(), iw220(), iw223(),
		iw301(), iw302(), iw303(), iw304(), iw305(), iw311(),
		iw401(), iw402(), iw406(),
		iw501(), iw503(),
		iw901(), iw902(),
	}
}

// withPage gives a rule its page.
func withPage(r scanner.Rule) *scanner.Rule {
	name := strings.ToLower(r.ID) + "_" + strings.ReplaceAll(r.Name, "-", "_") + ".md"
	page, err := pages.ReadFile(name)
	if err == nil {
		r.Help = string(page)
	}
	return &r
}

// everyClass are the classes of rules that touch all of telemetry.
func everyClass() []cloudwatch.Class {
	return []cloudwatch.Class{
		cloudwatch.ClassRead, cloudwatch.ClassTamper, cloudwatch.ClassBlind, cloudwatch.ClassExfiltrate,
		cloudwatch.ClassControl, cloudwatch.ClassEscalate,
	}
}
