package scanner

import (
	"fmt"
	"slices"
	"strings"

	"github.com/iamwatch/iamwatch/scanner/source"
)

// own moves what was found in fetched modules into the user's own files, to
// what fetches them: no report shows a file of a cache. Where in the module it
// is stands in the message.
func own(findings []Finding) []Finding {
	for i := range findings {
		f := &findings[i]
		if f.Range.IsFetched() {
			f.Message += "; it is written" + forWhom(f) + fmt.Sprintf(" in the fetched module, at %s", f.Range)
			f.Range = f.Range.Own()
		}
		f.Related = ownRelated(f.Range, f.Related)
		f.Path = ownPath(f.Path)
	}
	return findings
}

// forWhom names the thing concerned where the message does not: what one call
// makes several times would otherwise read alike.
func forWhom(f *Finding) string {
	if f.Subject == "" || strings.Contains(f.Message, f.Subject) {
		return ""
	}
	return " for " + f.Subject
}

// ownRelated moves places of fetched modules. Of those that come to one place
// the first stays, and none where the finding or a place of the user's is.
func ownRelated(primary source.Range, list []Related) []Related {
	if !slices.ContainsFunc(list, func(r Related) bool { return r.Range.IsFetched() }) {
		return slices.DeleteFunc(list, func(r Related) bool { return r.Range == primary })
	}
	taken := map[source.Range]bool{primary: true}
	for _, r := range list {
		taken[r.Range] = true
	}
	out := make([]Related, 0, len(list))
	for _, r := range list {
		at := r.Range.Own()
		switch {
		case at == r.Range && at != primary:
			out = append(out, r)
		case !taken[at]:
			taken[at] = true
			out = append(out, Related{Range: at, Message: fmt.Sprintf("%s, at %s", r.Message, r.Range)})
		}
	}
	return out
}

// ownPath moves the steps of a path, all of which stay.
func ownPath(path []Step) []Step {
	for i, s := range path {
		if s.Range.IsFetched() {
			path[i] = Step{Range: s.Range.Own(), Message: fmt.Sprintf("%s, at %s", s.Message, s.Range)}
		}
	}
	return path
}

// ownDiagnostic moves what could not be read of a fetched module.
func ownDiagnostic(d source.Diagnostic) source.Diagnostic {
	if d.Range.IsFetched() {
		d.Message = fmt.Sprintf("%s, at %s of the fetched module", d.Message, d.Range)
		d.Range = d.Range.Own()
	}
	return d
}
