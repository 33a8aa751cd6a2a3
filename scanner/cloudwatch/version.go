package cloudwatch

import (
	"strconv"
	"strings"
)

// Versions say how old the embedded data are.
type Versions struct {
	// Actions is the version of the reference data, ActionsDate its day
	// (YYYY-MM-DD), ActionCount the number of catalogue actions.
	Actions, ActionsDate string
	ActionCount          int
	// ManagedDate is the day of the newest policy version that the source of
	// the AWS managed policies held; ManagedCount the number of those kept.
	ManagedDate  string
	ManagedCount int
}

// DataVersion returns the versions of the embedded data. It reads their headers
// and decodes nothing.
func DataVersion() Versions {
	actions, managed := header(actionsText), header(managedData)
	v := Versions{Actions: actions[2], ActionsDate: actions[3], ManagedDate: managed[2]}
	v.ActionCount, _ = strconv.Atoi(actions[4])
	v.ManagedCount, _ = strconv.Atoi(managed[3])
	return v
}

func header(data string) [10]string {
	line, _, _ := strings.Cut(data, "\n")
	return fields(line)
}
