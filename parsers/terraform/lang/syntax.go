package lang

import (
	"fmt"
	"strings"
)

const (
	maxSyntaxDepth   = 2000       // open brackets, unary operators in a row
	maxConditionals  = 2000       // question marks in one text
	maxSplats        = 2000       // [*] in one expression
	maxDirectives    = 2000       // %{ in one template, parsed in quadratic time
	maxTemplateBytes = 256 * 1024 // bytes of one template
	maxHeredocWork   = 2 << 30    // lines times bytes of one heredoc, parsed in quadratic time
	maxLiteralDigits = 10_000     // digits of one number, parsed in quadratic time
)

// CheckSyntax refuses HCL text that is nested so deeply that the parser of
// hcl/v2 would exhaust the stack, which ends the program and cannot be
// recovered from (about 150,000 brackets do). It looks at characters alone,
// so brackets in comments and strings count too. Its errors wrap ErrLimit.
func CheckSyntax(text string) error {
	switch {
	case nesting(text) > maxSyntaxDepth:
		return fmt.Errorf("%w: brackets nested deeper than %d", ErrLimit, maxSyntaxDepth)
	case unaryRun(text) > maxSyntaxDepth:
		return fmt.Errorf("%w: more than %d unary operators in a row", ErrLimit, maxSyntaxDepth)
	case strings.Count(text, "?") > maxConditionals && conditionals(text) > maxConditionals:
		return fmt.Errorf("%w: more than %d conditionals in one expression", ErrLimit, maxConditionals)
	case strings.Count(text, "*") > maxSplats && splats(text) > maxSplats:
		return fmt.Errorf("%w: more than %d splats in one expression", ErrLimit, maxSplats)
	case longestNumber(text) > maxLiteralDigits:
		return fmt.Errorf("%w: a number of more than %d digits", ErrLimit, maxLiteralDigits)
	case heredocWork(text) > maxHeredocWork:
		return fmt.Errorf("%w: a heredoc of too many lines", ErrLimit)
	}
	return nil
}

// nesting is the deepest nesting of brackets that text can reach.
func nesting(text string) int {
	depth, deepest := 0, 0
	for _, c := range []byte(text) {
		switch c {
		case '(', '[', '{':
			depth++
			deepest = max(deepest, depth)
		case ')', ']', '}':
			depth = max(depth-1, 0)
		}
	}
	return deepest
}

// unaryRun is the longest run of ! and -, blanks aside.
func unaryRun(text string) int {
	run, longest := 0, 0
	for _, c := range []byte(text) {
		switch c {
		case '!', '-':
			run++
			longest = max(longest, run)
		case ' ', '\t', '\r', '\n':
		default:
			run = 0
		}
	}
	return longest
}

// conditionals is the most question marks between two assignments, which
// one expression cannot reach across.
func conditionals(text string) int {
	return mostBetweenAssignments(text, func(i int) bool { return text[i] == '?' })
}

// splats is the most [*] between two assignments: the parser nests each in the
// one before.
func splats(text string) int {
	opened := false
	return mostBetweenAssignments(text, func(i int) bool {
		switch c := text[i]; {
		case c == '[':
			opened = true
		case c == '*' && opened && text[i-1] != '/' && !strings.HasPrefix(text[i+1:], "/"):
			opened = false
			return true
		case c == ']' || c == '"':
			opened = false
		}
		return false
	})
}

// mostBetweenAssignments is how many bytes between two assignments are counted
// at most.
func mostBetweenAssignments(text string, counts func(i int) bool) int {
	run, longest := 0, 0
	for i := range len(text) {
		switch {
		case counts(i):
			run++
			longest = max(longest, run)
		case text[i] == '=' && i > 0 && strings.IndexByte("=!<>", text[i-1]) < 0 && !strings.HasPrefix(text[i+1:], "="):
			run = 0
		}
	}
	return longest
}

// longestNumber is the longest run of digits.
func longestNumber(text string) int {
	run, longest := 0, 0
	for i := range len(text) {
		if c := text[i]; c >= '0' && c <= '9' {
			run++
			longest = max(longest, run)
		} else {
			run = 0
		}
	}
	return longest
}

// heredocWork is the most lines times bytes of one heredoc.
func heredocWork(text string) int {
	most := 0
	for {
		_, rest, found := strings.Cut(text, "<<")
		if !found {
			return most
		}
		text = rest
		head, body, _ := strings.Cut(rest, "\n")
		marker := strings.TrimSpace(strings.TrimPrefix(head, "-"))
		if marker == "" || len(marker) > maxMarker {
			continue
		}
		lines, size := heredocSize(body, marker)
		most = max(most, lines*size)
		text = body[size:]
	}
}

const maxMarker = 100 // bytes of a heredoc's marker that are looked for

// heredocSize is how many lines and bytes stand before the marker.
func heredocSize(body, marker string) (lines, size int) {
	for line := range strings.Lines(body) {
		if strings.TrimSpace(line) == marker {
			break
		}
		lines++
		size += len(line)
	}
	return lines, size
}
