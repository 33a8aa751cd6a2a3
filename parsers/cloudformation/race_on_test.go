//go:build race

package cloudformation_test

// underRace says that the race detector is built in, which slows code down about
// tenfold.
const underRace = true
