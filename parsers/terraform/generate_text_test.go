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

// document writes an expression whose text is JSON, unless a part of it
// breaks the syntax.
func (g *generator) document(d int) string {
	if d <= 0 {
		return "jsonencode(" + g.total(g.anyType(2), d) + ")"
	}
	inner := func() string { return g.document(d - 1) }
	forms := []form{
		{"jsonencode", func() string {
			return "jsonencode(" + g.total(shape(map[string]cty.Type{"n": cty.String, "v": g.anyType(1)}), d) + ")"
		}},
		{"JSON template", func() string { return g.template(d) }},
		{"JSON template", func() string { return g.template(d) }},
		{"template file", func() string {
			vars := "{ list = " + g.total(cty.List(cty.String), d) + ", flag = " + g.truth(d) + ", value = " + g.total(g.anyType(1), d) + ", text = " + g.total(cty.String, d) + " }"
			return `templatefile("document.tftpl", ` + vars + ")"
		}},
		{"conditional document", func() string { return "(" + g.truth(d) + " ? " + inner() + " : " + inner() + ")" }},
		{"document of try", func() string { return "try(" + inner() + ", " + inner() + ")" }},
		{"document of coalesce", func() string { return "coalesce(null, \"\", " + inner() + ")" }},
		{"document of one", func() string { return "one([" + inner() + "])" }},
		{"document of element", func() string {
			return "element([" + inner() + ", " + inner() + "], " + pick(g, []string{"0", "1", "2", "3"}) + ")"
		}},
		{"document of join", func() string { return "join(\",\", [" + inner() + "])" }},
		{"trimmed document", func() string {
			return pick(g, []string{"trimspace", "chomp", "tostring", "sensitive", "core::trimspace"}) + "(" + inner() + ")"
		}},
		{"document of a list", func() string { return "[" + inner() + ", " + inner() + "][" + pick(g, []string{"0", "1"}) + "]" }},
		{"document of an object", func() string { return "{ k = " + inner() + " }" + pick(g, []string{".k", `["k"]`}) }},
		{"replaced document", func() string { return "replace(" + inner() + `, "a", "b")` }},
		{"formatted document", func() string { return `format("%s", ` + inner() + ")" }},
		{"encoded anew", func() string { return "jsonencode(jsondecode(" + inner() + "))" }},
		{"wrapped document", func() string { return `"${` + inner() + `}"` }},
		{"document of a splat", func() string { return "[{ k = " + inner() + " }][*].k[0]" }},
		{"document of a loop", func() string { n := g.fresh(); return "[for x" + n + " in [1, 2] : " + inner() + "][1]" }},
		{"merged document", func() string {
			return "jsonencode(merge(jsondecode(" + inner() + "), " + g.total(cty.Map(cty.String), d) + "))"
		}},
		{"null document", func() string { return "null" }},
	}
	f := pick(g, forms)
	g.count[f.name]++
	return f.text()
}

// template writes a heredoc of JSON with every kind of part.
func (g *generator) template(d int) string {
	marker := pick(g, []string{"<<EOT", "<<-EOT"})
	plain := `"é\u00e9 $${aws:x} \n 漢😀"`
	parts := []func() string{
		func() string { return plain },
		func() string { return `"${` + g.total(cty.String, d-1) + `}"` },
		func() string { return `"a-${ ` + g.total(cty.Number, d-1) + ` ~} :x"` },
		func() string { return "${jsonencode(" + g.total(g.anyType(2), d-1) + ")}" },
		func() string {
			return "[%{ for i, v in " + g.total(cty.List(cty.String), d-1) + " ~}\n  %{ if i > 0 },%{ endif }\"${v}\"\n%{~ endfor }]"
		},
		func() string { return "%{ if " + g.truth(d-1) + " }[1, 2.50]%{ else }{\"x\": null}%{ endif }" },
		func() string { return "${" + g.document(d-1) + "}" },
	}
	var b strings.Builder
	b.WriteString("(" + marker + "\n  {\n")
	for i := range 1 + g.r.IntN(3) {
		if i > 0 {
			b.WriteString(",\n")
		}
		b.WriteString("    \"k" + string(rune('a'+i)) + "\" : " + pick(g, parts)())
	}
	b.WriteString("\n  }\nEOT\n)")
	return b.String()
}
