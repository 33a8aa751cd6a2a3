package terraform

import (
	"cmp"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"

	"github.com/iamwatch/iamwatch/scanner/source"
)

// A scope is what names mean in an expression: the module instance, and the
// names that blocks and for expressions bind.
type scope struct {
	inst   *instance // nil inside a template file
	names  map[string]*place
	parent *scope
	strict bool                         // a template: no names but those bound
	table  map[string]function.Function // of a template
}

func (s *scope) bind(names map[string]*place) *scope {
	return &scope{inst: s.inst, names: names, parent: s, strict: s.strict, table: s.table}
}

// within is the module call that the scope belongs to; nil in the root module.
func (s *scope) within() *source.Call {
	if s.inst == nil {
		return nil
	}
	return s.inst.within
}

func (s *scope) lookup(name string) *place {
	for ; s != nil; s = s.parent {
		if p := s.names[name]; p != nil {
			return p
		}
	}
	return nil
}

// A site is an expression and what its names mean there.
type site struct {
	expr hclsyntax.Expression
	sc   *scope
}

func (s site) ok() bool { return s.expr != nil }

// A place is what a reference leads to, as far as it has been followed. It
// keeps both ways on: to the value, and to where that was written.
type place struct {
	// site is where the value is written; none when it is written nowhere
	// or not to be told.
	site site
	// tree is the value as it is written in a file that is decoded.
	tree *source.Value
	// value gives the value; nil means that of the site.
	value func() (cty.Value, error)
	// from finds where an element of a collection is written, when site is
	// not set; it may give nil.
	from func() *place
	// whole says that value changes nothing of what the site writes, so
	// that an element may be evaluated by itself.
	whole bool
	// One of these is set when the reference has not come to a value yet.
	set  *resourceSet
	obj  *object
	attr string // of obj: an attribute that is read off it
	mods *moduleSet
	inst *instance
	// either are the places of which it is one, and nobody knows which.
	either []*place
	// members are those of an object whose members lie in different places.
	members map[string]*place
	// label names the place in holes and messages.
	label string
	// base is the place that the last step was taken from, if it was taken
	// through a value.
	base *place
	// undeclared says that no file that is read declares what label names.
	undeclared bool
}

// written reports whether the place's value is written anywhere.
func (p *place) written() bool { return p.site.ok() || p.tree != nil }

// get is the place's value.
func (e *evaluator) get(p *place) (cty.Value, error) {
	switch {
	case p.value != nil:
		return p.value()
	case p.set != nil:
		return e.setValue(p.set)
	case p.obj != nil:
		return e.objectValue(p.obj)
	case p.mods != nil:
		return e.modulesValue(p.mods)
	case p.inst != nil:
		return e.outputsValue(p.inst)
	case p.members != nil:
		return e.membersValue(p)
	case p.either != nil:
		return e.eitherValue(p.either)
	}
	return e.eval(p.site.expr, p.site.sc)
}

// origin is the place itself, with the site of an element looked up.
func (e *evaluator) origin(p *place) *place {
	if p.written() || p.from == nil {
		return p
	}
	q := p.from()
	if q == nil {
		p.from = nil
		return p
	}
	if q = e.origin(q); q.written() {
		p.site, p.tree = q.site, q.tree
		return p
	}
	if q.set != nil || q.obj != nil || q.either != nil || q.mods != nil || q.inst != nil {
		return q
	}
	if p.label == "" {
		p.label = q.label
	}
	return p
}

func (e *evaluator) membersValue(p *place) (cty.Value, error) {
	out := map[string]cty.Value{}
	var fault error
	for _, name := range sortedKeys(p.members) {
		v, err := e.get(p.members[name])
		fault = firstError(fault, err)
		out[name] = v
	}
	return cty.ObjectVal(out), fault
}

// constant is a place with a value that is written nowhere.
func constant(v cty.Value) *place {
	return &place{value: func() (cty.Value, error) { return v, nil }}
}

// step follows one attribute or index from a place.
func (e *evaluator) step(p *place, key cty.Value) *place {
	switch {
	case p.members != nil:
		if name, ok := keyString(key); ok && p.members[name] != nil {
			return p.members[name]
		}
		return constant(cty.DynamicVal)
	case p.set != nil:
		return e.stepSet(p.set, key)
	case p.obj != nil && p.attr == "":
		return e.stepObject(p.obj, key)
	case p.mods != nil:
		return e.stepModules(p.mods, key)
	case p.inst != nil:
		return e.stepInstance(p.inst, key)
	case p.either != nil:
		return e.stepEither(p, key)
	}
	if q := e.origin(p); q != p && !q.written() && q.value == nil {
		return e.step(q, key)
	}
	return e.stepWritten(p, key)
}

// stepWritten follows a step through what is written at a place, and where
// that says nothing, through its value.
func (e *evaluator) stepWritten(p *place, key cty.Value) *place {
	next := &place{label: stepLabel(p.label, key), base: p, tree: elementOf(p.tree, key)}
	if p.site.ok() && p.tree == nil {
		if child := e.child(p.site, key); child != nil {
			next.site, next.tree, next.label = child.site, child.tree, cmp.Or(next.label, child.label)
			if child.site.ok() && (p.value == nil || p.whole) || child.set != nil || child.obj != nil || child.mods != nil || child.inst != nil || child.either != nil {
				return child
			}
			if !child.written() && child.from != nil {
				next.from = func() *place { return child }
			}
		}
	}
	next.value = func() (cty.Value, error) {
		v, err := e.get(p)
		if !v.IsKnown() {
			return cty.DynamicVal, err
		}
		out, stepErr := stepValue(v, key)
		if err == nil {
			err = stepErr
		}
		return out, err
	}
	return next
}

// stepLabel is the label of an attribute or element of what has a label: two
// of them are not the same text.
func stepLabel(label string, key cty.Value) string {
	name, ok := keyString(key)
	switch {
	case label == "" || !ok:
		return label
	case key.Type() != cty.Number && hclsyntax.ValidIdentifier(name):
		return label + "." + name
	}
	return label + "[" + source.Show(name) + "]"
}

// stepValue takes an attribute or element of a value.
func stepValue(v, key cty.Value) (cty.Value, error) {
	if !key.IsKnown() {
		return cty.DynamicVal, nil
	}
	if key.IsNull() {
		return cty.DynamicVal, failf("the key is null")
	}
	if isLoneHole(v) {
		return cty.DynamicVal, nil
	}
	if key.Type() == cty.String && (v.Type().IsObjectType() || v.Type().IsMapType()) {
		out, diags := hcl.GetAttr(v, key.AsString(), nil)
		if diags.HasErrors() && isOpen(key) {
			return cty.DynamicVal, nil
		}
		return out, diagnosed(diags)
	}
	out, diags := hcl.Index(v, key, nil)
	return out, diagnosed(diags)
}

// resolve resolves the first steps of a traversal and returns how many it took.
func (e *evaluator) resolve(t hcl.Traversal, sc *scope) (*place, int) {
	name := t.RootName()
	if p := sc.lookup(name); p != nil {
		return p, 1
	}
	if sc.strict || sc.inst == nil {
		return nil, 0
	}
	inst := sc.inst
	second := attrName(t, 1)
	switch name {
	case "var":
		return e.variable(inst, second), 2
	case "local":
		return e.local(inst, second), 2
	case "module":
		return e.moduleCall(inst, second), 2
	case "path":
		return e.pathValue(inst, second), 2
	case "terraform", "tofu":
		return e.terraformValue(second), 2
	case "data":
		return e.resourceRef(inst, "data."+second+"."+attrName(t, 2)), 3
	case "each", "count", "self":
		return nil, 0
	}
	return e.resourceRef(inst, name+"."+second), 2
}

func attrName(t hcl.Traversal, i int) string {
	if i >= len(t) {
		return ""
	}
	if a, ok := t[i].(hcl.TraverseAttr); ok {
		return a.Name
	}
	return ""
}

// follow resolves an expression that is a reference; nil for any other.
func (e *evaluator) follow(expr hclsyntax.Expression, sc *scope) *place {
	switch x := expr.(type) {
	case *hclsyntax.ParenthesesExpr:
		return e.follow(x.Expression, sc)
	case *hclsyntax.TemplateWrapExpr:
		return e.follow(x.Wrapped, sc)
	case *plannedExpr:
		in := x.inner(sc)
		return e.follow(in.expr, in.sc)
	case *refsExpr:
		if ref := e.theUnknown(x, sc); ref != nil {
			return e.follow(ref, sc)
		}
		return nil
	case *hclsyntax.AnonSymbolExpr:
		return sc.lookup(anonymous)
	case *hclsyntax.ScopeTraversalExpr:
		p, n := e.resolve(x.Traversal, sc)
		if p == nil || n > len(x.Traversal) {
			return nil
		}
		return e.walk(p, x.Traversal[n:])
	case *hclsyntax.RelativeTraversalExpr:
		return e.followSteps(x, sc)
	case *hclsyntax.IndexExpr:
		key, err := e.eval(x.Key, sc)
		if err != nil {
			return nil
		}
		if p := e.anyElement(x, key, sc); p != nil {
			return p
		}
		if p := e.follow(x.Collection, sc); p != nil {
			return e.step(p, key)
		}
		return e.child(site{x.Collection, sc}, key)
	}
	return nil
}

// followSteps resolves steps from something that is no name.
func (e *evaluator) followSteps(x *hclsyntax.RelativeTraversalExpr, sc *scope) *place {
	p := e.follow(x.Source, sc)
	if p == nil {
		p = e.handed(x.Source, sc)
	}
	if p != nil {
		return e.walk(p, x.Traversal)
	}
	if v, err := e.eval(x.Source, sc); err != nil || v.IsKnown() {
		return nil
	}
	if p := e.child(site{x.Source, sc}, stepKey(x.Traversal[0])); p != nil {
		return e.walk(p, x.Traversal[1:])
	}
	return nil
}

func (e *evaluator) walk(p *place, t hcl.Traversal) *place {
	if len(t) > maxNesting {
		e.limit(errLong)
		return constant(cty.DynamicVal)
	}
	for _, step := range t {
		switch s := step.(type) {
		case hcl.TraverseAttr:
			p = e.step(p, cty.StringVal(s.Name))
		case hcl.TraverseIndex:
			p = e.step(p, s.Key)
		default:
			return nil
		}
	}
	return p
}
