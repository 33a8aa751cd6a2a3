package text

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/iamwatch/iamwatch/reports/internal/clean"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// A mark is a place to underline and what to say beside it.
type mark struct {
	rng     source.Range
	label   string
	primary bool
}

// frames writes the frame of the primary mark, which comes first, with the
// others of its file, then a small frame for each other file. It returns the
// width of the gutter.
func (p *printer) frames(marks []mark, c color) int {
	marks = slices.DeleteFunc(marks, func(m mark) bool { return m.rng.IsZero() })
	for i, m := range marks {
		if m.rng.IsFetched() {
			marks[i].rng, marks[i].label = m.rng.Own(), clean.Line(fmt.Sprintf("%s, at %s", m.label, m.rng))
		}
	}
	gutter := p.gutter(marks)
	arrow := "-->"
	for len(marks) > 0 {
		first := marks[0].rng
		same := func(m mark) bool { return m.rng.Source == first.Source }
		here := slices.DeleteFunc(slices.Clone(marks), func(m mark) bool { return !same(m) })
		marks = slices.DeleteFunc(marks, same)
		pos := first.From()
		p.linef("%*s%s %s:%d:%d", gutter, "", p.paint.fg(blue, arrow), clean.Line(first.Path()), pos.Line, pos.Display)
		p.frame(here, gutter, c)
		arrow = ":::"
	}
	return gutter
}

// gutter is the width of the longest line number.
func (p *printer) gutter(marks []mark) int {
	width := 1
	for _, m := range marks {
		width = max(width, len(strconv.Itoa(m.rng.From().Line)))
	}
	return width
}

// frame writes the marked lines of one source. Lines between two marks are
// elided unless there is only one.
func (p *printer) frame(marks []mark, gutter int, c color) {
	slices.SortStableFunc(marks, func(a, b mark) int {
		return a.rng.From().Line - b.rng.From().Line
	})
	p.row(gutter, "", "")
	last, shown := 0, ""
	for i, m := range marks {
		line := m.rng.From().Line
		area := p.width - gutter - 3
		r := m.rng.Source.LineRange(line)
		// Of a long line each mark may show another part.
		code := join(view(m.rng, r, area))
		if line != last || code != shown {
			if i > 0 {
				p.gap(m.rng.Source, last, line, gutter, area)
			}
			p.row(gutter, strconv.Itoa(line), code)
		}
		last, shown = line, code
		p.underline(m, r, gutter, area, c)
	}
}

// gap stands for the lines between two marked lines.
func (p *printer) gap(s *source.Source, last, line, gutter, area int) {
	switch {
	case line == last+2:
		r := s.LineRange(last + 1)
		p.row(gutter, strconv.Itoa(last+1), join(view(s.Range(r.Start(), r.Start()), r, area)))
	case line > last+2:
		p.linef("%s", p.paint.fg(blue, "..."))
	}
}

// row writes a line of the frame: gutter, bar and code.
func (p *printer) row(gutter int, number, code string) {
	bar := p.paint.fg(blue, fmt.Sprintf("%*s |", gutter, number))
	if code != "" {
		bar += " " + code
	}
	p.linef("%s", strings.TrimRight(bar, " "))
}

func (p *printer) underline(m mark, line source.Range, gutter, area int, c color) {
	cells := view(m.rng, line, area)
	pad, width := 0, 0
	for _, cell := range cells {
		switch {
		case cell.offset < m.rng.Start():
			pad += cell.width
		case cell.offset < m.rng.End():
			width += cell.width
		}
	}
	sign, shade := "-", blue
	if m.primary {
		sign, shade = "^", c
	}
	text := strings.Repeat(sign, max(width, 1))
	if m.label != "" {
		text += " " + m.label
	}
	p.row(gutter, "", strings.Repeat(" ", pad)+p.paint.bold(shade, text))
}
