package terraform

import (
	"path"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/iamwatch/iamwatch/scanner/source"
)

// plannedConfig is a module's configuration as a plan has it: no places but
// those in the plan, no locals, and of expressions the constants and what they
// refer to ("Configuration Representation" in "JSON Output Format"). conf is
// nil for a state, which has none.
func plannedConfig(file *source.Source, conf, providers *source.Value) *config {
	c := loadConfig(path.Dir(file.Path), nil)
	c.planned = true
	body := &hclsyntax.Body{}
	for _, r := range conf.Get("resources").Elements() {
		body.Blocks = append(body.Blocks, plannedBlock(r))
	}
	for _, m := range members(conf.Get("variables")) {
		b := labelled("variable", m)
		setAttribute(b.Body, "default", m.Value.Get("default"))
		body.Blocks = append(body.Blocks, b)
	}
	for _, m := range members(conf.Get("outputs")) {
		b := labelled("output", m)
		setExpression(b.Body, "value", m.Value.Get("expression"))
		body.Blocks = append(body.Blocks, b)
	}
	for _, m := range members(conf.Get("module_calls")) {
		b := labelled("module", m)
		setExpressions(b.Body, m.Value.Get("expressions"))
		setRepetition(b.Body, m.Value)
		body.Blocks = append(body.Blocks, b)
	}
	for _, m := range members(providers) {
		if m.Value.Get("module_address") == nil {
			body.Blocks = append(body.Blocks, plannedProvider(m))
		}
	}
	c.declareAll(body, false)
	return c
}

func members(v *source.Value) []source.Member {
	if v == nil {
		return nil
	}
	return v.Members
}

func labelled(kind string, m source.Member) *hclsyntax.Block {
	b := placedBlock(kind, m.Name.Range, m.Value.Range)
	b.Labels = []string{m.Name.Value}
	return b
}

func callBlock(name string, at source.Range) *hclsyntax.Block {
	b := placedBlock("module", at, at)
	b.Labels = []string{name}
	return b
}

func plannedBlock(r *source.Value) *hclsyntax.Block {
	kind := "resource"
	if r.Get("mode").Text().Value == "data" {
		kind = "data"
	}
	b := placedBlock(kind, r.Get("address").Text().Range, r.Range)
	b.Labels = []string{r.Get("type").Text().Value, r.Get("name").Text().Value}
	setExpressions(b.Body, r.Get("expressions"))
	setRepetition(b.Body, r)
	setProvider(b.Body, r.Get("provider_config_key").Text())
	return b
}

// setProvider says which provider a resource has. Its key has the module that
// the provider is configured in before a colon.
func setProvider(body *hclsyntax.Body, key source.String) {
	name := key.Value[strings.LastIndexByte(key.Value, ':')+1:]
	if !strings.HasPrefix(name, "aws.") {
		return
	}
	x := parseRefs(source.StringValue(source.NewString(name, key.Range)), key.Range, false)
	if len(x.Exprs) == 1 {
		body.Attributes["provider"] = &hclsyntax.Attribute{Name: "provider", Expr: x.Exprs[0], NameRange: hclRange(key.Range)}
	}
}

// plannedProvider declares a provider of the root module.
func plannedProvider(m source.Member) *hclsyntax.Block {
	b := placedBlock("provider", m.Name.Range, m.Value.Range)
	b.Labels = []string{m.Value.Get("name").Text().Value}
	setExpressions(b.Body, m.Value.Get("expressions"))
	if alias := m.Value.Get("alias"); alias != nil {
		setAttribute(b.Body, "alias", alias)
	}
	return b
}

func setRepetition(body *hclsyntax.Body, v *source.Value) {
	setExpression(body, "count", v.Get("count_expression"))
	setExpression(body, "for_each", v.Get("for_each_expression"))
	if a := body.Attributes["for_each"]; a != nil {
		if x, ok := a.Expr.(*refsExpr); ok {
			x.bare = true
		}
	}
}

func setExpressions(body *hclsyntax.Body, v *source.Value) {
	for _, m := range members(v) {
		open := m.Name.Value == "resources" || m.Name.Value == "not_resources"
		setNamed(body, m.Name, m.Value, open)
	}
}

func setExpression(body *hclsyntax.Body, name string, v *source.Value) {
	if v != nil {
		setNamed(body, source.NewString(name, v.Range), v, false)
	}
}

// setNamed adds an argument, or the nested blocks that stand in its place. Of
// configuration in JSON a plan gives templates as they are written for
// constants, beside what they refer to.
func setNamed(body *hclsyntax.Body, name source.String, v *source.Value, open bool) {
	constant, refs := v.Get("constant_value"), v.Get("references")
	switch {
	case constant != nil && refs == nil:
		setAttribute(body, name.Value, constant)
	case refs != nil:
		x := parseRefs(refs, v.Range, open)
		x.list = isList(name.Value)
		body.Attributes[name.Value] = &hclsyntax.Attribute{Name: name.Value, Expr: x, NameRange: hclRange(name.Range)}
	case v.Kind == source.Object && len(v.Members) == 0:
		body.Attributes[name.Value] = &hclsyntax.Attribute{Name: name.Value, Expr: literalAt(v.Range), NameRange: hclRange(name.Range)}
	default:
		for _, item := range v.Elements() {
			b := placedBlock(name.Value, item.Range, item.Range)
			setExpressions(b.Body, item)
			body.Blocks = append(body.Blocks, b)
		}
	}
}

func setAttribute(body *hclsyntax.Body, name string, v *source.Value) {
	if v == nil {
		return
	}
	body.Attributes[name] = &hclsyntax.Attribute{Name: name, Expr: constantExpr(v), NameRange: hclRange(v.Range), SrcRange: hclRange(v.Range)}
}

// constantExpr is a JSON value as an expression without templates.
func constantExpr(v *source.Value) hclsyntax.Expression {
	r := hclRange(v.Range)
	switch v.Kind {
	case source.Object:
		x := &hclsyntax.ObjectConsExpr{SrcRange: r, OpenRange: r}
		for _, m := range v.Members {
			key := source.StringValue(m.Name)
			x.Items = append(x.Items, hclsyntax.ObjectConsItem{
				KeyExpr:   &hclsyntax.ObjectConsKeyExpr{Wrapped: constantExpr(key), ForceNonLiteral: true},
				ValueExpr: constantExpr(m.Value),
			})
		}
		return x
	case source.List:
		x := &hclsyntax.TupleConsExpr{SrcRange: r, OpenRange: r}
		for _, item := range v.Items {
			x.Exprs = append(x.Exprs, constantExpr(item))
		}
		return x
	}
	return &hclsyntax.LiteralValueExpr{Val: treeValue(v), SrcRange: r}
}

// isList reports whether an argument holds a list: the provider calls these by
// the plural. A plan does not say.
func isList(name string) bool {
	switch name {
	case "managed_policy_arns", "policy_arns", "policy_names", "users", "roles", "groups", "identifiers", "actions", "not_actions",
		"resources", "not_resources", "values", "client_id_list", "source_policy_documents", "override_policy_documents":
		return true
	}
	return false
}
