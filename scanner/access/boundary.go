package access

import (
	"slices"

	"github.com/iamwatch/iamwatch/scanner/cloudwatch"
	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/model"
)

// unbinds reports whether an identity may delete its own permissions boundary.
// Its ends are the same node.
func (b *becoming) unbinds(p iam.Policies, id *model.Identity) (Edge, bool) {
	e := Edge{From: identityNode(id), To: identityNode(id), Kind: Unbinds}
	switch {
	case id.Boundary == nil || isReserved(id):
		return e, false
	case id.Kind == model.User:
		e.Action = "iam:DeleteUserPermissionsBoundary"
	case id.Kind == model.Role:
		e.Action = "iam:DeleteRolePermissionsBoundary"
	default:
		return e, false
	}
	return b.edge(e, iam.Decide(p, b.caller(id, e.Action, id), cloudwatch.Facts{}), id, nil)
}

// unbound are policies without the boundary.
func unbound(p iam.Policies) iam.Policies {
	p.HasBoundary, p.Boundary = false, nil
	return p
}

// after adds what an edge that must be taken beside depends and rests on.
func (e Edge) after(o Edge) Edge {
	e.Verdict, e.Tests = min(e.Verdict, o.Verdict), mergeTests(slices.Clip(e.Tests), o.Tests)
	e.Statements = append(slices.Clip(e.Statements), o.Statements...)
	return e
}

// given makes an edge depend on something that no policy says.
func (e Edge) given(reason string) Edge {
	e.Verdict = min(e.Verdict, iam.Maybe)
	e.Tests = append(slices.Clip(e.Tests), iam.Test{Reason: reason})
	return e
}

// freed answers for an identity that is able only without its boundary, where
// it may delete that.
func (q *question) freed(id *model.Identity, p iam.Policies) (Ability, knowledge) {
	e, ok := q.unbinds(q.graph.Policies(id), id)
	if !ok {
		return Ability{Who: identityNode(id)}, unable
	}
	a, known := q.anywhere(id, unbound(p))
	if known != able {
		return a, unable
	}
	a.Path, a.Tests = Path{e}, mergeTests(slices.Clip(e.Tests), a.Tests)
	if e.Verdict != iam.Yes {
		a.Result = iam.Conditional
	}
	return a, able
}
