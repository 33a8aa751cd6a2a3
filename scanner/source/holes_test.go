package source_test

import (
	"strings"
	"testing"

	"github.com/iamwatch/iamwatch/scanner/source"
)

func TestQuoteHolesMakesValuesOfThem(t *testing.T) {
	hole := source.Hole(source.HoleFree, `m["a"].x`)
	for text, want := range map[string]string{
		`{"a":` + hole + `}`:                `{"a":"` + hole + `"}`,
		`["x\"",` + hole + `,"y"]`:          `["x\"","` + hole + `","y"]`,
		`{"a":"p-` + hole + `-s"}`:          `{"a":"p-` + hole + `-s"}`,
		`{"a":"\\",` + hole + `:1}`:         `{"a":"\\","` + hole + `":1}`,
		`{"a":"b"}`:                         `{"a":"b"}`,
		`[` + hole + `,"` + hole + `",[1]]`: `["` + hole + `","` + hole + `",[1]]`,
	} {
		v, diags := source.ReadJSON(source.QuoteHoles(source.NewString(text, source.Range{}).Text()))
		if len(diags) > 0 {
			t.Errorf("%s: %v", source.Show(text), diags)
			continue
		}
		if got := spell(v); got != want {
			t.Errorf("%s: %s, want %s", source.Show(text), source.Show(got), source.Show(want))
		}
	}
	for _, text := range []string{`{` + hole + `}`, `[1 ` + hole + `]`, `{"a":` + hole + hole + `}`} {
		if _, diags := source.ReadJSON(source.QuoteHoles(source.NewString(text, source.Range{}).Text())); len(diags) == 0 {
			t.Errorf("%s is read", source.Show(text))
		}
	}
}

// TestQuoteHolesKeepsPlaces holds that what stands beside a hole is placed as
// it was written.
func TestQuoteHolesKeepsPlaces(t *testing.T) {
	file := source.New("p.tf", []byte(`{"a":${v},"b":"c"}`))
	var b source.TextBuilder
	b.Literal(`{"a":`, file.Range(0, 5))
	b.Opaque(source.Hole(source.HoleFree, "v"), file.Range(5, 9))
	b.Literal(`,"b":"c"}`, file.Range(9, 18))
	v, diags := source.ReadJSON(source.QuoteHoles(b.Text()))
	if len(diags) > 0 {
		t.Fatal(diags)
	}
	if a, c := v.Get("a").Range.Text(), v.Get("b").Range.Text(); a != "${v}" || c != `"c"` {
		t.Errorf("at %q and %q", a, c)
	}
}

// spell writes a value as JSON, its holes as they are.
func spell(v *source.Value) string {
	out := ""
	switch v.Kind {
	case source.Object:
		for i, m := range v.Members {
			out += comma(i) + `"` + m.Name.Value + `":` + spell(m.Value)
		}
		return "{" + out + "}"
	case source.List:
		for i, item := range v.Items {
			out += comma(i) + spell(item)
		}
		return "[" + out + "]"
	case source.Str:
		return `"` + strings.NewReplacer(`\`, `\\`, `x"`, `x\"`).Replace(v.Scalar.Value) + `"`
	}
	return v.Scalar.Value
}

func comma(i int) string {
	if i == 0 {
		return ""
	}
	return ","
}
