package iam

import "strings"

// A resourceForm is a pattern of Resource.
type resourceForm struct {
	text string
	// lower is the pattern with its middle fields in lower case, head how
	// much of it stands before the first wildcard.
	lower string
	head  int
	kind  formKind
	// wildService says that the service field holds a wildcard; wildType is
	// the offset within the sixth field of one in the resource type, or -1.
	wildService bool
	wildType    int
	// colons are the offsets of the first five colons, count how many there
	// are in all.
	colons [5]int
	count  int
	// first and last bound the middle fields.
	first, last int
	// open says that the only wildcard of the sixth field is a * at its end.
	open bool
}

func compileResource(pattern string) resourceForm {
	f := resourceForm{text: pattern, wildType: -1}
	switch {
	case allStars(pattern):
		f.kind = byAll
		return f
	case hasMark(pattern) || isShort(pattern) || strings.Contains(pattern, "${"):
		return f
	}
	f.first, f.last = middle(pattern)
	f.lower = foldASCII(pattern, f.first, f.last)
	f.count = strings.Count(pattern, ":")
	f.head = strings.IndexAny(pattern, "*?")
	f.doubts()
	switch {
	case f.head < 0:
		f.kind, f.head = byEquality, len(pattern)
	case pattern[f.head:] == "*":
		f.kind = byPrefix
	case f.isByField():
		f.kind = byFields
	default:
		f.kind = byRest
	}
	return f
}

// doubts finds the wildcards that isDoubtful looks for.
func (f *resourceForm) doubts() {
	var p [6]string
	n := cutARN(f.text, &p)
	f.wildService = n >= 3 && hasWildcard(p[2])
	if n < 6 || allStars(p[5]) {
		return
	}
	if i := strings.IndexAny(p[5], "*?"); i >= 0 && !strings.ContainsAny(p[5][:i], ":/") {
		f.wildType = i
	}
}

// isByField finds the colons; it reports whether each field before the
// sixth is plain or a *.
func (f *resourceForm) isByField() bool {
	if !cutColons(f.text, &f.colons) || f.head < f.colons[0] {
		return false
	}
	for i := range 4 {
		if s := f.text[f.colons[i]+1 : f.colons[i+1]]; s != "*" && hasWildcard(s) {
			return false
		}
	}
	sixth := f.text[f.colons[4]+1:]
	f.open = strings.IndexAny(sixth, "*?") == len(sixth)-1 && strings.HasSuffix(sixth, "*")
	return true
}

// match is whether the pattern matches the ARN that is asked for.
func (f *resourceForm) match(a *asked) bool {
	if f.kind == byEquality {
		return a.resource == f.lower
	}
	if !strings.HasPrefix(a.resource, f.lower[:f.head]) {
		return false
	}
	switch f.kind {
	case byPrefix:
		return true
	case byFields:
		if f.matchFields(a) {
			return true
		}
		// Only where the ARN has colons to spare can a * run past one.
		if a.count <= f.count {
			return false
		}
	}
	w := arnWalk{pattern: f.text, text: a.resource, wide: -1, narrow: -1, pFirst: f.first, pLast: f.last, tFirst: a.colons[0], tLast: a.colons[4]}
	return w.run(f.head)
}

func (f *resourceForm) matchFields(a *asked) bool {
	for i := range 4 {
		s := f.lower[f.colons[i]+1 : f.colons[i+1]]
		if s != "*" && s != a.resource[a.colons[i]+1:a.colons[i+1]] {
			return false
		}
	}
	pattern, resource := f.text[f.colons[4]+1:], a.resource[a.colons[4]+1:]
	if f.open {
		return strings.HasPrefix(resource, pattern[:len(pattern)-1])
	}
	return glob(pattern, resource, false)
}

// onCompiled is onPattern for the pattern at index i, by its form.
func (e *evaluation) onCompiled(st *Statement, form *statementForm, b *binding, i int) Verdict {
	pattern := st.Resources[i].Value
	if form == nil || i >= len(form.resources) {
		return e.onPattern(st, b, pattern)
	}
	f, a := &form.resources[i], &e.asked
	switch {
	case f.kind == byText || f.text != pattern:
	case f.kind == byAll:
		return Yes
	case a.everything && !a.logsList:
		return No
	case a.isARN():
		return a.onARN(st, f)
	}
	return e.onPattern(st, b, pattern)
}

func (a *asked) onARN(st *Statement, f *resourceForm) Verdict {
	switch {
	case !f.match(a):
		return No
	case (st.Effect != Allow || st.NotResource) && a.isDoubtful(f):
		return Maybe
	}
	return Yes
}
