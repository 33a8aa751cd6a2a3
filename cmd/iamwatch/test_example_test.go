package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestExamplesOfCasesPass runs the cases of the README, and those of the help
// as far as they stand alone.
func TestExamplesOfCasesPass(t *testing.T) {
	_, help, _ := strings.Cut(exampleTest, "# cases.yaml\n")
	help = strings.Replace(help, "role/ci-deployer", "role/acme-prod-svc-billing", 1)
	for name, text := range map[string]string{
		"README": "- id: " + between(t, readme(t), "```yaml\n- id: ", "```"),
		"help":   help,
	} {
		file := filepath.Join(t.TempDir(), "cases.yaml")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		var out, errs bytes.Buffer
		args := []string{"test", file, "--in", samplesDir + "/terraform", "--quiet"}
		code := run(t.Context(), args, strings.NewReader(""), &out, &errs)
		if code != exitClean || out.String() != "2 passed, 0 failed\n" {
			t.Errorf("%s: exit code %d\n%s%s", name, code, out.String(), errs.String())
		}
	}
}
