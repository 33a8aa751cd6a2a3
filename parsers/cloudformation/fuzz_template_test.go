package cloudformation_test

import (
	"context"
	"flag"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/iamwatch/iamwatch/parsers/cloudformation"
	"github.com/iamwatch/iamwatch/scanner"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// FuzzTemplate evaluates templates that a grammar makes of the bytes: every
// section, with functions, conditions, loops, anchors and aliases over what is
// known and what is not. Whatever they say, reading them ends soon, takes
// little memory and gives the same twice.
func FuzzTemplate(f *testing.F) {
	for seed := range byte(32) {
		data := make([]byte, 900)
		state := uint32(seed) + 1
		for i := range data {
			state = state*1664525 + 1013904223
			data[i] = byte(state >> 24)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		g := &grammar{data: data}
		name, text := g.template()
		first, spent := readBounded(t, name, text)
		if spent.cpu > enough && !spent.exceeded() {
			return // the fuzzer gives an input ten seconds, on any machine
		}
		again, other := readBounded(t, name, text)
		if spent.exceeded() && other.exceeded() {
			t.Fatalf("it took %s and %d MiB:\n%s", spent.cpu, spent.heap>>20, text)
		}
		if again != first {
			t.Fatalf("two readings differ:\n%s\n\n%s\n\n%s", first, again, text)
		}
	})
}

// TestGrammarMakesTemplates holds the grammar to templates that are read: what
// cannot be parsed tests nothing else.
func TestGrammarMakesTemplates(t *testing.T) {
	whole, yaml := 0, 0
	for seed := range 200 {
		data := make([]byte, 700)
		state := uint32(seed)*7919 + 3
		for i := range data {
			state = state*1664525 + 1013904223
			data[i] = byte(state >> 24)
		}
		g := &grammar{data: data}
		name, text := g.template()
		got, _ := readBounded(t, name, text)
		if !strings.Contains(got, "read YAML: ") && !strings.Contains(got, "read JSON: ") && strings.Contains(got, "unit ") {
			whole++
			if g.yaml {
				yaml++
			}
		}
	}
	if whole < 150 || yaml < 40 {
		t.Errorf("of 200 templates %d are read, of them %d in YAML", whole, yaml)
	}
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

// readBounded reads a template and writes what it means.
func readBounded(t *testing.T, name, text string) (string, cost) {
	t.Helper()
	stop, peak := make(chan struct{}), make(chan uint64)
	runtime.GC() // what others left is not this reading's
	go watchHeap(stop, peak)
	before := cpuTime()
	p, file := cloudformation.New(), source.New(name, []byte(text))
	var b strings.Builder
	if p.Match(file) {
		for _, job := range p.Plan(&scanner.Env{Parameters: map[string]string{"P3": "b"}}, []*source.Source{file}) {
			write(&b, job(context.Background()))
		}
	}
	spent := cost{cpu: cpuTime() - before}
	close(stop)
	spent.heap = <-peak
	return source.Show(b.String()), spent
}

func watchHeap(stop <-chan struct{}, peak chan<- uint64) {
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
}

// write says what was read, as far as a difference between two readings shows.
func write(b *strings.Builder, p scanner.Parsed) {
	for _, u := range p.Units {
		fmt.Fprintf(b, "unit %s %d policies %d attachments\n", u.Name, len(u.Policies), len(u.Attachments))
		for _, id := range u.Identities {
			fmt.Fprintf(b, "%s %s %s %v %d %d %s\n", id.Kind, id.Address, id.Name.Value, id.Maybe, len(id.Managed), len(id.Inline), id.When)
		}
		for _, x := range u.Policies {
			fmt.Fprintf(b, "%s %s %v %s\n", x.Address, x.Name.Value, x.Maybe, x.When)
			if x.Document == nil {
				continue
			}
			for _, s := range x.Document.Statements {
				fmt.Fprintf(b, "  %s %v %v %v\n", s.Sid.Value, s.Effect, s.Actions, s.Resources)
			}
		}
		for _, x := range u.Unresolved {
			fmt.Fprintf(b, "%s %s %s %v\n", x.Range, x.Expression, x.Missing, x.Bears)
		}
	}
	for _, d := range p.Diagnostics {
		b.WriteString(d.Error() + "\n")
	}
}
