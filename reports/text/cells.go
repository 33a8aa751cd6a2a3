package text

import (
	"strings"
	"unicode/utf8"

	"github.com/clipperhouse/uax29/v2/graphemes"
	"github.com/mattn/go-runewidth"

	"github.com/iamwatch/iamwatch/reports/internal/clean"
	"github.com/iamwatch/iamwatch/scanner/source"
)

const (
	tabWidth = 4
	// cellBytes bounds how many bytes a cell takes when a long line is cut.
	cellBytes = 8
)

// A cell is what a terminal shows for one grapheme cluster.
type cell struct {
	offset int // of its first byte in the source
	text   string
	width  int
}

// view is the part of a line that is shown: all of it where it fits into area
// cells, else what stands around token, with an ellipsis where it was cut.
func view(token, line source.Range, area int) []cell {
	cells := cellsOf(near(token, line, area))
	if len(cells) == 0 {
		return nil
	}
	total, before, inside := 0, 0, 0
	for _, c := range cells {
		total += c.width
		if c.offset < token.Start() {
			before += c.width
		} else if c.offset < token.End() {
			inside += c.width
		}
	}
	cutLeft := cells[0].offset > line.Start()
	last := cells[len(cells)-1]
	cutRight := last.offset+len(last.text) < line.End() && total > area
	if total <= area && !cutLeft && !cutRight {
		return cells
	}
	// The token comes first; what is left is shared by both sides.
	room := max(area-2-min(inside, area/2), 0)
	skip := max(0, before-room/2)
	return window(cells, skip, area-2, cutLeft)
}

// window drops skip cells on the left and what does not fit on the right.
func window(cells []cell, skip, area int, cutLeft bool) []cell {
	for len(cells) > 1 && skip > 0 {
		skip -= cells[0].width
		cells, cutLeft = cells[1:], true
	}
	var out []cell
	if cutLeft {
		out = append(out, cell{cells[0].offset - 1, "…", 1})
	}
	for _, c := range cells {
		if area -= c.width; area < 0 {
			return append(out, cell{c.offset + len(c.text) + 1<<20, "…", 1})
		}
		out = append(out, c)
	}
	return out
}

// near is the part of a line around a token that can be shown at all, so that
// a line of many megabytes costs no more than a short one.
func near(token, line source.Range, area int) source.Range {
	data := line.Source.Bytes()
	start := max(line.Start(), min(token.Start(), line.End())-area*cellBytes)
	end := min(line.End(), max(token.Start(), line.Start())+2*area*cellBytes)
	for start > line.Start() && !utf8.RuneStart(data[start]) {
		start--
	}
	for end < line.End() && !utf8.RuneStart(data[end]) {
		end++
	}
	return line.Source.Range(start, end)
}

func cellsOf(r source.Range) []cell {
	widths := runewidth.Condition{StrictEmojiNeutral: true}
	var out []cell
	column := 0
	tokens := graphemes.FromString(clean.Text(r))
	for offset := r.Start(); tokens.Next(); {
		value := tokens.Value()
		c := cell{offset, value, 0}
		switch {
		case value == "\t":
			c.text = strings.Repeat(" ", tabWidth-column%tabWidth)
			c.width = len(c.text)
		default:
			c.text = strings.Map(harmless, strings.ToValidUTF8(value, "\uFFFD"))
			c.width = widths.StringWidth(c.text)
		}
		offset += len(value)
		column += c.width
		out = append(out, c)
	}
	return out
}

func harmless(r rune) rune {
	if clean.Steers(r) {
		return utf8.RuneError
	}
	return r
}

func join(cells []cell) string {
	var b strings.Builder
	for _, c := range cells {
		b.WriteString(c.text)
	}
	return strings.TrimRight(b.String(), " ")
}
