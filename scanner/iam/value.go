package iam

import (
	"encoding/base64"
	"math"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/iamwatch/iamwatch/scanner/source"
)

// anyMalformed reports whether a value of a policy is none that its operator
// can compare. AWS would not store it, so that nothing is known of the test.
func (op Operator) anyMalformed(values []source.String) bool {
	switch op.Family {
	case StringFamily, ArnFamily:
		return false
	}
	return slices.ContainsFunc(values, func(s source.String) bool { return op.malformed(s.Value) })
}

// malformed reports whether known text is no value of the operator. A Bool
// may be compared with a variable.
func (op Operator) malformed(s string) bool {
	if hasMark(s) {
		return false
	}
	ok := true
	switch op.Family {
	case NumericFamily:
		_, ok = parseNumber(s)
	case DateFamily:
		_, ok = parseDate(s)
	case IPFamily:
		_, ok = parsePrefix(s)
	case BinaryFamily:
		_, err := base64.StdEncoding.DecodeString(s)
		ok = err == nil
	case BoolFamily:
		ok = isBool(s) || strings.Contains(s, "${")
	case NullFamily:
		ok = isBool(s)
	}
	return !ok
}

// matchValue compares a value of a policy with one of the request. A value
// that AWS would not store gives Maybe.
func (b *binding) matchValue(op Operator, want, have string) Verdict {
	switch op.Family {
	case StringFamily:
		return b.matchString(op, want, have)
	case ArnFamily:
		return b.matchARN(want, have)
	case BoolFamily:
		return b.matchBool(want, have)
	}
	if hasMark(want) || hasMark(have) {
		return Maybe
	}
	switch op.Family {
	case NumericFamily:
		return matchNumber(op.order, want, have)
	case DateFamily:
		return matchDate(op.order, want, have)
	case IPFamily:
		return matchIP(want, have)
	case BinaryFamily:
		return matchBinary(want, have)
	}
	return Maybe
}

func (b *binding) matchString(op Operator, want, have string) Verdict {
	if b.plain(want) && !hasMark(have) {
		switch {
		case op.Like:
			return verdict(glob(want, have, false))
		case op.IgnoreCase:
			return verdict(strings.EqualFold(want, have))
		}
		return verdict(want == have)
	}
	var pb, qb [96]token
	l := lexer{wild: op.Like, fold: op.IgnoreCase, variables: !b.literal, values: b.values, self: b.self}
	p, ok := l.text(pb[:0], want)
	if !ok {
		return No
	}
	plain := lexer{fold: op.IgnoreCase, self: b.self}
	q, _ := plain.text(qb[:0], have)
	return compare(p, q)
}

// matchARN compares two ARNs field by field; a wildcard never crosses a
// field. What is no ARN, in the request or in the policy, never matches ("IAM
// JSON policy elements: Condition operators", ARN operators).
func (b *binding) matchARN(want, have string) Verdict {
	if _, ok := ParseARN(have); !ok && !hasMark(have) {
		return No
	}
	var f [6]string
	n := cutARN(want, &f)
	if n < 6 && b.plain(want) {
		// A lone * is no ARN either, but is widely meant for any.
		return min(Maybe, verdict(allStars(want)))
	}
	var pb, qb [96]token
	p := pb[:0]
	l := lexer{wild: true, variables: !b.literal, values: b.values, self: b.self}
	for i := range n {
		if i > 0 {
			p = append(p, token{char: ':'})
		}
		start := len(p)
		var ok bool
		if p, ok = l.text(p, f[i]); !ok {
			return No
		}
		if i < 5 {
			bound(p[start:])
		}
	}
	plain := lexer{self: b.self}
	q, _ := plain.text(qb[:0], have)
	return compare(p, q)
}

func (b *binding) matchBool(want, have string) Verdict {
	if !b.plain(want) || hasMark(have) {
		op := Operator{IgnoreCase: true}
		return b.matchString(op, want, have)
	}
	if !isBool(want) {
		return Maybe
	}
	return verdict(strings.EqualFold(want, have))
}

func isBool(s string) bool { return strings.EqualFold(s, "true") || strings.EqualFold(s, "false") }

// inOrder reports whether the request's value stands to the policy's as an
// operator asks; sign is that of their difference.
func inOrder(o order, sign int) Verdict {
	switch o {
	case less:
		return verdict(sign < 0)
	case lessOrEqual:
		return verdict(sign <= 0)
	case greater:
		return verdict(sign > 0)
	case greaterOrEqual:
		return verdict(sign >= 0)
	}
	return verdict(sign == 0)
}

func parseNumber(s string) (float64, bool) {
	if strings.ContainsAny(s, "xXpP_nN") {
		return 0, false
	}
	n, err := strconv.ParseFloat(s, 64)
	return n, err == nil && !math.IsInf(n, 0)
}

func matchNumber(o order, want, have string) Verdict {
	w, ok := parseNumber(want)
	if !ok {
		return Maybe
	}
	h, ok := parseNumber(have)
	if !ok {
		return No
	}
	switch {
	case h < w:
		return inOrder(o, -1)
	case h > w:
		return inOrder(o, 1)
	}
	return inOrder(o, 0)
}

// parseDate reads the forms of ISO 8601 that IAM takes (W3C note on date and
// time formats), and seconds since 1970.
func parseDate(s string) (time.Time, bool) {
	for _, layout := range []string{
		time.RFC3339, "2006-01-02T15:04Z07:00", "2006-01-02T15:04:05", "2006-01-02", "20060102T150405Z", "2006-01", "2006",
	} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, true
		}
	}
	n, ok := parseNumber(s)
	if !ok || math.Abs(n) > 1e15 {
		return time.Time{}, false
	}
	whole := math.Floor(n)
	return time.Unix(int64(whole), int64((n-whole)*1e9)), true
}

func matchDate(o order, want, have string) Verdict {
	w, ok := parseDate(want)
	if !ok {
		return Maybe
	}
	h, ok := parseDate(have)
	if !ok {
		return No
	}
	return inOrder(o, h.Compare(w))
}

// matchIP compares an address with a block or an address; the two families
// never match each other.
func matchIP(want, have string) Verdict {
	prefix, ok := parsePrefix(want)
	if !ok {
		return Maybe
	}
	addr, err := netip.ParseAddr(have)
	if err != nil {
		block, ok := parsePrefix(have)
		if !ok {
			return No
		}
		return verdict(prefix.Bits() <= block.Bits() && prefix.Contains(block.Addr()))
	}
	return verdict(prefix.Contains(addr.WithZone("")))
}

func parsePrefix(s string) (netip.Prefix, bool) {
	if p, err := netip.ParsePrefix(s); err == nil {
		return p, true
	}
	a, err := netip.ParseAddr(s)
	if err != nil || a.Zone() != "" {
		return netip.Prefix{}, false
	}
	return netip.PrefixFrom(a, a.BitLen()), true
}

func matchBinary(want, have string) Verdict {
	w, err := base64.StdEncoding.DecodeString(want)
	if err != nil {
		return Maybe
	}
	h, err := base64.StdEncoding.DecodeString(have)
	return verdict(err == nil && string(w) == string(h))
}
