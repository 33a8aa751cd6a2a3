package model_test

import (
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// TestEachRegionalVisitsEveryType fills every list of Telemetry whose elements
// are regional, so that none is forgotten, and links them.
func TestEachRegionalVisitsEveryType(t *testing.T) {
	u := &model.Unit{}
	lists := reflect.ValueOf(&u.Telemetry).Elem()
	want := map[string]bool{}
	for i := range lists.NumField() {
		element := lists.Field(i).Type().Elem().Elem()
		base := reflect.New(element)
		if _, ok := element.FieldByName("Regional"); !ok {
			continue
		}
		name := lists.Type().Field(i).Name
		base.Elem().FieldByName("Address").SetString(name)
		lists.Field(i).Set(reflect.Append(lists.Field(i), base))
		want[name] = true
	}
	model.Link(&model.Model{Units: []*model.Unit{u}}, "")
	got := map[string]bool{}
	u.EachRegional(func(r *model.Regional) {
		if r.Unit != u {
			t.Errorf("%s has no unit", r.Address)
		}
		got[r.Address] = true
	})
	if diff := cmp.Diff(want, got); diff != "" || len(got) < 20 {
		t.Errorf("%d types: %s", len(got), diff)
	}
}

// TestSetting holds that what is said anyway is as good as not said, and what
// is not known is neither.
func TestSetting(t *testing.T) {
	at := source.New("f", []byte("true")).Range(0, 4)
	for _, c := range []struct {
		value, byDefault, want string
	}{
		{"true", "false", "true"}, {"false", "false", ""}, {"", "false", ""}, {"", "", ""},
		{source.Hole(source.HoleFree, "var.x"), "false", source.Hole(source.HoleFree, "var.x")},
	} {
		if got := model.Setting(source.NewString(c.value, at), c.byDefault); got.Value != c.want || got.IsZero() != (c.want == "") {
			t.Errorf("%q by default %q: %+v", c.value, c.byDefault, got)
		}
	}
}
