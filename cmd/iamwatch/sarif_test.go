package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	jsonreport "github.com/iamwatch/iamwatch/reports/json"
	"github.com/iamwatch/iamwatch/reports/sarif"
	"github.com/iamwatch/iamwatch/reports/sarif/sariftest"
	"github.com/iamwatch/iamwatch/scanner"
)

func sarifOf(t *testing.T, r *scanner.Result) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := (sarif.Reporter{}).Report(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestSamplesAsSARIF holds the assertions of the SARIF contract over the real
// report of every road.
func TestSamplesAsSARIF(t *testing.T) {
	report := sarifOf(t, scanSample(t, "terraform", "cloudformation", "live"))
	sariftest.Check(t, report, os.DirFS(samplesDir))
	if !sariftest.Validate(t, report) {
		t.Log("SKIPPED: the OASIS schema is not at hand")
	}
}

// TestSamplesPassMultitool runs the SARIF Multitool where IAMWATCH_MULTITOOL
// names it. It exits 0 even with errors, so a copy with a fault must be
// found first.
func TestSamplesPassMultitool(t *testing.T) {
	tool := os.Getenv("IAMWATCH_MULTITOOL")
	if tool == "" {
		t.Skip("SKIPPED: IAMWATCH_MULTITOOL does not name the SARIF Multitool")
	}
	report := sarifOf(t, scanSample(t, "terraform", "cloudformation", "live"))
	broken := bytes.Replace(report, []byte(`"version": "2.1.0"`), []byte(`"version": "2.1.0", "unknownProperty": 1`), 1)
	if out := multitool(t, tool, broken); len(out) == 0 {
		t.Fatal("the Multitool finds nothing in a report with a fault")
	}
	if out := multitool(t, tool, report); len(out) > 0 {
		t.Errorf("the Multitool complains:\n%s", strings.Join(out, "\n"))
	}
}

// multitool returns its errors and warnings.
func multitool(t *testing.T, tool string, report []byte) []string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "report.sarif")
	if err := os.WriteFile(file, report, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(tool, "validate", file, "--rule-kind", "Sarif;Ghas", "--level", "Error;Warning").CombinedOutput()
	if err != nil {
		t.Fatalf("run the Multitool: %v\n%s", err, out)
	}
	var lines []string
	for line := range strings.Lines(string(out)) {
		if strings.Contains(line, ": error ") || strings.Contains(line, ": warning ") {
			lines = append(lines, strings.TrimSpace(line))
		}
	}
	return lines
}

// TestReportsAgree: the JSON and the SARIF report of one run hold the same
// findings with the same severities.
func TestReportsAgree(t *testing.T) {
	r := scanSample(t, "terraform", "cloudformation", "live")
	var log struct {
		Runs []struct {
			Results []struct {
				RuleID, Level string
				Fingerprints  map[string]string
			}
		}
	}
	if err := json.Unmarshal(sarifOf(t, r), &log); err != nil {
		t.Fatal(err)
	}
	levels := map[string]string{"critical": "error", "high": "error", "medium": "warning", "low": "note"}
	count := map[string]int{}
	for _, run := range log.Runs {
		for _, res := range run.Results {
			count[res.RuleID+" "+res.Level+" "+res.Fingerprints["iamwatch/v1"]]++
		}
	}
	var b bytes.Buffer
	if err := (jsonreport.Reporter{}).Report(&b, r); err != nil {
		t.Fatal(err)
	}
	var report struct {
		Findings []struct{ Rule, Severity, Fingerprint string }
	}
	if err := json.Unmarshal(b.Bytes(), &report); err != nil {
		t.Fatal(err)
	}
	for _, f := range report.Findings {
		count[f.Rule+" "+levels[f.Severity]+" "+f.Fingerprint]--
	}
	for k, n := range count {
		if n != 0 {
			t.Errorf("%s: %+d", k, n)
		}
	}
	if len(report.Findings) == 0 {
		t.Error("no findings")
	}
}
