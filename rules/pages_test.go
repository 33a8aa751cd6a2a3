package rules_test

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/iamwatch/iamwatch/rules"
	"github.com/iamwatch/iamwatch/scanner"
)

// extensions are the languages of a page's blocks that are inputs.
var extensions = map[string]string{"hcl": "tf", "yaml": "yaml", "json": "json", "csv": "csv"}

// A block is a fenced block of a page.
type block struct{ language, text string }

// sections cuts a page at its headings of the second level.
func sections(page string) (names []string, body map[string]string) {
	body = map[string]string{}
	for _, part := range strings.Split("\n"+page, "\n## ")[1:] {
		name, text, _ := strings.Cut(part, "\n")
		names = append(names, name)
		body[name] = text
	}
	return names, body
}

func blocks(text string) []block {
	fence := regexp.MustCompile("(?ms)^```(\\w+)\n(.*?)^```$")
	var out []block
	for _, m := range fence.FindAllStringSubmatch(text, -1) {
		out = append(out, block{m[1], m[2]})
	}
	return out
}

// scan scans one block with the whole catalogue at every confidence.
func scan(t *testing.T, b block) []scanner.Finding {
	t.Helper()
	name := "main." + extensions[b.language]
	r, err := scanner.Scan(context.Background(), scanner.Config{
		FS:    fstest.MapFS{name: &fstest.MapFile{Data: []byte(b.text)}},
		Files: []string{name}, Parsers: parsers(), Rules: rules.All(),
		Selection: scanner.Selection{Strict: true},
	})
	if err != nil {
		t.Fatalf("scan block: %v", err)
	}
	for _, d := range r.Diagnostics {
		t.Errorf("diagnostic: %v", d)
	}
	for _, e := range r.RuleErrors {
		t.Errorf("rule failed: %v", e.Err)
	}
	if r.Stats.Files != 1 {
		t.Errorf("no parser took the block:\n%s", b.text)
	}
	return r.Findings
}

// sure are the rules that a default run would show.
func sure(findings []scanner.Finding) []string {
	var ids []string
	for _, f := range findings {
		if f.Confidence >= scanner.ConfidenceMedium {
			ids = append(ids, f.Rule.ID)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

func TestPagesHaveTheirSections(t *testing.T) {
	want := []string{"Risk", "Example", "Fix", "Exceptions", "References"}
	for _, r := range rules.All() {
		names, body := sections(r.Help)
		if diff := cmp.Diff(want, names); diff != "" {
			t.Errorf("%s: headings (-want +got):\n%s", r.ID, diff)
		}
		title, _, _ := strings.Cut(r.Help, "\n")
		if want := fmt.Sprintf("# %s %s", r.ID, r.Name); title != want {
			t.Errorf("%s: title is %q, want %q", r.ID, title, want)
		}
		for name, text := range body {
			if strings.TrimSpace(text) == "" {
				t.Errorf("%s: section %s is empty", r.ID, name)
			}
		}
	}
}

func TestExampleFiresItsRuleAlone(t *testing.T) {
	for _, r := range rules.All() {
		t.Run(r.ID, func(t *testing.T) {
			_, body := sections(r.Help)
			examples := blocks(body["Example"])
			if len(examples) == 0 {
				t.Fatal("the page has no example")
			}
			for _, b := range examples {
				findings := scan(t, b)
				if diff := cmp.Diff([]string{r.ID}, sure(findings)); diff != "" {
					t.Errorf("rules that fire (-want +got):\n%s%s", diff, listed(findings))
				}
			}
		})
	}
}

func TestFixIsQuiet(t *testing.T) {
	for _, r := range rules.All() {
		t.Run(r.ID, func(t *testing.T) {
			_, body := sections(r.Help)
			fixes := blocks(body["Fix"])
			if len(fixes) == 0 {
				t.Fatal("the page has no fix")
			}
			for _, b := range fixes {
				findings := scan(t, b)
				if len(sure(findings)) > 0 || slices.ContainsFunc(findings, func(f scanner.Finding) bool { return f.Rule.ID == r.ID }) {
					t.Errorf("the fix is not quiet:\n%s", listed(findings))
				}
			}
		})
	}
}

func listed(findings []scanner.Finding) string {
	var b strings.Builder
	for _, f := range findings {
		fmt.Fprintf(&b, "%s: %s %s %s\n", f.Range, f.Rule.ID, f.Confidence, f.Message)
	}
	return b.String()
}

func TestRulesAreValidAndInOrder(t *testing.T) {
	all := rules.All()
	if err := scanner.Validate(all); err != nil {
		t.Fatal(err)
	}
	if !slices.IsSortedFunc(all, func(a, b *scanner.Rule) int { return strings.Compare(a.ID, b.ID) }) {
		t.Error("the rules are not in the order of their ids")
	}
	for _, r := range all {
		if len(r.Title) > 100 {
			t.Errorf("%s: the title has %d characters", r.ID, len(r.Title))
		}
	}
}
