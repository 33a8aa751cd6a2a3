package cloudformation_test

import (
	"context"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/iamwatch/iamwatch/parsers/cloudformation"
	"github.com/iamwatch/iamwatch/scanner"
	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

const samples = "../../testdata/samples/cloudformation/"

// parse reads one template with parameters; it must match.
func parse(t *testing.T, name, text string, parameters map[string]string) scanner.Parsed {
	t.Helper()
	p := cloudformation.New()
	file := source.New(name, []byte(text))
	if !p.Match(file) {
		t.Fatalf("%s is not recognised:\n%s", name, text)
	}
	jobs := p.Plan(&scanner.Env{Parameters: parameters}, []*source.Source{file})
	if len(jobs) != 1 {
		t.Fatalf("%d jobs for one template", len(jobs))
	}
	return jobs[0](context.Background())
}

// unit reads a template that must be read whole.
func unit(t *testing.T, name, text string) *model.Unit {
	t.Helper()
	got := parse(t, name, text, nil)
	if len(got.Diagnostics) > 0 || len(got.Units) != 1 {
		t.Fatalf("%s: %d units, diagnostics %v", name, len(got.Units), got.Diagnostics)
	}
	return got.Units[0]
}

func sample(t *testing.T, name string) *model.Unit {
	t.Helper()
	data, err := os.ReadFile(samples + name)
	if err != nil {
		t.Fatal(err)
	}
	return unit(t, name, string(data))
}

// withoutPlaces compares models by what they say and not by where it stands.
var withoutPlaces = cmp.Options{
	cmp.Comparer(func(a, b source.Range) bool { return true }),
	cmpopts.IgnoreFields(model.Unit{}, "Name"),
	cmpopts.IgnoreFields(iam.Document{}, "Faults"),
	cmpopts.EquateEmpty(),
}
