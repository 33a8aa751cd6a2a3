package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
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
	config := multitoolConfig(t, tool)
	report := sarifOf(t, scanSample(t, "terraform", "cloudformation", "live"))
	broken := bytes.Replace(report, []byte(`"version": "2.1.0"`), []byte(`"version": "2.1.0", "unknownProperty": 1`), 1)
	if out := multitool(t, tool, config, broken); len(out) == 0 {
		t.Fatal("the Multitool finds nothing in a report with a fault")
	}
	if out := multitool(t, tool, config, report); len(out) > 0 {
		t.Errorf("the Multitool complains:\n%s", strings.Join(out, "\n"))
	}
}

// multitoolConfig switches on the Multitool's rules on what GitHub demands,
// which are off by default. GH1004 has limits that GitHub has raised since.
func multitoolConfig(t *testing.T, tool string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "config.xml")
	if out, err := exec.Command(tool, "export-validation-config", file).CombinedOutput(); err != nil {
		t.Fatalf("export the Multitool's configuration: %v\n%s", err, out)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	rule := regexp.MustCompile(`(<Properties Key="GH100[123567]\.[^"]*Options">\s*<Property Key="RuleEnabled" Value=")Default`)
	if n := len(rule.FindAll(data, -1)); n != 6 {
		t.Fatalf("%d of the 6 rules on GitHub are in the configuration", n)
	}
	if err := os.WriteFile(file, rule.ReplaceAll(data, []byte("${1}Error")), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// multitool returns its errors and warnings, and its notes but those on
// properties that say nothing here: the message's id (SARIF2002), version
// control (SARIF2003) and addresses of the web (SARIF2006).
func multitool(t *testing.T, tool, config string, report []byte) []string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "report.sarif")
	if err := os.WriteFile(file, report, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(tool, "validate", file, "--rule-kind", "Sarif;Ghas", "--level", "Error;Warning;Note", "-c", config).CombinedOutput()
	if err != nil {
		t.Fatalf("run the Multitool: %v\n%s", err, out)
	}
	known := regexp.MustCompile(`: note SARIF200[236]`)
	said := regexp.MustCompile(`: (error|warning|note) [A-Z]+[0-9]+`)
	var lines []string
	for line := range strings.Lines(string(out)) {
		if said.MatchString(line) && !known.MatchString(line) {
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
