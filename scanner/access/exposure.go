package access

import (
	"cmp"
	"slices"
	"strings"

	"github.com/iamwatch/iamwatch/scanner/cloudwatch"
	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/model"
)

// worstActions is how many actions a cell names.
const worstActions = 5

// A Row is what one identity can do to telemetry, by class.
type Row struct {
	Identity *model.Identity
	// Admin says that it is an administrator (RULES.md: admin(P)).
	Admin bool
	// Unseen says that something attached to it could not be read and may
	// grant more.
	Unseen bool
	// When says under which values of its stack's parameters the cells are so,
	// where that is the same for all of them; else each cell says it. AdminWhen
	// says when it is an administrator. Both are empty for what always holds.
	When, AdminWhen string

	// others are the rows of the alternatives of the stack that have the
	// identity, this one among them; nil for a row of one alternative.
	others []Row
	// at holds each action once, under the worst level it is held at.
	at [Unscoped + 1]cloudwatch.ActionSet
}

// A Cell is one class of a row.
type Cell struct {
	Class cloudwatch.Class
	// Level is the worst at which any action of the class is held.
	Level Level
	// Count is the number of actions at that level, Total that at Scoped and
	// worse.
	Count, Total int
	// Worst are at most five actions: by impact, then level, then order of
	// the catalogue. Those that are only Possible are left out unless the
	// cell holds no others.
	Worst []*cloudwatch.Action
	// When says under which values of the stack's parameters the cell is so, and
	// under which others it is less. It is empty for what always holds.
	When string
}

// ExposureClasses are all classes in the order of the matrix: first those that
// expose telemetry, then the rest.
func ExposureClasses() []cloudwatch.Class {
	return append(exposing(), cloudwatch.ClassRecon, cloudwatch.ClassCost, cloudwatch.ClassTag, cloudwatch.ClassManage)
}

// exposing are the classes that expose telemetry (DESIGN.md, section 1).
func exposing() []cloudwatch.Class {
	return []cloudwatch.Class{
		cloudwatch.ClassRead, cloudwatch.ClassTamper, cloudwatch.ClassBlind,
		cloudwatch.ClassExfiltrate, cloudwatch.ClassControl, cloudwatch.ClassEscalate,
	}
}

// Exposure is the matrix of identities and classes: a row for each identity of
// the scan, also for those that reach nothing. The worst come first:
// administrators, then by the number of exposing classes of which an action of
// impact 3 is held unscoped, then by the number of exposing classes and their
// actions that are held unscoped, conditionally, scoped; last by kind, name and
// unit. It is worked out anew at each call.
func (g *Graph) Exposure() []Row {
	b := newBuilder(g)
	var rows []Row
	var ranks []rank
	for _, u := range g.model.Units {
		for _, id := range u.Identities {
			b.cuts = map[*model.Identity]*cuts{}
			rows = append(rows, b.row(id))
			r := &rows[len(rows)-1]
			ranks = append(ranks, rank{at: len(rows) - 1, weights: r.weights(), label: r.label()})
		}
	}
	slices.SortStableFunc(ranks, rank.compare)
	out := make([]Row, len(rows))
	for i, r := range ranks {
		out[i] = rows[r.at]
	}
	return MergeRows(out)
}

// ExposureOf is the row of one identity.
func (g *Graph) ExposureOf(id *model.Identity) Row {
	b := newBuilder(g)
	return b.row(id)
}

// row sums up what an identity holds.
func (b *builder) row(id *model.Identity) Row {
	row := Row{Identity: id, Admin: b.graph.Holding(id).Admin, Unseen: b.unseen(id)}
	if c := b.of(id); len(c.denies) == 0 && c.boundary == nil && len(c.controls) == 0 {
		row.uncut(b.graph.held(id), b.own(id.Unit))
		return row
	}
	for _, r := range b.residual(id) {
		if r.Verdict != iam.Denied {
			row.hold(r.Level, r.Actions)
		}
	}
	return row
}

// unseen reports whether an identity or a group of a user holds something that
// could not be read.
func (b *builder) unseen(id *model.Identity) bool {
	return b.graph.Unseen(id) || slices.ContainsFunc(id.GroupsOf, b.graph.Unseen)
}

// uncut sums up grants that nothing cuts, whose levels the graph has already.
func (r *Row) uncut(grants []held, own iam.Accounts) {
	for _, h := range grants {
		gr := h.grant
		if open := gr.Possible.Minus(gr.Patterns); !open.Empty() {
			r.hold(Possible, scope(gr.Statement, open, own).reached)
		}
		if gr.Statement.Effect == iam.EffectUnknown {
			r.hold(Possible, h.holder.Actions)
			continue
		}
		r.hold(Scoped, h.holder.Actions)
		r.hold(Conditional, h.holder.UnscopedResources)
		if m := h.holder.MaybeUnscoped; !m.Empty() && openWhenEmpty(gr.Statement, m) {
			r.hold(Conditional, m)
		}
		r.hold(Unscoped, h.holder.Unscoped)
	}
}

// hold adds actions at a level, unless they are held at a worse one.
func (r *Row) hold(l Level, actions cloudwatch.ActionSet) {
	for worse := l + 1; worse <= Unscoped; worse++ {
		actions = actions.Minus(r.at[worse])
	}
	for milder := Possible; milder < l; milder++ {
		r.at[milder] = r.at[milder].Minus(actions)
	}
	r.at[l] = r.at[l].Union(actions)
}

// At are the actions of the catalogue that are held at a level, and at no
// worse one.
func (r *Row) At(l Level) cloudwatch.ActionSet { return r.at[l] }

// Empty reports whether the identity reaches nothing, for all that was read.
func (r *Row) Empty() bool {
	for l := Possible; l <= Unscoped; l++ {
		if !r.at[l].Empty() {
			return false
		}
	}
	return !r.Admin
}

// Cell is the row's cell of a class: the worst of the alternatives of a stack.
func (r *Row) Cell(c cloudwatch.Class) Cell {
	if len(r.others) > 0 {
		return r.worstCell(c)
	}
	return r.cell(c)
}

func (r *Row) cell(c cloudwatch.Class) Cell {
	cell := Cell{Class: c}
	class := cloudwatch.ByClass(c, 1)
	var at [Unscoped + 1]cloudwatch.ActionSet
	for l := Unscoped; l > None; l-- {
		at[l] = r.at[l].Intersect(class)
		n := at[l].Len()
		if n > 0 && cell.Level == None {
			cell.Level, cell.Count = l, n
		}
		if l >= Scoped {
			cell.Total += n
		}
	}
	lowest := min(Scoped, cell.Level)
	for impact := 3; impact > 0; impact-- {
		for l := cell.Level; l >= lowest && l > None; l-- {
			cell.name(at[l], impact)
		}
	}
	return cell
}

// name adds the actions of an impact to those that a cell names, as far as
// there is room: first those of the CloudWatch family.
func (c *Cell) name(actions cloudwatch.ActionSet, impact int) {
	for _, id := range actions.IDs() {
		if len(c.Worst) == worstActions {
			return
		}
		if a := cloudwatch.ActionByID(id); a.Impact == impact {
			c.Worst = append(c.Worst, a)
		}
	}
}

// A rank is what rows are sorted by.
type rank struct {
	at      int
	weights []int
	label   string
}

func (r rank) compare(o rank) int {
	return cmp.Or(slices.Compare(o.weights, r.weights), strings.Compare(r.label, o.label))
}

// weights say how bad a row is, the first first.
func (r *Row) weights() []int {
	w := make([]int, 2, 8)
	if r.Admin {
		w[0] = 1
	}
	for _, c := range exposing() {
		if !r.at[Unscoped].Intersect(cloudwatch.ByClass(c, 3)).Empty() {
			w[1]++
		}
	}
	for l := Unscoped; l >= Scoped; l-- {
		classes, actions := 0, 0
		for _, c := range exposing() {
			if n := r.at[l].Intersect(cloudwatch.ByClass(c, 1)).Len(); n > 0 {
				classes, actions = classes+1, actions+n
			}
		}
		w = append(w, classes, actions)
	}
	return w
}

func (r *Row) label() string {
	id := r.Identity
	return strings.Join([]string{id.Kind.String(), id.Show(), id.Unit.Name}, "\x00")
}
