package terraform

import (
	"errors"
	"fmt"
	"math/big"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"github.com/iamwatch/iamwatch/scanner/source"
)

// A fault is why an expression has no value. It is what try looks at.
type fault struct{ message string }

func (f *fault) Error() string { return f.message }

// A refusal is why a function gives no value. The error behind it may quote
// the arguments, which may be secret.
type refusal struct {
	function string
	err      error
}

func (r *refusal) Error() string { return r.err.Error() }

func (r *refusal) Unwrap() error { return r.err }

func failf(format string, args ...any) error { return &fault{fmt.Sprintf(format, args...)} }

// errLimit is wrapped by the errors that report a bound.
var errLimit = errors.New("limit of static evaluation")

// The bounds that stop all further evaluation for a resource.
var (
	errSteps = fmt.Errorf("%w: more steps for one resource than the size of the configuration allows", errLimit)
	errTotal = fmt.Errorf("%w: more steps than the size of the configuration allows", errLimit)
	errSpent = fmt.Errorf("%w: more than %d bytes of values", errLimit, maxMadeBytes)
	errLong  = fmt.Errorf("%w: a reference of more than %d steps", errLimit, maxNesting)
	errDeep  = fmt.Errorf("%w: expressions nested too deeply", errLimit)
)

// diagnosed is the first error of diags.
func diagnosed(diags hcl.Diagnostics) error {
	for _, d := range diags {
		if d.Severity == hcl.DiagError {
			return &fault{lowerFirst(d.Summary) + ": " + d.Detail}
		}
	}
	return nil
}

func isText(v cty.Value) bool {
	return v != cty.NilVal && v.Type() == cty.String && v.IsKnown() && !v.IsNull()
}

// isLoneHole reports whether a value is text of which nothing is known. What
// has no type, such as a variable, is one too until it turns out to be no text.
func isLoneHole(v cty.Value) bool {
	if !isText(v) || !source.HasMark(v.AsString()) {
		return false
	}
	pieces := source.Pieces(v.AsString())
	return len(pieces) == 1 && pieces[0].IsHole()
}

// asBool is a known boolean, or text that reads as one.
func asBool(v cty.Value) *bool {
	if isText(v) && len(v.AsString()) > len("false") {
		return nil // a long text is not worth a conversion that copies it
	}
	if v == cty.NilVal || !v.IsKnown() || v.IsNull() {
		return nil
	}
	b, err := convert.Convert(v, cty.Bool)
	if err != nil || !b.IsKnown() || b.IsNull() {
		return nil
	}
	out := b.True()
	return &out
}

// keyString is a key as text; numbers too, as indexes are compared.
func keyString(v cty.Value) (string, bool) {
	if v == cty.NilVal || !v.IsKnown() || v.IsNull() || !v.Type().IsPrimitiveType() {
		return "", false
	}
	switch v.Type() {
	case cty.String:
		return v.AsString(), true
	case cty.Number: // an index, as a rule
		if i, exact := v.AsBigFloat().Int64(); exact == big.Exact {
			return strconv.FormatInt(i, 10), true
		}
	}
	s, err := convert.Convert(v, cty.String)
	if err != nil {
		return "", false
	}
	return s.AsString(), true
}

// listIndex is a key as an index from 0.
func listIndex(v cty.Value) (int, bool) {
	if v == cty.NilVal || !v.IsKnown() || v.IsNull() || v.Type() != cty.Number {
		return 0, false
	}
	f := v.AsBigFloat()
	if !f.IsInt() || f.Sign() < 0 {
		return 0, false
	}
	i, _ := f.Int64()
	return int(min(i, maxElements)), true
}

// hole is a mark whose label is safe inside any text: a template may put it
// into JSON, where the quotes of an address such as x["a"] would end a
// string.
func hole(kind source.HoleKind, label string) string { return source.Hole(kind, safeLabel(label)) }

func safeLabel(label string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '"':
			return '\''
		case r == '\\':
			return '/'
		case r < ' ':
			return ' '
		}
		return r
	}, label)
}

// unread is a value of which nothing is known but what would fill it.
func unread(label string, r source.Range) *source.Value {
	return source.UnreadValue(safeLabel(label), r)
}

// textOf is a scalar as text for a template; a value that is unknown gives a
// hole with that label.
func textOf(v cty.Value, label string) (string, error) {
	switch {
	case !v.IsKnown():
		return hole(source.HoleFree, label), nil
	case v.IsNull():
		return "", failf("a null value cannot be part of a text")
	}
	s, err := convert.Convert(v, cty.String)
	if err != nil {
		return "", failf("a value of this type cannot be part of a text: %s", err)
	}
	return s.AsString(), nil
}

// iterable reports whether a value's elements can be visited.
func iterable(v cty.Value) bool {
	return v != cty.NilVal && v.IsKnown() && !v.IsNull() && v.CanIterateElements()
}

// measure counts the elements of a value, those inside one another too, and
// fails when there are more of them or of bytes than one value may have.
func measure(v cty.Value) (int, error) {
	elements, bytes := maxElements, maxTextBytes
	if !fits(v, &elements, &bytes) {
		return maxElements, fmt.Errorf("%w: a value of more than %d elements or %d bytes", errLimit, maxElements, maxTextBytes)
	}
	return maxElements - elements, nil
}

func fits(v cty.Value, elements, bytes *int) bool {
	if *elements--; *elements < 0 {
		return false
	}
	if isText(v) {
		*bytes -= len(v.AsString())
		return *bytes >= 0
	}
	if !iterable(v) {
		return true
	}
	for it := v.ElementIterator(); it.Next(); {
		if _, item := it.Element(); !fits(item, elements, bytes) {
			return false
		}
	}
	return true
}
