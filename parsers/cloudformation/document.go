package cloudformation

import (
	"slices"
	"strings"

	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// Bounds on the undecided conditions over which one statement is worked out:
// up to maxExhaustive of them in every combination, up to maxVaried of them
// each alone against the others; with more it keeps its holes.
const (
	maxExhaustive = 4
	maxVaried     = 32
)

// bearing works out something that bears on access.
func (e *evaluator) bearing(f func()) {
	before := e.bears
	e.bears = true
	f()
	e.bears = before
}

// assuming works something out under further assumptions.
func (e *evaluator) assuming(more assignment, f func()) {
	if len(more) == 0 {
		f()
		return
	}
	assumed, truths, names := e.assumed, e.truths, e.names
	e.assumed, e.truths, e.names = assignment{}, map[string]truth{}, map[nameKey]string{}
	for name, t := range assumed {
		e.assumed[name] = t
	}
	for name, t := range more {
		e.assumed[name] = t
	}
	f()
	e.assumed, e.truths, e.names = assumed, truths, names
}

// variants works out values under every assignment of the conditions that
// they depend on and that are not decided. certain says that there are none.
func (e *evaluator) variants(f func() []*source.Value) (out [][]*source.Value, certain bool) {
	from := len(e.undecided)
	base := f()
	names := slices.Clone(e.undecided[from:])
	slices.Sort(names)
	names = slices.Compact(names)
	if len(names) == 0 || len(names) > maxVaried {
		return [][]*source.Value{base}, true
	}
	for _, a := range assignments(names) {
		e.assuming(a, func() {
			if e.t.spend(1) && e.consistent(names) {
				out = append(out, f())
			}
		})
	}
	if len(out) == 0 { // no combination that was tried can be
		return [][]*source.Value{base}, true
	}
	return out, false
}

// assignments are the combinations of truths to try for some conditions.
func assignments(names []string) []assignment {
	var out []assignment
	if len(names) <= maxExhaustive {
		for bits := range 1 << len(names) {
			out = append(out, assign(names, func(i int) bool { return bits>>i&1 == 0 }))
		}
		return out
	}
	out = append(out, assign(names, func(int) bool { return true }), assign(names, func(int) bool { return false }))
	for alone := range names {
		out = append(out, assign(names, func(i int) bool { return i == alone }), assign(names, func(i int) bool { return i != alone }))
	}
	return out
}

func assign(names []string, holds func(i int) bool) assignment {
	a := assignment{}
	for i, name := range names {
		a[name] = no
		if holds(i) {
			a[name] = yes
		}
	}
	return a
}

// consistent reports whether the assumed truths can hold together.
func (e *evaluator) consistent(names []string) bool {
	for _, name := range names {
		t := e.assumed[name]
		delete(e.assumed, name)
		e.truths = map[string]truth{}
		got := e.condition(name)
		e.assumed[name] = t
		if got != maybe && got != t {
			return false
		}
	}
	e.truths = map[string]truth{}
	return true
}

// document reads a policy document as a property holds it: an object, or a
// JSON text, also one that a function makes. Nil gives nil.
func (e *evaluator) document(raw *source.Value, kind iam.DocumentKind) *iam.Document {
	var doc *iam.Document
	e.bearing(func() {
		tree, fault := e.documentTree(raw)
		if fault != nil {
			doc = &iam.Document{Kind: kind, Range: raw.Range, Invalid: true, Faults: []iam.Fault{
				{Range: fault.Range, Message: fault.Message, Fatal: true, Void: true},
			}}
			return
		}
		doc = iam.Read(e.bounded(tree, raw), kind)
	})
	return doc
}

func (e *evaluator) documentTree(raw *source.Value) (*source.Value, *source.Diagnostic) {
	if raw == nil {
		return nil, nil
	}
	if _, _, ok := intrinsic(raw); raw.Kind == source.Object && !ok {
		return e.object(e.withStatements(raw)), nil
	}
	variants, certain := e.variants(func() []*source.Value { return []*source.Value{e.eval(raw)} })
	var trees []*source.Value
	for _, v := range variants {
		tree, fault := e.parsed(v[0])
		if fault != nil {
			return nil, fault
		}
		if tree != nil {
			trees = append(trees, tree)
		}
	}
	if certain || len(trees) < 2 {
		if len(trees) == 0 {
			return nil, nil
		}
		return trees[0], nil
	}
	return e.mergedTree(trees), nil
}

// parsed is the tree of a document that is an object or a JSON text.
func (e *evaluator) parsed(v *source.Value) (*source.Value, *source.Diagnostic) {
	if v == nil || v.Kind != source.Str {
		return v, nil
	}
	if tree, ok := e.trees[v]; ok {
		return tree, nil
	}
	s := v.Text()
	if !s.Known && !strings.HasPrefix(strings.TrimSpace(s.Value), "{") {
		return source.UnreadValue(source.Show(s.Value), v.Range), nil
	}
	tree, diags := source.ReadJSON(source.QuoteHoles(e.content(v)))
	if len(diags) > 0 {
		return nil, &diags[0]
	}
	return tree, nil
}

// withStatements works out each statement by itself, so that a condition
// which one of them depends on leaves the others certain.
func (e *evaluator) withStatements(doc *source.Value) *source.Value {
	raw := doc.Get("Statement")
	if raw == nil {
		return doc
	}
	items := []*source.Value{raw}
	if raw.Kind == source.List {
		items = raw.Items
	}
	list := &source.Value{Kind: source.List, Range: raw.Range, Origin: raw.Origin, Items: make([]*source.Value, 0, len(items))}
	for _, item := range items {
		variants, certain := e.variants(func() []*source.Value { return flat(e.choices(item)) })
		if certain {
			list.Items = append(list.Items, variants[0]...)
			continue
		}
		list.Items = append(list.Items, e.union(variants)...)
	}
	c := *doc
	c.Members = slices.Clone(doc.Members)
	for i, m := range c.Members {
		if m.Name.Value == "Statement" {
			c.Members[i].Value = list
		}
	}
	return &c
}

// flat takes lists apart: a function may give several statements.
func flat(in []*source.Value) []*source.Value {
	var out []*source.Value
	for _, v := range in {
		if v.Kind == source.List {
			out = append(out, v.Items...)
			continue
		}
		out = append(out, v)
	}
	return out
}

// union is the union of the statements of every variant. What stands in
// all of them is certain.
func (e *evaluator) union(variants [][]*source.Value) []*source.Value {
	count := map[string]int{}
	var keys []string
	first := map[string]*source.Value{}
	for _, variant := range variants {
		for _, v := range variant {
			e.t.spend(textSize(v) / textStep)
			key := v.JSON()
			if count[key] == 0 {
				keys = append(keys, key)
				first[key] = v
			}
			count[key]++
		}
	}
	var out []*source.Value
	sids := map[string]bool{}
	for _, key := range keys {
		v := first[key]
		if count[key] < len(variants) {
			v = e.conditional(v)
		}
		if sid := v.Get("Sid").Text().Value; sid != "" {
			if sids[sid] {
				v = without(v, "Sid")
			}
			sids[sid] = true
		}
		out = append(out, v)
	}
	return out
}

// without drops a member: two variants of one statement share its Sid.
func without(v *source.Value, name string) *source.Value {
	c := *v
	c.Members = slices.DeleteFunc(slices.Clone(v.Members), func(m source.Member) bool { return m.Name.Value == name })
	return &c
}

// mergedTree is one document of those that may stand there.
func (e *evaluator) mergedTree(trees []*source.Value) *source.Value {
	var variants [][]*source.Value
	for _, t := range trees {
		if t.Kind != source.Object {
			return t
		}
		variants = append(variants, t.Get("Statement").Elements())
	}
	c := *without(trees[0], "Statement")
	list := &source.Value{Kind: source.List, Range: c.Range, Items: e.union(variants)}
	c.Members = append(c.Members, source.Member{Name: source.NewString("Statement", c.Range), Value: list})
	return &c
}
