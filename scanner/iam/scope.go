package iam

import "strings"

// Accounts are the accounts that matching must tell from others.
type Accounts struct {
	// Own are those that a policy may be deployed to, 12 digits each; empty
	// when unknown.
	Own []string
	// Trusted are further accounts of the owner.
	Trusted []string
}

// Unscoped reports whether a statement's resources cover every resource of
// the types an action needs. A fixed partition, region or own account is no
// scope. An action without resource types, or of unknown types, is granted
// by * alone. NotResource is unscoped unless what it leaves out covers a
// type whole: all but a few is not a scope.
func Unscoped(st *Statement, action string, own Accounts, facts Facts) Verdict {
	b := st.binding()
	templates := requiredTemplates(action, facts)
	if len(templates) == 0 {
		return b.unscoped(st, "*", own)
	}
	v := Yes
	for _, t := range templates {
		v = min(v, b.unscoped(st, t, own))
	}
	return v
}

// Apart reports whether an ARN pattern is of another service than an ARN
// template for certain: nothing matches both. It is much quicker asked than
// whether they match, and most patterns of an account are of other services.
func Apart(pattern, template string) bool {
	service, ok := plainService(pattern)
	if !ok {
		return false
	}
	var f [6]string
	return cutARN(template, &f) == 6 && !strings.EqualFold(service, f[2])
}

// plainService is the service of an ARN pattern whose first fields are plain:
// a * at the end of one could run on.
func plainService(pattern string) (string, bool) {
	rest, ok := strings.CutPrefix(pattern, "arn:")
	if !ok {
		return "", false
	}
	partition, rest, _ := strings.Cut(rest, ":")
	service, _, ok := strings.Cut(rest, ":")
	return service, ok && isPlainField(partition) && isPlainField(service)
}

func isPlainField(s string) bool {
	for i := range len(s) {
		if c := s[i] | 0x20; (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return s != ""
}

func requiredTemplates(action string, facts Facts) []string {
	if facts == nil {
		return nil
	}
	if r, ok := facts.(RequiredResources); ok {
		templates, _ := r.RequiredResourceARNs(action)
		return templates
	}
	templates, _ := facts.ActionResourceARNs(action)
	return templates
}

func (b *binding) unscoped(st *Statement, template string, own Accounts) Verdict {
	v := No
	for i := range st.Resources {
		if pattern := st.Resources[i].Value; !Apart(pattern, template) {
			v = max(v, b.resourceCovers(pattern, template, own.Own))
		}
	}
	if st.NotResource && len(st.Resources) > 0 {
		return v.Not()
	}
	return v
}

// isConstant reports whether a condition key is the same for every request
// that the holder of an identity policy makes, or for all that matter, so
// that it limits nothing there (RULES.md, section 1, meaningful).
func isConstant(key string) bool {
	switch key {
	case "aws:principalaccount", "aws:principalorgid", "aws:principalorgpaths", "aws:principalarn", "aws:principaltype",
		"aws:requestedregion", "aws:resourceaccount", "aws:resourceorgid", "aws:resourceorgpaths", "aws:securetransport":
		return true
	}
	return false
}

// Meaningful returns the conditions of an identity policy's statement that
// limit an action, and whether there are any: positive operators, on a
// global key or one that the action carries, none of whose alternative
// values admits everything. An empty action asks for those that limit every
// action. A nil Facts takes every key as carried.
func Meaningful(st *Statement, action string, facts Facts) (conds []Condition, ok bool) {
	for _, c := range st.Conditions {
		if meaningful(c, action, facts) {
			conds = append(conds, c)
		}
	}
	return conds, len(conds) > 0
}

func meaningful(c Condition, action string, facts Facts) bool {
	op, ok := ParseOperator(c.Operator.Value)
	key := strings.ToLower(c.Key.Value)
	switch {
	case !ok || !op.Positive || op.IfExists || isConstant(key):
		return false
	case op.Set == ForAllValues && !isMultivalued(key):
		return false
	case admitsAll(op, c):
		return false
	case action == "":
		return isGlobal(key)
	}
	return carries(action, key, facts) != No && limiting(op, key, c)
}

// NeverHolds reports whether a condition of a statement fails for every
// request of an action: a positive operator on a key that the action never
// carries. Of the empty action, whether one asks for a key that not every
// action carries.
func NeverHolds(st *Statement, action string, facts Facts) bool {
	for _, c := range st.Conditions {
		op, ok := ParseOperator(c.Operator.Value)
		key := strings.ToLower(c.Key.Value)
		if !ok || !op.Positive || op.IfExists || op.Set == ForAllValues || hasMark(key) {
			continue
		}
		if action == "" && !elsewhere(key) || action != "" && carries(action, key, facts) == No {
			return true
		}
	}
	return false
}

// limiting reports whether an operator is of a kind that narrows.
func limiting(op Operator, key string, c Condition) bool {
	switch op.Family {
	case StringFamily, ArnFamily, IPFamily:
		return true
	case NumericFamily:
		return strings.HasPrefix(op.Base, "NumericLess")
	case BoolFamily:
		return (key == "aws:multifactorauthpresent" || key == "aws:viaawsservice") && onlyTrue(c)
	}
	return false
}

func onlyTrue(c Condition) bool {
	for _, v := range c.Values {
		if v.Known && !strings.EqualFold(v.Value, "true") {
			return false
		}
	}
	return len(c.Values) > 0
}

// admitsAll reports whether one of the alternative values admits everything.
func admitsAll(op Operator, c Condition) bool {
	for _, v := range c.Values {
		s := v.Value
		if allStars(s) || s == "0.0.0.0/0" || s == "::/0" || op.Family == ArnFamily && openARN(s) {
			return true
		}
	}
	return len(c.Values) == 0
}

// openARN reports whether an ARN pattern is open in every field but the
// first.
func openARN(s string) bool {
	a, ok := ParseARN(s)
	return ok && allStars(a.Partition) && allStars(a.Service) && allStars(a.Region) && allStars(a.Account) && allStars(a.Resource)
}
