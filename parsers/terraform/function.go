package terraform

import (
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// function is of use for the keys in its environment.
func (b *builder) function(o *object) {
	for _, env := range b.blocks(o, "environment") {
		b.environmentKeys(o, model.FunctionKey, env.body.Attributes["variables"], env.sc)
	}
}

// environmentKeys keeps the keys in a map of environment variables: their
// place and kind, nothing of their values.
func (b *builder) environmentKeys(o *object, place model.KeyPlace, variables *hclsyntax.Attribute, sc *scope) {
	if variables == nil {
		return
	}
	for _, m := range b.read(variables.Expr, sc).Members {
		v := m.Value.Text()
		if v.Value == "" || source.HasMark(v.Value) {
			continue
		}
		for _, k := range model.FindKeys(m.Name.Value + "=" + v.Value) {
			w := &model.WrittenKey{
				Entity: b.entity(o, ""), Unit: b.unit, Place: place,
				Kind: k.Kind, Last4: k.Last4, Argument: m.Name.Value, Origin: v.Origin,
			}
			w.Range = v.Range
			b.unit.WrittenKeys = append(b.unit.WrittenKeys, w)
		}
	}
}
