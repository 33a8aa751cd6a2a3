package source

import (
	"slices"
	"sort"
	"strings"
)

// A Text is text with a way back to the places it was written at. It stands
// for a file, or for a document inside a string: a heredoc, a block scalar,
// an escaped or percent-encoded string, a template with parts from elsewhere.
type Text struct {
	Value    string
	segments []segment
	origins  []brought
}

// A brought part of Value, [start, end), was written elsewhere than where it
// stands.
type brought struct {
	start, end int
	from       Range
}

// A segment maps Value from its start up to the next segment's. A literal
// maps byte by byte from the range's start; any other maps to the range.
type segment struct {
	start   int
	rng     Range
	literal bool
}

// Text is the whole source as text.
func (s *Source) Text() Text {
	return Text{Value: s.text, segments: []segment{{rng: s.Whole(), literal: true}}}
}

// Text is the string's value as text that maps to its range as a whole.
func (s String) Text() Text {
	return Text{Value: s.Value, segments: []segment{{rng: s.Range}}}
}

// Range maps the bytes [start, end) of Value to where they were written. A
// run over segments of one source gives the range from first to last; over
// several sources, that of the first, but for what was fetched: there the
// user's own comes first.
func (t Text) Range(start, end int) Range {
	if len(t.segments) == 0 {
		return Range{}
	}
	if len(t.segments) == 1 && t.segments[0].literal {
		return t.place(0, start, end)
	}
	first := t.at(start)
	r := t.place(first, start, end)
	if end <= start {
		return r
	}
	for i := first + 1; i < len(t.segments) && t.segments[i].start < end; i++ {
		next := t.place(i, max(start, t.segments[i].start), end)
		if r.IsFetched() && !next.IsFetched() {
			r = next
		}
		r = r.Join(next)
	}
	return r
}

// token is the range of a JSON token. A quote that stands for itself is left
// out where the other one is brought: "${join("\", \"", list)}" has many tokens.
func (t Text) token(start, end int) Range {
	if len(t.segments) > 1 && end-start > 2 {
		first, last := t.segments[t.at(start)].literal, t.segments[t.at(end-1)].literal
		if first && !last {
			start++
		}
		if last && !first {
			end--
		}
	}
	return t.Range(start, end)
}

// Origin is where the bytes [start, end) of Value were written, when that is
// another place than where they stand; zero when it is several.
func (t Text) Origin(start, end int) Range {
	var from Range
	i := sort.Search(len(t.origins), func(i int) bool { return t.origins[i].end > start })
	for ; i < len(t.origins) && t.origins[i].start < end; i++ {
		if !from.IsZero() && from != t.origins[i].from {
			return Range{}
		}
		from = t.origins[i].from
	}
	return from
}

// at is the index of the segment that holds offset.
func (t Text) at(offset int) int {
	i := sort.Search(len(t.segments), func(i int) bool { return t.segments[i].start > offset })
	return max(i-1, 0)
}

func (t Text) place(i, start, end int) Range {
	s := t.segments[i]
	if !s.literal {
		return s.rng
	}
	if i+1 < len(t.segments) {
		end = min(end, t.segments[i+1].start)
	}
	base := s.rng.Start() - s.start
	r := s.rng.Source.Range(base+start, base+end)
	if r.End() > s.rng.End() {
		return s.rng.Source.Range(min(r.Start(), s.rng.End()), s.rng.End())
	}
	return r
}

// A TextBuilder puts a Text together from its parts in order.
type TextBuilder struct {
	b        strings.Builder
	segments []segment
	origins  []brought
}

// Grow makes room for some parts of so many bytes in all.
func (b *TextBuilder) Grow(parts, size int) {
	b.segments = slices.Grow(b.segments, parts)
	b.b.Grow(size)
}

// Literal adds text that stands byte for byte at r.
func (b *TextBuilder) Literal(text string, r Range) { b.add(text, r, !r.IsZero()) }

// Opaque adds text that r produces as a whole: an escape, an expression.
func (b *TextBuilder) Opaque(text string, r Range) { b.add(text, r, false) }

// Brought adds text that r brings from where it was written.
func (b *TextBuilder) Brought(text string, r, from Range) {
	if !from.IsZero() && from != r && text != "" {
		b.origins = append(b.origins, brought{b.b.Len(), b.b.Len() + len(text), from})
	}
	b.Opaque(text, r)
}

func (b *TextBuilder) add(text string, r Range, literal bool) {
	if text == "" {
		return
	}
	b.segments = append(b.segments, segment{start: b.b.Len(), rng: r, literal: literal})
	b.b.WriteString(text)
}

// Text returns what was added.
func (b *TextBuilder) Text() Text {
	return Text{Value: b.b.String(), segments: b.segments, origins: b.origins}
}

// Append adds the bytes [start, end) of another text, keeping where each of
// them was written.
func (b *TextBuilder) Append(t Text, start, end int) {
	if len(t.segments) == 0 {
		b.Opaque(t.Value[start:end], Range{})
		return
	}
	shift := b.b.Len() - start
	for _, o := range t.origins {
		if o.start < end && o.end > start {
			b.origins = append(b.origins, brought{max(o.start, start) + shift, min(o.end, end) + shift, o.from})
		}
	}
	for i := t.at(start); i < len(t.segments) && t.segments[i].start < end; i++ {
		from, to := max(start, t.segments[i].start), end
		if i+1 < len(t.segments) {
			to = min(end, t.segments[i+1].start)
		}
		b.add(t.Value[from:to], t.place(i, from, to), t.segments[i].literal)
	}
}

// In returns the text with what stands in another copy of a source moved to
// that source.
func (t Text) In(s *Source) Text {
	out := Text{Value: t.Value, segments: slices.Clone(t.segments), origins: t.origins}
	for i, g := range out.segments {
		if g.rng.Path() == s.Path {
			out.segments[i].rng = s.Range(g.rng.Start(), g.rng.End())
		}
	}
	return out
}
