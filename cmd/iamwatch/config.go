package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"github.com/iamwatch/iamwatch/scanner"
	"github.com/iamwatch/iamwatch/scanner/source"
)

const (
	configFile = ".iamwatch.yaml"
	maxConfig  = 1 << 20
)

var (
	errSettings = errors.New("invalid configuration")
	// errNoSuppressed refuses flags that ask for opposite things.
	errNoSuppressed = errors.New("cannot be given together with --no-ignores, which suppresses nothing")
)

// configure reads the configuration into c: the file of the flag, else the
// nearest one from the scanned directory up to the root.
func (f *scanFlags) configure(t *tree, c *scanner.Config) error {
	c.NoIgnores, c.ShowSuppressed, c.Now = f.noIgnores, f.showSuppressed, time.Now()
	if f.noIgnores && f.showSuppressed {
		return fmt.Errorf("show-suppressed: %w: %w", errNoSuppressed, errUsage)
	}
	if f.noConfig || t.root == "" {
		return nil
	}
	name := f.configFile
	if name != "" {
		below, err := t.below("configuration", name)
		if err != nil {
			return err
		}
		name = below[0]
	} else if name = nearest(t.fs, t.dir); name == "" {
		return nil
	}
	file, err := readConfig(t.fs, name)
	if err != nil {
		return fmt.Errorf("read configuration: %w", err)
	}
	c.Suppressions, err = settings(file)
	return err
}

// nearest is the configuration that a directory has, or one above it.
func nearest(fsys fs.FS, dir string) string {
	for at := path.Clean(dir); ; at = path.Dir(at) {
		name := path.Join(at, configFile)
		if info, err := fs.Stat(fsys, name); err == nil && info.Mode().IsRegular() {
			return name
		}
		if at == "." {
			return ""
		}
	}
}

func readConfig(fsys fs.FS, name string) (*source.Source, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxConfig))
	if err != nil {
		return nil, err
	}
	return source.New(name, data), nil
}

// settings reads what a configuration says. Anything that it does not know is
// an error with the line: a setting that does nothing would be trusted.
func settings(file *source.Source) ([]*scanner.Suppression, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(file.Bytes(), &doc); err != nil {
		return nil, fmt.Errorf("%s: %w: %w", file.Path, err, errSettings)
	}
	r := settingsReader{file: file}
	if len(doc.Content) == 1 {
		r.whole(doc.Content[0])
	}
	return r.ignores, errors.Join(r.errs...)
}

type settingsReader struct {
	file    *source.Source
	ignores []*scanner.Suppression
	errs    []error
}

func (r *settingsReader) faultf(n *yaml.Node, format string, args ...any) {
	r.errs = append(r.errs, fmt.Errorf("%s:%d: %s: %w", r.file.Path, n.Line, fmt.Sprintf(format, args...), errSettings))
}

// each calls f with the members of a mapping, each key of which must be known.
func (r *settingsReader) each(n *yaml.Node, what string, known []string, f func(key string, value *yaml.Node)) {
	if n.Kind != yaml.MappingNode {
		r.faultf(n, "%s is no mapping", what)
		return
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if key := n.Content[i].Value; slices.Contains(known, key) {
			f(key, n.Content[i+1])
		} else {
			r.faultf(n.Content[i], "unknown key %q (one of %s)", key, strings.Join(known, ", "))
		}
	}
}

func (r *settingsReader) whole(n *yaml.Node) {
	versioned := false
	r.each(n, "the configuration", []string{"version", "ignore"}, func(key string, v *yaml.Node) {
		switch {
		case key == "version":
			versioned = true
			if v.Value != "1" {
				r.faultf(v, "version %q: want 1", v.Value)
			}
		case v.Kind != yaml.SequenceNode:
			r.faultf(v, "ignore is no list")
		default:
			for _, item := range v.Content {
				r.ignore(item)
			}
		}
	})
	if !versioned && n.Kind == yaml.MappingNode {
		r.faultf(n, "it has no version: want version: 1")
	}
}

// ignore reads one entry of the list: which rule, about what, why, how long.
func (r *settingsReader) ignore(n *yaml.Node) {
	s := &scanner.Suppression{Range: r.file.LineRange(n.Line)}
	r.each(n, "an ignore", []string{"rule", "resource", "reason", "expires"}, func(key string, v *yaml.Node) {
		switch key {
		case "rule":
			s.Rule = source.NewString(v.Value, r.file.LineRange(v.Line))
		case "resource":
			s.Resource = v.Value
		case "reason":
			s.Reason = v.Value
		case "expires":
			day, err := time.Parse(time.DateOnly, v.Value)
			if err != nil {
				r.faultf(v, "expires %q: want YYYY-MM-DD", v.Value)
			}
			s.Expires = day
		}
	})
	if n.Kind == yaml.MappingNode && (s.Rule.Value == "" || s.Resource == "") {
		r.faultf(n, "an ignore needs a rule and a resource")
	}
	r.ignores = append(r.ignores, s)
}
