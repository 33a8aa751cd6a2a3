package terraform

import (
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// Where null, or a step into what is empty, would stop Terraform, a
// conditional that nobody can decide has its other branch: `on ? x : null`
// inside a text is x. Inside try and can that does not hold, for they go on
// without.

// guard starts the arguments of a call; restore ends them.
func (e *evaluator) guard(x *hclsyntax.FunctionCallExpr) (restore func()) {
	guards := e.guards
	switch strings.TrimPrefix(x.Name, "core::") {
	case "try", "can":
		e.guards++
	}
	return func() { e.guards = guards }
}

// unguarded starts something that try and can do not look into: what fails
// there fails wherever it is asked for.
func (e *evaluator) unguarded() (restore func()) {
	guards := e.guards
	e.guards = 0
	return func() { e.guards = guards }
}

// notNull is the value of an expression that is unknown but for which null
// would be an error; the value itself where that says nothing more.
func (e *evaluator) notNull(v cty.Value, expr hclsyntax.Expression, sc *scope) cty.Value {
	if v.IsKnown() && !isLoneHole(v) || e.guards > 0 {
		return v
	}
	s, chosen := site{expr, sc}, false
	for range maxModuleDepth {
		chosen = chosen || isConditional(s.expr)
		if s = e.unlessNull(s); !s.ok() {
			break
		}
		if !chosen {
			continue // nothing but another name of the same value
		}
		out, err := e.eval(s.expr, s.sc)
		if err != nil || !out.IsKnown() || out.IsNull() {
			continue
		}
		if v = out; !isLoneHole(v) {
			break
		}
	}
	return v
}

func isConditional(expr hclsyntax.Expression) bool {
	_, ok := expr.(*hclsyntax.ConditionalExpr)
	return ok
}

// unlessNull looks through references and undecided conditionals of which one
// branch is null; a site that is not ok where there is neither.
func (e *evaluator) unlessNull(s site) site {
	switch x := s.expr.(type) {
	case *hclsyntax.ParenthesesExpr:
		return site{x.Expression, s.sc}
	case *hclsyntax.TemplateWrapExpr:
		return site{x.Wrapped, s.sc}
	case *hclsyntax.ConditionalExpr:
		return site{e.onlyBranch(x, s.sc, cty.Value.IsNull), s.sc}
	}
	p := e.follow(s.expr, s.sc)
	if p == nil || p.obj != nil {
		return site{}
	}
	if o := e.origin(p); o.obj == nil {
		return o.site
	}
	return site{}
}

// onlyBranch is the branch of a conditional that is something, nil where both
// are, or neither.
func (e *evaluator) onlyBranch(x *hclsyntax.ConditionalExpr, sc *scope, nothing func(cty.Value) bool) hclsyntax.Expression {
	is := func(branch hclsyntax.Expression) bool {
		v, err := e.eval(branch, sc)
		return err == nil && v.IsKnown() && nothing(v)
	}
	switch a, b := is(x.TrueResult), is(x.FalseResult); {
	case a == b:
		return nil
	case a:
		return x.FalseResult
	}
	return x.TrueResult
}

// isEmpty reports whether there is no step into a value.
func isEmpty(v cty.Value) bool { return v.IsNull() || iterable(v) && v.LengthInt() == 0 }

// formats reports whether a function puts its arguments into text, where null
// has no place.
func formats(name string) bool {
	switch strings.TrimPrefix(name, "core::") {
	case "format", "formatlist":
		return true
	}
	return false
}

// fillArguments gives the arguments of a call that cannot be null the values
// that they have if they are not.
func (e *evaluator) fillArguments(f function.Function, args []cty.Value, x *hclsyntax.FunctionCallExpr, sc *scope) {
	params, rest := f.Params(), f.VarParam()
	for i := range min(len(args), len(x.Args)) {
		p := rest
		if i < len(params) {
			p = &params[i]
		}
		last := x.ExpandFinal && i == len(x.Args)-1
		if p != nil && (!p.AllowNull || formats(x.Name)) && !last {
			args[i] = e.notNull(args[i], x.Args[i], sc)
		}
	}
}
