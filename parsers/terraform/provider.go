package terraform

import (
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// A providerRef is what a module calls one of its provider configurations:
// aws, or aws.west.
type providerRef struct{ name, alias string }

// A provider is a provider block in the instance of the module that holds it.
// Without block it is what Terraform does where none is written.
type provider struct {
	inst  *instance
	block *hclsyntax.Block
	home  *home // once told
	open  bool  // while it is being told
}

// address is what messages call the provider.
func (p *provider) address() string {
	if p.block == nil {
		return p.inst.address("provider.aws")
	}
	name := "provider." + p.block.Labels[0]
	if alias := literalText(p.attr("alias")); alias != "" {
		name += "." + alias
	}
	return p.inst.address(name)
}

// attr is an argument of the block, nil when it is not written.
func (p *provider) attr(name string) *hclsyntax.Attribute {
	if p.block == nil {
		return nil
	}
	return p.block.Body.Attributes[name]
}

// providers finds provider blocks, each once.
type providers struct {
	made  map[providerKey]*provider
	found map[usedKey]*provider
	// ids and labels are those of accounts that the root module's providers
	// tell, by credentials.
	ids, labels map[string]string
	told        bool
}

type providerKey struct {
	inst  *instance
	block *hclsyntax.Block
}

type usedKey struct {
	inst *instance
	ref  providerRef
}

func newProviders() *providers {
	return &providers{
		made: map[providerKey]*provider{}, found: map[usedKey]*provider{},
		ids: map[string]string{}, labels: map[string]string{},
	}
}

func (s *providers) at(inst *instance, block *hclsyntax.Block) *provider {
	k := providerKey{inst, block}
	if s.made[k] == nil {
		s.made[k] = &provider{inst: inst, block: block}
	}
	return s.made[k]
}

// providerOf is the provider configuration of a resource, nil when the code
// holds none. A module without provider blocks has those of its caller
// ("Providers Within Modules").
func (e *evaluator) providerOf(o *object) *provider {
	ref := providerRef{name: "aws"}
	if a := o.attr("provider"); a != nil {
		ref = refOfProvider(a.Expr)
	}
	k := usedKey{o.inst, ref}
	p, known := e.providers.found[k]
	if !known {
		p = e.findProvider(o.inst, ref)
		e.providers.found[k] = p
	}
	return p
}

func (e *evaluator) findProvider(inst *instance, ref providerRef) *provider {
	for i := inst; i != nil; i = i.parent {
		if b := findProvider(i.cfg, ref); b != nil && (i.parent == nil || !isProxy(b)) {
			return e.providers.at(i, b)
		}
		if i.call != nil {
			ref = passedProvider(i.call, ref)
		}
	}
	return nil
}

func findProvider(c *config, ref providerRef) *hclsyntax.Block {
	for _, p := range c.providers() {
		if p.Labels[0] == ref.name && literalText(p.Body.Attributes["alias"]) == ref.alias {
			return p
		}
	}
	return nil
}

// isProxy reports whether a provider block of a module only says that the
// caller passes one ("Providers Within Modules": legacy proxy configurations).
func isProxy(b *hclsyntax.Block) bool {
	for name := range b.Body.Attributes {
		if name != "alias" && name != "version" {
			return false
		}
	}
	return len(b.Body.Blocks) == 0
}

// providerRegion is the region of a resource's provider when the
// configuration says it.
func (e *evaluator) providerRegion(o *object) string { return e.regionOfProvider(e.providerOf(o)) }

func (e *evaluator) regionOfProvider(p *provider) string {
	if p == nil {
		return ""
	}
	v, err := e.providerValue(p, "region")
	if err != nil || !isText(v) {
		return ""
	}
	return v.AsString()
}

// providerValue is an argument of a provider block, null when it is not
// written.
func (e *evaluator) providerValue(p *provider, name string) (cty.Value, error) {
	a := p.attr(name)
	if a == nil {
		return cty.NullVal(cty.DynamicPseudoType), nil
	}
	address := p.address() + "." + name
	return e.memo(nodeKey{inst: p.inst, name: address}, address, a.NameRange, func() (cty.Value, error) {
		return e.eval(a.Expr, p.inst.sc)
	})
}

// refOfProvider reads a reference to a provider such as aws.west.
func refOfProvider(expr hclsyntax.Expression) providerRef {
	switch x := expr.(type) {
	case *hclsyntax.ScopeTraversalExpr:
		return providerRef{x.Traversal.RootName(), attrName(x.Traversal, 1)}
	case *hclsyntax.IndexExpr: // aws.west[each.key], of OpenTofu
		return refOfProvider(x.Collection)
	}
	v, diags := expr.Value(nil)
	if diags.HasErrors() || !isText(v) {
		return providerRef{name: "aws"}
	}
	name, alias, _ := strings.Cut(v.AsString(), ".")
	return providerRef{name, alias}
}

// passedProvider is what the caller calls a provider that a module knows by
// another name ("The providers Meta-Argument").
func passedProvider(call *hclsyntax.Block, ref providerRef) providerRef {
	a := call.Body.Attributes["providers"]
	if a == nil {
		return ref
	}
	for _, item := range objectItems(a.Expr) {
		if keyOfProvider(item.KeyExpr) == ref {
			return refOfProvider(item.ValueExpr)
		}
	}
	return ref
}

func keyOfProvider(expr hclsyntax.Expression) providerRef {
	t, diags := hcl.AbsTraversalForExpr(unwrapKey(expr))
	if !diags.HasErrors() {
		return providerRef{t.RootName(), attrName(t, 1)}
	}
	name, alias, _ := strings.Cut(keyText(expr), ".")
	return providerRef{name, alias}
}

func unwrapKey(expr hclsyntax.Expression) hcl.Expression {
	if k, ok := expr.(*hclsyntax.ObjectConsKeyExpr); ok {
		return k.Wrapped
	}
	return expr
}
