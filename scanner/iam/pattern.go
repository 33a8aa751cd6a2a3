package iam

import (
	"strings"
)

// MatchAction reports whether an action pattern matches an action, without
// regard to case ("IAM JSON policy elements: Action"). A name that is empty
// or holds a comma or a space matches nothing. A wildcard in the service
// prefix matches as text; a statement that needs such a match for a Deny
// weakens it (see Statement.MatchesAction). A hole in either gives Maybe
// unless the known text rules a match out.
func MatchAction(pattern, action string) Verdict {
	if hasMark(pattern) || hasMark(action) {
		return matchHoley(pattern, action)
	}
	service, name, ok := strings.Cut(pattern, ":")
	if !ok {
		return verdict(allStars(pattern))
	}
	actionService, actionName, _ := strings.Cut(action, ":")
	return verdict(glob(service, actionService, true) && glob(name, actionName, true) && !isNoName(name))
}

// isNoName reports whether the name part of an action matches nothing.
func isNoName(s string) bool {
	return s == "" || strings.IndexByte(s, ',') >= 0 || strings.IndexByte(s, ' ') >= 0
}

func matchHoley(pattern, action string) Verdict {
	var pb, ab [64]token
	l := lexer{wild: true, fold: true}
	p, _ := l.text(pb[:0], pattern)
	l.wild = false
	a, _ := l.text(ab[:0], action)
	return compare(p, a)
}

// compare is Yes when p covers q, No when they cannot meet.
func compare(p, q []token) Verdict {
	switch {
	case !meet(p, q, true):
		return No
	case covers(p, q):
		return Yes
	}
	return Maybe
}

// Covers reports whether every text that other matches is matched by
// pattern. Both are plain text with * and ?, compared with regard to case;
// holes and ${...} are text that is not known, equal ones being equal.
func Covers(pattern, other string) Verdict {
	if pattern == other || allStars(pattern) {
		return Yes
	}
	var pb, qb [96]token
	l := lexer{wild: true, variables: true}
	p, _ := l.text(pb[:0], pattern)
	q, _ := l.text(qb[:0], other)
	switch {
	case covers(p, q):
		return Yes
	case !hasHoles(p) && !hasHoles(q):
		return No
	case !meet(p, q, true):
		return No
	case !hasHoles(q) && !covers(open(p), q):
		return No
	}
	return Maybe
}

// open turns the holes of a pattern into runs, in place.
func open(p []token) []token {
	for i := range p {
		if p[i].kind == hole {
			p[i] = token{kind: many, class: p[i].class}
		}
	}
	return p
}

// Overlaps reports whether one text can match both patterns, which are read
// as by Covers.
func Overlaps(a, b string) Verdict {
	var pb, qb [96]token
	l := lexer{wild: true, variables: true}
	p, _ := l.text(pb[:0], a)
	q, _ := l.text(qb[:0], b)
	switch {
	case !meet(p, q, true):
		return No
	case meet(p, q, false):
		return Yes
	}
	return Maybe
}
