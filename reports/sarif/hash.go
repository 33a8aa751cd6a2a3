package sarif

import (
	"fmt"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// The line hash of GitHub's upload action (github/codeql-action,
// src/fingerprints.ts): the value of partialFingerprints.primaryLocationLineHash.
const (
	hashWindow  = 100
	hashBase    = 37
	hashFileEnd = 65535
)

// lineHashes returns the hash of every line of a file: a rolling hash over the
// 100 UTF-16 units from the line's start, blanks left out and ends of line made
// equal, then a colon and how often the value has occurred so far.
func lineHashes(data []byte) []hashOfLine {
	units, starts := normalize(data)
	first := uint64(1)
	for range hashWindow {
		first *= hashBase
	}
	seen := map[uint64]int{}
	out := make([]hashOfLine, 0, len(starts))
	var hash uint64
	next := 0
	// units ends in a whole window of zeros, so that every start is reached.
	for i, u := range units {
		hash = hash*hashBase + uint64(u)
		if i >= hashWindow {
			hash -= first * uint64(units[i-hashWindow])
		}
		if next < len(starts) && i == starts[next]+hashWindow-1 {
			seen[hash]++
			out = append(out, hashOfLine{hash, seen[hash]})
			next++
		}
	}
	return out
}

// A hashOfLine is a line's hash and how often it has occurred so far.
type hashOfLine struct {
	hash   uint64
	number int
}

func (h hashOfLine) String() string {
	return strconv.FormatUint(h.hash, 16) + ":" + strconv.Itoa(h.number)
}

// normalize returns the units that are hashed, and at which of them each line
// starts.
func normalize(data []byte) (units []uint16, starts []int) {
	units = make([]uint16, 0, len(data)+hashWindow+1)
	lineStart, afterCR := true, false
	for len(data) > 0 {
		r, n := utf8.DecodeRune(data)
		data = data[n:]
		skip := r == ' ' || r == '\t' || afterCR && r == '\n'
		afterCR = r == '\r'
		if skip {
			continue
		}
		if afterCR {
			r = '\n'
		}
		if lineStart {
			starts = append(starts, len(units))
		}
		lineStart = r == '\n'
		units = utf16.AppendRune(units, r)
	}
	if lineStart {
		starts = append(starts, len(units))
	}
	units = append(units, hashFileEnd)
	return append(units, make([]uint16, hashWindow)...), starts
}

// A printKey is what GitHub tells the alerts of a run apart by.
type printKey struct{ rule, path, hash string }

// fingerprints chooses the line hash of each finding of a run (SARIF for
// GitHub code scanning, section 1.4): GitHub's own value for code, where it is
// the only one of its rule in its file; else one made of what owns the fault,
// which stays distinct on a one-line file and stable for a live account.
// Suppressed findings come last: showing them changes no other's value.
func (b *builder) fingerprints(list []int) map[int]string {
	var open, suppressed []int
	for _, i := range list {
		if b.result.Findings[i].Suppressed == nil {
			open = append(open, i)
		} else {
			suppressed = append(suppressed, i)
		}
	}
	hashes := make(map[int]string, len(list))
	taken := map[printKey]bool{}
	b.choose(open, hashes, taken)
	b.choose(suppressed, hashes, taken)
	return hashes
}

// choose gives some findings line hashes that none has taken.
func (b *builder) choose(list []int, hashes map[int]string, taken map[printKey]bool) {
	count := map[printKey]int{}
	for _, i := range list {
		hashes[i] = b.lineHash(i)
		count[b.printKey(i, hashes[i])]++
	}
	var shared []int
	for _, i := range list {
		key := b.printKey(i, hashes[i])
		if key.hash == "" || count[key] > 1 || taken[key] {
			shared = append(shared, i)
			continue
		}
		taken[key] = true
	}
	for _, i := range shared {
		hashes[i] = b.ownerHash(i, taken)
	}
}

func (b *builder) printKey(i int, hash string) printKey {
	f := b.result.Findings[i]
	return printKey{f.Rule.ID, f.Range.Path(), hash}
}

// ownerHash is made of what owns the fault, with the first number that no
// finding of the rule and file has taken.
func (b *builder) ownerHash(i int, taken map[printKey]bool) string {
	for n := 1; ; n++ {
		key := b.printKey(i, fmt.Sprintf("%.16s:%d", b.result.Findings[i].Fingerprint, n))
		if !taken[key] {
			taken[key] = true
			return key.hash
		}
	}
}

// lineHash is GitHub's value for a finding in code, and empty for another.
func (b *builder) lineHash(i int) string {
	f := b.result.Findings[i]
	if isLive(f) || f.Range.IsZero() {
		return ""
	}
	lines, ok := b.lines[f.Range.Source]
	if !ok {
		lines = lineHashes(f.Range.Source.Bytes())
		b.lines[f.Range.Source] = lines
	}
	if n := f.Range.From().Line; n <= len(lines) {
		return lines[n-1].String()
	}
	return ""
}
