package source

import "sort"

// A Trace says which place in a file that a person wrote brought about a part
// of a file that a program made of it.
type Trace struct {
	// Part is the part of the made file.
	Part Range
	// By is the place in the written file, the zero Range when it is not known.
	By Range
	// As is what the program calls the part, such as the path of a construct.
	As string
}

// Trace says what brought about parts of the source; see Range.Maker. The
// parts are ranges of the source, in order and apart from each other. Whoever
// reads the source calls it, once and before the source is shared.
func (s *Source) Trace(list []Trace) { s.traces = list }

// Maker is the place in a written file that brought about what stands at the
// range; the zero Range when nothing says so.
func (r Range) Maker() Range { return r.trace().By }

// MadeAs is what the program calls the part that the range lies in, empty when
// nothing says so.
func (r Range) MadeAs() string { return r.trace().As }

func (r Range) trace() Trace {
	if r.Source == nil {
		return Trace{}
	}
	list := r.Source.traces
	i := sort.Search(len(list), func(i int) bool { return list[i].Part.start > r.start })
	if i > 0 && list[i-1].Part.Contains(r) {
		return list[i-1]
	}
	return Trace{}
}

// Written is where a person looks for the range: what brought it about, else
// its Own place.
func (r Range) Written() Range {
	if by := r.Maker(); !by.IsZero() {
		return by
	}
	return r.Own()
}
