package rules_test

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/iamwatch/iamwatch/scanner"
)

// account is the one that all fixtures are of. Code that names its own account
// by digits agrees with the account's export only when that is said.
const account = "111122223333"

// fingerprints are those of a rule's findings about a case.
func fingerprints(t *testing.T, r *scanner.Rule, dir string) []string {
	t.Helper()
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	var files []string
	err = fs.WalkDir(root.FS(), ".", func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && !strings.HasSuffix(path, ".want") && path != "options" {
			files = append(files, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	result, err := scanner.Scan(context.Background(), scanner.Config{
		FS: root.FS(), Files: files, Parsers: parsers(), Rules: []*scanner.Rule{r}, Selection: scanner.Selection{Strict: true},
		Options: scanner.Options{Accounts: []string{account}},
	})
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, f := range result.Findings {
		out = append(out, f.Fingerprint)
	}
	slices.Sort(out)
	return out
}

// TestSameFingerprintsByEveryRoad holds that the same thing read from
// Terraform, CloudFormation and a live export gives equal fingerprints.
// Instances have no name in AWS that code could know, so IW402 and IW406 are
// left out; expressions (IW901) belong to one input alone.
func TestSameFingerprintsByEveryRoad(t *testing.T) {
	cases, err := filepath.Glob(filepath.Join("testdata", "*", "terraform", "*"))
	if err != nil || len(cases) == 0 {
		t.Fatalf("list cases: %d, %v", len(cases), err)
	}
	for _, c := range cases {
		parts := strings.Split(filepath.ToSlash(c), "/")
		id, name := parts[1], parts[3]
		if slices.Contains([]string{"IW402", "IW406", "IW901"}, id) {
			continue
		}
		want := fingerprints(t, rule(t, id), c)
		for _, other := range []string{"cloudformation", "live"} {
			dir := filepath.Join("testdata", id, other, name)
			if _, err := os.Stat(dir); err != nil {
				continue
			}
			if diff := cmp.Diff(want, fingerprints(t, rule(t, id), dir)); diff != "" {
				t.Errorf("%s: terraform and %s (-terraform +%s):\n%s", filepath.Join(id, name), other, other, diff)
			}
		}
	}
}
