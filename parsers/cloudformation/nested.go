package cloudformation

import (
	"maps"
	"slices"
	"strings"

	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// Bounds of nested stacks: how deep they are nested, and how many a stack has
// in all.
const (
	maxNesting = 16
	maxNested  = 500
)

const (
	stackType    = "AWS::CloudFormation::Stack"
	stackSetType = "AWS::CloudFormation::StackSet"
)

// A call is how one template makes stacks of another.
type call struct {
	by  *evaluator // of the calling template
	res *resource
	// inputs are the parameters that are passed, as the caller writes them.
	inputs map[string]source.Member
	// unread says that what is passed is unknown as a whole.
	unread bool
	// unit says that the stack is a unit of its own, and apart that it is in
	// another account than the caller's: in this one, if it is known.
	unit, apart bool
	account     string
}

// pass takes one parameter that is passed.
func (c *call) pass(name source.String, v *source.Value) {
	if v != nil {
		c.inputs[name.Value] = source.Member{Name: name, Value: v}
	}
}

// prefix stands before the logical ids of the called template.
func (c *call) prefix() string {
	if c == nil {
		return ""
	}
	return c.res.id.Value + "/"
}

// A stack is a nested stack as far as it can be read: e is nil where it
// cannot, and missing then says why.
type stack struct {
	e                *evaluator
	missing, assumed string
}

// A nesting is where a nested template is used.
type nesting struct {
	maybe bool
	when  string
	calls []model.Cause
}

// both is two conditions for people, either of which may be empty.
func both(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + " and " + b
}

// isStack reports whether resources of a type are made of another template.
func isStack(typ string) bool { return typ == stackType }

func stackMaker(typ string) func(*builder, *resource) {
	switch typ {
	case stackType:
		return (*builder).nestedStack
	case stackSetType:
		return (*builder).stackSet
	}
	return nil
}

// share gives the evaluator of a called template what it shares with that of
// the caller: values go from one to the other.
func (e *evaluator) share(c *call) {
	if c == nil {
		return
	}
	by := c.by
	e.texts, e.trees, e.addresses, e.secrets = by.texts, by.trees, by.addresses, by.secrets
	if !c.unit {
		e.root = by.root
	}
}

// top is the template at which nesting begins.
func (t *template) top() *template {
	for t.call != nil {
		t = t.call.by.t
	}
	return t
}

// nestedStack builds what the template of a nested stack declares, as a part
// of the unit.
func (b *builder) nestedStack(res *resource) {
	var e *evaluator
	b.e.bearing(func() { e = b.e.stack(res) })
	if e == nil {
		return
	}
	child := newBuilder(e)
	child.unit, child.keys, child.caller = b.unit, b.keys, b.nesting(res)
	child.build()
	b.nested = append(b.nested, child)
	b.others = append(b.others, child.others...)
}

// nesting is where the template that a resource nests is used.
func (b *builder) nesting(res *resource) nesting {
	calls := append(slices.Clone(b.caller.calls), model.Cause{
		Range: res.id.Range, Message: "in the " + res.stackLabel() + " declared here",
	})
	return nesting{maybe: b.maybe, when: b.when, calls: calls}
}

// stack is the evaluator of the template that a resource nests, under what is
// assumed now. It is nil, and noted, when that template cannot be read.
func (e *evaluator) stack(res *resource) *evaluator {
	key := res.id.Value + e.assumptions()
	s, ok := e.stacks[key]
	if !ok {
		e.stacks[key] = stack{} // for what depends on itself
		s = e.nest(res)
		e.stacks[key] = s
	}
	e.noteStack(res, s.missing)
	e.assumeStack(res, s.assumed)
	return s.e
}

// stackLabel is what notes call a resource that makes stacks.
func (r *resource) stackLabel() string {
	if r.typ == stackSetType {
		return "stack set " + r.id.Value
	}
	return "nested stack " + r.id.Value
}

// noteStack notes why the template of a stack is not read, if it is not.
func (e *evaluator) noteStack(res *resource, missing string) {
	if missing != "" && !e.deciding {
		e.root.record(model.Unresolved{
			Range: res.id.Range, Expression: res.stackLabel(), Missing: missing, Assumed: "any resources", Bears: e.bears,
		})
	}
}

// assumeStack notes what was taken for the template of a stack.
func (e *evaluator) assumeStack(res *resource, assumed string) {
	if assumed != "" && !e.deciding {
		e.root.record(model.Unresolved{
			Range: res.id.Range, Expression: res.stackLabel(),
			Missing: "its template is fetched when the stack is deployed", Assumed: assumed,
		})
	}
}

// assumptions tells apart what is assumed of conditions.
func (e *evaluator) assumptions() string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(e.assumed)) {
		b.WriteString("\x00" + name)
		b.WriteByte('0' + byte(e.assumed[name]))
	}
	return b.String()
}

// nest reads the template that a resource nests.
func (e *evaluator) nest(res *resource) stack {
	p := e.locate(res)
	if p.doc == nil {
		return stack{missing: p.missing}
	}
	c := &call{by: e, res: res, inputs: map[string]source.Member{}}
	c.object(res.properties.Get("Parameters"))
	return stack{e: e.enter(p, c), assumed: p.assumed}
}

// object takes parameters that are passed as an object of names and values.
func (c *call) object(raw *source.Value) {
	if _, _, ok := intrinsic(raw); ok {
		raw = c.by.eval(raw)
	}
	if raw == nil || raw.Kind == source.Null {
		return
	}
	c.unread = raw.Kind != source.Object
	for _, m := range raw.Members {
		c.pass(m.Name, m.Value)
	}
}

// refuse warns of parameters that the called template does not declare.
func (c *call) refuse(t *template) {
	if t.broken || t.rewritten() {
		return
	}
	for _, name := range slices.Sorted(maps.Keys(c.inputs)) {
		if t.parameters[name] == nil {
			c.by.t.warnf(c.inputs[name].Name.Range, "the template of %s declares no parameter %s", source.Show(c.res.id.Value), source.Show(name))
		}
	}
}

func (t *template) warnf(r source.Range, format string, args ...any) {
	if !t.told[r] {
		t.told[r] = true
		t.diagnostics = append(t.diagnostics, source.Warningf(r, format, args...))
	}
}

// enter makes the evaluator of a called template in a file.
func (e *evaluator) enter(p placed, c *call) *evaluator {
	for t := e.t; ; t = t.call.by.t {
		if t.file.Path == p.doc.file.Path {
			e.t.errorf(p.at, "the template of %s nests itself", source.Show(c.res.id.Value))
			return nil
		}
		if t.call == nil {
			break
		}
	}
	if !e.admit(p.at, c) {
		return nil
	}
	root, diags := p.doc.tree()
	if root == nil || root.Kind != source.Object {
		root = &source.Value{Kind: source.Object, Range: p.doc.file.Range(0, 0)}
	}
	child := e.called(p.doc.file, root, slices.Clone(diags), c)
	if p.assumed == "" {
		c.refuse(child.t)
	}
	return child
}

// admit reports whether the limits allow one more stack.
func (e *evaluator) admit(at source.Range, c *call) bool {
	depth := 0
	for t := e.t; t.call != nil; t = t.call.by.t {
		depth++
	}
	if depth < maxNesting && len(e.t.top().nested)-e.t.top().earlier < maxNested {
		return true
	}
	e.t.errorf(at, "the template of %s is not read: more stacks are nested than the limit", source.Show(c.res.id.Value))
	return false
}

// called makes the evaluator of a called template. Only its caller gives it
// parameters.
func (e *evaluator) called(file *source.Source, root *source.Value, diags []source.Diagnostic, c *call) *evaluator {
	env := *e.t.env
	env.Parameters, env.ParameterFiles = nil, nil
	if c.apart {
		env.Account = c.account
	}
	t := newCalledTemplate(file, root, &env, diags, c)
	t.lib = e.t.lib
	top := e.t.top()
	top.nested = append(top.nested, t)
	t.check()
	return newEvaluator(t)
}

// used are the paths of the files that were read as parts of the template.
func (t *template) used() []string {
	set := map[string]bool{}
	for _, n := range append([]*template{t}, t.nested...) {
		set[n.file.Path] = true
		if d := t.lib.find(n.file.Path); d != nil {
			for _, p := range d.snippets {
				set[p] = true
			}
		}
	}
	return sortedNames(set)
}

// gather takes over what is to be told of nested templates, each thing once:
// one template may be nested many times.
func (t *template) gather() {
	told := map[source.Diagnostic]bool{}
	for _, d := range t.diagnostics {
		told[d] = true
	}
	for _, n := range t.nested {
		for _, d := range n.diagnostics {
			if !told[d] {
				told[d] = true
				t.diagnostics = append(t.diagnostics, d)
			}
		}
	}
}

// passed is the value of a parameter of a called template.
func (e *evaluator) passed(p *parameter, r source.Range) *source.Value {
	c, name := e.t.call, p.name.Value
	input, ok := c.inputs[name]
	key := "parameter " + name
	switch {
	case isParameterStore(p.typ):
		return e.parameter(p, r)
	case e.visiting[key], c.unread, !ok && p.value == nil:
		return e.unknown(kindByName(name), e.t.prefix+name, "what "+c.res.id.Value+" passes for the parameter "+name+" is not in the template", r)
	case !ok:
		return e.parameter(p, r)
	}
	e.visiting[key] = true
	v := e.ask(input.Value, isList(p.typ))
	delete(e.visiting, key)
	switch {
	case v == nil || v.Kind == source.Null: // AWS::NoValue: the default counts
		return e.parameter(p, r)
	case p.noEcho && v.Text().Known && v.Text().Value != "" && !e.deciding:
		return e.parameter(&parameter{name: p.name, typ: p.typ, noEcho: true, value: v}, r)
	case isList(p.typ):
		return e.listOf(v, name, r)
	}
	return e.at(asText(v), r)
}

// ask works out a value of the caller for what it is needed here.
func (e *evaluator) ask(raw *source.Value, list bool) *source.Value {
	by := e.t.call.by
	bears, deciding, asked := by.bears, by.deciding, by.asked
	by.bears, by.deciding, by.asked = e.bears, e.deciding, true
	defer func() { by.bears, by.deciding, by.asked = bears, deciding, asked }()
	if fn, arg, ok := intrinsic(raw); list && ok && fn == "Fn::Join" && len(arg.Items) == 2 && arg.Items[0].Text().Is(",") {
		raw = arg.Items[1] // the items keep what they refer to
	}
	v := by.eval(raw)
	if e.t.call.apart {
		v = e.away(v)
	}
	return v
}

// listOf is the value of a list parameter of what is passed: a text with
// commas, or already a list.
func (e *evaluator) listOf(v *source.Value, name string, r source.Range) *source.Value {
	switch {
	case v.Kind == source.List:
		return e.at(v, r)
	case !v.IsScalar():
		return source.UnreadValue(e.t.prefix+name, r)
	case v.Scalar.Known:
		return commaList(v.Scalar, r)
	case e.addresses[v] != "":
		return &source.Value{Kind: source.List, Range: r, Origin: v.Range, Items: []*source.Value{e.at(v, r)}}
	case splits(v.Scalar.Value, ","):
		return splitText(e.text(v), ",", r)
	}
	return source.UnreadValue(e.t.prefix+name, r)
}

// away is a value as another account sees it: what is the own account here is
// a given one there.
func (e *evaluator) away(v *source.Value) *source.Value {
	if v == nil || !strings.Contains(v.JSON(), source.Hole(source.HoleSelf, "")) {
		return v
	}
	c := *v
	c.Scalar.Value = source.ReplaceMarks(v.Scalar.Value, func(kind source.HoleKind, label string) string {
		if kind == source.HoleSelf {
			return source.Hole(source.HoleAccount, "the account of "+e.t.call.by.t.file.Path)
		}
		return source.Hole(kind, label)
	})
	c.Items = nil
	for _, i := range v.Items {
		c.Items = append(c.Items, e.away(i))
	}
	if a, ok := e.addresses[v]; ok {
		e.addresses[&c] = a
	}
	return &c
}

// stackOutput is what a nested stack returns ("Return values" of
// AWS::CloudFormation::Stack).
func (e *evaluator) stackOutput(res *resource, name string, r source.Range) *source.Value {
	c := e.stack(res)
	if c == nil {
		return e.unlisted(res, "Outputs."+name, r)
	}
	output, ok := c.t.outputs()[name]
	if !ok {
		if !c.t.broken && !c.t.rewritten() {
			e.t.errorf(r, "%s declares no output %s", c.t.file.Path, source.Show(name))
		}
		return e.unlisted(res, "Outputs."+name, r)
	}
	key := "output " + name
	if c.visiting[key] {
		return e.unlisted(res, "Outputs."+name, r)
	}
	c.visiting[key] = true
	v := c.output(output, e.bears, e.deciding)
	delete(c.visiting, key)
	if v == nil {
		return e.unlisted(res, "Outputs."+name, r)
	}
	return e.at(v, r)
}

// output works out an output, which may exist under a condition only.
func (e *evaluator) output(o *source.Value, bears, deciding bool) *source.Value {
	wasBearing, wasDeciding := e.bears, e.deciding
	e.bears, e.deciding = bears, deciding
	defer func() { e.bears, e.deciding = wasBearing, wasDeciding }()
	holds := yes
	if name := o.Get("Condition").Text().Value; name != "" {
		holds = e.condition(name)
	}
	v := e.eval(o.Get("Value"))
	switch {
	case holds == no || v == nil:
		return nil
	case holds == maybe:
		return e.conditional(asText(v))
	}
	return asText(v)
}

// outputs are the members of Outputs by name.
func (t *template) outputs() map[string]*source.Value {
	if t.declaredOutputs == nil {
		t.declaredOutputs = map[string]*source.Value{}
		for _, m := range t.expand(t.root.Get("Outputs")) {
			t.declaredOutputs[m.Name.Value] = m.Value
		}
	}
	return t.declaredOutputs
}
