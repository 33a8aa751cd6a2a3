package text

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/iamwatch/iamwatch/reports/internal/clean"
	"github.com/iamwatch/iamwatch/scanner/access"
	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// WhoCan writes who can do an action: for each a frame that points at what
// allows it, the path, and what remains. The error is the writer's.
func (t Reporter) WhoCan(w io.Writer, a *access.Answer) error {
	p := t.printer(w)
	for i := range a.Abilities {
		p.ability(a, &a.Abilities[i])
	}
	if len(a.Unread) > 0 {
		names := make([]string, 0, len(a.Unread))
		for _, n := range a.Unread {
			names = append(names, clean.Line(n.String()))
		}
		p.linef("%s: not all policies of %s could be read: %s", p.paint.bold(yellow, "unknown"), plural(len(names), "principal"), strings.Join(names, ", "))
		p.linef("")
	}
	if a.Cut {
		p.linef("%s: the search was cut short; there may be more", p.paint.bold(yellow, "warning"))
		p.linef("")
	}
	p.linef("%s", verdict(a))
	if err := p.out.Flush(); err != nil {
		return fmt.Errorf("write text: %w", err)
	}
	return nil
}

// verdict is the last line: "3 principals can do x: 2 allowed, 1 conditional".
func verdict(a *access.Answer) string {
	where := " on " + clean.Line(a.Resource)
	if a.Resource == "*" {
		where = ""
	}
	what := clean.Line(a.Action) + where
	if len(a.Abilities) == 0 {
		return "nobody can do " + what
	}
	conditional := 0
	for i := range a.Abilities {
		if a.Abilities[i].Result == iam.Conditional {
			conditional++
		}
	}
	var parts []string
	if n := len(a.Abilities) - conditional; n > 0 {
		parts = append(parts, fmt.Sprintf("%d allowed", n))
	}
	if conditional > 0 {
		parts = append(parts, fmt.Sprintf("%d conditional", conditional))
	}
	return fmt.Sprintf("%s can do %s: %s", plural(len(a.Abilities), "principal"), what, strings.Join(parts, ", "))
}

func (p *printer) ability(a *access.Answer, b *access.Ability) {
	c := red
	if b.Result == iam.Conditional {
		c = yellow
	}
	p.linef("%s: %s", p.paint.bold(c, b.Result.String()), p.paint.bold(plain, clean.Line(b.Who.String())))
	gutter := p.frames(abilityMarks(a, b), c)
	note := func(name, text string) {
		if text != "" {
			p.linef("%*s %s %s: %s", gutter, "", p.paint.fg(blue, "="), p.paint.bold(plain, name), text)
		}
	}
	note("path", clean.Line(b.Path.String()))
	note("by", clean.Line(strings.Join(actions(b.Path), ", then ")))
	note("only on", clean.Line(patterns(b.Resources)))
	note("not on", clean.Line(patterns(b.Except)))
	for _, t := range b.Tests {
		text := clean.Line(access.Clause(t))
		if !t.Range.IsZero() {
			text += " (" + clean.Line(p.at(t.Range.Written())) + ")"
		}
		note("condition", text)
	}
	p.linef("")
}

// abilityMarks are what allows it, then what opens the path, outermost first.
func abilityMarks(a *access.Answer, b *access.Ability) []mark {
	var marks []mark
	seen := map[source.Range]bool{}
	add := func(g access.Ground, action, label string) {
		r := g.Token(action)
		if seen[r] {
			return
		}
		seen[r] = true
		if by := r.Maker(); !by.IsZero() {
			r, label = by, fmt.Sprintf("%s, at %s", label, r)
		}
		marks = append(marks, mark{r, clean.Line(label), len(marks) == 0})
	}
	for _, g := range b.Statements {
		add(g, a.Action, holder(g)+" allows it")
	}
	for _, e := range b.Path {
		for _, g := range e.Statements {
			label, action := "lets "+e.From.String()+" in", stepOf(e, g)
			switch {
			case !g.Trust() && action == "":
				label = holder(g) + " is needed beside"
			case !g.Trust():
				label = holder(g) + " allows " + action
			}
			add(g, action, label)
		}
	}
	return marks
}

// stepOf is which action of an edge a statement allows: the deciding one, else
// the one needed beside; empty for neither.
func stepOf(e access.Edge, g access.Ground) string {
	for _, action := range []string{e.Action, e.With} {
		if action != "" && g.Statement.MatchesAction(action) != iam.No {
			return action
		}
	}
	return ""
}

// holder names the policy that a statement stands in.
func holder(g access.Ground) string {
	switch {
	case g.Resource != nil:
		return g.Resource.Kind.String() + " " + g.Resource.Quoted()
	case g.Trust():
		return "the trust policy of role " + g.Owner.Quoted()
	}
	return "policy " + g.Policy.Quoted() + " of " + g.Owner.Kind.String() + " " + g.Owner.Quoted()
}

// actions are the actions along a path that are worth a word: a plain
// sts:AssumeRole is none.
func actions(path access.Path) []string {
	var out []string
	for _, e := range path {
		switch {
		case e.Action == "" || e.Action == "sts:AssumeRole":
		case e.Service != "":
			out = append(out, fmt.Sprintf("%s to %s with %s", e.Action, e.Service, e.With))
		case e.With != "":
			out = append(out, e.Action+" with "+e.With)
		default:
			out = append(out, e.Action)
		}
	}
	return out
}

// patterns names resource patterns: at most five and a count.
func patterns(list []source.String) string {
	const most = 5
	var names []string
	for _, r := range list {
		if s := r.Show(); !slices.Contains(names, s) {
			names = append(names, s)
		}
	}
	text := strings.Join(names[:min(len(names), most)], ", ")
	if more := len(names) - most; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}
