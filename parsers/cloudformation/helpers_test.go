package cloudformation_test

import (
	"context"
	"fmt"
	"os"
	"strings"
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

// unit reads a template that must be read whole. Of the alternatives of a stack
// it is that of the defaults, taken by itself.
func unit(t *testing.T, name, text string) *model.Unit {
	t.Helper()
	got := parse(t, name, text, nil)
	if len(got.Diagnostics) > 0 || len(got.Units) == 0 || len(got.Units) > 1 && got.Units[0].Worlds == nil {
		t.Fatalf("%s: %d units, diagnostics %v", name, len(got.Units), got.Diagnostics)
	}
	u := got.Units[0]
	u.Worlds, u.World = nil, 0
	return u
}

// crowded adds so many other conditions to a template, all of them asked for
// more often, that those of the template are beyond the bound and undecided.
func crowded(text string) string {
	parameters, conditions, tags := "Parameters:\n", "Conditions:\n", ""
	for i := range 5 {
		parameters += fmt.Sprintf("  Crowd%d: {Type: String, AllowedValues: [a, b]}\n", i)
		conditions += fmt.Sprintf("  Crowd%d: !Equals [!Ref Crowd%d, a]\n", i, i)
		for range 20 {
			tags += fmt.Sprintf("        - !If [Crowd%d, {Key: k, Value: v}, !Ref AWS::NoValue]\n", i)
		}
	}
	resources := "Resources:\n  Crowd:\n    Type: AWS::IAM::User\n    Properties:\n      Tags:\n" + tags
	return strings.NewReplacer("Parameters:\n", parameters, "Conditions:\n", conditions, "Resources:\n", resources).Replace(text)
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
	cmpopts.IgnoreUnexported(iam.Statement{}),
	cmpopts.EquateEmpty(),
}

func fixture(t *testing.T, name string) *model.Unit {
	t.Helper()
	data, err := os.ReadFile("testdata/fixtures/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return unit(t, name, string(data))
}

// linked reads a fixture and resolves its references.
func linked(t *testing.T, name string) *model.Unit {
	t.Helper()
	u := fixture(t, name)
	model.Link(&model.Model{Units: []*model.Unit{u}}, "")
	return u
}

// undecided reads a fixture so that none of its conditions are decided, and
// resolves its references.
func undecided(t *testing.T, name string) *model.Unit {
	t.Helper()
	u := unit(t, name, crowded(read(t, "testdata/fixtures/"+name)))
	model.Link(&model.Model{Units: []*model.Unit{u}}, "")
	return u
}

func identity(t *testing.T, u *model.Unit, address string) *model.Identity {
	t.Helper()
	for _, id := range u.Identities {
		if id.Address == address {
			return id
		}
	}
	t.Fatalf("no identity %s", address)
	return nil
}

// names are what inline and managed policies an identity holds, for tables.
func names(id *model.Identity) []string {
	var out []string
	for _, p := range id.Inline {
		out = append(out, mark("inline "+p.Name.Show(), p.Maybe))
	}
	for _, a := range id.Managed {
		s := a.Policy.Value.Show()
		if a.To != nil {
			s = a.To.Address
		}
		out = append(out, mark("managed "+s, a.Maybe))
	}
	return out
}

func mark(s string, maybe bool) string {
	if maybe {
		return s + "?"
	}
	return s
}

// statements are the actions of a document's statements, for tables.
func statements(d *iam.Document) []string {
	var out []string
	for _, st := range d.Statements {
		s := ""
		for _, a := range st.Actions {
			s += a.Show() + " "
		}
		for _, c := range st.Conditions {
			s += "if " + c.Key.Show() + " "
		}
		out = append(out, mark(s, st.Maybe))
	}
	return out
}
