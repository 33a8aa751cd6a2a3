package scanner

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/sync/errgroup"

	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// DefaultMaxFileSize bounds, in bytes, what is read of one file.
const DefaultMaxFileSize = 1 << 30

// A Config is all that a scan depends on. The same configuration over the
// same files gives the same result, whatever Jobs is.
type Config struct {
	// FS is rooted at the repository root and cannot be left.
	FS fs.FS
	// Files are slash-separated paths in FS, in any order.
	Files []string
	// Dir is the scanned directory below the root when there is exactly
	// one, for the category; empty for the root.
	Dir       string
	Parsers   []Parser
	Rules     []*Rule
	Options   Options
	Selection Selection
	// Jobs bounds the goroutines; 0 means one a CPU.
	Jobs int
	// MaxFileSize bounds what is read of one file; 0 means DefaultMaxFileSize.
	MaxFileSize int64
	// Variables, VarFiles, Parameters, ParameterFiles, Environ and Source are
	// as in Env.
	Variables      map[string]string
	VarFiles       []string
	Parameters     map[string]string
	ParameterFiles map[string]source.String
	Environ        map[string]string
	Source         string
	Version        string
	// Suppressions are those of the configuration. NoIgnores leaves them and
	// those of the sources aside; ShowSuppressed keeps what they hide, marked.
	Suppressions              []*Suppression
	NoIgnores, ShowSuppressed bool
	// Now is the time that suppressions end by; at the zero time none does.
	Now time.Time
}

var (
	errConfig = errors.New("invalid configuration")
	errNoFS   = fmt.Errorf("scan: no file system: %w", errConfig)
)

// Scan reads files, links what they hold into one model, runs the rules over
// it and returns what they found together with what could not be read. An
// error means that nothing was scanned: a bad configuration, or ctx ended.
func Scan(ctx context.Context, c Config) (*Result, error) {
	start := time.Now()
	if c.FS == nil {
		return nil, errNoFS
	}
	if err := Validate(c.Rules); err != nil {
		return nil, fmt.Errorf("scan: %w", err)
	}
	if err := c.Selection.validate(c.Rules); err != nil {
		return nil, err
	}
	s := newScan(c)
	l, err := s.load(ctx)
	if err != nil {
		return nil, err
	}
	findings, failures, err := s.check(ctx, l)
	if err != nil {
		return nil, err
	}
	r := s.result(l, findings, failures)
	r.Stats.Elapsed = time.Since(start)
	return r, nil
}

// A scan is one run of Scan or Read.
type scan struct {
	Config
	claimed     [][]*source.Source // by parser
	passed      int
	parsed      []Parsed
	held        map[string]bool // files that hold a policy document of some entity
	diagnostics []source.Diagnostic
	// faulty are the suppressions that do not do what they say.
	faulty []source.Diagnostic
}

// A slot is what became of one file.
type slot struct {
	file   *source.Source
	parser int
	fault  *source.Diagnostic
}

// read reads every file once and gives it to the first parser that takes it.
func (s *scan) read(ctx context.Context) error {
	files := slices.Clone(s.Files)
	slices.Sort(files)
	files = slices.Compact(files)
	slots := make([]slot, len(files))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(s.Jobs)
	for i, path := range files {
		group.Go(func() error {
			if err := ctx.Err(); err != nil {
				return fmt.Errorf("read files: %w", err)
			}
			slots[i] = s.open(path)
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	s.claimed = make([][]*source.Source, len(s.Parsers))
	for _, sl := range slots {
		switch {
		case sl.fault != nil:
			s.diagnostics = append(s.diagnostics, *sl.fault)
		case sl.parser < 0:
			s.passed++
		default:
			s.claimed[sl.parser] = append(s.claimed[sl.parser], sl.file)
		}
	}
	return nil
}

func (s *scan) open(path string) slot {
	if !utf8.ValidString(path) {
		d := unnameable(path)
		return slot{fault: &d}
	}
	data, err := s.bytes(path)
	if err != nil {
		d := source.Errorf(source.New(path, nil).Range(0, 0), "read file: %s", cause(err))
		return slot{fault: &d}
	}
	file := source.New(path, data)
	for i, p := range s.Parsers {
		matches, fault := match(p, file)
		switch {
		case fault != nil:
			return slot{fault: fault}
		case matches:
			return slot{file: file, parser: i}
		}
	}
	return slot{parser: -1}
}

// unnameable says that a file was left out because a file system has no name
// for it (io/fs, ValidPath). Most files of these endings are other things; any
// other, and a directory, may well hold an input.
func unnameable(name string) source.Diagnostic {
	d := source.Errorf(source.New(strings.ToValidUTF8(name, "\uFFFD"), nil).Range(0, 0), "not read: its name is not valid UTF-8")
	d.Warning = slices.Contains([]string{".json", ".yaml", ".yml", ".csv", ".xml"}, strings.ToLower(path.Ext(name)))
	return d
}

// match turns a parser's panic into a diagnostic, as parseJob and plan do.
func match(p Parser, file *source.Source) (matches bool, fault *source.Diagnostic) {
	defer func() {
		if v := recover(); v != nil {
			d := internal(p.Name(), file, v)
			matches, fault = false, &d
		}
	}()
	return p.Match(file), nil
}

func internal(parser string, file *source.Source, v any) source.Diagnostic {
	return source.Errorf(file.Range(0, 0), "internal error in the %s parser: %v", parser, v)
}

// cause is an error without the path that a diagnostic names anyway.
func cause(err error) string {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err.Error()
	}
	return err.Error()
}

var errTooLarge = errors.New("the file is larger than the limit")

func (s *scan) bytes(path string) ([]byte, error) {
	f, err := s.FS.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	limit := s.MaxFileSize
	if limit <= 0 {
		limit = DefaultMaxFileSize
	}
	if info.Size() > limit {
		return nil, errTooLarge
	}
	// A file may grow while it is read; one byte more shows its end.
	data := make([]byte, 0, info.Size()+1)
	for {
		n, err := f.Read(data[len(data):cap(data)])
		data = data[:len(data)+n]
		switch {
		case int64(len(data)) > limit:
			return nil, errTooLarge
		case errors.Is(err, io.EOF):
			return data, nil
		case err != nil:
			return nil, err
		case len(data) == cap(data):
			data = slices.Grow(data, bytes.MinRead)
		}
	}
}

// parse runs the jobs of every parser.
func (s *scan) parse(ctx context.Context) error {
	env := &Env{
		FS: s.FS, Variables: s.Variables, VarFiles: s.VarFiles, Parameters: s.Parameters,
		ParameterFiles: s.ParameterFiles, Environ: s.Environ, Source: s.Source, Jobs: s.Jobs,
	}
	if len(s.Options.Accounts) == 1 {
		env.Account = s.Options.Accounts[0]
	}
	var jobs []namedJob
	for i, p := range s.Parsers {
		if len(s.claimed[i]) > 0 {
			jobs = append(jobs, s.plan(env, p, s.claimed[i])...)
		}
	}
	s.parsed = make([]Parsed, len(jobs))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(s.Jobs)
	for i, j := range jobs {
		group.Go(func() error {
			s.parsed[i] = parseJob(ctx, j)
			if err := ctx.Err(); err != nil {
				return fmt.Errorf("parse: %w", err)
			}
			return nil
		})
	}
	return group.Wait()
}

// A namedJob is a job with the parser that planned it and the first of that
// parser's files.
type namedJob struct {
	job  Job
	name string
	file *source.Source
}

func (s *scan) plan(env *Env, p Parser, files []*source.Source) (jobs []namedJob) {
	defer func() {
		if v := recover(); v != nil {
			jobs = nil
			s.diagnostics = append(s.diagnostics, internal(p.Name(), files[0], v))
		}
	}()
	for _, j := range p.Plan(env, files) {
		jobs = append(jobs, namedJob{j, p.Name(), files[0]})
	}
	return jobs
}

// parseJob runs one job unless ctx has ended. One that ends meanwhile makes
// what was read worthless, which the caller sees for itself.
func parseJob(ctx context.Context, j namedJob) (out Parsed) {
	defer func() {
		if v := recover(); v != nil {
			out = Parsed{Diagnostics: []source.Diagnostic{internal(j.name, j.file, v)}}
		}
	}()
	if ctx.Err() != nil {
		return Parsed{}
	}
	return j.job(ctx)
}

func (s *scan) link() *model.Model {
	m := &model.Model{}
	s.held = s.documents()
	covered := s.covered()
	for _, p := range s.parsed {
		for _, u := range p.Units {
			if u.Input == model.PolicyFile && s.held[u.Name] || u.Input == model.Terraform && covered[u.Name] {
				continue
			}
			m.Units = append(m.Units, u)
		}
	}
	account := ""
	if len(s.Options.Accounts) == 1 {
		account = s.Options.Accounts[0]
	}
	model.Link(m, account)
	return m
}

// covered are the configurations that a plan or state of the scan says all of.
func (s *scan) covered() map[string]bool {
	out := map[string]bool{}
	for _, p := range s.parsed {
		for _, u := range p.Units {
			if u.Covers != "" {
				out[u.Covers] = true
			}
		}
	}
	return out
}

// documents are the files that hold a policy document of some entity: such a
// file is judged there and not once more as a policy that nothing attaches.
func (s *scan) documents() map[string]bool {
	read := map[string]bool{}
	add := func(d *iam.Document) {
		if d == nil {
			return
		}
		read[d.Range.Path()] = true
		for _, st := range d.Statements {
			read[st.Range.Path()] = true
		}
	}
	for _, p := range s.parsed {
		for _, u := range p.Units {
			if u.Input == model.PolicyFile {
				continue
			}
			eachDocument(u, add)
			for _, a := range u.Attachments {
				if a.Inline != nil {
					add(a.Inline.Document)
				}
			}
		}
	}
	return read
}

// eachDocument calls f with every policy document of a unit. Those of loose
// attachments are among them once linked.
func eachDocument(u *model.Unit, f func(*iam.Document)) {
	for _, id := range u.Identities {
		f(id.Trust)
		for _, p := range id.Inline {
			f(p.Document)
		}
	}
	for _, p := range u.Policies {
		f(p.Document)
	}
	for _, p := range u.ResourcePolicies {
		f(p.Document)
	}
	for _, c := range u.Controls {
		f(c.Document)
	}
	for _, p := range u.RolesAnywhereProfiles {
		f(p.SessionPolicy)
	}
}

// check runs the rules, each into its own slot.
func (s *scan) check(ctx context.Context, l *Loaded) ([]Finding, []RuleError, error) {
	found := make([][]Finding, len(s.Rules))
	errs := make([]error, len(s.Rules))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(s.Jobs)
	for i, r := range s.Rules {
		group.Go(func() error {
			if err := ctx.Err(); err != nil {
				return fmt.Errorf("check rules: %w", err)
			}
			p := &Pass{Rule: r, Model: l.Model, Access: l.Graph, Options: s.Options, findings: &found[i]}
			errs[i] = runRule(p)
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return nil, nil, err
	}
	var failures []RuleError
	for i, err := range errs {
		if err != nil {
			failures = append(failures, RuleError{Rule: s.Rules[i], Err: err})
			found[i] = nil
		}
	}
	return slices.Concat(found...), failures, nil
}

// runRule turns a rule's panic into an error that names the rule.
func runRule(p *Pass) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("rule %s: %v", p.Rule.ID, v)
		}
	}()
	if err := p.Rule.Check(p); err != nil {
		return fmt.Errorf("rule %s: %w", p.Rule.ID, err)
	}
	return nil
}
