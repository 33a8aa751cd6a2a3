package terraform

import (
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/iamwatch/iamwatch/scanner/source"
)

// A choice is a list of values of which each may be there. It stands where a
// conditional stands that nobody can decide, whose branches would have been
// there.
func isChoice(v *source.Value) bool {
	return v != nil && v.Kind == source.List && len(v.Items) > 0 &&
		!slices.ContainsFunc(v.Items, func(i *source.Value) bool { return !i.Maybe })
}

// isUnread reports whether nothing is known of a value. One of unknown type
// counts as text where it stands alone.
func isUnread(v *source.Value) bool {
	if v.Kind == source.Unread {
		return true
	}
	if v.Kind != source.Str || v.Scalar.Known {
		return false
	}
	pieces := source.Pieces(v.Scalar.Value)
	return len(pieces) == 1 && pieces[0].IsHole()
}

// unreadLabel names what would fill a value of which nothing is known.
func unreadLabel(v *source.Value) string {
	if !isUnread(v) {
		return unknownLabel
	}
	return source.Pieces(v.Scalar.Value)[0].Label
}

// single is a value where only a scalar can stand: of any other nothing is
// known.
func single(v *source.Value) *source.Value {
	if v == nil || v.Kind != source.List && v.Kind != source.Object {
		return v
	}
	label := unknownLabel
	for _, i := range v.Items {
		if isUnread(i) {
			label = unreadLabel(i)
		}
	}
	return unread(label, v.Range)
}

// readOne reads an expression of which one value is taken; where nobody can
// decide which, it is unread for the condition's sake.
func (e *evaluator) readOne(expr hclsyntax.Expression, sc *scope) *source.Value {
	v := e.read(expr, sc, elementLevel)
	if isChoice(v) {
		return unread(e.choiceCause(expr, sc), v.Range)
	}
	if v = single(v); v != nil && v.Kind == source.Unread {
		return unread(e.partLabel(expr, sc), v.Range) // another text than what it depends on
	}
	return v
}

// choiceCause names what would decide a choice.
func (e *evaluator) choiceCause(expr hclsyntax.Expression, sc *scope) string {
	if x, ok := expr.(*hclsyntax.ConditionalExpr); ok {
		return e.cause(x.Condition, sc, maxCauses)
	}
	return e.labelOf(expr, sc)
}

// readTuple reads a list. The branches of an undecided element all stand in
// its place.
func (e *evaluator) readTuple(x *hclsyntax.TupleConsExpr, sc *scope, at level) *source.Value {
	out := &source.Value{Kind: source.List, Range: e.exprRange(x)}
	for _, item := range x.Exprs {
		v := e.read(item, sc, at)
		if isChoice(v) {
			out.Items = append(out.Items, there(v.Items)...)
		} else {
			out.Items = append(out.Items, v)
		}
	}
	return out
}

// readConditional reads the branch that holds. When nobody can tell, both
// stay, as things that may be there.
func (e *evaluator) readConditional(x *hclsyntax.ConditionalExpr, sc *scope, at level) *source.Value {
	if branch := e.branch(x, sc); branch != nil {
		return e.read(branch, sc, at)
	}
	a, b := e.read(x.TrueResult, sc, at), e.read(x.FalseResult, sc, at)
	label := unknownLabel
	if isUnread(a) && isUnread(b) {
		label = e.cause(x, sc, maxCauses)
	}
	return e.eitherTree(a, b, label, e.exprRange(x), at)
}

// eitherTree is one of two values: both stay, as things that may be there.
// What nobody knows of either has the label.
func (e *evaluator) eitherTree(a, b *source.Value, label string, r source.Range, at level) *source.Value {
	switch {
	case isUnread(a) && isUnread(b):
		return unread(label, r)
	case a.Kind == source.Null && b.Kind == source.Null:
		return a
	case a.IsScalar() && b.IsScalar() && a.Scalar.Value == b.Scalar.Value:
		return e.rebase(a, r)
	case at == documentLevel && (a.Kind == source.Object || b.Kind == source.Object):
		return eitherDocument(a, b, r)
	}
	out := &source.Value{Kind: source.List, Range: r}
	for _, item := range slices.Concat(a.Elements(), b.Elements()) {
		out.Items = append(out.Items, maybe(item, out.Items))
	}
	// The null of a branch has to show: an element that is absent is one
	// more reading.
	for _, branch := range []*source.Value{a, b} {
		if branch.Kind == source.Null {
			out.Items = append(out.Items, maybe(branch, nil))
		}
	}
	return out
}

// there are the values that are not null.
func there(list []*source.Value) []*source.Value {
	return slices.DeleteFunc(slices.Clone(list), func(v *source.Value) bool { return v.Kind == source.Null })
}

// eitherDocument is a document with the statements of both, which may be
// there. One that is unread is a statement of which nothing is known.
func eitherDocument(a, b *source.Value, r source.Range) *source.Value {
	out := &source.Value{Kind: source.Object, Range: r, Maybe: true}
	statements := &source.Value{Kind: source.List, Range: r}
	for _, d := range []*source.Value{a, b} {
		if isUnread(d) {
			statements.Items = append(statements.Items, maybe(d, nil))
			continue
		}
		for _, m := range d.Members {
			if m.Name.Value != "Statement" {
				out.Members = putMember(out.Members, m)
				continue
			}
			for _, s := range m.Value.Elements() {
				statements.Items = append(statements.Items, maybe(s, statements.Items))
			}
		}
	}
	out.Members = append(out.Members, source.Member{Name: source.NewString("Statement", r), Value: statements})
	return out
}

// settle makes a statement of its own for each way in which a statement of a
// document may read.
func settle(t *source.Value) *source.Value {
	out := *t
	out.Members = slices.Clone(t.Members)
	for i, m := range out.Members {
		if !strings.EqualFold(m.Name.Value, "Statement") {
			continue
		}
		list := &source.Value{Kind: source.List, Range: m.Value.Range, Origin: m.Value.Origin}
		for _, s := range there(m.Value.Elements()) {
			list.Items = append(list.Items, readings(s, list.Items)...)
		}
		out.Members[i].Value = list
	}
	return &out
}

// maxReadings bounds how many readings of one statement are told apart.
const maxReadings = 16

// readings are the ways in which a statement may read: one for each value of
// an element that takes one value only. Lists stay in one statement: their
// elements may be there or not.
func readings(s *source.Value, before []*source.Value) []*source.Value {
	out := []*source.Value{s}
	for i, m := range s.Members {
		var next []*source.Value
		for _, v := range values(m) {
			for _, r := range out {
				c := *r
				c.Members = slices.Clone(r.Members)
				c.Members[i].Value = v
				c.Maybe = r.Maybe || takesOne(m)
				next = append(next, &c)
			}
		}
		if len(next) <= maxReadings {
			out = next
		}
	}
	for i, r := range out {
		if len(out) > 1 {
			out[i] = maybe(r, slices.Concat(before, out[:i]))
		}
	}
	return out
}

// takesOne reports whether a member is an element that takes one value, and
// has a choice of several.
func takesOne(m source.Member) bool {
	switch m.Name.Value {
	case "Effect", "Principal", "NotPrincipal", "Condition":
		return isChoice(m.Value)
	}
	return false
}

// values are those of which a member of a statement has one.
func values(m source.Member) []*source.Value {
	switch {
	case m.Name.Value == "Sid":
		return []*source.Value{single(m.Value)}
	case !isChoice(m.Value):
		return []*source.Value{m.Value}
	case !takesOne(m):
		c := *m.Value
		c.Items = there(m.Value.Items)
		return []*source.Value{&c}
	}
	out := make([]*source.Value, len(m.Value.Items))
	for i, item := range m.Value.Items {
		v := *item
		v.Maybe = false
		out[i] = &v
	}
	return out
}

// asText is a document as text can have it: instead of a choice of scalars, or
// of what a statement has one of, it has a hole.
func asText(v *source.Value) *source.Value {
	chosen := source.StringValue(source.Unknown(source.HoleFree, unknownLabel, v.Range))
	if isChoice(v) && !slices.ContainsFunc(v.Items, func(i *source.Value) bool { return i.Kind == source.Object }) {
		return chosen
	}
	out := *v
	out.Items, out.Members = slices.Clone(v.Items), slices.Clone(v.Members)
	for i, item := range out.Items {
		out.Items[i] = asText(item)
	}
	for i, m := range out.Members {
		if out.Members[i].Value = asText(m.Value); takesOne(m) {
			out.Members[i].Value = chosen
		}
	}
	return &out
}
