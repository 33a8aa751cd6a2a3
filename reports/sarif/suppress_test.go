package sarif_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/iamwatch/iamwatch/reports/internal/reporttest"
	"github.com/iamwatch/iamwatch/reports/sarif"
	"github.com/iamwatch/iamwatch/reports/sarif/sariftest"
	"github.com/iamwatch/iamwatch/scanner"
)

// TestSuppressionsAreToldOfAllResults: where one result is suppressed every
// result tells of suppressions, in a report that the schema accepts and that
// differs in nothing else.
func TestSuppressionsAreToldOfAllResults(t *testing.T) {
	r := reporttest.Result()
	plain := reporttest.Write(t, sarif.Reporter{}, r)
	place := r.Findings[0].Range
	r.Findings[1].Suppressed = &scanner.Suppression{Reason: "reviewed \x1b[2J", Range: place}
	r.Findings[2].Suppressed = &scanner.Suppression{Reason: "known", Range: place, Block: place}
	got := reporttest.Write(t, sarif.Reporter{}, r)
	sariftest.Validate(t, got)
	if n := bytes.Count(got, []byte(`"suppressions": [`)); n != len(r.Findings) {
		t.Errorf("%d of %d results tell of suppressions", n, len(r.Findings))
	}
	for text, n := range map[string]int{`"external"`: 1, `"inSource"`: 1, `"accepted"`: 2, `"guid": "`: 2, `"justification": "known"`: 1, "null": 0, `"justification": "reviewed `: 1} {
		if strings.Count(string(got), text) != n {
			t.Errorf("%d times %s, want %d", strings.Count(string(got), text), text, n)
		}
	}
	if !bytes.Equal(got, reporttest.Write(t, sarif.Reporter{}, r)) {
		t.Error("two reports of one result differ")
	}
	if bytes.Contains(plain, []byte("suppressions")) {
		t.Error("without suppressed results there is talk of suppressions")
	}
}

// TestSuppressedResultsChangeNoHash: a suppressed finding at the place of one
// that is not, as two stages of one stack are, gets a hash of its own and takes
// none.
func TestSuppressedResultsChangeNoHash(t *testing.T) {
	r := reporttest.Result()
	want := map[string]int{}
	for _, run := range read(t, reporttest.Write(t, sarif.Reporter{}, r)).Runs {
		for _, result := range run.Results {
			want[result.PartialFingerprints["primaryLocationLineHash"]] = 1
		}
	}
	same := r.Findings[1]
	same.Suppressed = &scanner.Suppression{Reason: "known", Range: same.Range}
	index := len(r.Findings)
	r.Findings = append(r.Findings, same, same)
	for i, run := range r.Runs {
		if slices.Contains(run.Findings, 1) {
			r.Runs[i].Findings = append([]int{index, index + 1}, run.Findings...)
		}
	}
	got := map[string]int{}
	for _, run := range read(t, reporttest.Write(t, sarif.Reporter{}, r)).Runs {
		for _, result := range run.Results {
			got[result.PartialFingerprints["primaryLocationLineHash"]]++
		}
	}
	want[same.Fingerprint[:16]+":1"], want[same.Fingerprint[:16]+":2"] = 1, 1
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
