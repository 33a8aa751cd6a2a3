package terraform

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// An instance is a module as one call makes it; the root module has no call.
type instance struct {
	cfg       *config
	parent    *instance
	prefix    string // "" or "module.x." or "module.x[\"k\"]."
	path      string // dotted names of the calls, as the manifest has them
	depth     int
	call      *hclsyntax.Block
	callScope *scope // of the call's arguments
	sc        *scope
	inputs    map[string]site // of the root module
	maybe     bool
	when      string
	places    map[string]*place
	sets      map[string]*resourceSet
	calls     map[string]*moduleSet
	causes    []model.Cause
	within    *source.Call // the same as causes
	// by is the user's own module call that fetched the module, or one that
	// it lies in; zero for the user's own modules.
	by   source.Range
	plan *plannedModule // what a plan says of the instance
}

// address is the full name of something in the instance.
func (i *instance) address(name string) string { return i.prefix + name }

func (e *evaluator) newInstance(cfg *config, parent *instance, by source.Range) *instance {
	i := &instance{
		cfg: cfg, parent: parent, places: map[string]*place{},
		sets: map[string]*resourceSet{}, calls: map[string]*moduleSet{}, by: by,
	}
	i.sc = &scope{inst: i}
	e.weigh(cfg)
	if !by.IsZero() {
		e.fetch(cfg, by)
		return i
	}
	maps.Copy(e.files, cfg.files)
	maps.Copy(e.aliases, cfg.aliases)
	return i
}

// A repetition is how often count or for_each makes a block.
type repetition uint8

const (
	once repetition = iota
	byIndex
	byKey
	// partlyByKey: some keys are known; the last instance stands for all others.
	partlyByKey
	unknownTimes
)

// An instanceKey tells one instance of a repeated block from the others.
type instanceKey struct {
	key   cty.Value // NilVal for a block without count and for_each
	sc    *scope
	maybe bool
	when  string
	// rest is the unknown part of a for_each that the instance stands for,
	// beside known ones.
	rest *source.Value
}

// suffix is the key as addresses have it.
func (k instanceKey) suffix() string {
	switch {
	case k.key == cty.NilVal:
		return ""
	case !k.key.IsKnown():
		return "[*]"
	case k.key.Type() == cty.Number:
		i, _ := listIndex(k.key)
		return "[" + strconv.Itoa(i) + "]"
	}
	s, _ := keyString(k.key)
	return "[" + strconv.Quote(source.Show(s)) + "]"
}

// repeat evaluates count and for_each of a block ("The count Meta-Argument",
// "The for_each Meta-Argument"). One that is unknown makes one instance that
// may be there.
func (e *evaluator) repeat(b *hclsyntax.Block, sc *scope, address string) (repetition, []instanceKey) {
	if a := b.Body.Attributes["count"]; a != nil {
		return e.repeatCount(a, sc)
	}
	if a := b.Body.Attributes["for_each"]; a != nil {
		return e.repeatEach(a, sc, address)
	}
	key := instanceKey{sc: sc}
	if a := enabled(b); a != nil {
		v, err := e.eval(a.Expr, sc)
		switch on := asBool(v); {
		case err != nil || on == nil:
			key.maybe, key.when = true, "enabled = "+e.source(a.Expr)
		case !*on:
			return once, nil
		}
	}
	if e.room() <= 0 {
		e.diagnoseOnce("objects", e.rng(headerRange(b)), fmt.Sprintf("more than %d instances, of which the rest is not read", e.objects))
		return once, nil
	}
	e.objects++
	return once, []instanceKey{key}
}

// enabled is the argument by which OpenTofu leaves a block out ("The enabled
// Meta-Argument"); nil for none.
func enabled(b *hclsyntax.Block) *hclsyntax.Attribute {
	for _, l := range nested(b.Body, "lifecycle") {
		if a := l.Body.Attributes["enabled"]; a != nil {
			return a
		}
	}
	return nil
}

func (e *evaluator) repeatCount(a *hclsyntax.Attribute, sc *scope) (repetition, []instanceKey) {
	v, err := e.eval(a.Expr, sc)
	n, ok := countOf(v)
	if err != nil || !ok {
		round := sc.bind(map[string]*place{"count": constant(cty.ObjectVal(map[string]cty.Value{"index": cty.Zero}))})
		return unknownTimes, []instanceKey{{key: cty.Zero, sc: round, maybe: true, when: "count = " + e.source(a.Expr)}}
	}
	n = e.admit(n, a.Expr)
	out := make([]instanceKey, n)
	for i := range out {
		index := cty.NumberIntVal(int64(i))
		out[i] = instanceKey{key: index, sc: sc.bind(map[string]*place{
			"count": constant(cty.ObjectVal(map[string]cty.Value{"index": index})),
		})}
	}
	return byIndex, out
}

func countOf(v cty.Value) (int, bool) {
	if isText(v) {
		n, err := strconv.Atoi(v.AsString())
		return n, err == nil && n >= 0
	}
	if b := asBool(v); b != nil {
		return 0, false
	}
	if v.IsKnown() && v.IsNull() {
		return 0, false
	}
	if v.Type() == cty.Number && v.IsKnown() {
		f, _ := v.AsBigFloat().Int64()
		return int(max(f, 0)), true
	}
	return 0, false
}

// admit cuts a number of instances that is out of bounds to a sample: reading
// as many as the bounds allow would cost much and be incomplete all the same.
func (e *evaluator) admit(n int, expr hclsyntax.Expression) int {
	if room := min(maxInstances, e.room()); n > room {
		sample := max(min(room, maxSample), 0)
		e.diagnose(e.exprRange(expr), fmt.Sprintf("%d instances, of which only %d are read", n, sample))
		n = sample
	}
	e.objects += n
	return n
}

// A moduleSet is all instances that one module block makes.
type moduleSet struct {
	call      *call
	mode      repetition
	instances []*instance
	keys      []instanceKey
	missing   bool // the module is not at hand
	label     string
}

// moduleCall is the place of a module block.
func (e *evaluator) moduleCall(inst *instance, name string) *place {
	if set := e.modules(inst, name); set != nil {
		return &place{mods: set}
	}
	return &place{value: func() (cty.Value, error) { return cty.DynamicVal, failf("there is no module %q", name) }}
}

// modules makes the instances of a module block, once.
func (e *evaluator) modules(inst *instance, name string) *moduleSet {
	if set := inst.calls[name]; set != nil {
		return set
	}
	if set := e.plannedModules(inst, name); set != nil {
		return set
	}
	c := inst.cfg.call(name)
	if c == nil {
		return nil
	}
	set := &moduleSet{call: c, label: inst.address("module." + name)}
	inst.calls[name] = set
	cfg := e.called(inst, c)
	if cfg == nil || !e.mayNest(inst, cfg, c) {
		set.missing = true
		return set
	}
	set.mode, set.keys = e.repeat(c.block, inst.sc, set.label)
	for _, k := range set.keys {
		set.instances = append(set.instances, e.callInstance(inst, cfg, c, k))
	}
	return set
}

// called is the configuration of a call, nil when it is not at hand.
func (e *evaluator) called(inst *instance, c *call) *config {
	if !c.remote {
		return e.tree.configs[c.dir]
	}
	key := strings.TrimPrefix(inst.path+"."+c.name, ".")
	if dir := e.manifest[key]; dir != "" {
		return e.tree.configs[dir]
	}
	return nil
}

// mayNest refuses modules that call themselves and towers of calls.
func (e *evaluator) mayNest(inst *instance, cfg *config, c *call) bool {
	at := e.rng(headerRange(c.block))
	for i := inst; i != nil; i = i.parent {
		if i.cfg == cfg {
			e.diagnose(at, fmt.Sprintf("cycle: module %q in %s calls itself", c.name, inst.cfg.dir))
			return false
		}
	}
	if inst.depth >= maxModuleDepth {
		e.diagnose(at, fmt.Sprintf("modules nested deeper than %d", maxModuleDepth))
		return false
	}
	return true
}

func (e *evaluator) callInstance(parent *instance, cfg *config, c *call, k instanceKey) *instance {
	i := e.newInstance(cfg, parent, e.fetchedBy(parent, c))
	i.call, i.callScope, i.depth = c.block, k.sc, parent.depth+1
	i.prefix = parent.prefix + "module." + c.name + k.suffix() + "."
	i.path = strings.TrimPrefix(parent.path+"."+c.name, ".")
	i.maybe, i.when = parent.maybe || k.maybe, parent.when
	if k.maybe {
		i.when = k.when
	}
	i.within = &source.Call{Range: e.rng(headerRange(c.block)), Message: fmt.Sprintf("in module %q called here", c.name), Outer: parent.within}
	i.causes = append(slices.Clone(parent.causes), model.Cause{Range: i.within.Range, Message: i.within.Message})
	return i
}

func (e *evaluator) stepModules(set *moduleSet, key cty.Value) *place {
	if set.missing {
		return e.missingOutput(set, key)
	}
	if set.mode == once {
		if len(set.instances) == 1 {
			return e.stepInstance(set.instances[0], key)
		}
		return constant(cty.DynamicVal)
	}
	if i := findKey(set.keys, set.mode, key); i >= 0 {
		return &place{inst: set.instances[i]}
	}
	return &place{value: func() (cty.Value, error) { return cty.DynamicVal, noInstance(set.label, set.mode, key) }, label: set.label}
}

// missingOutput is an output of a module that is not at hand.
func (e *evaluator) missingOutput(set *moduleSet, key cty.Value) *place {
	name, ok := keyString(key)
	if _, isIndex := listIndex(key); isIndex || !ok || set.call.block.Body.Attributes["for_each"] != nil && set.label == set.call.name {
		return &place{mods: set}
	}
	return &place{value: constant(cty.DynamicVal).value, label: set.label + "." + name}
}

// findKey finds an instance by key; the one that stands for an unknown number
// answers for every other key.
func findKey(keys []instanceKey, mode repetition, key cty.Value) int {
	if mode == unknownTimes {
		return len(keys) - 1
	}
	i := -1
	if n, ok := listIndex(key); ok && mode == byIndex {
		if n < len(keys) {
			return n
		}
		return -1
	}
	if want, ok := keyString(key); ok {
		i = slices.IndexFunc(keys, func(k instanceKey) bool {
			got, ok := keyString(k.key)
			return ok && got == want
		})
	}
	if i < 0 && mode == partlyByKey {
		return len(keys) - 1
	}
	return i
}

func noInstance(label string, mode repetition, key cty.Value) error {
	if s, ok := keyString(key); ok && mode != unknownTimes && !isOpen(key) {
		return failf("%s has no instance %q", label, source.Show(s))
	}
	return nil
}

// stepInstance is an output of a module instance.
func (e *evaluator) stepInstance(i *instance, key cty.Value) *place {
	name, _ := keyString(key)
	if p := i.places["output."+name]; p != nil {
		return p
	}
	label := strings.TrimSuffix(i.prefix, ".") + "." + name
	p := &place{whole: true, label: label}
	i.places["output."+name] = p
	b := i.cfg.output(name)
	if b == nil || b.Body.Attributes["value"] == nil {
		p.value = func() (cty.Value, error) { return cty.DynamicVal, failf("the module has no output %q", name) }
		return p
	}
	expr := b.Body.Attributes["value"].Expr
	p.site = site{expr, i.sc}
	p.value = func() (cty.Value, error) {
		return e.memo(nodeKey{inst: i, name: "output." + name}, label, headerRange(b), func() (cty.Value, error) {
			return e.eval(expr, i.sc)
		})
	}
	return p
}

func (e *evaluator) outputsValue(i *instance) (cty.Value, error) {
	out := map[string]cty.Value{}
	var fault error
	for _, name := range sortedKeys(i.cfg.outputs) {
		v, err := e.get(e.stepInstance(i, cty.StringVal(name)))
		fault = firstError(fault, err)
		out[name] = v
	}
	return cty.ObjectVal(out), fault
}

func (e *evaluator) modulesValue(set *moduleSet) (cty.Value, error) {
	if set.missing {
		return cty.DynamicVal, nil
	}
	return e.collected(set, set.mode, func(i int) (cty.Value, error) { return e.outputsValue(set.instances[i]) })
}

// collected is the value of all instances as references see it. It is put
// together once, for each reference to one of the instances may ask for all.
func (e *evaluator) collected(of instances, mode repetition, at func(int) (cty.Value, error)) (cty.Value, error) {
	if out, ok := e.sets[of]; ok {
		return out.value, out.err
	}
	keys := of.instanceKeys()
	if e.steps += len(keys); e.exhausted() != nil {
		return cty.DynamicVal, e.exhausted()
	}
	cycles := e.cycles
	v, err := collect(mode, keys, at)
	if cycles == e.cycles && e.exhausted() == nil {
		e.sets[of] = outcome{v, err}
	}
	return v, err
}

// instances are those of a resource or of a module.
type instances interface{ instanceKeys() []instanceKey }

func (s *resourceSet) instanceKeys() []instanceKey { return s.keys }

func (s *moduleSet) instanceKeys() []instanceKey { return s.keys }

// An outcome is what an evaluation has given.
type outcome struct {
	value cty.Value
	err   error
}

// collect puts the values of instances together as references see them.
func collect(mode repetition, keys []instanceKey, at func(int) (cty.Value, error)) (cty.Value, error) {
	if mode == unknownTimes || mode == partlyByKey || mode == once && len(keys) != 1 {
		return cty.DynamicVal, nil
	}
	if mode == once {
		return at(0)
	}
	list := make([]cty.Value, len(keys))
	named := make(map[string]cty.Value, len(keys))
	var fault error
	for i, k := range keys {
		v, err := at(i)
		fault = firstError(fault, err)
		list[i] = v
		name, _ := keyString(k.key)
		named[name] = v
	}
	if mode == byIndex {
		return cty.TupleVal(list), fault
	}
	return cty.ObjectVal(named), fault
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// start is the first place of a directory, for what has no better one.
func (c *config) start() source.Range {
	for _, name := range sortedKeys(c.files) {
		return c.files[name].Range(0, 0)
	}
	return source.Range{}
}
