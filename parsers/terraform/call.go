package terraform

import (
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/iamwatch/iamwatch/scanner/source"
)

// builtin is the name of a function without the prefix that a built-in one
// may have.
func builtin(x *hclsyntax.FunctionCallExpr) string { return strings.TrimPrefix(x.Name, "core::") }

// readCall looks through the functions that hand on what their arguments
// write; the result of any other stands at the call as a whole.
func (e *evaluator) readCall(x *hclsyntax.FunctionCallExpr, sc *scope, at level) *source.Value {
	switch builtin(x) {
	case "jsondecode", "yamldecode":
		if t := e.decodedTree(x, sc); t != nil {
			return e.brought(t, x, at)
		}
	case "values", "keys", "slice":
		if t := e.readSome(x, sc, at); t != nil {
			return e.brought(t, x, at)
		}
	case "concat", "setunion":
		return e.readConcat(x, sc, at)
	case "merge":
		return e.readMerge(x, sc, at)
	case "flatten":
		return e.readFlatten(x, sc, at)
	case "toset", "tolist", "tomap", "sensitive", "nonsensitive", "distinct", "compact", "sort", "reverse", "setsubtract", "setintersection":
		if len(x.Args) > 0 && !x.ExpandFinal {
			return e.readReordered(x, sc, at)
		}
	case "try", "coalesce", "coalescelist":
		if a := e.firstGood(x, sc); a != nil && !x.ExpandFinal {
			defer e.guard(x)()
			return e.read(a, sc, at)
		}
	case "lookup", "element":
		if len(x.Args) >= 2 && !x.ExpandFinal {
			return e.readElement(x, sc, at)
		}
	}
	return e.partly(x, sc, at)
}

// argumentTrees reads the arguments; the last is spread when it ends in
// three dots.
func (e *evaluator) argumentTrees(x *hclsyntax.FunctionCallExpr, sc *scope, at level) []*source.Value {
	out := make([]*source.Value, 0, len(x.Args))
	for i, a := range x.Args {
		t := e.read(a, sc, at)
		if x.ExpandFinal && i == len(x.Args)-1 {
			return append(out, t.Elements()...)
		}
		out = append(out, t)
	}
	return out
}

func (e *evaluator) readConcat(x *hclsyntax.FunctionCallExpr, sc *scope, at level) *source.Value {
	out := &source.Value{Kind: source.List, Range: e.exprRange(x)}
	for _, t := range e.argumentTrees(x, sc, at) {
		out.Items = append(out.Items, t.Elements()...)
	}
	return out
}

// readMerge lays objects over one another, the last over all; null counts as
// empty. What is unknown leaves the rest known.
func (e *evaluator) readMerge(x *hclsyntax.FunctionCallExpr, sc *scope, at level) *source.Value {
	out := &source.Value{Kind: source.Object, Range: e.exprRange(x)}
	if at == statementLevel {
		out.Within = sc.within()
	}
	var rest *source.Value
	for _, t := range e.argumentTrees(x, sc, at) {
		switch {
		case t.Kind == source.Null:
		case isUnread(t):
			rest = unread(unreadLabel(t), t.Range)
		case t.Kind == source.Object:
			for _, m := range t.Members {
				out.Members = putMember(out.Members, m)
			}
		case isChoice(t):
			e.mergeChoice(out, t, at)
		default:
			return e.evaluated(x, sc)
		}
	}
	if rest == nil {
		return out
	}
	return withRest(out, rest, at)
}

// mergeChoice lays objects of which one will be there over another: beside
// what they bring, what was there or nothing may be.
func (e *evaluator) mergeChoice(out, choice *source.Value, at level) {
	for _, t := range choice.Items {
		for _, m := range t.Members {
			if old := out.Get(m.Name.Value); at == statementLevel {
				if old == nil {
					old = &source.Value{Kind: source.Null}
				}
				m.Value = e.eitherTree(m.Value, old, unreadLabel(m.Value), m.Value.Range, elementLevel)
			} else {
				m.Value = maybe(m.Value, nil)
			}
			out.Members = putMember(out.Members, m)
		}
	}
}

// withRest puts what is unread beside the known part of an object: beside a
// statement one of which nothing is known, else a member without a name.
func withRest(out, rest *source.Value, at level) *source.Value {
	switch {
	case at == statementLevel && (out.Get("Effect") == nil || out.Get("Action") == nil && out.Get("NotAction") == nil):
		return rest
	case at == statementLevel:
		return &source.Value{Kind: source.List, Range: out.Range, Items: []*source.Value{maybe(out, nil), maybe(rest, nil)}}
	case at == documentLevel:
		list := &source.Value{Kind: source.List, Range: rest.Range}
		list.Items = append(append(list.Items, out.Get("Statement").Elements()...), rest)
		out.Members = putMember(out.Members, source.Member{Name: source.NewString("Statement", rest.Range), Value: list})
		return out
	}
	out.Members = append(out.Members, source.Member{Name: rest.Scalar, Value: rest})
	return out
}

// putMember adds a member or replaces the one of its name.
func putMember(members []source.Member, m source.Member) []source.Member {
	for i := range members {
		if members[i].Name.Value == m.Name.Value {
			members[i] = m
			return members
		}
	}
	return append(members, m)
}

func (e *evaluator) readFlatten(x *hclsyntax.FunctionCallExpr, sc *scope, at level) *source.Value {
	out := &source.Value{Kind: source.List, Range: e.exprRange(x)}
	for _, t := range e.argumentTrees(x, sc, at) {
		out.Items = append(out.Items, flat(t)...)
	}
	return out
}

func flat(t *source.Value) []*source.Value {
	if t.Kind != source.List {
		return []*source.Value{t}
	}
	var out []*source.Value
	for _, item := range t.Items {
		out = append(out, flat(item)...)
	}
	return out
}

// readReordered reads a function that drops or orders the elements of its
// first argument: the evaluated result says which, the argument where.
func (e *evaluator) readReordered(x *hclsyntax.FunctionCallExpr, sc *scope, at level) *source.Value {
	v, err := e.eval(x, sc)
	t := e.read(x.Args[0], sc, at)
	if !v.IsKnown() || err != nil {
		switch builtin(x) {
		case "toset", "tolist", "distinct", "sort", "compact", "reverse":
			return t
		}
		return e.evaluated(x, sc)
	}
	if builtin(x) == "reverse" {
		t = reversed(t)
	}
	return e.fit(v, t, e.exprRange(x))
}

// readElement reads lookup(map, key, default) and element(list, index).
func (e *evaluator) readElement(x *hclsyntax.FunctionCallExpr, sc *scope, at level) *source.Value {
	coll := e.read(x.Args[0], sc, at)
	key, err := e.eval(x.Args[1], sc)
	if err != nil {
		return e.evaluated(x, sc)
	}
	if p := e.picked(x, sc); p != nil && (isOpen(key) || isUnread(coll) || coll.Kind == source.Null) {
		return e.readPlace(p, x, sc, at)
	}
	if name, ok := keyString(key); ok && builtin(x) == "lookup" {
		if t := coll.Get(name); t != nil {
			return e.brought(t, x, at)
		}
		if len(x.Args) == 3 && coll.Kind == source.Object {
			return e.read(x.Args[2], sc, at)
		}
	}
	if i, ok := listIndex(key); ok && builtin(x) == "element" && coll.Kind == source.List && len(coll.Items) > 0 {
		return e.brought(coll.Items[i%len(coll.Items)], x, at)
	}
	return e.evaluated(x, sc)
}

// maxCauses bounds how far a cause is looked for.
const maxCauses = 64

// cause names the first thing without a value that an expression depends
// on, through locals and variables.
func (e *evaluator) cause(expr hclsyntax.Expression, sc *scope, depth int) string {
	if x, ok := expr.(*plannedExpr); ok {
		in := x.inner(sc)
		expr, sc = in.expr, in.sc
	}
	if depth <= 0 {
		return unknownLabel
	}
	key := siteKey{expr, sc}
	if label, ok := e.causes[key]; ok {
		return label
	}
	e.causes[key] = unknownLabel // for what depends on itself
	label := unknownLabel
	if p := e.item(expr, sc); p != nil {
		label = e.causeOf(p, depth)
	}
	for _, t := range hclsyntax.Variables(expr) {
		if label = e.causeBehind(t, sc, depth); label != unknownLabel {
			break
		}
	}
	if label == unknownLabel {
		label = e.ownLabel(expr, sc)
	}
	e.causes[key] = label
	return label
}

// item is the place of a splat's item, or of what is read off it; nil for
// other expressions.
func (e *evaluator) item(expr hclsyntax.Expression, sc *scope) *place {
	from := expr
	if x, ok := from.(*hclsyntax.RelativeTraversalExpr); ok {
		from = x.Source
	}
	if _, ok := from.(*hclsyntax.AnonSymbolExpr); !ok {
		return nil
	}
	return e.follow(expr, sc)
}

// A siteKey is a site as the key of a map.
type siteKey struct {
	expr hclsyntax.Expression
	sc   *scope
}

func (e *evaluator) causeBehind(t hcl.Traversal, sc *scope, depth int) string {
	p := e.follow(&hclsyntax.ScopeTraversalExpr{Traversal: t, SrcRange: t.SourceRange()}, sc)
	if p == nil {
		return unknownLabel
	}
	if e.settled(p) {
		return unknownLabel
	}
	return e.causeOf(p, depth)
}

// settled reports whether the whole value of a place is known. Of a set of
// instances that is found out once, for each of them may ask.
func (e *evaluator) settled(p *place) bool {
	var of instances
	switch {
	case p.value != nil:
	case p.set != nil:
		of = p.set
	case p.mods != nil:
		of = p.mods
	}
	if whole, ok := e.whole[of]; ok {
		return whole
	}
	v, _ := e.get(p)
	whole := v != cty.NilVal && v.IsWhollyKnown() && !holdsHole(v)
	if _, kept := e.sets[of]; kept {
		e.whole[of] = whole
	}
	return whole
}

// causeOf names what a place's value depends on. A variable or local that is
// written somewhere is never the cause itself.
func (e *evaluator) causeOf(p *place, depth int) string {
	if depth <= 0 {
		return unknownLabel
	}
	o := p
	if p.obj == nil {
		o = e.origin(p)
	}
	if o.obj == nil && o.site.ok() {
		return e.cause(o.site.expr, o.site.sc, depth-1)
	}
	switch {
	case o.label != "":
		return o.label
	case o.obj != nil:
		return o.obj.address
	case o.base != nil && depth > 0:
		return e.causeOf(o.base, depth-1)
	}
	return unknownLabel
}

func holdsHole(v cty.Value) bool {
	if isText(v) {
		return source.HasMark(v.AsString())
	}
	if !iterable(v) {
		return false
	}
	for it := v.ElementIterator(); it.Next(); {
		if _, item := it.Element(); holdsHole(item) {
			return true
		}
	}
	return false
}
