package scanner_test

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/iamwatch/iamwatch/scanner"
	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// A lineParser takes files that begin with a word. Each line is one unit; a
// line "!text" is a diagnostic, "?text" a warning.
type lineParser struct {
	word  string
	input model.Input
	// fails, when set, panics at that stage: match, plan or job.
	fails string
	// wait, when set, is called inside of each job.
	wait func(context.Context)
}

func (p lineParser) Name() string { return p.word }

func (p lineParser) Match(f *source.Source) bool {
	p.fail("match")
	return bytes.HasPrefix(f.Bytes(), []byte(p.word))
}

func (p lineParser) fail(stage string) {
	if p.fails == stage {
		panic("out of " + stage)
	}
}

func (p lineParser) Plan(env *scanner.Env, files []*source.Source) []scanner.Job {
	p.fail("plan")
	var jobs []scanner.Job
	for _, f := range files {
		jobs = append(jobs, func(ctx context.Context) scanner.Parsed {
			if p.wait != nil {
				p.wait(ctx)
			}
			p.fail("job")
			return p.parse(env, f)
		})
	}
	return jobs
}

func (p lineParser) parse(env *scanner.Env, f *source.Source) scanner.Parsed {
	var out scanner.Parsed
	offset := 0
	for line := range strings.SplitAfterSeq(string(f.Bytes()), "\n") {
		rng := f.Range(offset, offset+len(strings.TrimSuffix(line, "\n")))
		offset += len(line)
		switch text := strings.TrimSpace(line); {
		case text == "" || text == p.word:
		case text[0] == '!':
			out.Diagnostics = append(out.Diagnostics, source.Errorf(rng, "%s", text[1:]))
		case text[0] == '?':
			out.Diagnostics = append(out.Diagnostics, source.Warningf(rng, "%s", text[1:]))
		default:
			role := &model.Identity{Kind: model.Role, Entity: model.Entity{Name: source.NewString(text, rng), Range: rng}}
			u := &model.Unit{Input: p.input, Name: f.Path, Account: env.Account, Identities: []*model.Identity{role}}
			if p.input == model.Export {
				u.Name, u.Account = f.Path[:max(strings.LastIndexByte(f.Path, '/'), 0)], text
				if text == "nobody" {
					u.Account = ""
				}
			}
			out.Units = append(out.Units, u)
		}
	}
	return out
}

// rule is a rule that passes validation; it reports one finding a role.
func rule(id string, edit ...func(*scanner.Rule)) *scanner.Rule {
	r := &scanner.Rule{
		ID: id, Name: "rule-" + strings.ToLower(id), Title: "Title", Help: "Help",
		Severity: scanner.Medium, Precision: scanner.PrecisionHigh, Inputs: "L T F", Check: eachRole(nil),
	}
	for _, e := range edit {
		e(r)
	}
	return r
}

// eachRole reports every role of a model, edited.
func eachRole(edit func(*scanner.Finding)) func(*scanner.Pass) error {
	return func(p *scanner.Pass) error {
		for _, u := range p.Model.Units {
			for _, id := range u.Identities {
				f := scanner.Finding{
					Confidence: scanner.ConfidenceHigh, Message: "role " + id.Name.Value, Range: id.Range,
					Entity: "role//" + id.Name.Value, Part: "trust", Unit: u,
				}
				if edit != nil {
					edit(&f)
				}
				p.Report(f)
			}
		}
		return nil
	}
}

func severity(s scanner.Severity) func(*scanner.Rule) {
	return func(r *scanner.Rule) { r.Severity = s }
}

func check(f func(*scanner.Pass) error) func(*scanner.Rule) {
	return func(r *scanner.Rule) { r.Check = f }
}

func confidence(c scanner.Confidence) func(*scanner.Rule) {
	return check(eachRole(func(f *scanner.Finding) { f.Confidence = c }))
}

// files is a file system of texts.
func files(texts map[string]string) fstest.MapFS {
	out := fstest.MapFS{}
	for path, text := range texts {
		out[path] = &fstest.MapFile{Data: []byte(text)}
	}
	return out
}

// config is a configuration over texts with one parser of files that begin
// with "code".
func config(texts map[string]string, rules ...*scanner.Rule) scanner.Config {
	c := scanner.Config{FS: files(texts), Parsers: []scanner.Parser{lineParser{word: "code"}}, Rules: rules}
	for path := range texts {
		c.Files = append(c.Files, path)
	}
	return c
}

func scan(t *testing.T, c scanner.Config) *scanner.Result {
	t.Helper()
	r, err := scanner.Scan(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// messages are what the findings say, in order.
func messages(r *scanner.Result) []string {
	var out []string
	for _, f := range r.Findings {
		out = append(out, f.Message)
	}
	return out
}

// ids are the rules of the findings, in order.
func ids(r *scanner.Result) []string {
	var out []string
	for _, f := range r.Findings {
		out = append(out, f.Rule.ID)
	}
	return out
}

// diagnostics are path and message of what could not be read, in order.
func diagnostics(r *scanner.Result) []string {
	var out []string
	for _, d := range r.Diagnostics {
		out = append(out, d.Range.Path()+": "+d.Message)
	}
	return out
}

var errBroken = errors.New("the disk is broken")

// A brokenFS fails for some paths, at open or at read.
type brokenFS struct {
	fs.FS
	open, stat, read string
}

func (b brokenFS) Open(name string) (fs.File, error) {
	if name == b.open {
		return nil, &fs.PathError{Op: "open", Path: name, Err: errBroken}
	}
	f, err := b.FS.Open(name)
	if err != nil {
		return nil, err
	}
	return brokenFile{f, name == b.stat, name == b.read}, nil
}

type brokenFile struct {
	fs.File
	stat, read bool
}

func (f brokenFile) Stat() (fs.FileInfo, error) {
	if f.stat {
		return nil, errBroken
	}
	return f.File.Stat()
}

func (f brokenFile) Read(b []byte) (int, error) {
	if f.read {
		return 0, errBroken
	}
	return f.File.Read(b)
}

// A growingFS tells that every file is empty.
type growingFS struct{ fs.FS }

func (g growingFS) Open(name string) (fs.File, error) {
	f, err := g.FS.Open(name)
	if err != nil {
		return nil, err
	}
	return growingFile{f}, nil
}

type growingFile struct{ fs.File }

func (f growingFile) Stat() (fs.FileInfo, error) {
	info, err := f.File.Stat()
	return emptyInfo{info}, err
}

type emptyInfo struct{ fs.FileInfo }

func (emptyInfo) Size() int64 { return 0 }
