// Package source says where every scalar was written and whether its value is
// known. Everything above it (policies, model, findings) refers to places
// through a Range and to text through a String.
package source

import (
	"fmt"
	"math"
	"sync"
	"unicode/utf8"
	"unsafe"
)

// MaxSize is the largest input, in bytes, that a Range can address.
const MaxSize = math.MaxInt32

// A Source is one input file. Its bytes never change once it is made.
type Source struct {
	// Path is slash-separated and relative to the repository root.
	Path string
	// by is what fetched the source; zero for the user's own files.
	by Range
	// traces say what brought about parts of the source, in order.
	traces []Trace

	data  []byte
	text  string // data, without a copy
	once  sync.Once
	index *index

	hiding sync.RWMutex
	hidden map[span]bool
}

// A span is a half-open run of bytes.
type span struct{ start, end int32 }

// New returns the source of data at path. The caller gives data away.
func New(path string, data []byte) *Source {
	return &Source{Path: path, data: data, text: unsafe.String(unsafe.SliceData(data), len(data))}
}

// FetchedBy returns a source of the same text as one that the user did not
// write: a module that was fetched from elsewhere and lies in a cache. What is
// found in it is shown at by, the place in the user's own files that fetches
// it.
func (s *Source) FetchedBy(by Range) *Source {
	return &Source{Path: s.Path, by: by, data: s.data, text: s.text}
}

// Bytes returns the whole input. It must not be changed.
func (s *Source) Bytes() []byte { return s.data }

// Size is the length of the input in bytes.
func (s *Source) Size() int { return len(s.data) }

// Range returns the half-open byte range [start, end) of the source, cut to
// its bounds.
func (s *Source) Range(start, end int) Range {
	start = min(max(start, 0), len(s.data))
	end = min(max(end, start), len(s.data))
	return Range{Source: s, start: int32(start), end: int32(end)}
}

// Whole is the range of all the input.
func (s *Source) Whole() Range { return s.Range(0, len(s.data)) }

// Lines is the number of lines; an empty input has one.
func (s *Source) Lines() int { return int(s.indexed().all.lines) + 1 }

// Line returns line n (1-based) without its end of line.
func (s *Source) Line(n int) string {
	r := s.LineRange(n)
	return s.text[r.start:r.end]
}

// LineRange is the range of line n (1-based) without its end of line. A
// number outside the input is moved to the nearest line.
func (s *Source) LineRange(n int) Range {
	x, last := s.indexed(), s.Lines()
	n = min(max(n, 1), last)
	start, end := x.lineStart(n-1), len(s.data)
	if n < last {
		end = x.lineStart(n) - 1
	}
	if end > start && s.data[end-1] == '\r' {
		end--
	}
	return s.Range(start, end)
}

// Offset returns the byte offset of a line and a column counted in code
// points, both 1-based, as YAML parsers report them.
func (s *Source) Offset(line, column int) int {
	r := s.LineRange(line)
	return min(s.Forward(int(r.start), column-1), int(r.end))
}

// Forward returns the byte offset of the nth code point behind an offset at
// which a code point starts, or the end of the input. It costs no more in a
// long line than in a short one.
func (s *Source) Forward(offset, n int) int {
	if n < stride {
		for ; n > 0 && offset < len(s.data); n-- {
			_, size := utf8.DecodeRune(s.data[offset:])
			offset += size
		}
		return offset
	}
	return s.indexed().forward(offset, n)
}

// A Position is a place in a source as people and reports count it.
type Position struct {
	// Line is 1-based.
	Line int
	// Column is 1-based and counts UTF-16 code units (SARIF 2.1.0, 3.14.17).
	Column int
	// Display is 1-based and counts code points, as an editor shows it.
	Display int
}

// Position returns the line and columns of a byte offset.
func (s *Source) Position(offset int) Position {
	x := s.indexed()
	at := x.before(min(max(offset, 0), len(s.data)))
	line := x.before(x.lineStart(int(at.lines)))
	return Position{Line: int(at.lines) + 1, Column: int(at.units-line.units) + 1, Display: int(at.points-line.points) + 1}
}

func (s *Source) indexed() *index {
	s.once.Do(func() { s.index = newIndex(s.data) })
	return s.index
}

// A Range is a half-open run of bytes in a source. The zero Range is no
// place at all. Ranges compare with ==.
type Range struct {
	Source     *Source
	start, end int32
}

// IsZero reports whether the range is no place at all.
func (r Range) IsZero() bool { return r.Source == nil }

// IsFetched reports whether the range lies in a source that the user did not
// write.
func (r Range) IsFetched() bool { return r.Source != nil && !r.Source.by.IsZero() }

// Own is where the range is shown: the range itself in a file of the user's,
// else the place in such a file that fetched the source.
func (r Range) Own() Range {
	if r.IsFetched() {
		return r.Source.by
	}
	return r
}

// Start is the offset of the first byte.
func (r Range) Start() int { return int(r.start) }

// End is the offset behind the last byte.
func (r Range) End() int { return int(r.end) }

// Len is the number of bytes.
func (r Range) Len() int { return int(r.end - r.start) }

// Path is the source's path, empty for the zero Range.
func (r Range) Path() string {
	if r.Source == nil {
		return ""
	}
	return r.Source.Path
}

// Text is what stands at the range.
func (r Range) Text() string {
	if r.Source == nil {
		return ""
	}
	return r.Source.text[r.start:r.end]
}

// From is the position of the first byte.
func (r Range) From() Position {
	if r.Source == nil {
		return Position{}
	}
	return r.Source.Position(int(r.start))
}

// To is the position behind the last byte.
func (r Range) To() Position {
	if r.Source == nil {
		return Position{}
	}
	return r.Source.Position(int(r.end))
}

// Contains reports whether o lies within r.
func (r Range) Contains(o Range) bool {
	return r.Source != nil && r.Source == o.Source && r.start <= o.start && o.end <= r.end
}

// Join is the smallest range that holds both; a zero operand, or one of
// another source, is left out.
func (r Range) Join(o Range) Range {
	switch {
	case r.IsZero():
		return o
	case o.IsZero() || o.Source != r.Source:
		return r
	}
	return Range{Source: r.Source, start: min(r.start, o.start), end: max(r.end, o.end)}
}

// Compare orders ranges by path, then start, then end.
func (r Range) Compare(o Range) int {
	if a, b := r.Path(), o.Path(); a != b {
		if a < b {
			return -1
		}
		return 1
	}
	if r.start != o.start {
		return int(r.start) - int(o.start)
	}
	return int(r.end) - int(o.end)
}

// String is path:line:column, for messages.
func (r Range) String() string {
	if r.IsZero() {
		return "-"
	}
	p := r.From()
	return fmt.Sprintf("%s:%d:%d", r.Path(), p.Line, p.Display)
}
