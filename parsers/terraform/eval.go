package terraform

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	"github.com/zclconf/go-cty/cty/function"

	"github.com/iamwatch/iamwatch/scanner/source"
)

// enter counts a step and a level of nesting; leave ends the level.
func (e *evaluator) enter() error {
	e.steps++
	e.depth++
	return e.exhausted()
}

func (e *evaluator) leave() { e.depth-- }

// eval evaluates an expression (Terraform language, "Expressions"). The
// value can always be used: where there is an error, what is known beside it
// is still there and the rest unknown.
func (e *evaluator) eval(expr hclsyntax.Expression, sc *scope) (cty.Value, error) {
	defer e.leave()
	if err := e.enter(); err != nil {
		e.limit(err)
		return cty.DynamicVal, err
	}
	switch x := expr.(type) {
	case *hclsyntax.LiteralValueExpr:
		return x.Val, nil
	case *hclsyntax.TemplateExpr:
		return e.template(x, sc)
	case *hclsyntax.TemplateJoinExpr:
		return e.templateJoin(x, sc)
	case *hclsyntax.TemplateWrapExpr:
		return e.eval(x.Wrapped, sc)
	case *hclsyntax.ParenthesesExpr:
		return e.eval(x.Expression, sc)
	case *hclsyntax.ScopeTraversalExpr, *hclsyntax.RelativeTraversalExpr, *hclsyntax.IndexExpr:
		return e.reference(expr, sc)
	case *hclsyntax.FunctionCallExpr:
		return e.call(x, sc)
	case *hclsyntax.ConditionalExpr:
		return e.conditional(x, sc)
	case *hclsyntax.ObjectConsExpr:
		return e.object(x, sc)
	case *hclsyntax.ObjectConsKeyExpr:
		return e.objectKey(x, sc)
	case *hclsyntax.TupleConsExpr:
		return e.tuple(x, sc)
	}
	return e.evalMore(expr, sc)
}

func (e *evaluator) evalMore(expr hclsyntax.Expression, sc *scope) (cty.Value, error) {
	switch x := expr.(type) {
	case *plannedExpr:
		return e.plannedValue(x, sc)
	case *refsExpr:
		return e.refsValue(x, sc)
	case *hclsyntax.ForExpr:
		return e.forExpr(x, sc)
	case *hclsyntax.SplatExpr:
		return e.splat(x, sc)
	case *hclsyntax.AnonSymbolExpr:
		if p := sc.lookup(anonymous); p != nil {
			return e.get(p)
		}
		return cty.DynamicVal, nil
	case *hclsyntax.BinaryOpExpr:
		return e.binary(x, sc)
	case *hclsyntax.UnaryOpExpr:
		v, err := e.eval(x.Val, sc)
		out, opErr := operate(x.Op, v)
		return out, firstError(err, opErr)
	}
	return cty.DynamicVal, failf("the expression could not be parsed")
}

// anonymous is the name under which a splat's current item is bound; no
// identifier is like it.
const anonymous = "*"

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func (e *evaluator) reference(expr hclsyntax.Expression, sc *scope) (cty.Value, error) {
	if p := e.follow(expr, sc); p != nil {
		return e.get(p)
	}
	switch x := expr.(type) {
	case *hclsyntax.RelativeTraversalExpr:
		v, err := e.eval(x.Source, sc)
		if err != nil || !v.IsKnown() {
			return cty.DynamicVal, err
		}
		out, diags := x.Traversal.TraverseRel(v)
		return out, diagnosed(diags)
	case *hclsyntax.IndexExpr:
		v, err := e.eval(x.Collection, sc)
		key, keyErr := e.eval(x.Key, sc)
		if err = firstError(err, keyErr); err != nil || !v.IsKnown() {
			return cty.DynamicVal, err
		}
		return stepValue(v, key)
	}
	return cty.DynamicVal, failf("nothing is called %s", e.source(expr))
}

// template joins the parts of a text. An unknown part becomes a hole, so
// that the text around it stays known.
func (e *evaluator) template(x *hclsyntax.TemplateExpr, sc *scope) (cty.Value, error) {
	var b strings.Builder
	var fault error
	for _, part := range x.Parts {
		v, err := e.eval(part, sc)
		text, textErr := e.partText(v, part, sc)
		fault = firstError(fault, err, textErr)
		b.WriteString(text)
		if b.Len() > maxTextBytes {
			err := fmt.Errorf("%w: a text of more than %d bytes", errLimit, maxTextBytes)
			e.limit(err)
			return cty.UnknownVal(cty.String), err
		}
	}
	out := cty.StringVal(b.String())
	if err := e.spend(out); err != nil {
		e.limit(err)
		return cty.UnknownVal(cty.String), err
	}
	return out, fault
}

// partText is a part as text, an unknown one as a hole that says which.
func (e *evaluator) partText(v cty.Value, part hclsyntax.Expression, sc *scope) (string, error) {
	if v = e.notNull(v, part, sc); v.IsKnown() {
		return textOf(v, "")
	}
	return textOf(v, e.partLabel(part, sc))
}

// partLabel names what is unknown inside a text. It is no other label than
// that of the same thing in another text, for equal holes are equal text.
func (e *evaluator) partLabel(part hclsyntax.Expression, sc *scope) string {
	p := e.follow(part, sc)
	switch {
	case p == nil:
		return e.siteLabel(site{part, sc})
	case p.label != "":
		return p.label
	}
	if o := e.origin(p); o.site.ok() && o.obj == nil {
		return e.siteLabel(o.site)
	}
	return e.labelOf(part, sc)
}

func (e *evaluator) templateJoin(x *hclsyntax.TemplateJoinExpr, sc *scope) (cty.Value, error) {
	v, err := e.eval(x.Tuple, sc)
	if !iterable(v) {
		return cty.UnknownVal(cty.String), err
	}
	var b strings.Builder
	for it := v.ElementIterator(); it.Next(); {
		_, item := it.Element()
		text, textErr := textOf(item, unknownLabel)
		err = firstError(err, textErr)
		b.WriteString(text)
	}
	return cty.StringVal(b.String()), err
}

// unknownLabel names what cannot be named; two such holes are not equal.
const unknownLabel = source.UnknownLabel

func (e *evaluator) object(x *hclsyntax.ObjectConsExpr, sc *scope) (cty.Value, error) {
	out := make(map[string]cty.Value, len(x.Items))
	var fault error
	for _, item := range x.Items {
		k, err := e.eval(item.KeyExpr, sc)
		v, valErr := e.eval(item.ValueExpr, sc)
		fault = firstError(fault, err, valErr)
		key, ok := keyString(k)
		if !ok {
			return cty.DynamicVal, firstError(fault, unknownKey(k))
		}
		out[key] = v
	}
	return cty.ObjectVal(out), fault
}

func unknownKey(k cty.Value) error {
	if !k.IsKnown() {
		return nil
	}
	return failf("an object key must be text")
}

func (e *evaluator) objectKey(x *hclsyntax.ObjectConsKeyExpr, sc *scope) (cty.Value, error) {
	if !x.ForceNonLiteral {
		if name := hcl.ExprAsKeyword(x.Wrapped); name != "" {
			return cty.StringVal(name), nil
		}
	}
	return e.eval(x.Wrapped, sc)
}

func (e *evaluator) tuple(x *hclsyntax.TupleConsExpr, sc *scope) (cty.Value, error) {
	out := make([]cty.Value, len(x.Exprs))
	var fault error
	for i, item := range x.Exprs {
		v, err := e.eval(item, sc)
		fault = firstError(fault, err)
		out[i] = v
	}
	return cty.TupleVal(out), fault
}

func (e *evaluator) binary(x *hclsyntax.BinaryOpExpr, sc *scope) (cty.Value, error) {
	a, err := e.eval(x.LHS, sc)
	if err == nil && decides(x.Op, a) {
		return cty.BoolVal(x.Op == hclsyntax.OpLogicalOr), nil
	}
	b, bErr := e.eval(x.RHS, sc)
	if err == nil && bErr == nil && !a.IsKnown() && decides(x.Op, b) {
		return cty.BoolVal(x.Op == hclsyntax.OpLogicalOr), nil
	}
	if err = firstError(err, bErr); err != nil {
		return cty.UnknownVal(x.Op.Type), err
	}
	if x.Op == hclsyntax.OpEqual || x.Op == hclsyntax.OpNotEqual {
		if out := compareMarked(a, b, x.Op == hclsyntax.OpEqual); out != cty.NilVal {
			return out, nil
		}
	}
	return operate(x.Op, a, b)
}

// decides reports whether one side of && or || settles it, whatever stands on
// the other.
func decides(op *hclsyntax.Operation, side cty.Value) bool {
	v := asBool(side)
	switch {
	case v == nil:
		return false
	case op == hclsyntax.OpLogicalAnd:
		return !*v
	}
	return op == hclsyntax.OpLogicalOr && *v
}

// operate applies an operator, its operands converted to what it takes.
func operate(op *hclsyntax.Operation, operands ...cty.Value) (out cty.Value, err error) {
	params := op.Impl.Params()
	for i, v := range operands {
		c, convErr := convert.Convert(v, params[i].Type)
		if convErr != nil && isLoneHole(v) {
			return cty.UnknownVal(op.Type), nil
		}
		if convErr != nil {
			return cty.UnknownVal(op.Type), failf("unsuitable operand: %s", convErr)
		}
		operands[i] = c
		if c.IsNull() && !params[i].AllowNull {
			return cty.UnknownVal(op.Type), failf("the operand is null")
		}
	}
	out, err = op.Impl.Call(operands)
	if err != nil {
		return cty.UnknownVal(op.Type), failf("operate: %s", err)
	}
	return out, nil
}

// call calls a function of the language.
func (e *evaluator) call(x *hclsyntax.FunctionCallExpr, sc *scope) (cty.Value, error) {
	switch builtin(x) {
	case "try":
		return e.tryCall(x, sc)
	case "can":
		return e.canCall(x, sc)
	}
	f, ok := e.function(x.Name, sc)
	if !ok {
		return cty.DynamicVal, failf("there is no function %s", x.Name)
	}
	args, err := e.arguments(x, sc)
	if args == nil && err == nil && x.ExpandFinal {
		return cty.DynamicVal, nil
	}
	e.fillArguments(f, args, x, sc)
	if err := e.charge(args); err != nil {
		e.limit(err)
		return cty.DynamicVal, err
	}
	out, callErr := callUntyped(f, args)
	if callErr != nil {
		e.limitAt(callErr, e.exprRange(x))
		callErr = &refusal{x.Name, callErr}
	}
	err = firstError(err, callErr)
	if spent := e.spend(out); spent != nil {
		e.limit(spent)
		return cty.DynamicVal, spent
	}
	if !out.IsKnown() && err == nil {
		if only, ok := e.onlyElement(x, sc); ok {
			return e.eval(only.expr, only.sc)
		}
		if p := e.picked(x, sc); p != nil {
			return e.get(p)
		}
	}
	return e.nameLost(out, site{x, sc}), err
}

// onlyElement is the element that one, join or element gives of a list that
// has at most one: the usual way to name a resource that may be there.
func (e *evaluator) onlyElement(x *hclsyntax.FunctionCallExpr, sc *scope) (site, bool) {
	arg := 0
	switch builtin(x) {
	case "one", "element":
	case "join":
		arg = len(x.Args) - 1
	default:
		return site{}, false
	}
	if len(x.Args) == 0 || x.ExpandFinal {
		return site{}, false
	}
	list := e.elements(site{x.Args[arg], sc})
	if len(list) != 1 {
		return site{}, false
	}
	return list[0], true
}

func (e *evaluator) tryCall(x *hclsyntax.FunctionCallExpr, sc *scope) (cty.Value, error) {
	args, last := e.spreadArgs(x, sc)
	if args == nil && last == nil && x.ExpandFinal {
		return cty.DynamicVal, nil
	}
	defer e.guard(x)()
	for _, a := range args {
		v, err := e.eval(a, sc)
		if err == nil {
			return v, nil
		}
		last = err
	}
	return cty.DynamicVal, firstError(last, failf("try without argument"))
}

func (e *evaluator) canCall(x *hclsyntax.FunctionCallExpr, sc *scope) (cty.Value, error) {
	args, err := e.spreadArgs(x, sc)
	switch {
	case err != nil:
		return cty.UnknownVal(cty.Bool), err
	case args == nil && x.ExpandFinal:
		return cty.UnknownVal(cty.Bool), nil
	case len(args) != 1:
		return cty.UnknownVal(cty.Bool), failf("can takes one argument")
	}
	defer e.guard(x)()
	v, err := e.eval(args[0], sc)
	if err == nil && (!v.IsKnown() || isLoneHole(v)) {
		return cty.UnknownVal(cty.Bool), nil
	}
	return cty.BoolVal(err == nil), nil
}

// spreadArgs are the arguments of a call, the last spread when it ends in
// three dots; nil when that one is unknown.
func (e *evaluator) spreadArgs(x *hclsyntax.FunctionCallExpr, sc *scope) ([]hclsyntax.Expression, error) {
	if !x.ExpandFinal {
		return x.Args, nil
	}
	last := len(x.Args) - 1
	items, err := e.spreadValues(x.Args[last], sc)
	if items == nil || err != nil {
		return nil, err
	}
	args := slices.Clone(x.Args[:last])
	for _, item := range items {
		args = append(args, &hclsyntax.LiteralValueExpr{Val: item, SrcRange: x.Args[last].Range()})
	}
	return args, nil
}

// spreadValues are the elements of an argument that ends in three dots; nil
// when it is unknown.
func (e *evaluator) spreadValues(arg hclsyntax.Expression, sc *scope) ([]cty.Value, error) {
	v, err := e.eval(arg, sc)
	if err != nil || !v.IsKnown() {
		return nil, err
	}
	t := v.Type()
	if v.IsNull() || !t.IsTupleType() && !t.IsListType() && !t.IsSetType() {
		return nil, failf("only a list, a set or a tuple can be spread")
	}
	items := []cty.Value{}
	for it := v.ElementIterator(); it.Next(); {
		_, item := it.Element()
		items = append(items, item)
	}
	return items, nil
}

// arguments evaluates the arguments, the last spread when it ends in three
// dots; nil when that one is unknown.
func (e *evaluator) arguments(x *hclsyntax.FunctionCallExpr, sc *scope) ([]cty.Value, error) {
	args := make([]cty.Value, 0, len(x.Args))
	var fault error
	for i, a := range x.Args {
		if x.ExpandFinal && i == len(x.Args)-1 {
			items, err := e.spreadValues(a, sc)
			if items == nil {
				return nil, firstError(fault, err)
			}
			args = append(args, items...)
			continue
		}
		v, err := e.eval(a, sc)
		fault = firstError(fault, err)
		args = append(args, v)
	}
	return args, fault
}

// callUntyped calls a function. Where that fails for text of which nothing is
// known, it may be no text.
func callUntyped(f function.Function, args []cty.Value) (cty.Value, error) {
	out, err := callFunction(f, args)
	if err == nil || !slices.ContainsFunc(args, isLoneHole) {
		return out, err
	}
	args = slices.Clone(args)
	for i, v := range args {
		if isLoneHole(v) {
			args[i] = cty.DynamicVal
		}
	}
	return callFunction(f, args)
}

func callFunction(f function.Function, args []cty.Value) (cty.Value, error) {
	params, rest := f.Params(), f.VarParam()
	if len(args) < len(params) || rest == nil && len(args) > len(params) {
		return cty.DynamicVal, failf("the function takes another number of arguments")
	}
	converted := make([]cty.Value, len(args))
	for i, v := range args {
		p := rest
		if i < len(params) {
			p = &params[i]
		}
		c, err := convert.Convert(v, p.Type)
		if err != nil {
			return cty.DynamicVal, failf("invalid argument %s: %s", p.Name, err)
		}
		converted[i] = c
	}
	out, err := f.Call(converted)
	if err != nil {
		return cty.DynamicVal, fmt.Errorf("call function: %w", err)
	}
	return out, nil
}
