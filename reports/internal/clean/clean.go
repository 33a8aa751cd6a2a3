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

// keyPrefixes start access key ids (AWS IAM User Guide, "IAM identifiers",
// unique ID prefixes).
var keyPrefixes = [...]string{"AKIA", "ASIA", "ABIA", "ACCA"}

// Mask replaces credentials by asterisks of the same length: access key ids up
// to their last four characters, and on a line that speaks of secrets the
// values that look like one.
func Mask(s string) string {
	if !suspicious(s) {
		return s
	}
	out := []byte(s)
	start := 0
	for start < len(s) {
		end := start
		for end < len(s) && wordByte(s[end]) {
			end++
		}
		for i, n := start, start+masked(s[start:end], s); i < n; i++ {
			out[i] = '*'
		}
		start = end + 1
	}
	return string(out)
}

func suspicious(s string) bool {
	for _, p := range keyPrefixes {
		if strings.Contains(s, p) {
			return true
		}
	}
	return speaksOfSecrets(s)
}

func speaksOfSecrets(s string) bool {
	lower := strings.ToLower(s)
	for _, w := range [...]string{"secret", "password", "token", "private"} {
		if strings.Contains(lower, w) {
			return true
		}
	}
	return false
}

func wordByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '+' || c == '/'
}

// masked is how many bytes of a word are masked.
func masked(word, line string) int {
	if len(word) == 20 {
		for _, p := range keyPrefixes {
			if strings.HasPrefix(word, p) && word == strings.ToUpper(word) {
				return 16
			}
		}
	}
	// Secret access keys have 40 characters, session tokens many more.
	if len(word) >= 40 && mixed(word) && speaksOfSecrets(line) {
		return len(word)
	}
	return 0
}

func mixed(word string) bool {
	return strings.ContainsAny(word, "0123456789") && strings.ToLower(word) != word && strings.ToUpper(word) != word
}
