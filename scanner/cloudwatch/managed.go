package cloudwatch

import (
	"compress/flate"
	_ "embed"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// The AWS managed policies: a header in plain text, then compressed records,
// fields split by tabs:
//
//	iamwatch-managed 1 <date> <number of policies with a document>
//	all  <names of all policies known>
//	pol  <ARN> <name> <version> <updated> <deprecated: 1> <successor> <core actions> <document>
//
//go:embed managed.bin
var managedData string

const managedMagic = "iamwatch-managed\t1\t"

// A ManagedPolicy is an AWS managed policy that grants core actions. It is
// read-only.
type ManagedPolicy struct {
	// ARN is that of partition aws. The path of a withdrawn policy is not
	// always known; names are unique over all paths.
	ARN  string
	Name string
	// Version is the default version, such as "v16"; Updated its day (YYYY-MM-DD).
	Version, Updated string
	// Deprecated says that AWS withdrew the policy: it stays in force where it
	// is attached and cannot be attached again.
	Deprecated bool
	// Successor is the name of the policy that AWS documents as replacement,
	// or empty. A policy with one is not always withdrawn.
	Successor string
	// Document is the policy as JSON text {Version, Statement}. Sids and the
	// patterns of Allow that touch no catalogue action are left out.
	Document string
	// CoreActions is the number of core actions that it grants, on whichever
	// resource and under whichever condition, less unconditional denials.
	CoreActions int
}

type managedTable struct {
	policies []ManagedPolicy
	index    map[string]int // by name
	names    []string       // of all policies
}

// loadManaged decodes the embedded policies on first use. A test holds them to
// decode; what could not be read would be left out.
var loadManaged = sync.OnceValue(func() *managedTable {
	t, _ := parseManaged(managedData)
	return t
})

func parseManaged(data string) (*managedTable, error) {
	t := &managedTable{index: map[string]int{}}
	header, body, _ := strings.Cut(data, "\n")
	if !strings.HasPrefix(header, managedMagic) {
		return t, fmt.Errorf("read managed policies: header %q", header)
	}
	var text strings.Builder
	text.Grow(9 * len(body)) // about what it inflates to
	if _, err := io.Copy(&text, flate.NewReader(strings.NewReader(body))); err != nil {
		return t, fmt.Errorf("read managed policies: %w", err)
	}
	for line := range strings.Lines(text.String()) {
		if err := t.record(fields(strings.TrimSuffix(line, "\n"))); err != nil {
			return t, fmt.Errorf("read managed policies: %w", err)
		}
	}
	return t, nil
}

func (t *managedTable) record(f [10]string) error {
	switch f[0] {
	case "all":
		t.names = strings.Split(f[1], ",")
		return nil
	case "pol":
	default:
		return fmt.Errorf("record %q", f[0])
	}
	n, err := strconv.Atoi(f[7])
	if err != nil {
		return fmt.Errorf("read policy %s: %w", f[2], err)
	}
	t.index[f[2]] = len(t.policies)
	t.policies = append(t.policies, ManagedPolicy{
		ARN: f[1], Name: f[2], Version: f[3], Updated: f[4],
		Deprecated: f[5] != "", Successor: f[6], CoreActions: n, Document: f[8],
	})
	return nil
}

// Managed returns an AWS managed policy that grants core actions, by its ARN in
// any partition, by its path and name, or by its name; only the last segment
// counts. The ARN of a customer's policy gives none.
func Managed(arnOrName string) (*ManagedPolicy, bool) {
	name, ok := managedName(arnOrName)
	if !ok {
		return nil, false
	}
	t := loadManaged()
	i, ok := t.index[name]
	if !ok {
		return nil, false
	}
	return &t.policies[i], true
}

// ManagedNames are the names of the policies that Managed knows, sorted.
func ManagedNames() []string {
	t := loadManaged()
	names := make([]string, len(t.policies))
	for i := range t.policies {
		names[i] = t.policies[i].Name
	}
	slices.Sort(names)
	return names
}

// KnownManagedName reports whether AWS has, or had, a managed policy of that
// name, whether it grants core actions or not. An ARN serves as in Managed.
func KnownManagedName(name string) bool {
	name, ok := managedName(name)
	if !ok {
		return false
	}
	_, ok = slices.BinarySearch(loadManaged().names, name)
	return ok
}

func managedName(s string) (string, bool) {
	if strings.HasPrefix(s, "arn:") && !strings.Contains(s, ":iam::aws:policy/") {
		return "", false
	}
	return s[strings.LastIndexByte(s, '/')+1:], true
}
