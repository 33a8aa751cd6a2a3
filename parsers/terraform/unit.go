package terraform

import (
	"context"
	"fmt"
	"strings"

	"github.com/iamwatch/iamwatch/scanner"
	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// readUnit reads one root module.
func readUnit(ctx context.Context, t *tree, dir string) scanner.Parsed {
	r := newReading(newEvaluator(t, dir))
	r.module(ctx, r.e.root)
	r.tellFaults()
	return scanner.Parsed{Units: r.finish(), Diagnostics: r.e.diags}
}

// tellFaults tells the faults of syntax in what was read.
func (r *reading) tellFaults() {
	for _, d := range r.e.tree.faults(r.e.dir) {
		if f := r.e.files[d.Range.Path()]; f != nil {
			d.Range = f.Range(d.Range.Start(), d.Range.End()) // it may be fetched
		}
		r.e.diags = append(r.e.diags, d)
	}
}

// A reading is one root module as it is read: a builder for each account that
// its providers work in.
type reading struct {
	e *evaluator
	// main is for the account of the root module's own provider.
	main *builder
	// builders are those of all accounts, in the order of their first
	// resources but for main, which is the first.
	builders []*builder
	at       map[string]*builder // by the key of the home
	noted    map[string]bool
	handed   []handed
	// held are where the statements of resources' documents stand.
	held  map[source.Range]bool
	build map[string]func(*builder, *object) // by resource type
}

func newReading(e *evaluator) *reading {
	r := &reading{e: e, at: map[string]*builder{}, noted: map[string]bool{}, held: map[source.Range]bool{}, build: builders()}
	r.main = r.builder(e.mainProvider())
	return r
}

// builder is the one for the account that a provider works in.
func (r *reading) builder(p *provider) *builder {
	h := r.e.homeOfProvider(p)
	if b := r.at[h.key()]; b != nil {
		return b
	}
	b := newBuilder(r, h)
	b.unit.Region = known(r.e.regionOfProvider(p))
	r.at[h.key()] = b
	r.builders = append(r.builders, b)
	return b
}

// inherit gives a unit what the unit of an account without resources holds of
// the root module itself.
func inherit(u, from *model.Unit) {
	u.Unresolved = append(from.Unresolved, u.Unresolved...)
	u.WrittenKeys = append(from.WrittenKeys, u.WrittenKeys...)
	for _, k := range u.WrittenKeys {
		k.Unit = u
	}
	u.AssumedRoles = append(from.AssumedRoles, u.AssumedRoles...)
	for _, a := range u.AssumedRoles {
		a.Unit = u
	}
}

// A builder fills one unit of the model: what a root module declares in one
// account.
type builder struct {
	e           *evaluator
	reading     *reading
	home        *home
	unit        *model.Unit
	built       int // resources
	logins      []model.Ref
	boundaries  []looseBoundary
	assignments []looseAssignment
	sinks       map[string]source.String // names by address
	controls    []controlTarget
	otherTypes  map[string]bool // policies of an organization that are no controls, by address
	references  []*source.Value // that may yet be found by their text
	found       map[string]bool // texts that were
	// What says that there are no others is held back until all are known.
	managedLists []managedList
	inlineLists  []inlineNames
	onlyHere     []soleAttachment
}

func newBuilder(r *reading, h *home) *builder {
	b := &builder{
		e: r.e, reading: r, home: h, sinks: map[string]source.String{}, otherTypes: map[string]bool{}, found: map[string]bool{},
		unit: &model.Unit{Input: model.Terraform, Name: r.e.dir, Account: h.id, Partition: h.partition},
	}
	if !h.main && h.id == "" {
		b.unit.Credentials = h.shown
	}
	return b
}

func known(s string) string {
	if source.HasMark(s) {
		return ""
	}
	return s
}

// module reads the resources of a module instance, then those of the modules
// that it calls.
func (r *reading) module(ctx context.Context, inst *instance) {
	defer r.signIns(inst)
	for _, key := range sortedKeys(inst.cfg.resources) {
		if ctx.Err() != nil {
			return
		}
		res := inst.cfg.resources[key]
		build := r.build[res.kind]
		if build == nil || res.data {
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
	for _, name := range sortedKeys(inst.cfg.calls) {
		set := r.e.modules(inst, name)
		if set.missing {
			r.main.missingModule(inst, set.call)
		}
		r.main.noteRest(set.keys)
		for _, child := range set.instances {
			r.module(ctx, child)
		}
	}
}

// finish settles what needs whole units. Where all resources lie in other
// accounts than the main one, that has no unit, and what the only other one
// is signed in by is that of the whole root module.
func (r *reading) finish() []*model.Unit {
	if len(r.builders) > 1 && r.main.built == 0 {
		next := r.builders[1].unit
		inherit(next, r.main.unit)
		r.builders = r.builders[1:]
		if len(r.builders) == 1 {
			next.Credentials = ""
		}
	}
	r.keepHanded()
	units := make([]*model.Unit, len(r.builders))
	keys := 0
	for i, b := range r.builders {
		b.finish()
		units[i] = b.unit
		keys += len(b.unit.AccessKeys)
	}
	if keys > 0 {
		r.showSecrets(r.e.root)
	}
	return units
}

// noteRest notes what of a for_each is unknown beside known keys.
func (b *builder) noteRest(keys []instanceKey) {
	for _, k := range keys {
		if k.rest != nil {
			b.note(k.rest)
		}
	}
}

// missingModule notes a module whose source is not at hand.
func (b *builder) missingModule(inst *instance, c *call) {
	r := b.e.rng(attrRange(c.block, "source"))
	if !c.remote && c.dir == "" {
		b.e.diagnose(r, inst.cfg.absence(c))
		b.handedOn(inst, c)
		return
	}
	if !c.remote {
		return // a cycle or a bound, which was reported
	}
	b.unresolved(model.Unresolved{
		Range: r, Expression: "module." + c.name,
		Missing: fmt.Sprintf("the source of module %q is not on disk: run terraform init, which puts it into .terraform/modules", c.name),
		Assumed: "that the module declares nothing",
		Bears:   true,
	})
	b.handedOn(inst, c)
}

func (b *builder) unresolved(u model.Unresolved) {
	key := u.Range.String() + "\x00" + u.Missing
	if b.reading.noted[key] {
		return
	}
	b.reading.noted[key] = true
	b.unit.Unresolved = append(b.unit.Unresolved, u)
}

func holeName(k source.HoleKind) string {
	switch k {
	case source.HoleAccount:
		return "account"
	case source.HoleName:
		return "name"
	}
	return "value"
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// missingFor says what would fill a hole, from its label; empty for what
// only AWS can fill.
func missingFor(label string) string {
	local := label
	for strings.HasPrefix(local, "module.") {
		rest, ok := cutCall(local)
		if !ok {
			return fmt.Sprintf("%s comes from a module whose source is not on disk: run terraform init", label)
		}
		local = rest
	}
	kind, rest, _ := strings.Cut(local, ".")
	switch {
	case kind == "var" && local == label:
		return fmt.Sprintf("variable %q has no default: pass --var %s=... or a .tfvars file", rest, rest)
	case kind == "var":
		return fmt.Sprintf("variable %q of the module has no default and its call gives it no value", rest)
	case kind == "provider":
		return fmt.Sprintf("provider %q does not say its account: add allowed_account_ids", rest)
	case kind == "data":
		return fmt.Sprintf("%s is read only when Terraform runs: scan a plan, or pass the value by a variable", label)
	case strings.HasPrefix(local, "each."):
		return "for_each depends on " + strings.TrimPrefix(strings.TrimPrefix(local, "each.key of "), "each.value of ") + ", whose keys are not known"
	case label == unknownLabel:
		return "the expression could not be evaluated"
	}
	return ""
}

// cutCall is what follows the first module call, key included, in an address.
func cutCall(address string) (rest string, ok bool) {
	i := len("module.")
	for quoted := false; i < len(address); i++ {
		switch c := address[i]; {
		case c == '\'':
			quoted = !quoted
		case c == '.' && !quoted:
			rest = address[i+1:]
			return rest, strings.Contains(rest, ".")
		}
	}
	return "", false
}

// finish settles what needs the whole unit.
func (b *builder) finish() {
	b.setBoundaries()
	b.setAssignments()
	b.resolveRefs()
	b.noteReferences()
	b.applyManagedLists()
	b.applyInlineLists()
	b.detachElsewhere()
	b.setLogins()
	b.nameSinkPolicies()
	b.attachControls()
}
