package lang

import (
	"errors"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	"github.com/zclconf/go-cty/cty/function"
)

// lookupFunc is lookup(map, key, default...).
func lookupFunc() function.Function {
	rest := anything("default")
	return function.New(&function.Spec{
		Params:   []function.Parameter{lax("inputMap", cty.DynamicPseudoType), lax("key", cty.String)},
		VarParam: &rest,
		Type:     lookupType,
		Impl:     lookup,
	})
}

func lookupType(args []cty.Value) (cty.Type, error) {
	if len(args) > 3 {
		return cty.NilType, errors.New("lookup() takes two or three arguments")
	}
	switch t := args[0].Type(); {
	case t.IsObjectType():
		return lookupAttribute(t, args)
	case t.IsMapType():
		if len(args) == 3 {
			if _, err := convert.Convert(args[2], t.ElementType()); err != nil {
				return cty.NilType, function.NewArgErrorf(2, "the default value must have the same type as the map elements")
			}
		}
		return t.ElementType(), nil
	case t == cty.DynamicPseudoType:
		return t, nil
	}
	return cty.NilType, function.NewArgErrorf(0, "lookup() requires a map as the first argument")
}

func lookupAttribute(t cty.Type, args []cty.Value) (cty.Type, error) {
	if !args[1].IsKnown() {
		return cty.DynamicPseudoType, nil
	}
	key := args[1].AsString()
	switch {
	case t.HasAttribute(key):
		return t.AttributeType(key), nil
	case isMarkedText(args[1]):
		return cty.DynamicPseudoType, nil
	case len(args) == 3:
		return args[2].Type(), nil
	}
	return cty.NilType, function.NewArgErrorf(0, "the given object has no attribute %q", key)
}

func lookup(args []cty.Value, ret cty.Type) (cty.Value, error) {
	m := args[0]
	if !m.IsKnown() || !args[1].IsKnown() {
		return cty.UnknownVal(ret), nil
	}
	key := args[1].AsString()
	if m.Type().IsObjectType() && m.Type().HasAttribute(key) {
		return m.GetAttr(key), nil
	}
	if m.Type().IsMapType() && m.HasIndex(args[1]).True() {
		return m.Index(args[1]), nil
	}
	if isMarkedText(args[1]) || marksAKey(m) {
		return cty.UnknownVal(ret), nil
	}
	if len(args) == 3 {
		return convert.Convert(args[2], ret)
	}
	return cty.NilVal, function.NewArgErrorf(1, "the given key does not identify an element in this collection value")
}

func marksAKey(m cty.Value) bool {
	for it := m.ElementIterator(); it.Next(); {
		if k, _ := it.Element(); isMarkedText(k) {
			return true
		}
	}
	return false
}

// equalValues compares two values; text by what is known of it.
func equalValues(a, b cty.Value) verdict {
	if isText(a) && isText(b) {
		return equalText(a.AsString(), b.AsString())
	}
	if isText(a) != isText(b) && isText(a) != b.IsKnown() && a.Type() != b.Type() && a.IsKnown() && b.IsKnown() {
		return no
	}
	v := hideMarked(a).Equals(hideMarked(b))
	if !v.IsKnown() {
		return maybeUnless(a.IsWhollyKnown() && !holdsMark(a) && a.RawEquals(b))
	}
	return decide(v.True())
}

// containsFunc asks whether a sequence has an element.
func containsFunc() function.Function {
	return static(cty.Bool, func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		list := args[0]
		if !isSequence(list) {
			return cty.NilVal, errors.New("argument must be list, tuple, or set")
		}
		answer := no
		for it := list.ElementIterator(); it.Next(); {
			_, e := it.Element()
			switch equalValues(e, args[1]) {
			case yes:
				return cty.True, nil
			case maybe:
				answer = maybe
			}
		}
		return answer.value(), nil
	}, param("list", cty.DynamicPseudoType), lax("value", cty.DynamicPseudoType))
}

// indexFunc gives the place of the first equal element.
func indexFunc() function.Function {
	return static(cty.Number, func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		list := args[0]
		if !list.Type().IsListType() && !list.Type().IsTupleType() {
			return cty.NilVal, function.NewArgErrorf(0, "argument must be a list or tuple")
		}
		if list.LengthInt() == 0 {
			return cty.NilVal, errors.New("cannot search an empty list")
		}
		for it := list.ElementIterator(); it.Next(); {
			i, e := it.Element()
			switch equalValues(e, args[1]) {
			case yes:
				return i, nil
			case maybe:
				return cty.UnknownVal(cty.Number).RefineNotNull(), nil
			}
		}
		return cty.NilVal, errors.New("item not found")
	}, param("list", cty.DynamicPseudoType), lax("value", cty.DynamicPseudoType))
}

// matchKeysFunc gives the values whose keys are in a search set.
func matchKeysFunc() function.Function {
	list := cty.List(cty.DynamicPseudoType)
	return function.New(&function.Spec{
		Params: []function.Parameter{param("values", list), param("keys", list), param("searchset", list)},
		Type: func(args []cty.Value) (cty.Type, error) {
			if t, _ := convert.UnifyUnsafe([]cty.Type{args[1].Type(), args[2].Type()}); t == cty.NilType {
				return cty.NilType, errors.New("keys and searchset must be of the same type")
			}
			return args[0].Type(), nil
		},
		Impl: matchKeys,
	})
}

func matchKeys(args []cty.Value, ret cty.Type) (cty.Value, error) {
	if args[0].LengthInt() != args[1].LengthInt() {
		return cty.NilVal, errors.New("length of keys and values should be equal")
	}
	t, _ := convert.UnifyUnsafe([]cty.Type{args[1].Type(), args[2].Type()})
	keys, err := convert.Convert(args[1], t)
	if err != nil {
		return cty.NilVal, err
	}
	set, err := convert.Convert(args[2], t)
	if err != nil {
		return cty.NilVal, err
	}
	var out []cty.Value
	values := args[0].AsValueSlice()
	for i, key := range keys.AsValueSlice() {
		switch memberOf(key, set) {
		case yes:
			out = append(out, values[i])
		case maybe:
			return cty.UnknownVal(ret), nil
		}
	}
	if len(out) == 0 {
		return cty.ListValEmpty(ret.ElementType()), nil
	}
	return cty.ListVal(out), nil
}

func memberOf(v cty.Value, list cty.Value) verdict {
	answer := no
	for it := list.ElementIterator(); it.Next(); {
		_, e := it.Element()
		if a := equalValues(v, e); a != no {
			answer = a
		}
		if answer == yes {
			return yes
		}
	}
	return answer
}
