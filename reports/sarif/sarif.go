// Package sarif writes a result as SARIF 2.1.0 for GitHub code scanning and
// other viewers.
//
// Every result has a place with a full region, since GitHub rejects a whole
// file for one that has none. There is a run for each scanner.Run; its category
// is automationDetails.id. Nothing in the file tells of the machine, and without
// timestamps the bytes depend on the result alone.
package sarif

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/owenrumney/go-sarif/v2/sarif"

	"github.com/iamwatch/iamwatch/reports/internal/clean"
	"github.com/iamwatch/iamwatch/reports/internal/indent"
	"github.com/iamwatch/iamwatch/scanner"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// Schema is the address that a report gives as its "$schema".
const Schema = "https://json.schemastore.org/sarif-2.1.0.json"

// Limits of GitHub code scanning (SARIF support for code scanning).
const (
	// DefaultMaxResults is how many results of a run GitHub shows.
	DefaultMaxResults = 5000
	// LimitMaxResults is how many of them it accepts.
	LimitMaxResults = 25000
	// LimitRuns is how many runs a file may have.
	LimitRuns = 20
)

const defaultInformationURI = "https://github.com/iamwatch/iamwatch"

var errRule = errors.New("rule is not in the catalogue")

// Options say what the result does not. The zero value is the default.
type Options struct {
	// InformationURI is the absolute https address of the project, without
	// a slash at its end; the rules' pages are below it.
	InformationURI string
	// MaxResults is how many results a run has at most: DefaultMaxResults
	// when zero, never more than LimitMaxResults.
	MaxResults int
	// PathPrefix is put before every path, slash-separated.
	PathPrefix string
	// Category replaces the category of the only run; of several runs it
	// replaces the leading "iamwatch", since categories must differ.
	Category string
	// Start and End are when the scan ran; left out when zero.
	Start, End time.Time
}

// A Reporter writes SARIF. It may be used concurrently.
type Reporter struct{ Options }

// A builder makes one report.
type builder struct {
	options Options
	result  *scanner.Result
	lines   map[*source.Source][]hashOfLine
	index   map[*scanner.Rule]uint
}

// Report writes r, indented and with one newline at its end. The error is the
// writer's, or says that a finding is of a rule that r.Rules lacks.
func (p Reporter) Report(w io.Writer, r *scanner.Result) error {
	b := &builder{
		options: p.Options, result: r,
		lines: map[*source.Source][]hashOfLine{}, index: map[*scanner.Rule]uint{},
	}
	for i, rule := range r.Rules {
		b.index[rule] = uint(i)
	}
	for _, f := range r.Findings {
		// An unregistered rule would get an index that no reader takes.
		if _, ok := b.index[f.Rule]; !ok {
			return fmt.Errorf("report %s: %w", f.Rule.ID, errRule)
		}
	}
	if b.suppresses() {
		return indent.Write(w, "sarif", b.withSuppressions(b.report()))
	}
	return write(w, b.report())
}

// write is the only way from go-sarif to bytes: its own writers escape HTML and
// leave out the last newline, and its file writer keeps the tail of a longer file.
func write(w io.Writer, report *sarif.Report) error {
	return indent.Write(w, "sarif", report)
}

func (b *builder) report() *sarif.Report {
	report := &sarif.Report{Version: string(sarif.Version210), Schema: Schema, Runs: []*sarif.Run{}}
	runs := b.result.Runs
	if len(runs) == 0 {
		// A category without a run would keep its alerts open for ever.
		runs = []scanner.Run{{Category: "iamwatch/iac/", Findings: all(b.result.Findings), Diagnostics: all(b.result.Diagnostics)}}
	}
	for _, run := range runs {
		report.Runs = append(report.Runs, b.run(run, len(runs) == 1))
	}
	if len(runs) > LimitRuns {
		first := report.Runs[0].Invocations[0]
		text := fmt.Sprintf("%d runs: GitHub code scanning accepts at most %d in a file", len(runs), LimitRuns)
		first.ToolExecutionNotifications = append(first.ToolExecutionNotifications, b.notification("warning", text, source.Range{}))
	}
	return report
}

func all[T any](list []T) []int {
	out := make([]int, len(list))
	for i := range out {
		out[i] = i
	}
	return out
}

func (b *builder) run(run scanner.Run, only bool) *sarif.Run {
	invocation := b.invocation(run)
	out := &sarif.Run{
		Tool:              sarif.Tool{Driver: b.driver()},
		Invocations:       []*sarif.Invocation{invocation},
		AutomationDetails: &sarif.RunAutomationDetails{ID: new(b.category(run.Category, only))},
		ColumnKind:        "utf16CodeUnits",
		Results:           []*sarif.Result{},
		OriginalUriBaseIDs: map[string]*sarif.ArtifactLocation{
			srcRoot: {Description: &sarif.Message{Text: new("The root of the repository.")}},
		},
	}
	hashes := b.fingerprints(run.Findings)
	dropped := 0
	for _, i := range run.Findings {
		f := b.result.Findings[i]
		switch {
		case f.Range.IsZero():
			invocation.ToolExecutionNotifications = append(invocation.ToolExecutionNotifications,
				b.notification("warning", f.Rule.ID+": "+f.Message, source.Range{}))
		case len(out.Results) == b.maxResults():
			dropped++
		default:
			out.Results = append(out.Results, b.finding(f, hashes[i]))
		}
	}
	if dropped > 0 {
		text := fmt.Sprintf("%d results are left out: a run has at most %d, the severest first", dropped, b.maxResults())
		invocation.ToolExecutionNotifications = append(invocation.ToolExecutionNotifications, b.notification("warning", text, source.Range{}))
	}
	return out
}

func (b *builder) maxResults() int {
	if b.options.MaxResults <= 0 {
		return DefaultMaxResults
	}
	return min(b.options.MaxResults, LimitMaxResults)
}

func (b *builder) informationURI() string {
	return strings.TrimRight(orElse(b.options.InformationURI, defaultInformationURI), "/")
}

func (b *builder) category(category string, only bool) string {
	if c := strings.TrimRight(b.options.Category, "/"); c != "" {
		if only {
			return c + "/"
		}
		return c + "/" + strings.TrimPrefix(category, "iamwatch/")
	}
	return category
}

func (b *builder) driver() *sarif.ToolComponent {
	version := orElse(b.result.Version, "0.0.0")
	return &sarif.ToolComponent{
		Name:            "iamwatch",
		FullName:        new("iamwatch " + version),
		Version:         new(version),
		SemanticVersion: new(version),
		InformationURI:  new(b.informationURI()),
		Rules:           b.rules(),
	}
}

// invocation says how the scan went: a diagnostic that is no warning, or a
// failed rule, makes it unsuccessful, so that no alert is closed by it.
func (b *builder) invocation(run scanner.Run) *sarif.Invocation {
	ok := len(b.result.RuleErrors) == 0
	out := &sarif.Invocation{}
	for _, i := range run.Diagnostics {
		d := b.result.Diagnostics[i]
		level := "warning"
		if !d.Warning {
			level, ok = "error", false
		}
		out.ToolExecutionNotifications = append(out.ToolExecutionNotifications, b.notification(level, d.Message, d.Range))
	}
	for _, e := range b.result.RuleErrors {
		n := b.notification("error", e.Rule.ID+": "+e.Err.Error(), source.Range{})
		if i, known := b.index[e.Rule]; known {
			n.AssociatedRule = &sarif.ReportingDescriptorReference{Id: new(e.Rule.ID), Index: new(i)}
		}
		out.ToolExecutionNotifications = append(out.ToolExecutionNotifications, n)
	}
	out.ExecutionSuccessful = new(ok)
	out.StartTimeUTC, out.EndTimeUTC = moment(b.options.Start), moment(b.options.End)
	return out
}

func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return new(t.UTC().Truncate(time.Second))
}

func (b *builder) notification(level, text string, r source.Range) *sarif.Notification {
	text = clean.Line(text)
	if !r.IsZero() {
		text = clean.Line(r.String()) + ": " + text
	}
	n := &sarif.Notification{Level: level, Message: &sarif.Message{Text: new(sentence(text, maxMessage))}}
	if l := b.location(r); l != nil {
		n.Locations = []*sarif.Location{l}
	}
	return n
}
