package lang

import (
	"errors"
	"fmt"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// impl is the body of a function whose arguments are wholly prepared.
type impl = func(args []cty.Value, ret cty.Type) (cty.Value, error)

func param(name string, t cty.Type) function.Parameter {
	return function.Parameter{Name: name, Type: t}
}

// lax is a parameter that takes unknown and partly unknown values.
func lax(name string, t cty.Type) function.Parameter {
	return function.Parameter{Name: name, Type: t, AllowUnknown: true, AllowDynamicType: true}
}

// anything is a parameter that takes null and unknown values of any type.
func anything(name string) function.Parameter {
	return function.Parameter{
		Name: name, Type: cty.DynamicPseudoType,
		AllowNull: true, AllowUnknown: true, AllowDynamicType: true,
	}
}

// static is a function with a fixed result type.
func static(ret cty.Type, body impl, params ...function.Parameter) function.Function {
	return function.New(&function.Spec{
		Params: params, Type: function.StaticReturnType(ret), Impl: body,
	})
}

// variadic is static with a repeated last parameter.
func variadic(ret cty.Type, body impl, rest function.Parameter, params ...function.Parameter) function.Function {
	return function.New(&function.Spec{
		Params: params, VarParam: &rest, Type: function.StaticReturnType(ret), Impl: body,
	})
}

// dynamic is a function whose result type is that of its result. To tell the
// type before would be to do all the work twice.
func dynamic(body func(args []cty.Value) (cty.Value, error), params ...function.Parameter) function.Function {
	return static(cty.DynamicPseudoType, func(args []cty.Value, _ cty.Type) (cty.Value, error) { return body(args) }, params...)
}

// texts is a function from strings to a string that keeps marks itself.
func texts(body func(args []string) (string, error), names ...string) function.Function {
	params := make([]function.Parameter, len(names))
	for i, name := range names {
		params[i] = param(name, cty.String)
	}
	return static(cty.String, func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		in := make([]string, len(args))
		for i, a := range args {
			in[i] = a.AsString()
		}
		out, err := body(in)
		return cty.StringVal(out), err
	}, params...)
}

// opaque is texts for a result that depends on every character.
func opaque(body func(args []string) (string, error), names ...string) function.Function {
	return blind(texts(body, names...))
}

// checked runs a check over the arguments of f before f does.
func checked(f function.Function, check func(args []cty.Value) error) function.Function {
	return derive(f, func(args []cty.Value) ([]cty.Value, error) { return args, check(args) })
}

// sane is f with the panics of go-cty turned into errors (orUnknown).
func sane(f function.Function) function.Function {
	return derive(f, func(args []cty.Value) ([]cty.Value, error) { return args, nil })
}

// blind makes f see text with marks as unknown text, so that a result which
// would depend on hidden text is unknown.
func blind(f function.Function) function.Function {
	return derive(f, func(args []cty.Value) ([]cty.Value, error) {
		out := make([]cty.Value, len(args))
		for i, a := range args {
			out[i] = hideMarked(a)
		}
		return out, nil
	})
}

// derive is f with its arguments prepared by prepare.
func derive(f function.Function, prepare func([]cty.Value) ([]cty.Value, error)) function.Function {
	spec := &function.Spec{
		Description: f.Description(),
		Type: func(args []cty.Value) (cty.Type, error) {
			args, err := prepare(args)
			if err != nil {
				return cty.NilType, err
			}
			t, err := f.ReturnTypeForValues(args)
			return orUnknown(args, t, cty.DynamicPseudoType, err)
		},
		Impl: func(args []cty.Value, ret cty.Type) (cty.Value, error) {
			args, err := prepare(args)
			if err != nil {
				return cty.NilVal, err
			}
			v, err := f.Call(args)
			return orUnknown(args, v, cty.UnknownVal(ret), err)
		},
	}
	for _, p := range f.Params() {
		spec.Params = append(spec.Params, open(p))
	}
	if p := f.VarParam(); p != nil {
		rest := open(*p)
		spec.VarParam = &rest
	}
	return function.New(spec)
}

// orUnknown answers for functions of go-cty that panic: on unknown values,
// which they take for known, with unknown; on others with a plain error.
func orUnknown[T any](args []cty.Value, result, unknown T, err error) (T, error) {
	var crash function.PanicError
	if !errors.As(err, &crash) {
		return result, err
	}
	for _, a := range args {
		if !a.IsWhollyKnown() {
			return unknown, nil
		}
	}
	return result, fmt.Errorf("evaluate arguments: %v", crash.Value)
}

// open lets unknown arguments through to the function that is derived from.
func open(p function.Parameter) function.Parameter {
	p.AllowUnknown, p.AllowDynamicType = true, true
	return p
}

// unknownOf is an impure function: it gives unknown of a type.
func unknownOf(t cty.Type, rest *function.Parameter, params ...function.Parameter) function.Function {
	return function.New(&function.Spec{
		Params: params, VarParam: rest, Type: function.StaticReturnType(t),
		Impl: func([]cty.Value, cty.Type) (cty.Value, error) {
			return cty.UnknownVal(t).RefineNotNull(), nil
		},
	})
}

// identity gives its argument: for what a static reading does not track.
func identity() function.Function {
	return dynamic(func(args []cty.Value) (cty.Value, error) { return args[0], nil }, anything("value"))
}
