package main

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/iamwatch/iamwatch/reports/text"
	"github.com/iamwatch/iamwatch/rules"
)

func readme(t *testing.T) string {
	t.Helper()
	data, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(data), "\r\n", "\n")
}

// between is what stands between two marks of a text.
func between(t *testing.T, s, from, to string) string {
	t.Helper()
	_, rest, ok := strings.Cut(s, from)
	body, _, ok2 := strings.Cut(rest, to)
	if !ok || !ok2 {
		t.Fatalf("the README has nothing between %q and %q", from, to)
	}
	return body
}

// TestReadmeShowsRealOutput: every line of the example stands in the output
// of a run over the samples.
func TestReadmeShowsRealOutput(t *testing.T) {
	var b bytes.Buffer
	if err := (text.Reporter{}).Report(&b, scanSample(t, "terraform", "cloudformation", "cdk", "live", "plan")); err != nil {
		t.Fatal(err)
	}
	have := map[string]bool{}
	for line := range strings.Lines(b.String()) {
		have[strings.TrimSpace(line)] = true
	}
	example := between(t, readme(t), "```text\n", "```")
	for line := range strings.Lines(example) {
		// The test's root is the samples' folder, a user's the repository.
		line = strings.TrimSpace(strings.ReplaceAll(line, "testdata/samples/", ""))
		if line != "[...]" && !have[line] {
			t.Errorf("no run prints %q", line)
		}
	}
}

// TestReadmeListsTheRules: the table is what rules --format markdown prints.
func TestReadmeListsTheRules(t *testing.T) {
	var b bytes.Buffer
	if err := rulesMarkdown(&b, rules.All()); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(readme(t), b.String()) {
		t.Errorf("the README's table of rules differs from 'iamwatch rules --format markdown':\n%s", b.String())
	}
}

// TestReadmeNamesEveryFlag: the flags of scan and of the README are the same.
func TestReadmeNamesEveryFlag(t *testing.T) {
	text := readme(t)
	usage := newScan().Flags().FlagUsages()
	for line := range strings.Lines(usage) {
		_, flag, ok := strings.Cut(line, "--")
		if !ok {
			continue
		}
		flag = "--" + strings.FieldsFunc(flag, func(r rune) bool { return r == ' ' || r == '\n' })[0]
		if !strings.Contains(text, flag) {
			t.Errorf("the README does not name %s", flag)
		}
	}
}
