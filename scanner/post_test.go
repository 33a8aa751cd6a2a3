package scanner_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/iamwatch/iamwatch/scanner"
	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

func TestOrder(t *testing.T) {
	c := config(map[string]string{"b": "code\nb1\nb2\n", "a": "code\na1\n", "c/a": "code\nc1\n"},
		rule("IW904"), rule("IW902", severity(scanner.Critical)), rule("IW903"))
	var got []string
	for _, f := range scan(t, c).Findings {
		got = append(got, f.Rule.ID+" "+strings.TrimPrefix(f.Message, "role "))
	}
	want := []string{
		"IW902 a1", "IW902 b1", "IW902 b2", "IW902 c1",
		"IW903 a1", "IW904 a1", "IW903 b1", "IW904 b1", "IW903 b2", "IW904 b2", "IW903 c1", "IW904 c1",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// report is a check that reports findings at the first role of the model.
func report(findings ...scanner.Finding) func(*scanner.Rule) {
	return check(func(p *scanner.Pass) error {
		u := p.Model.Units[0]
		for _, f := range findings {
			f.Unit, f.Confidence = u, scanner.ConfidenceHigh
			if f.Range.IsZero() {
				f.Range = u.Identities[0].Range
			}
			p.Report(f)
		}
		return nil
	})
}

func TestEqualFindingsAreOne(t *testing.T) {
	base := scanner.Finding{Message: "m", Entity: "role//one", Part: "p"}
	other := func(edit func(*scanner.Finding)) scanner.Finding {
		f := base
		edit(&f)
		return f
	}
	c := config(map[string]string{"a": "code\none\n"}, rule("IW901", report(
		base, base,
		other(func(f *scanner.Finding) { f.Message = "n" }),
		other(func(f *scanner.Finding) { f.Part = "q" }),
		other(func(f *scanner.Finding) { f.Entity = "role//two" }),
		base,
	)), rule("IW902", report(base)))
	var got []string
	for _, f := range scan(t, c).Findings {
		got = append(got, strings.Join([]string{f.Rule.ID, f.Entity, f.Part, f.Message}, " "))
	}
	want := []string{"IW901 role//one p m", "IW901 role//one p n", "IW901 role//one q m", "IW901 role//two p m", "IW902 role//one p m"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// prints are the fingerprints of a scan's findings.
func prints(t *testing.T, c scanner.Config) []string {
	t.Helper()
	var out []string
	for _, f := range scan(t, c).Findings {
		out = append(out, f.Fingerprint)
	}
	return out
}

func TestFingerprintsStay(t *testing.T) {
	base := func() scanner.Config { return config(map[string]string{"a": "code\none\ntwo\n"}, rule("IW901")) }
	want := prints(t, base())
	if len(want) != 2 || want[0] == want[1] || !regexp.MustCompile(`^[0-9a-f]{64}$`).MatchString(want[0]) {
		t.Fatalf("fingerprints: %q", want)
	}
	slices.Sort(want)
	for name, c := range map[string]scanner.Config{
		"the file moves":       config(map[string]string{"x/y/z": "code\none\ntwo\n"}, rule("IW901")),
		"lines move":           config(map[string]string{"a": "code\n\n\n one\n\ntwo\n"}, rule("IW901")),
		"the order changes":    config(map[string]string{"a": "code\ntwo\none\n"}, rule("IW901")),
		"two files":            config(map[string]string{"a": "code\ntwo\n", "b": "code\none\n"}, rule("IW901")),
		"the message changes":  config(map[string]string{"a": "code\none\ntwo\n"}, rule("IW901", check(eachRole(func(f *scanner.Finding) { f.Message = "new" })))),
		"the severity changes": config(map[string]string{"a": "code\none\ntwo\n"}, rule("IW901", severity(scanner.High))),
		"the rule's name does": config(map[string]string{"a": "code\none\ntwo\n"}, rule("IW901", func(r *scanner.Rule) { r.Name = "renamed" })),
	} {
		got := prints(t, c)
		slices.Sort(got)
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
	newer := base()
	newer.Version, newer.Options.Accounts = "9.9.9", []string{"111122223333"}
	got := prints(t, newer)
	slices.Sort(got)
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("version and account: %s", d)
	}
}

func TestFingerprintsDiffer(t *testing.T) {
	base := prints(t, config(map[string]string{"a": "code\none\n"}, rule("IW901")))
	for name, c := range map[string]scanner.Config{
		"rule":   config(map[string]string{"a": "code\none\n"}, rule("IW902")),
		"entity": config(map[string]string{"a": "code\ntwo\n"}, rule("IW901")),
		"part":   config(map[string]string{"a": "code\none\n"}, rule("IW901", check(eachRole(func(f *scanner.Finding) { f.Part = "other" })))),
	} {
		if got := prints(t, c); got[0] == base[0] {
			t.Errorf("the %s makes no difference", name)
		}
	}
}

func TestEqualFingerprintsAreNumbered(t *testing.T) {
	one := prints(t, config(map[string]string{"a": "code\nsame\n"}, rule("IW901")))
	got := prints(t, config(map[string]string{"a": "code\nsame\nsame\nsame\n"}, rule("IW901")))
	if len(got) != 3 || got[0] != one[0] || got[1] == got[0] || got[2] == got[1] || got[2] == got[0] {
		t.Errorf("fingerprints: %q, the first is %q", got, one)
	}
	apart := prints(t, config(map[string]string{"a": "code\nsame\n", "b": "code\nsame\n"}, rule("IW901")))
	if len(apart) != 2 || apart[0] != one[0] || apart[1] != one[0] {
		t.Errorf("of two files: %q", apart)
	}
	rules := prints(t, config(map[string]string{"a": "code\nsame\nsame\n"}, rule("IW901"), rule("IW902")))
	if len(rules) != 4 {
		t.Fatalf("%d findings", len(rules))
	}
	slices.Sort(rules)
	if len(slices.Compact(rules)) != 4 {
		t.Errorf("of two rules: %q", rules)
	}
}

func TestNumbersDoNotHangOnSelection(t *testing.T) {
	doubtful := check(eachRole(func(f *scanner.Finding) {
		if f.Range.From().Line == 2 {
			f.Confidence = scanner.ConfidenceLow
		}
	}))
	c := config(map[string]string{"a": "code\nsame\nsame\n"}, rule("IW901", doubtful))
	all := prints(t, c)
	c.Selection.MinConfidence = scanner.ConfidenceMedium
	if got := prints(t, c); len(got) != 1 || got[0] != all[1] {
		t.Errorf("fingerprints: %q of %q", got, all)
	}
}

func TestDiagnosticsAreOrderedAndOnce(t *testing.T) {
	c := config(map[string]string{"b": "code\n!late\n!early\n", "a": "code\n?odd\n"}, rule("IW901"))
	twice := lineParser{word: "code"}
	c.Parsers = []scanner.Parser{repeating{twice}}
	if d := cmp.Diff([]string{"a: odd", "b: late", "b: early"}, diagnostics(scan(t, c))); d != "" {
		t.Error(d)
	}
}

// A repeating parser reads every file twice.
type repeating struct{ lineParser }

func (r repeating) Plan(env *scanner.Env, files []*source.Source) []scanner.Job {
	return append(r.lineParser.Plan(env, files), r.lineParser.Plan(env, files)...)
}

func TestRunsByCategory(t *testing.T) {
	for name, c := range map[string]struct {
		dir   string
		texts map[string]string
		want  []string
	}{
		"nothing at all":      {"", map[string]string{"p": "prose"}, []string{"iamwatch/iac/"}},
		"the root":            {"", map[string]string{"a": "code\none\n"}, []string{"iamwatch/iac/"}},
		"the root by a dot":   {".", map[string]string{"a": "code\none\n"}, []string{"iamwatch/iac/"}},
		"a directory":         {"infra/prod", map[string]string{"infra/prod/a": "code\none\n"}, []string{"iamwatch/iac/infra/prod/"}},
		"odd characters":      {"infra prod/caf\u00e9+\U0001F600", map[string]string{"a": "code\none\n"}, []string{"iamwatch/iac/infra-prod/caf---/"}},
		"an export":           {"", map[string]string{"live/a": "live\n111122223333\n"}, []string{"iamwatch/export/111122223333/"}},
		"an export at root":   {"", map[string]string{"a": "live\n111122223333\n"}, []string{"iamwatch/export/111122223333/"}},
		"an export folder":    {"", map[string]string{"out/aws/111122223333/a": "live\n111122223333\n"}, []string{"iamwatch/aws/111122223333/"}},
		"a folder of its own": {"", map[string]string{"aws/111122223333/eu-west-1/a": "live\n111122223333\n"}, []string{"iamwatch/aws/111122223333/"}},
		"another's folder":    {"", map[string]string{"aws/999999999999/a": "live\n111122223333\n"}, []string{"iamwatch/export/111122223333/"}},
		"a like folder":       {"", map[string]string{"paws/111122223333/a": "live\n111122223333\n"}, []string{"iamwatch/export/111122223333/"}},
		"no account":          {"", map[string]string{"live/a": "live\nnobody\n"}, []string{"iamwatch/export/unknown/"}},
		"both": {"", map[string]string{"a": "code\none\n", "live/a": "live\n111122223333\n", "live2/a": "live\n444455556666\n"},
			[]string{"iamwatch/iac/", "iamwatch/export/444455556666/", "iamwatch/export/111122223333/"}},
	} {
		t.Run(name, func(t *testing.T) {
			conf := config(c.texts, rule("IW901"))
			conf.Dir = c.dir
			conf.Parsers = []scanner.Parser{lineParser{word: "live", input: model.Export}, lineParser{word: "code"}}
			r := scan(t, conf)
			var got []string
			findings := 0
			for _, run := range r.Runs {
				got = append(got, run.Category)
				findings += len(run.Findings)
				for _, i := range run.Findings {
					if !slices.Contains(run.Units, r.Findings[i].Unit) {
						t.Errorf("%s holds a finding of another run", run.Category)
					}
				}
			}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Error(d)
			}
			if findings != len(r.Findings) {
				t.Errorf("%d of %d findings are in a run", findings, len(r.Findings))
			}
		})
	}
}

func TestDiagnosticsGoToTheirRun(t *testing.T) {
	c := config(map[string]string{
		"a": "code\n!in code\n", "live/a": "live\n111122223333\n!in live\n", "live/b": "live\n!beside\n", "sub/a": "code\n!in sub\n",
	}, rule("IW901"))
	c.Parsers = []scanner.Parser{lineParser{word: "live", input: model.Export}, lineParser{word: "code"}}
	r := scan(t, c)
	got := map[string][]string{}
	for _, run := range r.Runs {
		for _, i := range run.Diagnostics {
			got[run.Category] = append(got[run.Category], r.Diagnostics[i].Message)
		}
	}
	want := map[string][]string{"iamwatch/iac/": {"in code", "in sub"}, "iamwatch/export/111122223333/": {"in live", "beside"}}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestRunSeesAFindingWithoutUnit(t *testing.T) {
	c := config(map[string]string{"live/a": "live\n111122223333\n"}, rule("IW901", check(func(p *scanner.Pass) error {
		p.Report(scanner.Finding{Message: "of the scan", Confidence: scanner.ConfidenceHigh})
		return nil
	})))
	c.Parsers = []scanner.Parser{lineParser{word: "live", input: model.Export}}
	r := scan(t, c)
	if len(r.Runs) != 2 || len(r.Runs[0].Findings) != 1 || r.Runs[0].Category != "iamwatch/iac/" {
		t.Errorf("runs: %+v", r.Runs)
	}
}

func TestStats(t *testing.T) {
	c := config(map[string]string{"a": "code\none\ntwo\n", "b": "code\nthree\n", "c": "prose"},
		rule("IW901", severity(scanner.High)), rule("IW902", severity(scanner.Low)))
	st := scan(t, c).Stats
	if st.Files != 2 || st.Passed != 1 || st.Principals != 3 || st.BySeverity[scanner.High] != 3 || st.BySeverity[scanner.Low] != 3 {
		t.Errorf("stats: %+v", st)
	}
	if st.Elapsed <= 0 {
		t.Error("no time passed")
	}
}

func TestResultNamesVersionAndRules(t *testing.T) {
	c := config(map[string]string{"a": "code\n"}, rule("IW902"), rule("IW901"))
	c.Version = "1.2.3"
	r := scan(t, c)
	if r.Version != "1.2.3" || len(r.Rules) != 2 || r.Rules[0].ID != "IW902" || len(r.Findings) != 0 || len(r.Runs) != 1 {
		t.Errorf("result: %+v", r)
	}
}
