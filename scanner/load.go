package scanner

import (
	"context"
	"maps"
	"runtime"
	"slices"
	"time"

	"github.com/iamwatch/iamwatch/scanner/access"
	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// Loaded is what the inputs hold, before any rule looks at it: what Scan
// checks, and what every other question is put to. It is read-only.
type Loaded struct {
	// Model is linked, and Graph built over it.
	Model *model.Model
	Graph *access.Graph
	// Diagnostics say what could not be read, in order of place.
	Diagnostics []source.Diagnostic
	// Stats count what was read; there are no findings.
	Stats Stats
	// Undeclared are the names, in order, of given parameters that no input
	// declares.
	Undeclared []string
}

// Complete reports whether every input of ours was read whole.
func (l *Loaded) Complete() bool { return complete(l.Diagnostics) }

// Read reads files and links what they hold into one model, as Scan does, and
// stops there: Rules and Selection are left alone. An error means that nothing
// was read: a bad configuration, or ctx ended.
func Read(ctx context.Context, c Config) (*Loaded, error) {
	start := time.Now()
	if c.FS == nil {
		return nil, errNoFS
	}
	l, err := newScan(c).load(ctx)
	if err != nil {
		return nil, err
	}
	l.Stats.Elapsed = time.Since(start)
	return l, nil
}

func newScan(c Config) *scan {
	s := &scan{Config: c}
	if s.Jobs <= 0 {
		s.Jobs = runtime.GOMAXPROCS(0)
	}
	return s
}

func (s *scan) load(ctx context.Context) (*Loaded, error) {
	if err := s.read(ctx); err != nil {
		return nil, err
	}
	if err := s.parse(ctx); err != nil {
		return nil, err
	}
	m := s.link()
	graph := access.New(m, access.Options{
		Accounts: s.Options.Accounts, Trusted: s.Options.TrustedAccounts, Organizations: s.Options.TrustedOrganizations,
	})
	return &Loaded{Model: m, Graph: graph, Diagnostics: s.allDiagnostics(), Stats: s.stats(m), Undeclared: s.undeclared()}, nil
}

// undeclared are the given parameters that nothing read declares.
func (s *scan) undeclared() []string {
	given := map[string]bool{}
	for name := range s.Parameters {
		given[name] = true
	}
	for name := range s.ParameterFiles {
		given[name] = true
	}
	for _, p := range s.parsed {
		for _, name := range p.Parameters {
			delete(given, name)
		}
	}
	return slices.Sorted(maps.Keys(given))
}
