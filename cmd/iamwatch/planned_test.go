package main

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/iamwatch/iamwatch/scanner"
)

// plannedDir is a configuration of every type that the Terraform road reads,
// in several styles.
const plannedDir = "testdata/planned"

// readModel scans a path without rules.
func readModel(t *testing.T, path string) *scanner.Result {
	t.Helper()
	tr, err := discover([]string{path}, filepath.Dir(path), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { tr.close() })
	r, err := scanner.Scan(context.Background(), scanner.Config{FS: tr.fs, Files: tr.files, Dir: tr.dir, Parsers: parsers(), Version: version()})
	if err != nil {
		t.Fatal(err)
	}
	if !r.Complete() {
		t.Fatalf("%s is not read whole: %v", path, r.Diagnostics)
	}
	return r
}

// TestPlannedModelsEqualStaticOnes: what Terraform plans for a configuration
// and what is read of it statically are equal models, once tokens are resolved
// and positions dropped. Of the plan alone that holds for what it knows before
// apply.
func TestPlannedModelsEqualStaticOnes(t *testing.T) {
	plan := makePlan(t, plannedDir)
	alone, beside := t.TempDir(), t.TempDir()
	if err := os.CopyFS(beside, os.DirFS(plannedDir)); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{alone, beside} {
		if err := os.WriteFile(filepath.Join(dir, "plan.json"), plan, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	w := modelText{facts: strings.NewReplacer("<self>", motoAccount, "<partition>", "aws")}
	static := w.units(readModel(t, plannedDir))
	if len(static) < 80 {
		t.Errorf("only %d things are read of the configuration", len(static))
	}
	t.Run("plan with its configuration", func(t *testing.T) {
		if diff := cmp.Diff(w.units(readModel(t, beside)), static); diff != "" {
			t.Errorf("(-planned +static):\n%s", diff)
		}
	})
	t.Run("plan alone", func(t *testing.T) {
		planned := w.units(readModel(t, filepath.Join(alone, "plan.json")))
		// The keys for the double of AWS stand in no file of the configuration.
		maps.DeleteFunc(planned, func(key, _ string) bool { return strings.HasPrefix(key, "WrittenKeys provider.") })
		compareCertain(t, planned, static)
	})
}

// compareCertain holds what a plan says for certain to a static reading.
func compareCertain(t *testing.T, planned, static map[string]string) {
	t.Helper()
	said, all := 0, 0
	for _, key := range slices.Sorted(maps.Keys(planned)) {
		have := lines(static[key])
		for _, line := range lines(planned[key]) {
			all++
			if strings.Contains(line, "${") || isVague(line) {
				continue
			}
			if said++; !says(have, line) {
				t.Errorf("%s: only the plan says %s; the static reading says\n%s", key, line, static[key])
			}
		}
	}
	for _, key := range slices.Sorted(maps.Keys(static)) {
		if planned[key] == "" {
			t.Errorf("only static: %s\n%s", key, static[key])
		}
	}
	t.Logf("the plan says %d of %d lines for certain", said, all)
	if enough := 9 * all / 10; said < enough {
		t.Errorf("the plan says only %d of %d lines for certain", said, all)
	}
}

// says looks for a line. A plan tells what is referred to, and not what is
// written behind it: of "${aws_cloudwatch_log_group.x.arn}:*" the ARN.
func says(have []string, line string) bool {
	return slices.ContainsFunc(have, func(h string) bool {
		return h == line || strings.Contains(line, "arn:") && strings.HasPrefix(h, strings.TrimSuffix(line, `"`))
	})
}

// lines are those of a text without what says where in a list they stand.
func lines(text string) []string {
	var out []string
	for line := range strings.Lines(text) {
		if bare := strings.Trim(line, " -\n"); bare != "" {
			out = append(out, bare)
		}
	}
	return out
}

// isVague reports whether a line only says that something is unknown.
func isVague(line string) bool {
	for _, word := range []string{"Unknown: true", "Unread: true", "Maybe: true", "Incomplete: ", "Elsewhere: true"} {
		if strings.Contains(line, word) {
			return true
		}
	}
	return false
}
