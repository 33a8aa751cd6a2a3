package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/iamwatch/iamwatch/reports/sarif/sariftest"
)

// TestPositions holds the real program's report to where findings stand. Each
// archive of testdata/position is a repository; its comment holds further
// arguments of the scan, in which $DIR is the repository, and its file want has, of each finding, the place and
// text of the region, and below it those of the related locations.
// UPDATE_WANT=1 writes the wants anew.
func TestPositions(t *testing.T) {
	names, err := filepath.Glob("testdata/position/*.txtar")
	if err != nil || len(names) < 10 {
		t.Fatalf("%d archives: %v", len(names), err)
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) { checkPositions(t, name) })
	}
}

func checkPositions(t *testing.T, name string) {
	archive, err := txtar.ParseFile(name)
	if err != nil {
		t.Fatal(err)
	}
	want := &archive.Files[len(archive.Files)-1]
	if want.Name != "want" {
		t.Fatalf("the last file of %s is %s, not want", name, want.Name)
	}
	dir := t.TempDir()
	if err := txtar.Write(&txtar.Archive{Files: archive.Files[:len(archive.Files)-1]}, dir); err != nil {
		t.Fatal(err)
	}
	args := []string{"scan", "--repo-root", dir, "--format", "sarif", "--min-confidence", "low", "--min-severity", "info", "--allow-incomplete", "--disable", "IW401,IW402,IW406"}
	var out, errs bytes.Buffer
	if code := run(context.Background(), append(append(args, strings.Fields(strings.ReplaceAll(string(archive.Comment), "$DIR", dir))...), dir), nil, &out, &errs); code != exitClean {
		t.Fatalf("exit %d: %s", code, errs.String())
	}
	sariftest.Check(t, out.Bytes(), os.DirFS(dir))
	got := placed(t, dir, out.Bytes())
	if os.Getenv("UPDATE_WANT") != "" {
		want.Data = []byte(got)
		if err := os.WriteFile(name, txtar.Format(archive), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(strings.Split(string(want.Data), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("places (-want +got):\n%s", diff)
	}
}

// A notification says of an input that it could not be read.
type notification struct {
	Message   struct{ Text string }
	Locations []sarifPlace
}

// A sarifPlace is a location of a SARIF log.
type sarifPlace struct {
	Message          struct{ Text string }
	PhysicalLocation struct {
		ArtifactLocation struct{ URI string }
		Region           struct{ StartLine, StartColumn, EndLine, EndColumn int }
	}
}

// placed writes the places of a log's results, the text of each as it stands
// in the file that the log names.
func placed(t *testing.T, dir string, log []byte) string {
	t.Helper()
	var report struct {
		Runs []struct {
			Invocations []struct{ ToolExecutionNotifications []notification }
			Results     []struct {
				RuleID           string
				Message          struct{ Text string }
				Locations        []sarifPlace
				RelatedLocations []sarifPlace
			}
		}
	}
	if err := json.Unmarshal(log, &report); err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, r := range report.Runs[0].Results {
		fmt.Fprintf(&b, "%s %s\n", r.RuleID, r.Locations[0].show(t, dir))
		if _, where, ok := strings.Cut(r.Message.Text, "; it is written "); ok {
			where, _, _ = strings.Cut(strings.TrimSuffix(where, "."), ". ")
			fmt.Fprintf(&b, "  it is written %s\n", where)
		}
		for _, l := range r.RelatedLocations {
			fmt.Fprintf(&b, "  %s: %s\n", l.show(t, dir), l.Message.Text)
		}
	}
	for _, n := range report.Runs[0].Invocations[0].ToolExecutionNotifications {
		fmt.Fprintf(&b, "unread %s: %s\n", n.Locations[0].show(t, dir), n.Message.Text)
	}
	return b.String()
}

func (l sarifPlace) show(t *testing.T, dir string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(l.PhysicalLocation.ArtifactLocation.URI)))
	if err != nil {
		t.Fatal(err)
	}
	r := l.PhysicalLocation.Region
	lines := strings.Split(string(data), "\n")[r.StartLine-1 : r.EndLine]
	last := utf16.Encode([]rune(lines[len(lines)-1]))
	lines[len(lines)-1] = string(utf16.Decode(last[:r.EndColumn-1]))
	lines[0] = string(utf16.Decode(utf16.Encode([]rune(lines[0]))[r.StartColumn-1:]))
	return fmt.Sprintf("%s:%d: %s", l.PhysicalLocation.ArtifactLocation.URI, r.StartLine, strings.Join(strings.Fields(strings.Join(lines, " ")), " "))
}
