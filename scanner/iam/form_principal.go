package iam

import "strings"

// A principalForm is a principal of kind AWS in its parts, its text wholly
// known.
type principalForm struct {
	text string
	kind principalShape
	// partition and account are those of an ARN, name what stands behind its
	// kind and slash.
	partition, account, name string
}

// A principalShape says what a principal of kind AWS names.
type principalShape uint8

const (
	shapeUnknown principalShape = iota
	shapeNobody
	shapeAccount
	shapeUniqueID
	// The others are ARNs.
	shapeRoot
	shapeUser
	shapeRole
	shapeSession
	shapeFederatedUser
)

// compilePrincipal reads a principal; the shape of one with holes is unknown.
func compilePrincipal(value string) principalForm {
	f := principalForm{text: value, kind: shapeNobody}
	a, ok := ParseARN(value)
	switch {
	case hasMark(value):
		f.kind = shapeUnknown
	case hasWildcard(value):
	case IsAccountID(value):
		f.kind = shapeAccount
	case !ok:
		f.kind = shapeUniqueID
	default:
		f.partition, f.account = a.Partition, a.Account
		f.kind, f.name = principalARN(&a)
	}
	return f
}

func principalARN(a *ARN) (shape principalShape, name string) {
	kind, name, _ := strings.Cut(a.Resource, "/")
	switch a.Service + ":" + kind {
	case "iam:root":
		if a.Resource == "root" {
			return shapeRoot, ""
		}
	case "iam:user":
		return shapeUser, name
	case "iam:role":
		return shapeRole, name
	case "sts:assumed-role":
		return shapeSession, name
	case "sts:federated-user":
		return shapeFederatedUser, name
	}
	return shapeNobody, ""
}

// principal is the form of the principal at index i, if it still is the one
// that was compiled.
func (f *statementForm) principal(i int, value string) *principalForm {
	if f == nil || i >= len(f.principals) || f.principals[i].text != value {
		return nil
	}
	return &f.principals[i]
}

// matchNamed compares a principal with the caller.
func (e *evaluation) matchNamed(f *principalForm) reach {
	c := &e.caller
	switch {
	case !c.isIAM():
		return reach{}
	case f.kind == shapeAccount:
		return reach{account: verdict(f.text == c.account)}
	case f.kind == shapeUniqueID:
		return e.matchUniqueID(f.text)
	case f.account != c.account || f.partition != c.partition:
		return reach{}
	}
	switch f.kind {
	case shapeRoot:
		return reach{account: Yes}
	case shapeUser:
		return e.matchUser(f.text, f.name)
	case shapeRole:
		return e.matchRole(f.name)
	case shapeSession:
		return e.matchSession(f.name)
	case shapeFederatedUser:
		return reach{direct: verdict(c.kind == federatedUser && f.name == c.name)}
	}
	return reach{}
}
