package access

import (
	"cmp"
	"slices"

	"github.com/iamwatch/iamwatch/scanner/cloudwatch"
	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/model"
)

// MergeRows makes one row of those of one identity in the alternatives of its
// stack: what it holds in any of them, of which each cell says when it is so. The
// order is that of the first of each.
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
	out := rows[same[0]]
	admin := make([]bool, len(worlds.Units))
	for _, i := range same {
		r := rows[i]
		if r.Identity.Unit.World < out.Identity.Unit.World {
			out.Identity = r.Identity
		}
		admin[r.Identity.Unit.World] = r.Admin
		out.Admin, out.Unseen = out.Admin || r.Admin, out.Unseen || r.Unseen
		for l := Possible; l <= Unscoped; l++ {
			out.hold(l, r.at[l])
		}
		out.others = append(out.others, r)
	}
	slices.SortStableFunc(out.others, func(a, b Row) int { return cmp.Compare(a.Identity.Unit.World, b.Identity.Unit.World) })
	if out.Admin {
		out.AdminWhen = worlds.When(admin)
	}
	out.When = out.when()
	return out
}

// when is what all cells say, empty when they differ. An identity that holds
// nothing is there only in some alternatives.
func (r *Row) when() string {
	all, met := "", false
	for _, c := range ExposureClasses() {
		switch cell := r.worstCell(c); {
		case cell.Level == None:
		case met && cell.When != all:
			return ""
		default:
			all, met = cell.When, true
		}
	}
	if met {
		return all
	}
	return r.holding(func(*Row) bool { return true })
}

// holding says in which alternatives something is so.
func (r *Row) holding(is func(*Row) bool) string {
	worlds := r.Identity.Unit.Worlds
	return worlds.When(r.in(worlds, is))
}

func (r *Row) in(worlds *model.Worlds, is func(*Row) bool) []bool {
	holds := make([]bool, len(worlds.Units))
	for i := range r.others {
		holds[r.others[i].Identity.Unit.World] = is(&r.others[i])
	}
	return holds
}

// worstCell is the gravest cell of a class in the alternatives of a stack.
func (r *Row) worstCell(c cloudwatch.Class) Cell {
	worst, at := r.others[0].cell(c), &r.others[0]
	equal := true
	for i := range r.others[1:] {
		o := &r.others[i+1]
		cell := o.cell(c)
		d := compareCells(cell, worst)
		equal = equal && (d == 0 || cell.Level == None || worst.Level == None)
		if d > 0 {
			worst, at = cell, o
		}
	}
	if worst.Level == None {
		return worst
	}
	told := func(o *Row) bool { return o.sameCell(at, c) }
	other := func(o *Row) bool { return !told(o) && o.cell(c).Level != None }
	when := r.holding(told)
	if !slices.ContainsFunc(r.others, func(o Row) bool { return other(&o) }) {
		worst.When = when
		return worst
	}
	so, less := "so much ", "less "
	if equal {
		so, less = "so ", "otherwise "
	}
	worst.When = so + when + "; " + less + r.holding(other)
	return worst
}

func compareCells(a, b Cell) int {
	return cmp.Or(cmp.Compare(a.Level, b.Level), cmp.Compare(a.Count, b.Count), cmp.Compare(a.Total, b.Total))
}

// sameCell reports whether rows hold the same actions of a class.
func (r *Row) sameCell(o *Row, c cloudwatch.Class) bool {
	class := cloudwatch.ByClass(c, 1)
	for l := Possible; l <= Unscoped; l++ {
		if r.at[l].Intersect(class) != o.at[l].Intersect(class) {
			return false
		}
	}
	return true
}

// Identities are the row's identity in each alternative of its stack that has
// it.
func (r *Row) Identities() []*model.Identity {
	if len(r.others) == 0 {
		return []*model.Identity{r.Identity}
	}
	out := make([]*model.Identity, 0, len(r.others))
	for i := range r.others {
		out = append(out, r.others[i].Identity)
	}
	return out
}

// WhenOf says under which values something is so that is so of some of the
// row's identities; empty when it always is.
func (r *Row) WhenOf(some []*model.Identity) string {
	if len(r.others) == 0 {
		return ""
	}
	return r.holding(func(o *Row) bool { return slices.Contains(some, o.Identity) })
}

// Residuals are what is left to a row's identity of what statements give it
// (Residual), in any alternative of its stack, each once; When says in which.
func (g *Graph) Residuals(r *Row) []Residual {
	if len(r.others) == 0 {
		return g.Residual(r.Identity)
	}
	var out []Residual
	var of [][]*model.Identity
	for _, id := range r.Identities() {
		for _, res := range g.Residual(id) {
			at := slices.IndexFunc(out, func(o Residual) bool { return sameResidual(o, res) })
			if at < 0 {
				at, out, of = len(out), append(out, res), append(of, nil)
			}
			of[at] = append(of[at], id)
		}
	}
	for i := range out {
		out[i].When = r.WhenOf(of[i])
	}
	return out
}

// sameResidual reports whether a statement leaves the same in two alternatives.
func sameResidual(a, b Residual) bool {
	return a.Given.Range() == b.Given.Range() && a.Actions == b.Actions && a.Level == b.Level && a.Verdict == b.Verdict &&
		slices.Equal(a.Resources, b.Resources) && slices.Equal(a.Except, b.Except) &&
		slices.EqualFunc(a.Conditions, b.Conditions, sameCondition) &&
		slices.EqualFunc(a.Cut, b.Cut, func(x, y Cut) bool {
			return x.Place.Range() == y.Place.Range() && x.Takes == y.Takes && x.Actions == y.Actions
		}) && slices.Equal(a.Doubts, b.Doubts)
}

func sameCondition(a, b iam.Condition) bool {
	return a.Range == b.Range && a.Operator == b.Operator && a.Key == b.Key && slices.Equal(a.Values, b.Values)
}
