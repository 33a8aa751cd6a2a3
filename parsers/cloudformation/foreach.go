package cloudformation

import (
	"slices"
	"strings"

	"github.com/iamwatch/iamwatch/scanner/source"
)

// maxExpanded bounds the members that the loops of one section make.
const maxExpanded = 10_000

const loopPrefix = "Fn::ForEach::"

func isLoop(name string) bool { return strings.HasPrefix(name, loopPrefix) }

// expand returns the members of a section with its Fn::ForEach loops run
// ("Fn::ForEach", AWS::LanguageExtensions transform).
func (t *template) expand(section *source.Value) []source.Member {
	if section == nil || section.Kind != source.Object {
		return nil
	}
	x := &expander{t: t, e: newEvaluator(t)}
	return x.members(section.Members, nil)
}

// An expander runs loops. The collection of a loop may depend on parameters
// and mappings only, which are read before.
type expander struct {
	t    *template
	e    *evaluator
	made int
}

// A binding gives a loop's identifier its value.
type binding struct {
	name  string
	value source.String
}

func (x *expander) members(in []source.Member, scope []binding) []source.Member {
	out := make([]source.Member, 0, len(in))
	for _, m := range in {
		switch {
		case isLoop(m.Name.Value):
			out = append(out, x.loop(m, scope)...)
		case m.Name.Value == "Fn::Transform":
			x.t.transforms = append(x.t.transforms, calledMacro(m))
		case len(scope) == 0 && !holdsLoop(m.Value):
			out = append(out, m)
		default:
			name := substituteName(m.Name, scope)
			if !x.e.spendText(len(name.Value)) {
				return out
			}
			out = append(out, source.Member{Name: name, Value: x.value(m.Value, scope)})
		}
	}
	return out
}

func holdsLoop(v *source.Value) bool {
	for _, m := range v.Members {
		if isLoop(m.Name.Value) || holdsLoop(m.Value) {
			return true
		}
	}
	for _, i := range v.Items {
		if holdsLoop(i) {
			return true
		}
	}
	return false
}

// loop runs [identifier, collection, {key: value}].
func (x *expander) loop(m source.Member, scope []binding) []source.Member {
	if len(m.Value.Items) != 3 || m.Value.Items[2].Kind != source.Object || !m.Value.Items[0].IsScalar() {
		x.t.errorf(m.Name.Range, "Fn::ForEach takes an identifier, a collection and an object")
		return nil
	}
	x.t.needExtensions("Fn::ForEach", m.Name.Range)
	name := m.Value.Items[0].Scalar.Value
	var out []source.Member
	for _, v := range x.collection(m.Value.Items[1], scope) {
		if x.made++; x.made > maxExpanded {
			x.t.errorf(m.Name.Range, "Fn::ForEach makes more members than the limit")
			break
		}
		inner := slices.Concat(scope, []binding{{name, v}})
		out = append(out, x.members(m.Value.Items[2].Members, inner)...)
	}
	return out
}

// collection are the values that a loop runs over; of an unknown collection,
// one unknown value.
func (x *expander) collection(v *source.Value, scope []binding) []source.String {
	list := x.e.eval(x.value(v, scope))
	if list == nil || list.Kind != source.List {
		return []source.String{source.Unknown(source.HoleName, "an element of the loop", v.Range)}
	}
	out := make([]source.String, 0, len(list.Items))
	for _, i := range list.Items {
		for _, inner := range i.Elements() {
			out = append(out, inner.Text())
		}
	}
	return out
}

// value copies v with the identifiers in scope replaced.
func (x *expander) value(v *source.Value, scope []binding) *source.Value {
	if !x.t.spend(1) {
		return unevaluated(v.Range)
	}
	c := *v
	switch v.Kind {
	case source.Str:
		if s, changed := substitute(v.Scalar, scope); changed {
			c.Scalar = s
		}
	case source.List:
		c.Items = make([]*source.Value, len(v.Items))
		for i, item := range v.Items {
			c.Items[i] = x.value(item, scope)
		}
	case source.Object:
		switch fn, arg, _ := intrinsic(v); fn {
		case "Ref":
			if s, bound := bound(arg.Text().Value, scope); bound {
				return source.StringValue(source.String{Value: s.Value, Known: s.Known, Range: v.Range, Origin: s.Place()})
			}
		case "Fn::Sub":
			if out := x.bind(arg, scope); out != nil {
				c.Members = []source.Member{{Name: v.Members[0].Name, Value: out}}
				return &c
			}
		}
		c.Members = x.members(v.Members, scope)
	}
	return &c
}

// bind gives Fn::Sub the identifiers in scope as variables of its own, so that
// its text stays as it is written. It is nil for what is no text.
func (x *expander) bind(arg *source.Value, scope []binding) *source.Value {
	text, names := arg, &source.Value{Kind: source.Object, Range: arg.Range}
	if arg.Kind == source.List && len(arg.Items) == 2 && arg.Items[1].Kind == source.Object {
		text, names = arg.Items[0], x.value(arg.Items[1], scope)
	}
	if text.Kind != source.Str || strings.Contains(text.Scalar.Value, "&{") {
		return nil
	}
	for i := len(scope) - 1; i >= 0; i-- {
		b := scope[i]
		if _, given := names.Member(b.name); given || !strings.Contains(text.Scalar.Value, b.name) {
			continue
		}
		name := source.String{Value: b.name, Known: true, Range: text.Range}
		names.Members = append(names.Members, source.Member{Name: name, Value: source.StringValue(b.value)})
	}
	return &source.Value{Kind: source.List, Range: arg.Range, Origin: arg.Origin, Items: []*source.Value{text, names}}
}

func bound(name string, scope []binding) (source.String, bool) {
	for i := len(scope) - 1; i >= 0; i-- {
		if scope[i].name == name {
			return scope[i].value, true
		}
	}
	return source.String{}, false
}

func substituteName(s source.String, scope []binding) source.String {
	out, _ := substitute(s, scope)
	return out
}

// substitute replaces ${identifier}, and &{identifier}, which drops what is
// no letter or digit.
func substitute(s source.String, scope []binding) (source.String, bool) {
	text := s.Value
	for _, b := range scope {
		text = strings.ReplaceAll(text, "${"+b.name+"}", b.value.Value)
		text = strings.ReplaceAll(text, "&{"+b.name+"}", alphanumeric(b.value.Value))
	}
	if text == s.Value {
		return s, false
	}
	return source.String{Value: text, Known: !source.HasMark(text), Range: s.Range, Origin: s.Origin}, true
}

func alphanumeric(s string) string {
	if source.HasMark(s) {
		return s
	}
	return strings.Map(func(r rune) rune {
		if r < 0x80 && (r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z') {
			return r
		}
		return -1
	}, s)
}
