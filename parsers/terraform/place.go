package terraform

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
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
	// members are those of an object whose members lie in different places.
	members map[string]*place
	// label names the place in holes and messages.
	label string
}

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
	}
	return e.eval(p.site.expr, p.site.sc)
}

// origin is the place itself, with the site of an element looked up.
func (e *evaluator) origin(p *place) *place {
	if p.site.ok() || p.from == nil {
		return p
	}
	q := p.from()
	if q == nil {
		p.from = nil
		return p
	}
	if q.site.ok() {
		p.site = q.site
		return p
	}
	if q.set != nil || q.obj != nil || q.mods != nil || q.inst != nil {
		return q
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
	}
	if q := e.origin(p); q != p && !q.site.ok() && q.value == nil {
		return e.step(q, key)
	}
	next := &place{label: p.label}
	if p.site.ok() {
		if child := e.child(p.site, key); child != nil {
			next.site = child.site
			if child.site.ok() && (p.value == nil || p.whole) || child.set != nil || child.obj != nil || child.mods != nil || child.inst != nil {
				return child
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

// stepValue takes an attribute or element of a value.
func stepValue(v, key cty.Value) (cty.Value, error) {
	if !key.IsKnown() {
		return cty.DynamicVal, nil
	}
	if key.IsNull() {
		return cty.DynamicVal, failf("the key is null")
	}
	if key.Type() == cty.String && (v.Type().IsObjectType() || v.Type().IsMapType()) {
		out, diags := hcl.GetAttr(v, key.AsString(), nil)
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
	case *hclsyntax.AnonSymbolExpr:
		return sc.lookup(anonymous)
	case *hclsyntax.ScopeTraversalExpr:
		p, n := e.resolve(x.Traversal, sc)
		if p == nil || n > len(x.Traversal) {
			return nil
		}
		return e.walk(p, x.Traversal[n:])
	case *hclsyntax.RelativeTraversalExpr:
		p := e.follow(x.Source, sc)
		if p == nil {
			return nil
		}
		return e.walk(p, x.Traversal)
	case *hclsyntax.IndexExpr:
		key, err := e.eval(x.Key, sc)
		if err != nil {
			return nil
		}
		if p := e.follow(x.Collection, sc); p != nil {
			return e.step(p, key)
		}
		return e.child(site{x.Collection, sc}, key)
	}
	return nil
}

func (e *evaluator) walk(p *place, t hcl.Traversal) *place {
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

// child finds where an element of what a site writes is written itself; nil
// when that cannot be told from the syntax.
func (e *evaluator) child(s site, key cty.Value) *place {
	if e.enter() != nil {
		return nil
	}
	defer e.leave()
	switch x := s.expr.(type) {
	case *hclsyntax.ParenthesesExpr:
		return e.child(site{x.Expression, s.sc}, key)
	case *hclsyntax.ObjectConsExpr:
		return e.objectChild(x, s.sc, key)
	case *hclsyntax.TupleConsExpr:
		if i, ok := listIndex(key); ok && i < len(x.Exprs) {
			return e.at(site{x.Exprs[i], s.sc})
		}
		return e.setChild(s, key)
	case *hclsyntax.ConditionalExpr:
		if branch := e.branch(x, s.sc); branch != nil {
			return e.child(site{branch, s.sc}, key)
		}
		return nil
	case *hclsyntax.ForExpr:
		return e.forChild(x, s.sc, key)
	case *hclsyntax.SplatExpr:
		if list := e.elements(s); list != nil {
			if i, ok := listIndex(key); ok && i < len(list) {
				return e.at(list[i])
			}
		}
		return nil
	case *hclsyntax.FunctionCallExpr:
		return e.callChild(x, s.sc, key)
	}
	if p := e.follow(s.expr, s.sc); p != nil {
		return e.step(p, key)
	}
	return nil
}

// at is the place of a site; a reference is followed.
func (e *evaluator) at(s site) *place {
	if p := e.follow(s.expr, s.sc); p != nil {
		return p
	}
	return &place{site: s}
}

func (e *evaluator) objectChild(x *hclsyntax.ObjectConsExpr, sc *scope, key cty.Value) *place {
	want, ok := keyString(key)
	if !ok {
		return nil
	}
	for i := len(x.Items) - 1; i >= 0; i-- {
		k, err := e.eval(x.Items[i].KeyExpr, sc)
		if got, ok := keyString(k); err == nil && ok && got == want {
			return e.at(site{x.Items[i].ValueExpr, sc})
		}
	}
	return nil
}

// forChild is the element of a for expression that a key names.
func (e *evaluator) forChild(x *hclsyntax.ForExpr, sc *scope, key cty.Value) *place {
	want, ok := keyString(key)
	if !ok {
		return nil
	}
	rounds, err := e.rounds(x, sc)
	if err != nil || x.Group {
		return nil
	}
	if x.KeyExpr == nil {
		if i, ok := listIndex(key); ok && i < len(rounds) {
			return e.at(site{x.ValExpr, rounds[i]})
		}
		return nil
	}
	for _, r := range rounds {
		k, err := e.eval(x.KeyExpr, r)
		if got, ok := keyString(k); err == nil && ok && got == want {
			return e.at(site{x.ValExpr, r})
		}
	}
	return nil
}

// callChild looks through functions that hand on the elements of an argument.
func (e *evaluator) callChild(x *hclsyntax.FunctionCallExpr, sc *scope, key cty.Value) *place {
	if x.ExpandFinal || len(x.Args) == 0 {
		return nil
	}
	switch x.Name {
	case "toset":
		return e.setChild(site{x.Args[0], sc}, key)
	case "tolist", "tomap", "sensitive", "nonsensitive", "ephemeralasnull":
		return e.child(site{x.Args[0], sc}, key)
	case "merge":
		for i := len(x.Args) - 1; i >= 0; i-- {
			if p := e.child(site{x.Args[i], sc}, key); p != nil && p.site.ok() {
				return p
			}
		}
	case "try", "coalesce":
		if a := e.firstGood(x, sc); a != nil {
			return e.child(site{a, sc}, key)
		}
	}
	return nil
}

// setChild is the element of a list that a set's key is equal to.
func (e *evaluator) setChild(s site, key cty.Value) *place {
	want, ok := keyString(key)
	if !ok {
		return nil
	}
	for _, item := range e.elements(s) {
		v, err := e.eval(item.expr, item.sc)
		if got, ok := keyString(v); err == nil && ok && got == want {
			return e.at(item)
		}
	}
	return nil
}

// elements are the sites of the elements of a list, as far as the syntax
// shows them.
func (e *evaluator) elements(s site) []site {
	if e.enter() != nil {
		return nil
	}
	defer e.leave()
	switch x := s.expr.(type) {
	case *hclsyntax.ParenthesesExpr:
		return e.elements(site{x.Expression, s.sc})
	case *hclsyntax.TupleConsExpr:
		out := make([]site, len(x.Exprs))
		for i, item := range x.Exprs {
			out[i] = site{item, s.sc}
		}
		return out
	case *hclsyntax.ConditionalExpr:
		if branch := e.branch(x, s.sc); branch != nil {
			return e.elements(site{branch, s.sc})
		}
		return nil
	case *hclsyntax.ForExpr:
		if x.KeyExpr != nil {
			return nil
		}
		rounds, err := e.rounds(x, s.sc)
		if err != nil {
			return nil
		}
		out := make([]site, len(rounds))
		for i, r := range rounds {
			out[i] = site{x.ValExpr, r}
		}
		return out
	case *hclsyntax.SplatExpr:
		var out []site
		for _, r := range e.splatRounds(x, s.sc) {
			out = append(out, site{x.Each, r})
		}
		return out
	case *hclsyntax.FunctionCallExpr:
		return e.callElements(x, s.sc)
	}
	if p := e.follow(s.expr, s.sc); p != nil {
		if o := e.origin(p); o.site.ok() && o.obj == nil {
			return e.elements(o.site)
		}
	}
	return nil
}

func (e *evaluator) callElements(x *hclsyntax.FunctionCallExpr, sc *scope) []site {
	if x.ExpandFinal || len(x.Args) == 0 {
		return nil
	}
	switch x.Name {
	case "toset", "tolist", "compact", "distinct", "sort", "reverse", "sensitive", "nonsensitive":
		return e.elements(site{x.Args[0], sc})
	case "concat", "setunion":
		var out []site
		for _, a := range x.Args {
			out = append(out, e.elements(site{a, sc})...)
		}
		return out
	case "flatten":
		var out []site
		for _, item := range e.elements(site{x.Args[0], sc}) {
			if inner := e.elements(item); inner != nil {
				out = append(out, inner...)
			} else {
				out = append(out, item)
			}
		}
		return out
	case "try", "coalescelist":
		if a := e.firstGood(x, sc); a != nil {
			return e.elements(site{a, sc})
		}
	}
	return nil
}

// firstGood is the argument that try, coalesce or coalescelist gives.
func (e *evaluator) firstGood(x *hclsyntax.FunctionCallExpr, sc *scope) hclsyntax.Expression {
	for _, a := range x.Args {
		v, err := e.eval(a, sc)
		switch {
		case err != nil, x.Name != "try" && v.IsNull():
		case !v.IsKnown():
			return nil
		case x.Name == "coalescelist" && v.LengthInt() == 0:
		case x.Name == "coalesce" && v.Type() == cty.String && v.AsString() == "":
		default:
			return a
		}
	}
	return nil
}

// branch is the branch of a conditional that holds, nil when undecided.
func (e *evaluator) branch(x *hclsyntax.ConditionalExpr, sc *scope) hclsyntax.Expression {
	v, err := e.eval(x.Condition, sc)
	switch b := asBool(v); {
	case err != nil || b == nil:
		return nil
	case *b:
		return x.TrueResult
	}
	return x.FalseResult
}
