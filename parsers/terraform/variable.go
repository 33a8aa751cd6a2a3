package terraform

import (
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/typeexpr"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"github.com/iamwatch/iamwatch/scanner/source"
)

// A varType is a variable's type constraint with the defaults of optional().
type varType struct {
	cty      cty.Type
	defaults *typeexpr.Defaults
}

func typeOf(a *hclsyntax.Attribute) varType {
	if a == nil {
		return varType{cty: cty.DynamicPseudoType}
	}
	t, defaults, diags := typeexpr.TypeConstraintWithDefaults(a.Expr)
	if !diags.HasErrors() {
		return varType{t, defaults}
	}
	switch literalText(a) { // quoted types of Terraform 0.11
	case "string":
		return varType{cty: cty.String}
	case "list":
		return varType{cty: cty.List(cty.DynamicPseudoType)}
	case "map":
		return varType{cty: cty.Map(cty.DynamicPseudoType)}
	}
	return varType{cty: cty.DynamicPseudoType}
}

// apply converts a value to the type.
func (t varType) apply(v cty.Value) (cty.Value, error) {
	if t.defaults != nil && !v.IsNull() {
		v = t.defaults.Apply(v)
	}
	out, err := convert.Convert(v, t.cty)
	if err != nil {
		return v, failf("the value does not suit the variable's type: %s", err)
	}
	return out, nil
}

// variable is the place of an input variable ("Input Variables").
func (e *evaluator) variable(inst *instance, name string) *place {
	if p := inst.places["var."+name]; p != nil {
		return p
	}
	p := &place{label: inst.address("var." + name)}
	inst.places["var."+name] = p
	e.named[safeLabel(p.label)] = p
	decl := inst.cfg.variable(name)
	if decl == nil {
		p.undeclared = true
		p.value = func() (cty.Value, error) { return cty.DynamicVal, failf("there is no variable %q", name) }
		return p
	}
	t := typeOf(decl.Body.Attributes["type"])
	p.site = e.written(inst, name, decl)
	p.value = func() (cty.Value, error) {
		return e.memo(nodeKey{inst: inst, name: "var." + name}, p.label, headerRange(decl), func() (cty.Value, error) {
			return e.variableValue(p, t, decl)
		})
	}
	return p
}

// written is where a variable gets its value: the call's argument, an input
// of the root module, the default; none when it has none of them.
func (e *evaluator) written(inst *instance, name string, decl *hclsyntax.Block) site {
	if inst.call != nil {
		if a := inst.call.Body.Attributes[name]; a != nil {
			return site{a.Expr, inst.callScope}
		}
	}
	if s, ok := inst.inputs[name]; ok {
		return s
	}
	if d := decl.Body.Attributes["default"]; d != nil {
		return site{d.Expr, inst.sc}
	}
	return site{}
}

func (e *evaluator) variableValue(p *place, t varType, decl *hclsyntax.Block) (cty.Value, error) {
	if !p.site.ok() {
		return unknownVariable(p.label, decl.Labels[0], t), nil
	}
	v, err := e.eval(p.site.expr, p.site.sc)
	if v.IsKnown() && v.IsNull() {
		v, err = e.nullVariable(p, v, err, decl)
	}
	out, typeErr := t.apply(v)
	if typeErr != nil && isLoneHole(v) {
		out, typeErr = cty.UnknownVal(t.cty), nil
	}
	if !out.IsKnown() {
		out = unknownOf(out, t, p.label)
	}
	return out, firstError(err, typeErr)
}

// nullVariable gives a variable that does not take null its default
// ("nullable").
func (e *evaluator) nullVariable(p *place, v cty.Value, err error, decl *hclsyntax.Block) (cty.Value, error) {
	d, n := decl.Body.Attributes["default"], decl.Body.Attributes["nullable"]
	if d == nil || n == nil || d.Expr == p.site.expr {
		return v, err
	}
	if b, diags := n.Expr.Value(nil); diags.HasErrors() || asBool(b) == nil || *asBool(b) {
		return v, err
	}
	p.site = site{d.Expr, p.site.sc}
	return e.eval(d.Expr, p.site.sc)
}

// unknownVariable is the value of a variable that nobody gave one. Text, and
// what has no type, is a hole; anything else an unknown of its type.
func unknownVariable(label, name string, t varType) cty.Value {
	kind := source.HoleFree
	if isAccountName(name) {
		kind = source.HoleAccount
	}
	if t.cty == cty.String || t.cty == cty.DynamicPseudoType {
		return cty.StringVal(hole(kind, label))
	}
	return cty.UnknownVal(t.cty)
}

// unknownOf keeps an unknown text as a hole.
func unknownOf(v cty.Value, t varType, label string) cty.Value {
	if v.Type() == cty.String || t.cty == cty.String {
		return cty.StringVal(hole(source.HoleFree, label))
	}
	return v
}

// isAccountName reports whether a variable's name says that it holds one
// account id.
func isAccountName(name string) bool {
	name = strings.ToLower(name)
	for _, end := range []string{"account", "account_id", "accountid", "account_number", "aws_account"} {
		if strings.HasSuffix(name, end) {
			return true
		}
	}
	return false
}

// local is the place of a local value.
func (e *evaluator) local(inst *instance, name string) *place {
	if p := inst.places["local."+name]; p != nil {
		return p
	}
	label := inst.address("local." + name)
	p := &place{whole: true, label: label}
	inst.places["local."+name] = p
	e.named[safeLabel(label)] = p
	a := inst.cfg.local(name)
	if a == nil {
		p.undeclared = true
		p.value = func() (cty.Value, error) { return cty.DynamicVal, failf("there is no local value %q", name) }
		return p
	}
	p.site = site{a.Expr, inst.sc}
	p.value = func() (cty.Value, error) {
		return e.memo(nodeKey{inst: inst, name: "local." + name}, label, a.NameRange, func() (cty.Value, error) {
			return e.eval(a.Expr, inst.sc)
		})
	}
	return p
}

// attribute ranges of a block that may be absent.
func attrRange(b *hclsyntax.Block, name string) hcl.Range {
	if a := b.Body.Attributes[name]; a != nil {
		return a.Expr.Range()
	}
	return headerRange(b)
}
