// Package clean makes text from an input fit for a report: nothing in it can
// steer a terminal or a viewer, and no credential is repeated.
package clean

import (
	"strings"
	"unicode"

	"github.com/iamwatch/iamwatch/scanner/source"
)

// Line is s on one line: holes are spelled for people, every other control,
// bidirectional or invisible character becomes U+FFFD, credentials are masked.
func Line(s string) string {
	s = strings.Join(strings.FieldsFunc(source.Show(s), func(r rune) bool { return r == '\n' || r == '\r' || r == '\t' }), " ")
	return Mask(strings.Map(visible, strings.ToValidUTF8(s, "\uFFFD")))
}

// Steers reports whether a character can change how others are shown: C0 and
// C1 controls, bidirectional controls ("Trojan Source", Unicode TR 36), marks.
func Steers(r rune) bool {
	switch {
	case unicode.IsControl(r), r == 0xFDD0, r == 0xFDD1, r == 0x2028, r == 0x2029, r == 0xFEFF:
		return true
	case r >= 0x202A && r <= 0x202E, r >= 0x2066 && r <= 0x2069, r == 0x200E, r == 0x200F, r == 0x061C:
		return true
	}
	return false
}

func visible(r rune) rune {
	if Steers(r) {
		return unicode.ReplacementChar
	}
	return r
}
