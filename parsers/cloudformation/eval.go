package cloudformation

import (
	"fmt"
	"strings"

	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// An assignment says what is assumed of conditions that the parameters do
// not decide. The same template under another assignment is another model.
type assignment map[string]truth

// An evaluator works out values of a template under an assignment. Its
// values are trees without intrinsic functions: what is not known is a hole
// or an Unread value.
type evaluator struct {
	t *template
	// root is the evaluator of the stack's own template, which notes what is
	// unresolved in those that it nests too; for it, it is itself.
	root *evaluator
	// stacks are the nested templates by resource and assumptions.
	stacks  map[string]stack
	assumed assignment
	truths  map[string]truth
	// world is the alternative that is followed, fixed the values of inputs
	// while a truth table is made, and tests what is taken for open tests then.
	world *world
	fixed map[string]pick
	// asked is set while a condition of a nested stack asks for a value.
	asked bool
	tests *tests
	// texts are composed strings with a way back to their parts; trees the
	// values that Fn::ToJsonString wrote; addresses the resources that
	// values refer to.
	texts     map[*source.Value]source.Text
	trees     map[*source.Value]*source.Value
	addresses map[*source.Value]string
	// calling is the call of a function that is being worked out.
	calling *source.Value
	// visiting guards against circles of names and conditions.
	visiting map[string]bool
	// undecided are the conditions met that could not be decided.
	undecided []string
	// deciding is set while a condition is tested, where values may be
	// looked at that no output may show.
	deciding bool
	// bears is set while a value is worked out that bears on access.
	bears      bool
	unresolved []model.Unresolved
	noted      map[string]int
	secrets    map[string]string
	// names are those of resources that were worked out.
	names map[nameKey]string
}

func newEvaluator(t *template) *evaluator {
	e := &evaluator{
		t: t, truths: map[string]truth{}, texts: map[*source.Value]source.Text{},
		trees: map[*source.Value]*source.Value{}, addresses: map[*source.Value]string{}, stacks: map[string]stack{},
		visiting: map[string]bool{}, noted: map[string]int{}, secrets: map[string]string{}, names: map[nameKey]string{},
	}
	e.root = e
	e.share(t.call)
	return e
}

// eval works out a value; nil stands for AWS::NoValue.
func (e *evaluator) eval(v *source.Value) *source.Value {
	if v == nil {
		return nil
	}
	if !e.t.spend(1) {
		return unevaluated(v.Range)
	}
	switch v.Kind {
	case source.Object:
		if fn, arg, ok := intrinsic(v); ok {
			return e.call(fn, arg, v)
		}
		return e.object(v)
	case source.List:
		return e.list(v)
	case source.Str:
		return e.literal(v)
	}
	return v
}

// object keeps v itself when nothing in it changes.
func (e *evaluator) object(v *source.Value) *source.Value {
	members := v.Members
	if holdsDirectLoop(v) {
		members = (&expander{t: e.t, e: e}).members(v.Members, nil)
	}
	var out []source.Member // the members before, once one changes
	changed := len(members) != len(v.Members)
	for i, m := range members {
		item := (*source.Value)(nil)
		if m.Name.Value == "Fn::Transform" {
			e.transform(m.Value, m.Name.Range)
		} else {
			item = e.eval(m.Value)
		}
		if item == m.Value && out == nil {
			continue
		}
		if out == nil {
			out = append(make([]source.Member, 0, len(members)), members[:i]...)
		}
		if changed = true; item != nil {
			out = append(out, source.Member{Name: m.Name, Value: item})
		}
	}
	switch {
	case !changed:
		return v
	case out == nil:
		out = members
	}
	c := *v
	c.Members = out
	return &c
}

func holdsDirectLoop(v *source.Value) bool {
	for _, m := range v.Members {
		if isLoop(m.Name.Value) {
			return true
		}
	}
	return false
}

func (e *evaluator) list(v *source.Value) *source.Value {
	var out []*source.Value // the items before, once one changes
	for at, i := range v.Items {
		got := e.choices(i)
		if out == nil {
			if len(got) == 1 && got[0] == i {
				continue
			}
			out = append(make([]*source.Value, 0, len(v.Items)), v.Items[:at]...)
		}
		out = append(out, got...)
	}
	if out == nil {
		return v
	}
	c := *v
	c.Items = out
	return &c
}

// choices are the values that a list's item may be: both branches of an
// undecided Fn::If, each marked as conditional.
func (e *evaluator) choices(v *source.Value) []*source.Value {
	if fn, arg, ok := intrinsic(v); ok && fn == "Fn::If" && len(arg.Items) == 3 {
		name := arg.Items[0].Text().Value
		if e.condition(name) == maybe {
			e.undecided = append(e.undecided, name)
			var out []*source.Value
			for _, branch := range arg.Items[1:] {
				for _, c := range e.choices(branch) {
					out = append(out, e.conditional(c))
				}
			}
			return out
		}
	}
	if got := e.eval(v); got != nil {
		return []*source.Value{got}
	}
	return nil
}

// copyOf copies v with what is known beside it.
func (e *evaluator) copyOf(v *source.Value) *source.Value {
	c := *v
	if t, ok := e.texts[v]; ok {
		e.texts[&c] = t
	}
	if t, ok := e.trees[v]; ok {
		e.trees[&c] = t
	}
	if a, ok := e.addresses[v]; ok {
		e.addresses[&c] = a
	}
	return &c
}

func (e *evaluator) conditional(v *source.Value) *source.Value {
	c := e.copyOf(v)
	c.Maybe = true
	return c
}

// at is v as brought in by the expression at r.
func (e *evaluator) at(v *source.Value, r source.Range) *source.Value {
	c := e.copyOf(v)
	c.Origin = origin(v.Origin, v.Range)
	c.Range = r
	if !c.Scalar.IsZero() {
		c.Scalar.Origin = origin(v.Scalar.Origin, v.Scalar.Range)
		c.Scalar.Range = r
	}
	if v.Kind == source.List {
		c.Items = make([]*source.Value, len(v.Items))
		for i, item := range v.Items {
			if c.Items[i] = item; item.IsScalar() {
				c.Items[i] = e.at(item, r)
			}
		}
	}
	return c
}

// call works out a call of an intrinsic function. A call that the checker
// refuses gives an Unread value.
func (e *evaluator) call(fn string, arg, v *source.Value) *source.Value {
	outer := e.calling
	e.calling = v
	defer func() { e.calling = outer }()
	switch fn {
	case "Ref":
		return e.ref(arg.Text().Value, v.Range)
	case "Fn::GetAtt":
		return e.getAtt(arg, v.Range)
	case "Fn::Sub":
		return e.sub(arg, v.Range)
	case "Fn::Join":
		return e.join(arg, v.Range)
	case "Fn::If":
		return e.choose(arg, v.Range)
	case "Fn::FindInMap":
		return e.findInMap(arg, v.Range)
	case "Fn::Select":
		return e.selectItem(arg, v.Range)
	case "Fn::Split":
		return e.split(arg, v.Range)
	case "Fn::Base64":
		return e.base64(arg, v.Range)
	case "Fn::Length":
		return e.length(arg, v.Range)
	case "Fn::ToJsonString":
		return e.toJSON(arg, v.Range)
	case "Fn::ImportValue":
		return e.importValue(arg, v.Range)
	case "Fn::GetStackOutput":
		return e.getStackOutput(arg, v.Range)
	case "Fn::Transform":
		return e.transform(arg, v.Range)
	case "Fn::Cidr":
		return e.cidr(arg, v.Range)
	}
	return source.UnreadValue(fn, v.Range)
}

// unknown is a hole with a note of what is missing.
func (e *evaluator) unknown(kind source.HoleKind, label, missing string, r source.Range) *source.Value {
	e.note(label, missing, kind, r)
	return &source.Value{Kind: source.Str, Scalar: source.Unknown(kind, label, r), Range: r}
}

// elsewhere is a value that another stack has.
func (e *evaluator) elsewhere(missing string, r source.Range) *source.Value {
	return e.unknown(source.HoleFree, e.label(), missing, r)
}

func (e *evaluator) transform(arg *source.Value, r source.Range) *source.Value {
	name := source.Show(arg.Get("Name").Text().Value)
	label := e.t.prefix + "Fn::Transform " + name
	if parameters := arg.Get("Parameters"); parameters != nil {
		label += " " + e.spell(parameters)
	}
	e.note(label, "the macro "+name+" runs when the stack is deployed", source.HoleFree, r)
	return source.UnreadValue(label, r)
}

// note records once an expression whose value the template does not hold.
func (e *evaluator) note(expression, missing string, kind source.HoleKind, r source.Range) {
	if e.deciding {
		return
	}
	e.root.record(model.Unresolved{Range: r, Expression: expression, Missing: missing, Assumed: assumed(kind), Bears: e.bears})
}

// record keeps one note of each expression.
func (e *evaluator) record(u model.Unresolved) {
	if i, seen := e.noted[u.Expression]; seen {
		if u.Bears && !e.unresolved[i].Bears {
			e.unresolved[i].Bears, e.unresolved[i].Range = true, u.Range
		}
		return
	}
	e.noted[u.Expression] = len(e.unresolved)
	e.unresolved = append(e.unresolved, u)
}

func assumed(kind source.HoleKind) string {
	switch kind {
	case source.HoleAccount:
		return "any account"
	case source.HoleRegion:
		return "any region"
	case source.HoleName:
		return "any name"
	}
	return "any value"
}

// scalar is the text of a value; of what is no text, a hole.
func scalar(v *source.Value, label string) source.String {
	switch {
	case v == nil:
		return source.String{}
	case v.IsScalar() || v.Kind == source.Unread:
		return v.Text()
	}
	return source.Unknown(source.HoleFree, label, v.Range)
}

// show is an argument for messages.
func (e *evaluator) show(v *source.Value) string {
	got := e.eval(v)
	if s := got.Text(); s.Value != "" {
		return s.Show()
	}
	return "named there"
}

// text is a value's text as a part of another: what an expression brings
// from elsewhere maps to the expression.
func (e *evaluator) text(v *source.Value) source.Text {
	if t, ok := e.texts[v]; ok {
		return t
	}
	s := v.Text()
	if s.Origin.IsZero() && v.Kind == source.Str {
		return literalText(s)
	}
	var b source.TextBuilder
	b.Brought(s.Value, s.Range, s.Origin)
	return b.Text()
}

// content is a value's text as a document of its own, mapped to where it was
// written.
func (e *evaluator) content(v *source.Value) source.Text {
	if t, ok := e.texts[v]; ok {
		return t
	}
	return literalText(v.Text())
}

// composed is a string made of parts.
func (e *evaluator) composed(t source.Text, from, r source.Range) *source.Value {
	t = e.hideReferences(t)
	s := source.NewString(t.Value, r)
	s.Origin = from
	v := &source.Value{Kind: source.Str, Scalar: s, Range: r, Origin: from}
	e.texts[v] = t
	return v
}

const dynamicReference = "{{resolve:"

// literal is a scalar as written, dynamic references apart.
func (e *evaluator) literal(v *source.Value) *source.Value {
	if !strings.Contains(v.Scalar.Value, dynamicReference) {
		return v
	}
	c := e.composed(literalText(v.Scalar), v.Scalar.Origin, v.Range)
	c.Origin = v.Origin
	return c
}

// hideReferences makes a hole of every dynamic reference ("Get values stored
// in other services using dynamic references"). What it names is not shown.
func (e *evaluator) hideReferences(t source.Text) source.Text {
	if !strings.Contains(t.Value, dynamicReference) {
		return t
	}
	var b source.TextBuilder
	for at := 0; at < len(t.Value); {
		i := strings.Index(t.Value[at:], dynamicReference)
		if i < 0 {
			b.Append(t, at, len(t.Value))
			break
		}
		j := strings.Index(t.Value[at+i:], "}}")
		if j < 0 { // it goes on in another part, or is no reference
			b.Append(t, at, len(t.Value))
			break
		}
		b.Append(t, at, at+i)
		end := at + i + j + 2
		r := t.Range(at+i, end)
		label := e.secret(t.Value[at+i : end])
		e.note(label, "a dynamic reference is resolved when the stack is deployed", source.HoleFree, r)
		b.Opaque(source.Hole(source.HoleFree, label), r)
		at = end
	}
	return b.Text()
}

// secret numbers dynamic references, so that equal ones have equal labels.
func (e *evaluator) secret(reference string) string {
	if label, ok := e.secrets[reference]; ok {
		return label
	}
	label := fmt.Sprintf("dynamic reference %d", len(e.secrets)+1)
	e.secrets[reference] = label
	return label
}
