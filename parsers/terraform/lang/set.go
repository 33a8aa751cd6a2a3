package lang

import (
	"slices"
	"strings"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

// setTable holds the functions that compare elements. Set union and product
// keep differently marked elements apart; intersection and difference are
// unknown where hidden text decides.
func (l *library) setTable() map[string]function.Function {
	return map[string]function.Function{
		"contains":        containsFunc(),
		"index":           indexFunc(),
		"matchkeys":       checked(matchKeysFunc(), l.quadratic),
		"setintersection": decided(stdlib.SetIntersectionFunc),
		"setproduct":      checked(stdlib.SetProductFunc, l.product),
		"setsubtract":     decided(stdlib.SetSubtractFunc),
		"setunion":        checked(stdlib.SetUnionFunc, l.sumOfLengths),
		"transpose":       l.transposeFunc(),
	}
}

// product checks the size of a cartesian product.
func (l *library) product(args []cty.Value) error {
	n := float64(len(args))
	for _, a := range args {
		if !a.IsKnown() {
			return nil
		}
		n *= float64(lengthOf(a))
	}
	return l.elements(clampSize(n))
}

// decided runs f as it is if every pair of elements surely is equal or not,
// and over hidden text otherwise.
func decided(f function.Function) function.Function {
	return derive(f, func(args []cty.Value) ([]cty.Value, error) {
		if !slices.ContainsFunc(args, holdsMark) || allDecided(args) {
			return args, nil
		}
		out := make([]cty.Value, len(args))
		for i, a := range args {
			out[i] = hideMarked(a)
		}
		return out, nil
	})
}

const maxDecidedPairs = 1_000_000

func allDecided(args []cty.Value) bool {
	pairs := 0
	for i, a := range args {
		for _, b := range args[i+1:] {
			pairs += lengthOf(a) * lengthOf(b)
			if pairs > maxDecidedPairs || !pairDecided(a, b) {
				return false
			}
		}
	}
	return true
}

func pairDecided(a, b cty.Value) bool {
	if !iterable(a) || !iterable(b) {
		return false
	}
	for it := a.ElementIterator(); it.Next(); {
		_, x := it.Element()
		for it := b.ElementIterator(); it.Next(); {
			if _, y := it.Element(); equalValues(x, y) == maybe {
				return false
			}
		}
	}
	return true
}

// transposeFunc swaps keys and values of a map of lists.
func (l *library) transposeFunc() function.Function {
	t := cty.Map(cty.List(cty.String))
	return static(t, func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		if !args[0].IsWhollyKnown() {
			return cty.UnknownVal(t).RefineNotNull(), nil
		}
		out := map[string][]cty.Value{}
		for it := args[0].ElementIterator(); it.Next(); {
			key, list := it.Element()
			if list.IsNull() {
				return cty.NilVal, function.NewArgErrorf(0, "lists must not be null")
			}
			for _, e := range list.AsValueSlice() {
				if e.IsNull() {
					return cty.NilVal, function.NewArgErrorf(0, "elements must not be null")
				}
				out[e.AsString()] = append(out[e.AsString()], key)
			}
		}
		if len(out) == 0 {
			return cty.MapValEmpty(cty.List(cty.String)), nil
		}
		return mapOfLists(out), nil
	}, param("values", t))
}

func mapOfLists(lists map[string][]cty.Value) cty.Value {
	vals := make(map[string]cty.Value, len(lists))
	for k, list := range lists {
		slices.SortFunc(list, func(a, b cty.Value) int {
			return strings.Compare(a.AsString(), b.AsString())
		})
		vals[k] = cty.ListVal(list)
	}
	return cty.MapVal(vals)
}
