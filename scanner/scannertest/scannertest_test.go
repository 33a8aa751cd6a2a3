package scannertest_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/iamwatch/iamwatch/scanner"
	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/scannertest"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// lines is a parser that makes a role of every line of a .txt file that
// begins with "role ".
type lines struct{}

func (lines) Name() string { return "lines" }

func (lines) Match(file *source.Source) bool { return strings.HasSuffix(file.Path, ".txt") }

func (lines) Plan(_ *scanner.Env, files []*source.Source) []scanner.Job {
	jobs := make([]scanner.Job, len(files))
	for i, f := range files {
		jobs[i] = func(context.Context) scanner.Parsed { return scanner.Parsed{Units: []*model.Unit{unit(f)}} }
	}
	return jobs
}

func unit(f *source.Source) *model.Unit {
	u := &model.Unit{Name: f.Path}
	for n := 1; n <= f.Lines(); n++ {
		name, ok := strings.CutPrefix(f.Line(n), "role ")
		if !ok {
			continue
		}
		name, _, _ = strings.Cut(name, " ")
		role := &model.Identity{Kind: model.Role}
		role.Name, role.Range = source.NewString(name, f.LineRange(n)), f.LineRange(n)
		role.Address = name
		u.Identities = append(u.Identities, role)
	}
	return u
}

// everyRole reports every role, with confidence low if the user trusts an account.
func everyRole() *scanner.Rule {
	return &scanner.Rule{
		ID: "IW999", Name: "every-role", Title: "A role", Help: "A role.",
		Check: func(p *scanner.Pass) error {
			for _, u := range p.Model.Units {
				for _, id := range u.Identities {
					f := scanner.Finding{Confidence: scanner.ConfidenceHigh, Range: id.Range, Message: "role " + id.Name.Value, Entity: id.Name.Value, Unit: u}
					if len(p.Options.TrustedAccounts) > 0 {
						f.Confidence = scanner.ConfidenceLow
					}
					p.Report(f)
				}
			}
			return nil
		},
	}
}

func TestCheck(t *testing.T) {
	tests := []struct {
		name  string
		files map[string]string
		want  []string
	}{
		{"met", map[string]string{"a.txt": "role a # want IW999 \"role a\"\n"}, nil},
		{"met with slashes and confidence", map[string]string{"a.txt": "\nrole a // want IW999 high `^role a$`\n"}, nil},
		{"surplus", map[string]string{"a.txt": "role a\n"}, []string{`surplus: a.txt:1: IW999 high "role a"`}},
		{"missing", map[string]string{"a.txt": "x # want IW999 \"role\"\n"}, []string{`missing: a.txt:1: IW999 "role"`}},
		{
			"another confidence", map[string]string{"a.txt": "role a # want IW999 low \"role\"\n"},
			[]string{`surplus: a.txt:1: IW999 high "role a"`, `missing: a.txt:1: IW999 low "role"`},
		},
		{
			"one finding meets one want", map[string]string{"a.txt": "role a # want IW999 \"a\" IW999 \"a\"\n"},
			[]string{`missing: a.txt:1: IW999 "a"`},
		},
		{"sidecar", map[string]string{"a.txt": "role a\nrole b\n", "a.txt.want": "1 IW999 \"a\"\n2 IW999 high \"b\"\n"}, nil},
		{"options", map[string]string{"a.txt": "role a # want IW999 low \"a\"\n", "options": "trusted-account 111122223333\n"}, nil},
		{
			"malformed want", map[string]string{"a.txt": "role a # want IW999 huge \"a\"\n"},
			[]string{`read case: read a.txt:1: confidence "huge": malformed want`},
		},
		{
			"no input", map[string]string{"a.other": "x\n"},
			[]string{"no parser took any file of the case"},
		},
		{
			"unknown option", map[string]string{"a.txt": "", "options": "colour red\n"},
			[]string{`read options: set option "colour": unknown option`},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			for name, text := range tt.files {
				if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			got := scannertest.Check([]scanner.Parser{lines{}}, []*scanner.Rule{everyRole()}, dir)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}

func TestRunFindsCasesAtAnyDepth(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"one/a.txt", "two/deep/a.txt", "two/deep/module/b.txt"} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("role a # want IW999 \"role a\"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	scannertest.Run(t, []scanner.Parser{lines{}}, []*scanner.Rule{everyRole()}, dir)
}
