// Package exposure writes the matrix of identities and exposure classes, and
// the grants behind it, for people and for programs.
package exposure

import (
	"slices"
	"strings"

	"github.com/iamwatch/iamwatch/reports/internal/clean"
	"github.com/iamwatch/iamwatch/scanner"
	"github.com/iamwatch/iamwatch/scanner/access"
	"github.com/iamwatch/iamwatch/scanner/cloudwatch"
	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// A Matrix is what is to be written.
type Matrix struct {
	Loaded *scanner.Loaded
	// Rows in the order in which they are written.
	Rows []Row
	// Ways are how someone becomes an identity; nil leaves them out.
	Ways func(*model.Identity) []Way
	// Version is iamwatch's own.
	Version string
}

// A Row is a row of the matrix.
type Row struct {
	access.Row
	// Classes are those whose cells and grants are written; all when empty.
	Classes []cloudwatch.Class
}

// shows reports whether a class is one of those that are written.
func (r *Row) shows(c cloudwatch.Class) bool {
	return len(r.Classes) == 0 || slices.Contains(r.Classes, c)
}

// A Way is one way to become an identity.
type Way struct {
	// Text is the way, outermost first: "account 999988887777 -> role ci".
	Text string
	// Range is the statement that opens it.
	Range source.Range
	// Conditions are what remains to be met; each a clause.
	Conditions []string
}

// Paths are the ways into an identity: from outside of the scan and from other
// identities, the shortest first (access.Graph.PathsTo).
func Paths(g *access.Graph, id *model.Identity) []Way {
	paths := g.PathsTo(id)
	out := make([]Way, 0, len(paths))
	for _, p := range paths {
		w := Way{Text: clean.Line(p.String())}
		if s := p[0].Statements; len(s) > 0 {
			w.Range = s[0].Range
		}
		for _, t := range p.Tests() {
			w.Conditions = append(w.Conditions, clean.Line(access.Clause(t)))
		}
		out = append(out, w)
	}
	return out
}

// ways are the ways into a row's identity, in any alternative of its stack, each
// once.
func (m *Matrix) ways(r *Row) []Way {
	ids := r.Identities()
	var out []Way
	var of [][]*model.Identity
	for _, id := range ids {
		for _, w := range m.Ways(id) {
			at := slices.IndexFunc(out, func(o Way) bool {
				return o.Text == w.Text && o.Range == w.Range && slices.Equal(o.Conditions, w.Conditions)
			})
			if at < 0 {
				at, out, of = len(out), append(out, w), append(of, nil)
			}
			of[at] = append(of[at], id)
		}
	}
	for i := range out {
		if when := r.WhenOf(of[i]); when != "" {
			out[i].Conditions = append([]string{clean.Line(when)}, out[i].Conditions...)
		}
	}
	return out
}

// condition is a condition in one line, in the words of a test.
func condition(c iam.Condition) string {
	return clean.Line(access.Clause(iam.Test{Operator: c.Operator.Show(), Key: c.Key.Show(), Values: c.Values}))
}

// values are what a condition compares with. That of an external id is kept
// back, as access.Clause does.
func values(c iam.Condition) []string {
	if strings.EqualFold(c.Key.Value, "sts:ExternalId") {
		return []string{}
	}
	return patterns(c.Values)
}

// patterns are resources in one list.
func patterns(list []source.String) []string {
	out := make([]string, 0, len(list))
	for _, s := range list {
		out = append(out, clean.Line(s.Show()))
	}
	return out
}

// policyName is how people call the policy of a place.
func policyName(p access.Place) string {
	switch {
	case p.Policy != nil:
		return clean.Line(p.Policy.Show())
	case p.Control != nil:
		return clean.Line(p.Control.Show())
	case p.Attachment != nil:
		return clean.Line(p.Attachment.Policy.Value.Show())
	}
	return ""
}

// wanted are the actions of a residual that belong to the classes.
func wanted(classes []cloudwatch.Class, actions cloudwatch.ActionSet) cloudwatch.ActionSet {
	if len(classes) == 0 {
		return actions
	}
	var set cloudwatch.ActionSet
	for _, c := range classes {
		set = set.Union(cloudwatch.ByClass(c, 1))
	}
	return actions.Intersect(set)
}

// grants are the residuals of a row's identity that bear on its classes, cut down
// to their actions.
func (m *Matrix) grants(r *Row) []access.Residual {
	var out []access.Residual
	for _, g := range m.Loaded.Graph.Residuals(&r.Row) {
		if g.Actions = wanted(r.Classes, g.Actions); !g.Actions.Empty() {
			out = append(out, g)
		}
	}
	return out
}

// worst are at most n actions of a set, those of the greatest impact first, and
// how many there are beside.
func worst(set cloudwatch.ActionSet, n int) (names []string, more int) {
	for impact := 3; impact > 0; impact-- {
		for _, id := range set.IDs() {
			a := cloudwatch.ActionByID(id)
			switch {
			case a.Impact != impact:
			case len(names) < n:
				names = append(names, a.String())
			default:
				more++
			}
		}
	}
	return names, more
}
