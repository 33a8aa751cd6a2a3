package terraform

import (
	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

func (b *builder) identityPool(o *object) {
	p := &model.IdentityPool{
		Regional:             b.regional(o, "identity_pool_name"),
		AllowUnauthenticated: b.setting(o, "allow_unauthenticated_identities", "false"), AllowClassicFlow: b.setting(o, "allow_classic_flow", "false"),
	}
	if id, ok := b.e.madeText(o, "id"); ok {
		p.ID = source.NewString(b.localText(id), p.Range)
	}
	b.unit.IdentityPools = append(b.unit.IdentityPools, p)
}

func (b *builder) identityPoolRoles(o *object) {
	r := &model.IdentityPoolRoles{Regional: b.regional(o, ""), Pool: must(b.named(o, "identity_pool_id"))}
	b.poolRoles(o, r)
	for _, m := range b.blocks(o, "role_mapping") {
		mapping := model.RoleMapping{
			IdentityProvider: b.textIn(m.body, m.sc, "identity_provider"), Type: b.textIn(m.body, m.sc, "type"),
			AmbiguousRoleResolution: b.textIn(m.body, m.sc, "ambiguous_role_resolution"),
			Range:                   b.e.rng(blockRange(m.block)), Maybe: m.maybe,
		}
		for _, rule := range b.inner(m, "mapping_rule") {
			mapping.Rules = append(mapping.Rules, b.mappingRule(rule))
		}
		r.Mappings = append(r.Mappings, mapping)
	}
	b.unit.IdentityPoolRoles = append(b.unit.IdentityPoolRoles, r)
}

func (b *builder) mappingRule(rule expandedBlock) model.MappingRule {
	out := model.MappingRule{
		Claim: b.textIn(rule.body, rule.sc, "claim"), MatchType: b.textIn(rule.body, rule.sc, "match_type"),
		Value: b.textIn(rule.body, rule.sc, "value"), Role: must(b.refIn(rule.body, rule.sc, "role_arn")),
	}
	out.Role.Maybe = out.Role.Maybe || rule.maybe
	return out
}

// poolRoles reads the map of roles, whose keys say for whom they are.
func (b *builder) poolRoles(o *object, r *model.IdentityPoolRoles) {
	a := o.attr("roles")
	if a == nil {
		return
	}
	t := b.read(a.Expr, o.sc)
	b.note(t)
	if t.Kind != source.Object && t.Kind != source.Null {
		r.Incomplete = "roles is not known"
	}
	for _, m := range t.Members {
		list := b.poolRole(site{a.Expr, o.sc}, m)
		switch {
		case m.Name.Is("authenticated"):
			r.Authenticated = append(r.Authenticated, list...)
		case m.Name.Is("unauthenticated"):
			r.Unauthenticated = append(r.Unauthenticated, list...)
		case !m.Name.Known:
			r.Incomplete = "a key of roles is not known"
		}
	}
}

// poolRole is the role of a key; both where nobody can tell which holds.
func (b *builder) poolRole(roles site, m source.Member) []model.Ref {
	if !isChoice(m.Value) {
		v := single(m.Value)
		if v.Kind == source.Null {
			return nil
		}
		return []model.Ref{{Value: v.Text(), Address: b.e.memberAddress(roles, m.Name.Value), Maybe: v.Maybe}}
	}
	var out []model.Ref
	for _, v := range there(m.Value.Items) {
		out = append(out, model.Ref{Value: v.Text(), Maybe: true})
	}
	return out
}
