package rules_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/iamwatch/iamwatch/rules"
	"github.com/iamwatch/iamwatch/scanner"
	"github.com/iamwatch/iamwatch/scanner/scannertest"
)

// TestFixtures runs every rule over its fixtures, and beside it the notes that
// say what could not be resolved.
func TestFixtures(t *testing.T) {
	for _, r := range rules.All() {
		t.Run(r.ID, func(t *testing.T) {
			some := []*scanner.Rule{r}
			for _, id := range []string{"IW901", "IW902"} {
				if id != r.ID {
					some = append(some, rule(t, id))
				}
			}
			scannertest.Run(t, parsers(), some, filepath.Join("testdata", r.ID))
		})
	}
}

// inputs are the folders of fixtures by the letters of Rule.Inputs. The
// credential report is part of an export.
var inputs = map[string]string{"L": "live", "C": "live", "T": "terraform", "F": "cloudformation"}

// TestEveryInputHasItsFixtures holds that every input that can show a rule has
// a fixture that makes it fire, a near miss, and an unknown.
func TestEveryInputHasItsFixtures(t *testing.T) {
	for _, r := range rules.All() {
		for _, letter := range strings.Fields(r.Inputs) {
			dir := filepath.Join("testdata", r.ID, inputs[letter])
			entries, err := os.ReadDir(dir)
			if err != nil {
				t.Errorf("%s: list fixtures: %v", r.ID, err)
				continue
			}
			got := map[string]bool{}
			for _, e := range entries {
				for _, kind := range []string{"fires", "near-miss", "unknown"} {
					if strings.HasPrefix(e.Name(), kind) {
						got[kind] = true
					}
				}
			}
			if diff := cmp.Diff(map[string]bool{"fires": true, "near-miss": true, "unknown": true}, got); diff != "" {
				t.Errorf("%s: fixtures of %s (-want +got):\n%s", r.ID, inputs[letter], diff)
			}
		}
	}
}

// TestFixturesSayWhatTheirNamesSay holds that a case that fires wants its rule
// and that a near miss does not.
func TestFixturesSayWhatTheirNamesSay(t *testing.T) {
	cases, err := filepath.Glob(filepath.Join("testdata", "*", "*", "*"))
	if err != nil || len(cases) == 0 {
		t.Fatalf("list cases: %d, %v", len(cases), err)
	}
	for _, c := range cases {
		parts := strings.Split(filepath.ToSlash(c), "/")
		id, name := parts[1], parts[3]
		wants := wanted(t, c, id)
		if strings.HasPrefix(name, "fires") && !wants {
			t.Errorf("%s wants no %s", c, id)
		}
		if strings.HasPrefix(name, "near-miss") && wants {
			t.Errorf("%s wants %s", c, id)
		}
	}
}

// wanted reports whether any file of a case wants a rule.
func wanted(t *testing.T, dir, id string) bool {
	t.Helper()
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	return slices.ContainsFunc(files, func(f os.DirEntry) bool {
		data, err := os.ReadFile(filepath.Join(dir, f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(f.Name(), ".want") {
			return strings.Contains(string(data), " "+id+" ")
		}
		return strings.Contains(string(data), "want "+id+" ")
	})
}
