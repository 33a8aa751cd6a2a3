package source_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/iamwatch/iamwatch/scanner/source"
)

// naive counts a position from the start of the text.
func naive(text string, offset int) source.Position {
	p := source.Position{Line: 1, Column: 1, Display: 1}
	for _, r := range text[:offset] {
		p.Column++
		p.Display++
		switch {
		case r == '\n':
			p = source.Position{Line: p.Line + 1, Column: 1, Display: 1}
		case r > 0xFFFF:
			p.Column++
		}
	}
	return p
}

func TestPositionsAgreeWithCounting(t *testing.T) {
	texts := []string{"", "\n", "a", "a\nb\n", "é😀x\r\n\r\ny😀", strings.Repeat("😀é", 900), strings.Repeat("a😀\n", 600), strings.Repeat("\n", 1500), strings.Repeat("x", 512) + "\n" + strings.Repeat("y", 511) + "\nz"}
	for _, text := range texts {
		s := source.New("a", []byte(text))
		for i := 0; i <= len(text); i++ {
			if i < len(text) && !utf8.RuneStart(text[i]) {
				continue
			}
			if diff := cmp.Diff(naive(text, i), s.Position(i)); diff != "" {
				t.Fatalf("offset %d of %.20q: %s", i, text, diff)
			}
		}
		lines := strings.Split(text, "\n")
		if got := s.Lines(); got != len(lines) {
			t.Fatalf("%d lines of %.20q, want %d", got, text, len(lines))
		}
		for i, want := range lines {
			if got := s.Line(i + 1); got != strings.TrimSuffix(want, "\r") {
				t.Fatalf("line %d of %.20q = %q", i+1, text, got)
			}
		}
	}
}

func TestForwardAgreesWithCounting(t *testing.T) {
	for _, text := range []string{"", "abc", strings.Repeat("a", 2000), strings.Repeat("é😀x\n", 700), strings.Repeat("😀", 700) + strings.Repeat("b", 900)} {
		s := source.New("a", []byte(text))
		var starts []int
		for i := range text {
			starts = append(starts, i)
		}
		starts = append(starts, len(text))
		for from := 0; from < len(starts); from += 97 {
			for n := 0; from+n <= len(starts); n++ {
				want := starts[min(from+n, len(starts)-1)]
				if got := s.Forward(starts[from], n); got != want {
					t.Fatalf("%d code points behind %d of %.20q: %d, want %d", n, starts[from], text, got, want)
				}
			}
		}
	}
}
