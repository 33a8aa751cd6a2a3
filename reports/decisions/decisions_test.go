package decisions_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/iamwatch/iamwatch/reports/decisions"
	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/source"
)

var file = source.New("cases.yaml", []byte("- id: a\n  policies: {}\n"))

// failed is a case that should have been denied, with what it got instead.
func failed(f func(*decisions.Case)) decisions.Case {
	c := decisions.Case{
		ID: "a", Range: file.Range(2, 7), Expected: decisions.Answer{Result: iam.Denied},
		Got: decisions.Answer{Result: iam.Allowed}, Mismatches: []decisions.Mismatch{decisions.WrongResult},
	}
	f(&c)
	c.Decision.Result = c.Got.Result
	return c
}

func statement(sid string, r source.Range) decisions.Statement {
	st := &iam.Statement{Effect: iam.Allow, Sid: source.NewString(sid, source.Range{}), Range: r}
	return decisions.Statement{Statement: st, Policy: "identity"}
}

func TestTextNamesWhatDecided(t *testing.T) {
	at := file.Range(10, 18)
	for name, c := range map[string]struct {
		set  func(*decisions.Case)
		want string
	}{
		"one statement": {
			func(c *decisions.Case) { c.Allowing = []decisions.Statement{statement("Read", at)} },
			`got allowed: allowed by statement "Read" at cases.yaml:2:3 (identity)`,
		},
		"several, without Sid and place": {
			func(c *decisions.Case) {
				c.Allowing = []decisions.Statement{statement("", source.Range{}), statement("B", at), statement("C", at)}
			},
			"got allowed: allowed by statement (identity) and 2 more",
		},
		"no statement needed": {func(*decisions.Case) {}, "got allowed: it needs no policy"},
		"several tests": {
			func(c *decisions.Case) {
				c.Got.Result = iam.Conditional
				c.Decision.Tests = []iam.Test{
					{Operator: "StringLike", Key: "aws:PrincipalTag/team", Values: []source.String{{Value: "a*"}, {Value: source.Hole(source.HoleFree, "var.team")}}, Range: at},
					{Reason: "the permissions boundary was not read"},
				}
			},
			`got conditional: it depends on StringLike aws:PrincipalTag/team "a*", "${var.team}" at cases.yaml:2:3 and 1 more`,
		},
		"another ground": {
			func(c *decisions.Case) {
				c.Got.Result, c.Decision.Tests = iam.Conditional, []iam.Test{{Reason: "the permissions boundary was not read"}}
			},
			"got conditional: the permissions boundary was not read",
		},
		"explicit and not asked which": {
			func(c *decisions.Case) {
				c.Expected.Result, c.Got = iam.Allowed, decisions.Answer{Result: iam.Denied, DenyKind: "explicit"}
				c.Decision.Explicit, c.Denying = true, []decisions.Statement{statement("No", at)}
			},
			`expected allowed, got denied: denied by statement "No" at cases.yaml:2:3 (identity)`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			if err := decisions.Text(&b, &decisions.Result{Cases: []decisions.Case{failed(c.set)}}); err != nil {
				t.Fatal(err)
			}
			line, rest, _ := strings.Cut(b.String(), "\n")
			if !strings.HasPrefix(line, "cases.yaml:1:3: a: expected ") || !strings.HasSuffix(line, c.want) {
				t.Errorf("%q, want %q", line, c.want)
			}
			if rest != "0 passed, 1 failed\n" {
				t.Errorf("then %q", rest)
			}
		})
	}
}

func TestJSONNamesWhatDecided(t *testing.T) {
	c := failed(func(c *decisions.Case) {
		c.Allowing = []decisions.Statement{statement("Read", file.Range(10, 18))}
		c.Mismatches = nil
	})
	var b bytes.Buffer
	if err := decisions.JSON(&b, &decisions.Result{Version: "1.2.3", Cases: []decisions.Case{c}}); err != nil {
		t.Fatal(err)
	}
	var got struct {
		Passed, Failed int
		Cases          []struct {
			Passed           bool
			Denying          []any
			Tests            []any
			Faults           []any
			Allowing         []struct{ Policy, Sid, Effect string }
			Expected         map[string]any
			Location, Absent map[string]any
		}
	}
	if err := json.Unmarshal(b.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if got.Passed != 1 || got.Failed != 0 || len(got.Cases) != 1 || !got.Cases[0].Passed {
		t.Fatalf("%s", b.String())
	}
	one := got.Cases[0]
	if one.Denying == nil || one.Tests == nil || one.Faults == nil {
		t.Error("an empty list is null")
	}
	if d := cmp.Diff([]struct{ Policy, Sid, Effect string }{{"identity", "Read", "Allow"}}, one.Allowing); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(map[string]any{"result": "denied"}, one.Expected); d != "" {
		t.Error(d)
	}
	where := map[string]any{"path": "cases.yaml", "line": 1., "column": 3., "endLine": 1., "endColumn": 8., "offset": 2., "length": 5.}
	if d := cmp.Diff(where, one.Location); d != "" {
		t.Error(d)
	}
}

// A full writes nothing.
type full struct{}

var errFull = errors.New("full")

func (full) Write([]byte) (int, error) { return 0, errFull }

func TestWriterErrors(t *testing.T) {
	for _, write := range []func() error{
		func() error { return decisions.Text(full{}, &decisions.Result{}) },
		func() error { return decisions.JSON(full{}, &decisions.Result{}) },
	} {
		if err := write(); !errors.Is(err, errFull) {
			t.Errorf("error %v", err)
		}
	}
}
