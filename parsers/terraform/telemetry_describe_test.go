package terraform_test

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// telemetry writes all telemetry resources of a unit, every field of them, so
// that none can be added without an expectation.
func (d *description) telemetry(t *model.Telemetry) {
	lists := reflect.ValueOf(t).Elem()
	for i := range lists.NumField() {
		for j := range lists.Field(i).Len() {
			item := lists.Field(i).Index(j).Elem()
			d.entity(kindName(item), item.FieldByName("Entity").Interface().(model.Entity))
			d.fields(item, "  ")
		}
	}
}

// kindName is a type's name in words.
func kindName(v reflect.Value) string {
	var b strings.Builder
	name := v.Type().Name()
	for i, r := range name {
		if i > 0 && r >= 'A' && r <= 'Z' && name[i-1] >= 'a' {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return strings.ToLower(b.String())
}

func (d *description) fields(v reflect.Value, indent string) {
	for i := range v.NumField() {
		f, name := v.Field(i), v.Type().Field(i).Name
		if f.IsZero() || name == "Unit" || name == "Entity" {
			continue
		}
		if v.Type().Field(i).Anonymous {
			d.fields(f, indent)
			continue
		}
		d.field(name, f, indent)
	}
}

func (d *description) field(name string, v reflect.Value, indent string) {
	switch x := v.Interface().(type) {
	case source.String:
		d.line("%s%s %s", indent, name, placed(x))
	case model.Ref:
		d.line("%s%s %s at %s", indent, name, ref(x), x.Value.Range)
	case *model.Ref:
		d.line("%s%s %s at %s", indent, name, ref(*x), x.Value.Range)
	case source.Range:
		d.line("%s%s at %s", indent, name, x)
	case *iam.Document:
		d.line("%s%s", indent, name)
		d.document(x)
	case bool, string, model.AlarmKind:
		d.line("%s%s %v", indent, name, x)
	default:
		d.nested(name, v, indent)
	}
}

// nested writes lists and structures; of what is linked only the address.
func (d *description) nested(name string, v reflect.Value, indent string) {
	switch {
	case v.Kind() == reflect.Slice:
		for i := range v.Len() {
			d.field(name, v.Index(i), indent)
		}
	case v.Kind() == reflect.Pointer && v.Elem().FieldByName("Address").IsValid():
		d.line("%s%s => %s", indent, name, v.Elem().FieldByName("Address").String())
	case v.Kind() == reflect.Pointer:
		d.nested(name, v.Elem(), indent)
	default:
		d.line("%s%s", indent, name)
		d.fields(v, indent+"  ")
	}
}

func placed(s source.String) string {
	out := fmt.Sprintf("%q at %s", s.Show(), s.Range)
	if !s.Known {
		out = "unknown " + out
	}
	if !s.Origin.IsZero() {
		out += " from " + s.Origin.String()
	}
	return out
}
