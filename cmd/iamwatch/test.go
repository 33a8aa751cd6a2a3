package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"github.com/iamwatch/iamwatch/parsers/cases"
	"github.com/iamwatch/iamwatch/reports/decisions"
	"github.com/iamwatch/iamwatch/reports/text"
	"github.com/iamwatch/iamwatch/scanner"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// testFlags are the flags of test.
type testFlags struct {
	inputFlags
	in     []string
	format string
}

func newTest() *cobra.Command {
	var f testFlags
	cmd := &cobra.Command{
		Use:   "test FILE...",
		Short: "Run IAM policy test cases against the engine",
		Long: "test decides the cases of JSON or YAML files and compares the answers with\n" +
			"those expected. A case names a request and the policies that bear on it; with\n" +
			"--in, it may leave the policies out and name a principal of the scanned input\n" +
			"instead: its ARN, kind/name, or the address that it has in code. - reads\n" +
			"standard input.\n\n" +
			"Exit codes: 0 all as expected, 1 a mismatch, 2 usage or a file that is no list\n" +
			"of cases, 3 no case, 4 an input of --in could not be read whole.",
		Example: exampleTest,
		Args:    cobra.MinimumNArgs(1),
	}
	cmd.RunE = f.run
	fl := cmd.Flags()
	f.bind(fl)
	fl.StringArrayVar(&f.in, "in", nil, "`PATH` that is read as scan reads it, for its principals; repeatable")
	fl.StringVarP(&f.format, "format", "f", "text", "`FORMAT`: text, json")
	return cmd
}

const exampleTest = `  iamwatch test cases.yaml --in infra/ --account 111122223333

  # cases.yaml
  - id: deploying-blinds-nobody
    request:
      principal: role/ci-deployer
      action: cloudwatch:DeleteAlarms
      resource: arn:aws:cloudwatch:eu-west-1:111122223333:alarm:*
    expected: denied
  - id: readers-read-over-tls-only
    policies:
      identity:
        - Version: 2012-10-17
          Statement:
            - Effect: Allow
              Action: logs:GetLogEvents
              Resource: "*"
              Condition: {Bool: {aws:SecureTransport: true}}
    request:
      principal: arn:aws:iam::111122223333:user/alice
      action: logs:GetLogEvents
      resource: arn:aws:logs:eu-west-1:111122223333:log-group:/app:log-stream:a
      context: {aws:SecureTransport: false}
    expected: denied
    deny_kind: implicit`

var errNoCase = errors.New("no test case found")

func (f *testFlags) run(cmd *cobra.Command, args []string) error {
	if f.format != "text" && f.format != "json" {
		return fmt.Errorf("format %q: %w (one of text, json)", f.format, errFormat)
	}
	list, err := f.read(cmd, args)
	if err != nil {
		return err
	}
	if len(list) == 0 {
		return &exit{exitNoInput, errNoCase}
	}
	world, err := f.world(cmd)
	if err != nil {
		return err
	}
	trials, faults := assemble(list, world)
	if len(faults) > 0 {
		return f.refuse(cmd, faults)
	}
	r := &decisions.Result{Version: version()}
	for _, t := range trials {
		r.Cases = append(r.Cases, t.judge())
	}
	write := decisions.Text
	if f.format == "json" {
		write = decisions.JSON
	}
	if err := write(cmd.OutOrStdout(), r); err != nil {
		return err
	}
	return f.verdict(cmd, r, world)
}

// world is the scanned input, nil without --in.
func (f *testFlags) world(cmd *cobra.Command) (*scanner.Loaded, error) {
	if len(f.in) == 0 {
		return nil, nil
	}
	l, err := f.load(cmd, f.in)
	if err != nil {
		return nil, err
	}
	return l, f.covered(true, l.Stats.Files == 0 && len(l.Diagnostics) == 0)
}

// verdict is the exit code: what was not read wins over a mismatch.
func (f *testFlags) verdict(cmd *cobra.Command, r *decisions.Result, world *scanner.Loaded) error {
	if world != nil {
		if err := f.settled(cmd, world); err != nil {
			return err
		}
	}
	if _, failed := r.Counts(); failed > 0 {
		return &exit{code: exitFindings}
	}
	return nil
}

// read returns the cases of all files in their order.
func (f *testFlags) read(cmd *cobra.Command, args []string) ([]*cases.Case, error) {
	var list []*cases.Case
	var faults []source.Diagnostic
	stdin := slices.Contains(f.in, "-")
	for _, name := range args {
		if name == "-" && stdin {
			return nil, fmt.Errorf("standard input is read once: %w", errUsage)
		}
		stdin = stdin || name == "-"
		file, err := openCases(name, cmd.InOrStdin())
		if err != nil {
			return nil, err
		}
		found, diags := cases.Read(file)
		list, faults = append(list, found...), append(faults, diags...)
	}
	if len(faults) > 0 {
		return nil, f.refuse(cmd, faults)
	}
	return list, nil
}

// refuse says what is wrong with the cases: none of them is run, since a
// suite that is not what its author meant must not pass.
func (f *testFlags) refuse(cmd *cobra.Command, faults []source.Diagnostic) error {
	color, err := colored(f.color, cmd.ErrOrStderr())
	if err != nil {
		return err
	}
	r := text.Reporter{Color: color, Width: width(cmd.ErrOrStderr())}
	if err := r.Diagnostics(cmd.ErrOrStderr(), faults); err != nil {
		return err
	}
	return &exit{code: exitUsage}
}

// maxCases bounds, in bytes, what is read of a file of cases.
const maxCases = 1 << 28

// openCases reads a file of cases, or standard input for "-".
func openCases(name string, in io.Reader) (*source.Source, error) {
	if name != "-" {
		file, err := os.Open(name)
		if err != nil {
			return nil, fmt.Errorf("open cases: %w", err)
		}
		defer file.Close()
		in = file
	} else {
		name = "stdin"
	}
	data, err := io.ReadAll(io.LimitReader(in, maxCases+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("read cases: %w", err)
	case len(data) > maxCases:
		return nil, fmt.Errorf("read cases: %s is larger than %d bytes", name, maxCases)
	}
	return source.New(name, data), nil
}
