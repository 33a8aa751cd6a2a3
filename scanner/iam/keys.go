package iam

import "strings"

// isGlobal reports whether a condition key, in lower case, belongs to no
// single service ("AWS global condition context keys").
func isGlobal(key string) bool { return strings.HasPrefix(key, "aws:") }

// isMultivalued reports whether a request can carry several values of a key,
// in lower case ("AWS global condition context keys": value type; condition
// keys of the services).
func isMultivalued(key string) bool {
	switch key {
	case "aws:tagkeys", "aws:principalorgpaths", "aws:resourceorgpaths", "aws:sourceorgpaths", "aws:calledvia",
		"aws:principalservicenameslist", "aws:transitivetagkeys", "sts:transitivetagkeys",
		"cloudwatch:alarmactions", "cloudwatch:requestinsightruleloggroups", "oam:resourcetypes":
		return true
	}
	return strings.HasSuffix(key, ":amr")
}

// carries reports whether a request for an action can hold a key, in lower
// case. Global keys, keys of an identity provider and whatever Facts does
// not know give Maybe.
func carries(action, key string, facts Facts) Verdict {
	if facts == nil || elsewhere(key) {
		return Maybe
	}
	keys, known := facts.ActionConditionKeys(action)
	if !known {
		return Maybe
	}
	for _, k := range keys {
		if sameKey(k, key) {
			return Maybe
		}
	}
	return No
}

// elsewhere reports whether a key's presence follows from something else than
// the action: the caller, the network, an identity provider.
func elsewhere(key string) bool {
	prefix, name, _ := strings.Cut(key, ":")
	switch {
	case prefix == "aws":
		return name != "tagkeys" && !strings.HasPrefix(name, "requesttag/")
	case prefix == "saml":
		return true
	}
	return strings.Contains(prefix, ".") || name == ""
}

// sameKey compares a key of the catalogue, which may end in ${...}, with one
// of a condition, in lower case.
func sameKey(catalogue, key string) bool {
	if base, _, ok := strings.Cut(catalogue, "${"); ok {
		return len(key) >= len(base) && strings.EqualFold(base, key[:len(base)])
	}
	return strings.EqualFold(catalogue, key)
}
