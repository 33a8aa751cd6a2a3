package decisions

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/iamwatch/iamwatch/reports/internal/clean"
	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// Text writes a line for each failed case, with what decided it, and then how
// many passed and failed. The error is the writer's.
func Text(w io.Writer, r *Result) error {
	var b bytes.Buffer
	for i := range r.Cases {
		if len(r.Cases[i].Mismatches) > 0 {
			b.WriteString(clean.Line(failure(&r.Cases[i])))
			b.WriteByte('\n')
		}
	}
	passed, failed := r.Counts()
	fmt.Fprintf(&b, "%d passed, %d failed\n", passed, failed)
	if _, err := b.WriteTo(w); err != nil {
		return fmt.Errorf("write results: %w", err)
	}
	return nil
}

func failure(c *Case) string {
	line := fmt.Sprintf("%s: %s: expected %s, got %s", c.Range, c.ID, c.words(c.Expected), c.words(c.Got))
	if only(c.Mismatches, WrongParseError) {
		return line + ": " + c.refusal()
	}
	return line + ": " + c.ground()
}

func only(list []Mismatch, m Mismatch) bool { return len(list) == 1 && list[0] == m }

// words are an answer with the parts that the case failed by.
func (c *Case) words(a Answer) string {
	s := a.Result.String()
	if a.DenyKind != "" && c.Expected.DenyKind != "" {
		s += " (" + a.DenyKind + ")"
	}
	for _, m := range c.Mismatches {
		if m != WrongParseError {
			continue
		}
		if a.ParseError {
			s += " with a document that AWS refuses"
		} else {
			s += " with no document that AWS refuses"
		}
	}
	return s
}

// ground is what decided, in one clause.
func (c *Case) ground() string {
	switch {
	case c.Got.Result == iam.Allowed && len(c.Allowing) > 0:
		return "allowed by " + statements(c.Allowing)
	case c.Got.Result == iam.Allowed:
		return "it needs no policy"
	case c.Got.Result == iam.Conditional:
		return tests(c.Decision.Tests)
	case c.Decision.Explicit && len(c.Denying) > 0:
		return "denied by " + statements(c.Denying)
	case c.Cut != "":
		return c.Cut + at(c.CutRange) + " leaves nothing of what is allowed"
	case len(c.Faults) > 0:
		return "no statement allows it; " + c.refusal()
	}
	return "no statement allows it"
}

// statements names the first of some statements, and how many more there are.
func statements(list []Statement) string {
	st := list[0]
	s := "statement" + at(st.Range)
	if st.Sid.Value != "" {
		s = fmt.Sprintf("statement %q%s", st.Sid.Show(), at(st.Range))
	}
	s += " (" + st.Policy + ")"
	return s + more(len(list)-1)
}

func more(n int) string {
	if n > 0 {
		return fmt.Sprintf(" and %d more", n)
	}
	return ""
}

func at(r source.Range) string {
	if r.IsZero() {
		return ""
	}
	return " at " + r.String()
}

// tests names the first of some tests, and how many more there are.
func tests(list []iam.Test) string {
	if len(list) == 0 {
		return "it depends on what is not known"
	}
	t := list[0]
	what := t.Reason
	if t.Reason == "" {
		what = fmt.Sprintf("it depends on %s %s %s", t.Operator, t.Key, values(t.Values))
	}
	return what + at(t.Range) + more(len(list)-1)
}

func values(list []source.String) string {
	shown := make([]string, 0, len(list))
	for _, v := range list {
		shown = append(shown, fmt.Sprintf("%q", v.Show()))
	}
	return strings.Join(shown, ", ")
}

// refusal names the first fault for which AWS would refuse a document.
func (c *Case) refusal() string {
	if len(c.Faults) == 0 {
		return "nothing is wrong with any document"
	}
	f := c.Faults[0]
	return "AWS refuses the document" + at(f.Range) + ": " + f.Message + more(len(c.Faults)-1)
}
