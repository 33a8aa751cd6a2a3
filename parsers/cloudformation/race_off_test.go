//go:build !race

package cloudformation_test

// underRace says that the race detector is built in.
const underRace = false
