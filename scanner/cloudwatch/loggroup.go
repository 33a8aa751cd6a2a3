package cloudwatch

import (
	"slices"
	"strings"
)

// LogGroupARN is the ARN of a log group in the form in which an action is
// authorised on it, as requestARN has it: with :* at the end, but for the
// actions on the tags of any resource without. Any other ARN, and any for
// another action, stays as it is.
func LogGroupARN(action, arn string) string {
	a, ok := Lookup(action)
	fields := strings.SplitN(arn, ":", 7)
	if !ok || len(fields) < 7 || fields[2] != "logs" || fields[5] != "log-group" {
		return arn
	}
	if !slices.ContainsFunc(a.ResourceTypes, func(r ActionResource) bool { return r.Name == "log-group" }) {
		return arn
	}
	bare := strings.TrimSuffix(arn, ":*")
	switch {
	case strings.ContainsRune(strings.TrimSuffix(fields[6], ":*"), ':'):
		return arn
	case takesBareGroup(a):
		return bare
	}
	return bare + ":*"
}
