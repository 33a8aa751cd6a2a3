package iam

import "unicode/utf8"

// glob reports whether a pattern of known text matches known text: * is any
// run, ? one character. With fold, ASCII letters compare without regard to
// case. It allocates nothing.
func glob(pattern, text string, fold bool) bool {
	p, t, star, back := 0, 0, -1, 0
	for t < len(text) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			if p+1 == len(pattern) {
				return true
			}
			star, back = p, t
			p++
		case p < len(pattern) && pattern[p] == '?':
			p++
			t += width(text, t)
		case p < len(pattern) && same(pattern[p], text[t], fold):
			p++
			t++
		case star >= 0:
			back += width(text, back)
			p, t = star+1, back
		default:
			return false
		}
	}
	for p < len(pattern) && pattern[p] == '*' {
		p++
	}
	return p == len(pattern)
}

// width is the number of bytes of the character at offset i.
func width(s string, i int) int {
	if s[i] < utf8.RuneSelf {
		return 1
	}
	_, n := utf8.DecodeRuneInString(s[i:])
	return n
}

func same(a, b byte, fold bool) bool {
	return a == b || fold && lower(a) == lower(b)
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

// An arnWalk matches a known ARN pattern with a known ARN, field by field.
// Within the first five fields a star holds no colon, unless it is the last
// character of its field: then it runs on (IAM-SEMANTICS, section 3). So two
// places to go back to are kept, the last star that runs on and the last
// that does not.
type arnWalk struct {
	pattern, text string
	// The middle fields, two to five, compare without regard to case.
	pFirst, pLast, tFirst, tLast int

	wide, wideBack, narrow, narrowBack int
}

// globARN reports whether a pattern of six fields, or of fewer with a star
// at its end, matches an ARN.
func globARN(pattern, arn string) bool {
	w := arnWalk{pattern: pattern, text: arn, wide: -1, narrow: -1}
	w.pFirst, w.pLast = middle(pattern)
	w.tFirst, w.tLast = middle(arn)
	return w.run(0)
}

// middle returns the offsets of the first and the fifth colon.
func middle(s string) (first, last int) {
	first, last = len(s), len(s)
	n := 0
	for i := 0; i < len(s); i++ {
		if s[i] != ':' {
			continue
		}
		if n++; n == 1 {
			first = i
		}
		if n == 5 {
			return first, i
		}
	}
	return first, last
}

// run matches from an offset on, before which both are alike and without
// wildcards.
func (w *arnWalk) run(from int) bool {
	p, t := from, from
	for t < len(w.text) {
		ok := p < len(w.pattern)
		switch {
		case ok && w.pattern[p] == '*':
			if p+1 == len(w.pattern) {
				return true
			}
			w.star(p, t)
			p++
		case ok && w.pattern[p] == '?' && (p > w.pLast || w.text[t] != ':'):
			p++
			t += width(w.text, t)
		case ok && same(w.pattern[p], w.text[t], w.folds(p, t)):
			p++
			t++
		default:
			if p, t = w.back(); p < 0 {
				return false
			}
		}
	}
	for p < len(w.pattern) && w.pattern[p] == '*' {
		p++
	}
	return p == len(w.pattern)
}

func (w *arnWalk) folds(p, t int) bool {
	return p > w.pFirst && p < w.pLast && t > w.tFirst && t < w.tLast
}

func (w *arnWalk) star(p, t int) {
	if p > w.pLast || w.pattern[p+1] == ':' {
		w.wide, w.wideBack, w.narrow = p, t, -1
		return
	}
	w.narrow, w.narrowBack = p, t
}

// back lets a star take one character more; p is -1 when none can.
func (w *arnWalk) back() (p, t int) {
	if w.narrow >= 0 && w.text[w.narrowBack] != ':' {
		w.narrowBack += width(w.text, w.narrowBack)
		return w.narrow + 1, w.narrowBack
	}
	w.narrow = -1
	if w.wide >= 0 {
		w.wideBack += width(w.text, w.wideBack)
		return w.wide + 1, w.wideBack
	}
	return -1, 0
}
