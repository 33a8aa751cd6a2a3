// Package text writes a result for people: for each finding a code frame that
// points at the token at fault, then what could not be read, and counts.
package text

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/iamwatch/iamwatch/reports/internal/clean"
	"github.com/iamwatch/iamwatch/scanner"
	"github.com/iamwatch/iamwatch/scanner/cloudwatch"
	"github.com/iamwatch/iamwatch/scanner/source"
)

const (
	// defaultWidth is the width where there is no terminal to ask.
	defaultWidth = 120
	minWidth     = 40
	// noteLines is how many notes of a file and rule are told.
	noteLines = 5
)

// A Reporter writes the text report. It may be used concurrently.
type Reporter struct {
	// Color turns ANSI colours on.
	Color bool
	// Width is the terminal's, in cells; 120 when zero. Longer lines of
	// code are cut around the token; sentences are never cut.
	Width int
}

// A printer writes one report. The buffered writer keeps the first error.
type printer struct {
	out   *bufio.Writer
	paint palette
	width int
}

// Report writes r. The error is the writer's.
func (t Reporter) Report(w io.Writer, r *scanner.Result) error {
	p := t.printer(w)
	for _, f := range r.Findings {
		if !isNote(f.Rule) {
			p.finding(f)
		}
	}
	for _, d := range r.Diagnostics {
		p.diagnostic(d)
	}
	for _, e := range r.RuleErrors {
		p.linef("%s: rule %s failed: %s", p.paint.bold(red, "error"), e.Rule.ID, clean.Line(e.Err.Error()))
	}
	p.notes(r.Findings)
	p.linef("%s", count(r))
	if err := p.out.Flush(); err != nil {
		return fmt.Errorf("write text: %w", err)
	}
	return nil
}

func (t Reporter) printer(w io.Writer) *printer {
	p := &printer{out: bufio.NewWriter(w), paint: palette(t.Color), width: t.Width}
	if p.width <= 0 {
		p.width = defaultWidth
	}
	p.width = max(p.width, minWidth)
	return p
}

func (p *printer) linef(format string, args ...any) { fmt.Fprintf(p.out, format+"\n", args...) }

// isNote reports whether a rule is about the scan and not about an exposure;
// such findings are folded.
func isNote(r *scanner.Rule) bool { return strings.HasPrefix(r.ID, "IW9") }

func (p *printer) finding(f scanner.Finding) {
	head := p.paint.bold(hue(f.Rule.Severity), f.Rule.Severity.String()+"["+f.Rule.ID+"]")
	if f.Suppressed != nil {
		head = "ignored " + head
	}
	p.linef("%s: %s", head, p.paint.bold(plain, clean.Line(f.Message)))
	marks := []mark{{f.Range, clean.Line(f.Label), true}}
	for _, r := range f.Related {
		marks = append(marks, mark{r.Range, clean.Line(r.Message), false})
	}
	gutter := p.frames(marks, hue(f.Rule.Severity))
	p.footer(gutter, f)
	p.linef("")
}

// footer writes what the frame cannot show.
func (p *printer) footer(gutter int, f scanner.Finding) {
	note := func(name, text string) {
		if text != "" {
			p.linef("%*s %s %s: %s", gutter, "", p.paint.fg(blue, "="), p.paint.bold(plain, name), text)
		}
	}
	classes := make([]string, 0, len(f.Classes))
	for _, c := range f.Classes {
		classes = append(classes, cloudwatch.Class.String(c))
	}
	confidence := p.paint.bold(plain, "confidence") + ": " + f.Confidence.String()
	if len(classes) > 0 {
		note("exposure", strings.Join(classes, ", ")+"   "+confidence)
	} else {
		note("confidence", f.Confidence.String())
	}
	note("conditions", clean.Line(strings.Join(f.Remaining, "; ")))
	steps := make([]string, 0, len(f.Path))
	for _, s := range f.Path {
		steps = append(steps, clean.Line(s.Message))
	}
	note("reached by", strings.Join(steps, " -> "))
	note("fix", clean.Line(f.Advice))
	p.paste(gutter, f)
	if s := f.Suppressed; s != nil {
		note("ignored", fmt.Sprintf("%s (%s)", clean.Line(s.Reason), clean.Line(p.at(s.Range))))
	}
	note("help", "iamwatch explain "+f.Rule.ID)
}

// paste writes the text that can be pasted, one line below the other.
func (p *printer) paste(gutter int, f scanner.Finding) {
	if f.Fix == "" {
		return
	}
	if f.Advice == "" {
		p.linef("%*s %s %s:", gutter, "", p.paint.fg(blue, "="), p.paint.bold(plain, "fix"))
	}
	for line := range strings.Lines(source.Show(f.Fix)) {
		line = strings.TrimRight(line, "\r\n")
		body := strings.TrimLeft(line, " \t")
		indent := strings.ReplaceAll(line[:len(line)-len(body)], "\t", "  ")
		p.linef("%*s     %s", gutter, "", p.paint.fg(green, indent+clean.Line(body)))
	}
}

func (p *printer) diagnostic(d source.Diagnostic) {
	name, color := "error", red
	if d.Warning {
		name, color = "warning", yellow
	}
	where := ""
	if !d.Range.IsZero() {
		pos := d.Range.From()
		where = fmt.Sprintf("%s:%d:%d: ", clean.Line(d.Range.Path()), pos.Line, pos.Display)
	}
	p.linef("%s: %s%s", p.paint.bold(color, name), where, clean.Line(d.Message))
	if !d.Range.IsZero() && isShowable(d.Range.Source) {
		lines := []mark{{d.Range, "", true}}
		p.frame(lines, p.gutter(lines), color)
	}
	p.linef("")
}

// isShowable reports whether a source has text to show: a binary file that was
// refused has none.
func isShowable(s *source.Source) bool {
	return s.Size() > 0 && !bytes.ContainsRune(s.Bytes(), 0)
}

// notes folds the notes into a group for each file and rule, in order of their
// place: at most noteLines of a group are told, the rest is counted.
func (p *printer) notes(findings []scanner.Finding) {
	type key struct {
		path string
		rule *scanner.Rule
	}
	var keys []key
	groups := map[key][]scanner.Finding{}
	for _, f := range findings {
		if !isNote(f.Rule) {
			continue
		}
		k := key{f.Range.Path(), f.Rule}
		if groups[k] == nil {
			keys = append(keys, k)
		}
		groups[k] = append(groups[k], f)
	}
	for _, k := range keys {
		head := p.paint.bold(hue(k.rule.Severity), k.rule.Severity.String()+"["+k.rule.ID+"]")
		p.linef("%s: %s", head, k.rule.Title)
		group := groups[k]
		for _, f := range group[:min(len(group), noteLines)] {
			p.linef("  --> %s: %s", clean.Line(p.at(f.Range)), clean.Line(f.Message))
		}
		if more := len(group) - noteLines; more > 0 {
			p.linef("  ... and %d more in %s", more, clean.Line(k.path))
		}
		p.linef("")
	}
}

// at is path:line:column of a range.
func (p *printer) at(r source.Range) string {
	if r.IsZero() {
		return "-"
	}
	r = r.Own()
	from := r.From()
	return fmt.Sprintf("%s:%d:%d", r.Path(), from.Line, from.Display)
}

// count is the last line of the report.
func count(r *scanner.Result) string {
	text := found(r)
	hidden := 0
	for _, h := range r.Stats.Hidden {
		hidden += h.Count
	}
	var aside []string
	if n := r.Stats.Suppressed; n > 0 {
		aside = append(aside, fmt.Sprintf("%d ignored", n))
	}
	if hidden > 0 {
		aside = append(aside, fmt.Sprintf("%d not shown", hidden))
	}
	if len(aside) > 0 {
		text += " (" + strings.Join(aside, ", ") + ")"
	}
	return text
}

// found is "3 findings: 1 critical, 2 low".
func found(r *scanner.Result) string {
	var by [scanner.Critical + 1]int
	n := 0
	for _, f := range r.Findings {
		if f.Suppressed == nil {
			by[f.Rule.Severity]++
			n++
		}
	}
	if n == 0 {
		return "no findings"
	}
	var parts []string
	for s := len(by) - 1; s >= 0; s-- {
		if by[s] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", by[s], scanner.Severity(s)))
		}
	}
	return plural(n, "finding") + ": " + strings.Join(parts, ", ")
}

func plural(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	if stem, ok := strings.CutSuffix(word, "y"); ok {
		return fmt.Sprintf("%d %sies", n, stem)
	}
	return fmt.Sprintf("%d %ss", n, word)
}

// Summary says in one line, without its end, what was read and found and how
// long it took.
func Summary(r *scanner.Result) string {
	count, severities, some := strings.Cut(found(r), ": ")
	if some {
		count += " (" + severities + ")"
	}
	return summary(r.Stats, r.Complete(), count)
}

// Coverage is Summary without findings, of what no rule looked at.
func Coverage(l *scanner.Loaded) string { return summary(l.Stats, l.Complete()) }

func summary(st scanner.Stats, complete bool, more ...string) string {
	parts := append([]string{
		plural(st.Files, "file"), plural(st.Policies, "policy"), plural(st.Principals, "principal"),
		plural(st.Unknown, "unknown value"),
	}, more...)
	if !complete {
		parts = append(parts, "incomplete")
	}
	return strings.Join(append(parts, elapsed(st.Elapsed)), ", ")
}

// Diagnostics writes what could not be read as the report does.
func (t Reporter) Diagnostics(w io.Writer, list []source.Diagnostic) error {
	p := t.printer(w)
	for _, d := range list {
		p.diagnostic(d)
	}
	if err := p.out.Flush(); err != nil {
		return fmt.Errorf("write diagnostics: %w", err)
	}
	return nil
}

func elapsed(d time.Duration) string {
	if d < time.Second {
		return fmt.Sprintf("%d ms", d.Milliseconds())
	}
	return fmt.Sprintf("%.1f s", d.Seconds())
}
