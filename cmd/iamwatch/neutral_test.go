package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/iamwatch/iamwatch/parsers/terraform"
	"github.com/iamwatch/iamwatch/reports/json"
	"github.com/iamwatch/iamwatch/rules"
	"github.com/iamwatch/iamwatch/scanner"
)

// TestUnparsedBlocksBearOnNothing scans every Terraform fixture, and the
// repositories of IAMWATCH_CORPUS, twice: as iamwatch does, which parses what
// something depends on, and with every block parsed. The reports must be equal
// to the byte, at any number of jobs; only faults of syntax may be told by the
// second alone.
func TestUnparsedBlocksBearOnNothing(t *testing.T) {
	dirs := fixtureTrees(t)
	if root := os.Getenv(corpusVariable); root != "" {
		dirs = append(dirs, root)
	} else {
		t.Logf("NOT CHECKED ON REPOSITORIES: %s names no directory of them", corpusVariable)
	}
	for _, dir := range dirs {
		t.Run(filepath.ToSlash(dir), func(t *testing.T) {
			want, whole := scanTree(t, dir, terraform.NewWhole(), 1)
			for _, jobs := range []int{1, 4} {
				got, lazy := scanTree(t, dir, terraform.New(), jobs)
				if d := cmp.Diff(want, got); d != "" {
					t.Errorf("%d jobs (-all parsed +what bears):\n%s", jobs, d)
				}
				for _, d := range lazy {
					if !slices.Contains(whole, d) {
						t.Errorf("%d jobs: %s is told only when not all is parsed", jobs, d)
					}
				}
			}
		})
	}
}

// fixtureTrees are directories with Terraform files: each by itself, as its
// neighbours would bring modules and accounts of their own.
func fixtureTrees(t *testing.T) []string {
	out := []string{filepath.Join("..", "..", "testdata", "samples", "terraform")}
	for _, glob := range []string{"../../parsers/terraform/testdata/*", "../../rules/testdata/*/terraform/*"} {
		dirs, err := filepath.Glob(glob)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, dirs...)
	}
	if len(out) < 40 {
		t.Fatalf("found %d fixtures only", len(out))
	}
	return out
}

// scanTree gives the report of all findings as JSON and what could not be read.
func scanTree(t *testing.T, dir string, parser scanner.Parser, jobs int) (report string, told []string) {
	t.Helper()
	tr, err := discover([]string{dir}, dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer tr.close()
	list := parsers()
	list[0] = parser
	r, err := scanner.Scan(context.Background(), scanner.Config{
		FS: tr.fs, Files: tr.files, Dir: tr.dir, Parsers: list, Rules: rules.All(), Jobs: jobs,
		Selection: scanner.Selection{Strict: true, MinSeverity: scanner.Info, MinConfidence: scanner.ConfidenceLow},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range r.Diagnostics {
		told = append(told, d.Range.String()+" "+d.Message)
	}
	r.Diagnostics, r.Stats.Elapsed = nil, 0
	for i := range r.Runs {
		r.Runs[i].Diagnostics = nil
	}
	var b bytes.Buffer
	if err := (json.Reporter{}).Report(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.String(), told
}

// TestUnparsedBlockAtFault holds what a scan says of broken files: nothing of
// a block that bears on nothing, as long as its end can be told.
func TestUnparsedBlockAtFault(t *testing.T) {
	tests := []struct {
		name, text string
		told       int
	}{
		{"in a block that is read", "resource \"aws_iam_user\" \"u\" {\n  name = \n}\n", 1},
		{"in a block that is read of", "resource \"aws_iam_user\" \"u\" {\n  name = var.x\n}\nvariable \"x\" {\n  default = \n}\n", 1},
		{"in a block that bears on nothing", "resource \"aws_vpc\" \"v\" {\n  cidr_block = \n}\n", 0},
		{"in a block that is parsed ahead and not read", "variable \"x\" {\n  default = \n}\n", 0},
		{"a brace that is not closed", "resource \"aws_vpc\" \"v\" {\n  tags = {\n}\n", 1},
		{"a quote that is not closed", "resource \"aws_vpc\" \"v\" {\n  cidr_block = \"10.0.0.0/16\n}\n", 1},
		{"no block", "resource aws_vpc\n", 1},
		{"a block declared twice", "resource \"aws_vpc\" \"v\" {\n}\nresource \"aws_vpc\" \"v\" {\n}\n", 1},
		{"a label too few", "resource \"aws_vpc\" {\n}\n", 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "main.tf"), []byte(tt.text), 0o600); err != nil {
				t.Fatal(err)
			}
			if _, told := scanTree(t, dir, terraform.New(), 2); len(told) != tt.told {
				t.Errorf("told %q", told)
			}
			if _, told := scanTree(t, dir, terraform.NewWhole(), 2); len(told) != 1 {
				t.Errorf("told %q when all is parsed", told)
			}
		})
	}
}
