package place_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/iamwatch/iamwatch/reports/internal/place"
	"github.com/iamwatch/iamwatch/scanner/source"
)

func TestPositionAgreesWithSource(t *testing.T) {
	texts := []string{"", "\n", "a", "a\nb\n", "é😀x\r\n\r\ny😀", strings.Repeat("😀é", 3000), strings.Repeat("a😀\n", 2000)}
	for _, text := range texts {
		s := source.New("a", []byte(text))
		x := place.NewIndex()
		for i := 0; i <= len(text); i++ {
			if i < len(text) && !utf8.RuneStart(text[i]) || i > 4000 && i%7 > 1 {
				continue
			}
			if diff := cmp.Diff(s.Position(i), x.Position(s, i)); diff != "" {
				t.Fatalf("offset %d: %s", i, diff)
			}
		}
	}
}
