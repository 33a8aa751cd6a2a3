package terraform

import (
	"sync"

	"github.com/iamwatch/iamwatch/scanner/source"
)

// share finds out which root modules are made of which directories.
func (t *tree) share(roots []string) {
	t.left = len(roots)
	for _, root := range roots {
		seen := map[string]bool{}
		dirs := t.reach(root, seen)
		for _, name := range sortedKeys(t.manifests[root]) {
			dirs = append(dirs, t.reach(t.manifests[root][name], seen)...)
		}
		t.reached[root] = dirs
		for _, dir := range dirs {
			t.users[dir]++
		}
	}
}

// declares reports whether anything that a root module is made of declares a
// resource of a type.
func (t *tree) declares(root, kind string) bool {
	for _, dir := range t.reached[root] {
		if t.configs[dir].kinds[kind] {
			return true
		}
	}
	return false
}

// release lets go of the parsed blocks that no root module needs any more:
// they take some fifty times as much memory as their text.
func (t *tree) release(root string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.left--
	for _, dir := range t.reached[root] {
		if t.users[dir]--; t.users[dir] == 0 {
			t.configs[dir].drop()
		}
	}
}

// faults are the faults of syntax in what a root module is made of, as far as
// something depends on it. Those of shared directories are told with each.
func (t *tree) faults(root string) []source.Diagnostic {
	var out []source.Diagnostic
	for _, dir := range t.reached[root] {
		c := t.configs[dir]
		out = append(append(out, c.diags...), c.refused...)
		c.each(func(d *declared) { out = append(out, d.told()...) })
	}
	return out
}

// askAll parses everything.
func (t *tree) askAll() {
	for _, c := range t.configs {
		c.each(func(d *declared) { d.ask() })
	}
}

// each calls f with every block of a directory.
func (c *config) each(f func(*declared)) {
	for _, m := range []map[string]*declared{c.variables, c.outputs} {
		for _, d := range m {
			f(d)
		}
	}
	for _, r := range c.resources {
		f(&r.declared)
	}
	for _, m := range c.calls {
		f(&m.declared)
	}
	for _, list := range [][]*declared{c.provided.members, c.valued.members, c.set.members, c.others} {
		for _, d := range list {
			f(d)
		}
	}
}

func (c *config) drop() {
	c.provided.drop()
	c.valued.drop()
	c.set.drop()
	c.each((*declared).drop)
}

// readAhead parses what the reading of a root module will ask for, as far as
// there are fewer root modules left than may be read at once. It goes the
// other way than the reading, so that both meet in the middle and neither
// waits for the other. What it returns ends it.
func (t *tree) readAhead(root string) (stop func()) {
	t.mu.Lock()
	workers := t.env.Jobs - t.left
	t.mu.Unlock()
	if workers <= 0 {
		return func() {}
	}
	ahead := t.likely(root)
	var next, group = make(chan *declared), sync.WaitGroup{}
	done := make(chan struct{})
	for range workers {
		group.Go(func() {
			for d := range next {
				d.ahead()
			}
		})
	}
	group.Go(func() {
		defer close(next)
		for i := len(ahead) - 1; i >= 0; i-- {
			select {
			case next <- ahead[i]:
			case <-done:
				return
			}
		}
	})
	return func() { close(done); group.Wait() }
}

// likely are blocks that the reading of a root module asks for, in its order.
func (t *tree) likely(root string) []*declared {
	var out []*declared
	types := builders()
	for _, dir := range t.reached[root] {
		c := t.configs[dir]
		out = append(out, c.valued.members...)
		for _, name := range sortedKeys(c.variables) {
			out = append(out, c.variables[name])
		}
		for _, key := range sortedKeys(c.resources) {
			r := c.resources[key]
			if !r.data && types[r.kind] != nil || r.data && r.kind == "aws_iam_policy_document" {
				out = append(out, &r.declared)
			}
		}
		for _, name := range sortedKeys(c.calls) {
			out = append(out, &c.calls[name].declared)
		}
	}
	return out
}
