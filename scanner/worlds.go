package scanner

import (
	"fmt"
	"slices"

	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// merged makes one finding of those that the alternatives of a stack give of
// one rule at one place. What is not found in all of them says when it holds.
func merged(findings []Finding) []Finding {
	groups := map[placed][]int{}
	for i, f := range findings {
		if f.Unit != nil && f.Unit.Worlds != nil {
			k := placed{rule: f.Rule, worlds: f.Unit.Worlds, at: f.Range}
			groups[k] = append(groups[k], i)
		}
	}
	if len(groups) == 0 {
		return findings
	}
	out := make([]Finding, 0, len(findings))
	done := map[int]bool{}
	for i, f := range findings {
		switch {
		case f.Unit == nil || f.Unit.Worlds == nil:
			out = append(out, f)
		case !done[i]:
			for _, same := range alike(findings, groups[placed{rule: f.Rule, worlds: f.Unit.Worlds, at: f.Range}]) {
				for _, j := range same {
					done[j] = true
				}
				out = append(out, oneOf(findings, same))
			}
		}
	}
	return out
}

// placed is where the findings of one rule meet.
type placed struct {
	rule   *Rule
	worlds *model.Worlds
	at     source.Range
}

// alike parts findings of one rule and place by what they are about. Where no
// alternative has several, they are all about the same: a name that holds the
// value of a parameter is another in each.
func alike(findings []Finding, at []int) [][]int {
	perWorld := map[int]bool{}
	several := false
	for _, i := range at {
		several = several || perWorld[findings[i].Unit.World]
		perWorld[findings[i].Unit.World] = true
	}
	if !several {
		return [][]int{at}
	}
	type about struct {
		entity, part string
		nth          int
	}
	seen := map[string]int{}
	groups := map[about]int{}
	var out [][]int
	for _, i := range at {
		f := findings[i]
		key := fmt.Sprint(f.Unit.World, "\x00", f.Entity, "\x00", f.Part)
		k := about{f.Entity, f.Part, seen[key]}
		seen[key]++
		g, ok := groups[k]
		if !ok {
			g = len(out)
			groups[k], out = g, append(out, nil)
		}
		out[g] = append(out[g], i)
	}
	return out
}

// oneOf is the finding that stands for several: the gravest, under the name
// that the thing has when the parameters are left at their defaults.
func oneOf(findings []Finding, same []int) Finding {
	first, worst := findings[same[0]], findings[same[0]]
	worlds := first.Unit.Worlds
	holds := make([]bool, len(worlds.Units))
	for _, i := range same {
		f := findings[i]
		holds[f.Unit.World] = true
		if f.Unit.World < first.Unit.World {
			first = f
		}
		if graver(f, worst) {
			worst = f
		}
	}
	out := worst
	out.Entity, out.Part, out.Unit = first.Entity, first.Part, first.Unit
	out.Holds = holds
	if out.When = worlds.When(holds); out.When == "" {
		return out
	}
	out.Message += "; " + out.When
	out.Related = append(slices.Clone(out.Related), chosen(worlds.Limits(holds))...)
	if !worlds.AtDefaults(holds) {
		out.Confidence = min(out.Confidence, ConfidenceMedium)
	}
	return out
}

// chosen are the places where the values are written that decide whether a
// finding holds.
func chosen(inputs []model.WorldInput) []Related {
	var out []Related
	for _, in := range inputs {
		switch {
		case in.At.IsZero():
		case in.Default >= 0 && !in.Secret:
			out = append(out, Related{Range: in.At, Message: "the default of " + in.Name})
		default:
			out = append(out, Related{Range: in.At, Message: "the parameter " + in.Name})
		}
	}
	return out
}

func graver(a, b Finding) bool {
	if a.Confidence != b.Confidence {
		return a.Confidence > b.Confidence
	}
	if len(a.Actions) != len(b.Actions) {
		return len(a.Actions) > len(b.Actions)
	}
	return a.Unit.World < b.Unit.World
}

// A census counts what units hold, each thing of a stack once, whatever the
// alternatives that have it.
type census struct {
	stats *Stats
	seen  map[counted]bool
}

type counted struct {
	worlds *model.Worlds
	at     source.Range
	what   string
}

// new reports whether a thing of a unit is to be counted.
func (c *census) new(u *model.Unit, at source.Range, what string) bool {
	if u.Worlds == nil {
		return true
	}
	k := counted{u.Worlds, at, what}
	if c.seen[k] {
		return false
	}
	c.seen[k] = true
	return true
}

func (c *census) unit(u *model.Unit) {
	for _, x := range u.Unresolved {
		if c.new(u, source.Range{}, "unresolved "+x.Expression) {
			c.stats.Unknown++
		}
	}
	for _, id := range u.Identities {
		if !id.Elsewhere && c.new(u, id.Range, "principal "+id.Address) {
			c.stats.Principals++
		}
	}
	eachDocument(u, func(d *iam.Document) {
		if d != nil && c.new(u, d.Range, "document") {
			c.stats.document(d)
		}
	})
}
