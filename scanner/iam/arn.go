package iam

import (
	"strings"

	"github.com/iamwatch/iamwatch/scanner/source"
)

// markOpen and markClose begin and end a hole (see source.Hole). They are
// three bytes each in UTF-8.
const (
	markOpen  = "\uFDD0"
	markClose = "\uFDD1"
)

// An ARN is an Amazon Resource Name cut into its fields ("Amazon Resource
// Names (ARNs)"). The fields may hold wildcards, variables and holes.
type ARN struct {
	Partition, Service, Region, Account string
	// Resource keeps its colons and slashes.
	Resource string
}

// ParseARN cuts s at its first five colons, those inside ${...} and inside
// holes left out. It is false when s does not begin with "arn:" or has fewer
// than six fields.
func ParseARN(s string) (ARN, bool) {
	var fields [6]string
	if cutARN(s, &fields) < 6 || fields[0] != "arn" {
		return ARN{}, false
	}
	return ARN{Partition: fields[1], Service: fields[2], Region: fields[3], Account: fields[4], Resource: fields[5]}, true
}

// cutARN cuts s into at most six fields and returns how many there are.
func cutARN(s string, fields *[6]string) int {
	if strings.IndexByte(s, '$') < 0 && strings.IndexByte(s, markOpen[0]) < 0 {
		return cutPlain(s, fields)
	}
	n := 0
	for {
		i := -1
		if n < 5 {
			i = nextColon(s)
		}
		if i < 0 {
			fields[n] = s
			return n + 1
		}
		fields[n], s = s[:i], s[i+1:]
		n++
	}
}

// cutPlain is cutARN of a text without variables and holes.
func cutPlain(s string, fields *[6]string) int {
	for n := range 5 {
		i := strings.IndexByte(s, ':')
		if i < 0 {
			fields[n] = s
			return n + 1
		}
		fields[n], s = s[:i], s[i+1:]
	}
	fields[5] = s
	return 6
}

// nextColon is the offset of the first colon outside variables and holes, or
// -1.
func nextColon(s string) int {
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == ':':
			return i
		case s[i] == '$' || s[i] == markOpen[0]:
			i += skipped(s[i:])
		}
	}
	return -1
}

// skipped is how many bytes behind the first belong to the variable or hole
// that s begins with; 0 when it begins with neither.
func skipped(s string) int {
	end := ""
	switch {
	case strings.HasPrefix(s, "${"):
		end = "}"
	case strings.HasPrefix(s, markOpen):
		end = markClose
	default:
		return 0
	}
	i := strings.Index(s, end)
	if i < 0 {
		return 0
	}
	return i + len(end) - 1
}

// allStars reports whether a pattern is nothing but asterisks, which matches
// all there is.
func allStars(s string) bool {
	for i := range len(s) {
		if s[i] != '*' {
			return false
		}
	}
	return s != ""
}

func hasWildcard(s string) bool {
	return strings.IndexByte(s, '*') >= 0 || strings.IndexByte(s, '?') >= 0
}

// hasMark reports whether s holds a hole; nearly no text does.
func hasMark(s string) bool {
	return strings.IndexByte(s, markOpen[0]) >= 0 && source.HasMark(s)
}

// IsAccountID reports whether s is an account id: 12 digits ("View AWS account
// identifiers").
func IsAccountID(s string) bool {
	if len(s) != 12 {
		return false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}
