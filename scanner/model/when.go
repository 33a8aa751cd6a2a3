package model

import (
	"fmt"
	"slices"
	"strings"

	"github.com/iamwatch/iamwatch/scanner/source"
)

const (
	// maxBoxes is how many alternatives one description names.
	maxBoxes = 3
	// maxShownValue bounds, in characters, a value that a description shows.
	maxShownValue = 40
)

// A box is a set of values for each input: all combinations of these.
type box [][]bool

// A describer says for people which combinations a set holds.
type describer struct {
	*Worlds
	values [][]int // by combination
	in     []bool  // by combination
}

// When says under which values of the inputs something is true that holds in
// some of the alternatives, such as: only when Environment is not "prod". It is
// the simplest true description that was found, and empty for what is true
// under all. holds is by Unit.World.
func (w *Worlds) When(holds []bool) string {
	if !slices.Contains(holds, false) {
		return ""
	}
	d := w.describer(holds)
	boxes, whole := d.cover()
	if !whole {
		return d.count()
	}
	parts := make([]string, 0, len(boxes))
	for _, b := range boxes {
		parts = append(parts, d.words(b))
	}
	return "only when " + strings.Join(parts, ", or ")
}

// Limits are the inputs that the description of When speaks of, in their order.
func (w *Worlds) Limits(holds []bool) []WorldInput {
	if !slices.Contains(holds, false) {
		return nil
	}
	d := w.describer(holds)
	boxes, whole := d.cover()
	var out []WorldInput
	for i, in := range w.Inputs {
		limits := func(b box) bool { return slices.Contains(b[i], false) }
		if !whole && in.Kind == ParameterInput || slices.ContainsFunc(boxes, limits) {
			out = append(out, in)
		}
	}
	return out
}

func (w *Worlds) describer(holds []bool) *describer {
	d := &describer{Worlds: w, values: make([][]int, len(w.Of)), in: make([]bool, len(w.Of))}
	for c, world := range w.Of {
		d.values[c] = w.Values(c)
		d.in[c] = world >= 0 && holds[world]
	}
	return d
}

// count describes a set that has no short description.
func (d *describer) count() string {
	count, all := 0, 0
	for c, world := range d.Of {
		if world >= 0 {
			all++
		}
		if d.in[c] {
			count++
		}
	}
	names := make([]string, 0, len(d.Inputs))
	for _, in := range d.Inputs {
		if in.Kind == ParameterInput {
			names = append(names, in.Name)
		}
	}
	one := d.words(d.single(slices.Index(d.in, true)))
	return fmt.Sprintf("only for %d of %d combinations of %s, such as when %s", count, all, strings.Join(names, ", "), one)
}

// cover makes the set of a few boxes; false when it takes more.
func (d *describer) cover() ([]box, bool) {
	left := slices.Clone(d.in)
	var boxes []box
	for len(boxes) < maxBoxes {
		from := d.next(left)
		if from < 0 {
			return boxes, true
		}
		b := d.widest(from)
		for c := range left {
			left[c] = left[c] && !d.holds(b, c)
		}
		boxes = append(boxes, b)
	}
	return boxes, d.next(left) < 0
}

// next is a combination that is still to be covered, at the defaults if one is.
func (d *describer) next(left []bool) int {
	for c, is := range left {
		if is && d.atDefaults(d.values[c]) {
			return c
		}
	}
	return slices.Index(left, true)
}

func (d *describer) holds(b box, c int) bool {
	for i, v := range d.values[c] {
		if !b[i][v] {
			return false
		}
	}
	return true
}

func (d *describer) single(c int) box {
	b := make(box, len(d.Inputs))
	for i, in := range d.Inputs {
		b[i] = make([]bool, len(in.Values))
		b[i][d.values[c][i]] = true
	}
	return b
}

// widest is a box around a combination that limits few inputs: the best of
// those that begin to widen at each of them.
func (d *describer) widest(c int) box {
	var best box
	for first := range d.Inputs {
		b := d.single(c)
		for k := range d.Inputs {
			d.widen(b, (first+k)%len(d.Inputs))
		}
		if best == nil || limits(b) < limits(best) {
			best = b
		}
	}
	return best
}

// widen adds all values of an input with which the box stays within the set.
func (d *describer) widen(b box, input int) {
	for v := range b[input] {
		if b[input][v] {
			continue
		}
		b[input][v] = true
		if !d.within(b, input, v) {
			b[input][v] = false
		}
	}
}

// within reports whether a box holds nothing outside of the set where an input
// has a value. What cannot be deployed is neither inside nor outside.
func (d *describer) within(b box, input, value int) bool {
	for c, world := range d.Of {
		if world >= 0 && !d.in[c] && d.values[c][input] == value && d.holds(b, c) {
			return false
		}
	}
	return true
}

func limits(b box) int {
	n := 0
	for _, values := range b {
		if slices.Contains(values, false) {
			n++
		}
	}
	return n
}

// words is a box as a conjunction.
func (d *describer) words(b box) string {
	var parts []string
	for i, in := range d.Inputs {
		if slices.Contains(b[i], false) {
			parts = append(parts, in.words(b[i]))
		}
	}
	return strings.Join(parts, " and ")
}

// words says that an input has one of some of its values, which are not all.
func (in *WorldInput) words(has []bool) string {
	if in.Kind == ConditionInput {
		if has[0] {
			return in.Name + " holds"
		}
		return in.Name + " does not hold"
	}
	var is, not []int
	open := false
	for i, ok := range has {
		switch {
		case ok:
			is = append(is, i)
			open = open || in.Values[i].Other
		default:
			not = append(not, i)
		}
	}
	switch {
	case len(is) == 1 && is[0] == in.Default:
		return in.Name + " is left at its default" + in.shown()
	case len(not) == 1 && not[0] == in.Default && (in.Secret || in.Values[not[0]].Text == ""):
		return in.Name + " is not left at its default"
	case in.Secret:
		return in.Name + " has certain values"
	case open || len(not) == 1 && len(is) > 1 && !in.Values[not[0]].Other:
		return in.Name + in.list(not, " is not ", " is neither ", " nor ", " is none of ")
	}
	return in.Name + in.list(is, " is ", " is ", " or ", " is one of ")
}

// shown is a short default in brackets.
func (in *WorldInput) shown() string {
	v := in.Values[in.Default].Text
	if in.Secret || v == "" || len([]rune(v)) > maxShownValue {
		return ""
	}
	return " (" + quote(v) + ")"
}

func (in *WorldInput) list(values []int, one, two, between, many string) string {
	texts := make([]string, 0, len(values))
	for _, v := range values {
		texts = append(texts, quote(in.Values[v].Text))
	}
	switch len(texts) {
	case 1:
		if in.Values[values[0]].Text == "" {
			return one + "empty"
		}
		return one + texts[0]
	case 2:
		return two + texts[0] + between + texts[1]
	}
	return many + strings.Join(texts, ", ")
}

func quote(s string) string {
	s = source.Show(s)
	if r := []rune(s); len(r) > maxShownValue {
		s = string(r[:maxShownValue]) + "…"
	}
	return `"` + s + `"`
}
