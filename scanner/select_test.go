package scanner_test

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/iamwatch/iamwatch/scanner"
	"github.com/iamwatch/iamwatch/scanner/cloudwatch"
)

// catalogue is five rules: of each severity one, at several confidences.
func catalogue() []*scanner.Rule {
	class := func(c cloudwatch.Class) func(*scanner.Rule) {
		return func(r *scanner.Rule) { r.Classes = []cloudwatch.Class{c} }
	}
	strict := func(r *scanner.Rule) { r.Strict = true }
	return []*scanner.Rule{
		rule("IW101", severity(scanner.Critical), class(cloudwatch.ClassBlind)),
		rule("IW102", severity(scanner.High), confidence(scanner.ConfidenceLow), class(cloudwatch.ClassRead)),
		rule("IW103", severity(scanner.Medium), confidence(scanner.ConfidenceMedium)),
		rule("IW104", severity(scanner.Low), strict, class(cloudwatch.ClassBlind)),
		rule("IW105", severity(scanner.Info)),
	}
}

func TestSelection(t *testing.T) {
	const floor, likely = scanner.Low, scanner.ConfidenceMedium
	for name, c := range map[string]struct {
		selection scanner.Selection
		want      string
	}{
		"all":                    {scanner.Selection{}, "IW101 IW102 IW103 IW105"},
		"default":                {scanner.Selection{MinSeverity: floor, MinConfidence: likely}, "IW101 IW103"},
		"strict":                 {scanner.Selection{MinSeverity: floor, MinConfidence: likely, Strict: true}, "IW101 IW102 IW103 IW104"},
		"strict and high":        {scanner.Selection{MinSeverity: scanner.High, MinConfidence: likely, Strict: true}, "IW101 IW102"},
		"only by id":             {scanner.Selection{MinSeverity: floor, MinConfidence: likely, Only: []string{"IW103"}}, "IW103"},
		"only at any confidence": {scanner.Selection{MinSeverity: floor, MinConfidence: likely, Only: []string{"iw102"}}, "IW102"},
		"only by name":           {scanner.Selection{MinSeverity: floor, MinConfidence: likely, Only: []string{"rule-iw101"}}, "IW101"},
		"only by severity":       {scanner.Selection{MinSeverity: floor, MinConfidence: likely, Only: []string{"high", "medium"}}, "IW102 IW103"},
		"only by class":          {scanner.Selection{MinSeverity: floor, MinConfidence: likely, Only: []string{"blind"}}, "IW101 IW104"},
		"enable a strict one":    {scanner.Selection{MinSeverity: floor, MinConfidence: likely, Enable: []string{"IW104"}}, "IW101 IW103 IW104"},
		"enable a doubtful one":  {scanner.Selection{MinSeverity: floor, MinConfidence: likely, Enable: []string{"read"}}, "IW101 IW102 IW103"},
		"enable a note":          {scanner.Selection{MinSeverity: floor, MinConfidence: likely, Enable: []string{"IW105"}}, "IW101 IW103 IW105"},
		"enable below the floor": {scanner.Selection{MinSeverity: scanner.Critical, MinConfidence: likely, Enable: []string{"IW103"}}, "IW101"},
		"disable":                {scanner.Selection{MinSeverity: floor, MinConfidence: likely, Disable: []string{"critical"}}, "IW103"},
		"disable before enable":  {scanner.Selection{MinSeverity: floor, Enable: []string{"IW104"}, Disable: []string{"blind"}}, "IW102 IW103"},
		"disable within only":    {scanner.Selection{MinSeverity: floor, Only: []string{"blind"}, Disable: []string{"rule-iw101"}}, "IW104"},
		"sure ones":              {scanner.Selection{MinSeverity: floor, MinConfidence: scanner.ConfidenceHigh}, "IW101"},
	} {
		t.Run(name, func(t *testing.T) {
			conf := config(map[string]string{"a": "code\none\n"}, catalogue()...)
			conf.Selection = c.selection
			r := scan(t, conf)
			if d := cmp.Diff(c.want, strings.Join(ids(r), " ")); d != "" {
				t.Error(d)
			}
			hidden, shown := 0, 0
			for _, h := range r.Stats.Hidden {
				hidden += h.Count
			}
			for _, n := range r.Stats.BySeverity {
				shown += n
			}
			if hidden+shown != len(conf.Rules) || shown != len(r.Findings) {
				t.Errorf("%d hidden and %d shown of %d", hidden, shown, len(conf.Rules))
			}
			if len(r.Rules) != len(conf.Rules) {
				t.Error("the result lists the whole catalogue, whatever is selected")
			}
		})
	}
}

func TestSelectionOfUnknownNames(t *testing.T) {
	for _, n := range []string{"IW999", "rule", "severe", "", "IW10"} {
		for field, s := range map[string]scanner.Selection{"only": {Only: []string{"IW101", n}}, "enable": {Enable: []string{n}}, "disable": {Disable: []string{n}}} {
			c := config(map[string]string{"a": "code\none\n"}, catalogue()...)
			c.Selection = s
			_, err := scanner.Scan(context.Background(), c)
			if err == nil || !strings.Contains(err.Error(), `"`+n+`"`) {
				t.Errorf("%s %q: %v", field, n, err)
			}
		}
	}
}

func TestHiddenIsCountedInOrder(t *testing.T) {
	c := config(map[string]string{"a": "code\none\ntwo\n"}, catalogue()...)
	c.Selection = scanner.Selection{MinSeverity: scanner.Low, MinConfidence: scanner.ConfidenceMedium}
	var got []string
	for _, h := range scan(t, c).Stats.Hidden {
		got = append(got, h.Rule.ID+strings.Repeat("+", h.Count))
	}
	if d := cmp.Diff([]string{"IW102++", "IW104++", "IW105++"}, got); d != "" {
		t.Error(d)
	}
}

func TestValidate(t *testing.T) {
	if err := scanner.Validate(catalogue()); err != nil {
		t.Fatal(err)
	}
	for name, edit := range map[string]func(*scanner.Rule){
		"no id":            func(r *scanner.Rule) { r.ID = "" },
		"short id":         func(r *scanner.Rule) { r.ID = "IW10" },
		"foreign id":       func(r *scanner.Rule) { r.ID = "XX101" },
		"id of letters":    func(r *scanner.Rule) { r.ID = "IWabc" },
		"repeated id":      func(r *scanner.Rule) { r.ID = "IW101" },
		"repeated name":    func(r *scanner.Rule) { r.Name = "rule-iw101" },
		"no name":          func(r *scanner.Rule) { r.Name = "" },
		"name in capitals": func(r *scanner.Rule) { r.Name = "Rule-X" },
		"name in words":    func(r *scanner.Rule) { r.Name = "rule x" },
		"no title":         func(r *scanner.Rule) { r.Title = "" },
		"no help":          func(r *scanner.Rule) { r.Help = "" },
		"no check":         func(r *scanner.Rule) { r.Check = nil },
		"no severity":      func(r *scanner.Rule) { r.Severity = scanner.Critical + 1 },
		"odd precision":    func(r *scanner.Rule) { r.Precision = "sure" },
		"a severity name":  func(r *scanner.Rule) { r.Name = "critical" },
		"a class name":     func(r *scanner.Rule) { r.Name = "blind" },
	} {
		bad := rule("IW199", edit)
		if err := scanner.Validate(append(catalogue(), bad)); err == nil {
			t.Errorf("%s is let pass", name)
		}
	}
	if err := scanner.Validate(append(catalogue(), nil)); err == nil {
		t.Error("no rule at all is let pass")
	}
}

func TestNames(t *testing.T) {
	for s := scanner.Info; s <= scanner.Critical; s++ {
		if got, ok := scanner.ParseSeverity(s.String()); !ok || got != s {
			t.Errorf("%v: %v", s, got)
		}
	}
	for c := scanner.ConfidenceLow; c <= scanner.ConfidenceHigh; c++ {
		if got, ok := scanner.ParseConfidence(c.String()); !ok || got != c {
			t.Errorf("%v: %v", c, got)
		}
	}
	if _, ok := scanner.ParseSeverity("grave"); ok {
		t.Error("a severity called grave")
	}
	if _, ok := scanner.ParseConfidence("sure"); ok {
		t.Error("a confidence called sure")
	}
	var got []scanner.Confidence
	for c := scanner.ConfidenceHigh; len(got) < 3; c = c.Lower() {
		got = append(got, c.Lower())
	}
	want := []scanner.Confidence{scanner.ConfidenceMedium, scanner.ConfidenceLow, scanner.ConfidenceLow}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}
