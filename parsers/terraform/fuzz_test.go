package terraform_test

import (
	"flag"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/iamwatch/iamwatch/scanner/source"
)

// FuzzModules evaluates configurations that a grammar makes of the bytes:
// several modules that call one another, with every kind of expression over
// what is known and what is not. Whatever they say, reading them ends soon,
// takes little memory and gives the same twice.
func FuzzModules(f *testing.F) {
	for seed := range byte(24) {
		data := make([]byte, 600)
		state := uint32(seed) + 1
		for i := range data {
			state = state*1664525 + 1013904223
			data[i] = byte(state >> 24)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		g := &grammar{data: data}
		list := g.configuration()
		first, spent := readBounded(t, list)
		if spent.cpu > enough && !spent.exceeded() {
			return // the fuzzer gives an input ten seconds, on any machine
		}
		again, other := readBounded(t, list)
		if spent.exceeded() && other.exceeded() {
			t.Fatalf("it took %s and %d MiB:\n%s", spent.cpu, spent.heap>>20, written(list))
		}
		if again != first {
			t.Fatalf("two readings differ:\n%s\n\n%s\n\n%s", first, again, written(list))
		}
	})
}

// enough is the time after which an input is not read again.
const enough = 300 * time.Millisecond

// A cost is what a reading takes.
type cost struct {
	cpu  time.Duration
	heap uint64 // bytes of live and not yet collected objects at their most
}

// exceeded holds a reading to its bounds. Code that counts its coverage for the
// fuzzer takes about four times as long; what the fuzzer keeps is read again by
// plain code.
func (c cost) exceeded() bool {
	const (
		maxTime = 2 * time.Second
		maxHeap = 256 << 20
	)
	limit := maxTime
	if f := flag.Lookup("test.fuzz"); f != nil && f.Value.String() != "" {
		limit *= 4
	}
	if underRace {
		return c.cpu > 10*limit // it takes several times the memory as well
	}
	return c.cpu > limit || c.heap > maxHeap
}

// readBounded reads a configuration and writes what it means.
func readBounded(t *testing.T, list map[string]string) (string, cost) {
	t.Helper()
	stop, peak := make(chan struct{}), make(chan uint64)
	go func() {
		var most uint64
		var stats runtime.MemStats
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-stop:
				peak <- most
				return
			case <-tick.C:
				runtime.ReadMemStats(&stats)
				most = max(most, stats.HeapAlloc)
			}
		}
	}()
	runtime.GC() // what others left is not this reading's
	before := cpuTime()
	units, diags := readTree(t, files(list))
	spent := cost{cpu: cpuTime() - before}
	close(stop)
	spent.heap = <-peak
	var b strings.Builder
	for _, u := range units {
		b.WriteString(describe(u))
	}
	for _, d := range diags {
		b.WriteString(d.Error() + "\n")
	}
	return source.Show(b.String()), spent
}

// written is a configuration as one text.
func written(list map[string]string) string {
	var b strings.Builder
	for _, name := range sortedNames(list) {
		fmt.Fprintf(&b, "-- %s --\n%s\n", name, list[name])
	}
	return b.String()
}
