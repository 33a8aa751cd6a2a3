package lang

import (
	"strings"
	"unicode/utf8"

	"github.com/zclconf/go-cty/cty"

	"github.com/iamwatch/iamwatch/scanner/source"
)

// unknownLabel names text that nobody can name; two such holes are not
// known to be equal.
const unknownLabel = "unknown"

// lostText is the mark for an unknown part of a text.
func lostText() string { return source.Hole(source.HoleFree, unknownLabel) }

// hideMarked replaces every string with a mark in v by an unknown string.
func hideMarked(v cty.Value) cty.Value {
	if !holdsMark(v) {
		return v
	}
	out, err := cty.Transform(v, func(_ cty.Path, e cty.Value) (cty.Value, error) {
		if isMarkedText(e) {
			return cty.UnknownVal(cty.String).RefineNotNull(), nil
		}
		return e, nil
	})
	if err != nil {
		return cty.DynamicVal
	}
	return out
}

func isMarkedText(v cty.Value) bool {
	return v.Type() == cty.String && v.IsKnown() && !v.IsNull() && source.HasMark(v.AsString())
}

// holdsMark reports whether any string in v holds a mark. Capsules (unread
// expressions) and scalars that are no strings cost nothing.
func holdsMark(v cty.Value) bool {
	t := v.Type()
	if t == cty.String {
		return isMarkedText(v)
	}
	if !iterable(v) {
		return false
	}
	for it := v.ElementIterator(); it.Next(); {
		k, e := it.Element()
		if isMarkedText(k) || holdsMark(e) {
			return true
		}
	}
	return false
}

// iterable reports whether the elements of v can be visited.
func iterable(v cty.Value) bool { return v.IsKnown() && !v.IsNull() && v.CanIterateElements() }

// An atom is one code point of known text or one whole mark.
type atom string

func (a atom) isMark() bool { return source.HasMark(string(a)) }

// atoms cuts s into code points and marks.
func atoms(s string) []atom {
	out := make([]atom, 0, len(s))
	for _, p := range source.Pieces(s) {
		if p.IsHole() {
			out = append(out, atom(source.Hole(p.Kind, p.Label)))
			continue
		}
		for t := p.Text; t != ""; {
			_, n := utf8.DecodeRuneInString(t)
			out, t = append(out, atom(t[:n])), t[n:]
		}
	}
	return out
}

// same reports whether two atoms surely stand for the same text.
func same(a, b atom) bool { return a == b && !strings.HasSuffix(string(a), lostSuffix()) }

func lostSuffix() string {
	mark := lostText()
	return mark[strings.IndexByte(mark, ':'):]
}

// A verdict is a three-valued answer about text with hidden parts.
type verdict int

const (
	no verdict = iota
	yes
	maybe
)

func (v verdict) value() cty.Value {
	if v == maybe {
		return cty.UnknownVal(cty.Bool).RefineNotNull()
	}
	return cty.BoolVal(v == yes)
}

// equalText compares two texts.
func equalText(a, b string) verdict {
	if !source.HasMark(a) && !source.HasMark(b) {
		return decide(a == b)
	}
	x, y := stripCommon(atoms(a), atoms(b))
	if len(x) == 0 && len(y) == 0 {
		return yes
	}
	if len(x) == 0 || len(y) == 0 {
		return maybeUnlessText(x, y)
	}
	if differ(x[0], y[0]) || differ(x[len(x)-1], y[len(y)-1]) {
		return no
	}
	return maybe
}

func decide(b bool) verdict {
	if b {
		return yes
	}
	return no
}

// maybeUnlessText is the answer when one side is used up: known text that
// is left over on the other decides, hidden text may be empty.
func maybeUnlessText(x, y []atom) verdict {
	for _, a := range append(x, y...) {
		if !a.isMark() {
			return no
		}
	}
	return maybe
}

func differ(a, b atom) bool { return !a.isMark() && !b.isMark() && a != b }

func stripCommon(x, y []atom) ([]atom, []atom) {
	for len(x) > 0 && len(y) > 0 && same(x[0], y[0]) {
		x, y = x[1:], y[1:]
	}
	for len(x) > 0 && len(y) > 0 && same(x[len(x)-1], y[len(y)-1]) {
		x, y = x[:len(x)-1], y[:len(y)-1]
	}
	return x, y
}

// hasPrefix asks whether s starts with prefix.
func hasPrefix(s, prefix string) verdict {
	if strings.HasPrefix(s, prefix) && !source.HasMark(prefix) {
		return yes
	}
	return startsWith(atoms(s), atoms(prefix))
}

// hasSuffix asks whether s ends with suffix.
func hasSuffix(s, suffix string) verdict {
	x, y := atoms(s), atoms(suffix)
	reverse(x)
	reverse(y)
	return startsWith(x, y)
}

func reverse(a []atom) {
	for i, j := 0, len(a)-1; i < j; i, j = i+1, j-1 {
		a[i], a[j] = a[j], a[i]
	}
}

func startsWith(s, prefix []atom) verdict {
	for len(s) > 0 && len(prefix) > 0 && same(s[0], prefix[0]) {
		s, prefix = s[1:], prefix[1:]
	}
	switch {
	case len(prefix) == 0:
		return yes
	case len(s) == 0:
		return maybeUnlessText(nil, prefix)
	case differ(s[0], prefix[0]):
		return no
	}
	return maybe
}

// contains asks whether s holds sub.
func contains(s, sub string) verdict {
	if sub == "" {
		return yes
	}
	if !source.HasMark(s) && !source.HasMark(sub) {
		return decide(strings.Contains(s, sub))
	}
	if source.HasMark(sub) {
		return maybeUnless(strings.Contains(s, sub))
	}
	for _, p := range source.Pieces(s) {
		if strings.Contains(p.Text, sub) {
			return yes
		}
	}
	return maybe
}

func maybeUnless(b bool) verdict {
	if b {
		return yes
	}
	return maybe
}

// mayHold reports whether text of a kind may hold part. Account ids are
// digits; regions and partitions are lower-case letters, digits and hyphens;
// names hold no colon (package source).
func mayHold(kind source.HoleKind, part string) bool {
	switch kind {
	case source.HoleSelf, source.HoleAccount:
		return strings.Trim(part, "0123456789") == ""
	case source.HoleRegion, source.HolePartition:
		return strings.Trim(part, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
	case source.HoleName:
		return !strings.ContainsAny(part, ":/")
	}
	return true
}

// editText applies edit to the known text of s; a hole that changes says is
// changed by the same edit becomes a hole without a name of the same breadth.
func editText(s string, edit func(string) string, changes func(source.HoleKind) bool) string {
	var b strings.Builder
	for _, p := range source.Pieces(s) {
		switch {
		case !p.IsHole():
			b.WriteString(edit(p.Text))
		case !changes(p.Kind):
			b.WriteString(source.Hole(p.Kind, p.Label))
		case mayHold(p.Kind, ":"):
			b.WriteString(lostText())
		default:
			b.WriteString(source.Hole(source.HoleName, unknownLabel))
		}
	}
	return b.String()
}
