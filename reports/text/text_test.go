package text_test

import (
	"flag"
	"strings"
	"testing"

	"github.com/mattn/go-runewidth"

	"github.com/iamwatch/iamwatch/reports/internal/reporttest"
	"github.com/iamwatch/iamwatch/reports/text"
	"github.com/iamwatch/iamwatch/scanner"
	"github.com/iamwatch/iamwatch/scanner/source"
)

var _ = flag.Bool("update", false, "write the golden files")

func TestGolden(t *testing.T) {
	reporttest.Golden(t, "plain.txt", reporttest.Write(t, text.Reporter{}, reporttest.Failed()))
	reporttest.Golden(t, "color.txt", reporttest.Write(t, text.Reporter{Color: true, Width: 80}, reporttest.Result()))
	reporttest.Golden(t, "empty.txt", reporttest.Write(t, text.Reporter{}, reporttest.Empty()))
}

func TestInputCannotSteerTheTerminal(t *testing.T) {
	got := string(reporttest.Write(t, text.Reporter{}, reporttest.Result()))
	for _, bad := range []string{"\x1b", "\u202e", "\t", "AKIA"} {
		if strings.Contains(got, bad) {
			t.Errorf("report holds %q", bad)
		}
	}
}

func TestBinaryFilesAreNotShown(t *testing.T) {
	for data, frame := range map[string]bool{"PK\x03\x04\x00": false, "PK text": true} {
		f := source.New("a", []byte(data))
		var out strings.Builder
		if err := (text.Reporter{}).Diagnostics(&out, []source.Diagnostic{source.Errorf(f.Range(0, 0), "is not read")}); err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(out.String(), "PK"); got != frame {
			t.Errorf("%q: shown %v in\n%s", data, got, out.String())
		}
	}
}

// The line below the code must point at the token whatever stands before it.
func TestUnderlineStandsBelowTheToken(t *testing.T) {
	lines := strings.Split(string(reporttest.Write(t, text.Reporter{}, reporttest.Result())), "\n")
	seen := 0
	for i, line := range lines {
		at := strings.Index(line, "^^^^^^^^ all of CloudWatch Logs")
		if at < 0 {
			continue
		}
		seen++
		code := lines[i-1]
		before := code[:strings.Index(code, `"logs:*"`)]
		if width := runewidth.StringWidth(before); width != at {
			t.Errorf("token at cell %d, underline at %d:\n%s\n%s", width, at, code, line)
		}
	}
	if seen != 2 {
		t.Errorf("%d underlines", seen)
	}
}

func TestLongLinesAreCutAroundTheToken(t *testing.T) {
	lines := strings.Split(string(reporttest.Write(t, text.Reporter{Width: 60}, reporttest.Many(300))), "\n")
	for i, line := range lines {
		if strings.Contains(line, "|") && runewidth.StringWidth(line) > 60 {
			t.Fatalf("line of %d cells: %s", runewidth.StringWidth(line), line)
		}
		at := strings.Index(line, "^^^^^^^^^^")
		if at < 0 {
			continue
		}
		code := lines[i-1]
		before := code[:strings.Index(code, `"optional"`)]
		if width := runewidth.StringWidth(before); width != at {
			t.Fatalf("token at cell %d, underline at %d:\n%s\n%s", width, at, code, line)
		}
	}
}

func TestSummary(t *testing.T) {
	want := "3 files, 38 policies, 21 principals, 1 unknown value, 9 findings (1 critical, 3 high, 1 medium, 3 low, 1 info), incomplete, 61 ms"
	if got := text.Summary(reporttest.Result()); got != want {
		t.Errorf("summary %q", got)
	}
	if got := text.Summary(reporttest.Empty()); got != "0 files, 0 policies, 0 principals, 0 unknown values, no findings, 0 ms" {
		t.Errorf("summary %q", got)
	}
}

// TestMarksOfOnePlaceShowTheirLineOnce, be it cut or not.
func TestMarksOfOnePlaceShowTheirLineOnce(t *testing.T) {
	for _, before := range []string{"", strings.Repeat("x", 400)} {
		file := source.New("a.json", []byte(before+"TOKEN"+before))
		r := reporttest.Many(1)
		r.Findings[0].Range, r.Findings[0].Related = reporttest.At(file, "TOKEN", 0), []scanner.Related{{Range: reporttest.At(file, "TOKEN", 0), Message: "again"}}
		got := string(reporttest.Write(t, text.Reporter{Width: 60}, r))
		if n := strings.Count(got, "TOKEN"); n != 1 {
			t.Errorf("the line is shown %d times:\n%s", n, got)
		}
		if !strings.Contains(got, "----- again") {
			t.Errorf("the second mark is gone:\n%s", got)
		}
	}
}
