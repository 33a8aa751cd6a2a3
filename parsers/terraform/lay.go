package terraform

import (
	"slices"
	"strings"

	"github.com/iamwatch/iamwatch/scanner/source"
)

// lay gives a value the places of what is written for it: a tree that says
// the same in another order, with holes, or not all of it. What has no match
// there stands at r, the expression as a whole; what the value does not know
// is as it is written.
func (e *evaluator) lay(v, written *source.Value, r source.Range) *source.Value {
	if e.steps++; e.exhausted() != nil {
		return unread(unknownLabel, r)
	}
	if written == nil || written.Kind == source.Null {
		return e.rebase(v, r)
	}
	if v.Kind == source.Unread {
		return written
	}
	if !written.Range.IsZero() {
		r = written.Range
	}
	switch {
	case v.Kind == source.List:
		return e.layList(v, written, r)
	case v.Kind == source.Object && written.Kind == source.Object:
		return e.layObject(v, written, r)
	case v.IsScalar() && written.Kind == source.List:
		if i := match([]*source.Value{v}, written.Items)[0]; i >= 0 {
			return e.lay(v, written.Items[i], r)
		}
	case v.IsScalar() && (written.IsScalar() || written.Kind == source.Unread):
		return layScalar(v, written, r)
	}
	return e.rebase(v, r)
}

func layScalar(v, written *source.Value, r source.Range) *source.Value {
	out := &source.Value{Kind: v.Kind, Range: r, Origin: written.Origin}
	out.Scalar = source.NewString(v.Scalar.Value, r)
	out.Scalar.Origin = written.Scalar.Origin
	if out.Scalar.Origin.IsZero() {
		out.Scalar.Origin = written.Origin
	}
	return out
}

func (e *evaluator) layList(v, written *source.Value, r source.Range) *source.Value {
	out := &source.Value{Kind: source.List, Range: r, Origin: written.Origin}
	items := written.Elements()
	for i, at := range match(v.Items, items) {
		var w *source.Value
		if at >= 0 {
			w = items[at]
		}
		out.Items = append(out.Items, e.lay(v.Items[i], w, r))
	}
	return out
}

func (e *evaluator) layObject(v, written *source.Value, r source.Range) *source.Value {
	out := &source.Value{Kind: source.Object, Range: r, Origin: written.Origin}
	for _, m := range v.Members {
		name := moved(m.Name, r)
		w, ok := written.Member(m.Name.Value)
		if ok {
			name = w.Name
			name.Value, name.Known = m.Name.Value, m.Name.Known
		}
		out.Members = append(out.Members, source.Member{Name: name, Value: e.lay(m.Value, w.Value, r)})
	}
	return out
}

// match finds for each value the written one that is the same: equal ones
// first, then those of the same Sid, then those that differ by holes. One value
// and one written one that are left are taken to be each other's. The result
// holds indexes, -1 for none.
func match(values, written []*source.Value) []int {
	m := matcher{values: values, written: written, found: make([]int, len(values)), taken: make([]bool, len(written))}
	for i := range m.found {
		m.found[i] = -1
	}
	m.equal()
	for _, alike := range []func(a, b *source.Value) bool{sameSid, similar} {
		m.pair(alike)
	}
	m.last()
	return m.found
}

type matcher struct {
	values, written []*source.Value
	found           []int
	taken           []bool
}

func (m *matcher) take(i, j int) { m.found[i], m.taken[j] = j, true }

// equal pairs what reads the same, whatever the order of its parts.
func (m *matcher) equal() {
	byText := map[string][]int{}
	for j, w := range m.written {
		byText[canonicalText(w)] = append(byText[canonicalText(w)], j)
	}
	for i, v := range m.values {
		key := canonicalText(v)
		if list := byText[key]; len(list) > 0 && v.Kind != source.Unread {
			m.take(i, list[0])
			byText[key] = list[1:]
		}
	}
}

// maxPairs bounds how many pairs are compared one by one.
const maxPairs = 1 << 16

func (m *matcher) pair(alike func(a, b *source.Value) bool) {
	if len(m.values)*len(m.written) > maxPairs {
		return
	}
	for i, v := range m.values {
		for j, w := range m.written {
			if m.found[i] < 0 && !m.taken[j] && alike(v, w) {
				m.take(i, j)
			}
		}
	}
}

// last pairs what is left in order when it is as many on both sides and of
// statements, or of what nobody can tell apart.
func (m *matcher) last() {
	var values, written []int
	for i, at := range m.found {
		if at < 0 {
			values = append(values, i)
		}
	}
	for j, taken := range m.taken {
		if !taken {
			written = append(written, j)
		}
	}
	if len(values) != len(written) {
		return
	}
	for n, i := range values {
		if m.values[i].Kind == source.Object || m.values[i].Kind == source.Unread || len(values) == 1 {
			m.take(i, written[n])
		}
	}
}

// sameSid reports whether both are called the same: statements, or blocks that
// have a name.
func sameSid(a, b *source.Value) bool {
	for _, name := range []string{"Sid", "sid", "name"} {
		if sid := a.Get(name).Text(); sid.Value != "" {
			return b.Get(name).Text().Is(sid.Value)
		}
	}
	return false
}

// similar reports whether a value may be what a written one comes to.
func similar(v, written *source.Value) bool {
	switch {
	case v.Kind == source.Unread || v.Kind == source.Null || written.Kind == source.Unread || written.Kind == source.Null:
		return false
	case v.IsScalar() && written.IsScalar():
		return fills(v.Scalar.Value, written.Scalar.Value)
	case v.Kind == source.Object && written.Kind == source.Object:
		for _, m := range v.Members {
			w := written.Get(m.Name.Value)
			if w == nil || !similar(m.Value, w) {
				return false
			}
		}
		return len(v.Members) > 0
	}
	a, b := v.Elements(), written.Elements()
	if len(a) != len(b) || v.Kind == source.Object || written.Kind == source.Object {
		return false
	}
	for _, item := range a {
		if !slices.ContainsFunc(b, func(w *source.Value) bool { return similar(item, w) }) {
			return false
		}
	}
	return true
}

// fills reports whether a text is another with its holes filled.
func fills(text, written string) bool {
	pieces := source.Pieces(written)
	for i, p := range pieces {
		if p.IsHole() {
			continue
		}
		at := strings.Index(text, p.Text)
		last := i == len(pieces)-1
		switch {
		case at < 0, i == 0 && at > 0:
			return false
		case last && i > 0:
			return strings.HasSuffix(text, p.Text)
		case last:
			return text == p.Text
		}
		text = text[at+len(p.Text):]
	}
	return true
}

// canonicalText is a value as text that does not depend on the order of its
// parts, or on whether one stands in a list.
func canonicalText(v *source.Value) string {
	switch v.Kind {
	case source.List:
		if len(v.Items) == 1 {
			return canonicalText(v.Items[0])
		}
		parts := make([]string, len(v.Items))
		for i, item := range v.Items {
			parts[i] = canonicalText(item)
		}
		slices.Sort(parts)
		return "[" + strings.Join(parts, "\x00") + "]"
	case source.Object:
		parts := make([]string, len(v.Members))
		for i, m := range v.Members {
			parts[i] = m.Name.Value + "\x01" + canonicalText(m.Value)
		}
		slices.Sort(parts)
		return "{" + strings.Join(parts, "\x00") + "}"
	}
	return v.Scalar.Value
}
