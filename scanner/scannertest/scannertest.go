// Package scannertest runs rules over annotated fixtures and compares what
// they report with what the fixtures say they should.
//
// A case is a directory of input files. A comment on the line at fault says
// what is wanted there, one or more times:
//
//	Action = "cloudwatch:*" # want IW202 "do everything"
//	Action = "cloudwatch:*" # want IW202 low "do everything" IW901 `unknown`
//
// The comment may begin with # or with //. Inputs without comments (JSON, CSV)
// have a sidecar, x.json.want for x.json, with lines such as
//
//	12 IW202 low "do everything"
//
// The text in quotes is a regular expression over the message. A confidence
// between rule and text must be met as well. Findings are compared at every
// confidence, and one that is not wanted fails the test as one that is
// missing does.
//
// A file named options holds what a user would say beside the inputs, one a
// line: account, trusted-account, trusted-organization, admin-principal,
// reader-principal or root-use-window, and the value.
package scannertest

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/iamwatch/iamwatch/scanner"
)

// wantSuffix ends the name of a sidecar.
const wantSuffix = ".want"

// Run scans every case below dir with the parsers and rules, each in a
// subtest, and reports findings that are missing and findings that are surplus.
// A case is the first directory on the way down that holds a file: directories
// below it, such as modules, belong to it.
func Run(t *testing.T, parsers []scanner.Parser, rules []*scanner.Rule, dir string) {
	t.Helper()
	cases, err := casesBelow(dir)
	if err != nil {
		t.Fatalf("list cases: %v", err)
	}
	if len(cases) == 0 {
		t.Fatalf("no case below %s", dir)
	}
	for _, c := range cases {
		name, err := filepath.Rel(dir, c)
		if err != nil {
			t.Fatalf("name case %s: %v", c, err)
		}
		t.Run(filepath.ToSlash(name), func(t *testing.T) {
			for _, p := range Check(parsers, rules, c) {
				t.Error(p)
			}
		})
	}
}

// Check scans one case and returns what is wrong with it, in order of place.
func Check(parsers []scanner.Parser, rules []*scanner.Rule, dir string) []string {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return []string{fmt.Sprintf("open case: %v", err)}
	}
	defer root.Close()
	files, wants, err := read(root.FS())
	if err != nil {
		return []string{fmt.Sprintf("read case: %v", err)}
	}
	options, err := readOptions(root.FS())
	if err != nil {
		return []string{fmt.Sprintf("read options: %v", err)}
	}
	result, err := scanner.Scan(context.Background(), scanner.Config{
		FS: root.FS(), Files: files, Parsers: parsers, Rules: rules, Options: options,
		Selection: scanner.Selection{Strict: true},
	})
	if err != nil {
		return []string{fmt.Sprintf("scan case: %v", err)}
	}
	return append(faults(result), compare(result.Findings, wants)...)
}

// casesBelow are the directories that hold a file while none above them does.
func casesBelow(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("read directory: %w", err)
	}
	if slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return e.Type().IsRegular() }) {
		return []string{dir}, nil
	}
	var out []string
	for _, e := range entries {
		if !e.IsDir() {
			continue
		}
		below, err := casesBelow(filepath.Join(dir, e.Name()))
		if err != nil {
			return nil, err
		}
		out = append(out, below...)
	}
	return out, nil
}

// faults are what kept a scan from reading or judging everything.
func faults(r *scanner.Result) []string {
	var out []string
	for _, d := range r.Diagnostics {
		if !d.Warning {
			out = append(out, "unread: "+d.Error())
		}
	}
	for _, e := range r.RuleErrors {
		out = append(out, "rule failed: "+e.Err.Error())
	}
	if r.Stats.Files == 0 {
		out = append(out, "no parser took any file of the case")
	}
	return out
}

// compare takes each finding off the first want that it meets.
func compare(findings []scanner.Finding, wants []*want) []string {
	var out []string
	for _, f := range findings {
		i := slices.IndexFunc(wants, func(w *want) bool { return !w.met && w.meets(f) })
		if i < 0 {
			out = append(out, "surplus: "+describe(f))
			continue
		}
		wants[i].met = true
	}
	for _, w := range wants {
		if !w.met {
			out = append(out, "missing: "+w.String())
		}
	}
	return out
}

func describe(f scanner.Finding) string {
	return fmt.Sprintf("%s:%d: %s %s %q", f.Range.Path(), f.Range.From().Line, f.Rule.ID, f.Confidence, f.Message)
}

// read returns the inputs of a case and what it wants.
func read(fsys fs.FS) ([]string, []*want, error) {
	var files []string
	var wants []*want
	err := fs.WalkDir(fsys, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path == optionsFile {
			return err
		}
		data, err := fs.ReadFile(fsys, path)
		if err != nil {
			return fmt.Errorf("read file: %w", err)
		}
		parse := parseComments
		if strings.HasSuffix(path, wantSuffix) {
			path, parse = strings.TrimSuffix(path, wantSuffix), parseSidecar
		} else {
			files = append(files, path)
		}
		more, err := parse(path, string(data))
		wants = append(wants, more...)
		return err
	})
	return files, wants, err
}
