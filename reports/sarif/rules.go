package sarif

import (
	"slices"
	"strings"

	"github.com/owenrumney/go-sarif/v2/sarif"

	"github.com/iamwatch/iamwatch/scanner"
)

// GitHub's limits (SARIF support for code scanning).
const (
	maxDescription = 1024
	maxTags        = 10
)

// grade is what GitHub is told of a severity (SARIF for GitHub code scanning,
// section 1.3).
type grade struct{ score, level, problem string }

func gradeOf(s scanner.Severity) grade {
	switch s {
	case scanner.Critical:
		return grade{"9.5", "error", "error"}
	case scanner.High:
		return grade{"8.0", "error", "error"}
	case scanner.Medium:
		return grade{"5.5", "warning", "warning"}
	case scanner.Low:
		return grade{"2.0", "note", "recommendation"}
	}
	return grade{"", "note", "recommendation"}
}

func (b *builder) rules() []*sarif.ReportingDescriptor {
	out := make([]*sarif.ReportingDescriptor, 0, len(b.result.Rules))
	for _, r := range b.result.Rules {
		out = append(out, b.rule(r))
	}
	return out
}

func (b *builder) rule(r *scanner.Rule) *sarif.ReportingDescriptor {
	g := gradeOf(r.Severity)
	link := b.page(r)
	help := strings.TrimSpace(r.Help)
	properties := sarif.Properties{
		"tags":             tags(r),
		"precision":        string(r.Precision),
		"problem.severity": g.problem,
	}
	if g.score != "" {
		properties["security-severity"] = g.score
	}
	return &sarif.ReportingDescriptor{
		ID:                   r.ID,
		Name:                 new(pascal(r.Name)),
		ShortDescription:     &sarif.MultiformatMessageString{Text: new(sentence(r.Title, maxDescription))},
		FullDescription:      &sarif.MultiformatMessageString{Text: new(sentence(summary(r), maxDescription))},
		DefaultConfiguration: &sarif.ReportingConfiguration{Level: g.level},
		HelpURI:              new(link),
		Help: &sarif.MultiformatMessageString{
			Text:     new(help + "\n\n" + link),
			Markdown: new(help + "\n\n[" + r.ID + " " + r.Name + "](" + link + ")"),
		},
		Properties: properties,
	}
}

// page is the address of a rule's page.
func (b *builder) page(r *scanner.Rule) string {
	return b.informationURI() + "/blob/main/rules/" + strings.ToLower(r.ID) + "_" + strings.ReplaceAll(r.Name, "-", "_") + ".md"
}

// pascal turns cloudwatch-wildcard into CloudwatchWildcard (SARIF2012).
func pascal(name string) string {
	var out strings.Builder
	for _, word := range strings.Split(name, "-") {
		if word != "" {
			out.WriteString(strings.ToUpper(word[:1]) + word[1:])
		}
	}
	return out.String()
}

// tags are the rule's, general ones first; a weakness number that the page
// names becomes GitHub's CWE tag.
func tags(r *scanner.Rule) []string {
	out := []string{"security", "aws", "iam", "cloudwatch"}
	for _, c := range r.Classes {
		out = append(out, c.String())
	}
	out = append(out, weaknesses(r.Help)...)
	seen := map[string]bool{}
	out = slices.DeleteFunc(out, func(t string) bool {
		repeated := seen[t]
		seen[t] = true
		return repeated
	})
	return out[:min(len(out), maxTags)]
}

func weaknesses(help string) []string {
	var out []string
	for _, part := range strings.Split(help, "CWE-")[1:] {
		end := strings.IndexFunc(part+".", func(r rune) bool { return r < '0' || r > '9' })
		if end == 0 {
			continue
		}
		number := part[:end]
		out = append(out, "external/cwe/cwe-"+strings.Repeat("0", max(0, 3-len(number)))+number)
	}
	return out
}

// summary is the first paragraph under the page's heading Risk, else the title.
func summary(r *scanner.Rule) string {
	text := r.Title
	inRisk := false
	for _, paragraph := range strings.Split(r.Help, "\n\n") {
		paragraph = strings.TrimSpace(paragraph)
		heading, rest, _ := strings.Cut(paragraph, "\n")
		switch {
		case strings.HasPrefix(heading, "#"):
			inRisk = strings.EqualFold(strings.TrimLeft(heading, "# "), "risk")
			if rest = strings.TrimSpace(rest); inRisk && rest != "" {
				return plain(rest)
			}
		case inRisk && paragraph != "":
			return plain(paragraph)
		}
	}
	return text
}

// plain is a Markdown paragraph without its marks for code and emphasis.
func plain(paragraph string) string {
	return strings.Join(strings.Fields(strings.NewReplacer("`", "", "**", "").Replace(paragraph)), " ")
}

// sentence is text of at most limit characters that ends in a period.
func sentence(text string, limit int) string {
	text = strings.TrimRight(strings.TrimSpace(text), ".:;, ")
	return shorten(text, limit-1) + "."
}

// shorten cuts text between words to at most limit characters.
func shorten(text string, limit int) string {
	runes := []rune(text)
	if len(runes) <= limit {
		return text
	}
	cut := string(runes[:limit-1])
	if i := strings.LastIndexByte(cut, ' '); i > len(cut)/2 {
		cut = cut[:i]
	}
	return strings.TrimRight(cut, " ,;:.") + "…"
}
