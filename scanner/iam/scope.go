package iam

import (
	"strings"

	"github.com/iamwatch/iamwatch/scanner/source"
)

// Accounts are the accounts that matching must tell from others.
type Accounts struct {
	// Self is the account of the policy; empty when unknown.
	Self string
	// Trusted are others of one's own.
	Trusted []string
}

// Unscoped reports whether a statement's resources cover every resource of
// an action's types. Region, partition and the own account do not count as
// scope. An action without resource types is granted by * alone.
func Unscoped(st *Statement, action string, own Accounts, facts Facts) Verdict {
	templates, known := facts.ActionResourceARNs(action)
	if !known || len(templates) == 0 {
		templates = []string{"*"}
	}
	if st.NotResource {
		return notResourceCovers(st, templates)
	}
	v := Yes
	for _, t := range templates {
		best := No
		for _, r := range st.Resources {
			best = max(best, covered(r.Value, t, own))
		}
		v = min(v, best)
	}
	return v
}

// notResourceCovers holds when no exclusion can meet a resource of the action.
func notResourceCovers(st *Statement, templates []string) Verdict {
	for _, t := range templates {
		for _, r := range st.Resources {
			if ResourceMatches(r.Value, openTemplate(t)) != No {
				return No
			}
		}
	}
	return Yes
}

// covered leaves partition, region and own account of a pattern open before
// it is laid over the template.
func covered(pattern, template string, own Accounts) Verdict {
	if isAll(pattern) {
		return Yes
	}
	if template == "*" {
		return No
	}
	p := fields(pattern)
	if len(p) == 6 {
		p[1], p[3] = openField(p[1]), openField(p[3])
		if p[4] == own.Self && own.Self != "" || isSelf(p[4]) {
			p[4] = "*"
		}
	}
	return ResourceMatches(strings.Join(p, ":"), openTemplate(template))
}

// openField opens a field that names one partition or region; an empty one
// holds nothing but itself and stays.
func openField(f string) string {
	if f == "" {
		return f
	}
	return "*"
}

func isSelf(s string) bool {
	ps := source.Pieces(s)
	return len(ps) == 1 && ps[0].Kind == source.HoleSelf
}

func isAll(pattern string) bool { return pattern != "" && strings.Trim(pattern, "*") == "" }

// constantKeys are the same for every request of an identity's holder, so
// that they limit nothing in an identity policy (RULES.md, section 1).
var constantKeys = map[string]bool{
	"aws:principalaccount": true, "aws:principalorgid": true, "aws:principalarn": true, "aws:principaltype": true,
	"aws:requestedregion": true, "aws:resourceaccount": true, "aws:resourceorgid": true, "aws:securetransport": true,
}

// Meaningful returns the conditions of an identity policy's statement that
// limit an action: positive operators on a key that the action carries or a
// global key, whose values are not all wildcards. An empty action asks for
// those that would limit every action.
func Meaningful(st *Statement, action string, facts Facts) ([]Condition, bool) {
	var out []Condition
	for _, c := range st.Conditions {
		if meaningful(c, action, facts) {
			out = append(out, c)
		}
	}
	return out, len(out) > 0
}

func meaningful(c Condition, action string, facts Facts) bool {
	op, ok := ParseOperator(c.Operator.Value)
	if !ok || op.IfExists || op.Negated || op.Base == "Null" || strings.Contains(op.Base, "Greater") {
		return false
	}
	key := strings.ToLower(c.Key.Value)
	multi := multivalued(key)
	switch {
	case op.Set == ForAllValues && !multi, constantKeys[key]:
		return false
	case op.Base == "Bool":
		if key != "aws:multifactorauthpresent" && key != "aws:viaawsservice" || !hasValue(c, "true") {
			return false
		}
	}
	return !allWild(c) && carried(key, action, facts)
}

func hasValue(c Condition, want string) bool {
	for _, v := range c.Values {
		if strings.EqualFold(v.Value, want) || !v.Known {
			return true
		}
	}
	return false
}

// allWild reports whether one of the alternatives admits everything.
func allWild(c Condition) bool {
	for _, v := range c.Values {
		if strings.Trim(v.Value, "*") == "" {
			return true
		}
	}
	return len(c.Values) == 0
}

// multivalued are keys for which ForAllValues is the documented form.
func multivalued(key string) bool {
	switch key {
	case "cloudwatch:alarmactions", "cloudwatch:requestinsightruleloggroups", "aws:tagkeys", "oam:resourcetypes":
		return true
	}
	return false
}

// carried reports whether a request for the action can carry the key.
func carried(key, action string, facts Facts) bool {
	if action == "" || facts == nil || strings.HasPrefix(key, "aws:") {
		return true
	}
	keys, known := facts.ActionConditionKeys(action)
	if !known {
		return true
	}
	for _, k := range keys {
		if strings.EqualFold(baseKey(k), baseKey(key)) {
			return true
		}
	}
	return false
}

// baseKey is a key without its tag.
func baseKey(k string) string {
	base, _, _ := strings.Cut(k, "/")
	return base
}
