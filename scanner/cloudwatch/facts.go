package cloudwatch

import "github.com/iamwatch/iamwatch/scanner/iam"

// Facts answers what the policy language must know of actions and services
// from the catalogue. Its zero value is ready.
type Facts struct{}

var _ iam.Facts = Facts{}

// ActionResourceARNs returns the ARN templates of an action's resource types in
// the form that its requests carry, none for an
// action without resource types. The slice must not be changed. An action that
// is not in the catalogue is not known.
func (Facts) ActionResourceARNs(action string) (templates []string, known bool) {
	a, ok := Lookup(action)
	if !ok {
		return nil, false
	}
	return a.arns, true
}

// RequiredResourceARNs returns the templates of those resource types that
// every request of an action names, all of its templates where it needs none
// of them. The slice must not be changed.
func (Facts) RequiredResourceARNs(action string) (templates []string, known bool) {
	a, ok := Lookup(action)
	if !ok {
		return nil, false
	}
	return a.required, true
}

// ActionConditionKeys returns the condition keys that a request of the action
// can carry beside the global ones: its own and those of its resource types,
// sorted. Tag keys end in a variable, such as aws:ResourceTag/${TagKey}. The
// slice must not be changed.
func (Facts) ActionConditionKeys(action string) (keys []string, known bool) {
	a, ok := Lookup(action)
	if !ok {
		return nil, false
	}
	return a.keys, true
}

// KnownAction reports whether the catalogue holds an action, in any case.
func (Facts) KnownAction(action string) bool {
	_, ok := Lookup(action)
	return ok
}

// RCPSupported reports whether resource control policies reach a service.
func (Facts) RCPSupported(service string) bool { return RCPSupported(service) }

// ActionsOfService returns the full names of a service's catalogue actions.
func (Facts) ActionsOfService(prefix string) []string { return OfService(prefix).Names() }
