package iam

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// slowMatch is the plain recursive matcher that the fast ones are held to.
func slowMatch(p, s []rune) bool {
	if len(p) == 0 {
		return len(s) == 0
	}
	switch {
	case p[0] == '*':
		return slowMatch(p[1:], s) || len(s) > 0 && slowMatch(p, s[1:])
	case len(s) == 0:
		return false
	}
	return (p[0] == '?' || p[0] == s[0]) && slowMatch(p[1:], s[1:])
}

// pairs is how many generated pairs a test compares.
func pairs(n int) int {
	if testing.Short() {
		return n / 20
	}
	return n
}

func randomText(r *rand.Rand, alphabet string, most int) string {
	letters := []rune(alphabet)
	out := make([]rune, r.IntN(most+1))
	for i := range out {
		out[i] = letters[r.IntN(len(letters))]
	}
	return string(out)
}

func TestGlobAgreesWithTheSlowMatcher(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range pairs(1_000_000) {
		p, s := randomText(r, "aé*?b", 8), randomText(r, "aéb", 9)
		want := slowMatch([]rune(p), []rune(s))
		if got := glob(p, s, false); got != want {
			t.Fatalf("glob(%q, %q) = %v", p, s, got)
		}
	}
}

// slowARN matches field by field, trying for a * at a field's end both ways:
// within the field and past the colon.
func slowARN(p, s string, field, queryField int) bool {
	if p == "" {
		return s == ""
	}
	if p[0] == '*' {
		last := field >= 6 || len(p) == 1 || p[1] == ':'
		if slowARN(p[1:], s, field, queryField) {
			return true
		}
		if s == "" || s[0] == ':' && !last {
			return false
		}
		return slowARN(p, s[1:], field, step(s[0], queryField))
	}
	switch {
	case s == "":
		return false
	case p[0] == '?':
		return (s[0] != ':' || field >= 6) && slowARN(p[1:], s[1:], field, step(s[0], queryField))
	case p[0] != s[0] && !(middleField(field) && middleField(queryField) && strings.EqualFold(p[:1], s[:1])):
		return false
	}
	return slowARN(p[1:], s[1:], step(p[0], field), step(s[0], queryField))
}

func step(c byte, field int) int {
	if c == ':' && field < 6 {
		return field + 1
	}
	return field
}

func middleField(f int) bool { return f > 1 && f < 6 }

func TestGlobARNAgreesWithTheSlowMatcher(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	matched := 0
	for range pairs(400_000) {
		p, s := randomARN(r, "aAb*?", 2), randomARN(r, "aAb", 3)
		if cut := r.IntN(20); cut < 3 {
			p = strings.Join(strings.SplitN(p, ":", 6)[:cut+3], ":") + "*"
		}
		want := slowARN(p, s, 1, 1)
		if got := globARN(p, s); got != want {
			t.Fatalf("globARN(%q, %q) = %v", p, s, got)
		}
		if want {
			matched++
		}
		if v := compareARN(p, s); v != verdict(want) {
			t.Fatalf("tokens of %q and %q: %v, want %v", p, s, v, want)
		}
	}
	if matched < pairs(4000) {
		t.Errorf("only %d pairs match: the generator tests nothing", matched)
	}
}

// compareARN takes the way over tokens, which otherwise only patterns with
// holes or variables and queries take.
func compareARN(p, s string) Verdict {
	var b binding
	ts, ok := b.pattern(nil, p)
	if !ok {
		return No
	}
	return compare(ts, queryTokens(nil, s, ""))
}

func randomARN(r *rand.Rand, alphabet string, most int) string {
	fields := make([]string, 6)
	for i := range fields {
		fields[i] = randomText(r, alphabet, most)
	}
	fields[0] = "arn"
	fields[5] = randomText(r, alphabet+":/", most+1)
	return strings.Join(fields, ":")
}

// texts are all texts over an alphabet up to a length; c occurs in no
// pattern, so that it stands for every other letter.
func texts(alphabet string, most int) []string {
	out, last := []string{""}, []string{""}
	for range most {
		var next []string
		for _, s := range last {
			for _, c := range alphabet {
				next = append(next, s+string(c))
			}
		}
		out, last = append(out, next...), next
	}
	return out
}

func TestCoversAndOverlapsAgreeWithEnumeration(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	// Whatever two patterns share or one leaves out shows in a text no longer
	// than both together.
	all := texts("abc", 6)
	for range pairs(10_000) {
		n := r.IntN(7)
		p, q := randomText(r, "ab*?", n), randomText(r, "ab*?", 6-n)
		covered, overlap := true, false
		for _, s := range all {
			inQ := glob(q, s, false)
			inP := glob(p, s, false)
			covered = covered && (inP || !inQ)
			overlap = overlap || inP && inQ
		}
		if got := Covers(p, q); got != verdict(covered) {
			t.Fatalf("Covers(%q, %q) = %v, want %v", p, q, got, covered)
		}
		if got := Overlaps(p, q); got != verdict(overlap) {
			t.Fatalf("Overlaps(%q, %q) = %v, want %v", p, q, got, overlap)
		}
	}
}
