package access

import (
	"slices"
	"sync"

	"github.com/iamwatch/iamwatch/scanner/cloudwatch"
	"github.com/iamwatch/iamwatch/scanner/model"
)

// sum sets a held grant to what at least one holder has. Doubts that every
// holder shares become the grant's own.
func (g *Grant) sum() {
	g.Actions, g.Unscoped, g.UnscopedResources = cloudwatch.ActionSet{}, cloudwatch.ActionSet{}, cloudwatch.ActionSet{}
	g.MaybeUnscoped, g.Everything = cloudwatch.ActionSet{}, false
	for _, h := range g.Holders {
		g.Actions = g.Actions.Union(h.Actions)
		g.Unscoped = g.Unscoped.Union(h.Unscoped)
		g.UnscopedResources = g.UnscopedResources.Union(h.UnscopedResources)
		g.MaybeUnscoped = g.MaybeUnscoped.Union(h.MaybeUnscoped)
		g.Everything = g.Everything || h.Everything
	}
}

// hold sums the grants up by identity.
func (b *builder) hold() {
	g := b.graph
	for _, u := range b.graph.model.Units {
		for _, id := range u.Identities {
			g.holdings[id] = &Holding{Identity: id, Bare: bare(id)}
		}
	}
	for _, gr := range g.grants {
		for _, h := range gr.Holders {
			hold := g.holdings[h.Identity]
			if hold == nil || h.Actions.Empty() && !h.Everything {
				continue
			}
			hold.Grants = append(hold.Grants, gr)
			hold.Actions = hold.Actions.Union(h.Actions)
			hold.Unscoped = hold.Unscoped.Union(h.Unscoped)
			hold.Everything = hold.Everything || h.Everything
		}
	}
	for _, hold := range g.holdings {
		hold.Admin = hold.Everything || !hold.Unscoped.Empty() && administers(hold)
	}
}

// administers reports whether what an identity holds on every resource makes
// it an administrator. The catalogue is decoded for those who hold something.
func administers(hold *Holding) bool {
	if cloudwatch.OfService("iam").Minus(hold.Unscoped).Empty() {
		return true
	}
	return hold.Identity.Boundary == nil && !hold.Unscoped.Intersect(SelfEscalation()).Empty()
}

func bare(id *model.Identity) bool {
	return len(id.Inline) == 0 && len(id.Managed) == 0 && id.Incomplete == "" &&
		!slices.ContainsFunc(id.GroupsOf, func(g *model.Identity) bool { return !bare(g) })
}

// SelfEscalation are the actions with which an identity can give itself any
// right (RULES.md, IW220). sts:AssumeRoot is left out: it serves only the
// management account's principals, and every NotAction grant holds it.
func SelfEscalation() cloudwatch.ActionSet { return selfEscalation() }

var selfEscalation = sync.OnceValue(func() cloudwatch.ActionSet {
	var set cloudwatch.ActionSet
	for _, name := range []string{
		"PutUserPolicy", "PutRolePolicy", "PutGroupPolicy", "AttachUserPolicy", "AttachRolePolicy", "AttachGroupPolicy",
		"CreatePolicyVersion", "SetDefaultPolicyVersion", "UpdateAssumeRolePolicy", "AddUserToGroup", "CreateAccessKey",
		"CreateLoginProfile", "UpdateLoginProfile", "DeleteUserPermissionsBoundary", "DeleteRolePermissionsBoundary",
		"CreateServiceSpecificCredential",
	} {
		set = set.Union(cloudwatch.Match("iam:" + name))
	}
	return set
})
