package lang

import (
	"errors"
	"fmt"

	"github.com/hashicorp/hcl/v2/ext/tryfunc"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

// collectionTable holds the functions over lists and maps and the
// conversions between types.
func (l *library) collectionTable() map[string]function.Function {
	return map[string]function.Function{
		"alltrue":      fold(true),
		"anytrue":      fold(false),
		"can":          tryfunc.CanFunc,
		"chunklist":    stdlib.ChunklistFunc,
		"coalesce":     coalesceFunc(),
		"coalescelist": stdlib.CoalesceListFunc,
		"compact":      stdlib.CompactFunc,
		"concat":       checked(stdlib.ConcatFunc, l.sumOfLengths),
		"distinct":     checked(stdlib.DistinctFunc, l.quadratic),
		// Counts back from the end for a negative index, as Terraform does
		// since 1.12 (1.11 refuses one).
		"element":  stdlib.ElementFunc,
		"flatten":  checked(stdlib.FlattenFunc, l.allRenderable),
		"keys":     stdlib.KeysFunc,
		"length":   lengthFunc(),
		"lookup":   lookupFunc(),
		"merge":    checked(stdlib.MergeFunc, l.sumOfLengths),
		"one":      oneFunc(),
		"reverse":  stdlib.ReverseListFunc,
		"slice":    stdlib.SliceFunc,
		"sort":     stdlib.SortFunc,
		"tobool":   blind(stdlib.MakeToFunc(cty.Bool)),
		"tolist":   stdlib.MakeToFunc(cty.List(cty.DynamicPseudoType)),
		"tomap":    stdlib.MakeToFunc(cty.Map(cty.DynamicPseudoType)),
		"tonumber": blind(stdlib.MakeToFunc(cty.Number)),
		"toset":    stdlib.MakeToFunc(cty.Set(cty.DynamicPseudoType)),
		"tostring": checked(stdlib.MakeToFunc(cty.String), l.allRenderable),
		"try":      tryfunc.TryFunc,
		"values":   stdlib.ValuesFunc,
		"zipmap":   sane(stdlib.ZipmapFunc),
		// Whether a value is sensitive or ephemeral is not tracked.
		"ephemeralasnull": identity(),
		"nonsensitive":    identity(),
		"sensitive":       identity(),
		"issensitive":     unknownOf(cty.Bool, nil, anything("value")),
	}
}

func (l *library) sumOfLengths(args []cty.Value) error {
	n := 0
	for _, a := range args {
		n += lengthOf(a)
	}
	return l.elements(n)
}

// quadratic bounds functions that compare every element with every other.
func (l *library) quadratic(args []cty.Value) error {
	for _, a := range args {
		if n := lengthOf(a); n > 1 && n/2 > 50*l.MaxElements/n {
			return l.elements(max(n, l.MaxElements+1))
		}
	}
	return nil
}

func lengthOf(v cty.Value) int {
	if !iterable(v) {
		return 0
	}
	return v.LengthInt()
}

// fold is alltrue (want true) or anytrue (want false): an element that is
// not what is wanted decides, an unknown one leaves the answer open.
func fold(want bool) function.Function {
	return static(cty.Bool, func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		open := false
		for it := args[0].ElementIterator(); it.Next(); {
			_, v := it.Element()
			switch {
			case !v.IsKnown():
				open = true
			case v.IsNull() && want, !v.IsNull() && v.True() != want:
				return cty.BoolVal(!want), nil
			}
		}
		if open {
			return cty.UnknownVal(cty.Bool).RefineNotNull(), nil
		}
		return cty.BoolVal(want), nil
	}, param("list", cty.List(cty.Bool)))
}

// coalesceFunc gives the first argument that is neither null nor an empty
// string. A mark counts as text that is not empty.
func coalesceFunc() function.Function {
	rest := anything("vals")
	return function.New(&function.Spec{
		VarParam: &rest,
		Type: func(args []cty.Value) (cty.Type, error) {
			types := make([]cty.Type, len(args))
			for i, a := range args {
				types[i] = a.Type()
			}
			t, _ := convert.UnifyUnsafe(types)
			if t == cty.NilType {
				return cty.NilType, errors.New("all arguments must have the same type")
			}
			return t, nil
		},
		Impl: func(args []cty.Value, ret cty.Type) (cty.Value, error) {
			for _, a := range args {
				v, err := convert.Convert(a, ret)
				switch {
				case err != nil:
					return cty.NilVal, fmt.Errorf("convert argument: %w", err)
				case !v.IsKnown():
					return cty.UnknownVal(ret), nil
				case v.IsNull(), isText(v) && v.AsString() == "":
					continue
				}
				return v, nil
			}
			return cty.NilVal, errors.New("no non-null, non-empty-string arguments")
		},
	})
}

// lengthFunc counts elements, attributes or characters.
func lengthFunc() function.Function {
	return static(cty.Number, func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		v := args[0]
		switch t := v.Type(); {
		case t == cty.DynamicPseudoType:
			return cty.UnknownVal(cty.Number), nil
		case t == cty.String:
			return stdlib.Strlen(hideMarked(v))
		case t.IsObjectType():
			return cty.NumberIntVal(int64(len(t.AttributeTypes()))), nil
		case t.IsTupleType():
			return cty.NumberIntVal(int64(t.Length())), nil
		case t.IsCollectionType():
			return v.Length(), nil
		}
		return cty.NilVal, function.NewArgErrorf(0, "argument must be a string, a collection type, or a structural type")
	}, lax("value", cty.DynamicPseudoType))
}

// oneFunc gives the only element of a sequence, or null for an empty one.
func oneFunc() function.Function {
	return dynamic(func(args []cty.Value) (cty.Value, error) {
		v := args[0]
		t := v.Type()
		if t == cty.DynamicPseudoType {
			return cty.DynamicVal, nil
		}
		if !t.IsListType() && !t.IsSetType() && !t.IsTupleType() {
			return cty.NilVal, function.NewArgErrorf(0, "must be a list, set, or tuple value")
		}
		elem := cty.DynamicPseudoType
		if t.IsCollectionType() {
			elem = t.ElementType()
		}
		if t.IsCollectionType() && (!v.IsKnown() || !v.Length().IsKnown()) {
			return cty.UnknownVal(elem), nil
		}
		return onlyElement(v, elem)
	}, lax("list", cty.DynamicPseudoType))
}

func onlyElement(v cty.Value, elem cty.Type) (cty.Value, error) {
	switch v.Length().Equals(cty.NumberIntVal(1)) {
	case cty.True:
		if !v.IsKnown() {
			return cty.UnknownVal(v.Type().TupleElementType(0)), nil
		}
		return v.AsValueSlice()[0], nil
	}
	if v.Length().Equals(cty.Zero).True() {
		return cty.NullVal(elem), nil
	}
	return cty.NilVal, function.NewArgErrorf(0, "must be a list, set, or tuple value with either zero or one elements")
}
