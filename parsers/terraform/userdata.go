package terraform

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"io"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// userDataOf looks for signs of AWS calls and for keys in the user data of an
// instance. Nothing else of it is kept.
func (b *builder) userDataOf(i *model.Instance, body *hclsyntax.Body, sc *scope) {
	for _, name := range []string{"user_data", "user_data_base64"} {
		a := body.Attributes[name]
		if a == nil {
			continue
		}
		at := b.e.exprRange(a.Expr)
		signed := false
		for _, s := range b.e.userData(site{a.Expr, sc}, maxModuleDepth, map[*object]bool{}) {
			text := b.e.plainUserData(s)
			if sign, ok := model.FindSign(text); ok && !signed {
				i.Needs = append(i.Needs, model.Cause{Range: at, Message: "its user data names " + sign.Names})
				signed = true
			}
			b.userDataKeys(i, s, text, at)
		}
	}
}

// userDataKeys keeps the keys in a text of user data: their place and kind.
func (b *builder) userDataKeys(i *model.Instance, s site, text string, at source.Range) {
	for _, k := range model.FindKeys(text) {
		w := &model.WrittenKey{Entity: i.Entity, Unit: b.unit, Place: model.UserDataKey, Kind: k.Kind, Last4: k.Last4}
		w.Range = at
		if where := b.e.partHolding(s, text[k.Start:k.End]); !where.IsZero() {
			if where.Source == at.Source && where.Start() >= at.Start() && where.End() <= at.End() {
				w.Range = where
			} else {
				w.Origin = where
			}
		}
		b.unit.WrittenKeys = append(b.unit.WrittenKeys, w)
	}
}

// userData are the expressions that user data is made of: what is encoded, and
// the parts of cloud-init configurations, but of those seen before.
func (e *evaluator) userData(s site, depth int, seen map[*object]bool) []site {
	if depth == 0 {
		return []site{s}
	}
	if call, ok := s.expr.(*hclsyntax.FunctionCallExpr); ok && len(call.Args) == 1 && strings.HasPrefix(call.Name, "base64") {
		return e.userData(site{call.Args[0], s.sc}, depth-1, seen)
	}
	p := e.follow(s.expr, s.sc)
	if p == nil {
		return []site{s}
	}
	o, next := e.objectAt(p)
	switch {
	case o != nil && o.res.data && (o.res.kind == "cloudinit_config" || o.res.kind == "template_cloudinit_config"):
		return e.cloudInit(o, depth, seen)
	case o == nil && next.ok():
		return e.userData(next, depth-1, seen)
	}
	return []site{s}
}

func (e *evaluator) cloudInit(o *object, depth int, seen map[*object]bool) []site {
	if seen[o] {
		return nil
	}
	seen[o] = true
	var out []site
	parts, _ := e.expand(nested(o.res.block.Body, "part"), o.sc)
	for _, p := range parts {
		if a := p.body.Attributes["content"]; a != nil {
			out = append(out, e.userData(site{a.Expr, p.sc}, depth-1, seen)...)
		}
	}
	return out
}

// plainUserData is the text of user data, of which some is written in base64 and
// gzip.
func (e *evaluator) plainUserData(s site) string {
	v, _ := e.eval(s.expr, s.sc)
	if !isText(v) {
		return ""
	}
	data, err := base64.StdEncoding.DecodeString(v.AsString())
	if err != nil {
		return v.AsString()
	}
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return string(data)
	}
	// What is cut off at the limit is read as far as it goes.
	plain, _ := io.ReadAll(io.LimitReader(z, maxTextBytes))
	return string(plain)
}

// partHolding is the part of a text that gives a word, or of a literal part the
// word itself; zero when no part gives it as a whole.
func (e *evaluator) partHolding(s site, word string) source.Range {
	t, ok := s.expr.(*hclsyntax.TemplateExpr)
	if !ok {
		return source.Range{}
	}
	for _, part := range t.Parts {
		v, _ := e.eval(part, s.sc)
		if !isText(v) {
			continue
		}
		i := strings.Index(v.AsString(), word)
		if i < 0 {
			continue
		}
		r := e.exprRange(part)
		if r.Text() == v.AsString() {
			return r.Source.Range(r.Start()+i, r.Start()+i+len(word))
		}
		return r
	}
	return source.Range{}
}
