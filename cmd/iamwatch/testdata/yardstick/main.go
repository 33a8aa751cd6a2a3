// Command yardstick does the least that a reader of Terraform must do, so that
// the cost of a scan can be told in multiples of it:
//
//	yardstick parse PATH...      read every .tf file below the paths and parse its syntax
//	yardstick run PROGRAM ARG... run a program and print what it cost, as JSON
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"syscall"
	"time"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"golang.org/x/sync/errgroup"
)

var errUsage = errors.New("usage: yardstick parse PATH... or yardstick run PROGRAM ARG...")

func main() {
	if err := command(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "yardstick:", err)
		os.Exit(1)
	}
}

func command(args []string) error {
	switch {
	case len(args) > 1 && args[0] == "parse":
		return parse(args[1:])
	case len(args) > 1 && args[0] == "run":
		return run(args[1:])
	}
	return errUsage
}

// run measures a program from here, a small process: what a process starts
// with may count as its own memory.
func run(args []string) error {
	cmd := exec.Command(args[0], args[1:]...)
	start := time.Now()
	err := cmd.Run()
	wall := time.Since(start)
	usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		return fmt.Errorf("run %s: %w", args[0], err)
	}
	peak := int64(usage.Maxrss)
	if runtime.GOOS == "linux" {
		peak <<= 10
	}
	return json.NewEncoder(os.Stdout).Encode(map[string]int64{
		"code": int64(cmd.ProcessState.ExitCode()), "cpu": usage.Utime.Nano() + usage.Stime.Nano(), "wall": wall.Nanoseconds(), "peak": peak,
	})
}

// parse parses every file with one worker a CPU and the garbage collection
// that iamwatch sets. Faults of syntax are no errors: real trees have some.
func parse(paths []string) error {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(250)
	}
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for _, p := range paths {
		err := filepath.WalkDir(p, func(name string, d fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case d.IsDir() && d.Name() == ".git":
				return fs.SkipDir
			case d.Type().IsRegular() && filepath.Ext(name) == ".tf":
				group.Go(func() error { return parseFile(name) })
			}
			return nil
		})
		if err != nil {
			return errors.Join(err, group.Wait())
		}
	}
	return group.Wait()
}

func parseFile(name string) error {
	text, err := os.ReadFile(name)
	if err != nil {
		return fmt.Errorf("read file: %w", err)
	}
	hclsyntax.ParseConfig(text, name, hcl.InitialPos)
	return nil
}
