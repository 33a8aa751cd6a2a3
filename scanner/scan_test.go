package scanner_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/iamwatch/iamwatch/parsers/policy"
	"github.com/iamwatch/iamwatch/parsers/terraform"
	"github.com/iamwatch/iamwatch/scanner"
	"github.com/iamwatch/iamwatch/scanner/model"
)

func TestFirstParserThatMatchesHasTheFile(t *testing.T) {
	c := config(map[string]string{"a": "code\none\n", "b": "codes\ntwo\n", "c": "prose\nthree\n"}, rule("IW901"))
	c.Parsers = []scanner.Parser{lineParser{word: "codes", input: model.CloudFormation}, lineParser{word: "code"}}
	r := scan(t, c)
	inputs := map[string]model.Input{}
	for _, f := range r.Findings {
		inputs[f.Message] = f.Unit.Input
	}
	want := map[string]model.Input{"role one": model.Terraform, "role two": model.CloudFormation}
	if d := cmp.Diff(want, inputs, cmp.Comparer(func(a, b model.Input) bool { return a == b })); d != "" {
		t.Error(d)
	}
	if r.Stats.Files != 2 || r.Stats.Passed != 1 {
		t.Errorf("%d files, %d passed", r.Stats.Files, r.Stats.Passed)
	}
	if !r.Complete() {
		t.Error("a file of another kind makes nothing incomplete")
	}
}

func TestUnreadableFiles(t *testing.T) {
	texts := map[string]string{"a": "code\none\n", "b": "code\ntwo\n"}
	for name, c := range map[string]struct {
		broken brokenFS
		files  []string
		limit  int64
		want   []string
	}{
		"open":      {broken: brokenFS{open: "a"}, want: []string{"a: read file: the disk is broken"}},
		"stat":      {broken: brokenFS{stat: "a"}, want: []string{"a: read file: the disk is broken"}},
		"read":      {broken: brokenFS{read: "a"}, want: []string{"a: read file: the disk is broken"}},
		"absent":    {files: []string{"b", "c"}, want: []string{"c: read file: file does not exist"}},
		"too large": {limit: 4, files: []string{"a"}, want: []string{"a: read file: the file is larger than the limit"}},
		"repeated":  {files: []string{"b", "b", "a"}},
		"outside":   {files: []string{"b", "../c"}, want: []string{"../c: read file: file does not exist"}},
		"directory": {files: []string{"b", "."}, want: []string{".: read file: invalid argument"}},
	} {
		t.Run(name, func(t *testing.T) {
			conf := config(texts, rule("IW901"))
			c.broken.FS = conf.FS
			conf.FS, conf.MaxFileSize = c.broken, c.limit
			if c.files != nil {
				conf.Files = c.files
			}
			r := scan(t, conf)
			got := diagnostics(r)
			if name == "outside" && len(got) == 1 {
				got[0] = "../c: read file: file does not exist" // the words are the file system's
			}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Error(d)
			}
			if r.Complete() != (len(c.want) == 0) {
				t.Errorf("complete: %v", r.Complete())
			}
			if c.limit == 0 && !slices.Contains(messages(r), "role two") {
				t.Errorf("the other file's findings are lost: %q", messages(r))
			}
		})
	}
}

// A file system has no name for some files of a tree: each is told of once.
func TestFilesWithoutAValidName(t *testing.T) {
	c := config(map[string]string{"b": "code\ntwo\n"}, rule("IW901"))
	c.Files = []string{"b", "n\xff.json"}
	r := scan(t, c)
	want := []string{"n\uFFFD.json: not read: its name is not valid UTF-8"}
	if d := cmp.Diff(want, diagnostics(r)); d != "" || !r.Complete() {
		t.Errorf("complete: %v %s", r.Complete(), d)
	}
	c.Files = []string{"b", "n\xff.tf"}
	want[0] = strings.Replace(want[0], ".json", ".tf", 1)
	r = scan(t, c)
	if d := cmp.Diff(want, diagnostics(r)); d != "" || r.Complete() {
		t.Errorf("complete: %v %s", r.Complete(), d)
	}
}

// A growing file system tells a smaller size than a file has.
func TestFileThatGrowsIsTooLarge(t *testing.T) {
	c := config(map[string]string{"a": "code\none\n"}, rule("IW901"))
	c.FS, c.MaxFileSize = growingFS{files(map[string]string{"a": "code\n" + strings.Repeat("x", 100)})}, 50
	if got := diagnostics(scan(t, c)); len(got) != 1 || !strings.Contains(got[0], "larger than the limit") {
		t.Errorf("diagnostics: %q", got)
	}
}

func TestParserPanics(t *testing.T) {
	for _, stage := range []string{"match", "plan", "job"} {
		t.Run(stage, func(t *testing.T) {
			c := config(map[string]string{"a": "bad\none\n", "b": "code\ntwo\n"}, rule("IW901"))
			c.Parsers = []scanner.Parser{lineParser{word: "bad", fails: stage}, lineParser{word: "code"}}
			r := scan(t, c)
			if r.Complete() {
				t.Error("complete")
			}
			got := diagnostics(r)
			if len(got) == 0 || !strings.HasPrefix(got[0], "a: ") || !strings.Contains(got[0], "bad parser") || !strings.Contains(got[0], "out of "+stage) {
				t.Errorf("diagnostics: %q", got)
			}
			if stage != "match" && !slices.Contains(messages(r), "role two") {
				t.Errorf("the other parser's findings are lost: %q", messages(r))
			}
		})
	}
}

func TestRuleFailures(t *testing.T) {
	c := config(map[string]string{"a": "code\none\n"},
		rule("IW901"),
		rule("IW902", check(func(p *scanner.Pass) error {
			p.Report(scanner.Finding{Message: "half"})
			panic("no such thing")
		})),
		rule("IW903", check(func(*scanner.Pass) error { return errBroken })),
	)
	r := scan(t, c)
	if d := cmp.Diff([]string{"role one"}, messages(r)); d != "" {
		t.Errorf("a rule that failed has no finding: %s", d)
	}
	if len(r.RuleErrors) != 2 {
		t.Fatalf("%d rule errors", len(r.RuleErrors))
	}
	for i, want := range []string{"rule IW902: no such thing", "rule IW903: the disk is broken"} {
		if got := r.RuleErrors[i]; got.Err.Error() != want || got.Rule != c.Rules[i+1] {
			t.Errorf("%v", got.Err)
		}
	}
	if !errors.Is(r.RuleErrors[1].Err, errBroken) {
		t.Error("the cause is lost")
	}
}

func TestCancelled(t *testing.T) {
	t.Run("before", func(t *testing.T) {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		if _, err := scanner.Scan(ctx, config(map[string]string{"a": "code\none\n"}, rule("IW901"))); !errors.Is(err, context.Canceled) {
			t.Errorf("error: %v", err)
		}
	})
	t.Run("while parsing", func(t *testing.T) {
		ctx, cancel := context.WithCancel(context.Background())
		c := config(map[string]string{"a": "code\none\n"})
		c.Parsers = []scanner.Parser{lineParser{word: "code", wait: func(ctx context.Context) {
			cancel()
			<-ctx.Done()
		}}}
		if _, err := scanner.Scan(ctx, c); !errors.Is(err, context.Canceled) {
			t.Errorf("half of a scan is a result: %v", err)
		}
	})
	t.Run("between rules", func(t *testing.T) {
		ctx, cancel := context.WithCancel(context.Background())
		stop := check(func(*scanner.Pass) error {
			cancel()
			return nil
		})
		c := config(map[string]string{"a": "code\none\n"}, rule("IW901", stop), rule("IW902"), rule("IW903"))
		c.Jobs = 1
		if _, err := scanner.Scan(ctx, c); !errors.Is(err, context.Canceled) {
			t.Errorf("error: %v", err)
		}
	})
}

func TestBadConfiguration(t *testing.T) {
	good := config(map[string]string{"a": "code\none\n"}, rule("IW901"))
	for name, edit := range map[string]func(*scanner.Config){
		"no file system": func(c *scanner.Config) { c.FS = nil },
		"bad rule":       func(c *scanner.Config) { c.Rules = []*scanner.Rule{rule("X")} },
		"unknown only":   func(c *scanner.Config) { c.Selection.Only = []string{"IW777"} },
		"unknown enable": func(c *scanner.Config) { c.Selection.Enable = []string{"nothing"} },
		"no disable":     func(c *scanner.Config) { c.Selection.Disable = []string{""} },
	} {
		c := good
		edit(&c)
		if _, err := scanner.Scan(context.Background(), c); err == nil {
			t.Errorf("%s is let pass", name)
		}
	}
}

func TestEnvironmentReachesParsers(t *testing.T) {
	c := config(map[string]string{"a": "code\none\n"}, rule("IW901"))
	var accounts []string
	c.Rules[0].Check = func(p *scanner.Pass) error {
		accounts = append(p.Options.Accounts, p.Model.Units[0].Account)
		return nil
	}
	c.Options.Accounts = []string{"111122223333"}
	scan(t, c)
	if d := cmp.Diff([]string{"111122223333", "111122223333"}, accounts); d != "" {
		t.Error(d)
	}
	c.Options.Accounts = []string{"111122223333", "444455556666"}
	scan(t, c)
	if accounts[2] != "" {
		t.Errorf("of two accounts one was taken: %q", accounts[2])
	}
}

func TestJobsMakeNoDifference(t *testing.T) {
	texts := map[string]string{}
	for i := range 60 {
		texts[fmt.Sprintf("d%d/f%02d", i%7, i)] = fmt.Sprintf("code\nrole%d\nsame\n!broken %d\n", i%5, i)
	}
	show := func(jobs int) string {
		c := config(texts, rule("IW901"), rule("IW902", severity(scanner.Critical)), rule("IW903", confidence(scanner.ConfidenceLow)))
		c.Jobs = jobs
		r := scan(t, c)
		var b strings.Builder
		for _, f := range r.Findings {
			fmt.Fprintln(&b, f.Rule.ID, f.Range, f.Message, f.Fingerprint)
		}
		for _, d := range r.Diagnostics {
			fmt.Fprintln(&b, d.Error())
		}
		r.Stats.Elapsed = 0
		fmt.Fprintln(&b, r.Stats.Files, r.Stats.Principals, r.Stats.BySeverity, len(r.Stats.Hidden), len(r.Runs))
		return b.String()
	}
	want := show(1)
	if strings.Count(want, "\n") < 200 {
		t.Fatalf("few lines: %d", strings.Count(want, "\n"))
	}
	for _, jobs := range []int{0, 2, 8} {
		if d := cmp.Diff(want, show(jobs)); d != "" {
			t.Errorf("%d jobs: %s", jobs, d)
		}
	}
}

func TestPolicyFileOfFunctionIsJudgedOnce(t *testing.T) {
	const doc = `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "logs:*", "Resource": "*"}]}`
	c := scanner.Config{
		FS: fstest.MapFS{
			"main.tf":       {Data: []byte("resource \"aws_iam_policy\" \"p\" {\n  name   = \"p\"\n  policy = file(\"${path.module}/used.json\")\n}\n")},
			"used.json":     {Data: []byte(doc)},
			"loose.json":    {Data: []byte(doc)},
			"sub/used.json": {Data: []byte(doc)},
		},
		Files:   []string{"main.tf", "used.json", "loose.json", "sub/used.json"},
		Parsers: []scanner.Parser{terraform.New(), policy.New()},
	}
	var names []string
	c.Rules = []*scanner.Rule{rule("IW901", check(func(p *scanner.Pass) error {
		for _, u := range p.Model.Units {
			if u.Input == model.PolicyFile {
				names = append(names, u.Name)
			}
		}
		for range p.Access.Grants() {
			names = append(names, "grant")
		}
		return nil
	}))}
	r := scan(t, c)
	slices.Sort(names)
	if d := cmp.Diff([]string{"grant", "grant", "grant", "loose.json", "sub/used.json"}, names); d != "" {
		t.Error(d)
	}
	if r.Stats.Files != 4 || r.Stats.Policies != 3 || r.Stats.Statements != 3 {
		t.Errorf("stats: %+v", r.Stats)
	}
}

// A document that a resource attaches to a role is one policy, and a template
// of one that is rendered needs no warning; one that nothing renders does.
func TestRenderedTemplateOfAnInlinePolicy(t *testing.T) {
	const doc = `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": %s, "Resource": "*"}]}`
	tmpl := []byte(fmt.Sprintf(doc, "${actions}"))
	r := scan(t, scanner.Config{
		FS: fstest.MapFS{
			"main.tf": {Data: []byte(`resource "aws_iam_role" "r" {
  name               = "r"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}

resource "aws_iam_role_policy" "p" {
  role   = aws_iam_role.r.id
  policy = templatefile("${path.module}/used.json", { actions = jsonencode(["logs:*"]) })
}
`)},
			"used.json":  {Data: tmpl},
			"loose.json": {Data: tmpl},
		},
		Files:   []string{"main.tf", "used.json", "loose.json"},
		Parsers: []scanner.Parser{terraform.New(), policy.New()},
		Rules:   []*scanner.Rule{rule("IW901")},
	})
	if r.Stats.Policies != 2 || r.Stats.Statements != 2 {
		t.Errorf("stats: %+v", r.Stats)
	}
	if len(r.Diagnostics) != 1 || r.Diagnostics[0].Range.Path() != "loose.json" {
		t.Errorf("diagnostics: %v", r.Diagnostics)
	}
}

func TestComplete(t *testing.T) {
	for text, want := range map[string]bool{"code\none\n": true, "code\n?odd\n": true, "code\n!broken\n": false, "code\n?odd\n!broken\n": false} {
		if got := scan(t, config(map[string]string{"a": text}, rule("IW901"))).Complete(); got != want {
			t.Errorf("%q is complete: %v", text, got)
		}
	}
}
