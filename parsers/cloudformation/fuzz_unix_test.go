//go:build unix

package cloudformation_test

import (
	"syscall"
	"time"
)

// cpuTime is what the process has used of the processors: on a busy machine
// the clock on the wall says nothing.
func cpuTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
