package tfplan

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/iamwatch/iamwatch/parsers/terraform"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// modulePath reads the address of a module instance, such as
// module.a["k"].module.b[0]; the root module's is empty.
func modulePath(address string) ([]terraform.ModuleStep, bool) {
	if address == "" {
		return nil, true
	}
	t, diags := hclsyntax.ParseTraversalAbs([]byte(address), "", hcl.InitialPos)
	if diags.HasErrors() {
		return nil, false
	}
	var out []terraform.ModuleStep
	called := false // the step before is the word module
	for _, step := range t {
		name := stepText(step)
		index, isIndex := step.(hcl.TraverseIndex)
		switch {
		case isIndex && !called && len(out) > 0:
			out[len(out)-1].Key = keyValue(index.Key)
		case called && name != "":
			out, called = append(out, terraform.ModuleStep{Name: name}), false
		case name == "module":
			called = true
		default:
			return nil, false
		}
	}
	return out, !called
}

// stepText is the name that a step goes to; empty for an index.
func stepText(step hcl.Traverser) string {
	switch s := step.(type) {
	case hcl.TraverseRoot:
		return s.Name
	case hcl.TraverseAttr:
		return s.Name
	}
	return ""
}

func keyValue(v cty.Value) *source.Value {
	if v.Type() == cty.Number {
		return &source.Value{Kind: source.Number, Scalar: source.NewString(v.AsBigFloat().Text('f', -1), source.Range{})}
	}
	return source.StringValue(source.NewString(v.AsString(), source.Range{}))
}
