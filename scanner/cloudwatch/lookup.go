package cloudwatch

import (
	"maps"
	"slices"
	"strings"
)

// Actions are all actions of the catalogue by ActionID. The slice is shared:
// it must not be changed.
func Actions() []Action { return load().actions }

// ActionByID returns the action of an id of this build; nil for any other.
func ActionByID(id ActionID) *Action {
	c := load()
	if int(id) >= len(c.actions) {
		return nil
	}
	return &c.actions[id]
}

// Lookup returns an action by its full name, such as "logs:PutLogEvents", in
// any case.
func Lookup(name string) (*Action, bool) {
	c := load()
	prefix, action, ok := strings.Cut(name, ":")
	if !ok {
		return nil, false
	}
	sp, ok := c.first[strings.ToLower(prefix)]
	if !ok {
		return nil, false
	}
	i, ok := slices.BinarySearch(c.lower[sp.from:sp.to], strings.ToLower(action))
	if !ok {
		return nil, false
	}
	return &c.actions[sp.from+i], true
}

// Shapes is how many shapes the actions of the catalogue have (see
// Action.Shape), which number them from 0.
func Shapes() int { return load().shapeCount }

// Core is the set of the actions of the CloudWatch family.
func Core() ActionSet { return load().core }

// ByClass is the set of actions with a class, primary or not, and at least
// an impact (1 to 3).
func ByClass(c Class, minImpact int) ActionSet {
	if int(c) >= classCount || minImpact > 3 {
		return ActionSet{}
	}
	t := load()
	return t.any[c].Intersect(t.impact[max(minImpact, 0)])
}

// ByPrimary is the set of actions whose first class is c.
func ByPrimary(c Class) ActionSet {
	if int(c) >= classCount {
		return ActionSet{}
	}
	return load().primary[c]
}

// OfService is the set of catalogue actions of a service, in any case: all of
// a core service, the classified ones of a related service, else none.
func OfService(prefix string) ActionSet {
	var s ActionSet
	if sp, ok := load().first[strings.ToLower(prefix)]; ok {
		s.addRange(sp.from, sp.to)
	}
	return s
}

// Services are the services of the catalogue, core ones first, by prefix. The
// slice is shared: it must not be changed.
func Services() []Service { return load().services }

// ServiceByPrefix returns a service of the catalogue, the prefix in any case.
func ServiceByPrefix(prefix string) (*Service, bool) {
	c := load()
	sp, ok := c.first[strings.ToLower(prefix)]
	if !ok {
		return nil, false
	}
	return &c.services[sp.service], true
}

// ResourceTypeOf returns a resource type of a service of the catalogue.
func ResourceTypeOf(service, name string) (*ResourceType, bool) {
	t := load().resourceType(service, name)
	return t, t != nil
}

// KnownServicePrefix reports whether any AWS service has the prefix, in any
// case (Service Authorization Reference).
func KnownServicePrefix(prefix string) bool {
	_, ok := slices.BinarySearch(load().prefixes, strings.ToLower(prefix))
	return ok
}

// ServicePrincipals are the service principals of telemetry and what each
// does. The map is the caller's own.
func ServicePrincipals() map[string]string { return maps.Clone(load().principals) }

// RCPSupported reports whether resource control policies reach a service, by
// prefix ("Resource control policies", list of supported services).
func RCPSupported(service string) bool {
	_, ok := slices.BinarySearch(load().rcp, strings.ToLower(service))
	return ok
}
