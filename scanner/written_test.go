package scanner_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/iamwatch/iamwatch/scanner"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// program is a written file and two files that it made, of one line each that
// tells the same.
func program() (line source.Range, one, two *source.Source) {
	app := source.New("app.ts", []byte("import\nnew Role()\nnew Policy()\n"))
	line = app.LineRange(3)
	traced := func(name string) *source.Source {
		s := source.New(name, []byte("role\npolicy\nother\n"))
		s.Trace([]source.Trace{{Part: s.Range(0, 4), By: app.LineRange(2)}, {Part: s.Range(5, 11), By: line}})
		return s
	}
	return line, traced("one.json"), traced("two.json")
}

// places are the findings of a scan with all their places.
func places(t *testing.T, findings ...scanner.Finding) []string {
	t.Helper()
	var got []string
	for _, f := range scan(t, config(map[string]string{"a": "code\nx\n"}, rule("IW901", report(findings...)))).Findings {
		got = append(got, f.Range.String()+" "+f.Message)
		for _, r := range f.Related {
			got = append(got, "  "+r.Range.String()+" "+r.Message)
		}
		for _, s := range f.Path {
			got = append(got, "  step "+s.Range.String()+" "+s.Message)
		}
	}
	return got
}

// TestMadeFilesAreShownWhereTheyAreWritten: what a program made is shown in the
// program, once for all that one line made, with the made places beside it.
func TestMadeFilesAreShownWhereTheyAreWritten(t *testing.T) {
	line, one, two := program()
	at := func(r source.Range, message string) scanner.Related {
		return scanner.Related{Range: r, Message: message}
	}
	got := places(t,
		scanner.Finding{
			Message: "wide", Range: one.Range(5, 8), Entity: "a",
			Related: []scanner.Related{at(one.Range(0, 4), "role"), at(one.Range(9, 11), "resource"), at(one.Range(12, 17), "other")},
			Path:    []scanner.Step{{Range: one.Range(0, 2), Message: "by the role"}},
		},
		scanner.Finding{Message: "wide", Range: two.Range(5, 8), Entity: "a", Related: []scanner.Related{at(two.Range(0, 4), "role")}},
		scanner.Finding{Message: "narrow", Range: two.Range(5, 8), Entity: "n"},
		scanner.Finding{Message: "not made", Range: two.Range(12, 17), Entity: "b", Related: []scanner.Related{at(line, "here")}},
		scanner.Finding{Message: "not made", Range: one.Range(12, 17), Entity: "b"},
	)
	want := []string{
		"app.ts:3:1 wide",
		"  one.json:2:1 made of it here",
		"  app.ts:2:1 role, at one.json:1:1",
		"  one.json:3:1 other",
		"  two.json:2:1 made of it here",
		"  app.ts:2:1 role, at two.json:1:1",
		"  step app.ts:2:1 by the role",
		"app.ts:3:1 narrow",
		"  two.json:2:1 made of it here",
		"one.json:3:1 not made",
		"two.json:3:1 not made",
		"  app.ts:3:1 here",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// TestMadeFilesGiveEqualFingerprints: those of the made file read alone, also
// where several things of one file come to one line.
func TestMadeFilesGiveEqualFingerprints(t *testing.T) {
	_, one, _ := program()
	alone := source.New("one.json", one.Bytes())
	of := func(s *source.Source) []string {
		return prints(t, config(map[string]string{"a": "code\nx\n"}, rule("IW901", report(
			scanner.Finding{Message: "first", Range: s.Range(5, 7), Entity: "role//one", Part: "p"},
			scanner.Finding{Message: "second", Range: s.Range(8, 11), Entity: "role//one", Part: "p"},
		))))
	}
	if d := cmp.Diff(of(alone), of(one)); d != "" {
		t.Error(d)
	}
}
