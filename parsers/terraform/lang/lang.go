// Package lang holds the built-in functions of the Terraform language for a
// static evaluator: one that runs without a network, without a clock and
// with no access outside the scanned tree.
//
// Pure functions give Terraform's results and errors (source: the pages
// "Built-in Functions" of the Terraform language documentation, and the
// observed behaviour of terraform console 1.11). Impure ones give unknown.
//
// Two things differ from Terraform on purpose. Text may hold marks (package
// source), which stand for text that only AWS knows: a function that carries
// text through keeps them, a function whose result depends on the hidden
// text gives unknown. And unknown parts of encoded or joined text become
// marks instead of making all of the text unknown, because half a policy is
// worth more than none. Every function is bounded by the limits of its Env.
package lang

import (
	"io/fs"
	"maps"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// Limits that hold where an Env leaves them at zero.
const (
	DefaultMaxFileSize    = 4 << 20 // bytes of one file
	DefaultMaxElements    = 100_000 // elements of one result
	DefaultMaxStringBytes = 4 << 20 // bytes of one string
)

// An Env is what the functions of one root module may see and use.
// RootDir and ModuleDir are slash paths in FS, "." for its top.
type Env struct {
	// FS is the scanned tree. It must not follow links that lead out
	// (os.Root's file system does not). Nil means that no file exists.
	FS fs.FS
	// RootDir is the root module's directory: relative paths start there,
	// as Terraform's do in its working directory. The value of path.module
	// must therefore be relative to RootDir ("." or "modules/x").
	RootDir string
	// ModuleDir is the calling module's directory; used in messages only.
	ModuleDir string

	MaxFileSize    int64 // bytes
	MaxElements    int   // elements of one collection
	MaxStringBytes int   // bytes of one string

	// OnFile is told the path in FS and the bytes of each file that was read.
	// It may be nil.
	OnFile func(path string, bytes int)
	// Eval evaluates the parsed template of templatefile and templatestring;
	// an evaluator sets it to count its steps there and to keep unknown
	// parts as marks. Nil means the expression's own Value method.
	Eval func(expr hcl.Expression, ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics)
}

// A library makes the functions of one environment.
type library struct{ Env }

func newLibrary(env Env) *library {
	if env.MaxFileSize <= 0 {
		env.MaxFileSize = DefaultMaxFileSize
	}
	if env.MaxElements <= 0 {
		env.MaxElements = DefaultMaxElements
	}
	if env.MaxStringBytes <= 0 {
		env.MaxStringBytes = DefaultMaxStringBytes
	}
	return &library{env}
}

// Functions returns every built-in function by name, plain and with the
// prefix core::, and the pure functions of the AWS provider. A name that
// IsProvider reports and the table lacks is to be answered with Provider.
// The table depends on Env alone and is safe for concurrent use, so one
// table serves all modules of a root module.
func Functions(env Env) map[string]function.Function {
	l := newLibrary(env)
	table := make(map[string]function.Function, 260)
	for _, part := range []map[string]function.Function{
		l.textTable(), l.searchTable(), l.collectionTable(), l.setTable(), l.numberTable(),
		l.encodingTable(), digestTable(), netTable(), timeTable(), l.fileTable(),
	} {
		maps.Copy(table, part)
	}
	addCoreNames(table)
	inner := maps.Clone(table)
	addTemplates(inner, refuseTemplate("templatefile"), refuseTemplate("templatestring"))
	addTemplates(table, l.templateFile(inner), l.templateString(inner))
	maps.Copy(table, providerTable())
	maps.Copy(inner, providerTable())
	return table
}

func addCoreNames(table map[string]function.Function) {
	for name, f := range maps.Clone(table) {
		table[corePrefix+name] = f
	}
}

func addTemplates(table map[string]function.Function, file, text function.Function) {
	table["templatefile"], table[corePrefix+"templatefile"] = file, file
	table["templatestring"], table[corePrefix+"templatestring"] = text, text
}

const (
	corePrefix     = "core::"
	providerPrefix = "provider::"
)

// IsProvider reports whether a function name belongs to a provider
// (Terraform language documentation, "Provider-defined functions").
func IsProvider(name string) bool { return strings.HasPrefix(name, providerPrefix) }

// Provider returns a function that takes anything and gives unknown: the
// answer for provider functions, whose code is not at hand.
func Provider() function.Function {
	return function.New(&function.Spec{
		Description: "A function of a provider.",
		VarParam: &function.Parameter{
			Name: "args", Type: cty.DynamicPseudoType,
			AllowNull: true, AllowUnknown: true, AllowDynamicType: true, AllowMarked: true,
		},
		Type: function.StaticReturnType(cty.DynamicPseudoType),
		Impl: func([]cty.Value, cty.Type) (cty.Value, error) { return cty.DynamicVal, nil },
	})
}
