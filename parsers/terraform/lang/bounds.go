package lang

import (
	"errors"
	"fmt"

	"github.com/zclconf/go-cty/cty"
)

// ErrLimit is wrapped by every error that reports a bound of the Env or of
// this package, and by nothing else.
var ErrLimit = errors.New("limit of static evaluation exceeded")

const (
	maxNumberBits  = 4096 // bits of a number that is rendered as text
	maxDecodeDepth = 200  // nesting of decoded and rendered values
	maxRegexpWork  = 200_000_000
	maxRegexpInst  = 20_000
)

func (l *library) elements(n int) error {
	if n > l.MaxElements {
		return fmt.Errorf("%w: %d elements, at most %d", ErrLimit, n, l.MaxElements)
	}
	return nil
}

func (l *library) bytes(n int) error {
	if n > l.MaxStringBytes {
		return fmt.Errorf("%w: %d bytes of text, at most %d", ErrLimit, n, l.MaxStringBytes)
	}
	return nil
}

// renderable checks that v can be written out as text within the bounds.
// Values share their parts, so a small value can be huge once written.
func (l *library) renderable(v cty.Value) error {
	_, err := l.textSize(v)
	return err
}

// elementSize is what an element costs in text besides its own text.
const elementSize = 8

// textSize is about the bytes that v takes when it is written out.
func (l *library) textSize(v cty.Value) (int, error) {
	w := weigher{elements: l.MaxElements, bytes: l.MaxStringBytes}
	err := w.weigh(v, 0)
	return l.MaxStringBytes - w.bytes + elementSize*(l.MaxElements-w.elements), err
}

func (l *library) allRenderable(args []cty.Value) error {
	for _, a := range args {
		if err := l.renderable(a); err != nil {
			return err
		}
	}
	return nil
}

// A weigher counts down what a value may still cost.
type weigher struct{ elements, bytes int }

func (w *weigher) weigh(v cty.Value, depth int) error {
	if depth > maxDecodeDepth {
		return fmt.Errorf("%w: values nested deeper than %d", ErrLimit, maxDecodeDepth)
	}
	if w.elements--; w.elements < 0 {
		return fmt.Errorf("%w: too many elements in a value", ErrLimit)
	}
	if v.IsNull() || !v.IsKnown() {
		return nil
	}
	switch t := v.Type(); {
	case t == cty.String:
		return w.text(len(v.AsString()))
	case t == cty.Number:
		if err := checkNumber(v); err != nil {
			return err
		}
		const bitsPerDigit = 3
		return w.text(max(v.AsBigFloat().MantExp(nil), 0) / bitsPerDigit)
	}
	return w.inside(v, depth)
}

func (w *weigher) inside(v cty.Value, depth int) error {
	if !iterable(v) {
		return nil
	}
	for it := v.ElementIterator(); it.Next(); {
		k, e := it.Element()
		if k.Type() == cty.String && k.IsKnown() && !v.Type().IsSetType() {
			if err := w.text(len(k.AsString())); err != nil {
				return err
			}
		}
		if err := w.weigh(e, depth+1); err != nil {
			return err
		}
	}
	return nil
}

func (w *weigher) text(n int) error {
	if w.bytes -= n; w.bytes < 0 {
		return fmt.Errorf("%w: too much text in a value", ErrLimit)
	}
	return nil
}

// checkNumber refuses numbers that have no digits or megabytes of them.
func checkNumber(v cty.Value) error {
	f := v.AsBigFloat()
	if f.IsInf() {
		return errors.New("an infinite number cannot be written as text")
	}
	if exp := f.MantExp(nil); exp > maxNumberBits || exp < -maxNumberBits {
		return fmt.Errorf("%w: number with an exponent of %d bits", ErrLimit, exp)
	}
	return nil
}
