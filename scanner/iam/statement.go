package iam

import "strings"

// MatchesAction reports whether a statement's Action or NotAction applies to
// an action. A wildcard in a service prefix, which IAM refuses, counts as
// matching for Allow and as Maybe for Deny and NotAction. An empty list
// applies to nothing.
func (st *Statement) MatchesAction(action string) Verdict {
	if len(st.Actions) == 0 {
		return No
	}
	v := No
	for i := range st.Actions {
		pattern := st.Actions[i].Value
		m := MatchAction(pattern, action)
		if m == Yes && (st.Effect != Allow || st.NotAction) && wildPrefix(pattern) {
			m = Maybe
		}
		if v = max(v, m); v == Yes {
			break
		}
	}
	if st.NotAction {
		return v.Not()
	}
	return v
}

// wildPrefix reports whether the service prefix of an action holds a
// wildcard; *:* is as good as *.
func wildPrefix(pattern string) bool {
	service, name, ok := strings.Cut(pattern, ":")
	return ok && hasWildcard(service) && !(allStars(service) && allStars(name))
}

// binding is what the statement's text is read with when nothing is known of
// the request.
func (st *Statement) binding() binding { return binding{literal: st.LiteralVariables} }
