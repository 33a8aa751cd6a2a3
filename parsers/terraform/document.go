package terraform

import (
	"path"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/iamwatch/iamwatch/scanner/source"
)

// document reads an expression whose text is a JSON document, such as the
// policy of aws_iam_policy, as a tree with the places of its tokens. An
// expression that is null gives a Null.
func (e *evaluator) document(expr hclsyntax.Expression, sc *scope) *source.Value {
	defer e.leave()
	if err := e.enter(); err != nil {
		e.limit(err)
		return unread(unknownLabel, e.exprRange(expr))
	}
	switch x := expr.(type) {
	case *hclsyntax.ParenthesesExpr:
		return e.document(x.Expression, sc)
	case *hclsyntax.TemplateWrapExpr:
		return e.document(x.Wrapped, sc)
	case *hclsyntax.TemplateExpr:
		return e.rendered(x, sc, expr, sc)
	case *hclsyntax.ConditionalExpr:
		return e.conditionalDocument(x, sc)
	case *hclsyntax.FunctionCallExpr:
		return e.callDocument(x, sc)
	case *hclsyntax.ScopeTraversalExpr, *hclsyntax.RelativeTraversalExpr, *hclsyntax.IndexExpr:
		return e.referredDocument(expr, sc)
	case *plannedExpr:
		return e.plannedDocument(x, sc)
	case *refsExpr:
		return e.refsDocument(x, sc)
	}
	return e.valueDocument(expr, sc)
}

// valueDocument parses the text of which no part can be placed.
func (e *evaluator) valueDocument(expr hclsyntax.Expression, sc *scope) *source.Value {
	v, _ := e.eval(expr, sc)
	if v.IsKnown() && v.IsNull() {
		return &source.Value{Kind: source.Null, Range: e.exprRange(expr)}
	}
	if !isText(v) {
		return unread(e.labelOf(expr, sc), e.exprRange(expr))
	}
	var b source.TextBuilder
	b.Opaque(v.AsString(), e.exprRange(expr))
	return e.parseDocument(b.Text(), expr, sc)
}

// parseDocument parses JSON. Text that is a hole where the document should
// be is an unread document; what stands before a fault is kept.
func (e *evaluator) parseDocument(t source.Text, expr hclsyntax.Expression, sc *scope) *source.Value {
	if e.steps += len(t.Value) / bytesPerStep; e.exhausted() != nil {
		e.limit(e.exhausted())
		return unread(unknownLabel, e.exprRange(expr))
	}
	trimmed := strings.TrimSpace(t.Value)
	if trimmed == "" {
		return &source.Value{Kind: source.Null, Range: e.exprRange(expr)}
	}
	if pieces := source.Pieces(trimmed); pieces[0].IsHole() {
		return unread(pieces[0].Label, e.exprRange(expr))
	}
	v, diags := source.ReadJSON(source.QuoteHoles(t))
	if len(diags) == 0 {
		return calledBy(v, sc.within())
	}
	if source.HasMark(t.Value) {
		return unread(e.cause(expr, sc, maxCauses), e.exprRange(expr))
	}
	e.diagnose(diags[0].Range, diags[0].Message)
	if v == nil {
		return unread(unknownLabel, e.exprRange(expr))
	}
	return v
}

// calledBy says of the statements of a document which call brings them about.
func calledBy(t *source.Value, within *source.Call) *source.Value {
	if within != nil {
		for _, s := range t.Get("Statement").Elements() {
			s.Within = within
		}
	}
	return t
}

// conditionalDocument reads both documents when nobody can tell which holds:
// their statements may be there.
func (e *evaluator) conditionalDocument(x *hclsyntax.ConditionalExpr, sc *scope) *source.Value {
	if branch := e.branch(x, sc); branch != nil {
		return e.document(branch, sc)
	}
	a, b := e.document(x.TrueResult, sc), e.document(x.FalseResult, sc)
	r := e.exprRange(x)
	switch {
	case a.Kind == source.Unread && b.Kind == source.Unread:
		return unread(e.cause(x, sc, maxCauses), r)
	case a.Kind == source.Null && b.Kind == source.Null:
		return a
	}
	return eitherDocument(a, b, r)
}

func (e *evaluator) callDocument(x *hclsyntax.FunctionCallExpr, sc *scope) *source.Value {
	if len(x.Args) == 0 || x.ExpandFinal {
		return e.valueDocument(x, sc)
	}
	switch builtin(x) {
	case "jsonencode":
		return e.read(x.Args[0], sc, documentLevel)
	case "file", "templatefile":
		return e.fileDocument(x, sc)
	case "trimspace", "chomp", "sensitive", "nonsensitive", "tostring":
		return e.document(x.Args[0], sc)
	case "try", "coalesce":
		if a := e.firstGood(x, sc); a != nil {
			return e.document(a, sc)
		}
	case "join":
		if list := e.elements(site{x.Args[len(x.Args)-1], sc}); len(x.Args) == 2 && len(list) == 1 {
			return e.document(list[0].expr, list[0].sc)
		}
	case "one":
		if list := e.elements(site{x.Args[0], sc}); len(list) == 1 {
			return e.document(list[0].expr, list[0].sc)
		}
	case "lookup":
		if p := e.picked(x, sc); p != nil {
			i := anonymousSite(site{x, sc}, p)
			return e.document(i.expr, i.sc)
		}
	case "element":
		list := e.elements(site{x.Args[0], sc})
		v, err := e.eval(x.Args[len(x.Args)-1], sc)
		if i, ok := listIndex(v); ok && err == nil && len(list) > 0 {
			s := list[i%len(list)]
			return e.document(s.expr, s.sc)
		}
	}
	return e.valueDocument(x, sc)
}

func (e *evaluator) referredDocument(expr hclsyntax.Expression, sc *scope) *source.Value {
	p := e.follow(expr, sc)
	if p == nil {
		return e.valueDocument(expr, sc)
	}
	if p.obj != nil {
		return e.attributeDocument(p, expr, sc)
	}
	o := e.origin(p)
	if o.either != nil {
		return e.eitherPlaceDocument(o, expr, sc)
	}
	if o.obj != nil && o.attr != "" {
		return e.attributeDocument(o, expr, sc)
	}
	v, _ := e.get(p)
	if !o.site.ok() || v.IsKnown() && v.IsNull() {
		return e.valueDocument(expr, sc)
	}
	return e.document(o.site.expr, o.site.sc)
}

// attributeDocument is a document that is an attribute of a resource or data
// source.
func (e *evaluator) attributeDocument(p *place, expr hclsyntax.Expression, sc *scope) *source.Value {
	o := p.obj
	switch {
	case o.res.data && o.res.kind == "aws_iam_policy_document" && strings.HasSuffix(p.attr, "json"):
		return e.policyDocument(o)
	case o.res.data && o.res.kind == protectionKind && p.attr == "json":
		return e.protectionDocument(o)
	case o.res.data && o.res.kind == "template_file" && p.attr == "rendered":
		return e.templateFileDocument(o, expr, sc)
	case p.site.ok():
		return e.document(p.site.expr, p.site.sc)
	}
	return e.valueDocument(expr, sc)
}

// fileDocument reads the document in a file, with the file's own places.
func (e *evaluator) fileDocument(x *hclsyntax.FunctionCallExpr, sc *scope) *source.Value {
	name, err := e.eval(x.Args[0], sc)
	if err != nil || !isText(name) || source.HasMark(name.AsString()) {
		return e.valueDocument(x, sc)
	}
	f := e.open(name.AsString())
	if f == nil || source.HasMarkBytes(f.Bytes()) {
		return e.valueDocument(x, sc)
	}
	if strings.HasSuffix(x.Name, "templatefile") && len(x.Args) == 2 {
		return e.templateDocument(f, x, sc)
	}
	return e.parseDocument(f.Text(), x, sc)
}

// open gives a file of the scanned tree that the configuration names; nil
// when it cannot be read.
func (e *evaluator) open(name string) *source.Source {
	full := path.Join(e.dir, name)
	if path.IsAbs(name) {
		full = strings.TrimPrefix(path.Clean(name), "/")
	}
	if f, ok := e.texts[full]; ok {
		return f
	}
	f, err := openFile(e.tree.env.FS, full)
	if err != nil {
		f = nil
	}
	if by := e.fetcher(full); f != nil && !by.IsZero() {
		f = f.FetchedBy(by)
	}
	if f != nil {
		e.weighData(full, f.Size())
	}
	e.texts[full] = f
	return f
}
