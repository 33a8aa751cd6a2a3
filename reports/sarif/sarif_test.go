package sarif_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	gosarif "github.com/owenrumney/go-sarif/v2/sarif"

	"github.com/iamwatch/iamwatch/reports/internal/reporttest"
	"github.com/iamwatch/iamwatch/reports/sarif"
	"github.com/iamwatch/iamwatch/reports/sarif/sariftest"
	"github.com/iamwatch/iamwatch/scanner"
	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

var _ = flag.Bool("update", false, "write the golden files")

func TestGolden(t *testing.T) {
	r := reporttest.Result()
	got := reporttest.Write(t, sarif.Reporter{}, r)
	reporttest.Golden(t, "result.sarif", got)
	sariftest.Check(t, got, reporttest.Files(r))
}

func TestReportsAreWhatGitHubAccepts(t *testing.T) {
	one := &scanner.Result{Version: "1.2.3", Rules: reporttest.Rules()}
	results := map[string]*scanner.Result{
		"empty": reporttest.Empty(), "failed rule": reporttest.Failed(), "no runs": one, "many": reporttest.Many(600),
		"edges": edges(),
	}
	for name, r := range results {
		t.Run(name, func(t *testing.T) {
			sariftest.Check(t, reporttest.Write(t, sarif.Reporter{}, r), reporttest.Files(r))
		})
	}
}

// edges has ranges without extent, an empty file, a long line, a long message
// and a block of many lines.
func edges() *scanner.Result {
	r := reporttest.Empty()
	add := func(rng source.Range, message string) {
		r.Runs[0].Findings = append(r.Runs[0].Findings, len(r.Findings))
		r.Findings = append(r.Findings, scanner.Finding{
			Rule: r.Rules[1], Message: message, Range: rng, Fingerprint: reporttest.Fingerprint(rng.String(), message),
			Related: []scanner.Related{{Range: rng, Message: strings.Repeat("[x](9) ", 40)}},
		})
	}
	text := source.New("a:b/c%d.tf", []byte("first\r\n\r\n"+strings.Repeat("line 😀\n", 40)+"last"))
	add(text.Range(0, 0), "at the start")
	add(text.Range(5, 5), "before the end of line")
	add(text.Range(7, 7), "on an empty line")
	add(text.Range(text.Size(), text.Size()), "at the end of file")
	add(text.Range(9, 200), strings.Repeat("a message of many words ", 80))
	add(text.Range(9, 110), "ten lines")
	add(source.New("empty.json", nil).Whole(), "in an empty file")
	long := source.New("long.json", []byte(strings.Repeat("😀x", 9000)+"TOKEN"+strings.Repeat("y", 9000)))
	add(reporttest.At(long, "TOKEN", 0), "in a long line")
	return r
}

type log struct {
	Runs []struct {
		AutomationDetails struct{ ID string }
		Invocations       []struct {
			ExecutionSuccessful        bool
			StartTimeUTC               string
			ToolExecutionNotifications []struct {
				Level   string
				Message struct{ Text string }
			}
		}
		Results []struct {
			RuleID    string
			Level     string
			Message   struct{ Text string }
			Locations []struct {
				PhysicalLocation struct {
					ArtifactLocation struct{ URI string }
					Region           struct{ StartLine, StartColumn, EndLine, EndColumn int }
				}
			}
			Fingerprints, PartialFingerprints map[string]string
		}
	}
}

func read(t *testing.T, data []byte) log {
	t.Helper()
	var l log
	if err := json.Unmarshal(data, &l); err != nil {
		t.Fatal(err)
	}
	return l
}

func TestColumnsCountUTF16(t *testing.T) {
	r := reporttest.Result()
	l := read(t, reporttest.Write(t, sarif.Reporter{}, r))
	got := l.Runs[0].Results[1].Locations[0].PhysicalLocation
	line := strings.Split(string(r.Findings[2].Range.Source.Bytes()), "\n")[got.Region.StartLine-1]
	// The emoji takes two units and four bytes; each of 漢字 one and three.
	want := strings.Index(line, `"logs:*"`) - 4 - 1 - 2 + 1
	if got.Region.StartColumn != want || got.Region.EndColumn != want+8 {
		t.Errorf("region %+v, want column %d", got.Region, want)
	}
	if uri := "infra/my%20roles/r%C3%B6l%C3%A9s.tf"; got.ArtifactLocation.URI != uri {
		t.Errorf("uri %q", got.ArtifactLocation.URI)
	}
}

// TestLongMessagesSayNothingTwice: the first sentence is what lists show.
func TestLongMessagesSayNothingTwice(t *testing.T) {
	name := strings.Repeat("long-", 20) + "role"
	tests := map[string]struct{ message, want string }{
		"short":     {"a role: b; c, which d", "a role: b; c, which d."},
		"actions":   {`policy "a: b" lets role "` + name + `" read: logs:Get and logs:List; the condition on a:B remains`, `policy "a: b" lets role "` + name + `" read. It grants logs:Get and logs:List; the condition on a:B remains.`},
		"clause":    {`anyone may assume role "` + name + `"; the role can call logs:Get`, `anyone may assume role "` + name + `". The role can call logs:Get.`},
		"which":     {`anyone may assume role "` + name + `", which can call logs:Get`, `anyone may assume role "` + name + `". It can call logs:Get.`},
		"jointless": {strings.Repeat("word ", 40) + "end", strings.TrimSpace(strings.Repeat("word ", 31)) + "…. …" + strings.Repeat("word ", 9) + "end."},
	}
	for name, tt := range tests {
		r := reporttest.Many(1)
		r.Findings[0].Message, r.Findings[0].Advice = tt.message, ""
		got := reporttest.Write(t, sarif.Reporter{}, r)
		sariftest.Check(t, got, nil)
		if text := read(t, got).Runs[0].Results[0].Message.Text; text != tt.want {
			t.Errorf("%s: %q, want %q", name, text, tt.want)
		}
	}
}

// TestCredentialsAreMasked: those of the line at fault, those of the entity,
// and the lines around it are not shown at all.
func TestCredentialsAreMasked(t *testing.T) {
	id, token := "AKIA"+"ABCDEFGHIJKLMNOP", "ghp_"+"abcdefghijklmnopqrstuvwxyz0123456789"
	file := source.New("a.tf", []byte("before = 1\nuser = \""+id+"\" # "+token+" password: hunter2\nafter = 1\n"))
	r := reporttest.Many(1)
	r.Findings[0].Range, r.Findings[0].Entity = reporttest.At(file, id, 0), "user//"+id
	got := reporttest.Write(t, sarif.Reporter{}, r)
	sariftest.Check(t, got, reporttest.Files(r))
	for _, secret := range []string{id, token, token[4:], "hunter2", "before", "after"} {
		if bytes.Contains(got, []byte(secret)) {
			t.Errorf("report holds %q", secret)
		}
	}
	if !bytes.Contains(got, []byte("user//****************MNOP")) {
		t.Error("the entity is gone")
	}
}

func TestIncompleteScanIsUnsuccessfulInItsRunOnly(t *testing.T) {
	l := read(t, reporttest.Write(t, sarif.Reporter{}, reporttest.Result()))
	code, live := l.Runs[0].Invocations[0], l.Runs[1].Invocations[0]
	if code.ExecutionSuccessful || !live.ExecutionSuccessful {
		t.Errorf("successful: code %v, live %v", code.ExecutionSuccessful, live.ExecutionSuccessful)
	}
	if n := code.ToolExecutionNotifications; len(n) != 1 || n[0].Level != "error" || !strings.HasPrefix(n[0].Message.Text, "infra/trust.tf:1:33: ") {
		t.Errorf("notifications %v", n)
	}
	if n := live.ToolExecutionNotifications; len(n) != 1 || n[0].Level != "warning" {
		t.Errorf("notifications %v", n)
	}
	for _, run := range read(t, reporttest.Write(t, sarif.Reporter{}, reporttest.Failed())).Runs {
		if run.Invocations[0].ExecutionSuccessful {
			t.Errorf("%s: successful although a rule failed", run.AutomationDetails.ID)
		}
	}
}

func TestOneLineFilesGetDistinctHashes(t *testing.T) {
	l := read(t, reporttest.Write(t, sarif.Reporter{}, reporttest.Many(100)))
	seen := map[string]bool{}
	for _, r := range l.Runs[0].Results {
		seen[r.Locations[0].PhysicalLocation.ArtifactLocation.URI+r.PartialFingerprints["primaryLocationLineHash"]] = true
	}
	if len(seen) != 100 {
		t.Errorf("%d distinct hashes of 100", len(seen))
	}
}

func TestLiveHashesComeFromTheFingerprint(t *testing.T) {
	r := reporttest.Result()
	l := read(t, reporttest.Write(t, sarif.Reporter{}, r))
	want := r.Findings[0].Fingerprint[:16] + ":1"
	if got := l.Runs[1].Results[0].PartialFingerprints["primaryLocationLineHash"]; got != want {
		t.Errorf("hash %q, want %q", got, want)
	}
}

func TestMaxResults(t *testing.T) {
	r := reporttest.Many(40)
	r.Findings[0].Rule = r.Rules[0]
	got := reporttest.Write(t, sarif.Reporter{Options: sarif.Options{MaxResults: 7}}, r)
	sariftest.Check(t, got, nil)
	run := read(t, got).Runs[0]
	if len(run.Results) != 7 || run.Results[0].RuleID != "IW101" {
		t.Errorf("%d results, first of %s", len(run.Results), run.Results[0].RuleID)
	}
	if n := run.Invocations[0].ToolExecutionNotifications; len(n) != 1 || !strings.HasPrefix(n[0].Message.Text, "33 results") || !run.Invocations[0].ExecutionSuccessful {
		t.Errorf("notifications %v", n)
	}
}

func TestLargestReport(t *testing.T) {
	if testing.Short() {
		t.Skip("25,000 results take seconds")
	}
	r := reporttest.Many(sarif.LimitMaxResults + 10)
	got := reporttest.Write(t, sarif.Reporter{Options: sarif.Options{MaxResults: 1 << 20}}, r)
	if n := len(read(t, got).Runs[0].Results); n != sarif.LimitMaxResults {
		t.Errorf("%d results", n)
	}
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(got); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if b.Len() > 10_000_000 {
		t.Errorf("%d bytes compressed", b.Len())
	}
	sariftest.Validate(t, got)
	if n := len(read(t, reporttest.Write(t, sarif.Reporter{}, r)).Runs[0].Results); n != sarif.DefaultMaxResults {
		t.Errorf("%d results by default", n)
	}
}

func TestOptions(t *testing.T) {
	at := time.Date(2027, 1, 2, 3, 4, 5, 6, time.UTC)
	p := sarif.Reporter{Options: sarif.Options{PathPrefix: "./sub dir/", Category: "iamwatch/iac/shop", Start: at, End: at}}
	l := read(t, reporttest.Write(t, p, reporttest.Many(2)))
	run := l.Runs[0]
	if run.AutomationDetails.ID != "iamwatch/iac/shop/" || run.Invocations[0].StartTimeUTC != "2027-01-02T03:04:05Z" {
		t.Errorf("run %+v", run)
	}
	if uri := run.Results[0].Locations[0].PhysicalLocation.ArtifactLocation.URI; uri != "sub%20dir/flat.json" {
		t.Errorf("uri %q", uri)
	}
	two := read(t, reporttest.Write(t, sarif.Reporter{Options: sarif.Options{Category: "shop/"}}, reporttest.Result()))
	if a, b := two.Runs[0].AutomationDetails.ID, two.Runs[1].AutomationDetails.ID; a != "shop/iac/" || b != "shop/export/111122223333/" {
		t.Errorf("categories %q, %q", a, b)
	}
}

func TestFindingWithoutPlaceBecomesANotification(t *testing.T) {
	r := reporttest.Many(2)
	r.Findings[0].Range = source.Range{}
	got := reporttest.Write(t, sarif.Reporter{}, r)
	sariftest.Check(t, got, nil)
	run := read(t, got).Runs[0]
	if len(run.Results) != 1 || len(run.Invocations[0].ToolExecutionNotifications) != 1 {
		t.Errorf("%d results, notifications %v", len(run.Results), run.Invocations[0].ToolExecutionNotifications)
	}
}

func TestUnknownRuleIsRefused(t *testing.T) {
	r := reporttest.Many(2)
	r.Rules = r.Rules[:1]
	if err := (sarif.Reporter{}).Report(&bytes.Buffer{}, r); err == nil {
		t.Error("no error")
	}
}

func TestTooManyRunsAreSaid(t *testing.T) {
	r := reporttest.Empty()
	for range sarif.LimitRuns {
		r.Runs = append(r.Runs, scanner.Run{Category: "iamwatch/export/unknown/", Units: []*model.Unit{{Input: model.Export}}})
	}
	l := read(t, reporttest.Write(t, sarif.Reporter{}, r))
	if n := l.Runs[0].Invocations[0].ToolExecutionNotifications; len(n) != 1 || n[0].Level != "warning" {
		t.Errorf("notifications %v", n)
	}
}

func TestRoundTrip(t *testing.T) {
	want := reporttest.Write(t, sarif.Reporter{}, reporttest.Result())
	report, err := gosarif.FromBytes(want)
	if err != nil {
		t.Fatal(err)
	}
	var got bytes.Buffer
	enc := json.NewEncoder(&got)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(report); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(want, got.Bytes()) {
		t.Error("reading and writing again changes the report")
	}
}

// The binary of SARIF Multitool is named by IAMWATCH_MULTITOOL.
func TestMultitool(t *testing.T) {
	tool := os.Getenv("IAMWATCH_MULTITOOL")
	if tool == "" {
		t.Skip("SKIPPED: IAMWATCH_MULTITOOL does not name SARIF Multitool")
	}
	dir := t.TempDir()
	check := func(name string, report []byte) string {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, report, 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command(tool, "validate", file, "--rule-kind", "Sarif;Ghas", "--level", "Error;Warning").CombinedOutput()
		if err != nil {
			t.Fatalf("multitool: %v\n%s", err, out)
		}
		return string(out)
	}
	faulty := func(out string) bool { return strings.Contains(out, ": error ") || strings.Contains(out, ": warning ") }
	results := map[string]*scanner.Result{"result.sarif": reporttest.Result(), "empty.sarif": reporttest.Empty(), "edges.sarif": edges()}
	for name, r := range results {
		if out := check(name, reporttest.Write(t, sarif.Reporter{}, r)); faulty(out) {
			t.Errorf("%s:\n%s", name, out)
		}
	}
	// The tool ends with 0 whatever it finds: a broken report must be told.
	broken := bytes.Replace(reporttest.Write(t, sarif.Reporter{}, reporttest.Result()), []byte(`"level": "error",`), nil, 1)
	broken = bytes.Replace(broken, []byte(`"uriBaseId": "%SRCROOT%"`), []byte(`"index": 4`), 1)
	if out := check("broken.sarif", broken); !faulty(out) {
		t.Errorf("a broken report passes:\n%s", out)
	}
}
