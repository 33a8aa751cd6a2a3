package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

// TestPositionTemplatesAreTrue asks cfn-lint, where it is installed, for the
// templates of the archives.
func TestPositionTemplatesAreTrue(t *testing.T) {
	lint, err := exec.LookPath("cfn-lint")
	if err != nil {
		t.Skip("SKIPPED: cfn-lint is not installed, so nothing says that the templates of the archives are true")
	}
	names, err := filepath.Glob("testdata/position/cfn_*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatalf("no archives: %v", err)
	}
	dir := t.TempDir()
	args := []string{"--ignore-checks", "W", "--"}
	for _, name := range names {
		archive, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range archive.Files {
			if !strings.HasPrefix(f.Name, "t.") {
				continue
			}
			file := filepath.Join(dir, strings.TrimSuffix(filepath.Base(name), ".txtar")+filepath.Ext(f.Name))
			if err := os.WriteFile(file, f.Data, 0o600); err != nil {
				t.Fatal(err)
			}
			args = append(args, file)
		}
	}
	if out, err := exec.Command(lint, args...).CombinedOutput(); err != nil {
		t.Errorf("cfn-lint: %v\n%s", err, out)
	}
}
