package exposure

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/mattn/go-runewidth"

	"github.com/iamwatch/iamwatch/reports/internal/clean"
	"github.com/iamwatch/iamwatch/scanner/access"
	"github.com/iamwatch/iamwatch/scanner/cloudwatch"
	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

const (
	defaultWidth = 80
	// shortName is how many letters of a class head its column where the
	// whole name has no room; they tell all classes apart.
	shortName = 4
	// minName is the least room for names; longer ones take a line of their own.
	minName = 20
)

// Text writes the matrix for people.
type Text struct {
	// Color turns ANSI colours on.
	Color bool
	// Width is the terminal's, in cells; 80 when zero.
	Width int
}

// A printer writes one report. The buffered writer keeps the first error.
type printer struct {
	*Matrix
	out   *bufio.Writer
	color bool
	width int
}

func (t Text) printer(w io.Writer, m *Matrix) *printer {
	p := &printer{Matrix: m, out: bufio.NewWriter(w), color: t.Color, width: t.Width}
	if p.width <= 0 {
		p.width = defaultWidth
	}
	return p
}

// Write writes one row an identity under a head for each unit, in the order of
// each unit's first row, and a legend. The error is the writer's.
func (t Text) Write(w io.Writer, m *Matrix) error {
	p := t.printer(w, m)
	if len(m.Rows) == 0 {
		p.linef("%s", p.nobody())
		return p.flush()
	}
	l := p.layout()
	for i, u := range units(m.Rows) {
		if i > 0 {
			p.linef("")
		}
		p.table(l, u)
	}
	p.legend(l)
	return p.flush()
}

// nobody is what stands in place of a matrix without rows.
func (p *printer) nobody() string {
	if p.Loaded.Stats.Principals == 0 {
		return "the input has no principals"
	}
	return "nobody reaches telemetry"
}

func (p *printer) flush() error {
	if err := p.out.Flush(); err != nil {
		return fmt.Errorf("write exposure: %w", err)
	}
	return nil
}

func (p *printer) linef(format string, args ...any) { fmt.Fprintf(p.out, format+"\n", args...) }

// units are the units of some rows in the order of their first row.
func units(rows []Row) []*model.Unit {
	var out []*model.Unit
	seen := map[*model.Unit]bool{}
	for _, r := range rows {
		if u := r.Identity.Unit.Alternatives()[0]; !seen[u] {
			seen[u] = true
			out = append(out, u)
		}
	}
	return out
}

// A layout is the widths of a table's columns.
type layout struct {
	name    int
	classes []cloudwatch.Class
	heads   []string
	width   []int
	// full says that the classes have their full names.
	full bool
}

// layout gives the names what room the cells leave, and the classes their full
// names when all fit.
func (p *printer) layout() layout {
	l := layout{classes: access.ExposureClasses()}
	longest := 0
	for i := range p.Rows {
		longest = max(longest, runewidth.StringWidth(label(&p.Rows[i])))
	}
	full, short := 1, 1
	for _, c := range l.classes {
		full += 1 + max(len(c.String()), shortName)
		short += 1 + shortName
	}
	l.full = longest+full <= p.width
	for _, c := range l.classes {
		head := c.String()
		if !l.full {
			head = head[:min(len(head), shortName)]
		}
		l.heads = append(l.heads, head)
		l.width = append(l.width, max(len(head), shortName))
	}
	l.name = min(longest, max(minName, p.width-short))
	return l
}

// label is how a row's identity is named: marks, kind and name.
func label(r *Row) string {
	mark := "  "
	switch {
	case r.Admin:
		mark = "! "
	case r.Unseen:
		mark = "? "
	}
	return mark + r.Identity.Kind.String() + " " + clean.Line(r.Identity.Show())
}

func (p *printer) table(l layout, u *model.Unit) {
	p.linef("%s", p.bold(unitName(u)))
	head := strings.Repeat(" ", l.name)
	for i, h := range l.heads {
		head += l.column(i, h) + h
	}
	p.linef("%s", head)
	for i := range p.Rows {
		if p.Rows[i].Identity.Unit.Alternatives()[0] == u {
			p.row(l, &p.Rows[i])
		}
	}
}

// column is the room before the text of a column. The classes that expose
// telemetry stand apart from the rest.
func (l layout) column(i int, text string) string {
	room := 1 + max(0, l.width[i]-len(text))
	if l.classes[i] == cloudwatch.ClassRecon {
		room++
	}
	return strings.Repeat(" ", room)
}

// unitName is "infra/observability (terraform, account 111122223333)".
func unitName(u *model.Unit) string {
	name, about := clean.Line(u.Name), u.Input.String()
	if name == "" || name == "." {
		name = "./"
	}
	if u.Account != "" {
		about += ", account " + clean.Line(u.Account)
	}
	return fmt.Sprintf("%s (%s)", name, about)
}

func (p *printer) row(l layout, r *Row) {
	name := label(r)
	width := runewidth.StringWidth(name)
	if width > l.name {
		p.linef("%s", p.name(r, name))
		name, width = "", 0
	}
	line := p.name(r, name) + strings.Repeat(" ", l.name-width)
	for i, c := range l.classes {
		cell := r.Cell(c)
		text := symbol(cell)
		line += l.column(i, text) + p.paint(hue(cell.Level), text)
	}
	p.linef("%s", line)
	for _, when := range r.whens() {
		p.linef("    %s", when)
	}
}

// whens say when a row is as it is told: of all its cells, or of each class.
func (r *Row) whens() []string {
	var out []string
	if r.AdminWhen != "" && r.AdminWhen != r.When {
		out = append(out, "an administrator: "+clean.Line(r.AdminWhen))
	}
	if r.When != "" {
		return append(out, clean.Line(r.When))
	}
	classes := map[string][]cloudwatch.Class{}
	var order []string
	for _, c := range access.ExposureClasses() {
		when := r.Cell(c).When
		if when == "" || !r.shows(c) {
			continue
		}
		if classes[when] == nil {
			order = append(order, when)
		}
		classes[when] = append(classes[when], c)
	}
	for _, when := range order {
		out = append(out, strings.Join(classNames(classes[when]), ", ")+": "+clean.Line(when))
	}
	return out
}

func (p *printer) name(r *Row, name string) string {
	if r.Admin {
		return p.paint("1;31", name)
	}
	return name
}

// symbol is a cell in the matrix.
func symbol(c access.Cell) string {
	switch c.Level {
	case access.Unscoped:
		return fmt.Sprintf("*%d", c.Count)
	case access.Conditional:
		return fmt.Sprintf("~%d", c.Count)
	case access.Scoped:
		return fmt.Sprint(c.Count)
	case access.Possible:
		return "?"
	}
	return "."
}

// hue is a level's ANSI code (ECMA-48, 8.3.117).
func hue(l access.Level) string {
	switch l {
	case access.Unscoped:
		return "31"
	case access.Conditional:
		return "33"
	case access.None:
		return "2"
	}
	return ""
}

func (p *printer) bold(s string) string { return p.paint("1", s) }

func (p *printer) paint(code, s string) string {
	if !p.color || code == "" || s == "" {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

func (p *printer) legend(l layout) {
	p.linef("")
	p.linef("%s  n actions, on every resource      %s  the same, under conditions",
		p.paint(hue(access.Unscoped), "*n"), p.paint(hue(access.Conditional), "~n"))
	p.linef(" n  n actions, on chosen resources    ?   only by what could not be resolved")
	p.linef("!   an administrator                  ?   in front: not all of it could be read")
	if !l.full {
		names, apart := classNames(l.classes), slices.Index(l.classes, cloudwatch.ClassRecon)
		p.linef("Exposing classes: %s;", strings.Join(names[:apart], ", "))
		p.linef("others: %s.", strings.Join(names[apart:], ", "))
	}
	p.linef("The grants behind a row or a cell: iamwatch exposure --why NAME[:CLASS]")
}

func classNames(classes []cloudwatch.Class) []string {
	out := make([]string, 0, len(classes))
	for _, c := range classes {
		out = append(out, c.String())
	}
	return out
}

// at is path:line:column of a range.
func (p *printer) at(r source.Range) string {
	if r.IsZero() {
		return "-"
	}
	r = r.Written()
	pos := r.From()
	return fmt.Sprintf("%s:%d:%d", clean.Line(r.Path()), pos.Line, pos.Display)
}
