package access

import (
	"slices"
	"strings"

	"github.com/iamwatch/iamwatch/scanner/cloudwatch"
	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// abroad answers for an identity whose code does not say its partition, in
// those other than AWS's first.
func (q *question) abroad(id *model.Identity, p iam.Policies) (Ability, knowledge) {
	for _, partition := range []string{"aws-cn", "aws-us-gov"} {
		resources := slices.Clone(q.resources(id.Unit, "*"))
		for i, r := range resources {
			resources[i] = strings.Replace(r, "arn:aws:", "arn:"+partition+":", 1)
		}
		if a, known := q.over(id, p, resources); known == able {
			return a, able
		}
	}
	return Ability{Who: identityNode(id)}, unable
}

// part reads an answer about all resources of a pattern as one about at least
// one of them. Where statements cover a part only, each of their patterns is
// asked for itself: what is left of it may be denied.
func (q *question) part(a Ability, p iam.Policies, r iam.Request, d iam.Decision) (Ability, iam.Decision) {
	var within [][]source.String
	for _, t := range d.Tests {
		switch {
		case !aboutResources(t) || t.Direction != iam.EscapesDeny:
		case t.Statement.NotResource:
			within = append(within, t.Statement.Resources)
		default:
			a.Except = append(a.Except, t.Statement.Resources...)
		}
	}
	limited := slices.DeleteFunc(slices.Clone(d.Allowing), func(st *iam.Statement) bool { return !partly(d, st) })
	if len(limited) == 0 {
		d = someResource(d)
		a.Tests, a.Resources = d.Tests, inside(nil, within)
		return a, d
	}
	best, whole := iam.Decision{}, len(limited) < len(d.Allowing)
	if whole {
		best = someResource(d)
	}
	for _, st := range limited {
		for _, pattern := range st.Resources {
			one, ok := q.narrowed(p, r, d, st, pattern)
			switch {
			case !ok || one.Result < best.Result:
			case one.Result > best.Result:
				best, a.Resources = one, []source.String{pattern}
			case len(a.Resources) > 0:
				a.Resources = append(a.Resources, pattern)
			}
		}
		if st.NotResource && best.Result < iam.Conditional {
			best = someResource(d)
			a.Except = append(a.Except, st.Resources...)
		}
	}
	a.Tests, a.Resources = best.Tests, inside(a.Resources, within)
	return a, best
}

// inside are patterns cut down to those that each Deny with NotResource leaves
// out: where neither of two covers the other, the given one stands.
func inside(patterns []source.String, within [][]source.String) []source.String {
	for _, left := range within {
		if len(patterns) == 0 {
			patterns = left
			continue
		}
		var cut []source.String
		for _, p := range patterns {
			for _, l := range left {
				switch {
				case iam.ResourceMatches(p.Value, l.Value) == iam.Yes:
					cut = append(cut, l)
				case iam.Overlaps(p.Value, l.Value) != iam.No && !slices.Contains(cut, p):
					cut = append(cut, p)
				}
			}
		}
		if len(cut) > 0 {
			patterns = cut
		}
	}
	return patterns
}

// partly reports whether a statement covers a part of the resources asked for.
func partly(d iam.Decision, st *iam.Statement) bool {
	return slices.ContainsFunc(d.Tests, func(t iam.Test) bool {
		return t.Statement == st && aboutResources(t) && t.Direction == iam.NeededForAllow
	})
}

// narrowed asks for the resources of one pattern of a statement. A pattern that
// holds what only a request knows cannot be asked: the answer stays.
func (q *question) narrowed(p iam.Policies, r iam.Request, d iam.Decision, st *iam.Statement, pattern source.String) (iam.Decision, bool) {
	if st.NotResource || iam.ResourceMatches(pattern.Value, r.Resource) == iam.No {
		return d, false
	}
	if _, ok := iam.ParseARN(pattern.Value); !ok || strings.Contains(pattern.Value, "${") {
		return someResource(d), true
	}
	r.Resource = source.ReplaceMarks(pattern.Value, func(kind source.HoleKind, label string) string {
		if kind == source.HoleSelf {
			return r.ResourceAccount
		}
		return source.Hole(kind, label)
	})
	one := someResource(iam.Decide(p, r, cloudwatch.Facts{}))
	return one, one.Result != iam.Denied
}
