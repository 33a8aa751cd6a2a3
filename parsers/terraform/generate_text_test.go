package terraform

import (
	"strings"

	"github.com/zclconf/go-cty/cty"
)

// text writes a template: quoted or a heredoc, with interpolations,
// directives and strip markers.
func (g *generator) text(d int) string {
	switch {
	case d <= 0:
		return quoted(pick(g, texts()))
	case g.chance(25):
		return g.heredoc(d)
	}
	g.count["quoted template"]++
	return `"` + g.parts(d, false) + `"`
}

// heredoc stands in parentheses, so that it may be a part of anything.
func (g *generator) heredoc(d int) string {
	marker := pick(g, []string{"<<EOT", "<<-EOT"})
	g.count[marker]++
	var b strings.Builder
	b.WriteString("(" + marker + "\n")
	for range 1 + g.r.IntN(3) {
		b.WriteString(strings.Repeat(" ", g.r.IntN(5)) + g.parts(d, true) + "\n")
	}
	b.WriteString("EOT\n)")
	return b.String()
}

func (g *generator) parts(d int, raw bool) string {
	var b strings.Builder
	for range 1 + g.r.IntN(3) {
		b.WriteString(g.part(d, raw))
	}
	return b.String()
}

// part is one piece of a template; a heredoc takes no escapes.
func (g *generator) part(d int, raw bool) string {
	open, end := pick(g, []string{"{", "{~"}), pick(g, []string{"}", "}", "~}"})
	if open == "{~" || end == "~}" {
		g.count["strip marker"]++
	}
	switch g.r.IntN(8) {
	case 0, 1, 2:
		g.count["interpolation"]++
		return "$" + open + " " + g.expr(pick(g, []cty.Type{cty.String, cty.Number, cty.Bool}), d-1) + " " + end
	case 3:
		g.count["if directive"]++
		return "%" + open + " if " + g.expr(cty.Bool, d-1) + " " + end + " yes " + "%{ else " + end + g.part(d-1, raw) + "%" + open + " endif }"
	case 4:
		g.count["for directive"]++
		return g.loop(d-1, func(in string) string {
			return "%" + open + " " + strings.TrimSuffix(in, " : ") + " " + end + " " + g.part(d-1, raw) + "\t%{ endfor " + end
		})
	}
	plain := []string{"a", " b ", "é漢😀", "$${x}", "%%{ x }", "$", "%", "$x", "{}", "  ", "x:y/*"}
	if !raw {
		plain = append(plain, `\n`, `\"`, `\\`, `\t`, `\u00e9`, `\U0001F600`, `e\u0301`)
	}
	return pick(g, plain)
}
