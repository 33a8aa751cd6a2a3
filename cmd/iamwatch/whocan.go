package main

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/spf13/cobra"

	"github.com/iamwatch/iamwatch/reports/json"
	"github.com/iamwatch/iamwatch/reports/text"
	"github.com/iamwatch/iamwatch/scanner/access"
	"github.com/iamwatch/iamwatch/scanner/cloudwatch"
	"github.com/iamwatch/iamwatch/scanner/iam"
)

// whoCanFlags are the flags of who-can.
type whoCanFlags struct {
	inputFlags
	format string
}

func newWhoCan() *cobra.Command {
	var f whoCanFlags
	cmd := &cobra.Command{
		Use:   "who-can ACTION [RESOURCE] [PATH|-]...",
		Short: "Name the principals that can do an action, and those who can become one",
		Long: "who-can reads what scan reads and names every principal that can do ACTION,\n" +
			"directly or by becoming another: by assuming roles, through an instance\n" +
			"profile, by passing a role to a service, or by giving itself the right. Each\n" +
			"stands with its shortest path, the statement that allows it, and the\n" +
			"conditions that remain.\n\n" +
			"RESOURCE is an ARN, which may hold wildcards, or *. With wildcards, with * and\n" +
			"without RESOURCE the question is who can do it to at least one such resource\n" +
			"of the types that ACTION needs; \"only on\" shows what the answer is limited to.\n" +
			"A root user can do everything in its account and is not named.\n\n" +
			"Exit codes: 0 answered, whoever it is or nobody, 2 usage, 3 no scannable\n" +
			"input, 4 an input could not be read whole, 5 internal error.",
		Example: "  iamwatch who-can cloudwatch:DeleteAlarms infra/\n" +
			"  iamwatch who-can logs:PutSubscriptionFilter 'arn:aws:logs:*:*:log-group:/prod/*:*' --account 111122223333",
		Args: cobra.MinimumNArgs(1),
	}
	cmd.RunE = f.run
	f.bind(cmd.Flags())
	cmd.Flags().StringVarP(&f.format, "format", "f", "text", "`FORMAT`: text, json")
	return cmd
}

func (f *whoCanFlags) run(cmd *cobra.Command, args []string) error {
	if f.format != "text" && f.format != "json" {
		return fmt.Errorf("format %q: %w (one of text, json)", f.format, errFormat)
	}
	action, resource, paths := args[0], "*", args[1:]
	if len(paths) > 0 && (paths[0] == "*" || strings.HasPrefix(paths[0], "arn:")) {
		resource, paths = paths[0], paths[1:]
	}
	if err := checkQuestion(action, resource); err != nil {
		return err
	}
	color, err := colored(f.color, cmd.OutOrStdout())
	if err != nil {
		return err
	}
	if asked := cloudwatch.LogGroupARN(action, resource); asked != resource {
		fmt.Fprintf(cmd.ErrOrStderr(), "iamwatch: note: %s is authorised on %s, and asked so\n", action, asked)
		resource = asked
	}
	l, err := f.load(cmd, paths)
	if err != nil {
		return err
	}
	if l.Stats.Files == 0 {
		return f.settled(cmd, l)
	}
	a := l.Graph.WhoCan(action, resource)
	if !a.Known {
		fmt.Fprintln(cmd.ErrOrStderr(), unknownAction(action))
	}
	var out bytes.Buffer
	if f.format == "json" {
		err = json.WhoCan(&out, a, version(), l.Complete())
	} else {
		err = text.Reporter{Color: color, Width: width(cmd.OutOrStdout())}.WhoCan(&out, a)
	}
	if err != nil {
		return err
	}
	if _, err := out.WriteTo(cmd.OutOrStdout()); err != nil {
		return fmt.Errorf("write answer: %w", err)
	}
	return f.settled(cmd, l)
}

var errPattern = errors.New("a question names one action")

// checkQuestion refuses what is no question about one action.
func checkQuestion(action, resource string) error {
	service, name, ok := strings.Cut(action, ":")
	switch {
	case !ok || service == "" || name == "" || strings.ContainsFunc(service+name, notInActions):
		return fmt.Errorf("action %q: want SERVICE:ACTION, such as cloudwatch:DeleteAlarms: %w", action, errUsage)
	case strings.ContainsAny(action, "*?"):
		return fmt.Errorf("action %q: %w%s", action, errPattern, suchAs(cloudwatch.Match(action).Names()))
	case resource != "*" && !isARN(resource):
		return fmt.Errorf("resource %q: want * or a whole ARN, arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE; of a path that begins with arn: write ./ in front: %w", resource, errUsage)
	case access.AsksForRole(action) && !strings.HasPrefix(resource, "arn:"):
		return fmt.Errorf("action %q: want the ARN of the role as RESOURCE: %w", action, errUsage)
	}
	return nil
}

// notInActions reports whether no action's name holds a sign.
func notInActions(r rune) bool {
	return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune("-*?", r))
}

func isARN(s string) bool {
	_, ok := iam.ParseARN(s)
	return ok && !strings.ContainsFunc(s, unicode.IsControl)
}

// suchAs names some actions of a list.
func suchAs(names []string) string {
	const most = 5
	if len(names) == 0 {
		return ""
	}
	text := "; such as " + strings.Join(names[:min(len(names), most)], ", ")
	if more := len(names) - most; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

// unknownAction is the note about an action that the catalogue lacks.
func unknownAction(action string) string {
	note := fmt.Sprintf("iamwatch: note: %s is not in the catalogue: it is matched by its text", action)
	service, _, _ := strings.Cut(action, ":")
	if near, ok := cloudwatch.Nearest(action); ok && slices.Contains(cloudwatch.Match(service+":*").Names(), near) {
		note += "; did you mean " + near + "?"
	}
	return note
}
