//go:build unix

package terraform_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/iamwatch/iamwatch/parsers/terraform"
	"github.com/iamwatch/iamwatch/scanner"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// TestPipesAreNotOpened: a named pipe in the place of a file of variables, a
// manifest or a policy holds nothing up.
func TestPipesAreNotOpened(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"terraform.tfvars", "a.auto.tfvars", "policy.json", ".terraform/modules/modules.json"} {
		full := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := syscall.Mkfifo(full, 0o600); err != nil {
			t.Skipf("SKIPPED: no named pipe can be made here: %v", err)
		}
	}
	main := source.New("main.tf", []byte("resource \"aws_iam_policy\" \"p\" {\n  name   = \"p\"\n  policy = file(\"policy.json\")\n}\n"))
	done := make(chan scanner.Parsed, 1)
	go func() {
		jobs := terraform.New().Plan(&scanner.Env{FS: os.DirFS(dir), Jobs: 1}, []*source.Source{main})
		done <- jobs[0](t.Context())
	}()
	select {
	case parsed := <-done:
		if len(parsed.Units) != 1 || len(parsed.Units[0].Policies) != 1 || !parsed.Units[0].Policies[0].Document.Unknown {
			t.Errorf("the policy that cannot be read is not there as an unknown one: %v", parsed.Units)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("the scan waits for ever")
	}
}
