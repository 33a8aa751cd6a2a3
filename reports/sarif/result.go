package sarif

import (
	"fmt"
	"strings"

	"github.com/owenrumney/go-sarif/v2/sarif"

	"github.com/iamwatch/iamwatch/reports/internal/clean"
	"github.com/iamwatch/iamwatch/scanner"
	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// Limits of a result (SARIF for GitHub code scanning, sections 1.1 and 1.2).
const (
	maxMessage  = 1000
	maxSentence = 158
	// goodSentence is the longest message that is not parted.
	goodSentence = 120
	maxRelated   = 20
	maxSteps     = 20
	// maxLinks is how many related places the message links to; all are listed.
	maxLinks = 3
)

// isLive reports whether a finding is about an account and not about code.
func isLive(f scanner.Finding) bool { return f.Unit != nil && f.Unit.Input == model.Export }

func (b *builder) finding(f scanner.Finding, lineHash string) *sarif.Result {
	primary := b.primary(f.Range)
	if f.Entity != "" {
		primary.LogicalLocations = []*sarif.LogicalLocation{{FullyQualifiedName: new(clean.Line(f.Entity)), Kind: new("resource")}}
	}
	related := b.related(f)
	return &sarif.Result{
		Suppressions:        b.suppressions(f),
		RuleID:              new(f.Rule.ID),
		RuleIndex:           new(b.index[f.Rule]),
		Level:               new(gradeOf(f.Rule.Severity).level),
		Message:             sarif.Message{Text: new(message(f, related))},
		Locations:           []*sarif.Location{primary},
		RelatedLocations:    related,
		CodeFlows:           b.codeFlows(f),
		Fingerprints:        map[string]any{"iamwatch/v1": f.Fingerprint},
		PartialFingerprints: map[string]any{"primaryLocationLineHash": lineHash},
		PropertyBag:         sarif.PropertyBag{Properties: properties(f)},
	}
}

// properties are what the format has no field for.
func properties(f scanner.Finding) sarif.Properties {
	out := sarif.Properties{"confidence": f.Confidence.String()}
	if f.When != "" {
		out["when"] = clean.Line(f.When)
	}
	return out
}

// related are the further places, numbered from 1.
func (b *builder) related(f scanner.Finding) []*sarif.Location {
	var out []*sarif.Location
	for _, r := range f.Related {
		l := b.location(r.Range)
		if l == nil || len(out) == maxRelated {
			continue
		}
		l.Id = new(uint(len(out) + 1))
		l.Message = &sarif.Message{Text: new(orElse(clean.Line(r.Message), "related place"))}
		out = append(out, l)
	}
	return out
}

// message is the finding's sentence, what stands at its place, what to do, and
// links to the related places.
func message(f scanner.Finding, related []*sarif.Location) string {
	whole := strings.TrimRight(unlinked(clean.Line(f.Message)), ". ")
	first, rest := cut(whole)
	parts := []string{first + "."}
	if rest != "" {
		parts = append(parts, rest+".")
	}
	if len(f.Remaining) > 0 {
		parts = append(parts, "Remaining conditions: "+unlinked(clean.Line(strings.Join(f.Remaining, "; ")))+".")
	}
	if f.Advice != "" {
		parts = append(parts, "Fix: "+strings.TrimRight(unlinked(clean.Line(f.Advice)), ". ")+".")
	}
	links := see(related)
	return shorten(strings.Join(parts, " "), maxMessage-len([]rune(links))) + links
}

// cut parts a long message into a first sentence, which is all that lists show
// (SARIF 2.1.0, 3.11.3), and the rest: at its first joint, else between words.
func cut(whole string) (first, rest string) {
	if len([]rune(whole)) <= goodSentence {
		return whole, ""
	}
	first = shorten(whole, maxSentence)
	if at, next := joint(whole); at > 0 && len([]rune(whole[:at])) <= maxSentence {
		return whole[:at], next
	}
	if rest = strings.TrimPrefix(whole, strings.TrimSuffix(first, "…")); rest == "" || first == whole {
		return whole, ""
	}
	return first, "…" + strings.TrimLeft(rest, " ,;:.")
}

// joint is the first place outside of quotes where a clause ends, and what
// follows as a sentence of its own.
func joint(s string) (at int, rest string) {
	joints := [...]struct{ mark, instead string }{{": ", ""}, {"; ", ""}, {", which ", "It "}}
	quoted := false
	for i := range len(s) {
		if s[i] == '"' {
			quoted = !quoted
		}
		for _, j := range joints {
			if after, ok := strings.CutPrefix(s[i:], j.mark); ok && !quoted {
				return i, begin(j.instead + after)
			}
		}
	}
	return 0, ""
}

// begin makes a sentence of a clause; a list of actions is what something
// grants.
func begin(s string) string {
	word, _, _ := strings.Cut(s, " ")
	switch {
	case strings.Contains(strings.TrimRight(word, ":"), ":"):
		return "It grants " + s
	case word == "" || strings.ContainsAny(word, ".-_/\"") || s[0] < 'a' || s[0] > 'z':
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// see links to the first related places (SARIF 2.1.0, 3.11.6).
func see(related []*sarif.Location) string {
	if len(related) == 0 {
		return ""
	}
	var links []string
	for _, l := range related[:min(maxLinks, len(related))] {
		text := strings.NewReplacer("[", "(", "]", ")", `\`, "/").Replace(*l.Message.Text)
		links = append(links, fmt.Sprintf("[%s](%d)", shorten(text, 80), *l.Id))
	}
	return " See " + strings.Join(links, ", ") + "."
}

// unlinked is text that holds no link, whatever names from the input hold.
func unlinked(s string) string { return strings.ReplaceAll(s, "](", "] (") }

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// codeFlows is the way to the subject, outermost first, with the finding as its
// last step.
func (b *builder) codeFlows(f scanner.Finding) []*sarif.CodeFlow {
	if len(f.Path) == 0 {
		return nil
	}
	var steps []*sarif.ThreadFlowLocation
	add := func(r source.Range, text string) {
		if r.IsZero() {
			r = f.Range
		}
		l := b.location(r)
		l.Message = &sarif.Message{Text: new(orElse(clean.Line(text), "step"))}
		steps = append(steps, &sarif.ThreadFlowLocation{Location: l})
	}
	for _, s := range f.Path[:min(len(f.Path), maxSteps-1)] {
		add(s.Range, s.Message)
	}
	add(f.Range, f.Message)
	return []*sarif.CodeFlow{{ThreadFlows: []*sarif.ThreadFlow{{Locations: steps}}}}
}
