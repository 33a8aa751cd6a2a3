package lang

import (
	"errors"
	"fmt"
	"math/big"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

const maxDigits = 4096 // digits of a number in text

// numberTable holds the documentation's section "Numeric Functions".
func (l *library) numberTable() map[string]function.Function {
	return map[string]function.Function{
		"abs":      stdlib.AbsoluteFunc,
		"ceil":     stdlib.CeilFunc,
		"floor":    stdlib.FloorFunc,
		"log":      sane(stdlib.LogFunc),
		"max":      stdlib.MaxFunc,
		"min":      stdlib.MinFunc,
		"parseint": blind(checked(stdlib.ParseIntFunc, checkDigits)),
		"pow":      sane(stdlib.PowFunc),
		"range":    checked(stdlib.RangeFunc, l.rangeSize),
		"signum":   stdlib.SignumFunc,
		"sum":      sumFunc(),
	}
}

func checkDigits(args []cty.Value) error {
	if isText(args[0]) && len(args[0].AsString()) > maxDigits {
		return fmt.Errorf("%w: number of %d digits", ErrLimit, len(args[0].AsString()))
	}
	return nil
}

// rangeSize computes how many numbers range would give.
func (l *library) rangeSize(args []cty.Value) error {
	for _, a := range args {
		if !a.IsKnown() || a.IsNull() {
			return nil
		}
	}
	start := new(big.Float)
	var limit, step *big.Float
	switch len(args) {
	case 1:
		limit = args[0].AsBigFloat()
	case 2, 3:
		start, limit = args[0].AsBigFloat(), args[1].AsBigFloat()
	default:
		return nil
	}
	if len(args) == 3 {
		step = args[2].AsBigFloat()
	}
	return l.steps(start, limit, step)
}

func (l *library) steps(start, limit, step *big.Float) error {
	if start.IsInf() || limit.IsInf() || step != nil && (step.IsInf() || step.Sign() == 0) {
		return nil
	}
	count := new(big.Float).Sub(limit, start)
	if step != nil {
		count.Quo(count, step)
	} else {
		count.Abs(count)
	}
	n, _ := count.Float64()
	return l.elements(clampSize(n))
}

// sumFunc adds the numbers of a sequence.
func sumFunc() function.Function {
	return static(cty.Number, func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		list := hideMarked(args[0])
		if !iterable(list) {
			return cty.NilVal, function.NewArgErrorf(0, "cannot sum noniterable")
		}
		if t := list.Type(); !t.IsListType() && !t.IsSetType() && !t.IsTupleType() {
			return cty.NilVal, function.NewArgErrorf(0, "argument must be list, set, or tuple")
		}
		if list.LengthInt() == 0 {
			return cty.NilVal, function.NewArgErrorf(0, "cannot sum an empty list")
		}
		return total(list.AsValueSlice())
	}, param("list", cty.DynamicPseudoType))
}

func total(vals []cty.Value) (cty.Value, error) {
	sum := cty.Zero
	for _, v := range vals {
		if v.IsNull() {
			return cty.NilVal, function.NewArgErrorf(0, "argument must be list, set, or tuple of number values")
		}
		n, err := convert.Convert(v, cty.Number)
		if err != nil {
			return cty.NilVal, function.NewArgErrorf(0, "argument must be list, set, or tuple of number values")
		}
		if sum, err = add(sum, n); err != nil {
			return cty.NilVal, err
		}
	}
	return sum, nil
}

func add(a, b cty.Value) (cty.Value, error) {
	for _, n := range []cty.Value{a, b} {
		if n.IsKnown() && n.AsBigFloat().IsInf() {
			return cty.NilVal, errors.New("can't compute sum of opposing infinities")
		}
	}
	return stdlib.Add(a, b)
}
