package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

const treeGenerator = "../../testdata/bench/gen_tf.py"

// A madeTree is a synthetic configuration of 40 IAM resources a module or
// template: dir holds the root module of Terraform with the modules below it,
// or templates in JSON and in both forms of YAML.
type madeTree struct {
	dir      string
	expected string // file
}

func (m madeTree) modules() string { return filepath.Join(m.dir, "modules") }

// archetypes are how many written policies carry each archetype.
func (m madeTree) archetypes(tb testing.TB) map[string]int {
	tb.Helper()
	var e struct {
		Archetypes map[string]int `json:"archetypes"`
	}
	data, err := os.ReadFile(m.expected)
	if err = errors.Join(err, json.Unmarshal(data, &e)); err != nil {
		tb.Fatal(err)
	}
	return e.Archetypes
}

// madeTrees makes each size of tree once a process.
type madeTrees struct {
	mu   sync.Mutex
	root string
	made map[string]madeTree
}

var trees = &madeTrees{made: map[string]madeTree{}}

// of is the tree of some number of modules. Without Python the test that asks
// is skipped.
func (m *madeTrees) of(tb testing.TB, modules int) madeTree {
	tb.Helper()
	return m.tree(tb, "tf", "--modules", strconv.Itoa(modules), "--resources", "40")
}

// templates is the tree of some number of templates.
func (m *madeTrees) templates(tb testing.TB, n int) madeTree {
	tb.Helper()
	return m.tree(tb, "cfn", "--templates", strconv.Itoa(n), "--cfn-resources", "40")
}

// tree is what the generator makes of some arguments in a subdirectory.
func (m *madeTrees) tree(tb testing.TB, below string, args ...string) madeTree {
	tb.Helper()
	python, err := exec.LookPath("python3")
	if err != nil {
		tb.Skipf("SKIPPED, NOTHING WAS CHECKED: python3 is needed to run %s: %v", treeGenerator, err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	key := strings.Join(args, "")
	if t, ok := m.made[key]; ok {
		return t
	}
	t, err := m.make(python, below, key, args)
	if err != nil {
		tb.Fatal(err)
	}
	m.made[key] = t
	return t
}

func (m *madeTrees) make(python, below, key string, args []string) (madeTree, error) {
	root, err := m.directory()
	if err != nil {
		return madeTree{}, err
	}
	out := filepath.Join(root, key)
	text, err := exec.Command(python, slices.Concat([]string{treeGenerator}, args, []string{"--out", out})...).CombinedOutput()
	if err != nil {
		return madeTree{}, fmt.Errorf("run %s: %w\n%s", treeGenerator, err, text)
	}
	return madeTree{dir: filepath.Join(out, below), expected: filepath.Join(out, "expected.json")}, nil
}

// directory is where trees and what else the measurements make are put.
func (m *madeTrees) directory() (string, error) {
	if m.root != "" {
		return m.root, nil
	}
	var err error
	if m.root, err = os.MkdirTemp("", "iamwatch-trees-"); err != nil {
		return "", fmt.Errorf("make directory: %w", err)
	}
	return m.root, nil
}

func (m *madeTrees) remove() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.root == "" {
		return nil
	}
	return os.RemoveAll(m.root)
}
