package terraform

import (
	"cmp"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"

	"github.com/iamwatch/iamwatch/parsers/terraform/lang"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// An evaluator evaluates one root module, lazily: a node (a variable, local,
// output or attribute of one module instance) is evaluated when something
// asks for it, and once. The nodes that wait for one another are its stack,
// so a cycle shows as a node that is asked for while it stands there.
type evaluator struct {
	tree      *tree
	dir       string // of the root module
	manifest  map[string]string
	root      *instance
	table     map[string]function.Function
	shapes    map[string]arnShape // by resource type
	files     map[string]*source.Source
	aliases   map[string]source.Text
	nodes     map[nodeKey]*node
	named     map[string]*place // what labels of holes name, as far as it is written
	offers    map[string]string // see offered
	waiting   []*node
	loops     map[loopKey]loop
	loopKeys  map[loopKey]map[string]int // see roundKeys
	changed   map[siteKey]bool           // conditionals whose branch gets another type
	causes    map[siteKey]string
	reasons   map[siteKey]string        // see whyUnknown
	sets      map[instances]outcome     // see collected
	whole     map[instances]bool        // see settled
	texts     map[string]*source.Source // files read by file and templatefile
	trees     map[*object]*source.Value // of policy document data blocks
	decodings map[siteKey]*source.Value // what calls of jsondecode and yamldecode give
	providers *providers
	fetched   map[string]source.Range // what fetched a directory's files

	planned *plannedState // nil when a configuration alone is read

	// steps and spent bytes are counted for each resource anew, so that one
	// without end leaves the others readable; total and objects for all.
	steps, spent, total, objects, depth int

	// bytes are those of the configuration files of all modules met.
	bytes int
	sized map[*config]bool
	// weighed are the data files of which the bytes are counted, by path.
	weighed map[string]bool

	// siteLabels are the labels that sites have got, sameText how many were
	// made of one text.
	siteLabels map[siteKey]string
	sameText   map[string]int

	// cycles counts how often a node was asked for that waits for itself.
	cycles int
	guards int // calls of try and can that are being evaluated

	diags    []source.Diagnostic
	reported map[string]bool
}

type nodeKey struct {
	inst *instance
	obj  *object
	name string
}

type loopKey struct {
	expr *hclsyntax.ForExpr
	sc   *scope
}

// A node is a vertex of the dependency graph.
type node struct {
	name   string
	rng    hcl.Range
	done   bool
	active bool
	// circular says that a cycle through it was reported.
	circular bool
	value    cty.Value
	err      error
}

func newEvaluator(t *tree, dir string) *evaluator {
	e := &evaluator{
		tree: t, dir: dir, manifest: t.manifests[dir], files: map[string]*source.Source{}, aliases: map[string]source.Text{},
		nodes: map[nodeKey]*node{}, named: map[string]*place{}, loops: map[loopKey]loop{}, loopKeys: map[loopKey]map[string]int{}, changed: map[siteKey]bool{}, causes: map[siteKey]string{}, reasons: map[siteKey]string{}, sets: map[instances]outcome{}, whole: map[instances]bool{}, texts: map[string]*source.Source{},
		trees: map[*object]*source.Value{}, decodings: map[siteKey]*source.Value{}, fetched: map[string]source.Range{}, shapes: allShapes(), providers: newProviders(), reported: map[string]bool{}, sized: map[*config]bool{}, weighed: map[string]bool{}, siteLabels: map[siteKey]string{}, sameText: map[string]int{},
	}
	cfg := t.configs[dir]
	e.root = e.newInstance(cfg, nil, source.Range{})
	e.root.inputs = e.rootInputs(cfg)
	return e
}

// memo evaluates a node once.
func (e *evaluator) memo(key nodeKey, name string, rng hcl.Range, f func() (cty.Value, error)) (cty.Value, error) {
	n := e.nodes[key]
	if n == nil {
		n = &node{name: name, rng: rng}
		e.nodes[key] = n
	}
	switch {
	case n.done:
		return n.value, n.err
	case n.active:
		return cty.DynamicVal, e.cycle(n)
	case len(e.waiting) >= maxNesting:
		err := fmt.Errorf("%w: more than %d references wait for one another", errLimit, maxNesting)
		e.limit(err)
		return cty.DynamicVal, err
	}
	n.active = true
	e.waiting = append(e.waiting, n)
	restore := e.unguarded()
	v, err := f()
	restore()
	if tooBig := e.bounded(v); tooBig != nil {
		e.limit(tooBig)
		v, err = cty.DynamicVal, tooBig
	}
	e.waiting = e.waiting[:len(e.waiting)-1]
	n.active, n.done, n.value, n.err = false, true, v, err
	return v, err
}

// bounded measures the value of a node. That is work too: nodes that wait for
// one another measure the same elements over and over.
func (e *evaluator) bounded(v cty.Value) error {
	const elementsPerStep = 16
	if err := e.exhausted(); err != nil && iterable(v) {
		return err
	}
	size, err := measure(v)
	e.steps += size / elementsPerStep
	return err
}

// cycle reports the nodes that wait for one another in a circle.
func (e *evaluator) cycle(n *node) error {
	e.cycles++
	if n.circular || e.cycles > maxCycles {
		return errCircular
	}
	n.circular = true
	i := slices.Index(e.waiting, n)
	names := make([]string, 0, len(e.waiting)-i+1)
	for _, w := range e.waiting[i:] {
		names = append(names, w.name)
	}
	if first := slices.Index(names, slices.Min(names)); first > 0 {
		names = append(names[first:], names[:first]...)
	}
	message := "cycle: " + strings.Join(append(shortened(names), names[0]), " -> ")
	e.diagnose(e.rng(n.rng), message)
	return &fault{message}
}

// What is told of cycles: a tangle of resources has more than anybody reads.
const (
	maxCycles     = 1_000 // of a root module
	maxCycleNames = 20    // of a cycle
)

var errCircular = &fault{"it depends on itself"}

// shortened leaves out the middle of a long cycle.
func shortened(names []string) []string {
	if len(names) <= maxCycleNames {
		return names
	}
	const half = maxCycleNames / 2
	more := fmt.Sprintf("(%d more)", len(names)-2*half)
	return slices.Concat(names[:half], []string{more}, names[len(names)-half:])
}

// limit reports an error that a bound is met, at what waits for the value.
func (e *evaluator) limit(err error) {
	var at source.Range
	if n := len(e.waiting); n > 0 {
		at = e.rng(e.waiting[n-1].rng)
	}
	e.limitAt(err, at)
}

// limitAt reports an error that a bound is met at a place; the zero Range
// stands for the root module as a whole.
func (e *evaluator) limitAt(err error, at source.Range) {
	if !errors.Is(err, errLimit) && !errors.Is(err, lang.ErrLimit) {
		return
	}
	if at.IsZero() {
		at = e.tree.configs[e.dir].start()
	}
	if at.IsZero() && e.planned != nil {
		at = e.planned.File.Range(0, 0)
	}
	e.diagnose(at, err.Error())
}

// bytesPerStep is how many bytes of a text are as much work as a step.
const bytesPerStep = 32

// spend counts the bytes of a value that was made.
func (e *evaluator) spend(v cty.Value) error {
	const elementSize = 32
	switch {
	case isText(v):
		e.spent += len(v.AsString())
		e.steps += len(v.AsString()) / bytesPerStep
	case iterable(v):
		e.spent += elementSize * v.LengthInt()
		e.steps += v.LengthInt()
	}
	return e.exhausted()
}

// charge counts what a function may do with its arguments, whatever comes out
// of it.
func (e *evaluator) charge(args []cty.Value) error {
	const elementsPerStep = 4
	for _, v := range args {
		switch {
		case isText(v):
			e.steps += len(v.AsString()) / bytesPerStep
		case iterable(v):
			e.steps += v.LengthInt() / elementsPerStep
		}
	}
	return e.exhausted()
}

// exhausted is the bound that evaluation has met, nil for none.
func (e *evaluator) exhausted() error {
	switch {
	case e.steps > min(maxSteps+stepsPerByte*e.bytes/2, mostSteps):
		return errSteps
	case e.total+e.steps > min(maxTotalSteps+stepsPerByte*e.bytes, mostSteps):
		return errTotal
	case e.spent > maxMadeBytes:
		return errSpent
	case e.depth > 8*maxNesting:
		return errDeep
	}
	return nil
}

// weigh counts the files of a module that was not met before.
func (e *evaluator) weigh(cfg *config) {
	if e.sized[cfg] {
		return
	}
	e.sized[cfg] = true
	for _, f := range cfg.files {
		e.bytes += f.Size()
	}
}

// weighData counts a file of data that was not read before. A row of a table
// makes several resources in few words, so its bytes weigh more.
func (e *evaluator) weighData(name string, size int) {
	const weight = 16
	if !e.weighed[name] {
		e.weighed[name] = true
		e.bytes += weight * size
	}
}

// room is how many more instances the root module may have.
func (e *evaluator) room() int { return maxUnitObjects + e.bytes/objectBytes - e.objects }

// renew starts the counts of the next resource. One that has gone far beyond
// its bound at once takes no more than that from the others.
func (e *evaluator) renew() {
	e.total += min(e.steps, maxSteps)
	e.steps, e.spent = 0, 0
}

func (e *evaluator) diagnose(r source.Range, message string) { e.diagnoseOnce(message, r, message) }

func (e *evaluator) diagnoseOnce(key string, r source.Range, message string) {
	if e.reported[key] {
		return
	}
	e.reported[key] = true
	e.diags = append(e.diags, source.Errorf(r, "%s", message))
}

// rng is where a node of the syntax stands; the zero Range for what no file
// holds.
func (e *evaluator) rng(r hcl.Range) source.Range {
	if f := e.files[r.Filename]; f != nil {
		return f.Range(r.Start.Byte, r.End.Byte)
	}
	if f := e.texts[r.Filename]; f != nil {
		return f.Range(r.Start.Byte, r.End.Byte)
	}
	if !strings.HasPrefix(r.Filename, "\x00") {
		return source.Range{}
	}
	return e.aliases[r.Filename].Range(r.Start.Byte, r.End.Byte)
}

// exprRange is the range of an expression, with the quotes or heredoc
// markers around it.
func (e *evaluator) exprRange(expr hclsyntax.Expression) source.Range { return e.rng(expr.Range()) }

// source is an expression as written, on one line and cut to a length fit
// for messages.
func (e *evaluator) source(expr hclsyntax.Expression) string {
	text := strings.Join(strings.Fields(e.exprRange(expr).Text()), " ")
	const enough = 80
	if len(text) > enough {
		return strings.ToValidUTF8(text[:enough], "") + "..."
	}
	return text
}

// function finds a function by name.
func (e *evaluator) function(name string, sc *scope) (function.Function, bool) {
	table := sc.table
	if table == nil {
		if e.table == nil {
			e.table = e.functions()
		}
		table = e.table
	}
	if f, ok := table[name]; ok {
		return f, true
	}
	return lang.Provider(), lang.IsProvider(name)
}

func (e *evaluator) functions() map[string]function.Function {
	return lang.Functions(lang.Env{
		FS: e.tree.env.FS, RootDir: e.dir, ModuleDir: e.dir,
		MaxFileSize: maxFileSize, MaxElements: maxElements, MaxStringBytes: maxTextBytes,
		OnFile: e.weighData, Eval: e.evalTemplate,
	})
}

// evalTemplate evaluates the template of templatefile and templatestring.
func (e *evaluator) evalTemplate(expr hcl.Expression, ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	x, ok := expr.(hclsyntax.Expression)
	if !ok {
		return expr.Value(ctx)
	}
	v, err := e.eval(x, templateScope(ctx.Variables, ctx.Functions))
	if err != nil {
		return v, hcl.Diagnostics{{Severity: hcl.DiagError, Summary: err.Error()}}
	}
	return v, nil
}

func templateScope(vars map[string]cty.Value, table map[string]function.Function) *scope {
	sc := &scope{names: map[string]*place{}, strict: true, table: table}
	for name, v := range vars {
		sc.names[name] = constant(v)
	}
	return sc
}

// pathValue is path.module, path.root or path.cwd, relative to the root
// module's directory as Terraform prints them.
func (e *evaluator) pathValue(inst *instance, name string) *place {
	switch name {
	case "module":
		return constant(cty.StringVal(relativePath(e.dir, inst.cfg.dir)))
	case "root":
		return constant(cty.StringVal("."))
	case "cwd":
		return constant(cty.StringVal(path.Join("/", e.dir)))
	}
	return constant(cty.DynamicVal)
}

// relativePath is a directory seen from another, both below the root.
func relativePath(from, to string) string {
	if from == to {
		return "."
	}
	up := ""
	for from != "." && to != from && !strings.HasPrefix(to, from+"/") {
		from, up = path.Dir(from), up+"../"
	}
	if from == to {
		return strings.TrimSuffix(up, "/")
	}
	if from == "." {
		return up + to
	}
	return up + strings.TrimPrefix(to, from+"/")
}

// terraformValue is terraform.workspace: the one that the environment names,
// else "default", which it is until somebody makes another ("Workspaces").
func (e *evaluator) terraformValue(name string) *place {
	if name != "workspace" {
		return constant(cty.DynamicVal)
	}
	selected := e.tree.env.Environ["TF_WORKSPACE"]
	if source.HasMark(selected) {
		selected = ""
	}
	return constant(cty.StringVal(cmp.Or(selected, "default")))
}

// compareMarked compares texts of which one holds holes. Equal texts are
// equal; of others nobody knows. NilVal means that the operator may decide.
func compareMarked(a, b cty.Value, equal bool) cty.Value {
	if !isText(a) || !isText(b) {
		return cty.NilVal
	}
	x, y := a.AsString(), b.AsString()
	if !source.HasMark(x) && !source.HasMark(y) {
		return cty.NilVal
	}
	if x == y && !strings.Contains(x, hole(source.HoleFree, unknownLabel)) {
		return cty.BoolVal(equal)
	}
	return cty.UnknownVal(cty.Bool)
}
