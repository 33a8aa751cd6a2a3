// Package terraform reads Terraform and OpenTofu configurations as they are
// written: without init, provider, credentials or network. It evaluates what
// the files say (Terraform language documentation) and leaves symbolic what
// only AWS knows.
package terraform

import (
	"context"
	"path"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/iamwatch/iamwatch/scanner"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// The bounds of one root module. What meets one is left unknown, with a
// diagnostic.
const (
	maxFileSize    = 4 << 20  // bytes of one configuration file
	maxInstances   = 10_000   // instances of one block
	maxSample      = 1_000    // of a block that has more
	maxUnitObjects = 20_000   // instances of a root module in all, and one more for each objectBytes
	maxModuleDepth = 32       // module calls inside one another
	maxSteps       = 100_000  // evaluated expressions and placed values for one resource
	maxTotalSteps  = 160_000  // the same for a root module, and stepsPerByte more for each byte
	maxNesting     = 1_000    // references that wait for one another
	maxElements    = 100_000  // elements of one value
	maxTextBytes   = 4 << 20  // bytes of one string
	maxMadeBytes   = 64 << 20 // bytes of all values made for one resource
)

// What a root module may take grows with what is written in its files, so
// that a large one is read whole and a small one cannot grow without end.
const (
	objectBytes  = 32         // bytes of configuration that stand for one more instance
	stepsPerByte = 8          // steps for each byte of configuration
	mostSteps    = 40_000_000 // steps of the largest root module
)

// New returns the parser of Terraform and OpenTofu configurations. It parses
// what bears on its model: a fault of syntax in a block of which nothing is
// read is not told, as long as its quotes and braces are in order.
func New() scanner.Parser { return parser{} }

// NewWhole returns the parser that parses every block, whatever it may bear
// on. It reads the same as New and tells every fault of syntax.
func NewWhole() scanner.Parser { return parser{whole: true} }

type parser struct{ whole bool }

// Name is "terraform".
func (parser) Name() string { return "terraform" }

// Match goes by the file's name alone, as Terraform does.
func (parser) Match(file *source.Source) bool { return isConfigName(path.Base(file.Path)) }

// isConfigName reports whether Terraform reads a file of that name as
// configuration ("Files and Directories").
func isConfigName(name string) bool {
	if strings.HasPrefix(name, ".") || strings.HasPrefix(name, "#") {
		return false
	}
	for _, suffix := range []string{".tf", ".tf.json", ".tofu", ".tofu.json"} {
		if strings.HasSuffix(name, suffix) {
			return true
		}
	}
	return false
}

// Plan makes a job of every root module: a directory that no other one calls.
func (p parser) Plan(env *scanner.Env, files []*source.Source) []scanner.Job {
	t := loadTree(env, files)
	if p.whole {
		t.askAll()
	}
	roots := t.roots()
	t.share(roots)
	jobs := make([]scanner.Job, len(roots))
	for i, dir := range roots {
		jobs[i] = func(ctx context.Context) scanner.Parsed {
			defer t.release(dir)
			defer t.readAhead(dir)()
			return readUnit(ctx, t, dir)
		}
	}
	return jobs
}

// A tree is all module directories of a scan.
type tree struct {
	env     *scanner.Env
	given   []string                    // directories of the files given, in order
	groups  map[string][]*source.Source // the files given, by directory
	configs map[string]*config
	// manifests are the modules that init has fetched, by root directory.
	manifests map[string]map[string]string
	// reached are the directories that a root module is made of, in the order
	// in which they are come upon.
	reached map[string][]string

	mu sync.Mutex
	// mentions are attribute names by root module.
	mentions map[string][]string
	// users counts the root modules still to be read by directory, left all.
	users map[string]int
	left  int
}

// loadTree reads the given directories and those that they call, wherever
// they lie below the repository root.
func loadTree(env *scanner.Env, files []*source.Source) *tree {
	t := &tree{
		env: env, groups: map[string][]*source.Source{}, configs: map[string]*config{},
		manifests: map[string]map[string]string{}, reached: map[string][]string{}, users: map[string]int{}, mentions: map[string][]string{},
	}
	for _, f := range files {
		dir := path.Dir(f.Path)
		t.groups[dir] = append(t.groups[dir], f)
	}
	t.given = sortedKeys(t.groups)
	pending := slices.Clone(t.given)
	for _, dir := range t.given {
		if m := manifest(env.FS, dir); m != nil {
			t.manifests[dir] = m
			for _, called := range m {
				if t.groups[called] == nil && !slices.Contains(pending, called) {
					pending = append(pending, called)
				}
			}
		}
	}
	slices.Sort(pending)
	for len(pending) > 0 {
		t.load(pending)
		pending = t.missing(pending)
	}
	return t
}

func (t *tree) load(dirs []string) {
	loaded := make([]*config, len(dirs))
	var group errgroup.Group
	group.SetLimit(max(t.env.Jobs, 1))
	for i, dir := range dirs {
		group.Go(func() error {
			files, diags := t.groups[dir], []source.Diagnostic(nil)
			if files == nil {
				files, diags = readDir(t.env.FS, dir)
			}
			loaded[i] = loadConfig(dir, files)
			loaded[i].diags = append(loaded[i].diags, diags...)
			t.resolveCalls(loaded[i])
			return nil
		})
	}
	_ = group.Wait() // the functions return no error
	for i, dir := range dirs {
		t.configs[dir] = loaded[i]
	}
}

// missing are the directories that are called but not loaded yet.
func (t *tree) missing(callers []string) []string {
	var out []string
	for _, dir := range callers {
		for _, c := range t.configs[dir].calls {
			if c.dir != "" && t.configs[c.dir] == nil && !slices.Contains(out, c.dir) {
				out = append(out, c.dir)
			}
		}
	}
	slices.Sort(out)
	return out
}

// roots are the given directories that none calls. Of directories that only
// call one another in a circle the first is a root, so that none is lost.
func (t *tree) roots() []string {
	called := map[string]bool{}
	for _, c := range t.configs {
		for _, call := range c.calls {
			if call.dir != c.dir {
				called[call.dir] = true
			}
		}
	}
	seen := map[string]bool{}
	var out []string
	for _, dir := range t.given {
		if !called[dir] && !underDotTerraform(dir) {
			out = append(out, dir)
			t.reach(dir, seen)
		}
	}
	for _, dir := range t.given {
		if !seen[dir] && !underDotTerraform(dir) {
			out = append(out, dir)
			t.reach(dir, seen)
		}
	}
	slices.Sort(out)
	return out
}

// reach adds a directory and those that it calls, in order of the calls.
func (t *tree) reach(dir string, seen map[string]bool) (out []string) {
	c := t.configs[dir]
	if seen[dir] || c == nil {
		return nil
	}
	seen[dir] = true
	out = append(out, dir)
	for _, name := range sortedKeys(c.calls) {
		out = append(out, t.reach(c.calls[name].dir, seen)...)
	}
	return out
}

func underDotTerraform(dir string) bool {
	return slices.Contains(strings.Split(dir, "/"), ".terraform")
}
