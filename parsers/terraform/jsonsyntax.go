package terraform

import (
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/iamwatch/iamwatch/parsers/terraform/lang"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// parseJSON turns a JSON configuration ("JSON Configuration Syntax") into the
// blocks that the native syntax would have, so that all that follows knows
// one syntax. The format has no way to tell a nested block from an argument
// of object type: arguments keep their expression, and blocksOf reads nested
// blocks out of it.
func (c *config) parseJSON(f *source.Source) *hclsyntax.Body {
	v, diags := source.ReadJSON(f.Text())
	c.diags = append(c.diags, diags...)
	body := &hclsyntax.Body{Attributes: hclsyntax.Attributes{}}
	for _, top := range v.Elements() {
		if !c.isObject(top) {
			continue
		}
		for _, m := range top.Members {
			labels := topLevelLabels(m.Name.Value)
			if labels >= 0 {
				c.jsonBlocks(body, m.Name, m.Value, labels, nil)
			}
		}
	}
	return body
}

// topLevelLabels is how many labels a top-level block has; -1 for none such.
func topLevelLabels(name string) int {
	switch name {
	case "resource", "data":
		return 2
	case "variable", "output", "module", "provider":
		return 1
	case "locals", "terraform":
		return 0
	}
	return -1
}

// jsonBlocks adds the blocks that v stands for: nested objects give the
// labels, a list several blocks of the same labels.
func (c *config) jsonBlocks(body *hclsyntax.Body, kind source.String, v *source.Value, labels int, found []source.String) {
	for _, e := range v.Elements() {
		if !c.isObject(e) {
			continue
		}
		if labels == len(found) {
			body.Blocks = append(body.Blocks, c.jsonBlock(kind, e, found))
			continue
		}
		for _, m := range e.Members {
			if m.Name.Value != "//" {
				c.jsonBlocks(body, kind, m.Value, labels, append(found[:len(found):len(found)], m.Name))
			}
		}
	}
}

// isObject tells what stands in the place of an object. Null is no block.
func (c *config) isObject(v *source.Value) bool {
	if v.Kind != source.Object && v.Kind != source.Null {
		c.diags = append(c.diags, source.Errorf(v.Range, "want an object"))
	}
	return v.Kind == source.Object
}

func (c *config) jsonBlock(kind source.String, v *source.Value, labels []source.String) *hclsyntax.Block {
	b := &hclsyntax.Block{Type: kind.Value, TypeRange: hclRange(kind.Range), Body: c.jsonBody(kind.Value, v)}
	for _, l := range labels {
		b.Labels = append(b.Labels, l.Value)
		b.LabelRanges = append(b.LabelRanges, hclRange(l.Range))
		b.TypeRange = hclRange(l.Range)
	}
	b.OpenBraceRange = hclRange(v.Range.Source.Range(v.Range.Start(), v.Range.Start()+1))
	b.CloseBraceRange = hclRange(v.Range.Source.Range(v.Range.End()-1, v.Range.End()))
	return b
}

func (c *config) jsonBody(kind string, v *source.Value) *hclsyntax.Body {
	body := &hclsyntax.Body{Attributes: hclsyntax.Attributes{}, SrcRange: hclRange(v.Range)}
	for _, m := range v.Members {
		if m.Name.Value == "//" {
			continue
		}
		body.Attributes[m.Name.Value] = &hclsyntax.Attribute{
			Name: m.Name.Value, Expr: c.jsonArgument(kind, m), NameRange: hclRange(m.Name.Range),
			SrcRange: hclRange(m.Name.Range.Join(m.Value.Range)),
		}
	}
	return body
}

// definitions is the kind of body that a file of variable definitions is.
const definitions = ""

// jsonArgument reads an argument. Values of variables are no expressions, so
// a string in them means what it says ("JSON Configuration Syntax", variable
// blocks).
func (c *config) jsonArgument(kind string, m source.Member) hclsyntax.Expression {
	switch {
	case kind == "variable" && m.Name.Value == "type":
		return c.jsonCode(m.Value)
	case kind == "variable" && m.Name.Value == "default", kind == definitions:
		return jsonExpr(m.Value, jsonLiteral)
	}
	return jsonExpr(m.Value, c.jsonTemplate)
}

// jsonCode reads a string that holds an expression and no template.
func (c *config) jsonCode(v *source.Value) hclsyntax.Expression {
	text := v.Text().Value
	if lang.CheckSyntax(text) == nil {
		if expr, diags := hclsyntax.ParseExpression([]byte(text), c.alias(v.Scalar), hcl.InitialPos); !diags.HasErrors() {
			return expr
		}
	}
	return jsonExpr(v, c.jsonTemplate)
}

// jsonExpr reads a value as the expression that it stands for, with what text
// makes of the strings in it.
func jsonExpr(v *source.Value, text func(source.String) hclsyntax.Expression) hclsyntax.Expression {
	r := hclRange(v.Range)
	switch v.Kind {
	case source.Object:
		e := &hclsyntax.ObjectConsExpr{SrcRange: r, OpenRange: r}
		for _, m := range v.Members {
			key := &hclsyntax.ObjectConsKeyExpr{Wrapped: text(m.Name), ForceNonLiteral: true}
			e.Items = append(e.Items, hclsyntax.ObjectConsItem{KeyExpr: key, ValueExpr: jsonExpr(m.Value, text)})
		}
		return e
	case source.List:
		e := &hclsyntax.TupleConsExpr{SrcRange: r, OpenRange: r}
		for _, i := range v.Items {
			e.Exprs = append(e.Exprs, jsonExpr(i, text))
		}
		return e
	case source.Str:
		return text(v.Scalar)
	}
	return &hclsyntax.LiteralValueExpr{Val: jsonScalar(v), SrcRange: r}
}

func jsonScalar(v *source.Value) cty.Value {
	switch v.Kind {
	case source.Bool:
		return cty.BoolVal(v.Scalar.Value == "true")
	case source.Number:
		const maxDigits = 10_000 // parsing takes quadratic time
		if len(v.Scalar.Value) > maxDigits {
			break
		}
		if n, err := cty.ParseNumberVal(v.Scalar.Value); err == nil {
			return n
		}
	case source.Null:
		return cty.NullVal(cty.DynamicPseudoType)
	}
	return cty.DynamicVal
}

// jsonLiteral reads a string that means what it says.
func jsonLiteral(s source.String) hclsyntax.Expression {
	r := hclRange(s.Range)
	return &hclsyntax.TemplateExpr{
		Parts:    []hclsyntax.Expression{&hclsyntax.LiteralValueExpr{Val: cty.StringVal(s.Value), SrcRange: r}},
		SrcRange: r,
	}
}

// jsonTemplate reads a string as a template.
func (c *config) jsonTemplate(s source.String) hclsyntax.Expression {
	if !strings.Contains(s.Value, "${") && !strings.Contains(s.Value, "%{") || lang.CheckSyntax(s.Value) != nil {
		return jsonLiteral(s)
	}
	name, start := s.Range.Path(), hcl.Pos{Line: 1, Column: 1, Byte: s.Range.Start() + 1}
	if strings.Contains(s.Range.Text(), `\`) {
		name, start = c.alias(s), hcl.InitialPos
	}
	expr, diags := hclsyntax.ParseTemplate([]byte(s.Value), name, start)
	if diags.HasErrors() {
		c.diags = append(c.diags, source.Errorf(s.Range, "parse template: %s", diags[0].Summary))
		return jsonLiteral(s)
	}
	r := hclRange(s.Range)
	switch e := expr.(type) {
	case *hclsyntax.TemplateExpr:
		e.SrcRange = r
	case *hclsyntax.TemplateWrapExpr:
		e.SrcRange = r
	}
	return expr
}

// alias is a file name that stands for the content of one string with
// escapes, so that places in it can be mapped back.
func (c *config) alias(s source.String) string {
	name := "\x00" + s.Range.Path() + "#" + strconv.Itoa(s.Range.Start())
	c.aliases[name] = source.JSONText(s)
	return name
}

func hclRange(r source.Range) hcl.Range {
	return hcl.Range{
		Filename: r.Path(),
		Start:    hcl.Pos{Line: 1, Column: 1, Byte: r.Start()},
		End:      hcl.Pos{Line: 1, Column: 1, Byte: r.End()},
	}
}
