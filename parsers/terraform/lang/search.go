package lang

import (
	"fmt"
	"regexp"
	"regexp/syntax"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

// searchTable holds the functions that look into text.
func (l *library) searchTable() map[string]function.Function {
	return map[string]function.Function{
		"endswith":    asks(hasSuffix, "suffix"),
		"regex":       blind(checked(stdlib.RegexFunc, checkPattern)),
		"regexall":    blind(checked(stdlib.RegexAllFunc, checkPattern)),
		"startswith":  asks(hasPrefix, "prefix"),
		"strcontains": asks(contains, "substr"),
	}
}

func asks(ask func(s, part string) verdict, name string) function.Function {
	return static(cty.Bool, func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		return ask(args[0].AsString(), args[1].AsString()).value(), nil
	}, param("str", cty.String), param(name, cty.String))
}

func checkPattern(args []cty.Value) error {
	for _, a := range args {
		if !a.IsKnown() || a.IsNull() {
			return nil
		}
	}
	_, err := compilePattern(args[0].AsString(), args[1].AsString())
	return err
}

// compilePattern compiles a pattern (RE2 syntax) and refuses to run it on s
// if that could take seconds: the time of one search is the text's length
// times the program's, and every match may search the rest of the text.
func compilePattern(pattern, s string) (*regexp.Regexp, error) {
	tree, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return nil, fmt.Errorf("parse pattern: %w", err)
	}
	prog, err := syntax.Compile(tree.Simplify())
	if err != nil {
		return nil, fmt.Errorf("compile pattern: %w", err)
	}
	step := float64(len(prog.Inst)) * float64(len(s))
	if len(prog.Inst) > maxRegexpInst || step > maxRegexpWork {
		return nil, fmt.Errorf("%w: pattern of %d steps on %d bytes", ErrLimit, len(prog.Inst), len(s))
	}
	re, err := regexp.Compile(pattern)
	if err != nil {
		return nil, fmt.Errorf("compile pattern: %w", err)
	}
	return re, countMatches(re, s, step)
}

// countMatches spends the work that finding all matches may take.
func countMatches(re *regexp.Regexp, s string, step float64) error {
	for work, at := step, 0; at <= len(s); work += step {
		if work > maxRegexpWork {
			return fmt.Errorf("%w: pattern matches too often", ErrLimit)
		}
		m := re.FindStringIndex(s[at:])
		if m == nil {
			return nil
		}
		at += max(m[1], 1)
	}
	return nil
}
