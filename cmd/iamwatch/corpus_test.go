package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"text/tabwriter"

	"github.com/iamwatch/iamwatch/scanner"
	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// corpusVariable names the environment variable that holds a directory of
// checked-out repositories, one a subdirectory.
const corpusVariable = "IAMWATCH_CORPUS"

// templateCorpusVariable is the same for repositories of templates.
const templateCorpusVariable = "IAMWATCH_CORPUS_CFN"

// TestCorpus measures how much of real repositories is read: at least 95 of a
// hundred policy statements with known actions, and a note for each that is
// not. With -v it lists the notes, and the statements without known actions.
func TestCorpus(t *testing.T) {
	root := os.Getenv(corpusVariable)
	if root == "" {
		t.Skipf("NOT MEASURED: %s names no directory of repositories", corpusVariable)
	}
	entries, err := os.ReadDir(root)
	if err != nil {
		t.Fatal(err)
	}
	var table strings.Builder
	w := tabwriter.NewWriter(&table, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "repository\tfiles\tpolicies\tstatements\tknown\tprincipals\tunknown values\tnotes\tms\t")
	var all corpusCount
	for _, e := range entries {
		if !e.IsDir() {
			continue
		}
		c := measureRepository(t, filepath.Join(root, e.Name()))
		all.statements, all.known = all.statements+c.statements, all.known+c.known
		s := c.loaded.Stats
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t\n", e.Name(), s.Files, s.Policies, c.statements, c.known, s.Principals, s.Unknown, c.notes, s.Elapsed.Milliseconds())
	}
	w.Flush()
	t.Logf("%d of %d statements have known actions\n%s", all.known, all.statements, table.String())
	if all.known*100 < all.statements*95 {
		t.Errorf("less than 95%% of the statements have known actions")
	}
}

// A corpusCount is what was read of one repository. A document that was not
// read counts as one statement.
type corpusCount struct {
	loaded                   *scanner.Loaded
	statements, known, notes int
}

func measureRepository(t *testing.T, dir string) corpusCount {
	t.Helper()
	tr, err := discover([]string{dir}, dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tr.close() }() // read only
	l, err := scanner.Read(context.Background(), scanner.Config{FS: tr.fs, Files: tr.files, Dir: tr.dir, Parsers: parsers()})
	if err != nil {
		t.Fatal(err)
	}
	c := corpusCount{loaded: l}
	name := filepath.Base(dir)
	for _, d := range l.Diagnostics {
		t.Logf("%s: diagnostic %s %s", name, d.Range, d.Message)
	}
	for _, u := range l.Model.Units {
		c.notes += len(u.Unresolved)
		for _, x := range u.Unresolved {
			t.Logf("%s: [%s] note %s %s: %s", name, u.Name, x.Range, x.Expression, x.Missing)
		}
		for _, d := range documentsOf(u) {
			c.count(t, name, u, d)
		}
	}
	return c
}

// An ownedDocument is a document and who holds it.
type ownedDocument struct {
	owner string
	doc   *iam.Document
}

// documentsOf are the documents of a unit. A policy without one counts as
// one that was not read.
func documentsOf(u *model.Unit) []ownedDocument {
	var out []ownedDocument
	policy := func(p model.Entity, d *iam.Document) {
		if d == nil {
			d = &iam.Document{Range: p.Range, Unknown: true, Reason: "no document"}
		}
		out = append(out, ownedDocument{p.Address, d})
	}
	for _, id := range u.Identities {
		if id.Trust != nil {
			out = append(out, ownedDocument{id.Address + " trust", id.Trust})
		}
		for _, p := range id.Inline {
			policy(p.Entity, p.Document)
		}
	}
	for _, p := range u.Policies {
		policy(p.Entity, p.Document)
	}
	for _, p := range u.ResourcePolicies {
		policy(p.Entity, p.Document)
	}
	for _, p := range u.Controls {
		policy(p.Entity, p.Document)
	}
	return out
}

func (c *corpusCount) count(t *testing.T, repository string, u *model.Unit, d ownedDocument) {
	t.Helper()
	if len(d.doc.Statements) == 0 && !d.doc.Unknown {
		t.Logf("%s: [%s] %s: no statement at %s", repository, u.Name, d.owner, d.doc.Range)
	}
	if d.doc.Unknown {
		c.statements++
		unread(t, repository, u, d.owner, source.Unknown(source.HoleFree, d.doc.Reason, d.doc.Range))
	}
	for _, st := range d.doc.Statements {
		c.statements++
		i := slices.IndexFunc(st.Actions, func(a source.String) bool { return !a.Known })
		if i < 0 {
			c.known++
			continue
		}
		unread(t, repository, u, d.owner, st.Actions[i])
	}
}

// unread fails when no note says what would make a token known.
func unread(t *testing.T, repository string, u *model.Unit, owner string, s source.String) {
	t.Helper()
	noted := slices.ContainsFunc(u.Unresolved, func(x model.Unresolved) bool { return x.Range == s.Range })
	t.Logf("%s: [%s] %s: unread %s %s", repository, u.Name, owner, s.Range, s.Show())
	if !noted {
		t.Errorf("%s: [%s] %s: no note at %s for %s", repository, u.Name, owner, s.Range, s.Show())
	}
}
