package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"text/tabwriter"
	"time"

	"github.com/iamwatch/iamwatch/parsers/cloudformation"
	"github.com/iamwatch/iamwatch/parsers/policy"
	"github.com/iamwatch/iamwatch/scanner"
	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/model"
)

// TestCorpusOfTemplates measures how much of the templates of real repositories
// is read: at least 95 of a hundred policy statements with known actions, and a
// note for each that is not. No repository takes long, whatever is in it.
// With -v it lists the diagnostics, the notes and the statements without known
// actions, and files in which documents stand that no unit holds.
func TestCorpusOfTemplates(t *testing.T) {
	root := os.Getenv(templateCorpusVariable)
	if root == "" {
		t.Skipf("NOT MEASURED: %s names no directory of repositories", templateCorpusVariable)
	}
	entries, err := os.ReadDir(root)
	if err != nil {
		t.Fatal(err)
	}
	var table strings.Builder
	w := tabwriter.NewWriter(&table, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "repository\ttemplates\tprincipals\tstatements\tknown\tnotes\tdiagnostics\tms\tkinds of notes")
	var all templateCount
	for _, e := range entries {
		if !e.IsDir() {
			continue
		}
		c := measureTemplates(t, filepath.Join(root, e.Name()))
		all.statements, all.known = all.statements+c.statements, all.known+c.known
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%s\n", e.Name(), c.templates, c.principals, c.statements, c.known, c.notes,
			len(c.loaded.Diagnostics), c.loaded.Stats.Elapsed.Milliseconds(), c.kindsOfNotes())
		if c.loaded.Stats.Elapsed > time.Minute {
			t.Errorf("%s takes %s", e.Name(), c.loaded.Stats.Elapsed)
		}
	}
	w.Flush()
	t.Logf("%d of %d statements have known actions\n%s", all.known, all.statements, table.String())
	if all.known*100 < all.statements*95 {
		t.Errorf("less than 95%% of the statements have known actions")
	}
}

// A templateCount is what was read of the templates of one repository.
type templateCount struct {
	corpusCount
	templates, principals int
	kinds                 map[string]int
	// written are the documents that were read of each file.
	written map[string]int
}

func measureTemplates(t *testing.T, dir string) templateCount {
	t.Helper()
	tr, err := discover([]string{dir}, dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tr.close() }() // read only
	files := slices.DeleteFunc(tr.files, func(name string) bool { return strings.HasPrefix(filepath.Ext(name), ".tf") })
	l, err := scanner.Read(context.Background(), scanner.Config{
		FS: tr.fs, Files: files, Dir: tr.dir, Parsers: []scanner.Parser{cloudformation.New(), policy.New()},
	})
	if err != nil {
		t.Fatal(err)
	}
	c := templateCount{corpusCount: corpusCount{loaded: l}, kinds: map[string]int{}, written: map[string]int{}}
	name := filepath.Base(dir)
	for _, d := range l.Diagnostics {
		t.Logf("%s: diagnostic %s %s", name, d.Range, d.Message)
	}
	for _, u := range l.Model.Units {
		if u.Input == model.CloudFormation {
			c.unit(t, name, u)
		}
	}
	c.unheld(t, dir, files)
	return c
}

func (c *templateCount) unit(t *testing.T, repository string, u *model.Unit) {
	t.Helper()
	c.templates++
	c.principals += len(u.Identities)
	c.notes += len(u.Unresolved)
	for _, x := range u.Unresolved {
		c.kinds[kindOfNote(x)]++
		t.Logf("%s: [%s] note %s %s: %s", repository, u.Name, x.Range, x.Expression, x.Missing)
	}
	hold := func(d *iam.Document) {
		if d != nil && d.Range.Source != nil {
			c.written[d.Range.Path()]++
		}
	}
	for _, d := range documentsOf(u) {
		hold(d.doc)
		c.count(t, repository, u, d)
	}
	for _, a := range u.Attachments {
		if a.Inline != nil {
			hold(a.Inline.Document)
			c.count(t, repository, u, ownedDocument{a.Inline.Address, a.Inline.Document})
		}
	}
}

// kindOfNote is the function or the first words of a note.
func kindOfNote(x model.Unresolved) string {
	if fn, _, ok := strings.Cut(x.Expression, " "); ok {
		return fn
	}
	switch {
	case strings.Contains(x.Missing, "has no default"):
		return "parameter"
	case strings.Contains(x.Missing, "Parameter Store"):
		return "Parameter Store"
	}
	return "other"
}

func (c *templateCount) kindsOfNotes() string {
	var out []string
	for kind, n := range c.kinds {
		out = append(out, fmt.Sprintf("%s %d", kind, n))
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}

// unheld lists files that seem to write more documents than were read.
func (c *templateCount) unheld(t *testing.T, dir string, files []string) {
	t.Helper()
	for _, name := range files {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil || !bytes.Contains(text, []byte("AWS::")) {
			continue
		}
		seen := 0
		for line := range bytes.Lines(text) {
			key := bytes.Trim(line, " \t\r\n-\"':{[|")
			if bytes.HasPrefix(key, []byte("Statement")) && bytes.Contains(line, []byte(":")) {
				seen++
			}
		}
		if held := c.written[name]; seen > held {
			t.Logf("%s: [%s] %d documents read, but Statement is written %d times", filepath.Base(dir), name, held, seen)
		}
	}
}
