package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
)

const generator = "../../testdata/bench/gen_gaad.py"

// A madeAccount is a synthetic account: dir holds its export and its
// credential report, and nothing else.
type madeAccount struct {
	dir      string
	expected string // file
}

func (a madeAccount) export() string { return filepath.Join(a.dir, "gaad.json") }

// madeAccounts makes each size of account once a process.
type madeAccounts struct {
	mu   sync.Mutex
	root string
	made map[int]madeAccount
}

var accounts = &madeAccounts{made: map[int]madeAccount{}}

// of is the account of some number of principals. Without Python the test
// that asks is skipped.
func (m *madeAccounts) of(tb testing.TB, principals int) madeAccount {
	tb.Helper()
	python, err := exec.LookPath("python3")
	if err != nil {
		tb.Skipf("SKIPPED, NOTHING WAS CHECKED: python3 is needed to run %s: %v", generator, err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if a, ok := m.made[principals]; ok {
		return a
	}
	a, err := m.make(python, principals)
	if err != nil {
		tb.Fatal(err)
	}
	m.made[principals] = a
	return a
}

func (m *madeAccounts) make(python string, principals int) (madeAccount, error) {
	var err error
	if m.root == "" {
		if m.root, err = os.MkdirTemp("", "iamwatch-scale-"); err != nil {
			return madeAccount{}, fmt.Errorf("make directory: %w", err)
		}
	}
	n := strconv.Itoa(principals)
	a := madeAccount{dir: filepath.Join(m.root, n), expected: filepath.Join(m.root, n+".expected.json")}
	out, err := exec.Command(python, generator, "--principals", n, "--lists", "--out", a.dir).CombinedOutput()
	if err != nil {
		return a, fmt.Errorf("run %s: %w\n%s", generator, err, out)
	}
	if err := os.Rename(filepath.Join(a.dir, "expected.json"), a.expected); err != nil {
		return a, fmt.Errorf("move what is expected out of the scan: %w", err)
	}
	return a, nil
}

func (m *madeAccounts) remove() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.root == "" {
		return nil
	}
	return os.RemoveAll(m.root)
}

// expectedHolders is the part of expected.json that the test compares: the
// numbers by archetype and kind of identity, and the ARNs, sorted.
type expectedHolders struct {
	Holders map[string]map[string]int `json:"holders"`
	ARNs    map[string][]string       `json:"arns"`
}

func (a madeAccount) holders(tb testing.TB) expectedHolders {
	tb.Helper()
	var e expectedHolders
	data, err := os.ReadFile(a.expected)
	if err = errors.Join(err, json.Unmarshal(data, &e)); err != nil {
		tb.Fatal(err)
	}
	return e
}

// A cleanRun removes the accounts and trees once all tests have run.
type cleanRun struct{ *testing.M }

func (r cleanRun) Run() int {
	code := r.M.Run()
	if err := errors.Join(accounts.remove(), trees.remove()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return max(code, 1)
	}
	return code
}
