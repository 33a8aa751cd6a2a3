package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// Exit codes, the same for every format.
const (
	exitClean      = 0 // done, nothing at or above --fail-on
	exitFindings   = 1 // findings at or above it
	exitUsage      = 2 // usage or configuration error, unwritable report
	exitNoInput    = 3 // no scannable input
	exitIncomplete = 4 // an input of ours could not be read whole; wins over 1
	exitInternal   = 5
)

var errUsage = errors.New("usage")

// An exit is an error that carries its code; silent ones were reported.
type exit struct {
	code int
	err  error
}

func (e *exit) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit %d", e.code)
	}
	return e.err.Error()
}

func (e *exit) Unwrap() error { return e.err }

// run is the whole program: it reads and writes only what it is given and
// returns the exit code.
func run(ctx context.Context, args []string, in io.Reader, out, errw io.Writer) int {
	if os.Getenv("GOGC") == "" {
		// A short-lived scan with a small live heap otherwise collects
		// every 4 MiB. More than this no longer saves time, and takes
		// the peak of a scan of many repositories above 100 MiB.
		debug.SetGCPercent(250)
	}
	root := newRoot()
	root.SetArgs(args)
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(errw)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitClean
	}
	var e *exit
	if !errors.As(err, &e) {
		fmt.Fprintf(errw, "iamwatch: %v\n", err)
		return exitUsage
	}
	if e.err != nil {
		fmt.Fprintf(errw, "iamwatch: %v\n", e.err)
	}
	return e.code
}

func newRoot() *cobra.Command {
	scan := newScan()
	root := &cobra.Command{
		Use:   "iamwatch [scan] [PATH|-]...",
		Short: "Audit IAM configuration for CloudWatch exposure",
		Long: "iamwatch says who can read, tamper with, blind, carry away or take control of\n" +
			"CloudWatch telemetry, by which path, and on which line that was written.\n" +
			"It reads Terraform, CloudFormation, exports of live accounts and bare policies.",
		Args:              cobra.ArbitraryArgs,
		SilenceErrors:     true,
		SilenceUsage:      true,
		RunE:              scan.RunE,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error { return fromEnvironment(cmd.Flags()) },
	}
	root.Flags().AddFlagSet(scan.Flags())
	root.AddCommand(scan, newTest(), newWhoCan(), newExposure(), newRules(), newExplain(), newVersion())
	return root
}

// fromEnvironment sets each flag that was not given from IAMWATCH_<FLAG>.
func fromEnvironment(flags *pflag.FlagSet) error {
	var errs []error
	flags.VisitAll(func(f *pflag.Flag) {
		name := "IAMWATCH_" + strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_"))
		value, ok := os.LookupEnv(name)
		if !ok || f.Changed || f.Name == "help" {
			return
		}
		if err := flags.Set(f.Name, value); err != nil {
			errs = append(errs, fmt.Errorf("read %s: %w", name, err))
		}
	})
	return errors.Join(errs...)
}
