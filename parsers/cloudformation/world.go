package cloudformation

import (
	"reflect"
	"slices"

	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// maxWorlds bounds the alternatives of one template.
const maxWorlds = 32

// A world is one way to deploy a template, worked out while it is built: when
// something depends on an input that is still open, the combinations of values
// that are left are parted by the outcome and one part is followed. Which part,
// at each parting, is the world's script.
type world struct {
	grid *grid
	// left are the combinations that still agree with all that was asked.
	left []int
	// script are the parts to follow, taken and parts what was followed and
	// out of how many.
	script, taken, parts []int
}

func (g *grid) world(script []int) *world {
	return &world{grid: g, left: g.deployable, script: script}
}

// part follows one of several parts of the combinations that are left. of says
// in which part a combination is, n how many there are.
func (w *world) part(n int, of func(combination int) int) int {
	parts := make([][]int, n)
	var met []int
	for _, c := range w.left {
		p := of(c)
		if len(parts[p]) == 0 {
			met = append(met, p)
		}
		parts[p] = append(parts[p], c)
	}
	if len(met) == 1 {
		return met[0]
	}
	pick := 0
	if at := len(w.taken); at < len(w.script) {
		pick = w.script[at]
	}
	w.taken, w.parts = append(w.taken, pick), append(w.parts, len(met))
	w.left = parts[met[pick]]
	return met[pick]
}

// next is the script of the world after this one; nil when this was the last.
func (w *world) next() []int {
	script := slices.Clone(w.taken)
	for i := len(script) - 1; i >= 0; i-- {
		if script[i]+1 < w.parts[i] {
			script[i]++
			return script[:i+1]
		}
	}
	return nil
}

// units builds a template under every outcome of its conditions: its stack,
// then those that it makes in other accounts. What all outcomes build alike is
// one unit.
func (t *template) units() []*model.Unit {
	g := newGrid(t)
	if g == nil {
		return t.build(nil)
	}
	var built [][]*model.Unit
	of := make([]int, g.size())
	for i := range of {
		of[i] = -1
	}
	for script := []int{}; script != nil; {
		w := g.world(script)
		units := t.build(w)
		at := slices.IndexFunc(built, func(o []*model.Unit) bool { return reflect.DeepEqual(o, units) })
		if at < 0 {
			at, built = len(built), append(built, units)
		}
		for _, c := range w.left {
			of[c] = at
		}
		if len(built) > maxWorlds || t.steps > (freeSteps+t.file.Size())/2 { // more than the survey saw
			t.steps = 0
			return t.build(nil)
		}
		script = w.next()
	}
	if len(built) == 1 {
		return built[0]
	}
	return join(built, g.inputs, of)
}

// build builds the template in one world; nil leaves its inputs open.
func (t *template) build(w *world) []*model.Unit {
	t.earlier = len(t.nested)
	e := newEvaluator(t)
	e.world = w
	b := newBuilder(e)
	b.build()
	return append([]*model.Unit{b.unit}, b.others...)
}

// A stackKey tells apart the units that one template makes in one world.
type stackKey struct {
	name, account, credentials string
	nth                        int
}

// keyed are the units of one world by their keys, and the keys in order.
func keyed(units []*model.Unit) (map[stackKey]*model.Unit, []stackKey) {
	byKey := map[stackKey]*model.Unit{}
	var keys []stackKey
	for _, u := range units {
		k := stackKey{name: u.Name, account: u.Account, credentials: u.Credentials}
		for byKey[k] != nil {
			k.nth++
		}
		byKey[k], keys = u, append(keys, k)
	}
	return byKey, keys
}

// join makes alternatives of the units that are built in several worlds. A
// stack that one of them does not make is empty there.
func join(built [][]*model.Unit, inputs []*input, of []int) []*model.Unit {
	perWorld := make([]map[stackKey]*model.Unit, len(built))
	var order []stackKey
	for i, units := range built {
		byKey, keys := keyed(units)
		perWorld[i] = byKey
		for _, k := range keys {
			if !slices.Contains(order, k) {
				order = append(order, k)
			}
		}
	}
	var out []*model.Unit
	for _, k := range order {
		worlds := &model.Worlds{Of: of}
		for _, in := range inputs {
			worlds.Inputs = append(worlds.Inputs, in.WorldInput)
		}
		for i, byKey := range perWorld {
			u := byKey[k]
			if u == nil {
				u = &model.Unit{Input: model.CloudFormation, Name: k.name, Account: k.account, Credentials: k.credentials}
			}
			u.Worlds, u.World = worlds, i
			worlds.Units = append(worlds.Units, u)
		}
		out = append(out, worlds.Units...)
	}
	return out
}

// settled is what a condition is in the world that is being followed; false
// when no table has it.
func (e *evaluator) settled(name string) (truth, bool) {
	if e.world == nil {
		return maybe, false
	}
	table := e.world.grid.tables[name]
	if table == nil {
		return maybe, false
	}
	return truth(e.world.part(int(yes)+1, func(c int) int { return int(table.at(c)) })), true
}

// chosen is the value of a parameter in the world that is being followed, nil
// for one that is no input. Parameters of nested stacks are none: their callers
// say what they are.
func (e *evaluator) chosen(p *parameter) *model.WorldValue {
	if e.t.call != nil {
		return nil
	}
	return e.pick(p.name.Value)
}

// pick is the value of an input by name. What is left open is parted by its
// value, but not for conditions, which have tables.
func (e *evaluator) pick(name string) *model.WorldValue {
	if p, ok := e.fixed[name]; ok {
		return &p.in.Values[p.at]
	}
	if e.world == nil || e.deciding && !e.asked {
		return nil
	}
	g := e.world.grid
	i, ok := g.byName[name]
	if !ok {
		return nil
	}
	in := g.inputs[i]
	return &in.Values[e.world.part(len(in.Values), func(c int) int { return g.value(c, i) })]
}

// asks reports whether a condition asks for a parameter that may have any
// value: nobody gave it, and it is no input that could be enumerated.
func (e *evaluator) asks(p *parameter) bool {
	return e.deciding && e.t.call == nil && !p.given && len(p.allowed) != 1
}

// choice is the value of a parameter that is an input.
func (e *evaluator) choice(v *model.WorldValue, p *parameter, r source.Range) *source.Value {
	name := p.name.Value
	switch {
	case v.Other && (p.value == nil || isParameterStore(p.typ)):
		return e.undeclared(p, r)
	case v.Other:
		return e.unnamed(p, r)
	case p.noEcho && v.Text != "" && !e.deciding:
		return e.unknown(source.HoleFree, name, "the parameter "+name+" is marked NoEcho, so its value is not used", r)
	}
	return e.written(p, e.t.supply(p, v.Text), r)
}

// unnamed is the value of a parameter that has none of those that the template
// names. What is made of it depends on a value that the input does not hold.
func (e *evaluator) unnamed(p *parameter, r source.Range) *source.Value {
	name := p.name.Value
	if e.deciding {
		return source.StringValue(source.Unknown(kindByName(name), name, r))
	}
	v := e.unknown(kindByName(name), name, "the parameter "+name+" may be given another value: pass --parameter "+name+"=VALUE", r)
	if isList(p.typ) {
		return source.UnreadValue(name, r)
	}
	return v
}

// supply is the place in the template that gives a parameter a value: its
// default, or one of its AllowedValues. What conditions compare it with gives
// it none.
func (t *template) supply(p *parameter, text string) source.String {
	if p.value != nil && p.value.Scalar.Value == text {
		return p.value.Scalar
	}
	for _, a := range t.root.Get("Parameters").Get(p.name.Value).Get("AllowedValues").Elements() {
		if a.Text().Value == text {
			return a.Text()
		}
	}
	return source.String{Value: text, Known: true}
}

// others reports whether a label stands for another value than the listed ones
// of an input, of which text is one.
func (e *evaluator) others(label, text string) bool {
	p, ok := e.fixed[label]
	return ok && !p.in.loose && p.in.Values[p.at].Other && p.in.index(text) >= 0
}
