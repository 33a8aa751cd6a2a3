package cloudformation

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/iamwatch/iamwatch/scanner"
	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// TestFixturesAreOneModelAsJSON reads every fixture as it is, in YAML, and
// written out as JSON.
func TestFixturesAreOneModelAsJSON(t *testing.T) {
	files, err := filepath.Glob("testdata/fixtures/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no fixtures: %v", err)
	}
	for _, name := range files {
		t.Run(filepath.Base(name), func(t *testing.T) {
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			root, diags := readTree(source.New(name, data))
			if len(diags) > 0 {
				t.Fatal(diags)
			}
			yaml, json := unitsOf(data), unitsOf([]byte(root.JSON()))
			if len(yaml) == 0 {
				t.Fatal("no units")
			}
			if diff := cmp.Diff(yaml, json, exceptPlaces()); diff != "" {
				t.Errorf("(-yaml +json):\n%s", diff)
			}
		})
	}
}

func unitsOf(data []byte) []*model.Unit {
	var out []*model.Unit
	for _, job := range New().Plan(&scanner.Env{}, []*source.Source{source.New("template", data)}) {
		out = append(out, job(context.Background()).Units...)
	}
	return out
}

// exceptPlaces compares models by what they say. Some holes say the place that
// they come from.
func exceptPlaces() cmp.Option {
	return cmp.Options{
		cmp.Comparer(func(a, b source.Range) bool { return true }),
		cmp.Comparer(func(a, b source.String) bool { return bare(a.Value) == bare(b.Value) && a.Known == b.Known }),
		cmpopts.IgnoreFields(model.Unit{}, "Unresolved"),
		cmpopts.IgnoreFields(iam.Document{}, "Faults"),
		cmpopts.IgnoreUnexported(iam.Statement{}),
		cmpopts.EquateEmpty(),
	}
}

func bare(s string) string {
	return source.ReplaceMarks(s, func(kind source.HoleKind, label string) string {
		label, _, _ = strings.Cut(label, " at ")
		return source.Hole(kind, label)
	})
}
