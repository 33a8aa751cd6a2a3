package exposure

import (
	"io"

	"github.com/iamwatch/iamwatch/reports/internal/clean"
	"github.com/iamwatch/iamwatch/reports/internal/indent"
	"github.com/iamwatch/iamwatch/scanner/access"
	"github.com/iamwatch/iamwatch/scanner/cloudwatch"
	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// Version is the version of the JSON format.
const Version = 1

// JSON writes the matrix for programs. The format is
//
//	version     1; raised when a field changes its meaning or goes away
//	tool        name ("iamwatch") and version
//	complete    whether every input was read whole
//	classes     the exposure classes in the order of the cells
//	rows        worst first
//	  kind, name, address   the identity
//	  location   where it is declared, as in a grant
//	  unit       input, name, account
//	  administrator, unseen   whether it is one; whether something attached to
//	             it could not be read
//	  when       under which values of its stack's parameters the cells are so,
//	             where that is the same for all
//	  administratorWhen   under which it is an administrator
//	  cells      one a class that it reaches
//	    class, level, count, total   the worst level (possible, scoped,
//	               conditional, unscoped), how many actions are held at it, and
//	               at scoped and worse
//	    when       under which values the cell is so, and under which it is less
//	    worst      at most five actions, by impact
//	    grants     those that give the level: indexes into the row's
//	  grants     what each statement gives, and what was taken away whole
//	    verdict    allowed, conditional, denied
//	    level, actions, resources, except, doubts
//	    when       under which values the statement gives it
//	    conditions   operator, key, values, location; values are empty for
//	               sts:ExternalId, which is a secret
//	    policy, statement   names; statement is its Sid, if it has one
//	    location   the statement's: path, line, column; columns count from 1 in
//	               UTF-16 units
//	    attached, via   where the policy is attached; through which group
//	    cuts       what took some of it: kind (deny, boundary), takes (part,
//	               perhaps, whole), policy, statement, location, resources,
//	               notResource, conditions, actions
//	  ways       how one becomes the identity: text, location, conditions; only
//	             where that is asked for
//
// Lists are never null. Texts and objects that are absent are left out.
type JSON struct{}

type report struct {
	Version  int      `json:"version"`
	Tool     tool     `json:"tool"`
	Complete bool     `json:"complete"`
	Classes  []string `json:"classes"`
	Rows     []row    `json:"rows"`
}

type tool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

type row struct {
	Kind          string    `json:"kind"`
	Name          string    `json:"name"`
	Address       string    `json:"address,omitempty"`
	Location      *location `json:"location,omitempty"`
	Unit          unit      `json:"unit"`
	Administrator bool      `json:"administrator"`
	Unseen        bool      `json:"unseen"`
	When          string    `json:"when,omitempty"`
	AdminWhen     string    `json:"administratorWhen,omitempty"`
	Cells         []cell    `json:"cells"`
	Grants        []grant   `json:"grants"`
	Ways          []way     `json:"ways"`
}

type unit struct {
	Input   string `json:"input"`
	Name    string `json:"name"`
	Account string `json:"account,omitempty"`
}

type cell struct {
	Class  string   `json:"class"`
	Level  string   `json:"level"`
	Count  int      `json:"count"`
	Total  int      `json:"total"`
	When   string   `json:"when,omitempty"`
	Worst  []string `json:"worst"`
	Grants []int    `json:"grants"`
}

type grant struct {
	Verdict    string   `json:"verdict"`
	Level      string   `json:"level"`
	Actions    []string `json:"actions"`
	Resources  []string `json:"resources"`
	Except     []string `json:"except"`
	Conditions []tested `json:"conditions"`
	Doubts     []doubt  `json:"doubts"`
	When       string   `json:"when,omitempty"`
	at
	Attached *location `json:"attached,omitempty"`
	Via      string    `json:"via,omitempty"`
	Cuts     []cut     `json:"cuts"`
}

// at is a statement's place.
type at struct {
	Policy    string    `json:"policy,omitempty"`
	Statement string    `json:"statement,omitempty"`
	Location  *location `json:"location,omitempty"`
}

type location struct {
	Path   string `json:"path"`
	Line   int    `json:"line"`
	Column int    `json:"column"`
}

type tested struct {
	Operator string    `json:"operator"`
	Key      string    `json:"key"`
	Values   []string  `json:"values"`
	Location *location `json:"location,omitempty"`
}

type doubt struct {
	Message  string    `json:"message"`
	Location *location `json:"location,omitempty"`
}

type cut struct {
	Kind  string `json:"kind"`
	Takes string `json:"takes"`
	at
	Resources   []string `json:"resources"`
	NotResource bool     `json:"notResource"`
	Conditions  []tested `json:"conditions"`
	Actions     []string `json:"actions"`
}

type way struct {
	Text       string    `json:"text"`
	Location   *location `json:"location,omitempty"`
	Conditions []string  `json:"conditions"`
}

// Write writes m, indented and with one newline at its end. The error is the
// writer's.
func (JSON) Write(w io.Writer, m *Matrix) error {
	b := builder{m}
	out := report{
		Version: Version, Tool: tool{"iamwatch", m.Version}, Complete: m.Loaded.Complete(),
		Classes: classNames(access.ExposureClasses()), Rows: make([]row, 0, len(m.Rows)),
	}
	for i := range m.Rows {
		out.Rows = append(out.Rows, b.row(&m.Rows[i]))
	}
	return indent.Write(w, "json", out)
}

type builder struct{ *Matrix }

func (b builder) row(r *Row) row {
	id := r.Identity
	grants := b.grants(r)
	out := row{
		Kind: id.Kind.String(), Name: clean.Line(id.Name.Show()), Address: clean.Line(id.Address),
		Location: b.location(id.Range), Unit: describe(id.Unit), Administrator: r.Admin, Unseen: r.Unseen, When: clean.Line(r.When), AdminWhen: clean.Line(r.AdminWhen),
		Cells: []cell{}, Grants: indent.Each(grants, b.grant), Ways: []way{},
	}
	for _, c := range access.ExposureClasses() {
		cell := r.Cell(c)
		if cell.Level != access.None && r.shows(c) {
			out.Cells = append(out.Cells, cellOf(cell, grants))
		}
	}
	if b.Ways != nil {
		out.Ways = indent.Each(b.ways(r), func(w Way) way {
			return way{clean.Line(w.Text), b.location(w.Range), indent.Each(w.Conditions, clean.Line)}
		})
	}
	return out
}

func describe(u *model.Unit) unit {
	return unit{u.Input.String(), clean.Line(u.Name), clean.Line(u.Account)}
}

func cellOf(c access.Cell, grants []access.Residual) cell {
	out := cell{
		Class: c.Class.String(), Level: c.Level.String(), Count: c.Count, Total: c.Total, When: clean.Line(c.When),
		Worst: indent.Each(c.Worst, func(a *cloudwatch.Action) string { return a.String() }), Grants: []int{},
	}
	class := cloudwatch.ByClass(c.Class, 1)
	for i, g := range grants {
		if g.Verdict != iam.Denied && g.Level == c.Level && !g.Actions.Intersect(class).Empty() {
			out.Grants = append(out.Grants, i)
		}
	}
	return out
}

func (b builder) grant(g access.Residual) grant {
	out := grant{
		Verdict: g.Verdict.String(), Level: g.Level.String(), Actions: indent.Each(g.Actions.Names(), clean.Line),
		Resources: patterns(g.Resources), Except: patterns(g.Except), Conditions: indent.Each(g.Conditions, b.tested),
		Doubts: indent.Each(g.Doubts, func(d access.Doubt) doubt { return doubt{clean.Line(d.Clause), b.location(d.Range)} }),
		at:     b.at(g.Given), When: clean.Line(g.When), Cuts: indent.Each(g.Cut, b.cut),
	}
	if a := g.Given.Attachment; a != nil {
		out.Attached = b.location(a.Range)
	}
	if g.Given.Via != nil {
		out.Via = clean.Line(g.Given.Via.Show())
	}
	return out
}

func (b builder) at(p access.Place) at {
	out := at{Policy: policyName(p), Location: b.location(p.Range())}
	if p.Statement != nil {
		out.Statement = clean.Line(p.Statement.Sid.Show())
	}
	return out
}

func (b builder) cut(c access.Cut) cut {
	out := cut{
		Kind: c.Kind.String(), Takes: c.Takes.String(), at: b.at(c.Place),
		Resources: []string{}, Conditions: []tested{}, Actions: c.Actions.Names(),
	}
	if st := c.Statement; st != nil {
		out.Resources, out.NotResource, out.Conditions = patterns(st.Resources), st.NotResource, indent.Each(st.Conditions, b.tested)
	}
	return out
}

func (b builder) tested(c iam.Condition) tested {
	return tested{clean.Line(c.Operator.Show()), clean.Line(c.Key.Show()), values(c), b.location(c.Range)}
}

func (b builder) location(r source.Range) *location {
	if r.IsZero() {
		return nil
	}
	r = r.Written()
	from := r.From()
	return &location{clean.Line(r.Path()), from.Line, from.Column}
}
