package terraform

import (
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/iamwatch/iamwatch/scanner/source"
)

// policyDocument is the document that an aws_iam_policy_document data block
// makes (AWS provider documentation, data source aws_iam_policy_document).
func (e *evaluator) policyDocument(o *object) *source.Value {
	if t := e.trees[o]; t != nil {
		return t
	}
	r := e.rng(blockRange(o.res.block))
	e.trees[o] = unread(o.address+".json", r) // what it gives to itself
	doc := &merged{list: &source.Value{Kind: source.List, Range: r}}
	body := o.res.block.Body
	e.mergeDocuments(doc, body, o.sc, "source_json", "source_policy_documents")
	blocks, _ := e.expand(nested(body, "statement"), o.sc)
	var own []*source.Value
	for _, b := range blocks {
		own = append(own, e.statement(b))
	}
	doc.merge(own)
	doc.overrides = true
	e.mergeDocuments(doc, body, o.sc, "override_json", "override_policy_documents")
	t := &source.Value{Kind: source.Object, Range: r}
	header := e.rng(headerRange(o.res.block))
	version := e.argument(expandedBlock{body: body, sc: o.sc}, "version")
	if version == nil {
		version = source.StringValue(source.NewString("2012-10-17", header))
	}
	t.Members = append(t.Members, source.Member{Name: source.NewString("Version", header), Value: version})
	if a := body.Attributes["policy_id"]; a != nil {
		t.Members = append(t.Members, source.Member{Name: source.NewString("Id", e.rng(a.NameRange)), Value: e.read(a.Expr, o.sc, elementLevel)})
	}
	t.Members = append(t.Members, source.Member{Name: source.NewString("Statement", header), Value: doc.list})
	e.trees[o] = t
	return t
}

// A merged document: statements with a Sid replace the one of that Sid in
// the documents before; all others are added.
type merged struct {
	list *source.Value
	// overrides says that what is added now may replace anything.
	overrides bool
}

// merge adds statements. One that may not be there leaves what it would
// replace, which then may not be there either.
func (m *merged) merge(statements []*source.Value) {
	n := len(m.list.Items)
	for _, s := range statements {
		i := slices.IndexFunc(m.list.Items[:n], hasSid(s.Get("Sid").Text()))
		switch {
		case i < 0:
			m.list.Items = append(m.list.Items, s)
		case s.Maybe:
			m.list.Items[i] = maybe(m.list.Items[i], nil)
			m.list.Items = append(m.list.Items, maybe(s, m.list.Items))
		default:
			m.list.Items[i] = s
		}
	}
}

func hasSid(sid source.String) func(*source.Value) bool {
	return func(s *source.Value) bool {
		return sid.Value != "" && sid.Known && s.Get("Sid").Text().Is(sid.Value)
	}
}

// unread adds a document that could not be read. Of one that overrides nobody
// knows which statements with a Sid it leaves.
func (m *merged) unread(t *source.Value) {
	for i, s := range m.list.Items {
		if m.overrides && s.Get("Sid").Text().Value != "" {
			m.list.Items[i] = maybe(s, nil)
		}
	}
	m.list.Items = append(m.list.Items, t)
}

// mergeDocuments merges the documents of an argument, and those of the one
// that came before it in older versions of the provider.
func (e *evaluator) mergeDocuments(doc *merged, body *hclsyntax.Body, sc *scope, old, name string) {
	if a := body.Attributes[old]; a != nil {
		e.mergeTree(doc, e.document(a.Expr, sc))
	}
	a := body.Attributes[name]
	if a == nil {
		return
	}
	for _, t := range e.documents(a.Expr, sc) {
		e.mergeTree(doc, t)
	}
}

// mergeTree merges the statements of a document, as long as that is not too
// much: documents that merge one another double with each.
func (e *evaluator) mergeTree(m *merged, t *source.Value) {
	const comparedPerStep = 16
	statements := t.Get("Statement").Elements()
	e.steps += len(statements) + len(statements)*len(m.list.Items)/comparedPerStep
	if err := e.exhausted(); err != nil {
		e.limit(err)
		m.list.Items = append(m.list.Items, unread(unknownLabel, t.Range))
		return
	}
	if t.Kind == source.Unread {
		m.unread(t)
		return
	}
	m.merge(statements)
}

// documents reads a list of documents.
func (e *evaluator) documents(expr hclsyntax.Expression, sc *scope) []*source.Value {
	if x, at := e.undecidedList(site{expr, sc}); x != nil {
		return e.eitherDocuments(x, at)
	}
	var out []*source.Value
	if list := e.elements(site{expr, sc}); list != nil {
		for _, s := range list {
			if x, at := e.undecidedList(s); x != nil {
				out = append(out, e.eitherDocuments(x, at)...)
			} else {
				out = append(out, e.document(s.expr, s.sc))
			}
		}
		return out
	}
	v, _ := e.eval(expr, sc)
	if v.IsKnown() && (v.IsNull() || iterable(v) && v.LengthInt() == 0) {
		return nil
	}
	if !iterable(v) {
		return []*source.Value{unread(e.labelOf(expr, sc), e.exprRange(expr))}
	}
	for it := v.ElementIterator(); it.Next(); {
		_, item := it.Element()
		if !isText(item) {
			out = append(out, unread(e.labelOf(expr, sc), e.exprRange(expr)))
			continue
		}
		var b source.TextBuilder
		b.Opaque(item.AsString(), e.exprRange(expr))
		out = append(out, e.parseDocument(b.Text(), expr, sc))
	}
	return out
}

// undecidedList is the conditional between lists that a site leads to and that
// nobody can decide, and what names mean there; nil for anything else.
func (e *evaluator) undecidedList(s site) (*hclsyntax.ConditionalExpr, *scope) {
	for range maxModuleDepth {
		if x, ok := s.expr.(*hclsyntax.ConditionalExpr); ok {
			if e.branch(x, s.sc) == nil && (e.isList(site{x.TrueResult, s.sc}) || e.isList(site{x.FalseResult, s.sc})) {
				return x, s.sc
			}
			return nil, nil
		}
		p := e.follow(s.expr, s.sc)
		if p == nil || p.obj != nil {
			return nil, nil
		}
		o := e.origin(p)
		if o.obj != nil || !o.site.ok() {
			return nil, nil
		}
		s = o.site
	}
	return nil, nil
}

func (e *evaluator) isList(s site) bool {
	if e.elements(s) != nil {
		return true
	}
	v, _ := e.eval(s.expr, s.sc)
	return v.Type().IsTupleType() || v.Type().IsListType() || v.Type().IsSetType()
}

// eitherDocuments are those of both branches, their statements as such that
// may be there.
func (e *evaluator) eitherDocuments(x *hclsyntax.ConditionalExpr, sc *scope) []*source.Value {
	var out []*source.Value
	null := &source.Value{Kind: source.Null}
	for _, branch := range []hclsyntax.Expression{x.TrueResult, x.FalseResult} {
		for _, d := range e.documents(branch, sc) {
			out = append(out, eitherDocument(d, null, d.Range))
		}
	}
	return out
}

// statement is one statement block. Its range is the block's.
func (e *evaluator) statement(b expandedBlock) *source.Value {
	out := &source.Value{Kind: source.Object, Range: e.rng(blockRange(b.block)), Maybe: b.maybe, Within: b.sc.within()}
	header := e.rng(headerRange(b.block))
	add := func(name string, at source.Range, v *source.Value) {
		if v != nil {
			out.Members = append(out.Members, source.Member{Name: source.NewString(name, beside(at, v)), Value: v})
		}
	}
	if sid := e.argument(b, "sid"); sid != nil && sid.Text().Value != "" {
		add("Sid", header, sid)
	}
	effect := e.argument(b, "effect")
	if effect == nil {
		effect = source.StringValue(source.NewString("Allow", header))
	}
	add("Effect", header, effect)
	add("Principal", header, e.perhaps(b, "principals", e.principals))
	add("NotPrincipal", header, e.perhaps(b, "not_principals", e.principals))
	for _, n := range [][2]string{{"actions", "Action"}, {"not_actions", "NotAction"}, {"resources", "Resource"}, {"not_resources", "NotResource"}} {
		if v := e.argument(b, n[0]); v != nil && !(v.Kind == source.List && len(v.Items) == 0) {
			add(n[1], e.rng(b.body.Attributes[n[0]].NameRange), v)
		}
	}
	add("Condition", header, e.perhaps(b, "condition", e.conditions))
	return out
}

// perhaps reads the nested blocks of a statement. Where some may not be there,
// it is one of two values: with them and without.
func (e *evaluator) perhaps(b expandedBlock, name string, read func([]expandedBlock) *source.Value) *source.Value {
	blocks, _ := e.expand(nested(b.body, name), b.sc)
	sure := slices.DeleteFunc(slices.Clone(blocks), func(b expandedBlock) bool { return b.maybe })
	all, least := read(blocks), read(sure)
	switch {
	case len(sure) == len(blocks), isUnread(all):
		return all
	case least == nil && name != "condition":
		return all // a statement that is written for principals has one
	case least == nil:
		least = &source.Value{Kind: source.Null}
	}
	return e.eitherTree(all, least, unknownLabel, all.Range, elementLevel)
}

// argument reads an argument of a document or of a block inside it; nil
// when it is not written or null.
func (e *evaluator) argument(b expandedBlock, name string) *source.Value {
	a := b.body.Attributes[name]
	if a == nil {
		return nil
	}
	v := e.read(a.Expr, b.sc, elementLevel)
	if v.Kind == source.Null {
		return nil
	}
	return withVariables(v)
}

// withVariables turns &{...} into ${...}: the provider's way to write policy
// variables.
func withVariables(v *source.Value) *source.Value {
	switch {
	case v.Kind == source.List:
		out := *v
		out.Items = nil
		for _, item := range v.Items {
			out.Items = append(out.Items, withVariables(item))
		}
		return &out
	case v.Kind == source.Str && strings.Contains(v.Scalar.Value, "&{"):
		out := *v
		out.Scalar.Value = strings.ReplaceAll(v.Scalar.Value, "&{", "${")
		return &out
	}
	return v
}

// principals are the principals blocks of a statement, joined by type. Type
// "*" stands for the bare "*".
func (e *evaluator) principals(blocks []expandedBlock) *source.Value {
	if len(blocks) == 0 {
		return nil
	}
	out := &source.Value{Kind: source.Object, Range: e.rng(blockRange(blocks[0].block))}
	for _, p := range blocks {
		kind, ids := single(e.argument(p, "type")), e.argument(p, "identifiers")
		if kind == nil || ids == nil {
			continue
		}
		if kind.Text().Is("*") {
			if len(ids.Elements()) > 0 {
				return ids.Elements()[0]
			}
			continue
		}
		if !kind.Text().Known {
			return unread(source.Pieces(kind.Text().Value)[0].Label, kind.Range)
		}
		out.Range = out.Range.Join(e.rng(blockRange(p.block)))
		appendMember(out, kind.Text(), ids)
	}
	return out
}

// appendMember adds the elements of a list to the member of that name.
func appendMember(object *source.Value, name source.String, list *source.Value) {
	for i, m := range object.Members {
		if m.Name.Value == name.Value {
			joined := &source.Value{Kind: source.List, Range: m.Value.Range.Join(list.Range)}
			joined.Items = append(append(joined.Items, m.Value.Elements()...), list.Elements()...)
			object.Members[i].Value = joined
			return
		}
	}
	object.Members = append(object.Members, source.Member{Name: name, Value: list})
}

// conditions are the condition blocks of a statement: values of one test and
// variable are joined.
func (e *evaluator) conditions(blocks []expandedBlock) *source.Value {
	if len(blocks) == 0 {
		return nil
	}
	out := &source.Value{Kind: source.Object}
	for _, c := range blocks {
		test, variable, values := single(e.argument(c, "test")), single(e.argument(c, "variable")), e.argument(c, "values")
		if test == nil || variable == nil || values == nil {
			continue
		}
		out.Range = out.Range.Join(e.rng(blockRange(c.block)))
		keys := out.Get(test.Text().Value)
		if keys == nil {
			keys = &source.Value{Kind: source.Object, Range: e.rng(blockRange(c.block))}
			out.Members = append(out.Members, source.Member{Name: test.Text(), Value: keys})
		}
		appendMember(keys, variable.Text(), values)
	}
	return out
}
