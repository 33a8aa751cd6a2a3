package terraform

import (
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// The bounds of a module source that is put together from variables and
// locals.
const (
	maxEarlyDepth = 8
	maxEarlyBytes = 4096
)

// earlyText is the text of a module's source, which OpenTofu allows to be put
// together from variables and locals ("Early Evaluation"): from the defaults
// of the variables. It is empty where anything else is needed.
func (c *config) earlyText(expr hclsyntax.Expression) string {
	text, ok := c.early(expr, maxEarlyDepth)
	if !ok {
		return ""
	}
	return text
}

func (c *config) early(expr hclsyntax.Expression, depth int) (string, bool) {
	if depth == 0 {
		return "", false
	}
	switch x := expr.(type) {
	case *hclsyntax.LiteralValueExpr:
		return keyString(x.Val)
	case *hclsyntax.ParenthesesExpr:
		return c.early(x.Expression, depth-1)
	case *hclsyntax.TemplateWrapExpr:
		return c.early(x.Wrapped, depth-1)
	case *hclsyntax.TemplateExpr:
		return c.earlyTemplate(x, depth-1)
	case *hclsyntax.ScopeTraversalExpr:
		return c.earlyName(x.Traversal, depth-1)
	}
	return "", false
}

func (c *config) earlyTemplate(x *hclsyntax.TemplateExpr, depth int) (string, bool) {
	var b strings.Builder
	for _, part := range x.Parts {
		text, ok := c.early(part, depth)
		if !ok || b.Len()+len(text) > maxEarlyBytes {
			return "", false
		}
		b.WriteString(text)
	}
	return b.String(), true
}

// earlyName is what a variable or local value holds that is text.
func (c *config) earlyName(t hcl.Traversal, depth int) (string, bool) {
	const rootAndName = 2
	if len(t) != rootAndName {
		return "", false
	}
	var value *hclsyntax.Attribute
	switch name := attrName(t, 1); t.RootName() {
	case "local":
		value = c.local(name)
	case "var":
		if b := c.variable(name); b != nil {
			value = b.Body.Attributes["default"]
		}
	}
	if value == nil {
		return "", false
	}
	return c.early(value.Expr, depth)
}
