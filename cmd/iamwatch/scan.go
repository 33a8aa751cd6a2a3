package main

import (
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/iamwatch/iamwatch/reports/text"
	"github.com/iamwatch/iamwatch/rules"
	"github.com/iamwatch/iamwatch/scanner"
)

// scanFlags are the flags of scan.
type scanFlags struct {
	inputFlags
	format, failOn, minSeverity, minConfidence, set string
	outputs, only, enable, disable                  []string
	configFile                                      string
	noConfig, noIgnores, showSuppressed             bool
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
	f.bind(fl)
	fl.StringVarP(&f.format, "format", "f", "text", "report `FORMAT`: text, json, sarif")
	fl.StringArrayVarP(&f.outputs, "output", "o", nil, "write a report to `[FORMAT=]FILE`; repeatable")
	fl.StringVar(&f.failOn, "fail-on", "low", "lowest `SEVERITY` that gives exit code 1, or never (default never when SARIF is the only report)")
	fl.StringVar(&f.minSeverity, "min-severity", "low", "lowest `SEVERITY` reported: critical, high, medium, low, info")
	fl.StringVar(&f.minConfidence, "min-confidence", "medium", "lowest `CONFIDENCE` reported: high, medium, low")
	fl.StringVar(&f.set, "set", "default", "rule `SET`: default or strict")
	fl.StringSliceVar(&f.only, "only", nil, "run only these `RULES`: ids, names or classes")
	fl.StringSliceVar(&f.enable, "enable", nil, "`RULES` to add to the set")
	fl.StringVar(&f.configFile, "config", "", "`FILE` of the configuration (default .iamwatch.yaml of the scanned directory or the nearest above it)")
	fl.BoolVar(&f.noConfig, "no-config", false, "read no configuration")
	fl.BoolVar(&f.noIgnores, "no-ignores", false, "report what sources and the configuration ignore too")
	fl.BoolVar(&f.showSuppressed, "show-suppressed", false, "show ignored findings, marked; they change no exit code")
	fl.StringSliceVar(&f.disable, "disable", nil, "`RULES` to leave out")
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
	t, err := f.open(args, cmd.InOrStdin(), &config)
	if err != nil {
		return err
	}
	defer func() { _ = t.close() }() // read only: nothing can be lost
	if err := f.configure(t, &config); err != nil {
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
	tellUndeclared(cmd.ErrOrStderr(), r.Undeclared)
	if !f.quiet {
		fmt.Fprintln(cmd.ErrOrStderr(), text.Summary(r))
	}
	return f.verdict(r, limit)
}

func (f *scanFlags) config() (scanner.Config, error) {
	c, err := f.inputFlags.config()
	if err != nil {
		return c, err
	}
	c.Rules = rules.All()
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
	c.Selection = scanner.Selection{
		MinSeverity: sev, MinConfidence: conf, Strict: f.set == "strict",
		Only: f.only, Enable: f.enable, Disable: f.disable,
	}
	return c, nil
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
	if err := f.covered(r.Complete(), r.Stats.Files == 0 && len(r.Diagnostics) == 0); err != nil {
		return err
	}
	for s := limit; s < never; s++ {
		if r.Stats.BySeverity[s] > 0 {
			return &exit{code: exitFindings}
		}
	}
	return nil
}
