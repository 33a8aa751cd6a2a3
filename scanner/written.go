package scanner

import (
	"fmt"
	"slices"

	"github.com/iamwatch/iamwatch/scanner/source"
)

// madeAt says what the place in a made file is to a finding that is shown
// where a person wrote what made it.
const madeAt = "made of it here"

// written moves what was found in files that a program made to the places that
// a person wrote, where those are known: a template that was synthesized is no
// file that anybody changes. The place in the made file stays as a related one.
// What one such place made more than once is one finding.
func written(findings []Finding) []Finding {
	moved := false
	for i := range findings {
		moved = toWritten(&findings[i]) || moved
	}
	if !moved {
		return findings
	}
	return joinMade(findings)
}

// toWritten moves the places of one finding and reports whether its own moved.
func toWritten(f *Finding) bool {
	for i, s := range f.Path {
		if by := s.Range.Maker(); !by.IsZero() {
			f.Path[i].Range = by
		}
	}
	at, by := f.Range, f.Range.Maker()
	if by.IsZero() {
		f.Related = relatedWritten(at, f.Related)
		return false
	}
	f.Range = by
	f.Related = append([]Related{{Range: at, Message: madeAt}}, relatedWritten(by, f.Related)...)
	return true
}

// relatedWritten moves places of made files. Of those that come to one place
// the first stays, and none where the finding is.
func relatedWritten(primary source.Range, list []Related) []Related {
	if !slices.ContainsFunc(list, func(r Related) bool { return !r.Range.Maker().IsZero() }) {
		return list
	}
	taken := map[source.Range]bool{primary: true}
	out := make([]Related, 0, len(list))
	for _, r := range list {
		message := r.Message
		if by := r.Range.Maker(); !by.IsZero() {
			message = fmt.Sprintf("%s, at %s", message, r.Range)
			r.Range = by
		}
		if !taken[r.Range] {
			taken[r.Range] = true
			out = append(out, Related{Range: r.Range, Message: message})
		}
	}
	return out
}

// joinMade makes one finding of those that say the same of the same written
// place: one line of a program may make many stacks. The places in the made
// files are all kept.
func joinMade(findings []Finding) []Finding {
	type key struct {
		rule        *Rule
		confidence  Confidence
		rng         source.Range
		fingerprint string
		message     string
		suppressed  *Suppression
	}
	first := map[key]int{}
	told := map[int]map[Related]bool{}
	out := make([]Finding, 0, len(findings))
	for _, f := range findings {
		k := key{f.Rule, f.Confidence, f.Range, f.Fingerprint, f.Message, f.Suppressed}
		i, seen := first[k]
		if !seen || !isMade(f) || !isMade(out[i]) {
			first[k] = len(out)
			out = append(out, f)
			continue
		}
		if told[i] == nil {
			told[i] = setOf(out[i].Related)
		}
		for _, r := range f.Related {
			if !told[i][r] {
				told[i][r] = true
				out[i].Related = append(out[i].Related, r)
			}
		}
	}
	return out
}

func setOf(list []Related) map[Related]bool {
	set := make(map[Related]bool, len(list))
	for _, r := range list {
		set[r] = true
	}
	return set
}

// isMade reports whether toWritten moved the finding.
func isMade(f Finding) bool {
	return !f.Range.IsZero() && len(f.Related) > 0 && f.Related[0].Range.Maker() == f.Range
}
