package tfplan

import (
	"strings"

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
	for i, step := range t {
		switch s := step.(type) {
		case hcl.TraverseRoot:
			if s.Name != "module" {
				return nil, false
			}
		case hcl.TraverseAttr:
			if isModule(t[i-1]) {
				out = append(out, terraform.ModuleStep{Name: s.Name})
			} else if s.Name != "module" {
				return nil, false
			}
		case hcl.TraverseIndex:
			if len(out) == 0 {
				return nil, false
			}
			out[len(out)-1].Key = keyValue(s.Key)
		}
	}
	return out, len(out) > 0 && !strings.HasSuffix(address, "module")
}

// isModule reports whether a step is the word module before a call's name.
func isModule(step hcl.Traverser) bool {
	switch s := step.(type) {
	case hcl.TraverseRoot:
		return s.Name == "module"
	case hcl.TraverseAttr:
		return s.Name == "module"
	}
	return false
}

func keyValue(v cty.Value) *source.Value {
	if v.Type() == cty.Number {
		return &source.Value{Kind: source.Number, Scalar: source.NewString(v.AsBigFloat().Text('f', -1), source.Range{})}
	}
	return source.StringValue(source.NewString(v.AsString(), source.Range{}))
}
