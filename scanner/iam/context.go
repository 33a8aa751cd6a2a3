package iam

import (
	"strings"
)

// A presence says what is known of a key in a request.
type presence uint8

const (
	// absent: the request does not hold the key.
	absent presence = iota
	// given: its values are known.
	given
	// present: it is there, with a value that is not known.
	present
	// unknown: it may be there.
	unknown
)

// A keyValue is what is known of a condition key.
type keyValue struct {
	presence presence
	values   []string
	// list says that the key holds a list.
	list bool
}

// key looks a condition key up, without regard to case. An open context is
// completed with what follows from the caller and the action.
func (e *evaluation) key(name string) keyValue {
	c := &e.request.Context
	for i := range c.Keys {
		k := &c.Keys[i]
		if !strings.EqualFold(k.Name, name) {
			continue
		}
		if len(k.Values) == 0 && !k.Multi {
			return keyValue{}
		}
		return keyValue{presence: given, values: k.Values, list: k.Multi}
	}
	if !c.Open {
		return keyValue{}
	}
	key := strings.ToLower(name)
	kv := e.derived(key)
	kv.list = kv.presence != given && isMultivalued(key)
	return kv
}

// one is a key with one known value.
func oneValue(s string) keyValue { return keyValue{presence: given, values: []string{s}} }

// derived is what follows from the caller and the action of a key, in lower
// case, that an open context does not list (IAM-SEMANTICS, section 5).
func (e *evaluation) derived(key string) keyValue {
	c := &e.caller
	switch key {
	case "aws:securetransport":
		return oneValue("true")
	case "aws:currenttime", "aws:epochtime", "aws:viaawsservice":
		return keyValue{presence: present}
	case "aws:principalisawsservice":
		if c.kind == external && !e.isService() {
			return oneValue("false")
		}
		return oneValue(boolText(c.kind == external))
	case "aws:principalarn", "aws:principalaccount", "aws:principaltype", "aws:userid", "aws:username":
		return e.callerKey(key)
	case "aws:sourcearn", "aws:sourceaccount", "aws:sourceorgid", "aws:sourceorgpaths", "aws:principalservicename", "aws:principalservicenameslist":
		if c.isIAM() {
			return keyValue{}
		}
	case "aws:principalorgid", "aws:principalorgpaths", "aws:multifactorauthpresent", "aws:multifactorauthage":
		if !c.isIAM() {
			return keyValue{}
		}
	case "aws:tokenissuetime":
		if c.kind == roleSession || c.kind == iamRole || c.kind == federatedUser {
			return keyValue{presence: present}
		}
	}
	if carries(e.request.Action, key, e.facts) == No {
		return keyValue{}
	}
	return keyValue{presence: unknown}
}

// isService reports whether an external caller is an AWS service.
func (e *evaluation) isService() bool {
	return strings.HasSuffix(e.request.Principal, ".amazonaws.com") || strings.HasSuffix(e.request.Principal, ".amazonaws.com.cn")
}

func boolText(b bool) string {
	if b {
		return "true"
	}
	return "false"
}

// callerKey is the value of a key that names the caller ("AWS global
// condition context keys: Properties of the principal"; for callers of every
// kind "IAM policy elements: Variables and tags", principal key values).
func (e *evaluation) callerKey(key string) keyValue {
	c := &e.caller
	switch {
	case c.kind == anonymous && key == "aws:principaltype":
		return oneValue("Anonymous")
	case c.kind == anonymous && key == "aws:userid":
		return oneValue("anonymous")
	case !c.isIAM():
		return keyValue{}
	}
	switch key {
	case "aws:principalarn":
		if c.kind == roleSession {
			return oneValue(c.roleARN())
		}
		return oneValue(e.request.Principal)
	case "aws:principalaccount":
		return oneValue(c.account)
	case "aws:principaltype":
		return oneValue(c.principalType())
	case "aws:userid":
		return e.userID()
	}
	if c.kind == iamUser {
		return oneValue(c.name)
	}
	return keyValue{}
}

func (c *caller) principalType() string {
	switch c.kind {
	case rootUser:
		return "Account"
	case iamUser:
		return "User"
	case federatedUser:
		return "FederatedUser"
	}
	return "AssumedRole"
}

func (e *evaluation) userID() keyValue {
	c, id := &e.caller, e.request.PrincipalID
	switch {
	case c.kind == rootUser:
		return oneValue(c.account)
	case c.kind == iamUser && id != "":
		return oneValue(id)
	case c.kind == roleSession && id != "":
		return oneValue(id + ":" + c.session)
	case c.kind == federatedUser:
		return oneValue(c.account + ":" + c.name)
	}
	return keyValue{presence: present}
}

// variable gives the value of a condition key for ${key}: Yes with its
// value, No when the request has none that can be used, Maybe when that is
// not known. A key with several values cannot be used.
func (e *evaluation) variable(key string) (string, Verdict) {
	if hasMark(key) {
		return "", Maybe
	}
	kv := e.key(key)
	switch {
	case kv.presence == absent || kv.list:
		return "", No
	case kv.presence == given && len(kv.values) == 1:
		return kv.values[0], Yes
	case kv.presence == given:
		return "", No
	}
	return "", Maybe
}

// missing reports whether a request holds no value of a condition key, so that
// the default of a variable stands for it.
func (e *evaluation) missing(key string) Verdict { return isMissing(e.key(key)) }
