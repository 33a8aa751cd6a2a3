package access

import (
	"slices"

	"github.com/iamwatch/iamwatch/scanner/cloudwatch"
	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/model"
)

// maxOwned bounds the roles of an identity's own that are tried for a policy
// that it could write them.
const maxOwned = 16

// administrator is the node of those who can give themselves any right.
func administrator() Node { return Node{Kind: AdministratorNode} }

// escalators are the identities that hold an action which rewrites policies,
// in order: the only ones that escalates need be asked of.
func (b *becoming) escalators() []*model.Identity {
	writes := writesPolicies()
	var out []*model.Identity
	for _, gr := range b.graph.grants {
		if gr.Patterns.Union(gr.Possible).Intersect(writes).Empty() {
			continue
		}
		for _, h := range gr.Holders {
			if h.Identity.Kind != model.Group {
				out = append(out, h.Identity)
			}
		}
	}
	return b.inOrder(out)
}

// writesPolicies are the actions that write or attach a policy.
func writesPolicies() cloudwatch.ActionSet {
	var set cloudwatch.ActionSet
	for _, name := range []string{
		"PutUserPolicy", "AttachUserPolicy", "PutRolePolicy", "AttachRolePolicy", "PutGroupPolicy", "AttachGroupPolicy",
		"CreatePolicyVersion", "SetDefaultPolicyVersion",
	} {
		set = set.Union(cloudwatch.Match("iam:" + name))
	}
	return set
}

// escalates reports whether an identity can give itself any right (RULES.md,
// IW220): by a policy written or attached to itself, to a group of its own or
// to a role that it may assume, or by rewriting a policy that it holds. One
// that has a permissions boundary stays within it, unless it may delete it.
func (b *becoming) escalates(id *model.Identity) (Edge, bool) {
	if id.Kind == model.Group {
		return Edge{}, false
	}
	p := b.graph.Policies(id)
	if id.Boundary == nil {
		return b.climbs(p, id)
	}
	if e, ok := b.overOwned(p, id); ok {
		return e, true
	}
	free, ok := b.unbinds(p, id)
	if !ok {
		return free, false
	}
	e, ok := b.climbs(unbound(p), id)
	e.With = free.Action
	return e.after(free), ok
}

// climbs reports whether an identity that no boundary holds can give itself any
// right.
func (b *becoming) climbs(p iam.Policies, id *model.Identity) (Edge, bool) {
	if e, ok := b.empowers(p, id); ok {
		return e, true
	}
	return b.overOwned(p, id)
}

// empowers reports whether an identity can widen the policies that it holds.
func (b *becoming) empowers(p iam.Policies, id *model.Identity) (best Edge, ok bool) {
	take := func(action, resource string) {
		if !ok || best.Verdict < iam.Yes {
			if e, may := b.writes(p, id, action, resource); may && (!ok || e.Verdict > best.Verdict) {
				best, ok = e, true
			}
		}
	}
	if !isReserved(id) {
		b.writesTo(id, take)
	}
	for _, group := range id.GroupsOf {
		b.writesTo(group, take)
	}
	for _, action := range []string{"iam:CreatePolicyVersion", "iam:SetDefaultPolicyVersion"} {
		b.rewrites(id, action, take)
		for _, group := range id.GroupsOf {
			b.rewrites(group, action, take)
		}
	}
	return best.unsure(id), ok
}

// writesTo tries the actions that write or attach a policy to an identity.
func (b *becoming) writesTo(to *model.Identity, take func(action, resource string)) {
	kind := map[model.IdentityKind]string{model.User: "User", model.Role: "Role", model.Group: "Group"}[to.Kind]
	arn := ownAccount(b.graph.ARN(to), to.Unit)
	take("iam:Attach"+kind+"Policy", arn)
	take("iam:Put"+kind+"Policy", arn)
}

// rewrites tries an action on the versions of the customer's policies that an
// identity holds.
func (b *becoming) rewrites(id *model.Identity, action string, take func(action, resource string)) {
	for _, a := range id.Managed {
		if a.To != nil && a.To.Kind == model.Customer {
			path := model.FullName(a.To.Entity)
			take(action, "arn:"+partitionOf(id.Unit)+":iam::"+accountID(id.Unit)+":policy/"+path)
		}
	}
}

// writes is the edge of one such action. What is written or attached is the
// whole of AWS, and the target has no boundary.
func (b *becoming) writes(p iam.Policies, id *model.Identity, action, resource string) (Edge, bool) {
	e := Edge{From: identityNode(id), To: administrator(), Kind: Escalates, Action: action}
	r := b.caller(id, action, id)
	r.Resource = resource
	r.Context.Keys = []iam.ContextKey{
		{Name: "iam:PermissionsBoundary"},
		{Name: "iam:PolicyARN", Values: []string{"arn:" + partitionOf(id.Unit) + ":iam::aws:policy/AdministratorAccess"}},
	}
	e, ok := b.edge(e, iam.Decide(p, r, cloudwatch.Facts{}), id, nil)
	if action == "iam:SetDefaultPolicyVersion" {
		return e.given("an older version of the policy allows more"), ok
	}
	return e, ok
}

// overOwned tries the roles that an identity may assume: what it writes to
// them is its own.
func (b *becoming) overOwned(p iam.Policies, id *model.Identity) (Edge, bool) {
	tried := 0
	for _, role := range b.assumable(id) {
		if tried == maxOwned {
			break
		}
		for _, action := range []string{"iam:AttachRolePolicy", "iam:PutRolePolicy"} {
			e, ok := b.writes(p, id, action, ownAccount(b.graph.ARN(role), role.Unit))
			if !ok || role.Boundary != nil || isReserved(role) || !sharesHome(role, id) {
				continue
			}
			tried++
			if taken, ok := b.assumes(id, role); ok {
				e.With = "sts:AssumeRole"
				return e.after(taken), true
			}
		}
	}
	return Edge{}, false
}

// assumable are the roles whose trust policy may let an identity in, in order.
func (b *becoming) assumable(id *model.Identity) []*model.Identity {
	roles := append(slices.Clone(b.trusting[id]), b.rooted[homeOf(id.Unit)]...)
	return b.inOrder(append(roles, b.open...))
}
