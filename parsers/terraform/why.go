package terraform

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// note records the holes of a tree that an input would have filled: once for
// each input, in a document once for each statement and input.
func (b *builder) note(v *source.Value) { b.noteTree(v, map[string]bool{}) }

func (b *builder) noteTree(v *source.Value, told map[string]bool) {
	if v == nil {
		return
	}
	b.noteString(v.Scalar, told)
	for _, item := range v.Items {
		b.noteTree(item, told)
	}
	for _, m := range actionsFirst(v.Members) {
		b.noteString(m.Name, told)
		if m.Name.Value != "Statement" {
			b.noteTree(m.Value, told)
			continue
		}
		for _, s := range m.Value.Elements() {
			b.noteTree(s, map[string]bool{})
		}
	}
}

// actionsFirst are members with those in front that bear most: of several
// places where one input is missing the note is at the first.
func actionsFirst(members []source.Member) []source.Member {
	var first, rest []source.Member
	for _, m := range members {
		if m.Name.Value == "Action" || m.Name.Value == "NotAction" {
			first = append(first, m)
		} else {
			rest = append(rest, m)
		}
	}
	return append(first, rest...)
}

func (b *builder) noteString(s source.String, told map[string]bool) {
	if s.Known || !source.HasMark(s.Value) {
		return
	}
	pieces := source.Pieces(s.Value)
	for _, p := range pieces {
		if !p.IsHole() || isMadeID(p, pieces) {
			continue
		}
		missing := b.missing(p.Label)
		if missing == "" {
			continue
		}
		if !told[missing] {
			told[missing] = true
			b.unresolved(model.Unresolved{
				Range: s.Range, Expression: oneLine(s.Range.Text()), Missing: missing,
				Assumed: "any " + holeName(p.Kind), Bears: true,
			})
		}
		return
	}
}

// isMadeID reports whether a hole is what AWS has made up for the last part of
// the ARN of a key or a secret: no input holds it, and nothing hangs on it.
func isMadeID(p source.Piece, pieces []source.Piece) bool {
	return p.Kind == source.HoleName && slices.ContainsFunc(pieces, func(q source.Piece) bool {
		return strings.Contains(q.Text, ":kms:") || strings.Contains(q.Text, ":secretsmanager:")
	})
}

// missing says what would fill a hole; empty for what only AWS can fill. For
// something that was given a value it is what that value lacks.
func (b *builder) missing(label string) string {
	if b.e.root.cfg.planned {
		return afterApply(label)
	}
	for range maxModuleDepth {
		p := b.e.namedBy(label)
		if p == nil || !p.site.ok() {
			return b.e.missingInput(b.e.inputOf(label))
		}
		cause := safeLabel(b.e.cause(p.site.expr, p.site.sc, maxCauses))
		if cause == label || cause == unknownLabel {
			return b.e.whyUnknown(p.site)
		}
		label = cause
	}
	return missingFor(unknownLabel)
}

// namedBy is what the label of a hole names, or what that is a part of.
func (e *evaluator) namedBy(label string) *place {
	return e.named[e.inputOf(label)]
}

// inputOf is the longest beginning of a label that names something: the label
// of an attribute of a variable begins with that of the variable. A label of
// which no beginning does is left as it is.
func (e *evaluator) inputOf(label string) string {
	for part := label; part != ""; {
		if e.named[part] != nil {
			return part
		}
		part = part[:max(strings.LastIndexAny(part, ".[#"), 0)]
	}
	return label
}

// ownLabel names an expression that is unknown for a reason of its own: it
// fails, or it asks what only a run of Terraform tells.
func (e *evaluator) ownLabel(expr hclsyntax.Expression, sc *scope) string {
	v, err := e.eval(expr, sc)
	if v != cty.NilVal && v.IsWhollyKnown() && err == nil && !holdsHole(v) {
		return unknownLabel
	}
	return e.siteLabel(site{expr, sc})
}

// siteLabel is a label for what an expression gives. Equal labels stand for
// equal text, so no two sites have the same.
func (e *evaluator) siteLabel(s site) string {
	key := siteKey(s)
	if label, ok := e.siteLabels[key]; ok {
		return label
	}
	text := s.name(e.source(s.expr))
	if text == "" {
		return unknownLabel
	}
	label := safeLabel(text)
	for n := e.sameText[text] + 1; ; n++ {
		if n > 1 {
			label = safeLabel(fmt.Sprintf("%s (%d)", text, n))
		}
		if e.named[label] == nil {
			e.sameText[text] = n
			break
		}
	}
	e.named[label] = &place{site: s, label: label}
	e.siteLabels[key] = label
	return label
}

// nameLost names the holes of a text that a function has left without a name,
// after the call: what the function made of an unknown text is another text.
func (e *evaluator) nameLost(v cty.Value, s site) cty.Value {
	if !isText(v) || !strings.Contains(v.AsString(), ":"+unknownLabel) {
		return v
	}
	n := 0
	return cty.StringVal(source.ReplaceMarks(v.AsString(), func(kind source.HoleKind, label string) string {
		if label != unknownLabel {
			return source.Hole(kind, label)
		}
		if label, n = e.siteLabel(s), n+1; n > 1 {
			label = fmt.Sprintf("%s#%d", label, n)
		}
		return source.Hole(kind, label)
	}))
}

// name is the full name of something that a scope's module holds.
func (s site) name(text string) string {
	if text == "" || s.sc == nil || s.sc.inst == nil {
		return text
	}
	return s.sc.inst.address(text)
}

// whyUnknown says why an expression is unknown that depends on nothing
// unknown.
func (e *evaluator) whyUnknown(s site) string {
	key := siteKey(s)
	why, ok := e.reasons[key]
	if !ok {
		why = e.findWhy(s)
		e.reasons[key] = why
	}
	return why
}

func (e *evaluator) findWhy(s site) string {
	_, err := e.eval(s.expr, s.sc)
	var f *fault
	var r *refusal
	switch {
	case errors.As(err, &f):
		return fmt.Sprintf("%s cannot be evaluated: %s%s", e.source(s.expr), strings.TrimSuffix(f.message, "."), e.workspaceHint(s))
	case errors.Is(err, errLimit):
		return fmt.Sprintf("%s cannot be evaluated: %s", e.source(s.expr), err)
	case errors.As(err, &r):
		return fmt.Sprintf("%s cannot be evaluated: %s refuses its arguments", e.source(s.expr), r.function)
	case err != nil:
		return fmt.Sprintf("%s cannot be evaluated: a function fails", e.source(s.expr))
	case e.source(s.expr) != "":
		return fmt.Sprintf("%s is known only when Terraform runs: scan a plan", e.source(s.expr))
	}
	return missingFor(unknownLabel)
}

// workspaceHint names the workspace where an expression asks for it and fails:
// it may have been written for others.
func (e *evaluator) workspaceHint(s site) string {
	for _, t := range hclsyntax.Variables(s.expr) {
		if t.RootName() == "terraform" && attrName(t, 1) == "workspace" {
			v, _ := e.get(e.terraformValue("workspace"))
			return fmt.Sprintf("; terraform.workspace is taken to be %q: set TF_WORKSPACE and pass --tf-var-env", v.AsString())
		}
	}
	return ""
}
