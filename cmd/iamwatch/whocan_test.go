package main

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/iamwatch/iamwatch/scanner"
	"github.com/iamwatch/iamwatch/scanner/access"
)

// askSample puts a question to one road of the samples.
func askSample(t *testing.T, road, action string) *access.Answer {
	t.Helper()
	name, source := pathOf(road)
	tr, err := discover([]string{samplesDir + "/" + name}, samplesDir, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { tr.close() })
	l, err := scanner.Read(context.Background(), scanner.Config{FS: tr.fs, Files: tr.files, Dir: tr.dir, Parsers: parsers(), Version: version(), Source: source})
	if err != nil {
		t.Fatal(err)
	}
	return l.Graph.WhoCan(action, "*")
}

// TestWhoCanByThreeRoads: the same principals by every road, each with path
// and statement; the near misses N12, N13 and N14 are none of them.
func TestWhoCanByThreeRoads(t *testing.T) {
	want := []string{
		"allowed role acme-prod-break-glass",
		"allowed role acme-prod-ci",
		"allowed role acme-prod-telemetry-admin",
		"allowed user ops-legacy",
		"allowed user alice -> group sre",
		"allowed user bob -> group sre",
		"allowed repo acme/* on GitHub (OIDC) -> role acme-prod-ci",
	}
	for _, road := range roads {
		var got []string
		for _, b := range askSample(t, road, "cloudwatch:DeleteAlarms").Abilities {
			line := b.Who.String()
			if len(b.Path) > 0 {
				line = b.Path.String()
			}
			got = append(got, b.Result.String()+" "+line)
			if len(b.Statements) == 0 || slices.ContainsFunc(b.Statements, func(g access.Ground) bool { return g.Range.IsZero() }) {
				t.Errorf("%s: %s stands on no statement of a place: %+v", road, line, b.Statements)
			}
			for _, e := range b.Path {
				if e.Kind == access.Assumes && (len(e.Statements) == 0 || e.Statements[0].Range.IsZero()) {
					t.Errorf("%s: %s: no statement opens %s", road, line, e.To)
				}
			}
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s: %s", road, d)
		}
	}
}

// TestNearMissesCannot: what a boundary or a Deny takes away is nobody's by any
// road, and service roles of put-only rights reach nothing else.
func TestNearMissesCannot(t *testing.T) {
	for _, road := range roads {
		for _, b := range askSample(t, road, "cloudwatch:DeleteAlarms").Abilities {
			for _, miss := range []string{"acme-prod-dev", "acme-prod-audit", "svc-billing", "svc-shipper"} {
				if strings.Contains(b.Who.String(), miss) || strings.Contains(b.Path.String(), miss) {
					t.Errorf("%s: %s %s", road, b.Who, b.Path)
				}
			}
		}
	}
}
