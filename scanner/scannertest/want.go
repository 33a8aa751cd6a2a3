package scannertest

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/iamwatch/iamwatch/scanner"
)

// A want is a finding that a case says must be there.
type want struct {
	path       string
	line       int
	rule       string
	confidence string // empty for any
	message    *regexp.Regexp
	met        bool
}

// String is the want as a test failure names it.
func (w *want) String() string {
	words := []string{fmt.Sprintf("%s:%d: %s", w.path, w.line, w.rule)}
	if w.confidence != "" {
		words = append(words, w.confidence)
	}
	return strings.Join(append(words, strconv.Quote(w.message.String())), " ")
}

func (w *want) meets(f scanner.Finding) bool {
	return w.rule == f.Rule.ID && w.path == f.Range.Path() && w.line == f.Range.From().Line &&
		(w.confidence == "" || w.confidence == f.Confidence.String()) && w.message.MatchString(f.Message)
}

var errWant = errors.New("malformed want")

// parseComments reads the wants in an input's comments.
func parseComments(path, text string) ([]*want, error) {
	var out []*want
	for i, line := range strings.Split(text, "\n") {
		rest, ok := comment(line)
		if !ok {
			continue
		}
		wants, err := parseWants(path, i+1, rest)
		if err != nil {
			return nil, err
		}
		out = append(out, wants...)
	}
	return out, nil
}

// comment returns what follows the word want in a comment of a line.
func comment(line string) (string, bool) {
	for _, mark := range []string{"# want ", "// want "} {
		if _, rest, ok := strings.Cut(line, mark); ok {
			return strings.TrimSpace(rest), true
		}
	}
	return "", false
}

// parseSidecar reads lines of: LINE RULE [CONFIDENCE] "REGEXP".
func parseSidecar(path, text string) ([]*want, error) {
	var out []*want
	for _, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		number, rest, _ := strings.Cut(line, " ")
		n, err := strconv.Atoi(number)
		if err != nil {
			return nil, fmt.Errorf("read line number of %s%s: %w", path, wantSuffix, err)
		}
		wants, err := parseWants(path, n, strings.TrimSpace(rest))
		if err != nil {
			return nil, err
		}
		out = append(out, wants...)
	}
	return out, nil
}

// parseWants reads one or more of: RULE [CONFIDENCE] "REGEXP".
func parseWants(path string, line int, text string) ([]*want, error) {
	var out []*want
	for text != "" {
		w := &want{path: path, line: line}
		w.rule, text = word(text)
		if text != "" && text[0] != '"' && text[0] != '`' {
			w.confidence, text = word(text)
			if _, ok := scanner.ParseConfidence(w.confidence); !ok {
				return nil, fmt.Errorf("read %s:%d: confidence %q: %w", path, line, w.confidence, errWant)
			}
		}
		quoted, err := strconv.QuotedPrefix(text)
		if err != nil {
			return nil, fmt.Errorf("read %s:%d: text of %s: %w", path, line, w.rule, errWant)
		}
		text = strings.TrimSpace(text[len(quoted):])
		pattern, err := strconv.Unquote(quoted)
		if err != nil {
			return nil, fmt.Errorf("unquote %s:%d: %w", path, line, err)
		}
		if w.message, err = regexp.Compile(pattern); err != nil {
			return nil, fmt.Errorf("compile %s:%d: %w", path, line, err)
		}
		out = append(out, w)
	}
	return out, nil
}

// word cuts the first word off a text.
func word(text string) (first, rest string) {
	first, rest, _ = strings.Cut(text, " ")
	return first, strings.TrimSpace(rest)
}
