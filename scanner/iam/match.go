package iam

import "github.com/iamwatch/iamwatch/scanner/source"

// A Verdict is a three-valued answer: No < Maybe < Yes.
type Verdict uint8

// The verdicts.
const (
	No Verdict = iota
	Maybe
	Yes
)

// A glyph is one element of a pattern: a rune, ? or *, or a hole.
type glyph struct {
	r     rune
	kind  glyphKind
	label string
}

type glyphKind uint8

const (
	letter glyphKind = iota
	anyOne
	anyRun
	gap
)

// glyphs cuts a pattern; fold lowers its letters.
func glyphs(pattern string, fold bool) []glyph {
	out := make([]glyph, 0, len(pattern))
	for _, p := range source.Pieces(pattern) {
		if p.IsHole() {
			out = append(out, glyph{kind: gap, label: string(p.Kind) + ":" + p.Label})
			continue
		}
		for _, r := range p.Text {
			switch {
			case r == '*':
				if n := len(out); n == 0 || out[n-1].kind != anyRun {
					out = append(out, glyph{kind: anyRun})
				}
			case r == '?':
				// ? before *, so that equal languages look equal.
				if n := len(out); n > 0 && out[n-1].kind == anyRun {
					out = append(out[:n-1], glyph{kind: anyOne}, out[n-1])
				} else {
					out = append(out, glyph{kind: anyOne})
				}
			default:
				if fold && r >= 'A' && r <= 'Z' {
					r += 'a' - 'A'
				}
				out = append(out, glyph{r: r})
			}
		}
	}
	return out
}

func holey(g []glyph) bool {
	for _, x := range g {
		if x.kind == gap {
			return true
		}
	}
	return false
}

// opened reads a hole as any run.
func opened(g []glyph) []glyph {
	out := make([]glyph, len(g))
	for i, x := range g {
		if x.kind == gap {
			x = glyph{kind: anyRun}
		}
		out[i] = x
	}
	return out
}

// covers reports whether p matches everything that q does. The * of q is
// consumed by a * of p alone, and a hole by an equal hole or a *.
func covers(p, q []glyph) bool {
	i, j, star, mark := 0, 0, -1, 0
	for j < len(q) {
		switch {
		case i < len(p) && p[i].kind == anyRun:
			star, mark = i, j
			i++
		case i < len(p) && takes(p[i], q[j]):
			i, j = i+1, j+1
		case star >= 0:
			mark++
			i, j = star+1, mark
		default:
			return false
		}
	}
	for i < len(p) && p[i].kind == anyRun {
		i++
	}
	return i == len(p)
}

func takes(p, q glyph) bool {
	switch p.kind {
	case letter:
		return q.kind == letter && p.r == q.r
	case anyOne:
		return q.kind == letter || q.kind == anyOne
	case gap:
		return q.kind == gap && p.label == q.label
	}
	return false
}

// overlaps reports whether one text can match both; a hole is any run.
func overlaps(a, b []glyph) bool {
	next := make([]bool, len(b)+1)
	row := make([]bool, len(b)+1)
	for i := len(a); i >= 0; i-- {
		for j := len(b); j >= 0; j-- {
			row[j] = overlapAt(a, b, i, j, row, next)
		}
		row, next = next, row
	}
	return next[0]
}

func wild(g glyph) bool { return g.kind == anyRun || g.kind == gap }

func overlapAt(a, b []glyph, i, j int, row, next []bool) bool {
	switch {
	case i == len(a) && j == len(b):
		return true
	case i < len(a) && wild(a[i]) && next[j]:
		return true
	case j < len(b) && wild(b[j]) && row[j+1]:
		return true
	case i == len(a) || j == len(b):
		return false
	case wild(a[i]):
		return row[j+1]
	case wild(b[j]):
		return next[j]
	case a[i].kind == anyOne || b[j].kind == anyOne || a[i].r == b[j].r:
		return next[j+1]
	}
	return false
}

// Covers reports whether every text that other matches is matched by pattern.
func Covers(pattern, other string) Verdict {
	return coverVerdict(glyphs(pattern, false), glyphs(other, false))
}

func coverVerdict(p, q []glyph) Verdict {
	switch {
	case covers(p, q):
		return Yes
	case holey(p) && covers(opened(p), q), holey(q) && overlaps(p, q):
		return Maybe
	}
	return No
}

// Overlaps reports whether one text can match both patterns.
func Overlaps(a, b string) Verdict {
	x, y := glyphs(a, false), glyphs(b, false)
	switch {
	case !overlaps(x, y):
		return No
	case holey(x) || holey(y):
		return Maybe
	}
	return Yes
}

// MatchAction reports whether a pattern of Action matches an action; case
// does not matter ("IAM JSON policy elements: Action").
func MatchAction(pattern, action string) Verdict {
	if pattern == "*" || pattern == "*:*" {
		return Yes
	}
	return coverVerdict(glyphs(pattern, true), glyphs(action, true))
}

// MatchesAction reports whether a statement's actions hold an action.
func (st *Statement) MatchesAction(action string) Verdict {
	best := No
	for _, a := range st.Actions {
		best = max(best, MatchAction(a.Value, action))
	}
	if st.NotAction {
		return Yes - best
	}
	return best
}
