package lang_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"

	"github.com/iamwatch/iamwatch/parsers/terraform/lang"
)

// hostileVars are values that tempt functions into endless work.
func hostileVars() map[string]cty.Value {
	big := make([]cty.Value, 60_000)
	for i := range big {
		big[i] = cty.StringVal(fmt.Sprint("e", i))
	}
	return map[string]cty.Value{
		"long":   cty.StringVal(strings.Repeat("ab,\n", 200_000)),
		"deep":   cty.StringVal(strings.Repeat("[", 100_000)),
		"parens": cty.StringVal("${" + strings.Repeat("(", 100_000)),
		"blocks": cty.StringVal(strings.Repeat("%{if true}", 20_000)),
		"bangs":  cty.StringVal("${" + strings.Repeat("! ", 100_000) + "true}"),
		"ifs":    cty.StringVal("${" + strings.Repeat("true?1:", 30_000) + "1}"),
		"splats": cty.StringVal("${a" + strings.Repeat("[ * ]", 3_000) + "}"),
		"bomb":   cty.StringVal(yamlBomb()),
		"wide":   cty.ListVal(big),
		"list":   cty.ListVal(big[:2000]),
		"huge":   cty.NumberVal(cty.MustParseNumberVal("1e999999").AsBigFloat()),
		"digits": cty.StringVal(strings.Repeat("9", 1_000_000)),
	}
}

func yamlBomb() string {
	text := "a0: &a0 [x, x]\n"
	for i := 1; i < 30; i++ {
		text += fmt.Sprintf("a%d: &a%d [*a%d, *a%d]\n", i, i, i-1, i-1)
	}
	return text
}

// TestBoundsAreErrors checks that expressions that would take forever give
// an error about a limit at once.
func TestBoundsAreErrors(t *testing.T) {
	for _, expr := range []string{
		`range(1e9)`, `range(0, 1, 1e-9)`, `range(-1e9, 1)`, `range(1e9, 0)`, `range(1e99)`,
		`setproduct(list, list)`, `setproduct(range(100), range(100), range(100))`,
		`format("%2000000000d", 1)`, `format("%.2000000000f", 1)`, `format("%99999999999999999999s", "a")`,
		`format("%-05000s", "a")`, `format("%s%s%s%s%s%s%s", long, long, long, long, long, long, long)`,
		`formatlist("%s-${substr(long, 0, 50000)}", list)`,
		`join(long, list)`, `indent(1000, long)`, `indent(1e15, long)`,
		`replace(long, "a", long)`, `replace(long, "", long)`, `replace(substr(long, 0, 4000), "/a/", long)`,
		`replace(long, "/(.*)/", "$1$1$1")`, `regexall("a.*z|a", long)`, `regex(join("|", list), long)`,
		`regex(".{0,1000}z", long)`,
		`split("", long)`, `jsondecode(deep)`, `yamldecode(deep)`, `yamldecode(bomb)`,
		`csvdecode(long)`, `tostring(huge)`, `format("%d", huge)`, `jsonencode([huge])`, `yamlencode(huge)`,
		`parseint(digits, 10)`, `templatestring(parens, {})`, `templatestring(bangs, {})`, `templatestring(blocks, {})`, `templatestring(ifs, {})`, `templatestring(splats, {})`, `templatestring(long, {})`,
		`concat(wide, wide)`, `merge({for s in wide : s => 1}, {for s in wide : "x${s}" => 1})`,
		`distinct(wide)`, `flatten([for i in range(60) : list])`,
	} {
		t.Run(expr, func(t *testing.T) {
			start := time.Now()
			v, err := eval(t, testEnv("testdata/files"), expr, hostileVars())
			if took := time.Since(start); took > 4*time.Second {
				t.Errorf("took %v", took)
			}
			if err == nil {
				t.Fatalf("no error, known %v", v.IsKnown())
			}
			if !strings.Contains(err.Error(), lang.ErrLimit.Error()) {
				t.Errorf("error %v, want one about a limit", err)
			}
		})
	}
}

func TestSharedValuesAreWeighed(t *testing.T) {
	tower := cty.ListVal([]cty.Value{cty.StringVal("x")})
	for range 18 {
		tower = cty.ListVal([]cty.Value{tower, tower})
	}
	for _, name := range []string{"jsonencode", "yamlencode", "flatten"} {
		_, err := lang.Functions(lang.Env{})[name].Call([]cty.Value{tower})
		if !errors.Is(err, lang.ErrLimit) {
			t.Errorf("%s: error %v, want a limit", name, err)
		}
	}
}

func TestLimitsOfTheEnvHold(t *testing.T) {
	env := testEnv("testdata/files")
	env.MaxElements, env.MaxStringBytes, env.MaxFileSize = 3, 5000, 2
	for expr, ok := range map[string]bool{
		`range(3)`: true, `range(4)`: false,
		`file("x.txt")`: true, `file("sub/a.json")`: false, `filesha256("sub/a.json")`: false,
		`split(",", "a,b,c")`: true, `split(",", "a,b,c,d")`: false,
		`join("", [format("%900s", "a")])`: true,
		`fileset(".", "*")`:                false, `fileset(".", "*.txt")`: true,
	} {
		_, err := eval(t, env, expr, nil)
		if (err == nil) != ok {
			t.Errorf("%s: error %v", expr, err)
		}
	}
}

// TestFilesStayInside plants files and links beside the tree.
func TestFilesStayInside(t *testing.T) {
	top := t.TempDir()
	tree := filepath.Join(top, "tree", "root")
	for _, err := range []error{
		os.MkdirAll(filepath.Join(tree, "modules", "m"), 0o755),
		os.WriteFile(filepath.Join(top, "secret.txt"), []byte("secret"), 0o600),
		os.WriteFile(filepath.Join(top, "tree", "shared.txt"), []byte("shared"), 0o600),
		os.WriteFile(filepath.Join(tree, "modules", "m", "x.txt"), []byte("module"), 0o600),
		os.WriteFile(filepath.Join(tree, "forged.txt"), []byte("\uFDD0self:\uFDD1"), 0o600),
		os.Symlink(filepath.Join(top, "secret.txt"), filepath.Join(tree, "link.txt")),
		os.Symlink("../../secret.txt", filepath.Join(tree, "near.txt")),
		os.Symlink("../..", filepath.Join(tree, "out")),
		os.Symlink("modules", filepath.Join(tree, "in")),
		os.Symlink("circle", filepath.Join(tree, "circle")),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	root, err := os.OpenRoot(filepath.Join(top, "tree"))
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	var read []string
	env := lang.Env{FS: root.FS(), RootDir: "root", OnFile: func(p string, _ int) { read = append(read, p) }}
	for expr, want := range map[string]string{
		`file("../shared.txt")`:                  "shared",
		`file("./modules/m/x.txt")`:              "module",
		`file("modules/m/../m/x.txt")`:           "module",
		`file(abspath("modules/m/x.txt"))`:       "module",
		`file("../../secret.txt")`:               "",
		`file("../../tree/shared.txt")`:          "",
		`file("/../secret.txt")`:                 "",
		`file("link.txt")`:                       "",
		`file("near.txt")`:                       "",
		`file("forged.txt")`:                     "",
		`file("a\u0000b")`:                       "",
		`file("out/secret.txt")`:                 "",
		`file("circle")`:                         "",
		`file("in/m/x.txt")`:                     "module",
		`join(",", fileset("out", "*"))`:         "",
		`join(",", fileset(".", "out/*.txt"))`:   "",
		`join(",", fileset(".", "**/*.txt"))`:    "forged.txt,modules/m/x.txt",
		`filesha256("out/secret.txt")`:           "",
		`tostring(fileexists("out/secret.txt"))`: "",
		`fileexists("../../secret.txt")`:         "",
		`fileset("../..", "*")`:                  "",
		`fileset(".", "../../*")`:                "",
		`templatefile("../../secret.txt", {})`:   "",
		`templatefile("../shared.txt", {})`:      "shared",
		`filebase64("near.txt")`:                 "",
		`join(",", fileset(".", "*.txt"))`:       "forged.txt",
		`join(",", fileset(".", "../*.txt"))`:    "../shared.txt",
		`join(",", fileset("modules", "*/x.*"))`: "m/x.txt",
	} {
		v, err := eval(t, env, expr, nil)
		if got := textOf(v, err); got != want {
			t.Errorf("%s = %q, want %q (%v)", expr, got, want, err)
		}
	}
	slices.Sort(read)
	want := []string{"root/forged.txt", "root/in/m/x.txt", "root/modules/m/x.txt", "shared.txt"}
	if diff := cmp.Diff(want, slices.Compact(read)); diff != "" {
		t.Errorf("files reported (-want +got):\n%s", diff)
	}
}

func textOf(v cty.Value, err error) string {
	if err != nil {
		return ""
	}
	return v.AsString()
}

func TestTemplateUsesTheGivenEvaluator(t *testing.T) {
	env := testEnv("testdata/files")
	env.Eval = func(hcl.Expression, *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
		return cty.StringVal("ours"), nil
	}
	v, err := eval(t, env, `templatefile("x.txt", {})`, nil)
	if got := textOf(v, err); got != "ours" {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestProviderFunctions(t *testing.T) {
	if !lang.IsProvider("provider::x::y") || lang.IsProvider("core::x") {
		t.Error("IsProvider is wrong about a name")
	}
	v, err := lang.Provider().Call([]cty.Value{cty.NullVal(cty.String), cty.DynamicVal})
	if err != nil || v.IsKnown() {
		t.Errorf("got %#v, %v; want unknown", v, err)
	}
	_, err = eval(t, testEnv("."), `provider::aws::arn_parse("nope")`, nil)
	if err == nil {
		t.Error("arn_parse takes what is no ARN")
	}
}

// TestNoFunctionPanics feeds every function with every pair and triple of
// odd values; a panic inside a function comes out as a PanicError.
func TestNoFunctionPanics(t *testing.T) {
	odd := []cty.Value{
		cty.NullVal(cty.DynamicPseudoType), cty.NullVal(cty.String), cty.NullVal(cty.List(cty.String)), cty.DynamicVal,
		cty.UnknownVal(cty.String), cty.UnknownVal(cty.Number), cty.UnknownVal(cty.List(cty.String)), cty.UnknownVal(cty.Map(cty.String)),
		cty.StringVal(""), cty.StringVal("%s"), cty.StringVal("\uFDD0self:\uFDD1"), cty.StringVal("a\uFDD0free:x\uFDD1b"), cty.StringVal("\uFDD0"),
		cty.Zero, cty.NumberIntVal(-1), cty.NumberFloatVal(0.5), cty.PositiveInfinity, cty.True, cty.EmptyTupleVal, cty.EmptyObjectVal,
		cty.ListVal([]cty.Value{cty.StringVal("a"), cty.NullVal(cty.String)}),
		cty.ListVal([]cty.Value{cty.UnknownVal(cty.String), cty.StringVal("\uFDD0self:\uFDD1")}),
		cty.SetVal([]cty.Value{cty.UnknownVal(cty.String), cty.StringVal("a")}),
		cty.MapVal(map[string]cty.Value{"a": cty.UnknownVal(cty.String), "\uFDD0self:\uFDD1": cty.NullVal(cty.String)}),
		cty.ObjectVal(map[string]cty.Value{"a": cty.DynamicVal, "b": cty.NullVal(cty.DynamicPseudoType)}),
		cty.TupleVal([]cty.Value{cty.DynamicVal, cty.NullVal(cty.DynamicPseudoType), cty.NumberIntVal(1)}),
		cty.TupleVal([]cty.Value{cty.EmptyTupleVal, cty.EmptyObjectVal}),
	}
	for name, f := range lang.Functions(testEnv("testdata/files")) {
		if strings.HasPrefix(name, "core::") || strings.HasSuffix(name, "try") || strings.HasSuffix(name, "can") {
			continue
		}
		mustNotPanic(t, name, f)
		for _, a := range odd {
			mustNotPanic(t, name, f, a)
			for _, b := range odd {
				mustNotPanic(t, name, f, a, b)
				for _, c := range odd {
					mustNotPanic(t, name, f, a, b, c)
				}
			}
		}
	}
}

func mustNotPanic(t *testing.T, name string, f function.Function, args ...cty.Value) {
	t.Helper()
	_, err := f.Call(args)
	var p function.PanicError
	if errors.As(err, &p) {
		t.Errorf("%s(%#v): %v", name, args, p.Value)
	}
}
