package access

import (
	"fmt"
	"strings"

	"github.com/iamwatch/iamwatch/scanner/cloudwatch"
	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// Absent are the policies that a unit attaches by name and whose text is
// neither in the scan nor, for one of AWS, in the data that the program
// carries, in the order of the attachments. Parsers report those whose name is
// not known, and what an export lacks of the customer's own.
func (g *Graph) Absent(u *model.Unit) []model.Unresolved {
	var out []model.Unresolved
	for _, id := range u.Identities {
		for _, a := range id.Managed {
			missing := absent(u, a)
			if missing == "" {
				continue
			}
			out = append(out, model.Unresolved{
				Range: a.Range, Expression: fmt.Sprintf("policy %q", a.Policy.Value.Show()),
				Missing: missing, Assumed: "it grants nothing", Bears: true,
			})
		}
	}
	return out
}

// absent says what is missing of an attached policy; empty when nothing is.
func absent(u *model.Unit, a *model.Attachment) string {
	_, name, ok := strings.Cut(a.Policy.Value.Value, ":policy/")
	if a.To != nil || !ok || source.HasMark(name) {
		return ""
	}
	aws, ok := AWSManagedName(a.Policy.Value.Value)
	switch {
	case ok && !cloudwatch.KnownManagedName(aws):
		return "AWS has no managed policy of that name, or has made it since the data of this version"
	case !ok && u.Input != model.Export:
		return "it is not in the scan"
	}
	return ""
}
