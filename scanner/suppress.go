package scanner

import (
	"slices"
	"strings"
	"time"

	"github.com/iamwatch/iamwatch/scanner/source"
)

// A Suppression says that findings of a rule are known and accepted. One
// without a reason, or after its last day, hides nothing.
type Suppression struct {
	// Rule is the id or the name of the rule.
	Rule source.String
	// Resource is the path of a CDK construct; what lies below it is covered
	// too. It is empty for a suppression in a source.
	Resource string
	Reason   string
	// Expires is the last day on which it holds, zero for no end.
	Expires time.Time
	// Range is where the suppression is written; Block is all of the thing that
	// it is written at, the zero Range for one in the configuration.
	Range, Block source.Range
}

// InSource reports whether the suppression is written at what it covers.
func (s *Suppression) InSource() bool { return !s.Block.IsZero() }

// Kind is what SARIF calls the two places (SARIF 2.1.0, 3.35.2).
func (s *Suppression) Kind() string {
	if s.InSource() {
		return "inSource"
	}
	return "external"
}

// covers reports whether the suppression is about a finding, which is still
// where its parser placed it.
func (s *Suppression) covers(f *Finding) bool {
	if s.Rule.Value != f.Rule.ID && s.Rule.Value != f.Rule.Name {
		return false
	}
	if s.InSource() {
		return s.Block.Contains(f.Range)
	}
	rest, ok := strings.CutPrefix(f.Range.MadeAs(), strings.Trim(s.Resource, "/"))
	return s.Resource != "" && ok && (rest == "" || rest[0] == '/')
}

// A suppressor marks findings and remembers what that took.
type suppressor struct {
	now  time.Time
	list []*Suppression
	used map[*Suppression]bool
}

// suppress marks the findings that suppressions hide, and tells of those that
// hide none.
func (s *scan) suppress(findings []Finding) []Finding {
	p := suppressor{now: s.Now, list: s.suppressions(), used: map[*Suppression]bool{}}
	if len(p.list) == 0 {
		return findings
	}
	for i := range findings {
		p.mark(&findings[i])
	}
	s.faulty = p.faults(s.Rules)
	return findings
}

// suppressions are those of the configuration and, in order of parsing, of the
// sources; one that was read twice counts once.
func (s *scan) suppressions() []*Suppression {
	if s.NoIgnores {
		return nil
	}
	list := slices.Clone(s.Suppressions)
	seen := map[source.Range]bool{}
	for _, p := range s.parsed {
		for _, one := range p.Suppressions {
			if !seen[one.Range] {
				seen[one.Range] = true
				list = append(list, one)
			}
		}
	}
	return list
}

func (p *suppressor) mark(f *Finding) {
	for _, s := range p.list {
		if !s.covers(f) {
			continue
		}
		p.used[s] = true
		if f.Suppressed == nil && p.holds(s) {
			f.Suppressed = s
		}
	}
}

func (p *suppressor) holds(s *Suppression) bool { return s.Reason != "" && !p.expired(s) }

// expired reports whether the last day is over everywhere on Earth.
func (p *suppressor) expired(s *Suppression) bool {
	return !s.Expires.IsZero() && p.now.After(s.Expires.Add(36*time.Hour))
}

// faults are the suppressions that do not do what they say.
func (p *suppressor) faults(rules []*Rule) []source.Diagnostic {
	var out []source.Diagnostic
	for _, s := range p.list {
		rule := source.Show(s.Rule.Value)
		known := slices.ContainsFunc(rules, func(r *Rule) bool { return r.ID == s.Rule.Value || r.Name == s.Rule.Value })
		switch {
		case !known:
			out = append(out, source.Warningf(s.Range, "this ignores nothing: there is no rule %q", rule))
		case s.Reason == "":
			out = append(out, source.Warningf(s.Range, "this ignores nothing: it says no reason"))
		case p.expired(s):
			out = append(out, source.Warningf(s.Range, "this ignores nothing any more: it ended on %s", s.Expires.Format(time.DateOnly)))
		case !p.used[s]:
			out = append(out, source.Warningf(s.Range, "this ignores nothing: there is no finding of %s here", rule))
		}
	}
	return out
}
