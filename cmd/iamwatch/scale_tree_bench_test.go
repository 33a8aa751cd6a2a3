//go:build unix

package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// BenchmarkTerraform measures whole scans of Terraform as a user starts them:
// every rule, findings written as SARIF, of one file as text. T is the yardstick: a program that
// reads and parses every .tf file, one worker a CPU, and does nothing else; Z
// is T on one file. Each turn of a scan has one of the yardstick before it, so
// that both meet the same machine, and only their ratios are goals:
//
//	synthetic  100 modules of 40 IAM resources      cpu/T and wall/T at most 1.5
//	real       the repositories of IAMWATCH_CORPUS  cpu/T and wall/T at most 1.0, peak at most 100 MiB
//	one        one file                             cpu/Z and wall/Z at most 2, peak at most 25 MiB
//	linear     10, 100 and 1,000 modules            cpu at most 11 times as much for 10 times as many
//	cores      synthetic with one CPU and with two  wall-1/2 at least 1.5
func BenchmarkTerraform(b *testing.B) {
	p := buildPrograms(b)
	b.Run("T", func(b *testing.B) { p.alone(b, p.yard(trees.of(b, 100).dir)) })
	b.Run("synthetic", func(b *testing.B) {
		dir := trees.of(b, 100).dir
		p.versus(b, "T", p.scan(dir), p.yard(dir))
	})
	b.Run("real", func(b *testing.B) {
		dir := os.Getenv(corpusVariable)
		if dir == "" {
			b.Skipf("NOT MEASURED: %s names no directory of repositories", corpusVariable)
		}
		p.versus(b, "T", p.scan(dir), p.yard(dir))
	})
	b.Run("Z", func(b *testing.B) { p.alone(b, p.yard(oneFile(b))) })
	b.Run("one", func(b *testing.B) {
		file := oneFile(b)
		p.versus(b, "Z", p.check(file), p.yard(file))
	})
	b.Run("linear", func(b *testing.B) {
		if os.Getenv("IAMWATCH_BENCH_LINEAR") == "" {
			b.Skip("set IAMWATCH_BENCH_LINEAR to scan 1,000 modules")
		}
		p.linear(b, trees.of(b, 10).dir, trees.of(b, 100).dir, trees.of(b, 1000).dir)
	})
	b.Run("cores", func(b *testing.B) { p.cores(b, p.scan(trees.of(b, 100).dir)) })
}

// oneFile is a module of a generated tree in a directory of its own.
func oneFile(b *testing.B) string {
	text, err := os.ReadFile(filepath.Join(trees.of(b, 100).modules(), "m000", "locals.tf"))
	name := filepath.Join(b.TempDir(), "main.tf")
	if err = errors.Join(err, os.WriteFile(name, text, 0o600)); err != nil {
		b.Fatal(err)
	}
	return name
}

// programs are the binaries that are measured.
type programs struct{ iamwatch, yardstick, report string }

func buildPrograms(b *testing.B) programs {
	dir := b.TempDir()
	p := programs{filepath.Join(dir, "iamwatch"), filepath.Join(dir, "yardstick"), filepath.Join(dir, "report.sarif")}
	for out, from := range map[string]string{p.iamwatch: ".", p.yardstick: "./testdata/yardstick"} {
		if text, err := exec.Command("go", "build", "-ldflags=-s -w", "-o", out, from).CombinedOutput(); err != nil {
			b.Fatalf("build %s: %v\n%s", from, err, text)
		}
	}
	return p
}

// A commandLine is a program with its arguments and what is set in its
// environment beside ours.
type commandLine struct{ args, env []string }

func (p programs) scan(path string) commandLine {
	return commandLine{args: []string{p.iamwatch, "scan", path, "--repo-root", treeOf(path), "--set", "strict", "-q", "-f", "sarif", "-o", "sarif=" + p.report, "--allow-incomplete"}}
}

// check scans as an editor or a hook before a commit does.
func (p programs) check(path string) commandLine {
	return commandLine{args: []string{p.iamwatch, "scan", path, "--repo-root", treeOf(path), "-q"}}
}

// treeOf is the directory that a scan of a path is confined to.
func treeOf(path string) string {
	if info, err := os.Stat(path); err == nil && !info.IsDir() {
		return filepath.Dir(path)
	}
	return path
}

func (p programs) yard(path string) commandLine {
	return commandLine{args: []string{p.yardstick, "parse", path}}
}

// spend runs a command once.
func (p programs) spend(b *testing.B, c commandLine) (spent cost, peak float64) {
	cmd := exec.Command(p.yardstick, append([]string{"run"}, c.args...)...)
	cmd.Env, cmd.Stderr = append(os.Environ(), c.env...), os.Stderr
	out, err := cmd.Output()
	var told struct{ Code, CPU, Wall, Peak int64 }
	if err = errors.Join(err, json.Unmarshal(out, &told)); err == nil && told.Code != 0 {
		err = fmt.Errorf("exit code %d", told.Code)
	}
	if err != nil {
		b.Fatalf("run %q: %v", c.args, err)
	}
	return cost{cpu: time.Duration(told.CPU), wall: time.Duration(told.Wall)}, float64(told.Peak) / (1 << 20)
}

func (p programs) alone(b *testing.B, c commandLine) {
	var spent []cost
	var peaks []float64
	for b.Loop() {
		s, peak := p.spend(b, c)
		spent, peaks = append(spent, s), append(peaks, peak)
	}
	b.ReportMetric(median(spent, cost.cpuMillis), "cpu-ms/op")
	b.ReportMetric(median(spent, cost.wallMillis), "wall-ms/op")
	b.ReportMetric(middle(peaks), "peak-MiB")
}

// versus reports what a command costs in multiples of another that runs
// before it.
func (p programs) versus(b *testing.B, unit string, c, yard commandLine) {
	var spent, yards []cost
	var peaks []float64
	for b.Loop() {
		y, _ := p.spend(b, yard)
		s, peak := p.spend(b, c)
		spent, yards, peaks = append(spent, s), append(yards, y), append(peaks, peak)
	}
	b.ReportMetric(median(spent, cost.cpuMillis), "cpu-ms/op")
	b.ReportMetric(median(spent, cost.wallMillis), "wall-ms/op")
	b.ReportMetric(paired(spent, yards, cost.cpuMillis), "cpu/"+unit)
	b.ReportMetric(paired(spent, yards, cost.wallMillis), "wall/"+unit)
	b.ReportMetric(middle(peaks), "peak-MiB")
}

func (p programs) linear(b *testing.B, small, medium, large string) {
	var s, m, l []cost
	for b.Loop() {
		for dir, into := range map[string]*[]cost{small: &s, medium: &m, large: &l} {
			spent, _ := p.spend(b, p.scan(dir))
			*into = append(*into, spent)
		}
	}
	b.ReportMetric(paired(m, s, cost.cpuMillis), "cpu-100/10")
	b.ReportMetric(paired(l, m, cost.cpuMillis), "cpu-1000/100")
	b.ReportMetric(paired(l, m, cost.wallMillis), "wall-1000/100")
}

func (p programs) cores(b *testing.B, c commandLine) {
	var one, two []cost
	for b.Loop() {
		for n, into := range map[string]*[]cost{"1": &one, "2": &two} {
			spent, _ := p.spend(b, commandLine{args: c.args, env: []string{"GOMAXPROCS=" + n}})
			*into = append(*into, spent)
		}
	}
	b.ReportMetric(paired(one, two, cost.wallMillis), "wall-1/2")
}
