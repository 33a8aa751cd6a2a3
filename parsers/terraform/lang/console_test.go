package lang_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/iamwatch/iamwatch/parsers/terraform/lang"
)

const failed = "!error"

// expressions are the lines of testdata/expressions.txt and products of
// functions and sample arguments.
func expressions(t *testing.T) []string {
	t.Helper()
	data, err := os.ReadFile("testdata/expressions.txt")
	if err != nil {
		t.Fatal(err)
	}
	out := strings.Split(strings.TrimSpace(string(data)), "\n")
	texts := []string{`""`, `"a"`, `" A b\n"`, `"é-漢/😀"`, `"10"`, `12`, `true`, `null`, `["a"]`, `{a="b"}`, `"arn:aws:iam::1:role/x"`}
	for _, name := range strings.Fields("base64decode base64encode basename chomp dirname jsondecode lower md5 sha1 sha256 " +
		"sha512 base64sha256 base64sha512 strrev title trimspace upper urlencode tostring tonumber tobool toset tolist tomap " +
		"length keys values flatten distinct compact sort reverse one alltrue anytrue sum abs ceil floor signum yamlencode jsonencode " +
		"csvdecode yamldecode filebase64 fileexists transpose cidrnetmask nonsensitive max min concat merge coalesce coalescelist setunion setproduct range") {
		for _, text := range texts {
			out = append(out, name+"("+text+")")
		}
	}
	for _, name := range strings.Fields("split trim trimprefix trimsuffix startswith endswith strcontains join regex regexall contains " +
		"index element format formatlist indent lookup parseint pow log chunklist cidrhost") {
		for _, a := range texts {
			for _, b := range []string{`"a"`, `":"`, `2`, `["a"]`} {
				out = append(out, fmt.Sprintf("%s(%s, %s)", name, a, b))
			}
		}
	}
	return out
}

// TestFunctionsAgreeWithTerraform compares every expression with terraform
// console, which evaluates them all in one process.
func TestFunctionsAgreeWithTerraform(t *testing.T) {
	binary, err := exec.LookPath("terraform")
	if err != nil {
		t.Skip("SKIPPED: terraform is not on this machine, so its functions were not compared")
	}
	exprs := expressions(t)
	if len(exprs) < 400 {
		t.Fatalf("%d expressions, want at least 400", len(exprs))
	}
	want := askTerraform(t, binary, exprs)
	for i, expr := range exprs {
		if got := evaluate(t, expr); got != want[i] {
			t.Errorf("%s\n got %s\nwant %s", expr, got, want[i])
		}
	}
}

func guarded(expr string) string { return fmt.Sprintf("try([jsonencode(%s)][0], %q)", expr, failed) }

// maxLine keeps below the longest line that terraform console reads.
const maxLine = 60_000

// askTerraform evaluates in as few processes as the length of a line allows.
func askTerraform(t *testing.T, binary string, exprs []string) []string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("testdata/files")); err != nil {
		t.Fatal(err)
	}
	var out, batch []string
	size := 0
	for _, expr := range exprs {
		item := guarded(expr)
		if size += len(item) + 1; size > maxLine {
			out, batch, size = append(out, askBatch(t, binary, dir, batch)...), nil, len(item)
		}
		batch = append(batch, item)
	}
	return append(out, askBatch(t, binary, dir, batch)...)
}

func askBatch(t *testing.T, binary, dir string, items []string) []string {
	t.Helper()
	cmd := exec.Command(binary, "console")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "CHECKPOINT_DISABLE=1", "TF_DATA_DIR="+filepath.Join(t.TempDir(), "data"))
	cmd.Stdin = strings.NewReader("jsonencode([" + strings.Join(items, ",") + "])\n")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	raw, err := cmd.Output()
	if err != nil {
		t.Fatalf("run terraform console: %v\n%s%s", err, raw, stderr.String())
	}
	text, err := strconv.Unquote(string(lastLine(raw)))
	if err != nil {
		t.Fatalf("read answer: %v", err)
	}
	var out []string
	if err := json.Unmarshal([]byte(text), &out); err != nil {
		t.Fatalf("read answers: %v", err)
	}
	return out
}

func lastLine(raw []byte) []byte {
	lines := bytes.Split(bytes.TrimSpace(raw), []byte("\n"))
	return lines[len(lines)-1]
}

func testEnv(dir string) lang.Env {
	return lang.Env{FS: os.DirFS(dir), RootDir: ".", ModuleDir: "."}
}

func eval(t *testing.T, env lang.Env, expr string, vars map[string]cty.Value) (cty.Value, error) {
	t.Helper()
	e, diags := hclsyntax.ParseExpression([]byte(expr), "x.tf", hcl.InitialPos)
	if diags.HasErrors() {
		t.Fatalf("parse %s: %v", expr, diags)
	}
	v, diags := e.Value(&hcl.EvalContext{Functions: lang.Functions(env), Variables: vars})
	if diags.HasErrors() {
		return v, diags
	}
	return v, nil
}

func evaluate(t *testing.T, expr string) string {
	t.Helper()
	v, err := eval(t, testEnv("testdata/files"), guarded(expr), nil)
	if err != nil {
		return "diagnostics: " + err.Error()
	}
	if !v.IsKnown() {
		return "unknown"
	}
	return v.AsString()
}

// TestEveryFunctionIsThere compares the table with terraform's own list.
func TestEveryFunctionIsThere(t *testing.T) {
	binary, err := exec.LookPath("terraform")
	if err != nil {
		t.Skip("SKIPPED: terraform is not on this machine, so the list of functions was not compared")
	}
	raw, err := exec.Command(binary, "metadata", "functions", "-json").Output()
	if err != nil {
		t.Fatal(err)
	}
	var list struct {
		Functions map[string]json.RawMessage `json:"function_signatures"`
	}
	if err := json.Unmarshal(lastLine(raw), &list); err != nil {
		t.Fatal(err)
	}
	have := lang.Functions(lang.Env{})
	var missing, none []string
	for name := range list.Functions {
		if _, ok := have[name]; !ok {
			missing = append(missing, name)
		}
	}
	if len(list.Functions) < 200 {
		t.Fatalf("terraform lists only %d functions", len(list.Functions))
	}
	if diff := cmp.Diff(none, missing); diff != "" {
		t.Errorf("missing functions (-want +got):\n%s", diff)
	}
}
