//go:build !race

package terraform_test

// underRace says that the race detector is built in.
const underRace = false
