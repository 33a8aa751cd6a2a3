package scanner_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/iamwatch/iamwatch/scanner"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// TestFetchedModulesAreShownWhereTheyAreCalled holds that no place in a file
// of a cache comes out of a scan, and that what is told of one place stays
// apart.
func TestFetchedModulesAreShownWhereTheyAreCalled(t *testing.T) {
	mine := source.New("main.tf", []byte("module \"m\" { source = \"far\" }\nrole\n"))
	call, line := mine.Range(0, 10), mine.Range(30, 34)
	cached := source.New("cache/m.tf", []byte("one\ntwo\n")).FetchedBy(call)
	one, two := cached.Range(0, 3), cached.Range(4, 7)
	at := func(r source.Range, message string) scanner.Related {
		return scanner.Related{Range: r, Message: message}
	}
	c := config(map[string]string{"a": "code\nx\n"}, rule("IW901", report(
		scanner.Finding{Message: "role a is open", Subject: "role a", Range: one, Entity: "a", Related: []scanner.Related{
			at(two, "declared here"), at(call, "called here"), at(line, "attached here"),
		}},
		scanner.Finding{Message: "no Action", Subject: "role b", Range: one, Entity: "b"},
		scanner.Finding{
			Message: "mine", Range: line, Entity: "c", Path: []scanner.Step{{Range: two, Message: "by two"}},
			Related: []scanner.Related{at(one, "declared here"), at(two, "trusted here")},
		},
		scanner.Finding{Message: "mine too", Range: line, Entity: "d", Related: []scanner.Related{
			at(one, "declared here"), at(call, "called here"), at(line, "the same place"),
		}},
	)))
	var got []string
	for _, f := range scan(t, c).Findings {
		got = append(got, f.Range.Text()+": "+f.Message)
		for _, r := range f.Related {
			got = append(got, "  "+r.Range.Path()+" "+r.Range.Text()+": "+r.Message)
		}
		for _, s := range f.Path {
			got = append(got, "  step "+s.Range.Path()+" "+s.Range.Text()+": "+s.Message)
		}
	}
	want := []string{
		`module "m": role a is open; it is written in the fetched module, at cache/m.tf:1:1`,
		`  main.tf role: attached here`,
		`module "m": no Action; it is written for role b in the fetched module, at cache/m.tf:1:1`,
		`role: mine`,
		`  main.tf module "m": declared here, at cache/m.tf:1:1`,
		`  step main.tf module "m": by two, at cache/m.tf:2:1`,
		`role: mine too`,
		`  main.tf module "m": called here`,
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// TestFetchedModulesGiveEqualFingerprints: the place has no part in them.
func TestFetchedModulesGiveEqualFingerprints(t *testing.T) {
	mine := source.New("main.tf", []byte("module \"m\" {}\n"))
	written := source.New("m/m.tf", []byte("one\n"))
	of := func(r source.Range) []string {
		return prints(t, config(map[string]string{"a": "code\nx\n"}, rule("IW901", report(
			scanner.Finding{Message: "m", Range: r, Entity: "role//one", Part: "p"},
		))))
	}
	if d := cmp.Diff(of(written.Range(0, 3)), of(written.FetchedBy(mine.Range(0, 10)).Range(0, 3))); d != "" {
		t.Error(d)
	}
}
