package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestTrackedIsNotIgnored: what git tracks is read though .gitignore names it
// or a directory that it lies in, in every version of git's index.
func TestTrackedIsNotIgnored(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skipf("SKIPPED, NOTHING WAS CHECKED: git is needed: %v", err)
	}
	dir := t.TempDir()
	for name, text := range map[string]string{
		".gitignore":         "*infra*\nlocal.tf\n",
		"main.tf":            "",
		"local.tf":           "",
		"infra/a.tf":         "",
		"infra/untracked.tf": "",
		"infra/deep/b.tf":    "",
		"infra/deep/c.tf":    "",
		"infra/other/d.tf":   "",
		"infra-modules/e.tf": "",
		"modules/infra.tf":   "",
		"modules/local.tf":   "",
		"modules/ü/local.tf": "",
	} {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	git(t, dir, "init", "-q")
	git(t, dir, "add", "-f", "main.tf", "infra/a.tf", "infra/deep/b.tf", "modules/ü/local.tf")
	want := []string{"infra/a.tf", "infra/deep/b.tf", "main.tf", "modules/ü/local.tf"}
	check := func(what string, want []string) {
		t.Helper()
		tr, err := discover([]string{dir}, dir, nil)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = tr.close() }() // read only
		slices.Sort(tr.files)
		if d := cmp.Diff(want, tr.files); d != "" {
			t.Errorf("%s: files (-want +found):\n%s", what, d)
		}
	}
	check("version 2", want)
	git(t, dir, "update-index", "--index-version", "4")
	check("version 4", want)
	git(t, dir, "update-index", "--index-version", "2")
	git(t, dir, "add", "-f", "-N", "modules/infra.tf")
	check("version 3", []string{"infra/a.tf", "infra/deep/b.tf", "main.tf", "modules/infra.tf", "modules/ü/local.tf"})
}

// TestDamagedIndex: of an index that is no index, or not whole, nothing is
// known.
func TestDamagedIndex(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skipf("SKIPPED, NOTHING WAS CHECKED: git is needed: %v", err)
	}
	dir := t.TempDir()
	for _, name := range []string{"a.tf", "ab.tf"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	git(t, dir, "init", "-q")
	git(t, dir, "add", ".")
	for _, version := range []string{"2", "4"} {
		git(t, dir, "update-index", "--index-version", version)
		data, err := os.ReadFile(filepath.Join(dir, ".git/index"))
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(parseIndex(data), " "); got != "a.tf ab.tf" {
			t.Errorf("version %s: %q", version, got)
		}
		for n := range len(data) {
			if got := parseIndex(data[:n]); got != nil && len(got) != 2 {
				t.Errorf("version %s cut to %d bytes: %v", version, n, got)
			}
		}
	}
}
