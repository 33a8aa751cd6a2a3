//go:build unix

package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// BenchmarkExport measures the scan of an export of 10,000 principals. J is
// the yardstick: all tokens of the export from disk, lines counted. scan takes
// one turn of J before each of its own, so that both meet the same machine,
// and reports how many J a scan costs in CPU; only that ratio is a goal (at
// most 5). linear, when IAMWATCH_BENCH_LINEAR is set, reports how a scan grows
// from 10,000 to 100,000 principals (at most 11).
func BenchmarkExport(b *testing.B) {
	a := accounts.of(b, 10_000)
	b.Run("J", func(b *testing.B) { benchmarkTokens(b, a) })
	b.Run("scan", func(b *testing.B) { benchmarkScan(b, a) })
	b.Run("linear", func(b *testing.B) {
		if os.Getenv("IAMWATCH_BENCH_LINEAR") == "" {
			b.Skip("set IAMWATCH_BENCH_LINEAR to scan 100,000 principals")
		}
		benchmarkLinear(b, a, accounts.of(b, 100_000))
	})
}

func benchmarkTokens(b *testing.B, a madeAccount) {
	b.SetBytes(sizeOf(b, a))
	var spent []cost
	for b.Loop() {
		spent = append(spent, measure(b, func() { readTokens(b, a) }))
	}
	b.ReportMetric(median(spent, cost.cpuMillis), "cpu-ms/op")
}

func benchmarkScan(b *testing.B, a madeAccount) {
	b.SetBytes(sizeOf(b, a))
	var yard, spent []cost
	for b.Loop() {
		b.StopTimer()
		yard = append(yard, measure(b, func() { readTokens(b, a) }))
		runtime.GC() // outside of ns/op: little is left to that of measure
		b.StartTimer()
		spent = append(spent, measure(b, func() { scanAccount(b, a) }))
	}
	b.ReportMetric(median(spent, cost.cpuMillis), "cpu-ms/op")
	b.ReportMetric(median(yard, cost.cpuMillis), "J-cpu-ms/op")
	b.ReportMetric(paired(spent, yard, cost.cpuMillis), "cpu/J")
	b.ReportMetric(paired(spent, yard, cost.wallMillis), "wall/J")
}

func benchmarkLinear(b *testing.B, small, large madeAccount) {
	var s, l []cost
	for b.Loop() {
		s = append(s, measure(b, func() { scanAccount(b, small) }))
		l = append(l, measure(b, func() { scanAccount(b, large) }))
	}
	b.ReportMetric(paired(l, s, cost.cpuMillis), "cpu-100k/10k")
	b.ReportMetric(paired(l, s, cost.wallMillis), "wall-100k/10k")
	b.ReportMetric(float64(sizeOf(b, large))/float64(sizeOf(b, small)), "bytes-100k/10k")
}

// scanAccount is the whole program: every rule, findings written as SARIF.
func scanAccount(b *testing.B, a madeAccount) {
	var errw bytes.Buffer
	out := filepath.Join(filepath.Dir(a.dir), "report.sarif")
	args := []string{"scan", a.dir, "--set", "strict", "-f", "sarif", "-o", "sarif=" + out}
	if code := run(context.Background(), args, nil, io.Discard, &errw); code != exitClean {
		b.Fatalf("scan: exit code %d: %s", code, &errw)
	}
}

// readTokens is the least that a reader of the export must do.
func readTokens(b *testing.B, a madeAccount) {
	f, err := os.Open(a.export())
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	lines := &lineCounter{r: f}
	dec := jsontext.NewDecoder(lines, jsontext.AllowDuplicateNames(true))
	for err == nil {
		_, err = dec.ReadToken()
	}
	if !errors.Is(err, io.EOF) || lines.n == 0 {
		b.Fatalf("read tokens: %v, %d lines", err, lines.n)
	}
}

// A lineCounter counts the lines that are read through it.
type lineCounter struct {
	r io.Reader
	n int
}

func (c *lineCounter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += bytes.Count(p[:n], []byte{'\n'})
	return n, err
}

func sizeOf(b *testing.B, a madeAccount) int64 {
	info, err := os.Stat(a.export())
	if err != nil {
		b.Fatal(err)
	}
	return info.Size()
}

// A cost is what one turn took: CPU of the whole process, user and system,
// and time on the wall.
type cost struct{ cpu, wall time.Duration }

func (c cost) cpuMillis() float64  { return float64(c.cpu) / float64(time.Millisecond) }
func (c cost) wallMillis() float64 { return float64(c.wall) / float64(time.Millisecond) }

// measure takes one turn of f, with what turns before it left in memory
// collected first.
func measure(b *testing.B, f func()) cost {
	runtime.GC()
	start, before := time.Now(), cpuTime(b)
	f()
	return cost{cpuTime(b) - before, time.Since(start)}
}

func cpuTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func median(costs []cost, of func(cost) float64) float64 {
	values := make([]float64, len(costs))
	for i, c := range costs {
		values[i] = of(c)
	}
	return middle(values)
}

// paired is the median ratio of turns that were taken one after the other.
func paired(costs, yards []cost, of func(cost) float64) float64 {
	values := make([]float64, len(costs))
	for i, c := range costs {
		values[i] = of(c) / of(yards[i])
	}
	return middle(values)
}

func middle(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}
