package terraform

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/iamwatch/iamwatch/parsers/terraform/lang"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// A renderer writes the text of a template with the places of its parts.
type renderer struct {
	source.TextBuilder
	e *evaluator
	// assumed is taken where nobody can decide.
	assumed assumption
	// undecided is the conditions and loops that were met undecided.
	undecided assumption
}

// render writes a template or a part of one. It reports whether it could be
// rendered in parts.
func (r *renderer) render(expr hclsyntax.Expression, sc *scope) bool {
	switch x := expr.(type) {
	case *hclsyntax.LiteralValueExpr:
		if isText(x.Val) {
			if !r.decoded(x) {
				r.e.literal(&r.TextBuilder, x.Val.AsString(), r.e.exprRange(x))
			}
			return true
		}
	case *hclsyntax.TemplateExpr:
		for _, part := range x.Parts {
			if !r.render(part, sc) {
				return false
			}
		}
		return true
	case *hclsyntax.TemplateJoinExpr:
		return r.join(x, sc)
	case *hclsyntax.ConditionalExpr:
		return r.choose(x, sc)
	}
	r.insert(expr, sc)
	return true
}

// decoded writes literal text out of a string of a JSON configuration, whose
// escapes are decoded already: only doubled sigils stand for others.
func (r *renderer) decoded(x *hclsyntax.LiteralValueExpr) bool {
	text, ok := r.e.aliases[x.SrcRange.Filename]
	if !ok {
		return false
	}
	at, end := x.SrcRange.Start.Byte, x.SrcRange.End.Byte
	raw := text.Value[at:end]
	if strings.NewReplacer("$${", "${", "%%{", "%{").Replace(raw) != x.Val.AsString() {
		return false
	}
	for i := at; i < end; i++ {
		if s := text.Value[i:end]; strings.HasPrefix(s, "$${") || strings.HasPrefix(s, "%%{") {
			r.Append(text, at, i)
			at = i + 1
			i += 2
		}
	}
	r.Append(text, at, end)
	return true
}

// choose writes the branch that holds; of an undecided conditional the one
// that is assumed.
func (r *renderer) choose(x *hclsyntax.ConditionalExpr, sc *scope) bool {
	if branch := r.e.branch(x, sc); branch != nil {
		return r.render(branch, sc)
	}
	r.undecided.condition = true
	if r.assumed.condition {
		return r.render(x.TrueResult, sc)
	}
	return r.render(x.FalseResult, sc)
}

func (r *renderer) join(x *hclsyntax.TemplateJoinExpr, sc *scope) bool {
	loop, ok := x.Tuple.(*hclsyntax.ForExpr)
	if !ok {
		return false
	}
	rounds, err := r.e.rounds(loop, sc)
	if errors.Is(err, errUndecided) {
		r.undecided.loop = true
		return !r.assumed.loop || r.render(loop.ValExpr, r.e.unknownRound(loop, sc))
	}
	if err != nil {
		r.Opaque(hole(source.HoleFree, r.e.labelOf(loop.CollExpr, sc)), r.e.exprRange(loop))
		return true
	}
	for _, round := range rounds {
		if !r.render(loop.ValExpr, round) {
			return false
		}
	}
	return true
}

// maybe is a value that may be there. A statement whose Sid one of before
// has loses it: only one of the two will be there, but a document that held
// both would be refused.
func maybe(v *source.Value, before []*source.Value) *source.Value {
	c := *v
	c.Maybe = true
	sid := v.Get("Sid").Text()
	if sid.Value == "" {
		return &c
	}
	for _, o := range before {
		if o.Get("Sid").Text().Value == sid.Value {
			c.Members = slices.DeleteFunc(slices.Clone(c.Members), func(m source.Member) bool { return m.Name.Value == "Sid" })
		}
	}
	return &c
}

// literal writes literal text. It is not byte for byte what stands in the
// file where a heredoc's indentation is cut or an escape is decoded.
func (e *evaluator) literal(b *source.TextBuilder, value string, r source.Range) {
	raw := r.Text()
	if raw == value {
		b.Literal(value, r)
		return
	}
	if t := source.JSONText(source.NewString(value, r)); strings.HasSuffix(r.Path(), ".json") && strings.HasPrefix(raw, `"`) && t.Value == value {
		b.Append(t, 0, len(value))
		return
	}
	if !r.IsZero() {
		// The marker ~} cuts blanks and line ends off the start.
		trimmed := r.Source.Range(r.Start()+max(blanks(raw)-blanks(value), 0), r.End())
		for _, from := range []source.Range{r, trimmed} {
			var aligned source.TextBuilder
			if align(&aligned, value, from.Text(), from) {
				t := aligned.Text()
				b.Append(t, 0, len(t.Value))
				return
			}
		}
	}
	b.Opaque(value, r)
}

// align maps value to raw, from which it was made by cutting the indentation
// of lines and decoding escapes.
func align(b *source.TextBuilder, value, raw string, r source.Range) bool {
	i, j := 0, 0
	for j < len(value) {
		if j == 0 || value[j-1] == '\n' {
			i += max(indentation(raw[min(i, len(raw)):])-indentation(value[j:]), 0)
		}
		n := common(value[j:], raw[min(i, len(raw)):])
		b.Literal(value[j:j+n], r.Source.Range(r.Start()+i, r.Start()+i+n))
		i, j = i+n, j+n
		if n > 0 {
			continue
		}
		text, size := hclEscape(raw[min(i, len(raw)):])
		if size == 0 || !strings.HasPrefix(value[j:], text) {
			return false
		}
		b.Opaque(text, r.Source.Range(r.Start()+i, r.Start()+i+size))
		i, j = i+size, j+len(text)
	}
	return true
}

func blanks(s string) int { return len(s) - len(strings.TrimLeft(s, " \t\r\n")) }

func indentation(line string) int { return len(line) - len(strings.TrimLeft(line, " \t")) }

// common is how much of a line both begin with, up to a backslash or a
// doubled sigil in raw.
func common(value, raw string) int {
	n := 0
	for n < len(value) && n < len(raw) && value[n] == raw[n] && raw[n] != '\\' {
		if strings.HasPrefix(raw[n:], "$${") || strings.HasPrefix(raw[n:], "%%{") {
			return n
		}
		n++
		if value[n-1] == '\n' {
			break
		}
	}
	return n
}

// hclEscape decodes the escape that raw begins with ("Strings and
// Templates": escape sequences) and says how long it is.
func hclEscape(raw string) (string, int) {
	if strings.HasPrefix(raw, "$${") || strings.HasPrefix(raw, "%%{") {
		return raw[1:3], 3
	}
	if len(raw) < 2 {
		return raw, len(raw)
	}
	if raw[0] != '\\' {
		return raw[:1], 1
	}
	switch c := raw[1]; c {
	case 'n':
		return "\n", 2
	case 'r':
		return "\r", 2
	case 't':
		return "\t", 2
	case '"', '\\':
		return string(c), 2
	case 'u', 'U':
		size := map[byte]int{'u': 6, 'U': 10}[c]
		if len(raw) < size {
			return "", 0
		}
		n, err := strconv.ParseUint(raw[2:size], 16, 32)
		if err != nil {
			return "", 0
		}
		return string(rune(n)), size
	}
	return raw[:1], 1
}

// templateDocument renders a template file with the variables of the call.
func (e *evaluator) templateDocument(f *source.Source, x *hclsyntax.FunctionCallExpr, sc *scope) *source.Value {
	vars, err := e.eval(x.Args[1], sc)
	if err != nil && !iterable(vars) || !iterable(vars) || !vars.Type().IsObjectType() && !vars.Type().IsMapType() {
		return e.valueDocument(x, sc)
	}
	inner := e.templateScope(site{x.Args[1], sc}, vars)
	return e.renderedDocument(f.Text(), f.Path, 0, inner, x, sc)
}

// templateScope binds the variables of a template, each with the place at
// which it is written.
func (e *evaluator) templateScope(args site, vars cty.Value) *scope {
	inner := &scope{names: map[string]*place{}, strict: true}
	for it := vars.ElementIterator(); it.Next(); {
		k, v := it.Element()
		p := e.element(args, k, v)
		if !v.IsKnown() && v.Type() == cty.String {
			p.value = constant(cty.StringVal(hole(source.HoleFree, e.causeOf(p, maxCauses)))).value
		}
		inner.names[k.AsString()] = p
	}
	return inner
}

func (e *evaluator) renderedDocument(t source.Text, name string, offset int, inner *scope, expr hclsyntax.Expression, sc *scope) *source.Value {
	if lang.CheckSyntax(t.Value) != nil {
		return e.valueDocument(expr, sc)
	}
	tmpl, diags := hclsyntax.ParseTemplate([]byte(t.Value), name, hcl.Pos{Line: 1, Column: 1, Byte: offset})
	if diags.HasErrors() {
		return e.valueDocument(expr, sc)
	}
	return e.rendered(tmpl, inner, expr, sc)
}

// templateFileDocument is the rendered attribute of the template provider's
// data source: its template with its vars.
func (e *evaluator) templateFileDocument(o *object, expr hclsyntax.Expression, sc *scope) *source.Value {
	a := o.attr("template")
	if a == nil {
		return unread(o.address, e.exprRange(expr))
	}
	inner := e.templateFileScope(o)
	if call, ok := a.Expr.(*hclsyntax.FunctionCallExpr); ok && call.Name == "file" && len(call.Args) == 1 {
		if name, err := e.eval(call.Args[0], o.sc); err == nil && isText(name) {
			if f := e.open(name.AsString()); f != nil {
				return e.renderedDocument(f.Text(), f.Path, 0, inner, expr, sc)
			}
		}
	}
	return e.valueDocument(expr, sc)
}

func (e *evaluator) templateFileScope(o *object) *scope {
	if a := o.attr("vars"); a != nil {
		if vars, _ := e.eval(a.Expr, o.sc); iterable(vars) && (vars.Type().IsObjectType() || vars.Type().IsMapType()) {
			return e.templateScope(site{a.Expr, o.sc}, vars)
		}
	}
	return &scope{names: map[string]*place{}, strict: true}
}

// renderTemplateFile is the text of that attribute.
func (e *evaluator) renderTemplateFile(o *object) (cty.Value, error) {
	text := e.attrText(o, "template")
	if text == "" || lang.CheckSyntax(text) != nil {
		return cty.UnknownVal(cty.String), nil
	}
	tmpl, diags := hclsyntax.ParseTemplate([]byte(text), "", hcl.InitialPos)
	if diags.HasErrors() {
		return cty.UnknownVal(cty.String), diagnosed(diags)
	}
	return e.eval(tmpl, e.templateFileScope(o))
}
