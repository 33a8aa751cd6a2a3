package source

import (
	"bytes"
	"sort"
	"unicode/utf8"
)

// stride is the number of bytes between two counted offsets of an index.
const stride = 512

// A count is how much stands before an offset: ends of line, UTF-16 code
// units and code points.
type count struct{ lines, units, points int32 }

// add counts by leading bytes, so that a stride may end within a character.
func (c count) add(data []byte) count {
	ascii := true
	for _, b := range data {
		if b >= 0x80 {
			ascii = false
			break
		}
	}
	c.lines += int32(bytes.Count(data, []byte{'\n'}))
	if ascii {
		c.points += int32(len(data))
		c.units += int32(len(data))
		return c
	}
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

// An index counts an input at every stride, so that a position costs as much
// in a file of one very long line (minified templates, exports) as in any.
type index struct {
	data   []byte
	counts []count
	all    count
}

func newIndex(data []byte) *index {
	x := &index{data: data, counts: make([]count, 1, len(data)/stride+1)}
	for i := stride; i <= len(data); i += stride {
		x.counts = append(x.counts, x.counts[len(x.counts)-1].add(data[i-stride:i]))
	}
	x.all = x.before(len(data))
	return x
}

func (x *index) before(offset int) count {
	at := offset / stride
	return x.counts[at].add(x.data[at*stride : offset])
}

// forward is the offset of the nth code point behind an offset, or the end.
func (x *index) forward(offset, n int) int {
	if n >= stride {
		goal := int(x.before(offset).points) + n
		at := sort.Search(len(x.counts), func(i int) bool { return int(x.counts[i].points) > goal }) - 1
		offset, n = at*stride, goal-int(x.counts[at].points)
		for offset < len(x.data) && !utf8.RuneStart(x.data[offset]) {
			offset++ // of a code point that the stride before counted
		}
	}
	for ; n > 0 && offset < len(x.data); n-- {
		_, size := utf8.DecodeRune(x.data[offset:])
		offset += size
	}
	return offset
}

// lineStart is the offset behind the nth end of line, or 0 for none.
func (x *index) lineStart(n int) int {
	if n <= 0 {
		return 0
	}
	at := sort.Search(len(x.counts), func(i int) bool { return int(x.counts[i].lines) >= n }) - 1
	offset := at * stride
	for left := n - int(x.counts[at].lines); left > 0; left-- {
		offset += bytes.IndexByte(x.data[offset:], '\n') + 1
	}
	return offset
}
