package lang

import (
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	"github.com/zclconf/go-cty/cty/function"
)

// templateFile renders a file with variables ("templatefile Function").
// functions is the table that templates see; it must not lead back here.
func (l *library) templateFile(functions map[string]function.Function) function.Function {
	return l.template(functions, func(name string) (string, error) { return l.readText([]string{name}) })
}

// templateString renders a text with variables ("templatestring Function").
func (l *library) templateString(functions map[string]function.Function) function.Function {
	return asText(l.template(functions, func(text string) (string, error) { return text, nil }))
}

func (l *library) template(functions map[string]function.Function, load func(string) (string, error)) function.Function {
	return blindFirst(dynamic(func(args []cty.Value) (cty.Value, error) {
		name := args[0].AsString()
		vars, err := templateVars(args[1])
		if vars == nil || err != nil {
			return cty.DynamicVal, err
		}
		text, err := load(name)
		if err != nil {
			return cty.NilVal, err
		}
		ctx := &hcl.EvalContext{Variables: vars, Functions: functions}
		return l.render(text, name, ctx)
	}, param("template", cty.String), lax("vars", cty.DynamicPseudoType)))
}

// blindFirst makes a marked template or path unknown, not the variables.
func blindFirst(f function.Function) function.Function {
	return derive(f, func(args []cty.Value) ([]cty.Value, error) {
		return append([]cty.Value{hideMarked(args[0])}, args[1:]...), nil
	})
}

// templateVars are the attributes of the second argument, nil if unknown.
// An unknown string becomes a hole, so that the text around it survives.
func templateVars(v cty.Value) (map[string]cty.Value, error) {
	if v.Type() == cty.DynamicPseudoType || !v.IsKnown() {
		return nil, nil
	}
	if !v.Type().IsObjectType() && !v.Type().IsMapType() {
		return nil, function.NewArgErrorf(1, "invalid vars value: must be a map")
	}
	vars := map[string]cty.Value{}
	for it := v.ElementIterator(); it.Next(); {
		k, e := it.Element()
		if !hclsyntax.ValidIdentifier(k.AsString()) {
			return nil, function.NewArgErrorf(1, "invalid template variable name %q", k.AsString())
		}
		filled, err := fillStrings(e)
		if err != nil {
			return nil, fmt.Errorf("fill unknown: %w", err)
		}
		vars[k.AsString()] = filled
	}
	return vars, nil
}

func fillStrings(v cty.Value) (cty.Value, error) {
	if v.IsWhollyKnown() {
		return v, nil
	}
	return cty.Transform(v, func(_ cty.Path, e cty.Value) (cty.Value, error) {
		if e.Type() == cty.String && !e.IsKnown() {
			return cty.StringVal(lostText()), nil
		}
		return e, nil
	})
}

// render parses and evaluates a template. A template of one expression
// gives that expression's value, whatever its type.
func (l *library) render(text, name string, ctx *hcl.EvalContext) (cty.Value, error) {
	if len(text) > maxTemplateBytes {
		return cty.NilVal, fmt.Errorf("%w: template of more than %d bytes", ErrLimit, maxTemplateBytes)
	}
	if strings.Count(text, "%{") > maxDirectives {
		return cty.NilVal, fmt.Errorf("%w: template of more than %d directives", ErrLimit, maxDirectives)
	}
	if err := CheckSyntax(text); err != nil {
		return cty.NilVal, fmt.Errorf("parse template: %w", err)
	}
	expr, diags := hclsyntax.ParseTemplate([]byte(text), name, hcl.InitialPos)
	if diags.HasErrors() {
		return cty.NilVal, fmt.Errorf("parse template: %w", diags)
	}
	for _, t := range expr.Variables() {
		if _, ok := ctx.Variables[t.RootName()]; !ok {
			return cty.NilVal, function.NewArgErrorf(1, "vars map does not contain key %q, referenced at %s", t.RootName(), t[0].SourceRange())
		}
	}
	v, diags := l.eval(expr, ctx)
	if diags.HasErrors() {
		return cty.NilVal, fmt.Errorf("evaluate template: %w", diags)
	}
	return v, l.renderable(v)
}

func (l *library) eval(expr hcl.Expression, ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	if l.Eval != nil {
		return l.Eval(expr, ctx)
	}
	return expr.Value(ctx)
}

// refuseTemplate stands for a template function inside a template.
func refuseTemplate(name string) function.Function {
	return static(cty.String, func([]cty.Value, cty.Type) (cty.Value, error) {
		return cty.NilVal, fmt.Errorf("cannot call %s from inside a template", name)
	}, param("template", cty.String), lax("vars", cty.DynamicPseudoType))
}

// asText converts the result of templatestring, which is always text.
func asText(f function.Function) function.Function {
	return static(cty.String, func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		v, err := f.Call(args)
		if err != nil {
			return cty.NilVal, err
		}
		if v.IsNull() {
			return cty.NilVal, function.NewArgErrorf(0, "the template gives null instead of text")
		}
		return convert.Convert(v, cty.String)
	}, lax("template", cty.String), lax("vars", cty.DynamicPseudoType))
}
