// Package json writes a result as versioned JSON for programs. The format is
//
//	version      1; raised when a field changes its meaning or goes away
//	tool         name ("iamwatch") and version
//	complete     whether every input was read whole
//	summary      what was read and found; no time, so that equal input gives
//	             equal bytes
//	  files, passed, policies, statements, principals, unknown   counts
//	  suppressed the findings that an ignore hides
//	  findings   the number of findings of each severity, by its name, without those
//	  hidden     the findings that the selection leaves out: rule, count
//	rules        the whole catalogue in fixed order: id, name, title, severity,
//	             precision, classes
//	findings     in order of severity, path, offset, rule
//	  rule, severity, confidence, message, label
//	  subject    the thing concerned, for people
//	  entity, part      what owns the fault, and which part of it
//	  classes, actions, remaining   exposure classes; the actions that matter,
//	             worst first; the conditions that remain
//	  location   path, line, column, endLine, endColumn, offset, length: lines
//	             and columns count from 1, columns in UTF-16 units; offset and
//	             length in bytes
//	  related    further places: location and message
//	  path       how the subject is reached, outermost first: message, and
//	             location where there is one
//	  when       under which values of a stack's parameters it holds; it ends the
//	             message, and is left out where it always holds
//	  fix, advice   what can be pasted, and a clause that says what to do
//	  unit       input, name, account
//	  suppressed   what hides the finding, where such are shown: kind (inSource,
//	             external), reason, location
//	  fingerprint   64 hex digits, as fingerprints["iamwatch/v1"] in SARIF
//	diagnostics  what could not be read: level (error, warning), message, location
//	ruleErrors   rules that failed: rule, message
//
// Lists are never null. Texts and objects that are absent are left out.
package json

import (
	"io"

	"github.com/iamwatch/iamwatch/reports/internal/clean"
	"github.com/iamwatch/iamwatch/reports/internal/indent"
	"github.com/iamwatch/iamwatch/scanner"
	"github.com/iamwatch/iamwatch/scanner/cloudwatch"
	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// Version is the version of the format.
const Version = 1

// A Reporter writes the format of this package. It may be used concurrently.
type Reporter struct{}

type report struct {
	Version     int          `json:"version"`
	Tool        tool         `json:"tool"`
	Complete    bool         `json:"complete"`
	Summary     summary      `json:"summary"`
	Rules       []rule       `json:"rules"`
	Findings    []finding    `json:"findings"`
	Diagnostics []diagnostic `json:"diagnostics"`
	RuleErrors  []ruleError  `json:"ruleErrors"`
}

type tool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

type summary struct {
	Files      int            `json:"files"`
	Passed     int            `json:"passed"`
	Policies   int            `json:"policies"`
	Statements int            `json:"statements"`
	Principals int            `json:"principals"`
	Unknown    int            `json:"unknown"`
	Suppressed int            `json:"suppressed"`
	Findings   map[string]int `json:"findings"`
	Hidden     []hidden       `json:"hidden"`
}

type hidden struct {
	Rule  string `json:"rule"`
	Count int    `json:"count"`
}

type rule struct {
	ID        string            `json:"id"`
	Name      string            `json:"name"`
	Title     string            `json:"title"`
	Severity  string            `json:"severity"`
	Precision scanner.Precision `json:"precision"`
	Classes   []string          `json:"classes"`
}

type finding struct {
	Rule        string           `json:"rule"`
	Severity    string           `json:"severity"`
	Confidence  string           `json:"confidence"`
	Message     string           `json:"message"`
	Label       string           `json:"label,omitempty"`
	Subject     string           `json:"subject,omitempty"`
	Entity      string           `json:"entity,omitempty"`
	Part        string           `json:"part,omitempty"`
	Classes     []string         `json:"classes"`
	Actions     []string         `json:"actions"`
	Remaining   []string         `json:"remaining"`
	When        string           `json:"when,omitempty"`
	Location    *indent.Location `json:"location,omitempty"`
	Related     []related        `json:"related"`
	Path        []related        `json:"path"`
	Fix         string           `json:"fix,omitempty"`
	Advice      string           `json:"advice,omitempty"`
	Unit        *unit            `json:"unit,omitempty"`
	Suppressed  *suppressed      `json:"suppressed,omitempty"`
	Fingerprint string           `json:"fingerprint,omitempty"`
}

type suppressed struct {
	Kind     string           `json:"kind"`
	Reason   string           `json:"reason"`
	Location *indent.Location `json:"location,omitempty"`
}

type related struct {
	Message  string           `json:"message"`
	Location *indent.Location `json:"location,omitempty"`
}

type unit struct {
	Input   string `json:"input"`
	Name    string `json:"name"`
	Account string `json:"account,omitempty"`
}

type diagnostic struct {
	Level    string           `json:"level"`
	Message  string           `json:"message"`
	Location *indent.Location `json:"location,omitempty"`
}

type ruleError struct {
	Rule    string `json:"rule"`
	Message string `json:"message"`
}

// Report writes r, indented and with one newline at its end. The error is the
// writer's.
func (Reporter) Report(w io.Writer, r *scanner.Result) error {
	return indent.Write(w, "json", reportOf(r))
}

func reportOf(r *scanner.Result) report {
	return report{
		Version:     Version,
		Tool:        tool{"iamwatch", r.Version},
		Complete:    r.Complete() && len(r.RuleErrors) == 0,
		Summary:     summarize(r),
		Rules:       indent.Each(r.Rules, describe),
		Findings:    indent.Each(r.Findings, findingOf),
		Diagnostics: indent.Each(r.Diagnostics, diagnosticOf),
		RuleErrors: indent.Each(r.RuleErrors, func(e scanner.RuleError) ruleError {
			return ruleError{e.Rule.ID, clean.Line(e.Err.Error())}
		}),
	}
}

func summarize(r *scanner.Result) summary {
	st := r.Stats
	s := summary{
		Files: st.Files, Passed: st.Passed, Policies: st.Policies, Statements: st.Statements,
		Principals: st.Principals, Unknown: st.Unknown, Suppressed: st.Suppressed, Findings: map[string]int{},
		Hidden: indent.Each(st.Hidden, func(c scanner.RuleCount) hidden { return hidden{c.Rule.ID, c.Count} }),
	}
	for i, n := range st.BySeverity {
		s.Findings[scanner.Severity(i).String()] = n
	}
	return s
}

func describe(r *scanner.Rule) rule {
	return rule{r.ID, r.Name, r.Title, r.Severity.String(), r.Precision, indent.Each(r.Classes, cloudwatch.Class.String)}
}

func findingOf(f scanner.Finding) finding {
	return finding{
		Rule:        f.Rule.ID,
		Severity:    f.Rule.Severity.String(),
		Confidence:  f.Confidence.String(),
		Message:     clean.Line(f.Message),
		Label:       clean.Line(f.Label),
		Subject:     clean.Line(f.Subject),
		Entity:      clean.Line(f.Entity),
		Part:        clean.Line(f.Part),
		Classes:     indent.Each(f.Classes, cloudwatch.Class.String),
		Actions:     indent.Each(f.Actions, clean.Line),
		Remaining:   indent.Each(f.Remaining, clean.Line),
		When:        clean.Line(f.When),
		Location:    indent.At(f.Range),
		Related:     indent.Each(f.Related, func(o scanner.Related) related { return related{clean.Line(o.Message), indent.At(o.Range)} }),
		Path:        indent.Each(f.Path, func(s scanner.Step) related { return related{clean.Line(s.Message), indent.At(s.Range)} }),
		Fix:         clean.Mask(source.Show(f.Fix)),
		Advice:      clean.Line(f.Advice),
		Unit:        describeUnit(f.Unit),
		Suppressed:  suppressedBy(f.Suppressed),
		Fingerprint: f.Fingerprint,
	}
}

func suppressedBy(s *scanner.Suppression) *suppressed {
	if s == nil {
		return nil
	}
	return &suppressed{s.Kind(), clean.Line(s.Reason), indent.At(s.Range)}
}

func describeUnit(u *model.Unit) *unit {
	if u == nil {
		return nil
	}
	return &unit{u.Input.String(), u.Name, clean.Line(u.Account)}
}

func diagnosticOf(d source.Diagnostic) diagnostic {
	level := "error"
	if d.Warning {
		level = "warning"
	}
	return diagnostic{level, clean.Line(d.Message), indent.At(d.Range)}
}
