package main

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/iamwatch/iamwatch/reports/exposure"
	"github.com/iamwatch/iamwatch/scanner"
	"github.com/iamwatch/iamwatch/scanner/access"
	"github.com/iamwatch/iamwatch/scanner/cloudwatch"
	"github.com/iamwatch/iamwatch/scanner/model"
)

// exposureFlags are the flags of exposure.
type exposureFlags struct {
	inputFlags
	format string
	all    bool
	why    []string
}

func newExposure() *cobra.Command {
	var f exposureFlags
	cmd := &cobra.Command{
		Use:   "exposure [PATH|-]...",
		Short: "Show who can do what to telemetry: a matrix of principals and classes",
		Long: "exposure reads what scan reads and counts, for each user, group, role and\n" +
			"permission set, the actions of each exposure class that it effectively\n" +
			"holds: after Deny statements, permissions boundaries and the service\n" +
			"control policies that are attached to the account, and whether on every\n" +
			"resource, only under conditions, or on chosen resources.\n\n" +
			"--why NAME[:CLASS] prints the grants behind a row or a cell instead, what\n" +
			"cuts them, and how one becomes the principal. NAME is a name, an ARN or\n" +
			"what the input calls it; a class may be cut short.\n\n" +
			"Exit codes: 0 done, 2 usage, 3 no scannable input, 4 an input could not be\n" +
			"read whole, 5 internal error.",
		Args: cobra.ArbitraryArgs,
	}
	cmd.RunE = f.run
	f.bind(cmd.Flags())
	cmd.Flags().StringVarP(&f.format, "format", "f", "text", "`FORMAT`: text, json")
	cmd.Flags().BoolVar(&f.all, "all", false, "show principals that reach nothing too")
	cmd.Flags().StringArrayVar(&f.why, "why", nil, "explain the row or cell `NAME[:CLASS]`; repeatable")
	return cmd
}

func (f *exposureFlags) run(cmd *cobra.Command, args []string) error {
	if f.format != "text" && f.format != "json" {
		return fmt.Errorf("format %q: %w (one of text, json)", f.format, errFormat)
	}
	color, err := colored(f.color, cmd.OutOrStdout())
	if err != nil {
		return err
	}
	l, err := f.load(cmd, args)
	if err != nil {
		return err
	}
	text := exposure.Text{Color: color, Width: width(cmd.OutOrStdout())}
	if l.Stats.Files == 0 {
		return f.settled(cmd, l)
	}
	var out bytes.Buffer // nothing is written when something was asked wrongly
	if err := f.write(&out, text, l); err != nil {
		return err
	}
	if _, err := out.WriteTo(cmd.OutOrStdout()); err != nil {
		return fmt.Errorf("write exposure: %w", err)
	}
	return f.settled(cmd, l)
}

func (f *exposureFlags) write(out io.Writer, text exposure.Text, l *scanner.Loaded) error {
	m, err := f.matrix(l)
	switch {
	case err != nil:
		return err
	case f.format == "json":
		return exposure.JSON{}.Write(out, m)
	case len(f.why) > 0:
		return text.Why(out, m)
	}
	return text.Write(out, m)
}

// matrix is what was asked for: the whole matrix, or rows to be explained.
func (f *exposureFlags) matrix(l *scanner.Loaded) (*exposure.Matrix, error) {
	m := &exposure.Matrix{Loaded: l, Version: version()}
	if len(f.why) == 0 {
		for _, r := range l.Graph.Exposure() {
			if f.all || !r.Empty() || r.Unseen {
				m.Rows = append(m.Rows, exposure.Row{Row: r})
			}
		}
		return m, nil
	}
	m.Ways = func(id *model.Identity) []exposure.Way { return exposure.Paths(l.Graph, id) }
	for _, q := range f.why {
		rows, err := asked(l, q)
		if err != nil {
			return nil, err
		}
		m.Rows = append(m.Rows, rows...)
	}
	return m, nil
}

// asked are the rows that NAME[:CLASS] means. A name may hold colons.
func asked(l *scanner.Loaded, q string) ([]exposure.Row, error) {
	if rows := rowsOf(l, q); len(rows) > 0 {
		return rows, nil
	}
	name, class := q, ""
	if i := strings.LastIndexByte(q, ':'); i >= 0 {
		name, class = q[:i], q[i+1:]
	}
	rows := rowsOf(l, name)
	if len(rows) == 0 {
		return nil, fmt.Errorf("why %q: the input has no principal %q%s: %w", q, name, like(l.Model, name), errUsage)
	}
	c, err := classOf(class)
	if err != nil {
		return nil, fmt.Errorf("why %q: %w", q, err)
	}
	for i := range rows {
		rows[i].Classes = []cloudwatch.Class{c}
	}
	return rows, nil
}

// rowsOf are the rows of the identities that answer to a name, bare or with
// their kind, in the order of the input.
func rowsOf(l *scanner.Loaded, name string) []exposure.Row {
	var found []access.Row
	for _, u := range l.Model.Units {
		for _, id := range u.Identities {
			bare := slices.Contains([]string{id.Name.Value, id.Show(), model.FullName(id.Entity), id.Kind.String() + " " + id.Show()}, name)
			if name != "" && (bare || answers(id, name)) {
				found = append(found, l.Graph.ExposureOf(id))
			}
		}
	}
	rows := make([]exposure.Row, 0, len(found))
	for _, r := range access.MergeRows(found) {
		rows = append(rows, exposure.Row{Row: r})
	}
	return rows
}

// classOf is the class of a name or of the beginning of exactly one.
func classOf(s string) (cloudwatch.Class, error) {
	var found cloudwatch.Class
	var begun, all []string
	for _, c := range access.ExposureClasses() {
		name := c.String()
		all = append(all, name)
		if name == s {
			return c, nil
		}
		if s != "" && strings.HasPrefix(name, s) {
			found, begun = c, append(begun, name)
		}
	}
	switch len(begun) {
	case 0:
		return 0, fmt.Errorf("%q is no exposure class (%s): %w", s, strings.Join(all, ", "), errUsage)
	case 1:
		return found, nil
	}
	return 0, fmt.Errorf("%q begins several exposure classes (%s): %w", s, strings.Join(begun, ", "), errUsage)
}
