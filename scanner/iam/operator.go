package iam

import "strings"

// A SetPrefix is ForAllValues: or ForAnyValue: before an operator.
type SetPrefix uint8

// The set prefixes ("Creating a condition with multiple keys or values").
const (
	NoSet SetPrefix = iota
	ForAllValues
	ForAnyValue
)

// A Family says what values an operator compares.
type Family uint8

// The families of operators.
const (
	StringFamily Family = iota
	NumericFamily
	DateFamily
	BoolFamily
	BinaryFamily
	IPFamily
	ArnFamily
	NullFamily
)

// An Operator is a condition operator in its parts ("IAM JSON policy
// elements: Condition operators").
type Operator struct {
	// Base is the operator's documented spelling, such as StringLike.
	Base     string
	Family   Family
	Set      SetPrefix
	IfExists bool
	// Negated is true of the Not operators, which hold when no value
	// matches and when the key is missing.
	Negated bool
	// Positive is true of operators that are neither negated nor Null.
	Positive bool
	// Like says that * and ? in values are wildcards.
	Like bool
	// IgnoreCase says that letters compare without regard to case.
	IgnoreCase bool
	// order is how the request's value must stand to the policy's, for
	// numbers and dates.
	order order
}

type order uint8

const (
	equal order = iota
	less
	lessOrEqual
	greater
	greaterOrEqual
)

// ParseOperator cuts an operator's name, whatever its case, into its parts.
// It is false for a name that IAM does not know.
func ParseOperator(name string) (Operator, bool) {
	var op Operator
	if prefix, rest, ok := strings.Cut(name, ":"); ok {
		switch {
		case strings.EqualFold(prefix, "ForAllValues"):
			op.Set = ForAllValues
		case strings.EqualFold(prefix, "ForAnyValue"):
			op.Set = ForAnyValue
		default:
			return Operator{}, false
		}
		name = rest
	}
	const suffix = "IfExists"
	if n := len(name) - len(suffix); n > 0 && strings.EqualFold(name[n:], suffix) {
		op.IfExists, name = true, name[:n]
	}
	ok := op.base(name)
	if op.Family == NullFamily && (op.IfExists || op.Set != NoSet) {
		ok = false
	}
	if !ok {
		return Operator{}, false
	}
	op.Negated = strings.Contains(op.Base, "Not")
	op.Positive = !op.Negated && op.Family != NullFamily
	return op, true
}

// base finds the documented spelling and what follows from it.
func (op *Operator) base(name string) bool {
	switch family := func(p string) bool { return len(name) >= len(p) && strings.EqualFold(name[:len(p)], p) }; {
	case family("String"):
		op.Family = StringFamily
		return op.find(name, "StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase")
	case family("Arn"):
		op.Family = ArnFamily
		return op.find(name, "ArnLike", "ArnEquals", "ArnNotLike", "ArnNotEquals")
	case family("Numeric"):
		op.Family = NumericFamily
		return op.find(name, "NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericLessThanEquals", "NumericGreaterThan", "NumericGreaterThanEquals")
	case family("Date"):
		op.Family = DateFamily
		return op.find(name, "DateEquals", "DateNotEquals", "DateLessThan", "DateLessThanEquals", "DateGreaterThan", "DateGreaterThanEquals")
	case family("Bool"):
		op.Family = BoolFamily
		return op.find(name, "Bool")
	case family("Null"):
		op.Family = NullFamily
		return op.find(name, "Null")
	case family("Binary"):
		op.Family = BinaryFamily
		return op.find(name, "BinaryEquals")
	}
	op.Family = IPFamily
	return op.find(name, "IpAddress", "NotIpAddress")
}

func (op *Operator) find(name string, bases ...string) bool {
	for _, b := range bases {
		if strings.EqualFold(name, b) {
			op.Base = b
			op.Like = strings.HasSuffix(b, "Like") || op.Family == ArnFamily
			op.IgnoreCase = strings.HasSuffix(b, "IgnoreCase")
			op.order = orderOf(b)
			return true
		}
	}
	return false
}

func orderOf(base string) order {
	switch {
	case strings.HasSuffix(base, "LessThan"):
		return less
	case strings.HasSuffix(base, "LessThanEquals"):
		return lessOrEqual
	case strings.HasSuffix(base, "GreaterThan"):
		return greater
	case strings.HasSuffix(base, "GreaterThanEquals"):
		return greaterOrEqual
	}
	return equal
}
