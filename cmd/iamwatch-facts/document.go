package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/iamwatch/iamwatch/scanner/cloudwatch"
)

// A document is a policy document. What we do not look into stays as it is.
type document struct {
	Version   string
	Statement oneOrMore[statement]
}

type statement struct {
	Sid         string `json:",omitempty"`
	Effect      string
	Action      oneOrMore[string] `json:",omitempty"`
	NotAction   oneOrMore[string] `json:",omitempty"`
	Resource    json.RawMessage   `json:",omitempty"`
	NotResource json.RawMessage   `json:",omitempty"`
	Condition   json.RawMessage   `json:",omitempty"`
}

// oneOrMore is a list that may be written as its only element ("Grammar of the
// IAM JSON policy language").
type oneOrMore[T any] []T

func (l *oneOrMore[T]) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '[' {
		return json.Unmarshal(data, (*[]T)(l))
	}
	var one T
	if err := json.Unmarshal(data, &one); err != nil {
		return fmt.Errorf("read element: %w", err)
	}
	*l = []T{one}
	return nil
}

// MarshalJSON writes a list of one as its element, which is shorter.
func (l oneOrMore[T]) MarshalJSON() ([]byte, error) {
	if len(l) == 1 {
		return json.Marshal(l[0])
	}
	return json.Marshal([]T(l))
}

func matchAll(patterns []string) cloudwatch.ActionSet {
	var set cloudwatch.ActionSet
	for _, p := range patterns {
		set = set.Union(cloudwatch.Match(p))
	}
	return set
}

// actions are the catalogue actions of a statement.
func (s *statement) actions() cloudwatch.ActionSet {
	if s.NotAction != nil {
		return cloudwatch.Match("*").Minus(matchAll(s.NotAction))
	}
	return matchAll(s.Action)
}

// deniesAlways reports whether the statement takes its actions away whatever
// the resource and the request.
func (s *statement) deniesAlways() bool {
	return s.Effect == "Deny" && s.Condition == nil && slices.Contains([]string{`"*"`, `["*"]`}, string(s.Resource))
}

// A grant is the core actions that a document grants, and what is left of them
// once unconditional denials are taken off.
type grant struct{ any, left cloudwatch.ActionSet }

func (d *document) coreGranted() grant {
	var g grant
	for i := range d.Statement {
		if s := &d.Statement[i]; s.Effect == "Allow" {
			g.any = g.any.Union(s.actions())
		}
	}
	g.any = g.any.Intersect(cloudwatch.Core())
	g.left = g.any
	for i := range d.Statement {
		if s := &d.Statement[i]; s.deniesAlways() {
			g.left = g.left.Minus(s.actions())
		}
	}
	return g
}

// slim leaves out Sids, and of an Allow with Action the patterns that touch no
// catalogue action, or the whole statement when none does. NotAction, Deny,
// resources and conditions stay whole: they narrow.
func (d *document) slim() document {
	out := document{Version: d.Version}
	for _, s := range d.Statement {
		s.Sid = ""
		if s.Effect == "Allow" && s.Action != nil {
			s.Action = slices.DeleteFunc(slices.Clone(s.Action), func(a string) bool { return cloudwatch.Match(a).Empty() })
			if len(s.Action) == 0 {
				continue
			}
		}
		out.Statement = append(out.Statement, s)
	}
	return out
}

// unknownCore lists the actions, not patterns, of core services that the
// catalogue lacks.
func (d *document) unknownCore() []string {
	var out []string
	for _, s := range d.Statement {
		for _, a := range slices.Concat(s.Action, s.NotAction) {
			prefix, name, _ := strings.Cut(a, ":")
			svc, ok := cloudwatch.ServiceByPrefix(prefix)
			if ok && svc.Core && !strings.ContainsAny(name, "*?") && cloudwatch.Match(a).Empty() {
				out = append(out, a)
			}
		}
	}
	return out
}
