package json

import (
	"io"

	"github.com/iamwatch/iamwatch/reports/internal/clean"
	"github.com/iamwatch/iamwatch/reports/internal/indent"
	"github.com/iamwatch/iamwatch/scanner/access"
	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// The answer of who-can; lists are never null, what is absent is left out.
//
//	version, tool, complete   as in the report of a scan
//	action, known, resource   the question; known: the catalogue has the action
//	cut         the search met a bound: there may be more
//	principals  in order: those who can, then those who can become one of them
//	  kind, name, address, unit   who; address and unit for those of the scan
//	  result    allowed, conditional
//	  path      from this principal to the one that can; empty for itself
//	    from, to             kind, name, address, unit
//	    kind                 assumes, runs as, belongs to, passes role, ...
//	    action, with, service
//	    result, conditions, statements
//	  statements  those that allow it: policy, owner, sid, location
//	  conditions  what remains, those of the path first: text, operator, key,
//	              location
//	  resources, except   the patterns that it is limited to; those taken away
//	unknown     principals of whom not all policies could be read
type whoCan struct {
	Version    int       `json:"version"`
	Tool       tool      `json:"tool"`
	Complete   bool      `json:"complete"`
	Action     string    `json:"action"`
	Known      bool      `json:"known"`
	Resource   string    `json:"resource"`
	Cut        bool      `json:"cut"`
	Principals []ability `json:"principals"`
	Unknown    []node    `json:"unknown"`
}

type node struct {
	Kind    string `json:"kind"`
	Name    string `json:"name,omitempty"`
	Address string `json:"address,omitempty"`
	Unit    *unit  `json:"unit,omitempty"`
}

type ability struct {
	node
	Result     string      `json:"result"`
	Path       []edge      `json:"path"`
	Statements []ground    `json:"statements"`
	Conditions []condition `json:"conditions"`
	Resources  []string    `json:"resources"`
	Except     []string    `json:"except"`
}

type edge struct {
	From       node        `json:"from"`
	To         node        `json:"to"`
	Kind       string      `json:"kind"`
	Action     string      `json:"action,omitempty"`
	With       string      `json:"with,omitempty"`
	Service    string      `json:"service,omitempty"`
	Result     string      `json:"result"`
	Conditions []condition `json:"conditions"`
	Statements []ground    `json:"statements"`
}

type ground struct {
	// Policy is a name; of a trust policy "trust".
	Policy   string           `json:"policy"`
	Owner    *node            `json:"owner,omitempty"`
	Sid      string           `json:"sid,omitempty"`
	Location *indent.Location `json:"location,omitempty"`
}

type condition struct {
	Text     string           `json:"text"`
	Operator string           `json:"operator,omitempty"`
	Key      string           `json:"key,omitempty"`
	Location *indent.Location `json:"location,omitempty"`
}

// WhoCan writes an answer, indented and with one newline at its end. version is
// iamwatch's own; complete says whether every input was read whole. The error
// is the writer's.
func WhoCan(w io.Writer, a *access.Answer, version string, complete bool) error {
	return indent.Write(w, "json", whoCan{
		Version: Version, Tool: tool{"iamwatch", version}, Complete: complete,
		Action: clean.Line(a.Action), Known: a.Known, Resource: clean.Line(a.Resource), Cut: a.Cut,
		Principals: indent.Each(a.Abilities, abilityOf), Unknown: indent.Each(a.Unread, describeNode),
	})
}

func abilityOf(a access.Ability) ability {
	return ability{
		node: describeNode(a.Who), Result: a.Result.String(), Path: indent.Each(a.Path, edgeOf),
		Statements: indent.Each(a.Statements, groundOf), Conditions: indent.Each(a.Tests, conditionOf),
		Resources: indent.Each(a.Resources, shown), Except: indent.Each(a.Except, shown),
	}
}

func shown(s source.String) string { return clean.Line(s.Show()) }

func describeNode(n access.Node) node {
	out := node{Kind: n.KindName(), Name: clean.Line(n.Label())}
	switch n.Kind {
	case access.IdentityNode:
		out.Address, out.Unit = clean.Line(n.Identity.Address), describeUnit(n.Identity.Unit)
	case access.InstanceNode:
		out.Address, out.Unit = clean.Line(n.Instance.Address), describeUnit(n.Instance.Unit)
	}
	return out
}

func edgeOf(e access.Edge) edge {
	result := iam.Allowed
	if e.Verdict != iam.Yes {
		result = iam.Conditional
	}
	return edge{
		From: describeNode(e.From), To: describeNode(e.To), Kind: e.Kind.String(), Action: e.Action, With: e.With,
		Service: clean.Line(e.Service), Result: result.String(),
		Conditions: indent.Each(e.Tests, conditionOf), Statements: indent.Each(e.Statements, groundOf),
	}
}

func groundOf(g access.Ground) ground {
	out := ground{Policy: "trust", Sid: clean.Line(g.Statement.Sid.Show()), Location: indent.At(g.Range.Written())}
	switch {
	case g.Resource != nil:
		out.Policy = clean.Line(g.Resource.Show())
	case g.Policy != nil:
		out.Policy = clean.Line(g.Policy.Show())
	}
	if g.Owner != nil {
		owner := describeOwner(g.Owner)
		out.Owner = &owner
	}
	return out
}

func describeOwner(id *model.Identity) node {
	return describeNode(access.Node{Kind: access.IdentityNode, Identity: id})
}

func conditionOf(t iam.Test) condition {
	return condition{clean.Line(access.Clause(t)), clean.Line(t.Operator), clean.Line(t.Key), indent.At(t.Range.Written())}
}
