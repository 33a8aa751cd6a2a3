package main

import (
	"slices"

	"github.com/iamwatch/iamwatch/parsers/cases"
	"github.com/iamwatch/iamwatch/reports/decisions"
	"github.com/iamwatch/iamwatch/scanner/cloudwatch"
	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// A trial is a case with all that its request is decided by.
type trial struct {
	test     *cases.Case
	policies iam.Policies
	request  iam.Request
	// unit is that of a principal of the scanned input, others the trial with
	// the same principal in the other alternatives of its stack.
	unit   *model.Unit
	others []trial
}

// decide decides a trial. Where the alternatives of a stack disagree it is
// conditional, and the one that allows most says why.
func (t *trial) decide() (*trial, iam.Decision) {
	best, d := t, iam.Decide(t.policies, t.request, cloudwatch.Facts{})
	results := map[int]iam.Result{}
	if t.unit != nil {
		results[t.unit.World] = d.Result
	}
	for i := range t.others {
		o := &t.others[i]
		got := iam.Decide(o.policies, o.request, cloudwatch.Facts{})
		results[o.unit.World] = got.Result
		if got.Result > d.Result {
			best, d = o, got
		}
	}
	if d.Result == iam.Denied || t.unit == nil || t.unit.Worlds == nil {
		return best, d
	}
	holds, all := make([]bool, len(t.unit.Worlds.Units)), true
	for world, result := range results {
		holds[world] = result == d.Result
		all = all && holds[world]
	}
	if !all {
		d.Result = iam.Conditional
		d.Tests = append([]iam.Test{{Reason: t.unit.Worlds.When(holds)}}, d.Tests...)
	}
	return best, d
}

// judge decides a trial and compares the answer with the one expected.
func (t *trial) judge() decisions.Case {
	t, d := t.decide()
	out := decisions.Case{
		ID: t.test.ID.Value, Range: t.test.Range, Request: t.request, Decision: d,
		Expected: expectedAnswer(t.test), Got: decisions.Answer{Result: d.Result, ParseError: t.test.Refuses()},
		Allowing: t.statements(d.Allowing), Denying: t.statements(d.Denying), Faults: refusals(t.test),
	}
	if d.Result == iam.Denied {
		out.Got.DenyKind = "implicit"
		if d.Explicit {
			out.Got.DenyKind = "explicit"
		} else {
			out.Cut, out.CutRange = t.cut()
		}
	}
	switch {
	case out.Got.Result != out.Expected.Result:
		out.Mismatches = append(out.Mismatches, decisions.WrongResult)
	case out.Expected.DenyKind != "" && out.Got.DenyKind != out.Expected.DenyKind:
		out.Mismatches = append(out.Mismatches, decisions.WrongDenyKind)
	}
	if out.Expected.AskedParseError && out.Got.ParseError != out.Expected.ParseError {
		out.Mismatches = append(out.Mismatches, decisions.WrongParseError)
	}
	return out
}

func expectedAnswer(c *cases.Case) decisions.Answer {
	a := decisions.Answer{
		Result: c.Expected, ParseError: c.ParseError == cases.Refused, AskedParseError: c.ParseError != cases.NotAsked,
	}
	switch c.DenyKind {
	case cases.ExplicitDeny:
		a.DenyKind = "explicit"
	case cases.ImplicitDeny:
		a.DenyKind = "implicit"
	}
	return a
}

// refusals are the faults for which AWS would refuse a case's documents.
func refusals(c *cases.Case) []iam.Fault {
	var out []iam.Fault
	for _, d := range c.Documents {
		for _, f := range d.Faults {
			if f.Fatal {
				out = append(out, f)
			}
		}
	}
	return out
}

// A shelf is the documents of one kind that bear on a request.
type shelf struct {
	name string
	docs []*iam.Document
}

// shelves are a request's documents by kind, in the order of a case.
func shelves(p *iam.Policies) []shelf {
	return []shelf{
		{"identity", p.Identity}, {"groups", p.Groups}, {"boundary", one(p.Boundary)}, {"session", one(p.Session)},
		{"scp", slices.Concat(p.SCP...)}, {"rcp", slices.Concat(p.RCP...)}, {"resource", one(p.Resource)},
		{"trust", one(p.Trust)}, {"endpoint", one(p.Endpoint)},
	}
}

func one(d *iam.Document) []*iam.Document {
	if d == nil {
		return nil
	}
	return []*iam.Document{d}
}

// statements names the kind of policy that holds each statement.
func (t *trial) statements(list []*iam.Statement) []decisions.Statement {
	out := make([]decisions.Statement, 0, len(list))
	for _, st := range list {
		out = append(out, decisions.Statement{Statement: st, Policy: t.holder(st)})
	}
	return out
}

func (t *trial) holder(st *iam.Statement) string {
	for _, s := range shelves(&t.policies) {
		for _, d := range s.docs {
			if slices.Contains(d.Statements, st) {
				return s.name
			}
		}
	}
	return ""
}

// cut names what alone leaves nothing of what is allowed: a policy without
// which the request would not be denied.
func (t *trial) cut() (string, source.Range) {
	for _, c := range cutters() {
		p := t.policies
		rng, there := c.without(&p)
		if there && iam.Decide(p, t.request, cloudwatch.Facts{}).Result != iam.Denied {
			return c.name, rng
		}
	}
	return "", source.Range{}
}

// A cutter takes one kind of policy that only limits away, and says where it
// was written.
type cutter struct {
	name    string
	without func(*iam.Policies) (rng source.Range, there bool)
}

func cutters() []cutter {
	return []cutter{
		{"the permissions boundary", func(p *iam.Policies) (source.Range, bool) {
			p.HasBoundary = false
			return take(&p.Boundary)
		}},
		{"the session policy", func(p *iam.Policies) (source.Range, bool) { return take(&p.Session) }},
		{"the policy of the VPC endpoint", func(p *iam.Policies) (source.Range, bool) { return take(&p.Endpoint) }},
		{"a level of service control policies", func(p *iam.Policies) (source.Range, bool) {
			there := len(p.SCP) > 0
			p.SCP = nil
			return source.Range{}, there
		}},
	}
}

func take(d **iam.Document) (source.Range, bool) {
	was := *d
	*d = nil
	if was == nil {
		return source.Range{}, false
	}
	return was.Range, true
}
