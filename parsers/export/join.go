package export

import (
	"fmt"
	"slices"
	"strings"

	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// resources joins resource policies, log groups and identity providers.
func (m *merger) resources() {
	groups := newUnion(m, "log group", func(g *model.LogGroup) string { return g.Address },
		func(a, b *model.LogGroup) bool { return a.BearerToken.Value == b.BearerToken.Value },
		func(g *model.LogGroup) model.Entity { return g.Entity })
	names := map[string]source.String{}
	for _, p := range m.parts {
		groups.add(p, p.unit.LogGroups)
		for arn, name := range p.sinkNames {
			names[arn] = name
		}
		for _, r := range p.unit.ResourcePolicies {
			m.resourcePolicy(p, r)
		}
		for _, i := range p.unit.Providers {
			m.provider(i)
		}
	}
	m.unit.LogGroups = groups.all
	for _, r := range m.unit.ResourcePolicies {
		if name, ok := names[r.Address]; ok && r.Kind == model.OAMSinkPolicy && name.Value != "" {
			r.Name = source.NewString(name.Value, r.Name.Range)
		}
	}
}

// resourcePolicy adds a policy unless an equal one is there. Policies without
// an ARN may be of several regions: those of one name are told apart by
// number.
func (m *merger) resourcePolicy(p *part, r *model.ResourcePolicy) {
	if r.Region == "" {
		r.Region = m.regionOf(p)
	}
	twins := 0
	for _, have := range m.unit.ResourcePolicies {
		if have.Kind != r.Kind || have.Resource.Value.Value != r.Resource.Value.Value || have.Name.Value != r.Name.Value {
			continue
		}
		if have.Region == r.Region && documentText(have.Document) == documentText(r.Document) {
			return
		}
		twins++
	}
	if twins > 0 {
		r.Address = fmt.Sprintf("%s#%d", r.Address, twins+1)
	}
	m.unit.ResourcePolicies = append(m.unit.ResourcePolicies, r)
}

func (m *merger) regionOf(p *part) string {
	if len(p.regions) == 1 {
		return p.regions[0]
	}
	return m.unit.Region
}

// provider joins the listing of a provider with its details, which name the
// issuer but no ARN.
func (m *merger) provider(p *model.IdentityProvider) {
	for _, have := range m.unit.Providers {
		if have.Kind != p.Kind || issuer(have) != issuer(p) || issuer(p) == "" {
			continue
		}
		if have.Address == "" {
			have.Entity = p.Entity
		}
		if len(have.Audience) == 0 {
			have.Audience = p.Audience
		}
		return
	}
	m.unit.Providers = append(m.unit.Providers, p)
}

func issuer(p *model.IdentityProvider) string { return strings.TrimPrefix(p.Name.Value, "https://") }

// machines joins instances and the associations of their profiles.
func (m *merger) machines() {
	instances := newUnion(m, "instance", func(i *model.Instance) string { return i.Address }, sameInstance,
		func(i *model.Instance) model.Entity { return i.Entity })
	profiles := map[string]model.Ref{}
	for _, p := range m.parts {
		instances.add(p, p.unit.Instances)
		m.unit.AgentAlarms = append(m.unit.AgentAlarms, p.unit.AgentAlarms...)
		for id, ref := range p.profileOf {
			profiles[id] = ref
		}
	}
	m.unit.Instances = instances.all
	for _, i := range m.unit.Instances {
		if ref, ok := profiles[i.Name.Value]; ok && i.Profile == nil {
			i.Profile = &ref
		}
	}
}

// attachments joins the inline policies that have an answer of their own with
// those of the authorization details, which count.
func (m *merger) attachments() {
	inline := newUnion(m, "inline policy", func(a *model.LooseAttachment) string { return a.Inline.Address },
		func(a, b *model.LooseAttachment) bool { return samePolicy(a.Inline, b.Inline) },
		func(a *model.LooseAttachment) model.Entity { return a.Inline.Entity })
	for _, id := range m.unit.Identities {
		for _, held := range id.Inline {
			inline.seen[inlineAddress(id.Kind, id.Name.Value, held.Name.Value)] = &model.LooseAttachment{Inline: held}
		}
	}
	for _, p := range m.parts {
		inline.add(p, p.unit.Attachments)
	}
	m.unit.Attachments = inline.all
	for _, a := range m.unit.Attachments {
		m.owner(a)
	}
}

// owner adds the identity that an inline policy is of, unless it is there: it
// exists, whatever else the export lacks of it.
func (m *merger) owner(a *model.LooseAttachment) {
	name := a.To.Value
	if slices.ContainsFunc(m.unit.Identities, func(id *model.Identity) bool { return id.Kind == a.Kind && id.Name.Value == name.Value }) {
		return
	}
	m.unit.Identities = append(m.unit.Identities, &model.Identity{
		Entity: model.Entity{Name: name, Address: a.Kind.String() + "/" + name.Value, Range: name.Range, Block: a.Block},
		Kind:   a.Kind, Incomplete: "the export holds no more than an inline policy of it",
	})
}

// keys joins access keys and, where one key can be meant, their last use.
func (m *merger) keys() {
	seen, addresses := map[string]bool{}, map[string]int{}
	for _, p := range m.parts {
		for i, k := range p.unit.AccessKeys {
			if id := p.keyIDs[i]; id != "" && seen[id] {
				continue
			} else if id != "" {
				seen[id] = true
			}
			addresses[k.Address]++
			if n := addresses[k.Address]; n > 1 {
				k.Address = fmt.Sprintf("%s#%d", k.Address, n)
			}
			m.unit.AccessKeys = append(m.unit.AccessKeys, k)
		}
	}
	m.lastUses()
}

// lastUses gives keys the date of their last use. An answer names the user
// and no key, so that it is of use only where the user has one.
func (m *merger) lastUses() {
	keys, uses := map[string][]*model.AccessKey{}, map[string][]keyUse{}
	for _, k := range m.unit.AccessKeys {
		if user := k.User.Value.Value; k.Service.IsZero() {
			keys[user] = append(keys[user], k)
		}
	}
	var unclear []keyUse
	for _, p := range m.parts {
		for _, u := range p.keyUses {
			uses[u.user.Value] = append(uses[u.user.Value], u)
		}
	}
	for _, p := range m.parts {
		for _, u := range p.keyUses {
			if of := keys[u.user.Value]; len(of) == 1 && len(uses[u.user.Value]) == 1 {
				of[0].LastUsed = u.date
				continue
			}
			unclear = append(unclear, u)
		}
	}
	if len(unclear) > 0 {
		m.warn(unclear[0].rng, "the answer does not say which access key of user %s it is of, and is not used (%d such)",
			unclear[0].user.Value, len(unclear))
	}
}

func sameInstance(a, b *model.Instance) bool {
	return a.Tokens.Value == b.Tokens.Value && a.Endpoint.Value == b.Endpoint.Value && refText(a.Profile) == refText(b.Profile)
}

func refText(r *model.Ref) string {
	if r == nil {
		return ""
	}
	return r.Value.Value
}

func identityKey(i *model.Identity) string {
	if i.Address != "" {
		return i.Address
	}
	return i.Kind.String() + "/" + i.Name.Value
}

func policyKey(p *model.Policy) string { return p.Address }

func profileKey(p *model.InstanceProfile) string { return p.Address }

func sameProfile(a, b *model.InstanceProfile) bool {
	return slices.EqualFunc(a.Roles, b.Roles, func(x, y model.Ref) bool { return x.Value.Value == y.Value.Value })
}

func samePolicy(a, b *model.Policy) bool { return documentText(a.Document) == documentText(b.Document) }

func sameIdentity(a, b *model.Identity) bool { return identityText(a) == identityText(b) }

func sameSummary(a, b *model.AccountSummary) bool {
	return slices.EqualFunc(a.Values, b.Values, func(x, y source.Member) bool {
		return x.Name.Value == y.Name.Value && x.Value.Text().Value == y.Value.Text().Value
	})
}

// sameReport compares the rows, and the times if both have one.
func sameReport(a, b *model.CredentialReport) bool {
	if !a.Generated.IsZero() && !b.Generated.IsZero() && a.Generated.Value != b.Generated.Value {
		return false
	}
	return slices.EqualFunc(a.Rows, b.Rows, func(x, y *model.CredentialRow) bool { return rowText(x) == rowText(y) })
}
