package exposure_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/mattn/go-runewidth"

	"github.com/iamwatch/iamwatch/parsers/export"
	"github.com/iamwatch/iamwatch/parsers/terraform"
	"github.com/iamwatch/iamwatch/reports/exposure"
	"github.com/iamwatch/iamwatch/reports/internal/reporttest"
	"github.com/iamwatch/iamwatch/scanner"
	"github.com/iamwatch/iamwatch/scanner/cloudwatch"
	"github.com/iamwatch/iamwatch/scanner/model"
)

var _ = flag.Bool("update", false, "write the golden files")

// load reads files below testdata/input.
func load(t *testing.T, files ...string) *scanner.Loaded {
	t.Helper()
	l, err := scanner.Read(context.Background(), scanner.Config{
		FS: os.DirFS("testdata/input"), Files: files, Parsers: []scanner.Parser{terraform.New(), export.New()},
	})
	if err != nil {
		t.Fatal(err)
	}
	if !l.Complete() {
		t.Fatalf("the input is read whole: %v", l.Diagnostics)
	}
	return l
}

// matrix is every row of the input that keep admits.
func matrix(t *testing.T, keep func(*exposure.Row) bool) *exposure.Matrix {
	t.Helper()
	m := &exposure.Matrix{Loaded: load(t, "infra/main.tf", "export/details.json"), Version: "1.2.3"}
	for _, r := range m.Loaded.Graph.Exposure() {
		if row := (exposure.Row{Row: r}); keep(&row) {
			m.Rows = append(m.Rows, row)
		}
	}
	return m
}

func all(*exposure.Row) bool { return true }

// reasons are the rows of some identities with the ways into them.
func reasons(t *testing.T, names ...string) *exposure.Matrix {
	t.Helper()
	m := matrix(t, func(r *exposure.Row) bool { return slices.Contains(names, r.Identity.Name.Value) })
	if len(m.Rows) != len(names) {
		t.Fatalf("%d rows of %v", len(m.Rows), names)
	}
	m.Ways = func(id *model.Identity) []exposure.Way { return exposure.Paths(m.Loaded.Graph, id) }
	return m
}

func written(t *testing.T, write func(*bytes.Buffer) error) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func matrixText(t *testing.T, f exposure.Text, m *exposure.Matrix) []byte {
	t.Helper()
	return written(t, func(b *bytes.Buffer) error { return f.Write(b, m) })
}

func whyText(t *testing.T, f exposure.Text, m *exposure.Matrix) []byte {
	t.Helper()
	return written(t, func(b *bytes.Buffer) error { return f.Why(b, m) })
}

func jsonText(t *testing.T, m *exposure.Matrix) []byte {
	t.Helper()
	return written(t, func(b *bytes.Buffer) error { return exposure.JSON{}.Write(b, m) })
}

func TestGolden(t *testing.T) {
	reporttest.Golden(t, "matrix.txt", matrixText(t, exposure.Text{Width: 80}, matrix(t, all)))
	reporttest.Golden(t, "wide.txt", matrixText(t, exposure.Text{Width: 140}, matrix(t, all)))
	reporttest.Golden(t, "color.txt", matrixText(t, exposure.Text{Color: true}, matrix(t, all)))
	reporttest.Golden(t, "why.txt", whyText(t, exposure.Text{}, reasons(t, "alice", "bounded", "unseen", "idle")))
	reporttest.Golden(t, "why.json", jsonText(t, reasons(t, "alice", "bounded")))
}

func TestInputCannotSteerTheTerminal(t *testing.T) {
	m := reasons(t, "alice", "bounded")
	outputs := [][]byte{
		matrixText(t, exposure.Text{}, matrix(t, all)), whyText(t, exposure.Text{}, m), jsonText(t, m),
	}
	for i, out := range outputs {
		for _, bad := range []string{"\x1b", `\u001b`, "between-us"} {
			if strings.Contains(string(out), bad) {
				t.Errorf("output %d holds %q", i, bad)
			}
		}
	}
}

// Colour changes no character, and the matrix and its legend keep to the width.
func TestMatrixKeepsToItsWidth(t *testing.T) {
	m := matrix(t, all)
	for _, width := range []int{80, 100, 140} {
		plain := matrixText(t, exposure.Text{Width: width}, m)
		for line := range strings.Lines(string(plain)) {
			if w := runewidth.StringWidth(strings.TrimSuffix(line, "\n")); w > width {
				t.Errorf("width %d: %d cells: %s", width, w, line)
			}
		}
		color := string(matrixText(t, exposure.Text{Width: width, Color: true}, m))
		for _, code := range []string{"0", "1", "2", "31", "33", "1;31"} {
			color = strings.ReplaceAll(color, "\x1b["+code+"m", "")
		}
		if color != string(plain) {
			t.Errorf("width %d: colour changes the text:\n%s", width, color)
		}
	}
}

func TestNoRows(t *testing.T) {
	none := func(*exposure.Row) bool { return false }
	m := matrix(t, none)
	if got := string(matrixText(t, exposure.Text{}, m)); got != "nobody reaches telemetry\n" {
		t.Errorf("%q", got)
	}
	if got := string(jsonText(t, m)); !strings.Contains(got, `"rows": []`) {
		t.Errorf("%s", got)
	}
	m = &exposure.Matrix{Loaded: load(t)}
	if got := string(matrixText(t, exposure.Text{}, m)); got != "the input has no principals\n" {
		t.Errorf("%q", got)
	}
}

// Only the classes that are asked for are written, with the grants of their
// actions.
func TestChosenClasses(t *testing.T) {
	m := reasons(t, "alice")
	m.Rows[0].Classes = []cloudwatch.Class{cloudwatch.ClassTamper}
	text := string(whyText(t, exposure.Text{}, m))
	for _, want := range []string{"\n  tamper: none\n", "would give cloudwatch:SetAlarmState"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in:\n%s", want, text)
		}
	}
	for _, other := range []string{"\n  read: ", "logs:GetLogEvents"} {
		if strings.Contains(text, other) {
			t.Errorf("%q is of another class:\n%s", other, text)
		}
	}
}

// A cell's grants are indexes into the row's, each at the cell's level; lists
// are never null.
func TestJSONHoldsTogether(t *testing.T) {
	out := jsonText(t, matrix(t, all))
	if bytes.Contains(out, []byte("null")) {
		t.Error("a list is null")
	}
	var report struct {
		Rows []struct {
			Name  string
			Cells []struct {
				Class, Level string
				Grants       []int
			}
			Grants []struct{ Level, Verdict string }
		}
	}
	if err := json.Unmarshal(out, &report); err != nil {
		t.Fatal(err)
	}
	if len(report.Rows) != 7 {
		t.Errorf("%d rows, want 7", len(report.Rows))
	}
	for _, r := range report.Rows {
		for _, c := range r.Cells {
			if len(c.Grants) == 0 {
				t.Errorf("%s, %s: no grant gives it", r.Name, c.Class)
			}
			for _, g := range c.Grants {
				if g >= len(r.Grants) || r.Grants[g].Level != c.Level || r.Grants[g].Verdict == "denied" {
					t.Errorf("%s, %s: grant %d does not give %s", r.Name, c.Class, g, c.Level)
				}
			}
		}
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errBroken }

var errBroken = errors.New("disk full")

func TestErrorsOfTheWriterAreReturned(t *testing.T) {
	m := reasons(t, "alice")
	for name, err := range map[string]error{
		"matrix": exposure.Text{}.Write(broken{}, m), "why": exposure.Text{}.Why(broken{}, m), "json": exposure.JSON{}.Write(broken{}, m),
	} {
		if !errors.Is(err, errBroken) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
