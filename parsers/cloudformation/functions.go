package cloudformation

import (
	"encoding/base64"
	"iter"
	"strconv"
	"strings"

	"github.com/iamwatch/iamwatch/scanner/source"
)

// sub is Fn::Sub in both forms ("Fn::Sub"): the text with ${Name},
// ${Resource.Attribute} and ${!Literal} replaced.
func (e *evaluator) sub(arg *source.Value, r source.Range) *source.Value {
	template, names := arg, (*source.Value)(nil)
	if arg.Kind == source.List && len(arg.Items) == 2 {
		template, names = arg.Items[0], arg.Items[1]
	}
	if template.Kind == source.Object {
		template = e.eval(template)
	}
	if !template.IsScalar() {
		return source.UnreadValue("Fn::Sub", r)
	}
	t := e.text(template)
	if p := nextSubPart(t.Value, 0); p.end == len(t.Value) && p.variable() {
		if v := e.variable(p.name, names, r); v != nil {
			return v
		}
	}
	var b source.TextBuilder
	b.Grow(1+2*strings.Count(t.Value, "${"), len(t.Value))
	var from []source.Range
	for p := range subParts(t.Value) {
		at := t.Range(p.start, p.end)
		switch {
		case p.literal:
			b.Opaque("${"+p.name+"}", at)
		case !p.variable():
			b.Append(t, p.start, p.end)
		default:
			s := e.variableText(p.name, names, at)
			if !e.spendText(len(s.Value)) {
				return unevaluated(r)
			}
			b.Brought(s.Value, at, s.Origin)
			if !s.Origin.IsZero() {
				from = append(from, s.Origin)
			}
		}
	}
	return e.composed(b.Text(), one(from), r)
}

// one is the only place of a list, none when there are several.
func one(places []source.Range) source.Range {
	for _, p := range places {
		if p != places[0] {
			return source.Range{}
		}
	}
	if len(places) == 0 {
		return source.Range{}
	}
	return places[0]
}

// A subPart is a run of text, or a variable when it has a name.
type subPart struct {
	start, end int
	name       string
	literal    bool // ${!name}, which gives ${name}
}

func (p subPart) variable() bool { return p.name != "" && !p.literal }

// subParts are the parts of a text of Fn::Sub in order.
func subParts(s string) iter.Seq[subPart] {
	return func(yield func(subPart) bool) {
		for at := 0; at < len(s); {
			p := nextSubPart(s, at)
			if !yield(p) {
				return
			}
			at = p.end
		}
	}
}

// nextSubPart is the part of s that starts at an offset.
func nextSubPart(s string, at int) subPart {
	i := strings.Index(s[at:], "${")
	end := -1
	if i >= 0 {
		end = strings.IndexByte(s[at+i:], '}')
	}
	switch {
	case end < 0:
		return subPart{start: at, end: len(s)}
	case i > 0:
		return subPart{start: at, end: at + i}
	}
	stop := at + end + 1
	name, literal := strings.CutPrefix(s[at+2:stop-1], "!")
	if !literal {
		name = strings.TrimSpace(name) // of ${} nothing is left: it is text
	}
	return subPart{at, stop, name, literal}
}

// isJoined reports whether a text of Fn::Sub has more than one part.
func isJoined(s string) bool { return s != "" && nextSubPart(s, 0).end < len(s) }

// variable is what ${name} stands for.
func (e *evaluator) variable(name string, names *source.Value, r source.Range) *source.Value {
	if names != nil && !e.t.spend(len(names.Members)/memberStep) {
		return unevaluated(r)
	}
	if m, ok := names.Member(name); ok {
		v := e.eval(m.Value)
		if v == nil {
			return nil
		}
		return e.at(v, r)
	}
	if id, attribute, ok := strings.Cut(name, "."); ok && e.t.parameters[name] == nil {
		return e.attribute(id, attribute, r)
	}
	return e.ref(name, r)
}

// variableText is the text of a variable. Most are pseudo parameters, of which
// no value is made.
func (e *evaluator) variableText(name string, names *source.Value, r source.Range) source.String {
	if names == nil && isPseudoText(name) && e.t.parameters[name] == nil {
		return e.pseudoText(name, r)
	}
	return scalar(e.variable(name, names, r), name)
}

// join is Fn::Join: [delimiter, list].
func (e *evaluator) join(arg *source.Value, r source.Range) *source.Value {
	if len(arg.Items) != 2 {
		return source.UnreadValue("Fn::Join", r)
	}
	delimiter, list := e.eval(arg.Items[0]), e.eval(arg.Items[1])
	if list == nil || list.Kind != source.List || !delimiter.IsScalar() {
		return e.unread(list, r)
	}
	var b source.TextBuilder
	var from []source.Range
	for i, item := range list.Items {
		if item.Maybe || !item.IsScalar() && item.Kind != source.Unread {
			return source.UnreadValue(e.label(), r)
		}
		if i > 0 {
			b.Opaque(delimiter.Scalar.Value, r)
		}
		t := e.text(item)
		if !e.spendText(len(t.Value) + len(delimiter.Scalar.Value)) {
			return unevaluated(r)
		}
		b.Append(t, 0, len(t.Value))
		if o := item.Text().Origin; !o.IsZero() {
			from = append(from, o)
		}
	}
	v := e.composed(b.Text(), one(from), r)
	if len(list.Items) == 1 {
		e.addresses[v] = e.addresses[list.Items[0]]
	}
	return v
}

// unread gives an Unread value the label of what made it so.
func (e *evaluator) unread(v *source.Value, r source.Range) *source.Value {
	if v != nil && v.Kind == source.Unread {
		return e.at(v, r)
	}
	return source.UnreadValue(e.label(), r)
}

// findInMap is Fn::FindInMap: [map, top key, second key, {DefaultValue}].
func (e *evaluator) findInMap(arg *source.Value, r source.Range) *source.Value {
	if len(arg.Items) < 3 {
		return source.UnreadValue("Fn::FindInMap", r)
	}
	name := scalar(e.eval(arg.Items[0]), "map")
	top, second := scalar(e.eval(arg.Items[1]), "key"), scalar(e.eval(arg.Items[2]), "key")
	m := e.t.mapping(name.Value)
	if !name.Known || !top.Known || !second.Known {
		return e.unknownKey(m, len(arg.Items) > 3, name, top, second, r)
	}
	if m != nil && !e.t.spend(len(m.Members)/memberStep) {
		return unevaluated(r)
	}
	if found := e.eval(m.Get(top.Value).Get(second.Value)); found != nil {
		return e.at(found, r)
	}
	if len(arg.Items) > 3 {
		if d := arg.Items[3].Get("DefaultValue"); d != nil {
			return e.eval(d)
		}
	}
	if m != nil && (e.world == nil && e.fixed == nil || arg.Items[1].IsScalar() && arg.Items[2].IsScalar()) {
		e.t.errorf(r, "the mapping %s has no value %s.%s", name.Value, top.Show(), second.Value)
	}
	return e.unread(nil, r)
}

// unknownKey is what a mapping holds under a key that is not known: a value
// that it has under every key, or nothing that could be said. With a default
// the key may also be none of the mapping's.
func (e *evaluator) unknownKey(m *source.Value, defaults bool, name, top, second source.String, r source.Range) *source.Value {
	if m != nil && second.Known && !defaults && e.t.spend(len(m.Members)) {
		if found := e.eval(sameEverywhere(m, second.Value)); found != nil {
			return e.at(found, r)
		}
	}
	v := e.unread(nil, r)
	key := top
	if top.Known {
		key = second
	}
	e.note(e.label(), "the key "+key.Show()+" of the mapping "+name.Show()+" is not known", source.HoleFree, r)
	return v
}

// sameEverywhere is the value of a second key when every top key has the same.
func sameEverywhere(m *source.Value, key string) *source.Value {
	var found *source.Value
	for _, top := range m.Members {
		v := top.Value.Get(key)
		if !v.IsScalar() || found != nil && v.Scalar.Value != found.Scalar.Value {
			return nil
		}
		found = v
	}
	return found
}

// selectItem is Fn::Select: [index, list].
func (e *evaluator) selectItem(arg *source.Value, r source.Range) *source.Value {
	if len(arg.Items) != 2 {
		return source.UnreadValue("Fn::Select", r)
	}
	index, list := e.eval(arg.Items[0]), e.eval(arg.Items[1])
	n, err := strconv.Atoi(index.Text().Value)
	if fn, _, _ := intrinsic(arg.Items[1]); fn == "Fn::GetAZs" && err == nil {
		return e.zone(index.Text().Value, r)
	}
	if list == nil || list.Kind != source.List || err != nil {
		return e.unread(list, r)
	}
	for _, item := range list.Items {
		if item.Maybe {
			return e.unread(nil, r)
		}
	}
	if n < 0 || n >= len(list.Items) {
		e.t.errorf(r, "Fn::Select takes item %d of a list of %d", n, len(list.Items))
		return e.unread(nil, r)
	}
	return e.at(list.Items[n], r)
}

// split is Fn::Split: [delimiter, text].
func (e *evaluator) split(arg *source.Value, r source.Range) *source.Value {
	if len(arg.Items) != 2 {
		return source.UnreadValue("Fn::Split", r)
	}
	delimiter, v := e.eval(arg.Items[0]), e.eval(arg.Items[1])
	if !delimiter.IsScalar() || delimiter.Scalar.Value == "" || v == nil || !v.IsScalar() || !splits(v.Scalar.Value, delimiter.Scalar.Value) {
		return e.unread(v, r)
	}
	if !e.t.spend(strings.Count(v.Scalar.Value, delimiter.Scalar.Value)) {
		return unevaluated(r)
	}
	return splitText(e.text(v), delimiter.Scalar.Value, r)
}

func splitText(t source.Text, delimiter string, r source.Range) *source.Value {
	list := &source.Value{Kind: source.List, Range: r}
	part := func(from, to int) {
		s := source.NewString(t.Value[from:to], r)
		if from < to {
			if s.Origin = t.Origin(from, to); s.Origin.IsZero() {
				s.Origin = t.Range(from, to)
			}
		}
		list.Items = append(list.Items, source.StringValue(s))
	}
	start, at := 0, 0
	for _, p := range source.Pieces(t.Value) {
		if p.IsHole() { // what a mark is written with is no text
			at += len(source.Hole(p.Kind, p.Label))
			continue
		}
		end := at + len(p.Text)
		for {
			i := strings.Index(t.Value[at:end], delimiter)
			if i < 0 {
				break
			}
			part(start, at+i)
			at += i + len(delimiter)
			start = at
		}
		at = end
	}
	part(start, len(t.Value))
	return list
}

// splits reports whether no hole of s can hold the delimiter.
func splits(s, delimiter string) bool {
	for _, p := range source.Pieces(s) {
		switch p.Kind {
		case "":
		case source.HoleName:
			if !strings.Contains(delimiter, ":") {
				return false
			}
		case source.HoleFree:
			return false
		default:
			if !strings.ContainsAny(delimiter, ":/,|;. ") {
				return false
			}
		}
	}
	return true
}

func (e *evaluator) base64(arg *source.Value, r source.Range) *source.Value {
	v := e.eval(arg)
	if s := v.Text(); v.IsScalar() && s.Known && e.spendText(base64.StdEncoding.EncodedLen(len(s.Value))) {
		return source.StringValue(source.NewString(base64.StdEncoding.EncodeToString([]byte(s.Value)), r))
	}
	return e.unread(v, r)
}

func (e *evaluator) length(arg *source.Value, r source.Range) *source.Value {
	list := e.eval(arg)
	if list == nil || list.Kind != source.List {
		return e.unread(list, r)
	}
	for _, item := range list.Items {
		if item.Maybe {
			return e.unread(nil, r)
		}
	}
	return &source.Value{Kind: source.Number, Scalar: source.NewString(strconv.Itoa(len(list.Items)), r), Range: r}
}

// toJSON is Fn::ToJsonString. The value itself stays at hand, so that a
// document keeps the places of its parts.
func (e *evaluator) toJSON(arg *source.Value, r source.Range) *source.Value {
	tree := e.eval(arg)
	if tree == nil {
		return e.unread(nil, r)
	}
	if !e.spendText(textSize(tree)) {
		return unevaluated(r)
	}
	v := source.StringValue(source.NewString(tree.JSON(), r))
	e.trees[v] = tree
	return v
}

// quote writes a JSON string; holes stay as they are.
