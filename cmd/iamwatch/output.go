package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/natefinch/atomic"
	"golang.org/x/term"

	"github.com/iamwatch/iamwatch/reports/json"
	"github.com/iamwatch/iamwatch/reports/sarif"
	"github.com/iamwatch/iamwatch/reports/text"
	"github.com/iamwatch/iamwatch/scanner"
)

// formats in the order of the help.
var formats = []string{"text", "json", "sarif"}

// A sink is a report in a format to a file; an empty file is standard output.
type sink struct{ format, file string }

var errFormat = errors.New("unknown format")

// sinks reads --format and --output.
func sinks(format string, outputs []string) ([]sink, error) {
	if !slices.Contains(formats, format) {
		return nil, fmt.Errorf("format %q: %w (one of %s)", format, errFormat, strings.Join(formats, ", "))
	}
	if len(outputs) == 0 {
		return []sink{{format: format}}, nil
	}
	var out []sink
	for _, o := range outputs {
		s := sink{format: format, file: o}
		if f, file, ok := strings.Cut(o, "="); ok && slices.Contains(formats, f) {
			s = sink{f, file}
		} else if f := byExtension(o); f != "" {
			s.format = f
		}
		if s.file == "-" {
			s.file = ""
		}
		out = append(out, s)
	}
	return out, nil
}

func byExtension(file string) string {
	switch strings.ToLower(filepath.Ext(file)) {
	case ".sarif":
		return "sarif"
	case ".json":
		return "json"
	case ".txt":
		return "text"
	}
	return ""
}

// write writes one report: a regular file atomically, all else directly.
func (s sink) write(r *scanner.Result, stdout io.Writer, color bool) error {
	var b bytes.Buffer
	if err := reporter(s.format, color && s.file == "", width(stdout)).Report(&b, r); err != nil {
		return fmt.Errorf("make %s report: %w", s.format, err)
	}
	if s.file == "" {
		if _, err := b.WriteTo(stdout); err != nil {
			return fmt.Errorf("write %s report: %w", s.format, err)
		}
		return nil
	}
	if info, err := os.Stat(s.file); err == nil && !info.Mode().IsRegular() {
		return direct(s.file, b.Bytes())
	}
	if err := atomic.WriteFile(s.file, &b); err != nil {
		return fmt.Errorf("write %s: %w", s.file, err)
	}
	return nil
}

func direct(file string, data []byte) error {
	f, err := os.OpenFile(file, os.O_WRONLY, 0)
	if err != nil {
		return fmt.Errorf("open report: %w", err)
	}
	if _, err := f.Write(data); err != nil {
		return errors.Join(fmt.Errorf("write %s: %w", file, err), f.Close())
	}
	return f.Close()
}

func reporter(format string, color bool, width int) scanner.Reporter {
	switch format {
	case "json":
		return json.Reporter{}
	case "sarif":
		return sarif.Reporter{}
	}
	return text.Reporter{Color: color, Width: width}
}

// isTerminal reports whether a stream is one.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

func width(w io.Writer) int {
	if f, ok := w.(*os.File); ok {
		if n, _, err := term.GetSize(int(f.Fd())); err == nil {
			return n
		}
	}
	return 0
}

// colored decides --color, NO_COLOR and FORCE_COLOR (no-color.org).
func colored(flag string, w io.Writer) (bool, error) {
	switch flag {
	case "always":
		return true, nil
	case "never":
		return false, nil
	case "auto":
	default:
		return false, fmt.Errorf("color %q: want auto, always or never: %w", flag, errUsage)
	}
	switch {
	case os.Getenv("NO_COLOR") != "":
		return false, nil
	case os.Getenv("FORCE_COLOR") != "":
		return true, nil
	}
	return isTerminal(w) && os.Getenv("TERM") != "dumb", nil
}
