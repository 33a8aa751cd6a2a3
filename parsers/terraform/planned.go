package terraform

import (
	"context"
	"path"
	"slices"
	"strings"

	"github.com/iamwatch/iamwatch/scanner"
	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// A Planned is what a plan or a state says of a root module: Terraform has
// evaluated the configuration, so its resources have values ("JSON Output
// Format" in the Terraform documentation).
type Planned struct {
	// Input is the input that the unit is of.
	Input model.Input
	// File holds the plan or state, and all ranges of the trees below.
	File *source.Source
	// Dir is the directory of the configuration that was planned, "" when it
	// is not at hand. Asked says that the user named it; else it is taken only
	// when most of the plan's blocks are declared there.
	Dir   string
	Asked bool
	// Resources are all instances of resources and data sources.
	Resources []PlannedResource
	// Configuration is the root_module of a plan's configuration, and
	// Providers its provider_config; nil for a state.
	Configuration, Providers *source.Value
	// Variables are the values of the root module's variables.
	Variables map[string]*source.Value
}

// A PlannedResource is one instance of a resource or data block.
type PlannedResource struct {
	// Module is the path of the module instance, outermost call first.
	Module []ModuleStep
	// Type and Name are the block's labels; Data tells a data block.
	Type, Name string
	Data       bool
	// Key is the instance's key, a string or a number; nil for a block
	// without count and for_each.
	Key *source.Value
	// Values is the object of its attributes. What is known only after apply
	// is Unread, or has no member.
	Values *source.Value
	// Header is the place of its address, Block all that stands of it.
	Header, Block source.Range
}

// A ModuleStep is a call on the way to a module instance.
type ModuleStep struct {
	Name string
	// Key is as in PlannedResource.
	Key *source.Value
}

func (r *PlannedResource) key() string {
	if r.Data {
		return "data." + r.Type + "." + r.Name
	}
	return r.Type + "." + r.Name
}

// Types are the resource types that the model is made of.
func Types() []string { return sortedKeys(builders()) }

// ReadPlanned reads the unit of a plan or state. The same builders make it
// that read configurations. The places are those of the configuration in Dir,
// joined on the resources' addresses, or of the plan's file where there is
// none. The unit's account is that of the ARNs that its own resources have, or
// of the caller, when these name but one.
func ReadPlanned(ctx context.Context, env *scanner.Env, p *Planned) scanner.Parsed {
	root := newPlannedModule(p.Configuration)
	for i := range p.Resources {
		root.add(&p.Resources[i])
	}
	t, diags := plannedTree(env, p, root)
	r := newPlannedReading(t, p, root)
	r.e.diags = append(r.e.diags, diags...)
	r.planned(ctx, r.e.root)
	r.tellFaults()
	units := r.finish()
	for _, u := range units {
		u.Input, u.Name = p.Input, p.File.Path
		if !r.e.root.cfg.planned {
			u.Covers = p.Dir
		}
	}
	return scanner.Parsed{Units: units, Diagnostics: r.e.diags}
}

// plannedTree is the configuration of a plan: that in its directory, else
// what the plan itself says of it.
func plannedTree(env *scanner.Env, p *Planned, root *plannedModule) (*tree, []source.Diagnostic) {
	if p.Dir != "" {
		files, diags := readDir(env.FS, p.Dir)
		t := loadTree(env, files)
		cfg := t.configs[p.Dir]
		switch {
		case cfg != nil && covers(cfg, root, p.Asked):
			t.share([]string{p.Dir})
			return t, diags
		case p.Asked:
			diags = append(diags, source.Warningf(p.File.Range(0, 0), "the directory %s declares nothing that is in the plan: places are those of the plan", p.Dir))
			return writtenTree(env, p), diags
		}
	}
	return writtenTree(env, p), nil
}

// covers reports whether a directory declares what a plan holds: at least one
// block of it when the user says so, else most of them.
func covers(cfg *config, root *plannedModule, asked bool) bool {
	found, all := 0, 0
	count := func(declared bool) {
		all++
		if declared {
			found++
		}
	}
	for _, key := range root.keys() {
		count(cfg.resources[key] != nil)
	}
	for _, name := range root.callNames() {
		count(cfg.calls[name] != nil)
	}
	if asked {
		return found > 0
	}
	return 2*found > all
}

// writtenTree is the configuration as a plan has it.
func writtenTree(env *scanner.Env, p *Planned) *tree {
	dir := path.Dir(p.File.Path)
	t := loadTree(&scanner.Env{Jobs: env.Jobs}, nil)
	t.given = []string{dir}
	t.configs[dir] = plannedConfig(p.File, p.Configuration, p.Providers)
	return t
}

func newPlannedReading(t *tree, p *Planned, root *plannedModule) *reading {
	e := newEvaluator(t, t.given[0])
	e.planned = &plannedState{Planned: p, owners: owners(p), attached: attachedPolicies(p)}
	e.files[p.File.Path] = p.File
	e.bytes += p.File.Size()
	e.root.plan = root
	e.plannedInputs()
	account, partition := ownARNs(p)
	e.tellHomes()
	if h := e.tellHome(e.mainProvider()); h.id == "" && account != "" {
		e.providers.ids[h.credentials] = account
	}
	r := newReading(e)
	r.main.unit.Partition = partition
	return r
}

// planned reads the resources of a module instance that a plan knows, and
// those of the modules that it calls.
func (r *reading) planned(ctx context.Context, inst *instance) {
	if inst.plan == nil {
		r.module(ctx, inst)
		return
	}
	defer r.signIns(inst)
	for _, key := range union(inst.plan.keys(), sortedKeys(inst.cfg.resources)) {
		if ctx.Err() != nil {
			return
		}
		kind, _, _ := strings.Cut(key, ".")
		build := r.build[kind]
		if build == nil {
			continue
		}
		set := r.e.set(inst, key)
		r.main.noteRest(set.keys)
		for _, o := range set.objects {
			r.e.renew()
			b := r.builder(r.e.providerOf(o))
			b.built++
			build(b, o)
		}
	}
	for _, name := range union(inst.plan.callNames(), sortedKeys(inst.cfg.calls)) {
		set := r.e.modules(inst, name)
		if set.missing {
			r.main.missingModule(inst, set.call)
		}
		r.main.noteRest(set.keys)
		for _, child := range set.instances {
			r.planned(ctx, child)
		}
	}
}

// union is all that two lists hold, in order.
func union(a, b []string) []string {
	all := slices.Concat(a, b)
	slices.Sort(all)
	return slices.Compact(all)
}
