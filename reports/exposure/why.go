package exposure

import (
	"fmt"
	"io"
	"strings"

	"github.com/iamwatch/iamwatch/reports/internal/clean"
	"github.com/iamwatch/iamwatch/scanner/access"
	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// shownActions and shownPatterns are how many of a list a line names.
const (
	shownActions  = 5
	shownPatterns = 3
	shownWays     = 10
)

// Why writes, for each row, the grants behind its cells with their places,
// what cuts them, and how one becomes the identity. The error is the writer's.
func (t Text) Why(w io.Writer, m *Matrix) error {
	p := t.printer(w, m)
	for i := range m.Rows {
		if i > 0 {
			p.linef("")
		}
		p.why(&m.Rows[i])
	}
	return p.flush()
}

func (p *printer) why(r *Row) {
	id := r.Identity
	head := id.Kind.String() + " " + clean.Line(id.Quoted())
	if r.Admin {
		head += ", an administrator"
	}
	p.linef("%s", p.bold(head))
	p.linef("  --> %s in %s", p.at(id.Range), unitName(id.Unit))
	for _, c := range access.ExposureClasses() {
		if r.shows(c) && (len(r.Classes) > 0 || r.Cell(c).Level != access.None) {
			p.cell(r.Cell(c))
		}
	}
	for _, when := range r.whens() {
		p.note(2, "holds", when)
	}
	if r.Unseen {
		p.note(2, "not read", "something attached to it, which may grant more")
	}
	p.ways(r)
	grants := p.grants(r)
	for _, g := range grants {
		p.linef("")
		p.grant(g)
	}
	if len(grants) == 0 {
		p.linef("  no statement gives it anything of that kind")
	}
}

// cell writes one class of a row: its level and the worst actions.
func (p *printer) cell(c access.Cell) {
	if c.Level == access.None {
		p.note(2, c.Class.String(), p.paint(hue(c.Level), "none"))
		return
	}
	names := make([]string, 0, len(c.Worst))
	for _, a := range c.Worst {
		names = append(names, a.String())
	}
	text := fmt.Sprintf("%d %s", c.Count, c.Level)
	if c.Total > c.Count {
		text += fmt.Sprintf(" of %d", c.Total)
	}
	p.note(2, c.Class.String(), p.paint(hue(c.Level), text)+": "+list(names, max(c.Total, c.Count)-len(names)))
}

// list is "a, b and 3 more".
func list(names []string, more int) string {
	out := strings.Join(names, ", ")
	if more > 0 {
		out += fmt.Sprintf(" and %d more", more)
	}
	return out
}

func (p *printer) note(indent int, name, text string) {
	p.linef("%*s%s: %s", indent, "", p.bold(name), text)
}

func (p *printer) ways(r *Row) {
	if p.Ways == nil {
		return
	}
	ways := p.Matrix.ways(r)
	for _, w := range ways[:min(len(ways), shownWays)] {
		text := clean.Line(w.Text)
		if !w.Range.IsZero() {
			text += "  " + p.at(w.Range)
		}
		p.note(2, "reached by", text)
		for _, c := range w.Conditions {
			p.note(4, "if", clean.Line(c))
		}
	}
	if more := len(ways) - shownWays; more > 0 {
		p.note(2, "reached by", fmt.Sprintf("%d more", more))
	}
}

// grant writes one residual.
func (p *printer) grant(g access.Residual) {
	verb := "gives"
	if g.Verdict == iam.Denied {
		verb = "would give"
	}
	p.linef("  %s %s %s", policyWords(g.Given), verb, list(worst(g.Actions, shownActions)))
	p.linef("    --> %s", p.at(g.Given.Range()))
	p.note(4, "on", resources(g))
	for _, c := range g.Conditions {
		p.note(4, "if", condition(c)+"  "+p.at(c.Range))
	}
	if g.When != "" {
		p.note(4, "holds", clean.Line(g.When))
	}
	if v := g.Given.Via; v != nil {
		p.note(4, "through", "group "+clean.Line(v.Quoted()))
	}
	if a := g.Given.Attachment; a != nil {
		p.note(4, "attached", p.at(a.Range))
	}
	for _, c := range g.Cut {
		p.cut(c)
	}
	for _, d := range g.Doubts {
		p.note(4, "unsure", clean.Line(d.Clause)+"  "+p.at(d.Range))
	}
	result := g.Verdict.String()
	if level := g.Level.String(); g.Verdict != iam.Denied && level != result {
		result += ", " + level
	}
	p.note(4, "left", p.paint(hue(g.Level), result))
}

func policyWords(at access.Place) string {
	words := fmt.Sprintf("policy %q", policyName(at))
	if st := at.Statement; st != nil && st.Sid.Value != "" {
		words += fmt.Sprintf(", statement %q,", clean.Line(st.Sid.Show()))
	}
	return words
}

func resources(g access.Residual) string {
	words := "every resource"
	if len(g.Resources) > 0 {
		words = some(g.Resources)
	}
	if len(g.Except) > 0 {
		words += " except " + some(g.Except)
	}
	return words
}

func some(of []source.String) string {
	names := patterns(of)
	n := min(len(names), shownPatterns)
	return list(names[:n], len(names)-n)
}

// cut writes what a Deny or a boundary takes away.
func (p *printer) cut(c access.Cut) {
	what := map[access.CutKind]string{
		access.DenyCut: "a Deny in ", access.BoundaryCut: "the boundary ", access.ControlCut: "a Deny in service control policy ",
	}[c.Kind]
	words := what + fmt.Sprintf("%q", policyName(c.Place))
	switch {
	case c.Takes == access.Whole:
		words += " takes it all"
	case c.Takes == access.Perhaps:
		words += " takes it under conditions"
	case c.Kind == access.BoundaryCut:
		words += " leaves " + named(c.Statement)
	default:
		words += " takes " + named(c.Statement)
	}
	p.note(4, "cut", words+"  "+p.at(c.Range()))
	if c.Takes == access.Perhaps {
		for _, t := range c.Statement.Conditions {
			p.note(6, "while", condition(t))
		}
	}
}

// named are the resources that a statement takes or leaves.
func named(st *iam.Statement) string {
	if st.NotResource {
		return "all but " + some(st.Resources)
	}
	return some(st.Resources)
}
