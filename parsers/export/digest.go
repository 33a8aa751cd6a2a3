package export

import (
	"fmt"
	"slices"
	"strings"

	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// identityText is what an identity is, without places, unique ids and tags:
// what two copies of it must agree in. Order is free where IAM leaves it
// free.
func identityText(id *model.Identity) string {
	out := []string{id.Kind.String(), id.Path.Value, "trust " + documentText(id.Trust)}
	for _, p := range id.Inline {
		out = append(out, "inline "+p.Name.Value+" "+documentText(p.Document))
	}
	for _, a := range id.Managed {
		out = append(out, "managed "+a.Policy.Value.Value)
	}
	for _, g := range id.Groups {
		out = append(out, "group "+g.Value.Value)
	}
	if id.Boundary != nil {
		out = append(out, "boundary "+id.Boundary.Policy.Value.Value)
	}
	slices.Sort(out)
	return strings.Join(out, "\n")
}

func documentText(d *iam.Document) string {
	if d == nil {
		return ""
	}
	out := []string{fmt.Sprint(d.Unknown, d.Invalid), d.Version.Value}
	for _, s := range d.Statements {
		out = append(out, statementText(s))
	}
	slices.Sort(out[2:])
	return strings.Join(out, "\n")
}

func statementText(s *iam.Statement) string {
	var principals, conditions []string
	for _, p := range s.Principals {
		principals = append(principals, fmt.Sprint(p.Kind, " ", p.Value.Value))
	}
	slices.Sort(principals)
	for _, c := range s.Conditions {
		conditions = append(conditions, fmt.Sprintf("%q %q %q %v", c.Operator.Value, c.Key.Value, values(c.Values), c.EmptyList))
	}
	slices.Sort(conditions)
	return fmt.Sprintf("%v %v %q %v %q %v %q %q", s.Effect, s.NotAction, values(s.Actions), s.NotResource, values(s.Resources),
		s.NotPrincipal, principals, conditions)
}

func values(list []source.String) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = s.Value
	}
	slices.Sort(out)
	return out
}

func rowText(r *model.CredentialRow) string {
	fields := []source.String{r.User, r.ARN, r.Created, r.PasswordEnabled, r.PasswordLastUsed, r.MFAActive}
	for _, k := range r.Keys {
		fields = append(fields, k.Active, k.LastRotated, k.LastUsed, k.LastRegion, k.LastService)
	}
	out := make([]string, len(fields))
	for i, f := range fields {
		out[i] = f.Value
	}
	return strings.Join(out, ",")
}
