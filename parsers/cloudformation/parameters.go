package cloudformation

import (
	"slices"
	"strings"

	"github.com/iamwatch/iamwatch/scanner/source"
)

// ReadParameters reads a file of parameters' values, JSON or YAML, in one of
// the shapes that the AWS CLI and CodePipeline take: a list of objects with
// ParameterKey and ParameterValue ("create-stack"), an object with Parameters
// ("Template configuration file"), or a list of Key=Value texts ("deploy",
// --parameter-overrides). Each value keeps its place. A parameter that is to
// keep its previous value is left out. The first thing that is wrong, a
// repeated name included, is an error with its line; it shows no value.
func ReadParameters(file *source.Source) (map[string]source.String, error) {
	root, diags := readTree(file)
	if len(diags) > 0 {
		return nil, diags[0]
	}
	r := parametersReader{values: map[string]source.String{}}
	switch {
	case root != nil && root.Kind == source.List:
		for _, item := range root.Items {
			r.entry(item)
		}
	case root.Get("Parameters") != nil && root.Get("Parameters").Kind == source.Object:
		for _, m := range root.Get("Parameters").Members {
			r.add(m.Name, m.Value)
		}
	default:
		r.errorf(file.Range(0, 0), "want a list of ParameterKey and ParameterValue, an object with Parameters, or a list of Key=Value")
	}
	if r.fault != nil {
		return nil, r.fault
	}
	return r.values, nil
}

type parametersReader struct {
	values map[string]source.String
	fault  *source.Diagnostic
}

func (r *parametersReader) errorf(at source.Range, format string, args ...any) {
	if r.fault == nil {
		d := source.Errorf(at, format, args...)
		r.fault = &d
	}
}

// entry reads one item of a list.
func (r *parametersReader) entry(v *source.Value) {
	if v.Kind == source.Str {
		r.assignment(v)
		return
	}
	key := v.Get("ParameterKey")
	if !key.IsScalar() {
		r.errorf(v.Range, "want an object with ParameterKey and ParameterValue, or Key=Value")
		return
	}
	value, given := v.Member("ParameterValue")
	switch {
	case given:
		r.add(key.Text(), value.Value)
	case v.Get("UsePreviousValue").Text().Is("true"):
	default:
		r.errorf(v.Range, "the parameter %s has no ParameterValue", source.Show(key.Text().Value))
	}
}

func (r *parametersReader) assignment(v *source.Value) {
	s := v.Text()
	name, value, ok := strings.Cut(s.Value, "=")
	if !ok {
		r.errorf(v.Range, "want Key=Value")
		return
	}
	key := s
	key.Value, s.Value = name, value
	r.add(key, source.StringValue(s))
}

func (r *parametersReader) add(name source.String, value *source.Value) {
	_, seen := r.values[name.Value]
	switch {
	case name.Value == "":
		r.errorf(name.Range, "a parameter without name")
	case seen:
		r.errorf(name.Range, "the parameter %s is given twice", source.Show(name.Value))
	case !value.IsScalar():
		r.errorf(value.Range, "the value of the parameter %s is no text", source.Show(name.Value))
	default:
		r.values[name.Value] = value.Text()
	}
}

// given is the value that the user gives a parameter: --parameter before
// --parameters. One that the parameter does not allow is not taken, because
// no stack could have it.
func (t *template) given(name string, allowed []string, list bool) (source.String, bool) {
	s, ok := t.env.ParameterFiles[name]
	if v, direct := t.env.Parameters[name]; direct {
		s, ok = source.String{Value: v, Known: true}, true
	}
	if !ok || !allows(allowed, s.Value, list) {
		return source.String{}, false
	}
	return s, true
}

// allows reports whether AllowedValues hold a value, or each one of a list.
func allows(allowed []string, value string, list bool) bool {
	if len(allowed) == 0 {
		return true
	}
	values := []string{value}
	if list {
		values = strings.Split(value, ",")
	}
	return !slices.ContainsFunc(values, func(v string) bool {
		return !slices.Contains(allowed, v) && !(list && slices.Contains(allowed, strings.TrimSpace(v)))
	})
}

// checkParameters warns of given values that were not taken.
func (t *template) checkParameters() {
	for name, p := range t.parameters {
		value, fromFile := t.env.ParameterFiles[name]
		direct, ok := t.env.Parameters[name]
		if ok {
			value.Value = direct
		}
		if (ok || fromFile) && !allows(p.allowed, value.Value, isList(p.typ)) {
			t.diagnostics = append(t.diagnostics, source.Warningf(p.name.Range,
				"the value given for the parameter %s is none of its AllowedValues and is not taken", source.Show(name)))
		}
	}
}

// declared are the names of the parameters, in order.
func (t *template) declared() []string {
	out := make([]string, 0, len(t.parameters))
	for name := range t.parameters {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

// hides reports whether NoEcho is set. Whatever does not say that the value may
// be shown hides it: YAML has many words for true.
func hides(noEcho *source.Value) bool {
	if noEcho == nil || noEcho.Kind == source.Null {
		return false
	}
	switch strings.ToLower(noEcho.Text().Value) {
	case "false", "no", "off", "n":
		return false
	}
	return true
}
