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

// An Operator is a condition operator in its parts ("IAM JSON policy
// elements: Condition operators").
type Operator struct {
	// Base is the operator's documented spelling, such as StringLike.
	Base     string
	Set      SetPrefix
	IfExists bool
	// Negated is true of Not operators; Null and Bool are neither.
	Negated bool
	// Pattern says that values may hold wildcards.
	Pattern bool
}

var operatorBases = []string{
	"StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", "StringLike", "StringNotLike",
	"NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericLessThanEquals", "NumericGreaterThan", "NumericGreaterThanEquals",
	"DateEquals", "DateNotEquals", "DateLessThan", "DateLessThanEquals", "DateGreaterThan", "DateGreaterThanEquals",
	"Bool", "BinaryEquals", "IpAddress", "NotIpAddress", "ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike", "Null",
}

// ParseOperator cuts an operator's name, whatever its case.
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
	for _, base := range operatorBases {
		if strings.EqualFold(name, base) {
			op.Base = base
			op.Negated = strings.Contains(base, "Not")
			op.Pattern = strings.Contains(base, "Like") || strings.HasPrefix(base, "Arn")
			return op, !(op.IfExists && base == "Null")
		}
	}
	return Operator{}, false
}
