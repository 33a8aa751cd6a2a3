package access

import (
	"fmt"
	"slices"
	"strings"

	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// Bearing are all documents of the scan that bear on a request of an
// identity: PoliciesFor, for sts:AssumeRole* the trust policy of the role that
// the resource names, and the resource policies of the resource. The request
// is returned with the account of that resource, if it names none. A role
// that the scan does not hold has a trust policy that is not known.
func (g *Graph) Bearing(id *model.Identity, r iam.Request) (iam.Policies, iam.Request) {
	p := g.PoliciesFor(id, r.Action)
	if isAssume(r.Action) {
		role := g.RoleByARN(id.Unit, r.Resource)
		p.Trust = g.trust(role, r.Resource)
		if role != nil && r.ResourceAccount == "" {
			r.ResourceAccount = accountOf(role.Unit)
		}
		return p, r
	}
	p.Resource = g.guards(id.Unit, r)
	return p, r
}

func isAssume(action string) bool {
	for _, name := range []string{"AssumeRole", "AssumeRoleWithSAML", "AssumeRoleWithWebIdentity", "TagSession", "SetSourceIdentity"} {
		if strings.EqualFold(action, "sts:"+name) {
			return true
		}
	}
	return false
}

// accountOf is a unit's account, a hole when it is not known.
func accountOf(u *model.Unit) string {
	if u == nil || u.Account == "" {
		return source.Hole(source.HoleSelf, "")
	}
	return u.Account
}

// RoleByARN is the role that an ARN names, nil for none. One of the given unit
// goes before those of others, whose account must be the ARN's where both are
// known.
func (g *Graph) RoleByARN(unit *model.Unit, arn string) *model.Identity {
	a, ok := iam.ParseARN(arn)
	name, isRole := strings.CutPrefix(a.Resource, "role/")
	if !ok || !isRole || a.Service != "iam" {
		return nil
	}
	var found *model.Identity
	for _, u := range g.model.Units {
		if u.Alternative(unit) || iam.IsAccountID(a.Account) && u.Account != "" && u.Account != a.Account {
			continue
		}
		for _, id := range u.Identities {
			if id.Kind != model.Role || model.FullName(id.Entity) != name {
				continue
			}
			if u == unit {
				return id
			}
			if found == nil {
				found = id
			}
		}
	}
	return found
}

// trust is a role's trust policy, unknown when the scan does not hold it.
func (g *Graph) trust(role *model.Identity, arn string) *iam.Document {
	switch {
	case role == nil:
		return &iam.Document{Kind: iam.TrustDocument, Unknown: true, Reason: fmt.Sprintf("role %q is not in the scan", source.Show(arn))}
	case role.Trust == nil:
		return &iam.Document{
			Kind: iam.TrustDocument, Unknown: true, Range: role.Range,
			Reason: "the trust policy of role " + role.Quoted() + " is not in the scan",
		}
	}
	return g.Trust(role)
}

// Trust is a role's trust policy as Decide wants it, with the partition that
// only AWS knows filled in; nil when the input has none.
func (g *Graph) Trust(role *model.Identity) *iam.Document {
	if role.Trust == nil {
		return nil
	}
	return settle(role.Trust, role.Unit)
}

// guards are the statements of all resource policies that bear on a request,
// as one document; nil for none. An unknown policy among them makes the whole
// unknown unless others were read.
func (g *Graph) guards(unit *model.Unit, r iam.Request) *iam.Document {
	var out *iam.Document
	for _, u := range g.model.Units {
		if u.Alternative(unit) || u != unit && (u.Account == "" || u.Account != accountOf(unit)) {
			continue
		}
		for _, p := range u.ResourcePolicies {
			if p.Document == nil || p.Document.Invalid || !bears(p, r) {
				continue
			}
			out = joined(out, guard(p))
		}
	}
	return out
}

// guard is a resource policy's document as Decide wants it.
func guard(p *model.ResourcePolicy) *iam.Document {
	d := settle(p.Document, p.Unit)
	if p.Maybe {
		return perhaps(d)
	}
	return d
}

// joined is one document with the statements of two: a resource may have
// several policies, each of which may allow or deny.
func joined(a, b *iam.Document) *iam.Document {
	switch {
	case a == nil || a.Unknown:
		return b
	case b.Unknown:
		return a
	}
	return with(a, slices.Concat(a.Statements, b.Statements))
}

// bears reports whether a resource policy guards the resource of a request:
// those of CloudWatch Logs and X-Ray that name no resource guard all of them
// in the account ("PutResourcePolicy" in either API Reference).
func bears(p *model.ResourcePolicy, r iam.Request) bool {
	service, _, _ := strings.Cut(strings.ToLower(r.Action), ":")
	if service != guarded(p.Kind) {
		return false
	}
	if p.Kind == model.LogResourcePolicy || p.Kind == model.XRayResourcePolicy {
		return sameRegion(p.Region, r.Resource)
	}
	if !strings.HasPrefix(r.Resource, "arn:") {
		return false
	}
	guards := fillPartition(p.Resource.Value.Value, partitionOf(p.Unit))
	if strings.HasPrefix(guards, "arn:") {
		return iam.Overlaps(strings.TrimSuffix(guards, ":*"), strings.TrimSuffix(r.Resource, ":*")) != iam.No
	}
	return guards != "" && strings.HasSuffix(strings.TrimSuffix(r.Resource, ":*"), ":"+guards)
}

// guarded is the service whose requests a kind of resource policy guards.
func guarded(kind model.ResourcePolicyKind) string {
	switch kind {
	case model.OAMSinkPolicy:
		return "oam"
	case model.XRayResourcePolicy:
		return "xray"
	case model.RUMResourcePolicy:
		return "rum"
	}
	return "logs"
}

// sameRegion reports whether a policy of a region can guard a resource; what
// names no region may lie in any.
func sameRegion(region, resource string) bool {
	a, ok := iam.ParseARN(resource)
	return !ok || region == "" || a.Region == region || source.HasMark(region) || strings.ContainsAny(a.Region, "*?") || source.HasMark(a.Region)
}
