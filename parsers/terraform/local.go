package terraform

import (
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/iamwatch/iamwatch/scanner/source"
)

// What a text of the configuration calls this account is the account of the
// root module's own provider, wherever the text ends up. In a unit of the
// model it has to be the account of that unit: so what goes into the unit of
// another account is put into the words of that one. A variable without value
// that a provider says to be its account's id is that account.

// read is the tree of an argument in the words of the unit.
func (b *builder) read(expr hclsyntax.Expression, sc *scope) *source.Value {
	return b.local(b.e.read(expr, sc, elementLevel))
}

func (b *builder) readOne(expr hclsyntax.Expression, sc *scope) *source.Value {
	return b.local(b.e.readOne(expr, sc))
}

func (b *builder) local(v *source.Value) *source.Value {
	if b.home.asWritten() || v == nil {
		return v
	}
	out := *v
	out.Scalar = b.localString(v.Scalar)
	out.Items = nil
	for _, item := range v.Items {
		out.Items = append(out.Items, b.local(item))
	}
	out.Members = nil
	for _, m := range v.Members {
		out.Members = append(out.Members, source.Member{Name: b.localString(m.Name), Value: b.local(m.Value)})
	}
	return &out
}

// asWritten says that the words of the configuration are those of the unit.
func (h *home) asWritten() bool { return h.main && !h.written }

func (b *builder) localString(s source.String) source.String {
	text := b.localText(s.Value)
	if text == s.Value {
		return s
	}
	out := source.NewString(text, s.Range)
	out.Origin = s.Origin
	return out
}

func (b *builder) localText(text string) string {
	if b.home.asWritten() {
		return text
	}
	return source.ReplaceMarks(text, func(kind source.HoleKind, label string) string {
		switch {
		case kind == source.HoleSelf && !b.home.main:
			return b.e.homeOfProvider(b.e.mainProvider()).account()
		case kind == source.HoleAccount || kind == source.HoleFree && b.home.written:
			if b.home.id == "" && label == b.home.label {
				return self()
			}
		}
		return source.Hole(kind, label)
	})
}

// self is how texts of the unit write its own account.
func (b *builder) self() string {
	if b.home.main || b.home.id == "" {
		return self()
	}
	return b.home.id
}
