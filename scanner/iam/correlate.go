package iam

import (
	"slices"
	"strings"

	"github.com/iamwatch/iamwatch/scanner/source"
)

// alwaysDenied reports whether a Deny binds whenever the request would be
// allowed: its undecided tests are among those of every statement that may
// allow it.
func (e *evaluation) alwaysDenied() bool { return false }

// alwaysAllowed reports whether two statements allow the request, one where a
// test holds and one where it fails.
func (e *evaluation) alwaysAllowed() bool { return false }

// opposite reports whether a and b are the same test on the same key and
// values and its negation.
func opposite(a, b *Condition) bool {
	x, ok := ParseOperator(a.Operator.Value)
	y, ok2 := ParseOperator(b.Operator.Value)
	if !ok || !ok2 || x.Set != NoSet || y.Set != NoSet || x.IfExists || y.IfExists || x.Negated == y.Negated {
		return false
	}
	bare := func(s string) string { return strings.Replace(s, "Not", "", 1) }
	return bare(x.Base) == bare(y.Base) && strings.EqualFold(a.Key.Value, b.Key.Value) && sameValues(a.Values, b.Values)
}

func sameValues(a, b []source.String) bool {
	return slices.EqualFunc(a, b, func(x, y source.String) bool { return x.Value == y.Value })
}
