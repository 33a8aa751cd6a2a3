// Package terraform reads Terraform and OpenTofu configurations as they are
// written: without init, provider, credentials or network. It evaluates what
// the files say (Terraform language documentation) and leaves symbolic what
// only AWS knows.
package terraform

import (
	"context"
	"maps"
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
	maxFileSize    = 4 << 20    // bytes of one configuration file
	maxInstances   = 10_000     // instances of one block
	maxUnitObjects = 100_000    // instances of a root module in all
	maxModuleDepth = 32         // module calls inside one another
	maxSteps       = 1_000_000  // evaluated expressions and placed values for one resource
	maxTotalSteps  = 20_000_000 // the same for a root module
	maxNesting     = 1_000      // references that wait for one another
	maxElements    = 100_000    // elements of one value
	maxTextBytes   = 4 << 20    // bytes of one string
	maxMadeBytes   = 64 << 20   // bytes of all values made for one resource
)

// New returns the parser of Terraform and OpenTofu configurations.
func New() scanner.Parser { return parser{} }

type parser struct{}

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
func (parser) Plan(env *scanner.Env, files []*source.Source) []scanner.Job {
	t := loadTree(env, files)
	jobs := make([]scanner.Job, 0, len(t.configs))
	seen := map[string]bool{}
	for _, dir := range t.roots() {
		first := t.firstReached(dir, seen)
		jobs = append(jobs, func(ctx context.Context) scanner.Parsed { return readUnit(ctx, t, dir, first) })
	}
	return jobs
}

// firstReached are the directories that a root reaches and none before it
// did: what their syntax lacks is told once, with this root.
func (t *tree) firstReached(root string, seen map[string]bool) []string {
	before := maps.Clone(seen)
	t.reach(root, seen)
	for _, dir := range t.manifests[root] {
		t.reach(dir, seen)
	}
	var out []string
	for dir := range seen {
		if !before[dir] {
			out = append(out, dir)
		}
	}
	slices.Sort(out)
	return out
}

// A tree is all module directories of a scan, parsed.
type tree struct {
	env     *scanner.Env
	given   []string // directories of the files given, in order
	configs map[string]*config
	// manifests are the modules that init has fetched, by root directory.
	manifests map[string]map[string]string

	mentionOnce sync.Once
	mentions    []string
}

// loadTree parses the given directories and those that they call, wherever
// they lie below the repository root.
func loadTree(env *scanner.Env, files []*source.Source) *tree {
	t := &tree{env: env, configs: map[string]*config{}, manifests: map[string]map[string]string{}}
	groups := map[string][]*source.Source{}
	for _, f := range files {
		dir := path.Dir(f.Path)
		groups[dir] = append(groups[dir], f)
	}
	for dir := range groups {
		t.given = append(t.given, dir)
	}
	slices.Sort(t.given)
	pending := slices.Clone(t.given)
	for _, dir := range t.given {
		if m := manifest(env.FS, dir); m != nil {
			t.manifests[dir] = m
			for _, called := range m {
				if groups[called] == nil && !slices.Contains(pending, called) {
					pending = append(pending, called)
				}
			}
		}
	}
	slices.Sort(pending)
	for len(pending) > 0 {
		t.load(pending, groups)
		pending = t.missing(pending)
	}
	return t
}

func (t *tree) load(dirs []string, groups map[string][]*source.Source) {
	loaded := make([]*config, len(dirs))
	var group errgroup.Group
	group.SetLimit(max(t.env.Jobs, 1))
	for i, dir := range dirs {
		group.Go(func() error {
			files, diags := groups[dir], []source.Diagnostic(nil)
			if files == nil {
				files, diags = readDir(t.env.FS, dir)
			}
			loaded[i] = loadConfig(t.env.FS, dir, files)
			loaded[i].diags = append(loaded[i].diags, diags...)
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

func (t *tree) reach(dir string, seen map[string]bool) {
	if seen[dir] || t.configs[dir] == nil {
		return
	}
	seen[dir] = true
	for _, c := range t.configs[dir].calls {
		t.reach(c.dir, seen)
	}
}

func underDotTerraform(dir string) bool {
	return slices.Contains(strings.Split(dir, "/"), ".terraform")
}
