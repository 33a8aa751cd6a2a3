package terraform

import (
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/iamwatch/iamwatch/parsers/terraform/lang"
)

// maxOffered bounds how many variable files of a directory are looked into.
const maxOffered = 16

// offered are the variable files that lie beside the root module and that
// Terraform reads only when it is told to, by the variables that they set; of
// several files the first by name.
func (e *evaluator) offered() map[string]string {
	if e.offers != nil {
		return e.offers
	}
	e.offers = map[string]string{}
	if e.tree.env.FS == nil {
		return e.offers
	}
	entries, err := fs.ReadDir(e.tree.env.FS, e.dir)
	if err != nil {
		return e.offers
	}
	left := maxOffered
	for _, entry := range entries {
		name := entry.Name()
		if path.Ext(name) != ".tfvars" || name == "terraform.tfvars" || strings.HasSuffix(name, ".auto.tfvars") || left == 0 {
			continue
		}
		left--
		e.offer(path.Join(e.dir, name))
	}
	return e.offers
}

func (e *evaluator) offer(name string) {
	f, err := openFile(e.tree.env.FS, name)
	if err != nil || lang.CheckSyntax(string(f.Bytes())) != nil {
		return
	}
	parsed, diags := hclsyntax.ParseConfig(f.Bytes(), name, hcl.InitialPos)
	if diags.HasErrors() {
		return
	}
	body, ok := parsed.Body.(*hclsyntax.Body)
	if !ok {
		return
	}
	for variable := range body.Attributes {
		if e.offers[variable] == "" {
			e.offers[variable] = name
		}
	}
}

// missingInput says what would fill a hole that an input fills: missingFor,
// with the variable file that there is.
func (e *evaluator) missingInput(label string) string {
	if p := e.named[label]; p != nil && p.undeclared {
		return fmt.Sprintf("no file that is read declares %s", label)
	}
	if name, ok := strings.CutPrefix(label, "var."); ok {
		if file := e.offered()[name]; file != "" {
			return fmt.Sprintf("variable %q has no default: pass --var %s=..., or --var-file %s, which sets it", name, name, file)
		}
	}
	return missingFor(label)
}
