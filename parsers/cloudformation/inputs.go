package cloudformation

import (
	"slices"
	"strings"

	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// maxLiterals bounds the values of one input.
const maxLiterals = 16

// inputs are what the conditions and rules of a template ask for, and the
// parameters whose values access depends on.
type inputs struct {
	t      *template
	survey *survey
	list   []*input
	byName map[string]*input
	// literals are the texts that something is compared with, in the order met.
	literals map[string][]string
	loose    map[string]bool
	// keyed are the only values of an input with which a condition can be
	// worked out: the keys of the mapping that it looks up by that input.
	keyed   map[string][]string
	support map[string][]string // of a condition
	tables  map[string]*table
	// tests are the texts of the tests that are inputs.
	tests []string
	rules []*source.Value
}

func newInputs(t *template, s *survey) *inputs {
	m := &inputs{
		t: t, survey: s, byName: map[string]*input{}, literals: map[string][]string{}, loose: map[string]bool{},
		keyed: map[string][]string{}, support: map[string][]string{}, tables: map[string]*table{},
	}
	weights := m.weights()
	if len(weights) == 0 {
		return m
	}
	for _, r := range t.root.Get("Rules").Elements() {
		for _, rule := range r.Members {
			m.rules = append(m.rules, rule.Value)
			m.compared(rule.Value)
		}
	}
	for _, name := range m.names() {
		if weights[name] > 0 {
			m.add(m.parameter(name, weights[name]))
		}
	}
	known := newEvaluator(t)
	known.deciding = true
	for _, name := range []string{"AWS::AccountId", "AWS::Partition", "AWS::Region"} {
		if weights[name] > 0 && !known.pseudo(name, source.Range{}).Text().Known {
			m.add(m.pseudo(name, weights[name]))
		}
	}
	m.open()
	return m
}

// names are the parameters' names in the order written.
func (m *inputs) names() []string {
	var out []string
	for _, p := range m.t.root.Get("Parameters").Elements() {
		for _, d := range p.Members {
			out = append(out, d.Name.Value)
		}
	}
	return out
}

// weights say how much depends on each input: on those of conditions as often
// as the conditions are asked for.
func (m *inputs) weights() map[string]int {
	weights := map[string]int{}
	for _, name := range sortedKeys(m.survey.conditions) { // the first one met decides how values are listed
		for _, in := range m.supports(name) {
			weights[in] += m.survey.conditions[name]
		}
	}
	for name, u := range m.survey.parameters {
		p := m.t.parameters[name]
		if u.decides && len(p.allowed) > 1 && len(p.allowed) <= maxAllowed {
			weights[name] += u.count
		}
	}
	return weights
}

// supports are the names of the inputs that a condition depends on, in order.
func (m *inputs) supports(name string) []string {
	if list, ok := m.support[name]; ok {
		return list
	}
	m.support[name] = nil // a circle of conditions ends here
	v := m.t.conditions[name]
	if v == nil {
		return nil
	}
	var list []string
	m.walk(v, &list)
	slices.Sort(list)
	list = slices.Compact(list)
	m.support[name] = list
	m.compared(v)
	return list
}

// walk collects the inputs below a value.
func (m *inputs) walk(v *source.Value, out *[]string) {
	if fn, arg, ok := conditionCall(v); ok {
		switch fn {
		case "Condition":
			*out = append(*out, m.supports(arg.Text().Value)...)
			return
		case "Ref", "Fn::ValueOf":
			if arg.Kind == source.List && len(arg.Items) > 0 {
				arg = arg.Items[0]
			}
			*out = append(*out, arg.Text().Value)
			return
		case "Fn::Sub":
			for p := range subParts(subText(arg).Text().Value) {
				if p.name != "" && !p.literal {
					*out = append(*out, p.name)
				}
			}
		case "Fn::If":
			if len(arg.Items) > 0 {
				*out = append(*out, m.supports(arg.Items[0].Text().Value)...)
			}
		}
	}
	for _, i := range v.Items {
		m.walk(i, out)
	}
	for _, i := range v.Members {
		m.walk(i.Value, out)
	}
}

func subText(arg *source.Value) *source.Value {
	if arg.Kind == source.List && len(arg.Items) > 0 {
		return arg.Items[0]
	}
	return arg
}

// compared collects what the inputs below a value are compared with.
func (m *inputs) compared(v *source.Value) {
	fn, arg, ok := intrinsic(v)
	if ok && len(arg.Items) == 2 && (fn == "Fn::Equals" || fn == "Fn::Contains" || strings.HasPrefix(fn, "Fn::EachMember")) {
		m.sides(arg.Items[0], arg.Items[1])
		m.sides(arg.Items[1], arg.Items[0])
	}
	for _, i := range v.Items {
		m.compared(i)
	}
	for _, i := range v.Members {
		m.compared(i.Value)
	}
}

// sides notes for the inputs of one side of a comparison what the other is.
func (m *inputs) sides(a, b *source.Value) {
	var names, others []string
	m.walk(a, &names)
	m.walk(b, &others)
	texts := literalsOf(b)
	for _, o := range others {
		p := m.t.parameters[o]
		if p == nil || isParameterStore(p.typ) {
			continue
		}
		if p.value != nil {
			texts = append(texts, p.value.Scalar.Value)
		}
		if !p.given && len(p.allowed) <= maxAllowed {
			texts = append(texts, p.allowed...)
		}
	}
	parted := m.parted(a)
	for _, n := range names {
		m.loose[n] = m.loose[n] || parted && !m.looksUp(a, n)
		m.literals[n] = append(m.literals[n], texts...)
	}
	m.keys(a)
}

// looksUp reports whether a value is what a mapping has for an input as the
// key. A key that the mapping does not have fails the deployment
// ("Fn::FindInMap"), unless there is a default value.
func (m *inputs) looksUp(v *source.Value, name string) bool {
	fn, arg, ok := intrinsic(v)
	if !ok || fn != "Fn::FindInMap" || len(arg.Items) != 3 {
		return false
	}
	ref, key, ok := intrinsic(arg.Items[1])
	table := m.t.mapping(arg.Items[0].Text().Value)
	if !ok || ref != "Ref" || key.Text().Value != name || table == nil {
		return false
	}
	keys := make([]string, 0, len(table.Members))
	for _, k := range table.Members {
		if was, ok := m.keyed[name]; !ok || slices.Contains(was, k.Name.Value) {
			keys = append(keys, k.Name.Value)
		}
	}
	m.keyed[name] = keys
	return true
}

// values gives an input its values: texts and, if it can have another one than
// these, Other.
func (m *inputs) values(in *input, texts []string, other bool) {
	keys, keyed := m.keyed[in.Name]
	for _, s := range texts {
		switch {
		case keyed && !slices.Contains(keys, s):
		case len(in.Values) < maxLiterals:
			in.value(s)
		case in.index(s) < 0:
			other, keyed = true, false
		}
	}
	if other && !keyed {
		in.Values = append(in.Values, model.WorldValue{Other: true})
	}
}

// literalsOf are the texts of one side of a comparison.
func literalsOf(v *source.Value) []string {
	var out []string
	for _, i := range v.Elements() {
		if i.IsScalar() && !strings.Contains(i.Scalar.Value, dynamicReference) {
			out = append(out, i.Scalar.Value)
		}
	}
	return out
}

// parted reports whether a value looks at a part of a text or composes one.
func (m *inputs) parted(v *source.Value) bool {
	fn, arg, ok := intrinsic(v)
	if !ok {
		return false
	}
	switch fn {
	case "Fn::Select", "Fn::Split", "Fn::Base64", "Fn::Length", "Fn::If", "Fn::FindInMap":
		return true
	case "Fn::Join":
		return len(arg.Items) == 2 && (arg.Items[0].Text().Value != "" && len(arg.Items[1].Items) != 1 || len(arg.Items[1].Items) > 1)
	case "Fn::Sub":
		return isJoined(subText(arg).Text().Value)
	}
	return false
}

// keys notes the keys of a mapping for the input that chooses among them.
func (m *inputs) keys(v *source.Value) {
	if fn, arg, ok := intrinsic(v); ok && fn == "Fn::FindInMap" && len(arg.Items) > 2 {
		table := m.t.mapping(arg.Items[0].Text().Value)
		var top, second []string
		m.walk(arg.Items[1], &top)
		m.walk(arg.Items[2], &second)
		if table != nil {
			for _, k := range table.Members {
				m.noteKey(top, k.Name.Value)
				for _, k2 := range k.Value.Members {
					m.noteKey(second, k2.Name.Value)
				}
			}
		}
	}
	for _, i := range v.Items {
		m.keys(i)
	}
	for _, i := range v.Members {
		m.keys(i.Value)
	}
}

func (m *inputs) noteKey(names []string, key string) {
	for _, n := range names {
		m.literals[n] = append(m.literals[n], key)
	}
}

func (m *inputs) add(in *input) {
	if in == nil || len(in.Values) < 2 {
		return
	}
	in.order = len(m.list)
	m.list = append(m.list, in)
	m.byName[in.Name] = in
}

// parameter is a parameter as an input, nil for one that is given.
func (m *inputs) parameter(name string, weight int) *input {
	p := m.t.parameters[name]
	if p == nil || p.given {
		return nil
	}
	in := &input{weight: weight, loose: m.loose[name]}
	in.Name, in.Default, in.Secret, in.At = name, -1, p.noEcho, p.name.Range
	in.read = m.survey.parameters[name] != nil
	var texts []string
	if p.value != nil && !isParameterStore(p.typ) {
		texts = []string{p.value.Scalar.Value}
		if !p.noEcho {
			in.At = p.value.Scalar.Range
		}
	}
	others, other := m.literals[name], true
	if len(p.allowed) > 0 && !isList(p.typ) {
		if other = len(p.allowed) > maxAllowed; !other {
			others = p.allowed
		}
		others = slices.DeleteFunc(slices.Clone(others), func(s string) bool { return !slices.Contains(p.allowed, s) })
	}
	texts = slices.DeleteFunc(append(texts, others...), func(s string) bool { return !m.t.lets(p, s) })
	m.values(in, texts, other)
	if p.value != nil && !isParameterStore(p.typ) {
		in.Default = in.index(p.value.Scalar.Value)
	}
	return in
}

// pseudo is a pseudo parameter as an input.
func (m *inputs) pseudo(name string, weight int) *input {
	in := &input{weight: weight, loose: m.loose[name]}
	in.Name, in.Default = name, -1
	m.values(in, m.literals[name], true)
	return in
}

func (in *input) value(text string) {
	if in.index(text) < 0 {
		in.Values = append(in.Values, model.WorldValue{Text: text})
	}
}

func (in *input) index(text string) int {
	return slices.IndexFunc(in.Values, func(v model.WorldValue) bool { return !v.Other && v.Text == text })
}
