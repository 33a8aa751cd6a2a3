package iam

import "slices"

// maxProduct bounds the walks. An ARN has at most 2048 characters; longer
// texts come from inputs that mean to keep us busy, and stay undecided.
const maxProduct = 2048 * 2048

// meet reports whether one text can match both patterns, by a walk over the
// product of the two. With blind, a hole is any text of its class; without,
// what fills it is settled elsewhere, so that only an equal hole or a run
// that takes all such text can meet it.
func meet(p, q []token, blind bool) bool {
	if blind {
		p, q = spellAccounts(p), spellAccounts(q)
	}
	if len(p)*len(q) > maxProduct {
		return blind
	}
	var buf [160]bool
	row := buf[:0]
	if len(q)+1 > len(buf) {
		row = make([]bool, 0, len(q)+1)
	}
	row = row[:len(q)+1]
	row[0] = true
	for i := range len(p) + 1 {
		meetRow(p, q, i, row, blind)
		if i < len(p) {
			stepRow(p[i], q, row, blind)
		}
	}
	return row[len(q)]
}

// spellAccounts puts twelve digits for each account that is not known.
func spellAccounts(p []token) []token {
	isAccount := func(t token) bool { return t.kind == hole && t.class == digits }
	if !slices.ContainsFunc(p, isAccount) {
		return p
	}
	out := make([]token, 0, len(p)+12)
	for _, t := range p {
		if !isAccount(t) {
			out = append(out, t)
			continue
		}
		for range 12 {
			out = append(out, token{kind: one, class: digits})
		}
	}
	return out
}

// meetRow carries what is reached along one row: the steps that take from q
// alone.
func meetRow(p, q []token, i int, row []bool, blind bool) {
	for j := range len(q) {
		if !row[j] || row[j+1] {
			continue
		}
		row[j+1] = runs(q[j], blind) || i < len(p) && runs(p[i], blind) && takes(p[i], q[j])
	}
}

// stepRow turns the row of p[i] into that of the next token of p.
func stepRow(t token, q []token, row []bool, blind bool) {
	free := runs(t, blind)
	for j := len(q); j >= 0; j-- {
		here := row[j] && (free || j < len(q) && runs(q[j], blind) && takes(q[j], t))
		row[j] = here || j > 0 && row[j-1] && !free && !runs(q[j-1], blind) && takes(t, q[j-1])
	}
}

func runs(t token, blind bool) bool {
	return t.kind == many || blind && t.kind == hole
}

// takes reports whether a and b can stand for the same character, or, for a
// hole that is settled elsewhere, the same text.
func takes(a, b token) bool {
	switch {
	case a.kind == letter && b.kind == letter:
		return equalLetters(a, b)
	case a.kind == letter:
		return b.class.has(a.char)
	case b.kind == letter:
		return a.class.has(b.char)
	case a.kind == hole && b.kind == hole:
		return a.hole == b.hole
	case b.kind == hole:
		return a.kind == many && a.class.holds(b.class)
	case a.kind == hole:
		return b.kind == many && b.class.holds(a.class)
	}
	return a.class.meets(b.class)
}

// maxFamily bounds the sets that covers follows at once; beyond it the
// answer is that nothing is proved.
const maxFamily = 64

// covers reports whether every text that q matches is matched by p, whatever
// fills the holes. The places of p reached so far are a set; q's wildcards
// stand for characters that occur nowhere in p, the hardest to match.
func covers(p, q []token) bool {
	if len(p)*len(q) > maxProduct {
		return false
	}
	family := []placeSet{newPlaceSet(len(p) + 1)}
	family[0].add(0)
	family[0].close(p)
	for _, t := range q {
		var next []placeSet
		for _, s := range family {
			next = s.after(p, t, next)
		}
		for _, s := range next {
			if s.empty() {
				return false
			}
		}
		if len(next) > maxFamily {
			return false
		}
		family = next
	}
	return !slices.ContainsFunc(family, func(s placeSet) bool { return !s.has(len(p)) })
}

// A placeSet is a set of places in a pattern.
type placeSet []uint64

func newPlaceSet(n int) placeSet { return make(placeSet, (n+63)/64) }

func (s placeSet) add(i int)      { s[i/64] |= 1 << (i % 64) }
func (s placeSet) has(i int) bool { return s[i/64]&(1<<(i%64)) != 0 }

func (s placeSet) empty() bool {
	for _, w := range s {
		if w != 0 {
			return false
		}
	}
	return true
}

// within reports whether every place of s is in o.
func (s placeSet) within(o placeSet) bool {
	for i, w := range s {
		if w&^o[i] != 0 {
			return false
		}
	}
	return true
}

// close adds the places behind runs, which may take nothing.
func (s placeSet) close(p []token) {
	for i, t := range p {
		if s.has(i) && t.kind == many {
			s.add(i + 1)
		}
	}
}

// after adds to family the sets that s can become by a token of q.
func (s placeSet) after(p []token, t token, family []placeSet) []placeSet {
	if t.kind == letter || t.kind == one {
		return insert(family, s.step(p, t))
	}
	same := newPlaceSet(len(p) + 1)
	if t.kind == hole {
		same = s.equal(p, t)
	}
	// After as many steps as p has tokens the sets stay as they are.
	for range len(p) + 2 {
		family = insert(family, s.join(same))
		next := s.step(p, token{kind: one, class: t.class})
		if slices.Equal(next, s) {
			break
		}
		s = next
	}
	return family
}

// step is the set after one character: a letter, or any of a class.
func (s placeSet) step(p []token, t token) placeSet {
	out := newPlaceSet(len(p) + 1)
	for i, pt := range p {
		if !s.has(i) || !always(pt, t) {
			continue
		}
		if pt.kind == many {
			out.add(i)
		} else {
			out.add(i + 1)
		}
	}
	out.close(p)
	return out
}

// equal is the set after a hole that p holds as well.
func (s placeSet) equal(p []token, t token) placeSet {
	out := newPlaceSet(len(p) + 1)
	for i, pt := range p {
		if s.has(i) && pt.kind == hole && pt.hole == t.hole {
			out.add(i + 1)
		}
	}
	out.close(p)
	return out
}

func (s placeSet) join(o placeSet) placeSet {
	out := slices.Clone(s)
	for i := range out {
		out[i] |= o[i]
	}
	return out
}

// always reports whether p's token takes a letter, or every character of a
// class.
func always(p, t token) bool {
	switch {
	case p.kind == hole:
		return false
	case p.kind == letter:
		return t.kind == letter && equalLetters(p, t)
	case t.kind == letter:
		return p.class.has(t.char)
	}
	return p.class.holds(t.class)
}

// insert keeps the smallest sets only: where they reach the end, so do the
// larger ones.
func insert(family []placeSet, s placeSet) []placeSet {
	for _, o := range family {
		if o.within(s) {
			return family
		}
	}
	family = slices.DeleteFunc(family, func(o placeSet) bool { return s.within(o) })
	return append(family, s)
}
