package terraform

import (
	"errors"
	"io/fs"
	"path"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/iamwatch/iamwatch/parsers/terraform/lang"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// rootInputs are the values that are given to the root module's variables,
// the last of these ("Variable Definition Precedence"): environment,
// terraform.tfvars, terraform.tfvars.json, *.auto.tfvars in order of name,
// then --var-file and --var.
func (e *evaluator) rootInputs(cfg *config) map[string]site {
	in := inputs{e: e, cfg: cfg, sites: map[string]site{}}
	env := e.tree.env
	for _, key := range sortedKeys(env.Environ) {
		if name, ok := strings.CutPrefix(key, "TF_VAR_"); ok {
			in.text(name, env.Environ[key])
		}
	}
	for _, name := range in.files() {
		in.file(name, false)
	}
	for _, name := range env.VarFiles {
		in.file(path.Clean(name), true)
	}
	for _, name := range sortedKeys(env.Variables) {
		in.text(name, env.Variables[name])
	}
	return in.sites
}

type inputs struct {
	e     *evaluator
	cfg   *config
	sites map[string]site
}

// files are the definition files that Terraform loads by itself.
func (in *inputs) files() []string {
	if in.e.tree.env.FS == nil {
		return nil
	}
	entries, err := fs.ReadDir(in.e.tree.env.FS, in.cfg.dir)
	if err != nil {
		return nil
	}
	var first, auto []string
	for _, entry := range entries {
		switch name := entry.Name(); {
		case name == "terraform.tfvars":
			first = append([]string{path.Join(in.cfg.dir, name)}, first...)
		case name == "terraform.tfvars.json":
			first = append(first, path.Join(in.cfg.dir, name))
		case strings.HasSuffix(name, ".auto.tfvars"), strings.HasSuffix(name, ".auto.tfvars.json"):
			auto = append(auto, path.Join(in.cfg.dir, name))
		}
	}
	return append(first, auto...)
}

// file reads a definition file. One that was asked for has to be there.
func (in *inputs) file(name string, asked bool) {
	f, err := openFile(in.e.tree.env.FS, name)
	if err != nil {
		if asked || !errors.Is(err, fs.ErrNotExist) {
			in.e.diagnose(source.New(name, nil).Range(0, 0), "read file: "+err.Error())
		}
		return
	}
	reader := &config{dir: in.cfg.dir, aliases: in.e.aliases}
	if source.HasMarkBytes(f.Bytes()) {
		in.e.diagnose(f.Range(0, 0), "the noncharacters U+FDD0 and U+FDD1 are not accepted")
		return
	}
	in.e.texts[f.Path] = f
	var body *hclsyntax.Body
	if strings.HasSuffix(name, ".json") {
		v, diags := source.ReadJSON(f.Text())
		reader.diags = diags
		if v == nil {
			v = &source.Value{Range: f.Range(0, 0)}
		}
		body = reader.jsonBody(definitions, v)
	} else {
		body = reader.parse(f)
	}
	in.e.diags = append(in.e.diags, reader.diags...)
	for key, a := range body.Attributes {
		in.sites[key] = site{a.Expr, in.e.root.sc.valuesOnly()}
	}
}

// valuesOnly is a scope without names, for definition files.
func (s *scope) valuesOnly() *scope { return &scope{strict: true, names: map[string]*place{}} }

// text reads a value given on the command line or in the environment: as
// text for a variable that holds text, else as an expression.
func (in *inputs) text(name, value string) {
	decl := in.cfg.variable(name)
	if decl == nil || source.HasMark(value) {
		return
	}
	literal := &hclsyntax.LiteralValueExpr{Val: cty.StringVal(value)}
	sc := in.e.root.sc.valuesOnly()
	in.sites[name] = site{literal, sc}
	t := typeOf(decl.Body.Attributes["type"])
	if t.cty == cty.String || t.cty == cty.DynamicPseudoType || t.cty == cty.Number || t.cty == cty.Bool || lang.CheckSyntax(value) != nil {
		return
	}
	if expr, diags := hclsyntax.ParseExpression([]byte(value), "", hcl.InitialPos); !diags.HasErrors() {
		in.sites[name] = site{expr, sc}
	}
}
