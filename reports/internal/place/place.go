// Package place turns byte offsets into lines and columns for reports. It
// stays quick on inputs of one very long line (minified templates, exports),
// where counting from the start of the line for every finding would be
// quadratic.
package place

import (
	"sort"

	"github.com/iamwatch/iamwatch/scanner/source"
)

// stride is the number of bytes between two counted offsets.
const stride = 512

// An Index counts the columns of the sources it is asked about. Make one for
// each report with NewIndex; it is not for concurrent use.
type Index struct {
	counts map[*source.Source][]count
}

// A count is the number of UTF-16 units and of code points before an offset.
type count struct{ units, points int }

// NewIndex returns an empty index.
func NewIndex() *Index { return &Index{counts: map[*source.Source][]count{}} }

// Position is the line and columns of a byte offset, as source.Position counts
// them on valid UTF-8.
func (x *Index) Position(s *source.Source, offset int) source.Position {
	offset = min(max(offset, 0), s.Size())
	line := Line(s, offset)
	from := x.before(s, s.LineRange(line).Start())
	to := x.before(s, offset)
	return source.Position{Line: line, Column: to.units - from.units + 1, Display: to.points - from.points + 1}
}

// From is the position of a range's first byte.
func (x *Index) From(r source.Range) source.Position { return x.Position(r.Source, r.Start()) }

// To is the position behind a range's last byte.
func (x *Index) To(r source.Range) source.Position { return x.Position(r.Source, r.End()) }

// Line is the 1-based line of a byte offset.
func Line(s *source.Source, offset int) int {
	next := func(i int) bool { return s.LineRange(i+2).Start() > offset }
	return 1 + sort.Search(s.Lines()-1, next)
}

func (x *Index) before(s *source.Source, offset int) count {
	counts, ok := x.counts[s]
	if !ok {
		counts = countAll(s.Bytes())
		x.counts[s] = counts
	}
	at := offset / stride
	return counts[at].add(s.Bytes()[at*stride : offset])
}

func countAll(data []byte) []count {
	counts := make([]count, 1, len(data)/stride+1)
	for i := stride; i <= len(data); i += stride {
		counts = append(counts, counts[len(counts)-1].add(data[i-stride:i]))
	}
	return counts
}

// add counts by leading bytes, so that a stride may end within a character.
func (c count) add(data []byte) count {
	for _, b := range data {
		if b&0xC0 == 0x80 {
			continue
		}
		c.points++
		c.units++
		if b >= 0xF0 {
			c.units++
		}
	}
	return c
}
