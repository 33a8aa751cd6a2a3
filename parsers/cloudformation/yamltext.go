package cloudformation

import (
	"strconv"
	"strings"

	"github.com/iamwatch/iamwatch/scanner/source"
)

// literalText is a scalar's content as text of its own, each byte mapped to
// where it stands, so that a document inside the scalar has its tokens placed.
// What cannot be mapped maps to the scalar as a whole.
func literalText(s source.String) source.Text {
	place := s.Place()
	raw := place.Text()
	if raw == "" {
		return s.Text()
	}
	var t source.Text
	switch raw[0] {
	case '"':
		t = quotedText(s, place, raw)
	case '\'':
		t = foldLines(place, 1, len(raw)-1, singleQuoted)
	case '|', '>':
		t = blockText(s.Value, place, raw)
	default:
		t = foldLines(place, 0, len(raw), plain)
	}
	if t.Value != s.Value {
		return s.Text()
	}
	return t
}

// quotedText reads a double-quoted scalar by JSON's escapes and, where these
// do not give its value, by YAML's.
func quotedText(s source.String, place source.Range, raw string) source.Text {
	at := s
	at.Range, at.Origin = place, source.Range{}
	if !strings.ContainsAny(raw, "\n\\") || isJSON(place.Source.Bytes()) {
		return source.JSONText(at)
	}
	return foldLines(place, 1, len(raw)-1, doubleQuoted)
}

// A lineText adds the text of one line to b and reports whether the line
// break behind it is escaped.
type lineText func(b *source.TextBuilder, r source.Range) (joined bool)

// foldLines reads a flow scalar: one line break becomes a space, more of them
// one less (YAML 1.2.2, 6.5).
func foldLines(place source.Range, from, to int, add lineText) source.Text {
	var b source.TextBuilder
	raw, base, breaks, joined, last := place.Text(), place.Start(), 0, false, from
	for at := from; at <= to; {
		end := to
		if i := strings.IndexByte(raw[min(at, to):to], '\n'); i >= 0 {
			end = at + i
		}
		start, stop := at, end
		if at > from {
			start += len(raw[at:end]) - len(strings.TrimLeft(raw[at:end], " \t"))
		}
		if end < to {
			stop = start + len(strings.TrimRight(raw[start:end], " \t\r"))
		}
		if start < stop || end == to {
			fold(&b, place.Source.Range(base+last, base+start), breaks, joined)
			joined = add(&b, place.Source.Range(base+start, base+stop))
			breaks, last = 0, stop
		}
		breaks++
		at = end + 1
	}
	return b.Text()
}

func fold(b *source.TextBuilder, gap source.Range, breaks int, joined bool) {
	switch {
	case breaks == 0 || joined && breaks == 1:
	case breaks == 1:
		b.Opaque(" ", gap)
	default:
		b.Opaque(strings.Repeat("\n", breaks-1), gap)
	}
}

func plain(b *source.TextBuilder, r source.Range) bool {
	b.Literal(r.Text(), r)
	return false
}

func singleQuoted(b *source.TextBuilder, r source.Range) bool {
	text, at := r.Text(), r.Start()
	for {
		i := strings.Index(text, "''")
		if i < 0 {
			b.Literal(text, r.Source.Range(at, at+len(text)))
			return false
		}
		b.Literal(text[:i], r.Source.Range(at, at+i))
		b.Opaque("'", r.Source.Range(at+i, at+i+2))
		text, at = text[i+2:], at+i+2
	}
}

func doubleQuoted(b *source.TextBuilder, r source.Range) bool {
	text, at := r.Text(), r.Start()
	for {
		i := strings.IndexByte(text, '\\')
		if i < 0 {
			b.Literal(text, r.Source.Range(at, at+len(text)))
			return false
		}
		b.Literal(text[:i], r.Source.Range(at, at+i))
		if i+1 == len(text) {
			return true
		}
		decoded, n := unescape(text[i:])
		b.Opaque(decoded, r.Source.Range(at+i, at+i+n))
		text, at = text[i+n:], at+i+n
	}
}

// unescape decodes the YAML escape that s begins with (YAML 1.2.2, 5.7).
func unescape(s string) (string, int) {
	digits := 0
	switch s[1] {
	case 'x':
		digits = 2
	case 'u':
		digits = 4
	case 'U':
		digits = 8
	default:
		return namedEscape(s[1]), 2
	}
	end := min(2+digits, len(s))
	n, err := strconv.ParseUint(s[2:end], 16, 32)
	if err != nil {
		return "", end
	}
	return string(rune(n)), end
}

func namedEscape(c byte) string {
	const names, values = "0abtnvfre", "\x00\a\b\t\n\v\f\r\x1b"
	if i := strings.IndexByte(names, c); i >= 0 {
		return values[i : i+1]
	}
	switch c {
	case 'N':
		return "\u0085"
	case '_':
		return "\u00a0"
	case 'L':
		return "\u2028"
	case 'P':
		return "\u2029"
	}
	return string(rune(c))
}

// A blockLine is a line of a block scalar without its indentation.
type blockLine struct {
	start, end int
	text       string
}

// blockText reads a literal or folded block scalar. How far it is indented
// follows from its first line and the value that the parser read.
func blockText(value string, place source.Range, raw string) source.Text {
	lines := blockLines(raw, blockIndent(raw, value))
	var b source.TextBuilder
	base, blanks, last := place.Start(), 0, 0
	for i, l := range lines {
		if l.text == "" && i+1 < len(lines) {
			blanks++
			continue
		}
		if i > 0 {
			b.Opaque(separator(raw[0], lines, i, blanks), place.Source.Range(base+last, base+l.start))
		}
		b.Literal(l.text, place.Source.Range(base+l.start, base+l.end))
		blanks, last = 0, l.end
	}
	behind := place.Source.Range(place.End(), place.End())
	b.Opaque("\n", behind)
	t := b.Text()
	var out source.TextBuilder
	n := min(len(value), len(t.Value))
	if t.Value[:n] != value[:n] {
		return t
	}
	out.Append(t, 0, n)
	out.Opaque(value[n:], behind)
	return out.Text()
}

// separator is what stands between line i and the last line with text before
// it: folded lines are joined unless one is indented further.
func separator(style byte, lines []blockLine, i, blanks int) string {
	if i == blanks {
		return strings.Repeat("\n", blanks)
	}
	before := lines[i-1-blanks].text
	if style == '|' || further(before) || further(lines[i].text) {
		return strings.Repeat("\n", blanks+1)
	}
	if blanks == 0 {
		return " "
	}
	return strings.Repeat("\n", blanks)
}

func further(line string) bool { return line != "" && (line[0] == ' ' || line[0] == '\t') }

func blockIndent(raw, value string) int {
	_, body, _ := strings.Cut(raw, "\n")
	return max(firstIndent(body)-firstIndent(value), 0)
}

// firstIndent is the indentation of the first line with text.
func firstIndent(s string) int {
	for line := range strings.Lines(s) {
		if text := strings.TrimLeft(line, " "); strings.TrimRight(text, "\r\n") != "" {
			return len(line) - len(text)
		}
	}
	return 0
}

func blockLines(raw string, indent int) []blockLine {
	at := strings.IndexByte(raw, '\n') + 1
	var out []blockLine
	for line := range strings.Lines(raw[at:]) {
		text := strings.TrimRight(line, "\r\n")
		cut := min(indent, len(text)-len(strings.TrimLeft(text, " ")))
		out = append(out, blockLine{at + cut, at + len(text), text[cut:]})
		at += len(line)
	}
	return out
}
