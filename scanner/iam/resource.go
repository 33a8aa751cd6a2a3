package iam

import (
	"strings"

	"github.com/iamwatch/iamwatch/scanner/source"
)

// An ARN is an Amazon Resource Name cut at its first five colons.
type ARN struct{ Partition, Service, Region, Account, Resource string }

// ParseARN cuts an ARN, not inside ${...} nor inside a hole. A text with
// fewer than six fields is none.
func ParseARN(s string) (ARN, bool) {
	f := fields(s)
	if len(f) < 6 || f[0] != "arn" {
		return ARN{}, false
	}
	return ARN{f[1], f[2], f[3], f[4], f[5]}, true
}

// fields cuts at the first five colons outside of variables and holes.
func fields(s string) []string {
	var out []string
	depth, start := 0, 0
	inHole := false
	for i, r := range s {
		switch {
		case r == '\uFDD0':
			inHole = true
		case r == '\uFDD1':
			inHole = false
		case inHole:
		case r == '{' && i > 0 && s[i-1] == '$':
			depth++
		case r == '}' && depth > 0:
			depth--
		case r == ':' && depth == 0 && len(out) < 5:
			out = append(out, s[start:i])
			start = i + 1
		}
	}
	return append(out, s[start:])
}

// Account is the account of an AWS principal: 12 digits, or "self".
func (p Principal) Account() (string, bool) {
	id := p.Value.Value
	if a, ok := ParseARN(id); ok {
		id = a.Account
	}
	if ps := source.Pieces(id); len(ps) == 1 && ps[0].Kind == source.HoleSelf {
		return "self", true
	}
	return id, len(id) == 12 && strings.Trim(id, "0123456789") == ""
}

// literalStar stands for the * that ends the ARN of a log group: it is part
// of the name that log-group actions carry, and no wildcard of a query.
const literalStar = "\uFDD2"

// ResourceMatches reports whether a resource pattern holds a resource: yes if
// it covers the whole query, no if the two are disjoint.
func ResourceMatches(pattern, query string) Verdict {
	if strings.Trim(pattern, "*") == "" && pattern != "" {
		return Yes
	}
	if query == "*" {
		return No
	}
	if strings.Contains(query, ":log-group:") && strings.HasSuffix(query, ":*") {
		query = query[:len(query)-1] + literalStar
	}
	p, q := fields(variables(pattern)), fields(query)
	if len(q) < 6 {
		return coverOrMeet(variables(pattern), query, false)
	}
	if strings.HasSuffix(pattern, "*") && len(p) < 6 {
		return coverOrMeet(strings.Join(p, ":"), query, false)
	}
	for len(p) < 6 {
		p = append(p, "*")
	}
	v := Yes
	for i := range 6 {
		if strings.HasSuffix(p[i], "*") && i < 5 {
			// A last * runs past the colon: try the rest as one text.
			run := coverOrMeet(strings.Join(p[i:], ":"), strings.Join(q[i:], ":"), false)
			one := fieldsVerdict(p[i:], q[i:], i)
			return min(v, max(run, one))
		}
		v = min(v, coverOrMeet(p[i], q[i], i < 5))
	}
	return v
}

func fieldsVerdict(p, q []string, from int) Verdict {
	v := Yes
	for i := range p {
		v = min(v, coverOrMeet(p[i], q[i], from+i < 5))
	}
	return v
}

func coverOrMeet(p, q string, fold bool) Verdict {
	x, y := glyphs(p, fold), glyphs(q, fold)
	switch {
	case covers(x, y):
		return Yes
	case overlaps(x, y):
		return Maybe
	}
	return No
}

// variables reads ${*} and its kin as text and any other variable as a hole.
func variables(s string) string {
	if !strings.Contains(s, "${") {
		return s
	}
	var b strings.Builder
	for {
		i := strings.Index(s, "${")
		if i < 0 {
			break
		}
		j := strings.IndexByte(s[i:], '}')
		if j < 0 {
			break
		}
		b.WriteString(s[:i])
		b.WriteString(source.Hole(source.HoleFree, s[i+2:i+j]))
		s = s[i+j+1:]
	}
	b.WriteString(s)
	return b.String()
}

// openTemplate turns every ${Var} of an ARN template into *.
func openTemplate(t string) string {
	var b strings.Builder
	for {
		i := strings.Index(t, "${")
		if i < 0 {
			break
		}
		j := strings.IndexByte(t[i:], '}')
		if j < 0 {
			break
		}
		b.WriteString(t[:i] + "*")
		t = t[i+j+1:]
	}
	return b.String() + t
}
