package main

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/iamwatch/iamwatch/scanner"
	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// A modelText writes models without their positions, so that two roads to the
// same infrastructure can be compared whole: every field of every entity,
// lists in order of their texts. Tokens are resolved as far as facts says.
type modelText struct {
	facts *strings.Replacer
	// skip are fields that are not written, beside those that never are.
	skip []string
	// call gives the name that stands for an address; nil for the address.
	call func(address string) string
}

// labelled is a token as people see it, with a label that may be an address.
var labelled = regexp.MustCompile(`\$\{[^}]*\}`)

func (w modelText) name(address string) string {
	if w.call == nil {
		return address
	}
	return w.call(address)
}

// units writes what the units of a scan hold, by kind and address.
func (w modelText) units(r *scanner.Result) map[string]string {
	out := map[string]string{}
	for _, run := range r.Runs {
		for _, u := range run.Units {
			w.unit(out, reflect.ValueOf(u).Elem())
		}
	}
	return out
}

func (w modelText) unit(out map[string]string, v reflect.Value) {
	for i := range v.NumField() {
		f, name := v.Field(i), v.Type().Field(i).Name
		switch {
		case name == "Telemetry":
			w.unit(out, f)
		case f.Kind() != reflect.Slice || name == "Unresolved" || name == "Attachments" || name == "Memberships":
			// The last two have been joined to their identities.
		default:
			for j := range f.Len() {
				item := f.Index(j).Elem()
				key := name + " " + fmt.Sprint(j)
				if a := item.FieldByName("Address"); a.IsValid() && a.String() != "" {
					key = name + " " + a.String()
				}
				out[key] = w.value(item)
			}
		}
	}
}

// value writes a value on lines of its own, one a field.
func (w modelText) value(v reflect.Value) string {
	switch x := v.Interface().(type) {
	case source.String:
		return w.text(x.Value)
	case source.Range:
		return ""
	case model.Cause:
		return x.Message
	}
	switch v.Kind() {
	case reflect.String:
		return w.text(v.String())
	case reflect.Pointer, reflect.Interface:
		return w.pointer(v)
	case reflect.Slice:
		return w.list(v)
	case reflect.Struct:
		return w.fields(v)
	}
	return fmt.Sprint(v.Interface())
}

func (w modelText) text(s string) string {
	if s == "" {
		return ""
	}
	shown := w.facts.Replace(source.Show(s))
	if w.call != nil {
		shown = labelled.ReplaceAllStringFunc(shown, func(m string) string { return "${" + w.call(m[2:len(m)-1]) + "}" })
	}
	return fmt.Sprintf("%q", shown)
}

// pointer writes what a field points at; an entity that is listed elsewhere by
// its address.
func (w modelText) pointer(v reflect.Value) string {
	if v.IsNil() {
		return ""
	}
	if a := v.Elem().FieldByName("Address"); a.IsValid() {
		switch v.Interface().(type) {
		case *model.Ref, *model.Attachment:
		case *model.Policy:
			if v.Elem().FieldByName("Kind").Interface() == model.Inline {
				break
			}
			return "-> " + w.name(a.String())
		default:
			return "-> " + w.name(a.String())
		}
	}
	return w.value(v.Elem())
}

func (w modelText) list(v reflect.Value) string {
	var items []string
	for i := range v.Len() {
		items = append(items, w.value(v.Index(i)))
	}
	slices.Sort(items)
	if len(items) == 0 {
		return ""
	}
	return "\n- " + strings.Join(items, "\n- ")
}

func (w modelText) fields(v reflect.Value) string {
	var lines []string
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if !f.IsExported() || unwritten(f.Name) || slices.Contains(w.skip, f.Name) {
			continue
		}
		text := w.value(v.Field(i))
		if text == "" || text == "false" || text == "0" || text == defaults()[f.Name] || f.Name == "Address" && v.Type() == reflect.TypeFor[model.Ref]() {
			continue
		}
		{
			lines = append(lines, f.Name+": "+strings.ReplaceAll(text, "\n", "\n  "))
		}
	}
	return strings.Join(lines, "\n")
}

// defaults are the values that a plan has where nothing is written.
func defaults() map[string]string {
	return map[string]string{
		"Path": `"/"`, "MaxSession": `"3600"`, "Scope": `"ALL"`, "Endpoint": `"no-preference"`, "ActionsEnabled": `"true"`,
		"Retention": `"0"`, "Retained": `"false"`, "State": `"ENABLED"`, "Status": `"Active"`, "DestinationType": `"cloud-watch-logs"`, "Organization": `"false"`,
	}
}

// unwritten names the fields that say where something stands, or in which
// order.
func unwritten(field string) bool {
	return slices.Contains([]string{"Unit", "Module", "Index", "When", "Within"}, field)
}
