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
			out = append(out, a)
		case groups[t][0] == i:
			out = append(out, oneAbility(list, groups[t], t.worlds))
		}
	}
	return out
}

func oneAbility(list []Ability, same []int, worlds *model.Worlds) Ability {
	best := list[same[0]]
	holds := make([]bool, len(worlds.Units))
	for _, i := range same {
		_, u, _ := thingOf(list[i].Who)
		holds[u.World] = true
		if list[i].Result > best.Result {
			best = list[i]
		}
	}
	when := worlds.When(holds)
	if when == "" {
		return best
	}
	best.Tests = mergeTests([]iam.Test{{Reason: when}}, best.Tests)
	if !worlds.AtDefaults(holds) {
		best.Result = iam.Conditional
	}
	return best
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
