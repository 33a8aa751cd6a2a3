package reporttest

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/iamwatch/iamwatch/scanner"
)

// Write is the report of a result.
func Write(t testing.TB, p scanner.Reporter, r *scanner.Result) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := p.Report(&b, r); err != nil {
		t.Fatalf("report: %v", err)
	}
	return b.Bytes()
}

// Golden compares got with a file below testdata, or writes the file where the
// test's flag -update is set.
func Golden(t testing.TB, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if f := flag.Lookup("update"); f != nil && f.Value.String() == "true" {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("read golden: %v", err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (run with -update when this is meant):\n%s", name, diff)
	}
}
