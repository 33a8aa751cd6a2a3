package sarif

import (
	"crypto/sha1" // what RFC 9562 asks for; nothing is secured by it
	"fmt"
	"slices"

	"github.com/owenrumney/go-sarif/v2/sarif"

	"github.com/iamwatch/iamwatch/reports/internal/clean"
	"github.com/iamwatch/iamwatch/scanner"
)

// suppresses reports whether a suppressed finding is shown. All results of a
// run then tell of suppressions (SARIF 2.1.0, 3.27.23).
func (b *builder) suppresses() bool {
	return slices.ContainsFunc(b.result.Findings, func(f scanner.Finding) bool { return f.Suppressed != nil })
}

// suppressions are what hides a finding. All four fields are set: go-sarif
// writes null for one that is not.
func (b *builder) suppressions(f scanner.Finding) []*sarif.Suppression {
	s := f.Suppressed
	if s == nil {
		return nil
	}
	return []*sarif.Suppression{{
		Kind: s.Kind(), Status: new("accepted"), Location: b.location(s.Range),
		Guid:          new(guid(f.Fingerprint + s.Kind() + s.Range.String())),
		Justification: new(clean.Line(s.Reason)),
	}}
}

// guid is the UUID of a name, always the same one (RFC 9562, version 5).
func guid(name string) string {
	u := sha1.Sum([]byte("https://github.com/iamwatch/iamwatch#suppression/" + name))
	u[6], u[8] = u[6]&0x0f|0x50, u[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", u[:4], u[4:6], u[6:8], u[8:10], u[10:16])
}

// A toldResult, with the run and report around it, writes an empty list of
// suppressions, which go-sarif leaves out.
type toldResult struct {
	*sarif.Result
	Suppressions []*sarif.Suppression `json:"suppressions"`
}

type toldRun struct {
	*sarif.Run
	Results []toldResult `json:"results"`
}

type toldReport struct {
	*sarif.Report
	Runs []toldRun `json:"runs"`
}

func (b *builder) withSuppressions(report *sarif.Report) toldReport {
	out := toldReport{Report: report, Runs: []toldRun{}}
	for _, run := range report.Runs {
		told := toldRun{Run: run, Results: []toldResult{}}
		for _, r := range run.Results {
			told.Results = append(told.Results, toldResult{r, append([]*sarif.Suppression{}, r.Suppressions...)})
		}
		out.Runs = append(out.Runs, told)
	}
	return out
}
