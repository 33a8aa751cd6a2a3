package terraform

import (
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// providerRegion is the region of a resource's provider when the
// configuration says it. A module without providers of its own has those of
// its caller ("Providers Within Modules").
func (e *evaluator) providerRegion(o *object) string {
	alias := ""
	if a := o.attr("provider"); a != nil {
		alias = providerAlias(a.Expr)
	}
	for i := o.inst; i != nil; i = i.parent {
		if p := findProvider(i.cfg, alias); p != nil {
			return e.providerText(i, p, "region")
		}
		if i.call != nil {
			alias = passedAlias(i.call, alias)
		}
	}
	return ""
}

func findProvider(c *config, alias string) *hclsyntax.Block {
	for _, p := range c.providers() {
		if p.Labels[0] == "aws" && literalText(p.Body.Attributes["alias"]) == alias {
			return p
		}
	}
	return nil
}

func (e *evaluator) providerText(i *instance, p *hclsyntax.Block, name string) string {
	a := p.Body.Attributes[name]
	if a == nil {
		return ""
	}
	name = p.Labels[0] + "." + literalText(p.Body.Attributes["alias"]) + "." + name
	v, err := e.memo(nodeKey{inst: i, name: "provider." + name}, i.address("provider."+name), a.NameRange, func() (cty.Value, error) {
		return e.eval(a.Expr, i.sc)
	})
	if err != nil || !isText(v) {
		return ""
	}
	return v.AsString()
}

// providerAlias is the alias of a provider reference such as aws.west.
func providerAlias(expr hclsyntax.Expression) string {
	if t, ok := expr.(*hclsyntax.ScopeTraversalExpr); ok {
		return attrName(t.Traversal, 1)
	}
	v, diags := expr.Value(nil)
	if diags.HasErrors() || !isText(v) {
		return ""
	}
	_, alias, _ := strings.Cut(v.AsString(), ".")
	return alias
}

// passedAlias is what the caller calls a provider that a module knows under
// another alias ("The providers Meta-Argument").
func passedAlias(call *hclsyntax.Block, alias string) string {
	a := call.Body.Attributes["providers"]
	if a == nil {
		return alias
	}
	for _, item := range objectItems(a.Expr) {
		key, diags := hcl.AbsTraversalForExpr(unwrapKey(item.KeyExpr))
		if diags.HasErrors() || key.RootName() != "aws" || attrName(key, 1) != alias {
			continue
		}
		return providerAlias(item.ValueExpr)
	}
	return alias
}

func unwrapKey(expr hclsyntax.Expression) hcl.Expression {
	if k, ok := expr.(*hclsyntax.ObjectConsKeyExpr); ok {
		return k.Wrapped
	}
	return expr
}
