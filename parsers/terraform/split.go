package terraform

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// A chunk is a top-level block of a file, told by its braces alone: parsing a
// block costs some fifty times as much as finding its end.
type chunk struct {
	kind       string
	labels     []string
	start, end int // from the type to behind the closing brace
	// source is a literal source argument, which tells the callers of a
	// module; unclear says that only parsing can tell.
	source  string
	unclear bool
}

// split finds the top-level blocks of a text in HCL's native syntax (HCL
// Native Syntax Specification, lexical elements and structural elements). What
// it does not tell for certain, be it a fault or a rare form, is left whole:
// rest is where that begins, the length of the text when there is none.
func split(text []byte) (chunks []chunk, rest int) {
	s := &splitter{text: text}
	if strings.HasPrefix(string(text[:min(len(text), len(byteOrderMark))]), byteOrderMark) {
		s.pos = len(byteOrderMark)
	}
	if !utf8.Valid(text) {
		return nil, s.pos
	}
	for s.blanks() {
		start := s.pos
		c, ok := s.block()
		if !ok {
			return chunks, start
		}
		chunks = append(chunks, c)
	}
	if s.pos < len(text) {
		return chunks, s.pos
	}
	return chunks, len(text)
}

const byteOrderMark = "\uFEFF"

// A splitter stands at a place in a text, inside of what is open there.
type splitter struct {
	text []byte
	pos  int
	open []opened
	// found is the chunk whose source is looked for.
	found *chunk
}

// An opened is something that an end of its own closes.
type opened struct {
	kind   openKind
	marker []byte // of a heredoc
	inLine bool   // of a heredoc: something stands before on the line
}

type openKind uint8

const (
	openBrace openKind = iota
	openSequence
	openQuote
	openHeredoc
)

// at is the byte n places on, 0 at the end.
func (s *splitter) at(n int) byte {
	if s.pos+n < len(s.text) {
		return s.text[s.pos+n]
	}
	return 0
}

// blanks skips what may stand between blocks, and reports whether something
// else follows.
func (s *splitter) blanks() bool {
	for s.pos < len(s.text) {
		switch c := s.at(0); {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r' && s.at(1) == '\n':
			s.pos++
		case c == '#' || c == '/' && s.at(1) == '/':
			s.line()
		case c == '/' && s.at(1) == '*':
			if !s.comment() {
				return false
			}
		default:
			return true
		}
	}
	return false
}

// line goes to the end of the line.
func (s *splitter) line() {
	if n := bytes.IndexByte(s.text[s.pos:], '\n'); n >= 0 {
		s.pos += n
		return
	}
	s.pos = len(s.text)
}

func (s *splitter) comment() bool {
	n := bytes.Index(s.text[s.pos+2:], []byte("*/"))
	if n < 0 {
		return false
	}
	s.pos += n + 4
	return true
}

// block reads a type, labels and a body in braces.
func (s *splitter) block() (chunk, bool) {
	c := chunk{start: s.pos}
	if c.kind = s.ident(); c.kind == "" {
		return c, false
	}
	for {
		for s.at(0) == ' ' || s.at(0) == '\t' {
			s.pos++
		}
		if s.at(0) == '{' {
			break
		}
		label, ok := s.label()
		if !ok {
			return c, false
		}
		c.labels = append(c.labels, label)
	}
	s.pos++
	if s.found = nil; c.kind == "module" {
		s.found = &c
		s.sourceArgument()
	}
	if !s.body() {
		return c, false
	}
	c.end, c.unclear = s.pos, c.unclear || s.found != nil
	return c, s.endsLine()
}

func (s *splitter) ident() string {
	start := s.pos
	if !isIdentStart(s.at(0)) {
		return ""
	}
	for isIdent(s.at(0)) {
		s.pos++
	}
	return string(s.text[start:s.pos])
}

func isIdentStart(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_'
}

func isIdent(c byte) bool { return isIdentStart(c) || c >= '0' && c <= '9' || c == '-' }

// label reads a label without escapes.
func (s *splitter) label() (string, bool) {
	if s.at(0) != '"' {
		name := s.ident()
		return name, name != "" && s.at(0) < utf8.RuneSelf
	}
	text, ok := s.plain()
	return text, ok
}

// plain reads a quoted text that means what it says.
func (s *splitter) plain() (string, bool) {
	start := s.pos + 1
	for i := start; i < len(s.text); i++ {
		switch c := s.text[i]; {
		case c == '"':
			s.pos = i + 1
			return string(s.text[start:i]), true
		case c == '\\' || c == '$' || c == '%' || c < ' ' || c >= utf8.RuneSelf:
			return "", false
		}
	}
	return "", false
}

// endsLine reports whether nothing but a comment follows on the line.
func (s *splitter) endsLine() bool {
	for s.at(0) == ' ' || s.at(0) == '\t' {
		s.pos++
	}
	c := s.at(0)
	return s.pos == len(s.text) || c == '\n' || c == '\r' && s.at(1) == '\n' || c == '#' || c == '/' && s.at(1) == '/'
}

// maxOpen bounds how deep things are opened inside one another; it is above
// what lang.CheckSyntax lets pass.
const maxOpen = 4096

// body goes behind the brace that closes the one before.
func (s *splitter) body() bool {
	s.open = append(s.open[:0], opened{kind: openBrace})
	for len(s.open) > 0 {
		if len(s.open) > maxOpen {
			return false
		}
		ok := false
		switch s.open[len(s.open)-1].kind {
		case openQuote:
			ok = s.quoted()
		case openHeredoc:
			ok = s.heredoc()
		default:
			ok = s.code()
		}
		if !ok {
			return false
		}
	}
	return true
}

func (s *splitter) push(o opened) { s.open = append(s.open, o) }
func (s *splitter) pop()          { s.open = s.open[:len(s.open)-1] }

// code goes to where text begins or what is open ends.
func (s *splitter) code() bool {
	for s.pos < len(s.text) {
		c := s.text[s.pos]
		s.pos++
		switch c {
		case '"':
			s.push(opened{kind: openQuote})
			return true
		case '{':
			s.push(opened{kind: openBrace})
			return true
		case '}':
			s.pop()
			return true
		case '#':
			s.line()
		case '/', '<':
			if more, ok := s.pair(c); !more {
				return ok
			}
		case '\n':
			if s.found != nil && len(s.open) == 1 {
				s.sourceArgument()
			}
		}
	}
	return false
}

// pair goes on behind a byte that means something together with the next. It
// reports whether code goes on, else whether all is well.
func (s *splitter) pair(c byte) (more, ok bool) {
	switch {
	case s.at(0) == '/' && c == '/':
		s.line()
	case s.at(0) == '*' && c == '/':
		s.pos--
		return s.comment(), false
	case s.at(0) == '<' && c == '<':
		s.pos++
		return s.beginHeredoc()
	}
	return true, true
}

// beginHeredoc opens a heredoc when one begins here.
func (s *splitter) beginHeredoc() (more, ok bool) {
	if s.at(0) == '-' {
		s.pos++
	}
	marker := s.ident()
	if s.at(0) >= utf8.RuneSelf {
		return false, false
	}
	if s.at(0) == '\r' && s.at(1) == '\n' {
		s.pos++
	}
	if marker == "" || s.at(0) != '\n' {
		return true, true
	}
	s.pos++
	s.push(opened{kind: openHeredoc, marker: []byte(marker)})
	return false, true
}

func (s *splitter) quoted() bool {
	for s.pos < len(s.text) {
		switch c := s.text[s.pos]; c {
		case '"':
			s.pos++
			s.pop()
			return true
		case '\n', '\r':
			return false
		case '\\':
			if next := s.at(1); next == 0 || next == '\n' || next == '\r' {
				return false
			}
			s.pos += 2
		case '$', '%':
			if s.sequence(c) {
				return true
			}
		default:
			s.pos++
		}
	}
	return false
}

// sequence goes behind a $ or %, and reports whether it opens a sequence.
func (s *splitter) sequence(c byte) bool {
	switch {
	case s.at(1) == '{':
		s.pos += 2
		s.push(opened{kind: openSequence})
		return true
	case s.at(1) == c && s.at(2) == '{':
		s.pos += 3
	default:
		s.pos++
	}
	return false
}

func (s *splitter) heredoc() bool {
	h := &s.open[len(s.open)-1]
	for s.pos < len(s.text) {
		if !h.inLine {
			n := bytes.IndexByte(s.text[s.pos:], '\n')
			if n < 0 {
				return false
			}
			if bytes.Equal(bytes.TrimSpace(s.text[s.pos:s.pos+n]), h.marker) {
				s.pos += n
				s.pop()
				return true
			}
			h.inLine = true
		}
		switch c := s.text[s.pos]; c {
		case '\n':
			h.inLine = false
			s.pos++
		case '\r':
			if s.at(1) != '\n' {
				return false
			}
			s.pos++
		case '$', '%':
			if s.sequence(c) {
				return true
			}
		default:
			s.pos++
		}
	}
	return false
}

// sourceArgument reads the source of a module when it begins on this line.
func (s *splitter) sourceArgument() {
	line := splitter{text: s.text, pos: s.pos}
	line.spaces()
	if line.ident() != "source" {
		return
	}
	line.spaces()
	if line.at(0) != '=' || line.at(1) == '=' {
		return
	}
	line.pos++
	line.spaces()
	found := s.found
	s.found = nil
	if line.at(0) != '"' {
		found.unclear = true
		return
	}
	text, ok := line.plain()
	found.source, found.unclear = text, !ok || !line.endsLine()
}

func (s *splitter) spaces() {
	for s.at(0) == ' ' || s.at(0) == '\t' {
		s.pos++
	}
}
