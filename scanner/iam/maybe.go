package iam

import "github.com/iamwatch/iamwatch/scanner/source"

// certain splits a statement of which parts may be absent. What is sure
// stands in one statement, all of it in a second that may be absent: for
// lists whose members add to what the statement reaches the two mean the
// same. Members that take away, and tests, make the whole statement doubtful.
func certain(st *Statement, v *source.Value) []*Statement {
	if !anyMaybe(v) {
		return []*Statement{st}
	}
	sure := *st
	split := false
	for _, m := range v.Members {
		if !anyMaybe(m.Value) {
			continue
		}
		switch m.Name.Value {
		case "Action":
			sure.Actions, split = onlySure(st.Actions, m.Value), true
		case "Resource":
			sure.Resources, split = onlySure(st.Resources, m.Value), true
		default:
			st.Maybe = true
			return []*Statement{st}
		}
	}
	switch {
	case !split || st.Maybe:
		return []*Statement{st}
	case len(sure.Actions) == 0 || sure.HasResource && len(sure.Resources) == 0:
		st.Maybe = true
		return []*Statement{st}
	}
	doubtful := *st
	doubtful.Maybe = true
	return []*Statement{&sure, &doubtful}
}

// anyMaybe reports whether a value or a part of it may be absent.
func anyMaybe(v *source.Value) bool {
	if v.Maybe {
		return true
	}
	for _, i := range v.Items {
		if anyMaybe(i) {
			return true
		}
	}
	for _, m := range v.Members {
		if anyMaybe(m.Value) {
			return true
		}
	}
	return false
}

// onlySure are the strings of a list's elements that are there for certain.
func onlySure(all []source.String, v *source.Value) []source.String {
	if v.Maybe {
		return nil
	}
	elements := v.Elements()
	if len(elements) != len(all) {
		return nil
	}
	var out []source.String
	for i, e := range elements {
		if !e.Maybe {
			out = append(out, all[i])
		}
	}
	return out
}
