package scanner_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/iamwatch/iamwatch/scanner"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// TestSuppressionsHideWhatTheyName: a suppression with a reason hides the
// findings of its rule at its block or below its construct, until it ends; one
// that hides nothing is told.
func TestSuppressionsHideWhatTheyName(t *testing.T) {
	made := source.New("t.json", []byte("role\npolicy\n"))
	made.Trace([]source.Trace{{Part: made.Range(0, 4), As: "App/Admin/Role"}, {Part: made.Range(5, 11), As: "App/Administrator"}})
	settings := source.New(".iamwatch.yaml", []byte("a\n"))
	at := settings.Range(0, 1)
	now := time.Date(2026, 11, 25, 0, 0, 0, 0, time.UTC)
	outside := func(rule, resource, reason string, expires time.Time) *scanner.Suppression {
		return &scanner.Suppression{Rule: source.NewString(rule, at), Resource: resource, Reason: reason, Expires: expires, Range: at}
	}
	inside := outside("IW901", "", "known", time.Time{})
	inside.Block = made.Range(5, 11)
	for name, c := range map[string]struct {
		suppression *scanner.Suppression
		want        []string
		told        string
	}{
		"construct":         {outside("IW901", "App/Admin/Role", "known", time.Time{}), []string{"policy"}, ""},
		"construct above":   {outside("IW901", "/App/Admin/", "known", time.Time{}), []string{"policy"}, ""},
		"stack":             {outside("IW901", "App", "known", time.Time{}), nil, ""},
		"not a prefix":      {outside("IW901", "App/Admin", "known", time.Time{}), []string{"policy"}, ""},
		"no resource":       {outside("IW901", "", "known", time.Time{}), []string{"role", "policy"}, "this ignores nothing: there is no finding of IW901 here"},
		"last day":          {outside("IW901", "App", "known", now), nil, ""},
		"over":              {outside("IW901", "App", "known", now.AddDate(0, 0, -2)), []string{"role", "policy"}, "this ignores nothing any more: it ended on 2026-11-23"},
		"no reason":         {outside("IW901", "App", "", time.Time{}), []string{"role", "policy"}, "this ignores nothing: it says no reason"},
		"no such rule":      {outside("IW999", "App", "known", time.Time{}), []string{"role", "policy"}, `this ignores nothing: there is no rule "IW999"`},
		"no such construct": {outside("IW901", "App/X", "known", time.Time{}), []string{"role", "policy"}, "this ignores nothing: there is no finding of IW901 here"},
		"in the source":     {inside, []string{"role"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := config(map[string]string{"a": "code\nx\n"}, rule("IW901", report(
				scanner.Finding{Message: "role", Range: made.Range(1, 3), Entity: "a"},
				scanner.Finding{Message: "policy", Range: made.Range(6, 8), Entity: "b"},
			)))
			cfg.Suppressions, cfg.Now = []*scanner.Suppression{c.suppression}, now
			r := scan(t, cfg)
			var got []string
			for _, f := range r.Findings {
				got = append(got, f.Message)
			}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Error(d)
			}
			told := ""
			for _, d := range r.Diagnostics {
				told += d.Message
			}
			if told != c.told || !r.Complete() {
				t.Errorf("told %q, want %q", told, c.told)
			}
			if r.Stats.Suppressed != 2-len(c.want) {
				t.Errorf("%d are counted", r.Stats.Suppressed)
			}
			cfg.ShowSuppressed = true
			if r := scan(t, cfg); len(r.Findings) != 2 || r.Stats.Suppressed != 2-len(c.want) || r.Stats.BySeverity != scan(t, hiding(cfg)).Stats.BySeverity {
				t.Errorf("shown: %d findings, %+v", len(r.Findings), r.Stats)
			}
			cfg.ShowSuppressed, cfg.NoIgnores = false, true
			if r := scan(t, cfg); len(r.Findings) != 2 || r.Stats.Suppressed != 0 || len(r.Diagnostics) != 0 {
				t.Errorf("without ignores: %d findings, %v", len(r.Findings), r.Diagnostics)
			}
		})
	}
}

// hiding is a configuration that does not show what it suppresses.
func hiding(c scanner.Config) scanner.Config {
	c.ShowSuppressed = false
	return c
}
