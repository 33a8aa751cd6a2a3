package iam

import "github.com/iamwatch/iamwatch/scanner/source"

// selfAccount is how the account that a policy is deployed to is called
// while its id is not known.
const selfAccount = "self"

// Account returns the account of a principal: the 12 digits of a bare id or
// of an ARN, or "self" for the account the policy is deployed to. It is
// false for principals of no account or of one that is not known.
func (p Principal) Account() (id string, known bool) {
	id = p.Value.Value
	if a, ok := ParseARN(id); ok {
		id = a.Account
	}
	switch {
	case IsAccountID(id):
		return id, true
	case isSelf(id):
		return selfAccount, true
	}
	return "", false
}

// ARN returns the principal's ARN, if it is written as one.
func (p Principal) ARN() (ARN, bool) { return ParseARN(p.Value.Value) }

// isSelf reports whether a text is one hole of kind self.
func isSelf(s string) bool {
	p := source.Pieces(s)
	return len(p) == 1 && p[0].Kind == source.HoleSelf
}
