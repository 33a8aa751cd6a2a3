package scanner

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// result puts together what a scan returns: the findings pass through a
// chain of small steps.
func (s *scan) result(l *Loaded, findings []Finding, failures []RuleError) *Result {
	r := &Result{Version: s.Version, Rules: s.Rules, RuleErrors: failures}
	r.Diagnostics, r.Stats, r.Undeclared = l.Diagnostics, l.Stats, l.Undeclared
	all := order(written(s.suppress(identify(unique(merged(own(findings)))))))
	r.Diagnostics = inOrder(append(slices.Clone(r.Diagnostics), s.faulty...))
	all, r.Stats.Hidden = s.shown(all)
	r.Findings = s.standing(all, &r.Stats)
	r.Runs = s.runs(l.Model, r)
	return r
}

// standing counts the findings and drops the suppressed ones, unless they are
// asked for. Those count nothing but themselves.
func (s *scan) standing(findings []Finding, st *Stats) []Finding {
	return slices.DeleteFunc(findings, func(f Finding) bool {
		if f.Suppressed == nil {
			st.BySeverity[f.Rule.Severity]++
			return false
		}
		st.Suppressed++
		return !s.ShowSuppressed
	})
}

// unique drops findings that say the same of the same place.
func unique(findings []Finding) []Finding {
	type key struct {
		rule         *Rule
		rng          source.Range
		entity, part string
		message      string
	}
	seen := map[key]bool{}
	return slices.DeleteFunc(findings, func(f Finding) bool {
		k := key{f.Rule, f.Range, f.Entity, f.Part, f.Message}
		if seen[k] {
			return true
		}
		seen[k] = true
		return false
	})
}

// order sorts by severity, path, offset, rule and what is left to tell two
// findings apart.
func order(findings []Finding) []Finding {
	slices.SortStableFunc(findings, func(a, b Finding) int {
		if a.Rule.Severity != b.Rule.Severity {
			return int(b.Rule.Severity) - int(a.Rule.Severity)
		}
		if c := a.Range.Compare(b.Range); c != 0 {
			return c
		}
		if c := strings.Compare(a.Rule.ID, b.Rule.ID); c != 0 {
			return c
		}
		if c := strings.Compare(a.Entity+"\x00"+a.Part, b.Entity+"\x00"+b.Part); c != 0 {
			return c
		}
		return strings.Compare(a.Message, b.Message)
	})
	return findings
}

// identify fills the fingerprints: what owns the fault and which part of it,
// never the account, the place, the message or the version. Equal ones of a
// rule in one file are numbered by their place.
func identify(findings []Finding) []Finding {
	seen := map[string]int{}
	for i := range order(findings) {
		f := &findings[i]
		key := strings.Join([]string{"v1", f.Rule.ID, f.Entity, f.Part}, "\x00")
		file := f.Range.Path() + "\x00" + key
		seen[file]++
		if n := seen[file]; n > 1 {
			key += fmt.Sprintf("\x00%d", n)
		}
		sum := sha256.Sum256([]byte(key))
		f.Fingerprint = hex.EncodeToString(sum[:])
	}
	return findings
}

// shown parts the findings that are shown from the numbers of those that are not.
func (s *scan) shown(findings []Finding) ([]Finding, []RuleCount) {
	hidden := map[*Rule]int{}
	shown := slices.DeleteFunc(findings, func(f Finding) bool {
		if s.Selection.Shows(f) {
			return false
		}
		hidden[f.Rule]++
		return true
	})
	var counts []RuleCount
	for _, r := range s.Rules {
		if n := hidden[r]; n > 0 {
			counts = append(counts, RuleCount{r, n})
		}
	}
	return shown, counts
}

// allDiagnostics are those of the scan and of every parser, in order of place.
// A file that cannot be read by itself but was read where an entity uses it,
// such as a template of a policy document, needs no warning.
func (s *scan) allDiagnostics() []source.Diagnostic {
	all := slices.Clone(s.diagnostics)
	for _, p := range s.parsed {
		for _, d := range p.Diagnostics {
			if len(p.Units) > 0 || !d.Warning || !s.held[d.Range.Path()] {
				all = append(all, ownDiagnostic(d))
			}
		}
	}
	return inOrder(all)
}

// inOrder sorts diagnostics by place and drops those that say the same.
func inOrder(all []source.Diagnostic) []source.Diagnostic {
	slices.SortStableFunc(all, func(a, b source.Diagnostic) int {
		if c := a.Range.Compare(b.Range); c != 0 {
			return c
		}
		return strings.Compare(a.Message, b.Message)
	})
	return slices.CompactFunc(all, func(a, b source.Diagnostic) bool {
		return a.Message == b.Message && a.Range.Compare(b.Range) == 0
	})
}

func (s *scan) stats(m *model.Model) Stats {
	st := Stats{Passed: s.passed}
	for _, files := range s.claimed {
		st.Files += len(files)
	}
	c := census{stats: &st, seen: map[counted]bool{}}
	for _, u := range m.Units {
		c.unit(u)
	}
	return st
}

func (st *Stats) document(d *iam.Document) {
	st.Policies++
	st.Statements += len(d.Statements)
}

// runs groups units, findings and diagnostics by category (SARIF support for
// code scanning: one category a root or account).
func (s *scan) runs(m *model.Model, r *Result) []Run {
	byCategory := map[string]*Run{}
	get := func(category string) *Run {
		if byCategory[category] == nil {
			byCategory[category] = &Run{Category: category}
		}
		return byCategory[category]
	}
	dirs := map[string]string{}
	for _, u := range m.Units {
		if u.World > 0 { // the first alternative stands for its stack
			continue
		}
		c := s.category(u)
		run := get(c)
		run.Units = append(run.Units, u)
		if u.Input == model.Export {
			dirs[u.Name] = c
		}
	}
	for i, f := range r.Findings {
		run := get(s.category(f.Unit))
		run.Findings = append(run.Findings, i)
	}
	for i, d := range r.Diagnostics {
		c, ok := dirs[path.Dir(d.Range.Path())]
		if !ok {
			c = s.codeCategory()
		}
		run := get(c)
		run.Diagnostics = append(run.Diagnostics, i)
	}
	if len(byCategory) == 0 {
		get(s.codeCategory())
	}
	out := make([]Run, 0, len(byCategory))
	for _, run := range byCategory {
		out = append(out, *run)
	}
	slices.SortFunc(out, func(a, b Run) int { return strings.Compare(b.Category, a.Category) })
	return out
}

func (s *scan) codeCategory() string {
	if s.Dir == "" || s.Dir == "." {
		return "iamwatch/iac/"
	}
	return "iamwatch/iac/" + strings.Map(categoryRune, s.Dir) + "/"
}

// categoryRune keeps a category within the characters that every consumer
// takes.
func categoryRune(r rune) rune {
	if r < 0x80 && (r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("._/-", r)) {
		return r
	}
	return '-'
}

func (s *scan) category(u *model.Unit) string {
	if u == nil || u.Input != model.Export {
		return s.codeCategory()
	}
	account := u.Account
	if account == "" {
		account = "unknown"
	}
	if strings.HasPrefix(u.Name+"/", "aws/"+account+"/") || strings.Contains(u.Name+"/", "/aws/"+account+"/") {
		return "iamwatch/aws/" + account + "/"
	}
	return "iamwatch/export/" + account + "/"
}
