package iam

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/iamwatch/iamwatch/scanner/source"
)

// A token is one step of a pattern.
type token struct {
	kind  tokenKind
	class class
	// fold says that the letter compares without regard to case with
	// another that folds.
	fold bool
	char rune
	// hole is what stands between a hole's marks; equal holes stand for
	// equal text.
	hole string
}

type tokenKind uint8

const (
	letter tokenKind = iota // char itself
	one                     // one character of class
	many                    // any run of characters of class
	hole                    // unknown text of class
)

// A class is a set of characters.
type class uint8

const (
	anyChar class = iota
	noColon
	noColonSlash
	digits
	partitionChars
)

func (c class) has(r rune) bool {
	switch c {
	case noColon:
		return r != ':'
	case noColonSlash:
		return r != ':' && r != '/'
	case digits:
		return '0' <= r && r <= '9'
	case partitionChars:
		return r == '-' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
	}
	return true
}

// holds reports whether every character of o is one of c.
func (c class) holds(o class) bool {
	return c == o || c < digits && c < o
}

// meets reports whether c and o have a character in common.
func (c class) meets(o class) bool {
	return c < digits || o < digits || c == o
}

// holeClass is the class of the text that fills a hole.
func holeClass(kind source.HoleKind) class {
	switch kind {
	case source.HoleSelf, source.HoleAccount:
		return digits
	case source.HoleRegion:
		return noColonSlash
	case source.HolePartition:
		return partitionChars
	case source.HoleName:
		return noColon
	}
	return anyChar
}

// A lexer cuts patterns into tokens.
type lexer struct {
	// wild says that * and ? are wildcards.
	wild bool
	// fold says that letters compare without regard to case.
	fold bool
	// variables says that ${...} is a variable and no text.
	variables bool
	// values gives variables their values; nil when nothing is known of any.
	values *evaluation
	// self is the account that fills holes of kind self, if known.
	self string
}

// text adds the tokens of plain text. It is false when a variable has no
// value, so that the text matches nothing.
func (l *lexer) text(out []token, s string) ([]token, bool) {
	for i := 0; i < len(s); {
		switch {
		case l.wild && s[i] == '*':
			out = append(out, token{kind: many})
			i++
		case l.wild && s[i] == '?':
			out = append(out, token{kind: one})
			i++
		case s[i] == markOpen[0] && strings.HasPrefix(s[i:], markOpen) && skipped(s[i:]) > 0:
			n := skipped(s[i:]) + 1
			out = l.hole(out, s[i+len(markOpen):i+n-len(markClose)])
			i += n
		case l.variables && s[i] == '$' && skipped(s[i:]) > 0:
			n := skipped(s[i:]) + 1
			var ok bool
			if out, ok = l.variable(out, s[i+2:i+n-1]); !ok {
				return out, false
			}
			i += n
		default:
			r, n := utf8.DecodeRuneInString(s[i:])
			out = append(out, token{char: r, fold: l.fold})
			i += n
		}
	}
	return out, true
}

func (l *lexer) hole(out []token, content string) []token {
	kind, _, _ := strings.Cut(content, ":")
	if source.HoleKind(kind) == source.HoleSelf && l.self != "" {
		return l.literal(out, l.self)
	}
	return append(out, token{kind: hole, class: holeClass(source.HoleKind(kind)), hole: content})
}

func (l *lexer) literal(out []token, s string) []token {
	for _, r := range s {
		out = append(out, token{char: r, fold: l.fold})
	}
	return out
}

// variable adds the value of ${content} ("IAM policy elements: Variables and
// tags").
func (l *lexer) variable(out []token, content string) ([]token, bool) {
	if content == "*" || content == "?" || content == "$" {
		return l.literal(out, content), true
	}
	key, fallback, hasFallback := cutVariable(content)
	value, verdict := "", Maybe
	if l.values != nil {
		value, verdict = l.values.variable(key)
	}
	switch {
	case verdict == Yes:
		return l.value(out, value), true
	case verdict == Maybe:
		return append(out, token{kind: hole, hole: content}), true
	case hasFallback:
		return l.fallback(out, content, fallback, l.values.missing(key))
	}
	return out, false
}

// fallback adds the default of a variable, which stands for a key that is
// missing and not for one that cannot be used.
func (l *lexer) fallback(out []token, content, text string, missing Verdict) ([]token, bool) {
	switch missing {
	case Yes:
		return l.literal(out, text), true
	case Maybe:
		return append(out, token{kind: hole, hole: content}), true
	}
	return out, false
}

// value adds the value of a variable. It may hold holes, but its * is a
// letter.
func (l *lexer) value(out []token, s string) []token {
	for {
		i := strings.Index(s, markOpen)
		if i < 0 || skipped(s[i:]) == 0 {
			return l.literal(out, s)
		}
		n := skipped(s[i:]) + 1
		out = l.hole(l.literal(out, s[:i]), s[i+len(markOpen):i+n-len(markClose)])
		s = s[i+n:]
	}
}

// cutVariable cuts "key, 'default'".
func cutVariable(s string) (key, fallback string, ok bool) {
	key, fallback, ok = strings.Cut(s, ",")
	if !ok {
		return strings.TrimSpace(s), "", false
	}
	fallback = strings.TrimSpace(fallback)
	if len(fallback) >= 2 && fallback[0] == '\'' && fallback[len(fallback)-1] == '\'' {
		return strings.TrimSpace(key), fallback[1 : len(fallback)-1], true
	}
	return strings.TrimSpace(key), "", false
}

func equalLetters(a, b token) bool {
	return a.char == b.char || a.fold && b.fold && foldRune(a.char) == foldRune(b.char)
}

func foldRune(r rune) rune {
	if r < utf8.RuneSelf {
		return rune(lower(byte(r)))
	}
	return unicode.ToLower(r)
}

func hasHoles(ts []token) bool {
	for _, t := range ts {
		if t.kind == hole {
			return true
		}
	}
	return false
}
