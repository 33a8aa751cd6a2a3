package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/iamwatch/iamwatch/parsers/cloudformation"
	"github.com/iamwatch/iamwatch/parsers/export"
	"github.com/iamwatch/iamwatch/parsers/policy"
	"github.com/iamwatch/iamwatch/parsers/terraform"
	"github.com/iamwatch/iamwatch/reports/text"
	"github.com/iamwatch/iamwatch/rules"
	"github.com/iamwatch/iamwatch/scanner"
)

// scanFlags are the flags of scan.
type scanFlags struct {
	format, failOn, minSeverity, minConfidence, set, color, root string
	outputs, only, enable, disable                               []string
	accounts, trusted, exclude                                   []string
	vars, varFiles, parameters                                   []string
	jobs                                                         int
	quiet, allowIncomplete                                       bool
}

func newScan() *cobra.Command {
	var f scanFlags
	cmd := &cobra.Command{
		Use:   "scan [PATH|-]...",
		Short: "Scan files and directories (the default command)",
		Long: "scan reads Terraform, CloudFormation, account exports and policy documents,\n" +
			"told apart by content. It opens no network connection and reads nothing\n" +
			"outside the repository root.\n\n" +
			"Exit codes: 0 nothing at or above --fail-on, 1 findings, 2 usage, 3 no\n" +
			"scannable input, 4 an input could not be read whole, 5 internal error.",
		Args: cobra.ArbitraryArgs,
	}
	cmd.RunE = f.run
	fl := cmd.Flags()
	fl.StringVarP(&f.format, "format", "f", "text", "report `FORMAT`: text, json, sarif")
	fl.StringArrayVarP(&f.outputs, "output", "o", nil, "write a report to `[FORMAT=]FILE`; repeatable")
	fl.StringVar(&f.failOn, "fail-on", "low", "lowest `SEVERITY` that gives exit code 1, or never (default never when SARIF is the only report)")
	fl.StringVar(&f.minSeverity, "min-severity", "low", "lowest `SEVERITY` reported: critical, high, medium, low, info")
	fl.StringVar(&f.minConfidence, "min-confidence", "medium", "lowest `CONFIDENCE` reported: high, medium, low")
	fl.StringVar(&f.set, "set", "default", "rule `SET`: default or strict")
	fl.StringSliceVar(&f.only, "only", nil, "run only these `RULES`: ids, names or classes")
	fl.StringSliceVar(&f.enable, "enable", nil, "`RULES` to add to the set")
	fl.StringSliceVar(&f.disable, "disable", nil, "`RULES` to leave out")
	fl.StringSliceVar(&f.accounts, "account", nil, "`ID` of an account that the code is for; repeatable")
	fl.StringSliceVar(&f.trusted, "trusted-account", nil, "`ID` of another account of one's own; repeatable")
	fl.StringVar(&f.root, "repo-root", "", "`DIR` that paths in reports start from (default the git top level)")
	fl.StringSliceVar(&f.exclude, "exclude", nil, "`GLOB` of paths below the root to leave out; repeatable")
	fl.StringArrayVar(&f.vars, "var", nil, "Terraform variable as `NAME=VALUE`; repeatable")
	fl.StringArrayVar(&f.varFiles, "var-file", nil, "`FILE` of Terraform variables; repeatable")
	fl.StringArrayVar(&f.parameters, "parameter", nil, "CloudFormation parameter as `NAME=VALUE`; repeatable")
	fl.IntVarP(&f.jobs, "jobs", "j", 0, "how many goroutines work at once (default one a CPU)")
	fl.StringVar(&f.color, "color", "auto", "colours: `WHEN` is auto, always or never")
	fl.BoolVarP(&f.quiet, "quiet", "q", false, "leave out the summary on standard error")
	fl.BoolVar(&f.allowIncomplete, "allow-incomplete", false, "an input that could not be read whole does not change the exit code")
	return cmd
}

func (f *scanFlags) run(cmd *cobra.Command, args []string) error {
	outs, err := sinks(f.format, f.outputs)
	if err != nil {
		return err
	}
	color, err := colored(f.color, cmd.OutOrStdout())
	if err != nil {
		return err
	}
	config, err := f.config()
	if err != nil {
		return err
	}
	limit, err := f.threshold(cmd.Flags().Changed("fail-on"), outs)
	if err != nil {
		return err
	}
	t, err := f.tree(args, cmd.InOrStdin())
	if err != nil {
		return err
	}
	defer func() { _ = t.close() }() // read only: nothing can be lost
	config.FS, config.Files, config.Dir = t.fs, t.files, t.dir
	if config.VarFiles, err = t.below(f.varFiles); err != nil {
		return err
	}
	r, err := scanner.Scan(cmd.Context(), config)
	if err != nil {
		return scanError(err)
	}
	for _, s := range outs {
		if err := s.write(r, cmd.OutOrStdout(), color); err != nil {
			return err
		}
	}
	if !f.quiet {
		fmt.Fprintln(cmd.ErrOrStderr(), text.Summary(r))
	}
	return f.verdict(r, limit)
}

// scanError tells a run that was broken off from one that was asked wrongly.
func scanError(err error) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return &exit{exitIncomplete, err}
	}
	return err
}

func (f *scanFlags) tree(args []string, in io.Reader) (*tree, error) {
	if len(args) == 1 && args[0] == "-" {
		return stdinTree(in)
	}
	if slices.Contains(args, "-") {
		return nil, fmt.Errorf("standard input cannot be scanned together with paths: %w", errUsage)
	}
	return discover(args, f.root, f.exclude)
}

// parsers in the order in which they are asked for a file.
func parsers() []scanner.Parser {
	return []scanner.Parser{terraform.New(), cloudformation.New(), export.New(), policy.New()}
}

func (f *scanFlags) config() (scanner.Config, error) {
	c := scanner.Config{Parsers: parsers(), Rules: rules.All(), Jobs: f.jobs, Version: version()}
	sev, ok := scanner.ParseSeverity(f.minSeverity)
	if !ok {
		return c, fmt.Errorf("min-severity %q: no such severity: %w", f.minSeverity, errUsage)
	}
	conf, ok := scanner.ParseConfidence(f.minConfidence)
	if !ok {
		return c, fmt.Errorf("min-confidence %q: no such confidence: %w", f.minConfidence, errUsage)
	}
	if f.set != "default" && f.set != "strict" {
		return c, fmt.Errorf("set %q: want default or strict: %w", f.set, errUsage)
	}
	if f.jobs < 0 {
		return c, fmt.Errorf("jobs %d: want a positive number, or 0 for one a CPU: %w", f.jobs, errUsage)
	}
	for _, id := range slices.Concat(f.accounts, f.trusted) {
		if len(id) != 12 || strings.Trim(id, "0123456789") != "" {
			return c, fmt.Errorf("account %q: want 12 digits: %w", id, errUsage)
		}
	}
	c.Selection = scanner.Selection{
		MinSeverity: sev, MinConfidence: conf, Strict: f.set == "strict",
		Only: f.only, Enable: f.enable, Disable: f.disable,
	}
	var err error
	if c.Variables, err = assignments("var", f.vars); err != nil {
		return c, err
	}
	if c.Parameters, err = assignments("parameter", f.parameters); err != nil {
		return c, err
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

// never is a threshold that no finding reaches.
const never = scanner.Critical + 1

func (f *scanFlags) threshold(given bool, outs []sink) (scanner.Severity, error) {
	onlySARIF := !slices.ContainsFunc(outs, func(s sink) bool { return s.format != "sarif" })
	if f.failOn == "never" || !given && onlySARIF {
		return never, nil
	}
	sev, ok := scanner.ParseSeverity(f.failOn)
	if !ok {
		return 0, fmt.Errorf("fail-on %q: no such severity: %w", f.failOn, errUsage)
	}
	return sev, nil
}

// verdict is the exit code of a scan.
func (f *scanFlags) verdict(r *scanner.Result, limit scanner.Severity) error {
	if len(r.RuleErrors) > 0 {
		errs := make([]error, len(r.RuleErrors))
		for i, e := range r.RuleErrors {
			errs[i] = e.Err
		}
		return &exit{exitInternal, errors.Join(errs...)}
	}
	if !r.Complete() && !f.allowIncomplete {
		return &exit{code: exitIncomplete}
	}
	if r.Stats.Files == 0 && len(r.Diagnostics) == 0 {
		return &exit{exitNoInput, errors.New("no scannable input: no Terraform, CloudFormation, account export or policy document found")}
	}
	for s := limit; s < never; s++ {
		if r.Stats.BySeverity[s] > 0 {
			return &exit{code: exitFindings}
		}
	}
	return nil
}
