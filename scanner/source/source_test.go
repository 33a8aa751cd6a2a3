package source_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/iamwatch/iamwatch/scanner/source"
)

func TestPositionCountsUTF16(t *testing.T) {
	s := source.New("a.tf", []byte("x\r\n😀é\"cloudwatch:*\"\n"))
	r := s.Range(9, 23)
	if got := r.Text(); got != `"cloudwatch:*"` {
		t.Fatalf("text %q", got)
	}
	if diff := cmp.Diff(source.Position{Line: 2, Column: 4, Display: 3}, r.From()); diff != "" {
		t.Error(diff)
	}
	if got := s.Line(1); got != "x" {
		t.Errorf("line 1 = %q", got)
	}
}

func TestReadJSONKeepsOffsetsAndRepeats(t *testing.T) {
	s := source.New("p.json", []byte("\uFEFF{ \"a\" : [1, \"x\\u0041\"], \"a\": null }"))
	v, diags := source.ReadJSON(s.Text())
	if len(diags) != 0 {
		t.Fatal(diags)
	}
	first := v.Members[0].Value
	if got := first.Items[1].Range.Text(); got != `"x\u0041"` {
		t.Errorf("range %q", got)
	}
	if got := first.Items[1].Scalar.Value; got != "xA" {
		t.Errorf("value %q", got)
	}
	if got := v.Repeated(); len(got) != 1 || got[0].Name.Range.Start() <= first.Range.End() {
		t.Errorf("repeated %v", got)
	}
}

func TestReadJSONGivesWhatStandsBeforeAFault(t *testing.T) {
	s := source.New("p.json", []byte("{\n \"a\": {\"b\": 1},\n \"c\": [2,"))
	v, diags := source.ReadJSON(s.Text())
	if len(diags) != 1 || diags[0].Range.From().Line != 3 {
		t.Fatalf("diagnostics %v", diags)
	}
	if got := v.Get("a").Get("b").Text().Value; got != "1" {
		t.Errorf("a.b = %q", got)
	}
	if got := v.Get("c").Items[0].Text().Value; got != "2" {
		t.Errorf("c[0] = %q", got)
	}
}

func TestEmbeddedDocumentsKeepTheirPlace(t *testing.T) {
	s := source.New("p.json", []byte(`{"doc": "{\"Action\": \"logs:\u002a\"}", "enc": "%7B%22Action%22%3A%22a%22%7D"}`))
	v, _ := source.ReadJSON(s.Text())
	doc, diags := source.ReadJSON(source.JSONText(v.Get("doc").Scalar))
	if len(diags) != 0 {
		t.Fatal(diags)
	}
	if got := doc.Get("Action").Range.Text(); got != `\"logs:\u002a\"` {
		t.Errorf("range %q", got)
	}
	text, err := source.PercentDecode(source.JSONText(v.Get("enc").Scalar))
	if err != nil {
		t.Fatal(err)
	}
	doc, _ = source.ReadJSON(text)
	if got := doc.Get("Action").Range.Text(); got != `%22a%22` {
		t.Errorf("range %q", got)
	}
}

func TestMarksCannotBeForged(t *testing.T) {
	s := source.New("p.json", []byte(`{"a": "`+source.Hole(source.HoleSelf, "")+`"}`))
	if _, diags := source.ReadJSON(s.Text()); len(diags) != 1 {
		t.Fatalf("diagnostics %v", diags)
	}
}

func TestPieces(t *testing.T) {
	s := "arn:aws:iam::" + source.Hole(source.HoleSelf, "") + ":role/" + source.Hole(source.HoleName, "var.x")
	want := []source.Piece{{Text: "arn:aws:iam::"}, {Kind: source.HoleSelf}, {Text: ":role/"}, {Kind: source.HoleName, Label: "var.x"}}
	if diff := cmp.Diff(want, source.Pieces(s)); diff != "" {
		t.Error(diff)
	}
	if got := source.Show(s); got != "arn:aws:iam::<self>:role/${var.x}" {
		t.Errorf("show %q", got)
	}
}

func TestValueJSONRoundTrip(t *testing.T) {
	const text = `{"a":[1,true,null,"x\"y"],"b":{},"c":[]}`
	v, diags := source.ReadJSON(source.New("p.json", []byte(text)).Text())
	if len(diags) > 0 {
		t.Fatal(diags)
	}
	if got := v.JSON(); got != text {
		t.Errorf("%s", got)
	}
}

func TestFetchedSourcesKnowWhatFetchedThem(t *testing.T) {
	mine := source.New("main.tf", []byte(`module "m" {}`))
	call, own := mine.Range(0, 10), source.New("m/p.json", []byte(`{"a": "b"}`))
	fetched := own.FetchedBy(call)
	r := fetched.Range(6, 9)
	if !r.IsFetched() || r.Own() != call || r.Text() != `"b"` || r.String() != "m/p.json:1:7" {
		t.Errorf("fetched %v, own %s, text %s at %s", r.IsFetched(), r.Own(), r.Text(), r)
	}
	if o := own.Range(6, 9); o.IsFetched() || o.Own() != o || (source.Range{}).IsFetched() {
		t.Error("a file of the user's counts as fetched")
	}
	v, _ := source.ReadJSON(own.Text().In(fetched))
	if got := v.Get("a").Range; got != r {
		t.Errorf("text moved to another copy stands at %s of %s", got, got.Own())
	}
}

// TestTextPrefersTheUsersOwnPlaces: a token of a fetched template that the
// user filled stands where the user did.
func TestTextPrefersTheUsersOwnPlaces(t *testing.T) {
	mine := source.New("main.tf", []byte(`"logs:*" module`))
	far := source.New("t.tpl", []byte(`["${a}"]`)).FetchedBy(mine.Range(9, 15))
	var b source.TextBuilder
	b.Literal(`["`, far.Range(0, 2))
	b.Opaque("logs:*", mine.Range(0, 8))
	b.Literal(`"]`, far.Range(6, 8))
	v, diags := source.ReadJSON(b.Text())
	if len(diags) > 0 || v.Items[0].Range != mine.Range(0, 8) {
		t.Errorf("the element stands at %q (%v)", v.Items[0].Range.Text(), diags)
	}
}

// TestTextKeepsWhereItsPartsComeFrom: a token of a template knows the place
// that filled it, unless there are several.
func TestTextKeepsWhereItsPartsComeFrom(t *testing.T) {
	tmpl, vars := source.New("t.tpl", []byte(`["${a}", "${a}-${b}", "x"]`)), source.New("v", []byte(`"A" "B"`))
	a, b := vars.Range(0, 3), vars.Range(4, 7)
	var text source.TextBuilder
	text.Literal(`["`, tmpl.Range(0, 2))
	text.Brought("A", tmpl.Range(2, 6), a)
	text.Literal(`", "`, tmpl.Range(6, 10))
	text.Brought("A", tmpl.Range(10, 14), a)
	text.Literal(`-`, tmpl.Range(14, 15))
	text.Brought("B", tmpl.Range(15, 19), b)
	text.Literal(`", "x"]`, tmpl.Range(19, 26))
	var appended source.TextBuilder
	appended.Opaque(" ", source.Range{})
	appended.Append(text.Text(), 0, len(text.Text().Value))
	for name, full := range map[string]source.Text{"built": text.Text(), "appended": appended.Text()} {
		v, diags := source.ReadJSON(full)
		if len(diags) > 0 {
			t.Fatal(diags)
		}
		var got []string
		for _, item := range v.Items {
			got = append(got, item.Range.Text()+" from "+item.Text().Origin.Text())
		}
		if diff := cmp.Diff([]string{`"${a}" from "A"`, `"${a}-${b}" from `, `"x" from `}, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}
