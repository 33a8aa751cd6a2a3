package terraform

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	ctyjson "github.com/zclconf/go-cty/cty/json"

	"github.com/iamwatch/iamwatch/scanner"
)

const (
	failed        = "!error"  // the value of an expression that has none
	unknownAnswer = "unknown" // how a value that is not known is written
)

func findTerraform(t *testing.T) string {
	t.Helper()
	binary, err := exec.LookPath("terraform")
	if err != nil {
		t.Skip("SKIPPED: terraform is not on this machine, so the evaluator was not compared with it")
	}
	return binary
}

func runTerraform(t *testing.T, binary, dir string, args ...string) []byte {
	t.Helper()
	cmd := exec.Command(binary, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "CHECKPOINT_DISABLE=1", "TF_CLI_CONFIG_FILE="+os.DevNull, "TF_DATA_DIR="+filepath.Join(dir, ".terraform"))
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("run terraform %v: %v\n%.3000s%.3000s", args, err, out, stderr.String())
	}
	return out
}

func readCallTable(t *testing.T, binary string) *callTable {
	t.Helper()
	var list struct {
		Functions map[string]signature `json:"function_signatures"`
	}
	if err := json.Unmarshal(runTerraform(t, binary, t.TempDir(), "metadata", "functions", "-json"), &list); err != nil {
		t.Fatalf("read functions: %v", err)
	}
	return newCallTable(list.Functions)
}

// setting is a number that the environment may set, to search further.
func setting(t *testing.T, name string, standard int) int {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return standard
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("read %s: %v", name, err)
	}
	return n
}

// batchSize is how many outputs Terraform plans at once: its time grows with
// the square of their number.
const batchSize = 150

// writeKey writes a key and a text that it decrypts.
func writeKey(t *testing.T, dir string) {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	//nolint:staticcheck // the function rsadecrypt is defined by this padding
	cipher, err := rsa.EncryptPKCS1v15(rand.Reader, &key.PublicKey, []byte("text"))
	if err != nil {
		t.Fatal(err)
	}
	block := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})
	for name, data := range map[string][]byte{"key.pem": block, "cipher.txt": []byte(base64.StdEncoding.EncodeToString(cipher))} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// TestEvaluatorAgreesWithTerraform compares the values and types of generated
// expressions with those that Terraform plans for outputs of the same files.
// CONSOLE_SEED and CONSOLE_COUNT make it try others and more.
func TestEvaluatorAgreesWithTerraform(t *testing.T) {
	binary := findTerraform(t)
	g := newGenerator(uint64(setting(t, "CONSOLE_SEED", 1)), readCallTable(t, binary))
	exprs := generate(g, setting(t, "CONSOLE_COUNT", 1500))
	var want, have []string
	for batch := range slices.Chunk(exprs, batchSize) {
		dir := t.TempDir()
		writeModule(t, dir, batch)
		have = append(have, evaluated(t, dir, len(batch))...)
		want = append(want, planned(t, binary, dir, len(batch))...)
	}
	var d differences
	fine := map[string]bool{}
	for i, got := range have {
		if want[i] == unknownAnswer {
			continue
		}
		if want[i] != typed(cty.StringVal(failed)) {
			markGood(fine, exprs[i])
		}
		d.compare(exprs[i], got, want[i])
	}
	d.report(t, len(exprs))
	if os.Getenv("CONSOLE_SEED") == "" {
		checkCoverage(t, g, fine)
	}
}

// generate writes some calls of each function, then anything.
func generate(g *generator, n int) []string {
	var out []string
	add := func(expr string) {
		if parses(expr) {
			out = append(out, expr)
		}
	}
	for _, name := range g.calls.names {
		for range 10 {
			add(g.call(name, g.anyType(1), 1))
		}
	}
	for len(out) < n {
		add(g.expr(g.anyType(2), 1+g.r.IntN(4)))
	}
	return out
}

func parses(expr string) bool {
	_, diags := hclsyntax.ParseExpression([]byte("[\n"+expr+"\n]"), "", hcl.InitialPos)
	return !diags.HasErrors()
}

func markGood(fine map[string]bool, expr string) {
	name, _, _ := strings.Cut(strings.TrimPrefix(expr, "core::"), "(")
	fine[name] = true
}

// checkCoverage fails for functions that no expression got a value of and
// for forms that none has.
func checkCoverage(t *testing.T, g *generator, fine map[string]bool) {
	t.Helper()
	var none, missing []string
	for _, name := range g.calls.names {
		if !fine[name] {
			missing = append(missing, name)
		}
	}
	for _, form := range []string{"+", "-", "*", "/", "%", "negation", "==", "!=", "<", "<=", ">", ">=", "&&", "||", "!", "conditional", "for list", "for object",
		"grouping", "for with condition", "attribute splat", "legacy index", "<<EOT", "<<-EOT", "if directive", "for directive", "strip marker", "spread", "reference"} {
		if g.count[form] == 0 {
			missing = append(missing, form)
		}
	}
	if diff := cmp.Diff(none, missing); diff != "" {
		t.Errorf("not covered (-want +got):\n%s", diff)
	}
}

func writeModule(t *testing.T, dir string, exprs []string) {
	t.Helper()
	if err := os.CopyFS(dir, os.DirFS("lang/testdata/files")); err != nil {
		t.Fatal(err)
	}
	writeKey(t, dir)
	var b strings.Builder
	b.WriteString("locals {\n")
	for _, f := range fixtures() {
		fmt.Fprintf(&b, "  %s = %s\n", f.name, f.expr)
	}
	for i, expr := range exprs {
		fmt.Fprintf(&b, "  v%d = try([%s], %q)\n", i, expr, failed)
		// Infinity has a value, but none that a plan can hold.
		fmt.Fprintf(&b, "  e%d = try([jsonencode(local.v%d), local.v%d][1], %q)\n", i, i, i, failed)
	}
	b.WriteString("}\n")
	for i := range exprs {
		fmt.Fprintf(&b, "output \"e%d\" {\n  sensitive = true\n  value     = local.e%d\n}\n", i, i)
	}
	if err := os.WriteFile(filepath.Join(dir, "main.tf"), []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
}

// A plannedOutput is an output of a plan; one that is unknown has no value.
type plannedOutput struct {
	Type  json.RawMessage `json:"type"`
	Value json.RawMessage `json:"value"`
}

// planned are the values that Terraform plans, each with its type.
func planned(t *testing.T, binary, dir string, n int) []string {
	t.Helper()
	runTerraform(t, binary, dir, "plan", "-input=false", "-lock=false", "-refresh=false", "-no-color", "-out=plan.out")
	var plan struct {
		Values struct {
			Outputs map[string]plannedOutput `json:"outputs"`
		} `json:"planned_values"`
	}
	if err := json.Unmarshal(runTerraform(t, binary, dir, "show", "-json", "plan.out"), &plan); err != nil {
		t.Fatalf("read plan: %v", err)
	}
	out := make([]string, n)
	for i := range out {
		o, ok := plan.Values.Outputs[fmt.Sprintf("e%d", i)]
		switch {
		case !ok:
			t.Fatalf("no output e%d", i)
		case o.Type == nil:
			out[i] = unknownAnswer
		default:
			out[i] = compact(o.Type) + " " + compact(o.Value)
		}
	}
	return out
}

func compact(v json.RawMessage) string {
	out, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(out)
}

// typed is a value with its type, as plans have them.
func typed(v cty.Value) string {
	if !v.IsWhollyKnown() || holdsHole(v) {
		return unknownAnswer
	}
	// A plan has no negative zero.
	v, err := cty.Transform(v, func(_ cty.Path, e cty.Value) (cty.Value, error) {
		if e.Type() == cty.Number && !e.IsNull() && e.AsBigFloat().Sign() == 0 {
			return cty.Zero, nil
		}
		return e, nil
	})
	if err != nil {
		return err.Error()
	}
	kind, err := ctyjson.MarshalType(v.Type())
	if err != nil {
		return err.Error()
	}
	text, err := ctyjson.Marshal(v, v.Type())
	if err != nil {
		return err.Error()
	}
	return string(kind) + " " + compact(text)
}

// evaluated are the values that the evaluator gives to the same files.
func evaluated(t *testing.T, dir string, n int) []string {
	t.Helper()
	return evaluatedIn(t, &scanner.Env{FS: os.DirFS(dir), Jobs: 1}, n)
}

// newModule is the evaluator of a file system's root module.
func newModule(t *testing.T, env *scanner.Env) *evaluator {
	t.Helper()
	files, diags := readDir(env.FS, ".")
	if len(diags) > 0 {
		t.Fatal(diags)
	}
	return newEvaluator(loadTree(env, files), ".")
}

// evaluatedIn are the local values e0, e1 and so on of a file system.
func evaluatedIn(t *testing.T, env *scanner.Env, n int) []string {
	t.Helper()
	e := newModule(t, env)
	out := make([]string, n)
	for i := range out {
		e.renew()
		v, err := e.get(e.local(e.root, fmt.Sprintf("e%d", i)))
		out[i] = typed(v)
		if err != nil {
			out[i] = "error: " + err.Error()
		}
	}
	return out
}
