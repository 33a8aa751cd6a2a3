package access

import (
	"cmp"
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

// MergeRows makes one row of those of one identity in the alternatives of its
// stack: the worst, which says in When when it is so. The order is that of the
// first of each.
func MergeRows(rows []Row) []Row {
	groups := map[thing][]int{}
	key := func(r Row) (thing, bool) {
		t, _, ok := thingOf(identityNode(r.Identity))
		return t, ok
	}
	for i, r := range rows {
		if t, ok := key(r); ok {
			groups[t] = append(groups[t], i)
		}
	}
	out := make([]Row, 0, len(rows))
	for i, r := range rows {
		t, ok := key(r)
		switch {
		case !ok:
			out = append(out, r)
		case groups[t][0] == i:
			out = append(out, oneRow(rows, groups[t], t.worlds))
		}
	}
	return out
}

func oneRow(rows []Row, same []int, worlds *model.Worlds) Row {
	worst := rows[same[0]]
	for _, i := range same[1:] {
		c := slices.Compare(rows[i].weights(), worst.weights())
		if cmp.Or(c, worst.Identity.Unit.World-rows[i].Identity.Unit.World) > 0 {
			worst = rows[i]
		}
	}
	holds := make([]bool, len(worlds.Units))
	for _, i := range same {
		if rows[i].at == worst.at && rows[i].Admin == worst.Admin {
			holds[rows[i].Identity.Unit.World] = true
		}
	}
	worst.When = worlds.When(holds)
	return worst
}

// OneThing reports whether identities are one, or the same in different
// alternatives of one stack.
func OneThing(list []*model.Identity) bool {
	return !slices.ContainsFunc(list, func(id *model.Identity) bool { return id != list[0] && !alike(id, list[0]) })
}
