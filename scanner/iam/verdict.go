package iam

// A Verdict answers a question three-valued: No < Maybe < Yes. Maybe means
// that the text read does not decide it.
type Verdict uint8

// The verdicts, in their order.
const (
	No Verdict = iota
	Maybe
	Yes
)

// String is no, maybe or yes.
func (v Verdict) String() string {
	switch v {
	case Yes:
		return "yes"
	case Maybe:
		return "maybe"
	}
	return "no"
}

// Not turns Yes into No and No into Yes; Maybe stays.
func (v Verdict) Not() Verdict { return Yes - v }

func verdict(b bool) Verdict {
	if b {
		return Yes
	}
	return No
}
