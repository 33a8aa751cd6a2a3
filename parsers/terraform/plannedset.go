package terraform

import (
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/iamwatch/iamwatch/scanner/source"
)

// A plannedModule is what a plan says of one module instance.
type plannedModule struct {
	resources map[string][]*PlannedResource // by TYPE.NAME or data.TYPE.NAME
	calls     map[string][]*plannedCall
	children  map[string]*plannedModule // by call and key, as addresses have them
	// conf is the module's configuration in the plan; nil for a state.
	// declared are the blocks in it.
	conf     *source.Value
	declared map[string]bool
}

// A plannedCall is a module instance that a call makes.
type plannedCall struct {
	key    cty.Value
	module *plannedModule
}

func newPlannedModule(conf *source.Value) *plannedModule {
	m := &plannedModule{
		resources: map[string][]*PlannedResource{}, calls: map[string][]*plannedCall{}, children: map[string]*plannedModule{},
		conf: conf, declared: map[string]bool{},
	}
	for _, r := range conf.Get("resources").Elements() {
		m.declared[r.Get("address").Text().Value] = true
	}
	return m
}

// add puts a resource into the module instance that its path leads to.
func (m *plannedModule) add(r *PlannedResource) {
	for _, step := range r.Module[:min(len(r.Module), maxModuleDepth)] {
		m = m.child(step)
	}
	m.resources[r.key()] = append(m.resources[r.key()], r)
}

func (m *plannedModule) child(step ModuleStep) *plannedModule {
	key := keyOf(step.Key)
	address := step.Name + instanceKey{key: key}.suffix()
	if c := m.children[address]; c != nil {
		return c
	}
	c := newPlannedModule(m.callConf(step.Name).Get("module"))
	m.children[address] = c
	m.calls[step.Name] = append(m.calls[step.Name], &plannedCall{key: key, module: c})
	return c
}

// callConf is the configuration of a call; nil when there is none.
func (m *plannedModule) callConf(name string) *source.Value {
	return m.conf.Get("module_calls").Get(name)
}

func (m *plannedModule) keys() []string {
	return sortedKeys(m.resources)
}

// callNames are the calls that the plan knows.
func (m *plannedModule) callNames() []string {
	names := sortedKeys(m.calls)
	if calls := m.conf.Get("module_calls"); calls != nil {
		for _, c := range calls.Members {
			names = append(names, c.Name.Value)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// keyOf is an instance key; NilVal for none.
func keyOf(v *source.Value) cty.Value {
	if v == nil || v.Kind == source.Null {
		return cty.NilVal
	}
	if v.Kind == source.Number {
		return jsonScalar(v)
	}
	return cty.StringVal(v.Text().Value)
}

// modeOf is the repetition that keys come from.
func modeOf(key cty.Value) repetition {
	switch {
	case key == cty.NilVal:
		return once
	case key.Type() == cty.Number:
		return byIndex
	}
	return byKey
}

// plannedSet makes the instances of a block that a plan has; nil when the
// plan does not say.
func (e *evaluator) plannedSet(inst *instance, key string) *resourceSet {
	if inst.plan == nil {
		return nil
	}
	list, written := inst.plan.resources[key], inst.cfg.resource(key)
	if len(list) == 0 && (strings.HasPrefix(key, "data.") || !inst.plan.declared[key]) {
		return nil
	}
	s := &resourceSet{res: written, inst: inst}
	inst.sets[key] = s
	for _, r := range list {
		k := instanceKey{key: keyOf(r.Key)}
		s.mode = modeOf(k.key)
		s.keys = append(s.keys, k)
		o := &object{inst: inst, address: inst.address(key) + k.suffix(), sc: inst.sc}
		o.res = &resource{key: key, kind: r.Type, name: r.Name, data: r.Data}
		o.res.block = headerBlock(r)
		s.objects = append(s.objects, o)
	}
	if written == nil && len(list) > 0 {
		s.res = s.objects[0].res
	}
	e.plannedScopes(s, written)
	for i, o := range s.objects {
		o.res.block = e.joined(list[i], written, o)
		e.renew()
	}
	return s
}

// plannedScopes binds each and count in the scopes of instances.
func (e *evaluator) plannedScopes(s *resourceSet, written *resource) {
	var scopes map[string]*scope
	var each *hclsyntax.Attribute
	if written != nil && s.mode != once {
		scopes = e.evaluatedScopes(written.block, s.inst.sc, s.inst.address(s.res.key))
		each = written.block.Body.Attributes["for_each"]
	}
	for i, o := range s.objects {
		s.keys[i].sc = e.plannedScope(s.inst.sc, s.keys[i].key, scopes, each)
		o.sc = s.keys[i].sc
	}
}

// evaluatedScopes are those of the instances that evaluation makes, by key as
// addresses have it.
func (e *evaluator) evaluatedScopes(b *hclsyntax.Block, sc *scope, address string) map[string]*scope {
	_, keys := e.repeat(b, sc, address)
	out := make(map[string]*scope, len(keys))
	for _, k := range keys {
		if k.key != cty.NilVal && k.key.IsKnown() && !k.maybe {
			out[k.suffix()] = k.sc
		}
	}
	return out
}

// plannedScope is the scope of an instance: that which evaluation gives it,
// else one in which only the key is known.
func (e *evaluator) plannedScope(sc *scope, key cty.Value, evaluated map[string]*scope, each *hclsyntax.Attribute) *scope {
	if own := evaluated[instanceKey{key: key}.suffix()]; own != nil {
		return own
	}
	switch modeOf(key) {
	case once:
		return sc
	case byIndex:
		return sc.bind(map[string]*place{"count": constant(cty.ObjectVal(map[string]cty.Value{"index": key}))})
	}
	value := constant(cty.DynamicVal)
	if each != nil {
		if p := e.child(site{each.Expr, sc}, key); p != nil {
			value = p
		}
	}
	return sc.bind(map[string]*place{"each": eachPlace(key, value)})
}

// plannedModules makes the instances of a call that a plan has; nil when the
// plan does not say.
func (e *evaluator) plannedModules(inst *instance, name string) *moduleSet {
	if inst.plan == nil {
		return nil
	}
	conf, made := inst.plan.callConf(name), inst.plan.calls[name]
	if conf == nil && len(made) == 0 {
		return nil
	}
	c := inst.cfg.call(name)
	if c == nil {
		c = &call{name: name}
		c.block = callBlock(name, e.planned.File.Range(0, 0))
	}
	set := &moduleSet{call: c, label: inst.address("module." + name)}
	inst.calls[name] = set
	cfg := e.called(inst, c)
	if cfg == nil {
		cfg = plannedConfig(e.planned.File, conf.Get("module"), nil)
	}
	if len(made) == 0 {
		set.mode, set.keys = e.repeat(c.block, inst.sc, set.label)
	}
	for _, m := range made {
		set.mode = modeOf(m.key)
		set.keys = append(set.keys, instanceKey{key: m.key})
	}
	if inst.depth >= maxModuleDepth {
		set.keys = nil
	}
	e.plannedInstances(set, cfg, inst, made)
	return set
}

func (e *evaluator) plannedInstances(set *moduleSet, cfg *config, inst *instance, made []*plannedCall) {
	var evaluated map[string]*scope
	if len(made) > 0 && set.mode != once {
		evaluated = e.evaluatedScopes(set.call.block, inst.sc, set.label)
	}
	for i := range set.keys {
		k := &set.keys[i]
		module := newPlannedModule(inst.plan.callConf(set.call.name).Get("module"))
		if len(made) > 0 {
			module = made[i].module
			k.sc = e.plannedScope(inst.sc, k.key, evaluated, set.call.block.Body.Attributes["for_each"])
		}
		child := e.callInstance(inst, cfg, set.call, *k)
		child.plan = module
		set.instances = append(set.instances, child)
	}
}
