package scanner

import (
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

// alike parts findings of one rule and place by what they are about: those of
// one entity and part, of which each alternative has one.
func alike(findings []Finding, at []int) [][]int {
	type about struct{ entity, part string }
	type said struct {
		about
		world   int
		message string
	}
	groups := map[about][][]int{}
	nth := map[said]int{}
	var order []about
	for _, i := range at {
		f := findings[i]
		k := about{f.Entity, f.Part}
		if groups[k] == nil {
			order = append(order, k)
		}
		said := said{k, f.Unit.World, f.Message}
		groups[k] = join(findings, groups[k], i, nth[said])
		nth[said]++
	}
	var out [][]int
	for _, k := range order {
		out = append(out, together(findings, groups[k])...)
	}
	return out
}

// join adds a finding to those that say the same in other alternatives; nth
// says how many of its own alternative said it before.
func join(findings []Finding, groups [][]int, i, nth int) [][]int {
	for g, same := range groups {
		if findings[same[0]].Message != findings[i].Message {
			continue
		}
		if nth == 0 {
			groups[g] = append(same, i)
			return groups
		}
		nth--
	}
	return append(groups, []int{i})
}

// together joins groups of one entity and part that no alternative has both
// of: each deployment has one finding of that fingerprint.
func together(findings []Finding, groups [][]int) [][]int {
	var out [][]int
	for _, more := range groups {
		at := slices.IndexFunc(out, func(same []int) bool { return apart(findings, same, more) })
		if at < 0 {
			out = append(out, more)
			continue
		}
		out[at] = slices.Concat(out[at], more)
	}
	return out
}

// apart reports whether no alternative has findings of both groups.
func apart(findings []Finding, a, b []int) bool {
	return !slices.ContainsFunc(a, func(i int) bool {
		return slices.ContainsFunc(b, func(j int) bool { return findings[i].Unit.World == findings[j].Unit.World })
	})
}

// oneOf is the finding that stands for several: the gravest. What is said of
// other alternatives than its own is related.
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
	out.Unit, out.Holds = first.Unit, holds
	kinds := byMessage(findings, same)
	out.Confidence = ConfidenceLow
	for _, k := range kinds {
		out.Confidence = max(out.Confidence, k.confidence(worlds))
	}
	told := kinds[slices.IndexFunc(kinds, func(k wording) bool { return k.Message == worst.Message })]
	if out.When = phrase(worlds, told, kinds, holds); out.When == "" {
		return out
	}
	out.Message += "; " + out.When
	out.Related = slices.Clone(out.Related)
	for _, k := range kinds {
		if k.Message != told.Message {
			out.Related = append(out.Related, Related{k.Range, worlds.When(k.holds) + ": " + k.Message})
		}
	}
	out.Related = append(out.Related, chosen(worlds.Limits(told.holds))...)
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

// A wording is what the findings of some alternatives say.
type wording struct {
	Finding
	holds []bool
}

// byMessage parts findings by what they say.
func byMessage(findings []Finding, same []int) []wording {
	var out []wording
	for _, i := range same {
		f := findings[i]
		at := slices.IndexFunc(out, func(w wording) bool { return w.Message == f.Message })
		if at < 0 {
			at, out = len(out), append(out, wording{f, make([]bool, len(f.Unit.Worlds.Units))})
		}
		out[at].holds[f.Unit.World] = true
		out[at].Finding.Confidence = max(out[at].Finding.Confidence, f.Confidence)
	}
	return out
}

// confidence is that of a finding whose alternatives somebody must ask for, if
// it does not hold at the defaults.
func (w *wording) confidence(worlds *model.Worlds) Confidence {
	if worlds.When(w.holds) != "" && !worlds.AtDefaults(w.holds) {
		return min(w.Finding.Confidence, ConfidenceMedium)
	}
	return w.Finding.Confidence
}

// phrase says when a finding holds as it is told, and when it holds otherwise.
func phrase(worlds *model.Worlds, told wording, kinds []wording, holds []bool) string {
	if len(kinds) == 1 {
		return worlds.When(holds)
	}
	so, less := "so much ", "less "
	for _, k := range kinds {
		if k.Message != told.Message && len(k.Actions) >= len(told.Actions) {
			so, less = "so ", "otherwise "
		}
	}
	other := slices.Clone(holds)
	for i, t := range told.holds {
		other[i] = other[i] && !t
	}
	return so + worlds.When(told.holds) + "; " + less + worlds.When(other)
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
