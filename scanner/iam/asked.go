package iam

import (
	"encoding/binary"
	"strings"
)

// An asked is the action and the resource of a request, made ready once for
// all the patterns that are laid beside them.
type asked struct {
	action string
	// lower is the action in lower case; plain says that it is whole there
	// and compares letter by letter: it has a service and holds no hole.
	lower lowerAction
	plain bool
	// head is the first bytes of lower.
	head uint64
	// resource is the request's resource, "*" where it names none.
	resource   string
	everything bool
	// logsList says that the action lists what CloudWatch Logs holds.
	logsList bool

	cut, arn bool
	// colons are the offsets of the first five colons, count how many there
	// are in all.
	colons [5]int
	count  int
}

// maxAction is the longest action that is matched in its compiled form; AWS's
// longest names have half as many characters.
const maxAction = 112

// A lowerAction is an action in lower case.
type lowerAction struct {
	text [maxAction]byte
	n    int
}

func (l *lowerAction) is(s string) bool { return string(l.text[:l.n]) == s }

func (l *lowerAction) begins(s string) bool { return len(s) <= l.n && string(l.text[:len(s)]) == s }

func (a *asked) ask(r *Request) {
	a.action, a.resource = r.Action, r.Resource
	if a.resource == "" {
		a.resource = "*"
	}
	a.everything = a.resource == "*"
	a.logsList = a.everything && isLogsList(a.action)
	if len(a.action) > maxAction {
		return
	}
	a.lower.n = copy(a.lower.text[:], a.action)
	text := a.lower.text[:a.lower.n]
	for i, c := range text {
		if c-'A' < 26 {
			c += 'a' - 'A'
		}
		text[i] = c
	}
	a.head = binary.LittleEndian.Uint64(a.lower.text[:])
	a.plain = strings.IndexByte(a.action, ':') >= 0 && strings.IndexByte(a.action, markOpen[0]) < 0
}

// isARN reports whether the resource is one ARN of six fields, known whole
// and with its middle fields in lower case, as AWS writes them. Any other is
// matched as text.
func (a *asked) isARN() bool {
	if !a.cut {
		a.cut = true
		a.arn = a.cutARN()
	}
	return a.arn
}

func (a *asked) cutARN() bool {
	s := a.resource
	if strings.IndexByte(s, '$') >= 0 || isQuery(s) || !cutColons(s, &a.colons) {
		return false
	}
	a.count = strings.Count(s, ":")
	for i := a.colons[0]; i < a.colons[4]; i++ {
		if c := s[i]; 'A' <= c && c <= 'Z' {
			return false
		}
	}
	return true
}

// cutColons finds the first five colons of s; it is false when there are
// fewer.
func cutColons(s string, colons *[5]int) bool {
	at := 0
	for i := range colons {
		n := strings.IndexByte(s[at:], ':')
		if n < 0 {
			return false
		}
		colons[i] = at + n
		at += n + 1
	}
	return true
}

// isDoubtful reports whether a match of a compiled pattern rests on a
// wildcard where AWS does not allow one (see the function of this name).
func (a *asked) isDoubtful(f *resourceForm) bool {
	if f.wildService {
		return true
	}
	resource := a.resource[a.colons[4]+1:]
	if f.wildType < 0 || f.wildType >= len(resource) || hasNoType(a.resource[a.colons[1]+1:a.colons[2]]) {
		return false
	}
	return !strings.ContainsAny(resource[:f.wildType+1], ":/")
}
