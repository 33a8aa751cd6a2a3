package terraform

import (
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// A providerRef is what a module calls one of its provider configurations:
// aws, aws.west, or in OpenTofu aws.by_region["x"].
type providerRef struct{ name, alias, key string }

// A provider is a provider block in the instance of the module that holds it.
// Without block it is what Terraform does where none is written.
type provider struct {
	inst  *instance
	block *hclsyntax.Block
	sc    *scope
	key   string // of one of several that for_each makes
	home  *home  // once told
	open  bool   // while it is being told
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
	if p.key != "" {
		name += "[" + strconv.Quote(p.key) + "]"
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
	key   string
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

func (s *providers) at(inst *instance, block *hclsyntax.Block, sc *scope, key string) *provider {
	k := providerKey{inst, block, key}
	if s.made[k] == nil {
		s.made[k] = &provider{inst: inst, block: block, sc: sc, key: key}
	}
	return s.made[k]
}

// providersOf are the providers that a block makes: several with for_each
// (OpenTofu documentation, "for_each: Multiple instances of a provider
// configuration").
func (e *evaluator) providersOf(inst *instance, block *hclsyntax.Block) []*provider {
	if block.Body.Attributes["for_each"] == nil {
		return []*provider{e.providers.at(inst, block, inst.sc, "")}
	}
	_, keys := e.repeat(block, inst.sc, inst.address("provider."+block.Labels[0]))
	out := make([]*provider, len(keys))
	for i, k := range keys {
		name, _ := keyString(k.key)
		out[i] = e.providers.at(inst, block, k.sc, name)
	}
	return out
}

// providerOf is the provider configuration of a resource, nil when the code
// holds none. A module without provider blocks has those of its caller
// ("Providers Within Modules").
func (e *evaluator) providerOf(o *object) *provider {
	ref := providerRef{name: "aws"}
	if a := o.attr("provider"); a != nil {
		ref = e.refOfProvider(a.Expr, o.sc)
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
			return e.providerAt(i, b, ref.key)
		}
		if i.call != nil {
			ref = e.passedProvider(i, ref)
		}
	}
	return nil
}

// providerAt is the provider of a key among those of a block. One of a key that
// nobody knows is apart from all of them.
func (e *evaluator) providerAt(inst *instance, block *hclsyntax.Block, key string) *provider {
	for _, p := range e.providersOf(inst, block) {
		if p.key == key {
			return p
		}
	}
	return e.providers.at(inst, block, inst.sc, key)
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
		return e.eval(a.Expr, p.sc)
	})
}

// refOfProvider reads a reference to a provider such as aws.west.
func (e *evaluator) refOfProvider(expr hclsyntax.Expression, sc *scope) providerRef {
	switch x := expr.(type) {
	case *hclsyntax.ScopeTraversalExpr:
		ref := providerRef{name: x.Traversal.RootName(), alias: attrName(x.Traversal, 1)}
		if i, ok := x.Traversal[len(x.Traversal)-1].(hcl.TraverseIndex); ok {
			ref.key, _ = keyString(i.Key)
		}
		return ref
	case *hclsyntax.IndexExpr: // aws.west[each.key], of OpenTofu
		ref := e.refOfProvider(x.Collection, sc)
		key, err := e.eval(x.Key, sc)
		name, ok := keyString(key)
		if err != nil || !ok {
			name = e.source(x.Key)
		}
		ref.key = name
		return ref
	}
	v, diags := expr.Value(nil)
	if diags.HasErrors() || !isText(v) {
		return providerRef{name: "aws"}
	}
	name, alias, _ := strings.Cut(v.AsString(), ".")
	return providerRef{name: name, alias: alias}
}

// passedProvider is what the caller calls a provider that a module knows by
// another name ("The providers Meta-Argument").
func (e *evaluator) passedProvider(inst *instance, ref providerRef) providerRef {
	a := inst.call.Body.Attributes["providers"]
	if a == nil {
		return ref
	}
	for _, item := range objectItems(a.Expr) {
		if keyOfProvider(item.KeyExpr) == ref {
			return e.refOfProvider(item.ValueExpr, inst.callScope)
		}
	}
	return ref
}

func keyOfProvider(expr hclsyntax.Expression) providerRef {
	t, diags := hcl.AbsTraversalForExpr(unwrapKey(expr))
	if !diags.HasErrors() {
		return providerRef{name: t.RootName(), alias: attrName(t, 1)}
	}
	name, alias, _ := strings.Cut(keyText(expr), ".")
	return providerRef{name: name, alias: alias}
}

func unwrapKey(expr hclsyntax.Expression) hcl.Expression {
	if k, ok := expr.(*hclsyntax.ObjectConsKeyExpr); ok {
		return k.Wrapped
	}
	return expr
}
