package cloudwatch_test

import (
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"testing"
)

// Nothing is decoded before its first use: a run that asks nothing of the
// package must not pay for it.
func TestNoWorkAtStartUp(t *testing.T) {
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(exe, "-test.run=^$")
	cmd.Env = append(os.Environ(), "GODEBUG=inittrace=1")
	trace, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, trace)
	}
	if !regexp.MustCompile(`(?m)^init runtime @`).Match(trace) {
		t.Fatalf("no trace of the initialisation:\n%s", trace)
	}
	m := regexp.MustCompile(`(?m)^init \S+/scanner/cloudwatch @.* (\d+) bytes, (\d+) allocs$`).FindSubmatch(trace)
	if m == nil {
		return // nothing to initialise
	}
	size, _ := strconv.Atoi(string(m[1]))
	allocs, _ := strconv.Atoi(string(m[2]))
	if size > 2048 || allocs > 20 {
		t.Errorf("start-up allocates %d bytes in %d pieces", size, allocs)
	}
}
