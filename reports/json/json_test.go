package json_test

import (
	"encoding/json"
	"flag"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/iamwatch/iamwatch/reports/internal/reporttest"
	reportjson "github.com/iamwatch/iamwatch/reports/json"
	"github.com/iamwatch/iamwatch/reports/sarif"
)

var _ = flag.Bool("update", false, "write the golden files")

func TestGolden(t *testing.T) {
	got := reporttest.Write(t, reportjson.Reporter{}, reporttest.Failed())
	reporttest.Golden(t, "result.json", got)
}

func TestEmptyResultHasNoNull(t *testing.T) {
	var v map[string]any
	if err := json.Unmarshal(reporttest.Write(t, reportjson.Reporter{}, reporttest.Empty()), &v); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"rules", "findings", "diagnostics", "ruleErrors"} {
		if _, ok := v[name].([]any); !ok {
			t.Errorf("%s is %v", name, v[name])
		}
	}
}

// Both formats must tell of the same findings, by fingerprint and rule.
func TestSameFindingsAsSARIF(t *testing.T) {
	r := reporttest.Result()
	var j struct {
		Findings []struct{ Rule, Severity, Fingerprint string }
	}
	var s struct {
		Runs []struct {
			Tool struct {
				Driver struct{ Rules []struct{ ID string } }
			}
			Results []struct {
				RuleID       string
				Level        string
				Fingerprints map[string]string
			}
		}
	}
	decode := func(data []byte, v any) {
		if err := json.Unmarshal(data, v); err != nil {
			t.Fatal(err)
		}
	}
	decode(reporttest.Write(t, reportjson.Reporter{}, r), &j)
	decode(reporttest.Write(t, sarif.Reporter{}, r), &s)
	levels := map[string]string{"critical": "error", "high": "error", "medium": "warning", "low": "note", "info": "note"}
	want, got := map[[3]string]int{}, map[[3]string]int{}
	for _, f := range j.Findings {
		want[[3]string{f.Rule, levels[f.Severity], f.Fingerprint}]++
	}
	for _, run := range s.Runs {
		for _, f := range run.Results {
			got[[3]string{f.RuleID, f.Level, f.Fingerprints["iamwatch/v1"]}]++
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
