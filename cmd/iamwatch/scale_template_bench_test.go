//go:build unix

package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// BenchmarkTemplates measures whole scans of CloudFormation templates as a user
// starts them, in multiples of the yardstick Y: a program that reads every
// template, YAML into nodes and JSON token by token, one worker a CPU, and does
// nothing else. Only the ratios are goals:
//
//	synthetic  99 templates of 40 IAM resources, JSON and YAML  cpu/Y and wall/Y at most 1.5
//	real       the templates of IAMWATCH_CORPUS_CFN             cpu/Y and wall/Y at most 1.5
//	others     its other JSON and YAML files, each only looked at, in multiples of reading the templates
//	linear     90, 900 and 9,000 templates                      cpu at most 11 times as much for 10 times as many
//	cores      synthetic with one CPU and with two              wall-1/2 at least 1.5
//
// json and yaml are the parts of synthetic. JSON is not held to 1.5: a token
// stream keeps nothing, where the YAML of Y makes a tree.
func BenchmarkTemplates(b *testing.B) {
	p := buildPrograms(b)
	synthetic := trees.templates(b, 99).dir
	b.Run("Y", func(b *testing.B) { p.alone(b, p.yardTemplates(synthetic)) })
	b.Run("synthetic", func(b *testing.B) { p.versusTemplates(b, synthetic) })
	for _, ending := range []string{".json", ".yaml"} {
		b.Run(ending[1:], func(b *testing.B) {
			p.versusTemplates(b, copied(b, synthetic, func(name string, _ []byte) bool { return filepath.Ext(name) == ending }))
		})
	}
	b.Run("real", func(b *testing.B) { p.versusTemplates(b, copied(b, realTemplates(b), isTemplateText)) })
	b.Run("others", func(b *testing.B) { p.others(b, realTemplates(b)) })
	b.Run("linear", func(b *testing.B) {
		if os.Getenv("IAMWATCH_BENCH_LINEAR") == "" {
			b.Skip("set IAMWATCH_BENCH_LINEAR to scan 9,000 templates")
		}
		p.linear(b, trees.templates(b, 90).dir, trees.templates(b, 900).dir, trees.templates(b, 9000).dir)
	})
	b.Run("cores", func(b *testing.B) { p.cores(b, p.scan(synthetic)) })
}

func realTemplates(b *testing.B) string {
	dir := os.Getenv(templateCorpusVariable)
	if dir == "" {
		b.Skipf("NOT MEASURED: %s names no directory of repositories", templateCorpusVariable)
	}
	return dir
}

func (p programs) yardTemplates(path string) commandLine {
	return commandLine{args: []string{p.yardstick, "templates", path}}
}

func (p programs) versusTemplates(b *testing.B, dir string) {
	p.versus(b, "Y", p.scan(dir), p.yardTemplates(dir))
}

func (p programs) others(b *testing.B, dir string) {
	rest := copied(b, dir, func(name string, text []byte) bool { return !isTemplateText(name, text) })
	p.versus(b, "Y", p.scan(rest), p.yardTemplates(copied(b, dir, isTemplateText)))
}

// isTemplateText tells templates from other files by the crudest of tests.
func isTemplateText(_ string, text []byte) bool {
	return bytes.Contains(text, []byte("Resources")) && bytes.Contains(text, []byte("AWS::"))
}

// copied is a directory with those JSON and YAML files below dir that keep
// accepts, at their paths.
func copied(b *testing.B, dir string, keep func(name string, text []byte) bool) string {
	out := b.TempDir()
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && skipped[d.Name()]:
			return fs.SkipDir
		case !d.Type().IsRegular() || !strings.Contains(".json.yaml.yml.template", filepath.Ext(name)) || filepath.Ext(name) == "":
			return nil
		}
		return copyKept(dir, name, out, keep)
	})
	if err != nil {
		b.Fatal(err)
	}
	return out
}

func copyKept(dir, name, out string, keep func(name string, text []byte) bool) error {
	text, err := os.ReadFile(name)
	if err != nil {
		return fmt.Errorf("read file: %w", err)
	}
	rel, err := filepath.Rel(dir, name)
	if err != nil || !keep(name, text) {
		return err
	}
	to := filepath.Join(out, rel)
	return errors.Join(os.MkdirAll(filepath.Dir(to), 0o755), os.WriteFile(to, text, 0o600))
}
