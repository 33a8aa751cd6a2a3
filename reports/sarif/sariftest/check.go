// Package sariftest checks that SARIF is what GitHub code scanning accepts and
// shows well: the assertions of the project's SARIF requirements that can be
// made on the bytes alone.
package sariftest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/iamwatch/iamwatch/reports/internal/clean"
)

// A checker collects what is wrong with one report.
type checker struct {
	testing.TB
	files fs.FS
	cache map[string][]string
	data  map[string][]byte
}

// Check reports everything that is wrong with a report. files holds the scanned
// files at the report's paths, so that regions can be compared with the text;
// nil leaves that out.
func Check(t testing.TB, report []byte, files fs.FS) {
	t.Helper()
	c := &checker{t, files, map[string][]string{}, map[string][]byte{}}
	c.bytes(report)
	Validate(t, report)
	var l sarifLog
	if err := json.Unmarshal(report, &l); err != nil {
		t.Fatalf("parse report: %v", err)
	}
	c.that(l.Version == "2.1.0" && l.Schema == "https://json.schemastore.org/sarif-2.1.0.json", "version %q, schema %q", l.Version, l.Schema)
	c.that(len(l.Runs) >= 1 && len(l.Runs) <= 20, "%d runs", len(l.Runs))
	categories := map[string]bool{}
	for i, r := range l.Runs {
		c.that(!categories[r.AutomationDetails.ID], "category %q is repeated", r.AutomationDetails.ID)
		categories[r.AutomationDetails.ID] = true
		c.run(r)
		c.that(ruleIDs(r) == ruleIDs(l.Runs[0]), "run %d has other rules", i)
	}
}

func (c *checker) that(ok bool, format string, args ...any) {
	c.Helper()
	if !ok {
		c.Errorf(format, args...)
	}
}

// matches compiles where it is used: the checks are no hot path.
func matches(pattern, s string) bool { return regexp.MustCompile(pattern).MatchString(s) }

// secrets and traces of a machine that no report may hold.
const leaks = `(AKIA|ASIA)[0-9A-Z]{16}|gh[pousr]_[0-9A-Za-z]{8}|github_pat_[0-9A-Za-z]|glpat-[0-9A-Za-z]|xox[abeoprs]-[0-9A-Za-z]|file://|/home/|/Users/|/ro{2}t/|/t[m]p/|[A-Z]:\\\\|"(commandLine|machine|account|environmentVariables|workingDirectory)":|-----BEGIN`

func (c *checker) bytes(report []byte) {
	c.that(utf8.Valid(report) && !bytes.HasPrefix(report, []byte("\xEF\xBB\xBF")), "not UTF-8 without byte order mark")
	c.that(bytes.HasSuffix(report, []byte("}\n")), "does not end in one newline")
	dec := json.NewDecoder(bytes.NewReader(report))
	if err := tokens(dec, ""); err != nil && !errors.Is(err, io.EOF) {
		c.Errorf("report: %v", err)
	}
	if m := regexp.MustCompile(leaks).Find(report); m != nil {
		c.Errorf("report holds %q", m)
	}
}

// tokens reads one value and refuses null and repeated names.
func tokens(dec *json.Decoder, at string) error {
	tok, err := dec.Token()
	if err != nil {
		return err
	}
	switch tok {
	case nil:
		return fmt.Errorf("null at %s", at)
	case json.Delim('['):
		for i := 0; dec.More(); i++ {
			if err := tokens(dec, fmt.Sprintf("%s/%d", at, i)); err != nil {
				return err
			}
		}
		_, err = dec.Token()
	case json.Delim('{'):
		seen := map[json.Token]bool{}
		for dec.More() {
			name, err := dec.Token()
			if err != nil {
				return err
			}
			if seen[name] {
				return fmt.Errorf("name %v repeated at %s", name, at)
			}
			seen[name] = true
			if err := tokens(dec, fmt.Sprintf("%s/%v", at, name)); err != nil {
				return err
			}
		}
		_, err = dec.Token()
	}
	return err
}

func ruleIDs(r sarifRun) string {
	var ids []string
	if r.Tool.Driver.Rules != nil {
		for _, u := range *r.Tool.Driver.Rules {
			ids = append(ids, u.ID)
		}
	}
	return strings.Join(ids, " ")
}

const semver = `^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$`

func (c *checker) run(r sarifRun) {
	d := r.Tool.Driver
	c.that(d.Name == "iamwatch", "driver %q", d.Name)
	c.that(matches(semver, d.SemanticVersion) && d.Version == d.SemanticVersion, "versions %q, %q", d.Version, d.SemanticVersion)
	c.that(strings.HasPrefix(d.InformationURI, "https://"), "informationUri %q", d.InformationURI)
	c.that(matches(`^iamwatch/(iac|aws|export)/([A-Za-z0-9._/-]*/)?$`, r.AutomationDetails.ID), "category %q", r.AutomationDetails.ID)
	c.that(r.ColumnKind == "utf16CodeUnits", "columnKind %q", r.ColumnKind)
	base, ok := r.OriginalURIBaseIDs["%SRCROOT%"]
	c.that(ok && base.URI == "", "originalUriBaseIds %v", r.OriginalURIBaseIDs)
	c.that(r.Artifacts == nil, "artifacts are present")
	c.invocations(r)
	if d.Rules == nil || r.Results == nil {
		c.Fatalf("rules or results are absent")
	}
	ids := map[string]bool{}
	for _, u := range *d.Rules {
		c.that(!ids[u.ID], "rule %s is repeated", u.ID)
		ids[u.ID] = true
		c.rule(u)
	}
	c.results(*r.Results, *d.Rules)
}

func (c *checker) invocations(r sarifRun) {
	if len(r.Invocations) != 1 || r.Invocations[0].ExecutionSuccessful == nil {
		c.Errorf("%d invocations, or executionSuccessful is absent", len(r.Invocations))
		return
	}
	failed := false
	for _, n := range r.Invocations[0].ToolExecutionNotifications {
		failed = failed || n.Level == "error"
		c.message(n.Message.Text)
	}
	c.that(failed != *r.Invocations[0].ExecutionSuccessful, "executionSuccessful disagrees with the notifications")
}

func (c *checker) rule(u rule) {
	c.that(matches(`^IW[0-9]{3}$`, u.ID), "rule id %q", u.ID)
	c.that(matches(`^([A-Z][a-z0-9]*)+$`, u.Name) && len(u.Name) <= 255, "%s: name %q", u.ID, u.Name)
	for _, s := range []string{u.ShortDescription.Text, u.FullDescription.Text} {
		c.that(len(s) > 1 && utf8.RuneCountInString(s) <= 1024 && strings.HasSuffix(s, "."), "%s: description %q", u.ID, s)
	}
	c.that(strings.HasPrefix(u.HelpURI, "https://"), "%s: helpUri %q", u.ID, u.HelpURI)
	c.that(u.Help.Text != "" && strings.Contains(u.Help.Markdown, u.HelpURI), "%s: help", u.ID)
	for _, heading := range []string{"Risk", "Example", "Fix", "Exceptions", "References"} {
		c.that(matches(`(?m)^#+ `+heading, u.Help.Markdown), "%s: help lacks the heading %s", u.ID, heading)
	}
	p := u.Properties
	c.that(p.SecuritySeverity == nil || slices.Contains([]any{"9.5", "8.0", "5.5", "2.0"}, p.SecuritySeverity), "%s: security-severity %v", u.ID, p.SecuritySeverity)
	c.that(slices.Contains([]string{"very-high", "high", "medium", "low"}, p.Precision), "%s: precision %q", u.ID, p.Precision)
	c.that(slices.Contains([]string{"error", "warning", "recommendation"}, p.Problem), "%s: problem.severity %q", u.ID, p.Problem)
	c.that(len(p.Tags) >= 3 && len(p.Tags) <= 10 && slices.Contains(p.Tags, "security"), "%s: tags %v", u.ID, p.Tags)
}

func (c *checker) results(list []result, rules []rule) {
	c.that(len(list) <= 25000, "%d results", len(list))
	type key struct{ rule, uri, print string }
	seen := map[key]bool{}
	for _, r := range list {
		if r.RuleIndex == nil || *r.RuleIndex >= len(rules) || rules[*r.RuleIndex].ID != r.RuleID {
			c.Errorf("%s: ruleIndex", r.RuleID)
			continue
		}
		level := rules[*r.RuleIndex].DefaultConfiguration.Level
		c.that(r.Level == level && slices.Contains([]string{"error", "warning", "note"}, level), "%s: level %q, of the rule %q", r.RuleID, r.Level, level)
		c.that(r.Kind == "" || r.Kind == "fail", "%s: kind %q", r.RuleID, r.Kind)
		if len(r.Locations) != 1 || r.Locations[0].PhysicalLocation == nil {
			c.Errorf("%s: %d locations", r.RuleID, len(r.Locations))
			continue
		}
		c.result(r)
		uri := r.Locations[0].PhysicalLocation.ArtifactLocation.URI
		for _, print := range []string{r.PartialFingerprints["primaryLocationLineHash"], r.Fingerprints["iamwatch/v1"]} {
			k := key{r.RuleID, uri, print}
			c.that(!seen[k], "%v is repeated", k)
			seen[k] = true
		}
	}
}

func (c *checker) result(r result) {
	c.message(r.Message.Text)
	first, _, _ := strings.Cut(r.Message.Text, ". ")
	c.that(utf8.RuneCountInString(first) <= 160, "first sentence %q", first)
	c.location(r.Locations[0], true)
	ids := map[int]bool{}
	for _, l := range r.RelatedLocations {
		c.that(l.ID != nil && !ids[*l.ID] && l.Message != nil, "%s: related location without id or message", r.RuleID)
		if l.ID != nil {
			ids[*l.ID] = true
		}
		c.location(l, false)
	}
	c.that(len(ids) <= 20, "%s: %d related locations", r.RuleID, len(ids))
	for _, m := range regexp.MustCompile(`\]\((\d+)\)`).FindAllStringSubmatch(r.Message.Text, -1) {
		id, err := strconv.Atoi(m[1])
		c.that(err == nil && ids[id], "%s: link to %d", r.RuleID, id)
	}
	c.that(matches(`^[0-9a-f]{1,16}:[1-9][0-9]*$`, r.PartialFingerprints["primaryLocationLineHash"]), "%s: line hash %q", r.RuleID, r.PartialFingerprints["primaryLocationLineHash"])
	c.that(matches(`^[0-9a-f]{64}$`, r.Fingerprints["iamwatch/v1"]), "%s: fingerprint %q", r.RuleID, r.Fingerprints["iamwatch/v1"])
	c.codeFlows(r)
}

func (c *checker) codeFlows(r result) {
	c.that(len(r.CodeFlows) <= 10, "%s: %d code flows", r.RuleID, len(r.CodeFlows))
	for _, f := range r.CodeFlows {
		for _, tf := range f.ThreadFlows {
			c.that(len(tf.Locations) >= 1 && len(tf.Locations) <= 20, "%s: %d steps", r.RuleID, len(tf.Locations))
			for _, s := range tf.Locations {
				c.that(s.Location.Message != nil, "%s: step without message", r.RuleID)
				c.location(s.Location, false)
			}
		}
	}
}

const timestamp = `\d{4}-\d\d-\d\dT\d\d:\d\d`

func (c *checker) message(s string) {
	c.that(s != "" && utf8.RuneCountInString(s) <= 1000, "message of %d bytes", len(s))
	c.that(strings.IndexFunc(s, unicode.IsControl) < 0, "message with control characters: %q", s)
	c.that(!matches(timestamp, s), "message with a time: %q", s)
}

func (c *checker) location(l location, primary bool) {
	p := l.PhysicalLocation
	if p == nil || p.Region == nil {
		c.Errorf("location without place or region")
		return
	}
	uri := p.ArtifactLocation.URI
	c.that(p.ArtifactLocation.URIBaseID == "%SRCROOT%", "uriBaseId %q", p.ArtifactLocation.URIBaseID)
	c.that(matches(`^([A-Za-z0-9._~-]|%[0-9A-F]{2})+(/([A-Za-z0-9._~-]|%[0-9A-F]{2})+)*$`, uri) && !matches(`(^|/)\.\.?(/|$)`, uri), "uri %q", uri)
	r := *p.Region
	c.that(r.StartLine >= 1 && r.StartColumn >= 1 && before(r.StartLine, r.StartColumn, r.EndLine, r.EndColumn), "%s: region %+v", uri, r)
	if primary && p.ContextRegion != nil {
		c.that(p.ContextRegion.encloses(r) && !r.encloses(*p.ContextRegion), "%s: context of %+v", uri, r)
	}
	c.region(uri, r)
	if p.ContextRegion != nil {
		c.region(uri, *p.ContextRegion)
	}
}

// region compares a region's text, cut in UTF-16 units, with its snippet.
func (c *checker) region(uri string, r region) {
	if c.files == nil {
		return
	}
	lines, ok := c.lines(uri)
	if !ok {
		c.Errorf("%s is not a file", uri)
		return
	}
	if r.EndLine > len(lines) {
		c.Errorf("%s: region %+v, but %d lines", uri, r, len(lines))
		return
	}
	if r.Snippet == nil {
		return
	}
	start := offset(lines, r.StartLine, r.StartColumn)
	end := max(start, offset(lines, r.EndLine, r.EndColumn))
	text := strings.ToValidUTF8(clean.Cut(c.data[uri], start, end), "\uFFFD")
	c.that(text == r.Snippet.Text, "%s:%d:%d: snippet %q, text %q", uri, r.StartLine, r.StartColumn, r.Snippet.Text, text)
}

// offset is the byte offset of a line and a column in UTF-16 units.
func offset(lines []string, line, column int) int {
	n := len(cut(lines[line-1], 1, column))
	for _, l := range lines[:line-1] {
		n += len(l)
	}
	return n
}

// cut is the part of a line between two columns in UTF-16 units.
func cut(line string, from, to int) string {
	start, end, column := -1, len(line), 1
	for i, r := range line {
		if start < 0 && column >= from {
			start = i
		}
		if column >= to {
			end = i
			break
		}
		column++
		if r > 0xFFFF {
			column++
		}
	}
	if start < 0 {
		start = len(line)
	}
	return line[start:max(end, start)]
}

func (c *checker) lines(uri string) ([]string, bool) {
	if lines, ok := c.cache[uri]; ok {
		return lines, lines != nil
	}
	path, err := url.PathUnescape(uri)
	if err != nil {
		return nil, false
	}
	data, err := fs.ReadFile(c.files, path)
	if err != nil {
		return nil, false
	}
	lines := strings.SplitAfter(string(data), "\n")
	c.cache[uri], c.data[uri] = lines, data
	return lines, true
}
