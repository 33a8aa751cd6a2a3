package terraform

import (
	"errors"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/iamwatch/iamwatch/scanner/source"
)

// A level says how deep in a policy document an expression stands. What a
// reference brings keeps its own place down to whole statements; inside one,
// it is placed at the reference and its own place becomes the origin.
type level uint8

const (
	documentLevel level = iota
	statementLevel
	elementLevel
)

// read gives the value of an expression as a tree with places: it walks the
// syntax, so each token has the range where it is written.
func (e *evaluator) read(expr hclsyntax.Expression, sc *scope, at level) *source.Value {
	const cost = 8 // a value with a place takes more room than a step
	e.steps += cost
	defer e.leave()
	if err := e.enter(); err != nil {
		e.limit(err)
		return unread(unknownLabel, e.exprRange(expr))
	}
	switch x := expr.(type) {
	case *hclsyntax.ParenthesesExpr:
		return e.read(x.Expression, sc, at)
	case *hclsyntax.TemplateWrapExpr:
		return e.brought(e.read(x.Wrapped, sc, at), expr, at)
	case *hclsyntax.TemplateExpr:
		return e.readText(x, sc)
	case *hclsyntax.ObjectConsExpr:
		return e.readObject(x, sc, at)
	case *hclsyntax.TupleConsExpr:
		return e.readTuple(x, sc, at)
	case *hclsyntax.ConditionalExpr:
		return e.readConditional(x, sc, at)
	case *hclsyntax.ForExpr:
		return e.readFor(x, sc, at)
	case *hclsyntax.SplatExpr:
		return e.readSplat(x, sc, at)
	case *hclsyntax.FunctionCallExpr:
		return e.readCall(x, sc, at)
	case *hclsyntax.ScopeTraversalExpr, *hclsyntax.RelativeTraversalExpr, *hclsyntax.IndexExpr:
		return e.readReference(expr, sc, at)
	case *plannedExpr:
		return e.readPlanned(x, sc, at)
	case *refsExpr:
		return e.readRefs(x, sc, at)
	}
	return e.evaluated(expr, sc)
}

// evaluated is a value of which no part has a place of its own.
func (e *evaluator) evaluated(expr hclsyntax.Expression, sc *scope) *source.Value {
	v, _ := e.eval(expr, sc)
	out := e.plain(v, e.standsAt(expr, sc), e.labelOf(expr, sc))
	return e.fromOrigin(out, e.soleOrigin(expr, sc))
}

// fromOrigin says of a tree without places of its own where all of it comes
// from.
func (e *evaluator) fromOrigin(t *source.Value, from source.Range) *source.Value {
	if from.IsZero() || t.Range.Contains(from) {
		return t
	}
	t.Origin, t.Scalar.Origin = from, from
	for _, item := range t.Items {
		e.fromOrigin(item, from)
	}
	for _, m := range t.Members {
		e.fromOrigin(m.Value, from)
	}
	return t
}

// soleOrigin is where the value of an expression was written when that is one
// other place; zero when it is none or several.
func (e *evaluator) soleOrigin(expr hclsyntax.Expression, sc *scope) source.Range {
	parts := []hclsyntax.Expression{expr}
	if x, ok := expr.(*hclsyntax.TemplateExpr); ok {
		parts = x.Parts
	}
	var sole source.Range
	for _, part := range parts {
		for _, at := range e.origins(part, sc) {
			if !sole.IsZero() && sole != at {
				return source.Range{}
			}
			sole = at
		}
	}
	return sole
}

// origins are where what an expression refers to was written.
func (e *evaluator) origins(expr hclsyntax.Expression, sc *scope) []source.Range {
	if p := e.follow(expr, sc); p != nil {
		if at := e.writtenAt(p); !at.IsZero() {
			return []source.Range{at}
		}
		return nil
	}
	var out []source.Range
	for _, t := range hclsyntax.Variables(expr) {
		p := e.follow(&hclsyntax.ScopeTraversalExpr{Traversal: t, SrcRange: t.SourceRange()}, sc)
		if p == nil {
			continue
		}
		if at := e.writtenAt(p); !at.IsZero() {
			out = append(out, at)
		}
	}
	return out
}

// labelOf names what an expression depends on, for holes.
func (e *evaluator) labelOf(expr hclsyntax.Expression, sc *scope) string {
	if label := e.cause(expr, sc, maxCauses); label != unknownLabel {
		return label
	}
	if p := e.follow(expr, sc); p != nil && p.label != "" {
		return p.label
	}
	return unknownLabel
}

// plain turns a value into a tree that stands at r as a whole.
func (e *evaluator) plain(v cty.Value, r source.Range, label string) *source.Value {
	if e.steps++; v == cty.NilVal || !v.IsKnown() || e.exhausted() != nil {
		return unread(label, r)
	}
	if v.IsNull() {
		return &source.Value{Kind: source.Null, Range: r}
	}
	t := v.Type()
	switch {
	case t.IsPrimitiveType():
		text, _ := keyString(v)
		return &source.Value{Kind: kindOf(t), Scalar: source.NewString(text, r), Range: r}
	case t.IsObjectType() || t.IsMapType():
		out := &source.Value{Kind: source.Object, Range: r}
		for it := v.ElementIterator(); it.Next(); {
			k, item := it.Element()
			out.Members = append(out.Members, source.Member{Name: source.NewString(k.AsString(), r), Value: e.plain(item, r, label)})
		}
		return out
	case iterable(v):
		out := &source.Value{Kind: source.List, Range: r}
		for it := v.ElementIterator(); it.Next(); {
			_, item := it.Element()
			out.Items = append(out.Items, e.plain(item, r, label))
		}
		return out
	}
	return unread(label, r)
}

func kindOf(t cty.Type) source.Kind {
	switch t {
	case cty.Bool:
		return source.Bool
	case cty.Number:
		return source.Number
	}
	return source.Str
}

// readText reads a template: the token is the whole of it, quotes included;
// its origin is where the inserted part is written, if one
// alone is written anywhere.
func (e *evaluator) readText(x *hclsyntax.TemplateExpr, sc *scope) *source.Value {
	v, _ := e.eval(x, sc)
	out := e.plain(v, e.standsAt(x, sc), unknownLabel)
	return e.fromOrigin(out, e.soleOrigin(x, sc))
}

// writtenAt is where the value of a place is written in the end.
func (e *evaluator) writtenAt(p *place) source.Range {
	for range maxModuleDepth {
		o := e.origin(p)
		if o.tree != nil {
			return o.tree.Range
		}
		if !o.site.ok() || o.obj != nil {
			return source.Range{}
		}
		next := e.follow(o.site.expr, o.site.sc)
		if next == nil {
			return e.exprRange(o.site.expr)
		}
		p = next
	}
	return source.Range{}
}

func (e *evaluator) readObject(x *hclsyntax.ObjectConsExpr, sc *scope, at level) *source.Value {
	out := &source.Value{Kind: source.Object, Range: e.exprRange(x)}
	if at == statementLevel {
		out.Within = sc.within()
	}
	for _, item := range x.Items {
		k, err := e.eval(item.KeyExpr, sc)
		name, ok := keyString(k)
		if err != nil || !ok {
			name = hole(source.HoleFree, unknownLabel)
		}
		v := e.read(item.ValueExpr, sc, inside(at, name))
		key := source.NewString(name, beside(e.exprRange(item.KeyExpr), v))
		out.Members = append(out.Members, source.Member{Name: key, Value: v})
	}
	return out
}

// inside is the level of a member's value.
func inside(at level, name string) level {
	if at == documentLevel && name == "Statement" {
		return statementLevel
	}
	return elementLevel
}

func (e *evaluator) readFor(x *hclsyntax.ForExpr, sc *scope, at level) *source.Value {
	rounds, err := e.rounds(x, sc)
	if errors.Is(err, errUndecided) {
		return e.readPossible(x, sc, at)
	}
	if err != nil || x.Group {
		return e.evaluated(x, sc)
	}
	out := &source.Value{Kind: source.List, Range: e.exprRange(x)}
	for _, r := range rounds {
		if x.KeyExpr == nil {
			out.Items = append(out.Items, e.read(x.ValExpr, r, at))
			continue
		}
		k, _ := e.eval(x.KeyExpr, r)
		name, ok := keyString(k)
		if !ok {
			return e.evaluated(x, sc)
		}
		v := e.read(x.ValExpr, r, inside(at, name))
		out.Members = append(out.Members, source.Member{Name: source.NewString(name, beside(e.exprRange(x.KeyExpr), v)), Value: v})
	}
	if x.KeyExpr != nil {
		out.Kind = source.Object
	}
	return out
}

func (e *evaluator) readSplat(x *hclsyntax.SplatExpr, sc *scope, at level) *source.Value {
	items := e.splatRounds(x, sc)
	if items == nil {
		return e.partly(x, sc, at)
	}
	out := &source.Value{Kind: source.List, Range: e.exprRange(x)}
	for _, r := range items {
		out.Items = append(out.Items, e.brought(e.read(x.Each, r, at), x, at))
	}
	return out
}

// splatRounds are the scopes in which a splat's item is bound; nil when the
// list is unknown.
func (e *evaluator) splatRounds(x *hclsyntax.SplatExpr, sc *scope) []*scope {
	if p := e.follow(x.Source, sc); p != nil {
		if only := onlyInstance(p); only != nil {
			return []*scope{sc.bind(map[string]*place{anonymous: only})}
		}
	}
	v, err := e.eval(x.Source, sc)
	if err != nil || !iterable(v) || v.Type().IsObjectType() || v.Type().IsMapType() {
		return nil
	}
	out := []*scope{}
	for it := v.ElementIterator(); it.Next(); {
		k, item := it.Element()
		out = append(out, sc.bind(map[string]*place{anonymous: e.element(site{x.Source, sc}, k, item)}))
	}
	return out
}

// onlyInstance is the instance that stands for an unknown number of them.
func onlyInstance(p *place) *place {
	switch {
	case p.set != nil && p.set.mode == unknownTimes && len(p.set.objects) == 1:
		return &place{obj: p.set.objects[0]}
	case p.mods != nil && p.mods.mode == unknownTimes && len(p.mods.instances) == 1:
		return &place{inst: p.mods.instances[0]}
	}
	return nil
}

func (e *evaluator) readReference(expr hclsyntax.Expression, sc *scope, at level) *source.Value {
	p := e.follow(expr, sc)
	if p == nil {
		return e.readSteps(expr, sc, at)
	}
	if p.either != nil {
		return e.readEither(p, expr, sc, at)
	}
	v, err := e.get(p)
	o := e.origin(p)
	if o.obj != nil || o.set != nil || !o.written() || !v.IsKnown() && err != nil {
		return e.plain(v, e.standsAt(expr, sc), e.labelOf(expr, sc))
	}
	t := o.tree
	if t == nil {
		t = e.read(o.site.expr, o.site.sc, at)
	}
	if !v.IsKnown() && t.Kind != source.List && t.Kind != source.Object {
		return e.plain(v, e.standsAt(expr, sc), e.labelOf(expr, sc))
	}
	if v.IsKnown() && p.value != nil && !p.whole {
		t = e.fit(v, t, e.exprRange(expr))
	}
	return e.brought(t, expr, at)
}

// readSteps follows steps into a value that is no reference itself, such as
// jsondecode(x).Statement.
func (e *evaluator) readSteps(expr hclsyntax.Expression, sc *scope, at level) *source.Value {
	x, ok := expr.(*hclsyntax.RelativeTraversalExpr)
	if !ok {
		return e.evaluated(expr, sc)
	}
	t := e.read(x.Source, sc, documentLevel)
	for _, step := range x.Traversal {
		if t = elementOf(t, stepKey(step)); t == nil {
			return e.evaluated(expr, sc)
		}
	}
	if v, _ := e.eval(expr, sc); v.IsWhollyKnown() && !sameValue(v, t) {
		return e.evaluated(expr, sc)
	}
	return e.brought(t, expr, at)
}

// stepKey is the key of a step; unknown for a step of another kind.
func stepKey(step hcl.Traverser) cty.Value {
	switch s := step.(type) {
	case hcl.TraverseAttr:
		return cty.StringVal(s.Name)
	case hcl.TraverseIndex:
		return s.Key
	}
	return cty.DynamicVal
}

// brought places what a reference brings, according to the level.
func (e *evaluator) brought(t *source.Value, expr hclsyntax.Expression, at level) *source.Value {
	if at != elementLevel {
		return t
	}
	return e.rebase(t, e.exprRange(expr))
}

// rebase places a tree at r; the places it had become origins. What the user
// wrote stays where it is when a fetched module refers to it.
func (e *evaluator) rebase(t *source.Value, r source.Range) *source.Value {
	if e.steps++; e.exhausted() != nil {
		return unread(unknownLabel, r)
	}
	if r.IsFetched() && !t.Range.IsZero() && !t.Range.IsFetched() {
		return t
	}
	out := *t
	if out.Origin.IsZero() {
		out.Origin = t.Range
	}
	out.Range, out.Scalar = r, moved(t.Scalar, r)
	out.Items = nil
	for _, item := range t.Items {
		out.Items = append(out.Items, e.rebase(item, r))
	}
	out.Members = nil
	for _, m := range t.Members {
		out.Members = append(out.Members, source.Member{Name: moved(m.Name, r), Value: e.rebase(m.Value, r)})
	}
	return &out
}

func moved(s source.String, r source.Range) source.String {
	if s.Origin.IsZero() {
		s.Origin = s.Range
	}
	s.Range = r
	return s
}

// fit gives a tree the shape of a value that was converted from it: what the
// value has and the tree lacks stands at r.
func (e *evaluator) fit(v cty.Value, t *source.Value, r source.Range) *source.Value {
	if !iterable(v) {
		if v.IsKnown() && !v.IsNull() && t.Kind == kindOf(v.Type()) {
			return t
		}
		return e.plainAt(v, t, r)
	}
	if v.Type().IsObjectType() || v.Type().IsMapType() {
		return e.fitObject(v, t, r)
	}
	return e.fitList(v, t, r)
}

// plainAt is a value at the place of a tree of another kind.
func (e *evaluator) plainAt(v cty.Value, t *source.Value, r source.Range) *source.Value {
	if t.Range.IsZero() {
		return e.plain(v, r, unknownLabel)
	}
	if t.Kind == source.Unread || !v.IsKnown() {
		return t
	}
	return e.plain(v, t.Range, unknownLabel)
}

func (e *evaluator) fitObject(v cty.Value, t *source.Value, r source.Range) *source.Value {
	out := &source.Value{Kind: source.Object, Range: t.Range, Origin: t.Origin, Maybe: t.Maybe}
	for it := v.ElementIterator(); it.Next(); {
		k, item := it.Element()
		m, ok := t.Member(k.AsString())
		if !ok {
			m = source.Member{Name: source.NewString(k.AsString(), r), Value: e.plain(item, r, unknownLabel)}
		} else {
			m.Value = e.fit(item, m.Value, r)
		}
		out.Members = append(out.Members, m)
	}
	return out
}

// fitList matches elements by index when the lengths are equal and no set
// has put them in order, else by their text. Where an element is unknown the
// tree may hold several in its place, and stays as it is.
func (e *evaluator) fitList(v cty.Value, t *source.Value, r source.Range) *source.Value {
	out := &source.Value{Kind: source.List, Range: t.Range, Origin: t.Origin, Maybe: t.Maybe}
	items := t.Elements()
	if len(items) != v.LengthInt() && !v.IsWhollyKnown() {
		return t
	}
	byText := map[string]*source.Value{}
	for _, i := range items {
		if i.IsScalar() && byText[i.Scalar.Value] == nil {
			byText[i.Scalar.Value] = i
		}
	}
	aligned := v.LengthInt() == len(items) && !v.Type().IsSetType()
	n := 0
	for it := v.ElementIterator(); it.Next(); n++ {
		_, item := it.Element()
		text, _ := keyString(item)
		switch found := byText[text]; {
		case found != nil && isText(item):
			out.Items = append(out.Items, found)
		case aligned:
			out.Items = append(out.Items, e.fit(item, items[n], r))
		default:
			out.Items = append(out.Items, e.plain(item, t.Range, unknownLabel))
		}
	}
	return out
}
