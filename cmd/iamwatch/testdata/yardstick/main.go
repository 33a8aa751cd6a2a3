// Command yardstick does the least that a reader of Terraform, or of
// templates, must do, so that the cost of a scan can be told in multiples of it:
//
//	yardstick parse PATH...      read every .tf file below the paths and parse its syntax
//	yardstick templates PATH...  read every template below the paths: YAML into nodes, JSON token by token
//	yardstick run PROGRAM ARG... run a program and print what it cost, as JSON
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"syscall"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	yaml "go.yaml.in/yaml/v4"
	"golang.org/x/sync/errgroup"
)

var errUsage = errors.New("usage: yardstick parse PATH..., yardstick templates PATH... or yardstick run PROGRAM ARG...")

func main() {
	if err := command(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "yardstick:", err)
		os.Exit(1)
	}
}

func command(args []string) error {
	switch {
	case len(args) > 1 && args[0] == "parse":
		return parse(args[1:], parseFile, ".tf")
	case len(args) > 1 && args[0] == "templates":
		return parse(args[1:], parseTemplate, ".json", ".yaml", ".yml", ".template")
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

// parse parses every file of some endings with one worker a CPU and the garbage
// collection that iamwatch sets. Faults of syntax are no errors: real trees
// have some.
func parse(paths []string, one func(name string) error, endings ...string) error {
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
			case d.Type().IsRegular() && slices.Contains(endings, filepath.Ext(name)):
				group.Go(func() error { return one(name) })
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

// parseTemplate reads a template the cheapest way: JSON is told by its first
// byte and never sees the YAML parser.
func parseTemplate(name string) error {
	text, err := os.ReadFile(name)
	if err != nil {
		return fmt.Errorf("read file: %w", err)
	}
	if body := bytes.TrimLeft(text, " \t\r\n"); len(body) > 0 && (body[0] == '{' || body[0] == '[') {
		dec := jsontext.NewDecoder(bytes.NewBuffer(text), jsontext.AllowDuplicateNames(true))
		for err == nil {
			_, err = dec.ReadToken()
		}
		return nil
	}
	var doc yaml.Node
	if loader, err := yaml.NewLoader(bytes.NewReader(text)); err == nil {
		_ = loader.Load(&doc) // a fault ends the reading, which has its cost all the same
	}
	return nil
}
