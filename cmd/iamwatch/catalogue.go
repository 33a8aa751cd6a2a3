package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"runtime/debug"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/iamwatch/iamwatch/rules"
	"github.com/iamwatch/iamwatch/scanner"
	"github.com/iamwatch/iamwatch/scanner/cloudwatch"
)

func newRules() *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "rules",
		Short: "List the rules",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			switch format {
			case "text":
				return rulesText(cmd.OutOrStdout(), rules.All())
			case "json":
				return rulesJSON(cmd.OutOrStdout(), rules.All())
			case "markdown":
				return rulesMarkdown(cmd.OutOrStdout(), rules.All())
			}
			return fmt.Errorf("format %q: %w (one of text, json, markdown)", format, errFormat)
		},
	}
	cmd.Flags().StringVarP(&format, "format", "f", "text", "`FORMAT`: text, json, markdown")
	return cmd
}

func rulesText(w io.Writer, all []*scanner.Rule) error {
	tw := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	fmt.Fprintln(tw, "ID\tNAME\tSEVERITY\tPRECISION\tINPUTS\tTITLE")
	for _, r := range all {
		fmt.Fprintf(tw, "%s\t%s\t%s\t%s\t%s\t%s\n", r.ID, r.Name, r.Severity, r.Precision, r.Inputs, r.Title)
	}
	return tw.Flush()
}

// A listedRule is a rule as rules --format json prints it.
type listedRule struct {
	ID        string            `json:"id"`
	Name      string            `json:"name"`
	Title     string            `json:"title"`
	Severity  string            `json:"severity"`
	Precision scanner.Precision `json:"precision"`
	Classes   []string          `json:"classes"`
	Inputs    string            `json:"inputs"`
	Set       string            `json:"set"`
}

func rulesJSON(w io.Writer, all []*scanner.Rule) error {
	list := make([]listedRule, 0, len(all))
	for _, r := range all {
		set := "default"
		if r.Strict {
			set = "strict"
		}
		list = append(list, listedRule{r.ID, r.Name, r.Title, r.Severity.String(), r.Precision, classNames(r.Classes), r.Inputs, set})
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(list)
}

func classNames(classes []cloudwatch.Class) []string {
	out := make([]string, 0, len(classes))
	for _, c := range classes {
		out = append(out, c.String())
	}
	return out
}

func rulesMarkdown(w io.Writer, all []*scanner.Rule) error {
	var b bytes.Buffer
	b.WriteString("| id | name | severity | what it reports |\n| --- | --- | --- | --- |\n")
	for _, r := range all {
		fmt.Fprintf(&b, "| [%s](rules/%s.md) | %s | %s | %s |\n", r.ID, pageName(r), r.Name, r.Severity, r.Title)
	}
	_, err := b.WriteTo(w)
	return err
}

// pageName is the name of a rule's page without its ending.
func pageName(r *scanner.Rule) string {
	return strings.ToLower(r.ID) + "_" + strings.ReplaceAll(r.Name, "-", "_")
}

func newExplain() *cobra.Command {
	return &cobra.Command{
		Use:   "explain RULE",
		Short: "Show a rule's page",
		Args:  cobra.ExactArgs(1),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			var ids []string
			for _, r := range rules.All() {
				ids = append(ids, r.ID+"\t"+r.Title)
			}
			return ids, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			for _, r := range rules.All() {
				if strings.EqualFold(args[0], r.ID) || args[0] == r.Name {
					_, err := fmt.Fprintln(cmd.OutOrStdout(), strings.TrimRight(r.Help, "\n"))
					return err
				}
			}
			return fmt.Errorf("explain %q: no such rule; 'iamwatch rules' lists them", args[0])
		},
	}
}

// A buildInfo is what version --json prints.
type buildInfo struct {
	Version         string `json:"version"`
	Go              string `json:"go"`
	Actions         string `json:"actions"`
	ActionsDate     string `json:"actionsDate"`
	ActionCount     int    `json:"actionCount"`
	ManagedPolicies int    `json:"managedPolicies"`
	ManagedDate     string `json:"managedPoliciesDate"`
}

func newVersion() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Show the version, and that of the embedded facts",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			v := cloudwatch.DataVersion()
			b := buildInfo{version(), goVersion(), v.Actions, v.ActionsDate, v.ActionCount, v.ManagedCount, v.ManagedDate}
			if asJSON {
				enc := json.NewEncoder(cmd.OutOrStdout())
				enc.SetIndent("", "  ")
				return enc.Encode(b)
			}
			_, err := fmt.Fprintf(cmd.OutOrStdout(), "iamwatch %s (%s)\nactions: %d, iam-data %s of %s\nAWS managed policies: %d as of %s\n",
				b.Version, b.Go, b.ActionCount, b.Actions, b.ActionsDate, b.ManagedPolicies, b.ManagedDate)
			return err
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	return cmd
}

// release is the version of this source; the build may know a fuller one.
const release = "0.1.0"

func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" || info.Main.Version == "(devel)" || strings.HasPrefix(info.Main.Version, "v0.0.0-") {
		return release
	}
	return strings.TrimPrefix(info.Main.Version, "v")
}

func goVersion() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		return info.GoVersion
	}
	return "unknown"
}
