package terraform

import (
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/iamwatch/iamwatch/scanner/source"
)

// An assumption is what a reading of a template takes where nobody can decide:
// that conditions hold, and that a loop goes round, once for all its rounds.
type assumption struct{ condition, loop bool }

// A rendering is the document under one assumption.
type rendering struct {
	assumed assumption
	tree    *source.Value // nil where it is no document
	blank   bool
}

// rendered reads the document that a template renders to; expr in sc is what
// brings it. When directives are undecided it reads every way: statements that
// only some of them have may be there.
func (e *evaluator) rendered(tmpl hclsyntax.Expression, inner *scope, expr hclsyntax.Expression, sc *scope) *source.Value {
	first := renderer{e: e, assumed: assumption{true, true}}
	if !first.render(tmpl, inner) {
		return e.valueDocument(expr, sc)
	}
	if first.undecided == (assumption{}) {
		return e.parseDocument(first.Text(), expr, sc)
	}
	var all []rendering
	for _, a := range []assumption{{true, true}, {true, false}, {false, true}, {false, false}} {
		if !a.loop && !first.undecided.loop || !a.condition && !first.undecided.condition {
			continue // as one before
		}
		r := renderer{e: e, assumed: a}
		r.render(tmpl, inner)
		all = append(all, renderingOf(r.Text(), a))
	}
	return calledBy(e.together(all, first, expr, sc), sc.within())
}

func renderingOf(t source.Text, a assumption) rendering {
	out := rendering{assumed: a, blank: strings.TrimSpace(t.Value) == ""}
	if v, diags := source.ReadJSON(source.QuoteHoles(t)); len(diags) == 0 && v.Kind == source.Object {
		out.tree = v
	}
	return out
}

// together is one document for all readings. Where one side of a condition can
// be read under no assumption, what it holds is unread.
func (e *evaluator) together(all []rendering, first renderer, expr hclsyntax.Expression, sc *scope) *source.Value {
	var trees []*source.Value
	lost := map[bool]bool{true: first.undecided.condition, false: first.undecided.condition}
	blank := false
	for _, r := range all {
		blank = blank || r.blank
		if r.tree != nil || r.blank {
			lost[r.assumed.condition] = false
		}
		if r.tree != nil {
			trees = append(trees, r.tree)
		}
	}
	if len(trees) == 0 {
		return e.parseDocument(first.Text(), expr, sc)
	}
	if lost[true] || lost[false] {
		r := e.exprRange(expr)
		trees = append(trees, eitherDocument(unread(e.cause(expr, sc, maxCauses), r), &source.Value{Kind: source.Null}, r))
	}
	return anyOf(trees, blank)
}

// unknownRound is the round of a loop that stands for all, of which nobody
// knows how many there are.
func (e *evaluator) unknownRound(x *hclsyntax.ForExpr, sc *scope) *scope {
	names := map[string]*place{x.ValVar: unnamed(e.labelOf(x.CollExpr, sc))}
	if x.KeyVar != "" {
		names[x.KeyVar] = unnamed(names[x.ValVar].label)
	}
	return sc.bind(names)
}

// anyOf is a document of which several readings are possible, or none.
func anyOf(trees []*source.Value, none bool) *source.Value {
	key := func(s *source.Value) string { return s.Range.String() + s.JSON() }
	times := map[string]int{}
	var order []*source.Value
	for _, t := range trees {
		seen := map[string]bool{}
		for _, s := range t.Get("Statement").Elements() {
			k := key(s)
			if seen[k] {
				continue
			}
			if seen[k] = true; times[k] == 0 {
				order = append(order, s)
			}
			times[k]++
		}
	}
	statements := &source.Value{Kind: source.List, Range: trees[0].Range}
	for _, s := range order {
		if none || times[key(s)] < len(trees) {
			s = maybe(s, statements.Items)
		}
		statements.Items = append(statements.Items, s)
	}
	out := *trees[0]
	out.Members = nil
	for _, m := range trees[0].Members {
		if m.Name.Value == "Statement" {
			m.Value = statements
		}
		out.Members = append(out.Members, m)
	}
	return &out
}
