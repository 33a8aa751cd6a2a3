package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/go-git/go-git/v5/plumbing/format/gitignore"
	"github.com/google/go-cmp/cmp"
)

// TestIgnoredAsByGit compares what a walk finds with what git lists as not
// ignored, over trees with random .gitignore files.
func TestIgnoredAsByGit(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skipf("SKIPPED, NOTHING WAS CHECKED: git is needed: %v", err)
	}
	r := rand.New(rand.NewPCG(3, 4))
	left := 0
	for range 40 {
		dir := t.TempDir()
		ignoreFiles := randomTree(t, r, dir)
		git(t, dir, "init", "-q")
		want := strings.Fields(git(t, dir, "ls-files", "--others", "--exclude-standard", "*.tf"))
		slices.Sort(want)
		tr, err := discover([]string{dir}, dir, nil)
		if err != nil {
			t.Fatal(err)
		}
		slices.Sort(tr.files)
		if d := cmp.Diff(want, tr.files, cmp.Transformer("nil", func(s []string) string { return strings.Join(s, "\n") })); d != "" {
			t.Errorf("files (-git +walk):\n%s\n%s", d, ignoreFiles)
		}
		left += len(want)
		tr.close()
	}
	if left == 0 {
		t.Error("everything is ignored")
	}
}

func git(t *testing.T, dir string, args ...string) string {
	t.Helper()
	cmd := exec.Command("git", append([]string{"-C", dir}, args...)...)
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1", "HOME="+dir)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("git %q: %v\n%s", args, err, out)
	}
	return string(out)
}

// randomTree makes directories with files of few names, and .gitignore files
// of which it gives the text.
func randomTree(t *testing.T, r *rand.Rand, dir string) string {
	t.Helper()
	var told strings.Builder
	for _, sub := range []string{"", "a", "b", "a/a", "a/b", "b/c", "a/b/c", "b/c/a"} {
		write := func(name, text string) {
			name = filepath.Join(dir, sub, name)
			if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		for _, name := range []string{"a.tf", "b.tf", "ab.tf", "c.gen.tf", "#x.tf", "{a}.tf"} {
			write(name, "")
		}
		if sub == "" || r.IntN(4) == 0 {
			text := randomIgnores(r)
			write(".gitignore", text)
			fmt.Fprintf(&told, "%q/.gitignore:\n%s", sub, text)
		}
	}
	return told.String()
}

func randomIgnores(r *rand.Rand) string {
	parts := []string{"a", "b", "c", "*", "**", "a.tf", "b.tf", "*.tf", "a*", "*.gen.tf", "?.tf", "[ab].tf", "[!a].tf", `\#x.tf`, "{a}.tf", "*b*", `\a`}
	var b strings.Builder
	for range 1 + r.IntN(4) {
		b.WriteString([]string{"", "", "", "!", "/", "!/"}[r.IntN(6)])
		for i := range 1 + r.IntN(3)*r.IntN(2) {
			if i > 0 {
				b.WriteByte('/')
			}
			b.WriteString(parts[r.IntN(len(parts))])
		}
		b.WriteString([]string{"", "", "/", "  "}[r.IntN(4)] + []string{"\n", "\r\n", "\n# a comment\n\n"}[r.IntN(3)])
	}
	return b.String()
}

// TestIgnoreForms compares patterns without slashes with another reader of
// them.
func TestIgnoreForms(t *testing.T) {
	names := []string{"a", "a.tf", "x.gen.tf", "a b", "ab", ".tf", "#a", "{a}", "é.tf"}
	for _, line := range []string{"a", "a/", "*.tf", "*", "a*", "*a", "?", "[a-c]*", "!a", `\#a`, `a\ b`, "a ", "{a}", "*.gen.*", "é*"} {
		p, ok := parseIgnore(line, "")
		if !ok {
			t.Errorf("%q is no pattern", line)
		}
		other := gitignore.ParsePattern(line, nil)
		for _, name := range names {
			for _, dir := range []bool{false, true} {
				want := other.Match(strings.Split(name, "/"), dir)
				got := gitignore.NoMatch
				switch {
				case p.match(name, dir) && p.included:
					got = gitignore.Include
				case p.match(name, dir):
					got = gitignore.Exclude
				}
				if got != want {
					t.Errorf("%q over %q (directory: %v): %d, want %d", line, name, dir, got, want)
				}
			}
		}
	}
}
