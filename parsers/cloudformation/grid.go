package cloudformation

import (
	"cmp"
	"slices"
	"strings"

	"github.com/iamwatch/iamwatch/scanner/model"
)

const (
	// maxCombinations bounds the combinations of the inputs' values.
	maxCombinations = 4096
	// maxAllowed bounds the AllowedValues that are told apart though no
	// condition names them.
	maxAllowed = 8
)

// A grid is all combinations of the values of the inputs that bear on what is
// built. Inputs beyond the bounds are left out: what depends on them is
// undecided.
type grid struct {
	inputs []*input
	byName map[string]int
	// deployable are the combinations that the template's Rules let through.
	deployable []int
	// tables are the truths of the conditions that depend on the grid's inputs
	// alone.
	tables map[string]*table
}

// An input is one dimension of a grid.
type input struct {
	model.WorldInput
	// weight is how much depends on it; order how inputs are listed.
	weight, order int
	// read says that resources have its value in them.
	read bool
	// loose says that conditions compare a part of it, so that another value
	// than the listed ones may still equal one.
	loose bool
	// stride is its step in the numbers of combinations.
	stride int
}

// A table is the truth of a test by the combinations of its inputs.
type table struct {
	inputs []*input
	truths []truth
}

func (t *table) at(combination int) truth {
	at := 0
	for _, in := range t.inputs {
		at = at*len(in.Values) + combination/in.stride%len(in.Values)
	}
	return t.truths[at]
}

func (g *grid) value(combination, i int) int {
	in := g.inputs[i]
	return combination / in.stride % len(in.Values)
}

func (g *grid) size() int {
	n := 1
	for _, in := range g.inputs {
		n *= len(in.Values)
	}
	return n
}

// newGrid is the grid of a template, nil when nothing is to be enumerated.
func newGrid(t *template) *grid {
	if !t.varies() {
		return nil
	}
	s := newSurvey(t)
	m := newInputs(t, s)
	if len(m.list) == 0 {
		return nil
	}
	g := m.choose()
	if len(g.inputs) == 0 {
		return nil
	}
	g.allow(m)
	return g
}

// varies reports whether a template can be built in several ways at all.
func (t *template) varies() bool {
	if len(t.conditions) > 0 {
		return true
	}
	for _, p := range t.parameters {
		if !p.given && len(p.allowed) > 1 && len(p.allowed) <= maxAllowed {
			return true
		}
	}
	return false
}

// choose takes inputs, those of more weight first, while the outcomes stay
// within the bounds.
func (m *inputs) choose() *grid {
	byWeight := slices.Clone(m.list)
	slices.SortStableFunc(byWeight, func(a, b *input) int {
		return cmp.Or(-cmp.Compare(a.weight, b.weight), cmp.Compare(a.order, b.order))
	})
	g := &grid{}
	for _, in := range byWeight {
		if g.size()*len(in.Values) > maxCombinations {
			continue
		}
		more := m.grid(append(slices.Clone(g.inputs), in))
		if more.outcomes(maxWorlds) <= maxWorlds {
			g = more
		}
	}
	return m.grid(g.inputs) // what was tried last has left its strides
}

// grid lays out some inputs and the conditions that depend on them alone.
func (m *inputs) grid(list []*input) *grid {
	slices.SortFunc(list, func(a, b *input) int { return cmp.Compare(a.order, b.order) })
	g := &grid{inputs: list, byName: map[string]int{}, tables: map[string]*table{}}
	stride := g.size()
	for i, in := range list {
		stride /= len(in.Values)
		in.stride = stride
		if in.Kind == model.ParameterInput && !strings.HasPrefix(in.Name, "AWS::") {
			g.byName[in.Name] = i
		}
	}
	g.deployable = make([]int, g.size())
	for c := range g.deployable {
		g.deployable[c] = c
	}
	for _, name := range sortedKeys(m.survey.conditions) {
		if t := m.table(name); t != nil && within(t.inputs, list) {
			g.tables[name] = t
		}
	}
	return g
}

func within(some, all []*input) bool {
	return !slices.ContainsFunc(some, func(in *input) bool { return !slices.Contains(all, in) })
}

// outcomes counts the different outcomes of the conditions and of the values
// that resources have in them, and ends beyond a bound.
func (g *grid) outcomes(most int) int {
	tables := make([]*table, 0, len(g.tables))
	for _, t := range g.tables {
		tables = append(tables, t)
	}
	seen := map[string]bool{}
	key := make([]byte, 0, len(tables)+len(g.inputs))
	for _, c := range g.deployable {
		key = key[:0]
		for _, t := range tables {
			key = append(key, byte(t.at(c)))
		}
		for i, in := range g.inputs {
			if in.read {
				key = append(key, byte(g.value(c, i)))
			}
		}
		if seen[string(key)] = true; len(seen) > most {
			break
		}
	}
	return len(seen)
}

// allow drops the combinations that a rule of the template refuses, unless it
// refuses all.
func (g *grid) allow(m *inputs) {
	for _, r := range m.rules {
		t := m.ruleTable(r, g.inputs)
		kept := slices.DeleteFunc(slices.Clone(g.deployable), func(c int) bool { return t.at(c) == no })
		if len(kept) > 0 {
			g.deployable = kept
		}
	}
}
