package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/iamwatch/iamwatch/parsers/cloudformation"
	"github.com/iamwatch/iamwatch/parsers/export"
	"github.com/iamwatch/iamwatch/parsers/policy"
	"github.com/iamwatch/iamwatch/parsers/terraform"
	"github.com/iamwatch/iamwatch/parsers/tfplan"
	"github.com/iamwatch/iamwatch/reports/text"
	"github.com/iamwatch/iamwatch/scanner"
	"github.com/iamwatch/iamwatch/scanner/iam"
)

// inputFlags say what is read and how: those of every command over inputs.
type inputFlags struct {
	root, color                string
	accounts, trusted, exclude []string
	vars, varFiles, parameters []string
	parameterFiles             []string
	jobs                       int
	quiet, allowIncomplete     bool
	varEnv                     bool
	source                     string
}

func (f *inputFlags) bind(fl *pflag.FlagSet) {
	fl.StringSliceVar(&f.accounts, "account", nil, "`ID` of an account that the code is for; repeatable")
	fl.StringSliceVar(&f.trusted, "trusted-account", nil, "`ID` of another account of one's own; repeatable")
	fl.StringVar(&f.root, "repo-root", "", "`DIR` that paths in reports start from (default the git top level)")
	fl.StringSliceVar(&f.exclude, "exclude", nil, "`GLOB` of paths below the root to leave out; repeatable")
	fl.StringArrayVar(&f.vars, "var", nil, "Terraform variable as `NAME=VALUE`; repeatable")
	fl.StringArrayVar(&f.varFiles, "var-file", nil, "`FILE` of Terraform variables; repeatable")
	fl.BoolVar(&f.varEnv, "tf-var-env", false, "take Terraform variables from TF_VAR_NAME in the environment, and the workspace from TF_WORKSPACE")
	fl.StringVar(&f.source, "source", "", "`DIR` of the configuration that Terraform plans and states were made of (default that of the plan)")
	fl.StringArrayVar(&f.parameters, "parameter", nil, "CloudFormation parameter as `NAME=VALUE`; repeatable")
	fl.StringArrayVar(&f.parameterFiles, "parameters", nil, "`FILE` of CloudFormation parameters, as the AWS CLI or CodePipeline takes it; repeatable")
	fl.IntVarP(&f.jobs, "jobs", "j", 0, "how many goroutines work at once (default one a CPU)")
	fl.StringVar(&f.color, "color", "auto", "colours: `WHEN` is auto, always or never")
	fl.BoolVarP(&f.quiet, "quiet", "q", false, "leave out the summary on standard error")
	fl.BoolVar(&f.allowIncomplete, "allow-incomplete", false, "an input that could not be read whole does not change the exit code")
}

// load reads the inputs under paths, or standard input for "-", into a graph
// for a command that asks it something. What could not be read goes to
// standard error; settled gives the exit code that follows from it.
func (f *inputFlags) load(cmd *cobra.Command, paths []string) (*scanner.Loaded, error) {
	config, err := f.config()
	if err != nil {
		return nil, err
	}
	color, err := colored(f.color, cmd.ErrOrStderr())
	if err != nil {
		return nil, err
	}
	t, err := f.open(paths, cmd.InOrStdin(), &config)
	if err != nil {
		return nil, err
	}
	defer func() { _ = t.close() }() // read only: nothing can be lost
	l, err := scanner.Read(cmd.Context(), config)
	if err != nil {
		return nil, scanError(err)
	}
	r := text.Reporter{Color: color, Width: width(cmd.ErrOrStderr())}
	return l, r.Diagnostics(cmd.ErrOrStderr(), l.Diagnostics)
}

// settled says on standard error what was read, and returns the exit code that
// follows from what was not: nil when every input was read whole.
func (f *inputFlags) settled(cmd *cobra.Command, l *scanner.Loaded) error {
	tellUndeclared(cmd.ErrOrStderr(), l.Undeclared)
	if !f.quiet {
		fmt.Fprintln(cmd.ErrOrStderr(), text.Coverage(l))
	}
	return f.covered(l.Complete(), l.Stats.Files == 0 && len(l.Diagnostics) == 0)
}

func (f *inputFlags) covered(complete, none bool) error {
	switch {
	case !complete && !f.allowIncomplete:
		return &exit{code: exitIncomplete}
	case none:
		return &exit{exitNoInput, errors.New("no scannable input: no Terraform configuration, plan or state, CloudFormation template, account export or policy document found")}
	}
	return nil
}

// scanError tells a run that was broken off from one that was asked wrongly.
func scanError(err error) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return &exit{exitIncomplete, err}
	}
	return err
}

// open finds the files under paths and puts them into the configuration. The
// tree is to be closed once they have been read.
func (f *inputFlags) open(paths []string, in io.Reader, c *scanner.Config) (*tree, error) {
	t, err := f.tree(paths, in)
	if err != nil {
		return nil, err
	}
	c.FS, c.Files, c.Dir = t.fs, t.files, t.dir
	if c.VarFiles, err = t.below("variables", f.varFiles...); err != nil {
		return nil, errors.Join(err, t.close())
	}
	if c.ParameterFiles, err = parameterFiles(t, f.parameterFiles); err != nil {
		return nil, errors.Join(err, t.close())
	}
	if f.source == "" {
		return t, nil
	}
	dirs, err := t.below("source", f.source)
	if err != nil {
		return nil, errors.Join(err, t.close())
	}
	c.Source = dirs[0]
	return t, nil
}

func (f *inputFlags) tree(args []string, in io.Reader) (*tree, error) {
	if len(args) == 1 && args[0] == "-" {
		return stdinTree(in, f.source, f.root)
	}
	if slices.Contains(args, "-") {
		return nil, fmt.Errorf("standard input cannot be scanned together with paths: %w", errUsage)
	}
	return discover(args, f.root, f.exclude)
}

// parsers in the order in which they are asked for a file.
func parsers() []scanner.Parser {
	return []scanner.Parser{terraform.New(), tfplan.New(), export.New(), cloudformation.New(), policy.New()}
}

// config is a configuration without rules.
func (f *inputFlags) config() (scanner.Config, error) {
	c := scanner.Config{Parsers: parsers(), Jobs: f.jobs, Version: version()}
	if f.jobs < 0 {
		return c, fmt.Errorf("jobs %d: want a positive number, or 0 for one a CPU: %w", f.jobs, errUsage)
	}
	for _, id := range slices.Concat(f.accounts, f.trusted) {
		if !iam.IsAccountID(id) {
			return c, fmt.Errorf("account %q: want 12 digits: %w", id, errUsage)
		}
	}
	var err error
	if c.Variables, err = assignments("var", f.vars); err != nil {
		return c, err
	}
	if c.Parameters, err = assignments("parameter", f.parameters); err != nil {
		return c, err
	}
	if f.varEnv {
		c.Environ = variableEnvironment(os.Environ())
	}
	c.Options = scanner.Options{Accounts: f.accounts, TrustedAccounts: f.trusted}
	return c, nil
}

// assignments reads NAME=VALUE flags; a later one wins.
func assignments(flag string, list []string) (map[string]string, error) {
	out := map[string]string{}
	for _, a := range list {
		name, value, ok := strings.Cut(a, "=")
		if !ok || name == "" {
			return nil, fmt.Errorf("%s %q: want NAME=VALUE: %w", flag, a, errUsage)
		}
		out[name] = value
	}
	return out, nil
}

// variableEnvironment are the entries of an environment that Terraform takes
// as values of variables, and the workspace ("Environment Variables",
// TF_VAR_name and TF_WORKSPACE).
func variableEnvironment(environ []string) map[string]string {
	out := map[string]string{}
	for _, entry := range environ {
		if name, value, ok := strings.Cut(entry, "="); ok && (name == "TF_WORKSPACE" || strings.HasPrefix(name, "TF_VAR_")) {
			out[name] = value
		}
	}
	return out
}
