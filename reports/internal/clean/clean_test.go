package clean_test

import (
	"testing"

	"github.com/iamwatch/iamwatch/reports/internal/clean"
	"github.com/iamwatch/iamwatch/scanner/source"
)

func TestLine(t *testing.T) {
	secret := "abcdEFGH0123abcdEFGH0123abcdEFGH0123ABCD"
	tests := map[string]struct{ in, want string }{
		"plain":     {"role \"é😀\"", "role \"é😀\""},
		"escape":    {"a\x1b[31mb", "a\uFFFD[31mb"},
		"newline":   {"a\r\nb\tc", "a b c"},
		"bidi":      {"a\u202eb", "a\uFFFDb"},
		"invalid":   {"a\xffb", "a\uFFFDb"},
		"hole":      {"x" + source.Hole(source.HoleName, "var.a"), "x${var.a}"},
		"key id":    {"key AKIA" + "ABCDEFGHIJKL" + "MNOP.", "key ****************MNOP."},
		"lone AKIA": {"AKIA", "AKIA"},
		"secret":    {"secret = " + secret, "secret = ****************************************"},
		"no secret": {"id = " + secret, "id = " + secret},
	}
	for name, tt := range tests {
		if got := clean.Line(tt.in); got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
}
