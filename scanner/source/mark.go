package source

import (
	"bytes"
	"iter"
	"slices"
	"strings"
	"unicode/utf8"
)

// A HoleKind says what is known of text that nobody can know statically.
type HoleKind string

// The kinds of hole (IAM-SEMANTICS, section 8: IaC unknowns).
const (
	// HoleSelf is the account that the configuration is deployed to.
	HoleSelf HoleKind = "self"
	// HoleAccount is some account id: 12 digits.
	HoleAccount HoleKind = "account"
	// HoleRegion is a region name: it holds no colon and no slash.
	HoleRegion HoleKind = "region"
	// HolePartition is aws, aws-cn or aws-us-gov.
	HolePartition HoleKind = "partition"
	// HoleName is the name of a resource: it holds no colon.
	HoleName HoleKind = "name"
	// HoleFree is any text.
	HoleFree HoleKind = "free"
)

// Marks are delimited by two noncharacters, which no valid file holds:
// readers refuse an input that does, so a file cannot forge a mark.
const (
	markOpen  = '\uFDD0'
	markClose = '\uFDD1'
)

// UnknownLabel is the label of holes of which nobody can say what would fill
// them. Marks with it may stand for different texts, equal as they are.
const UnknownLabel = "unknown"

// Hole returns the mark of unknown text of a kind. The label says what
// would fill it (a variable, a data source); equal marks stand for equal
// text.
func Hole(kind HoleKind, label string) string {
	return string(markOpen) + string(kind) + ":" + label + string(markClose)
}

// HasMark reports whether s holds a mark.
func HasMark(s string) bool { return strings.ContainsRune(s, markOpen) }

// HasMarkBytes reports whether an input holds a mark's delimiters, which
// makes it unacceptable.
func HasMarkBytes(b []byte) bool {
	for {
		i := bytes.IndexByte(b, 0xEF)
		if i < 0 || len(b) < i+3 {
			return false
		}
		if b[i+1] == 0xB7 && (b[i+2] == 0x90 || b[i+2] == 0x91) {
			return true
		}
		b = b[i+1:]
	}
}

// A Piece is a run of known text or one hole.
type Piece struct {
	Text  string   // known text, empty for a hole
	Kind  HoleKind // empty for known text
	Label string
}

// IsHole reports whether the piece is a hole.
func (p Piece) IsHole() bool { return p.Kind != "" }

// Pieces cuts s into known text and holes. A mark without end is text.
func Pieces(s string) []Piece { return slices.Collect(pieces(s)) }

func pieces(s string) iter.Seq[Piece] {
	return func(yield func(Piece) bool) {
		for s := s; s != ""; {
			p, size := nextPiece(s)
			if !yield(p) {
				return
			}
			s = s[size:]
		}
	}
}

// nextPiece is the piece that s begins with, and its size in s.
func nextPiece(s string) (Piece, int) {
	i := strings.IndexRune(s, markOpen)
	j := -1
	if i >= 0 {
		j = strings.IndexRune(s[i:], markClose)
	}
	switch {
	case j < 0:
		return Piece{Text: s}, len(s)
	case i > 0:
		return Piece{Text: s[:i]}, i
	}
	kind, label, _ := strings.Cut(s[utf8.RuneLen(markOpen):j], ":")
	return Piece{Kind: HoleKind(kind), Label: label}, j + utf8.RuneLen(markClose)
}

// ReplaceMarks returns s with every mark replaced by what f gives for it.
func ReplaceMarks(s string, f func(kind HoleKind, label string) string) string {
	if !HasMark(s) {
		return s
	}
	var b strings.Builder
	for p := range pieces(s) {
		if p.IsHole() {
			b.WriteString(f(p.Kind, p.Label))
			continue
		}
		b.WriteString(p.Text)
	}
	return b.String()
}

// Show is s for people: a hole becomes ${label}, or <kind> without label.
func Show(s string) string {
	return ReplaceMarks(s, func(kind HoleKind, label string) string {
		if label == "" {
			return "<" + string(kind) + ">"
		}
		return "${" + label + "}"
	})
}
