package access

import (
	"slices"

	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/model"
)

// A thing is one thing of a stack, whatever the alternatives that have it.
type thing struct {
	worlds  *model.Worlds
	kind    string
	address string
}

// thingOf is the thing of a stack that a node is; false for one outside of the
// stacks that have alternatives.
func thingOf(n Node) (thing, *model.Unit, bool) {
	switch {
	case n.Kind == IdentityNode && n.Identity.Unit != nil && n.Identity.Unit.Worlds != nil:
		return thing{n.Identity.Unit.Worlds, n.Identity.Kind.String(), n.Identity.Address}, n.Identity.Unit, true
	case n.Kind == InstanceNode && n.Instance.Unit != nil && n.Instance.Unit.Worlds != nil:
		return thing{n.Instance.Unit.Worlds, "instance", n.Instance.Address}, n.Instance.Unit, true
	case n.Unit != nil && n.Unit.Worlds != nil:
		return thing{n.Unit.Worlds, n.KindName(), n.Name}, n.Unit, true
	}
	return thing{}, nil, false
}

// meet reports whether the ends of an edge can be deployed beside each other
// and beside all that a path goes through after it.
func meet(e Edge, next *hop) bool {
	_, u, ok := thingOf(e.From)
	if !ok {
		return true
	}
	for to := e.To; ; next = next.next {
		if _, o, ok := thingOf(to); ok && u.Alternative(o) {
			return false
		}
		if next == nil || next.next == nil {
			return true
		}
		to = next.edge.To
	}
}

// mergeAbilities makes one ability of those of one thing in the alternatives of
// its stack, which says when it holds: the surest stands for all.
func mergeAbilities(list []Ability) []Ability {
	groups := map[thing][]int{}
	for i := range list {
		if t, _, ok := thingOf(list[i].Who); ok {
			groups[t] = append(groups[t], i)
		}
	}
	out := make([]Ability, 0, len(list))
	for i, a := range list {
		t, _, ok := thingOf(a.Who)
		switch {
		case !ok:
			out = append(out, through(a, list, groups))
		case groups[t][0] == i:
			out = append(out, oneAbility(list, groups[t], t.worlds))
		}
	}
	return out
}

// through is the ability of one outside of the stacks whose path goes through
// some: it holds in those alternatives in which all that it goes through is
// able.
func through(a Ability, list []Ability, groups map[thing][]int) Ability {
	var stacks []*model.Worlds
	holds := map[*model.Worlds][]bool{}
	for _, e := range a.Path {
		t, _, ok := thingOf(e.To)
		if !ok || len(groups[t]) == 0 {
			continue
		}
		able := worldsOf(list, groups[t], t.worlds)
		if before := holds[t.worlds]; before == nil {
			stacks = append(stacks, t.worlds)
		} else {
			for w := range able {
				able[w] = able[w] && before[w]
			}
		}
		holds[t.worlds] = able
	}
	for _, w := range stacks {
		a = a.only(w, holds[w])
	}
	return a
}

// worldsOf are the alternatives in which a thing has an ability.
func worldsOf(list []Ability, same []int, worlds *model.Worlds) []bool {
	holds := make([]bool, len(worlds.Units))
	for _, i := range same {
		_, u, _ := thingOf(list[i].Who)
		holds[u.World] = true
	}
	return holds
}

// only is an ability that holds in some alternatives of a stack.
func (a Ability) only(worlds *model.Worlds, holds []bool) Ability {
	when := worlds.When(holds)
	if when == "" {
		return a
	}
	a.Tests = mergeTests([]iam.Test{{Reason: when}}, a.Tests)
	if !worlds.AtDefaults(holds) {
		a.Result = iam.Conditional
	}
	return a
}

func oneAbility(list []Ability, same []int, worlds *model.Worlds) Ability {
	best := list[same[0]]
	for _, i := range same {
		if list[i].Result > best.Result {
			best = list[i]
		}
	}
	return best.only(worlds, worldsOf(list, same, worlds))
}

// mergeNodes leaves one node for each thing of a stack.
func mergeNodes(list []Node) []Node {
	seen := map[thing]bool{}
	return slices.DeleteFunc(list, func(n Node) bool {
		t, _, ok := thingOf(n)
		again := ok && seen[t]
		seen[t] = ok
		return again
	})
}

// OneThing reports whether identities are one, or the same in different
// alternatives of one stack.
func OneThing(list []*model.Identity) bool {
	return !slices.ContainsFunc(list, func(id *model.Identity) bool { return id != list[0] && !alike(id, list[0]) })
}
