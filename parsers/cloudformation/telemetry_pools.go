package cloudformation

import (
	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

func (b *builder) identityPool(res *resource) {
	b.unit.IdentityPools = append(b.unit.IdentityPools, &model.IdentityPool{
		Regional:             b.regional(res, "IdentityPoolName"),
		ID:                   source.NewString(b.e.fill(b.t.types[res.typ].made["Id"], res), res.id.Range),
		AllowUnauthenticated: b.setting(res, "AllowUnauthenticatedIdentities", "false"), AllowClassicFlow: b.setting(res, "AllowClassicFlow", "false"),
	})
}

func (b *builder) identityPoolRoles(res *resource) {
	r := &model.IdentityPoolRoles{Regional: b.regional(res, ""), Pool: must(b.namedBy(res, "IdentityPoolId"))}
	b.e.bearing(func() {
		b.poolRoles(r, res.properties.Get("Roles"))
		b.roleMappings(r, res.properties.Get("RoleMappings"))
	})
	b.unit.IdentityPoolRoles = append(b.unit.IdentityPoolRoles, r)
}

// poolRoles reads the map of roles, whose keys say for whom they are. Of a
// role that depends on an undecided condition both are kept.
func (b *builder) poolRoles(r *model.IdentityPoolRoles, raw *source.Value) {
	roles := b.members(raw)
	if roles == nil {
		return
	}
	if roles.Kind != source.Object && roles.Kind != source.Null {
		r.Incomplete = "roles is not known"
	}
	for _, m := range roles.Members {
		var list []model.Ref
		for _, v := range b.e.choices(m.Value) {
			if ref := b.reference(v); ref != nil {
				ref.Maybe = ref.Maybe || roles.Maybe
				list = append(list, *ref)
			}
		}
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

// members is a map, its values not yet worked out unless a function makes it.
func (b *builder) members(raw *source.Value) *source.Value {
	if _, _, call := intrinsic(raw); call {
		return b.e.eval(raw)
	}
	return raw
}

// roleMappings reads the map of mappings, whose keys name identity providers
// where the mappings do not.
func (b *builder) roleMappings(r *model.IdentityPoolRoles, raw *source.Value) {
	all := b.e.eval(raw)
	if all == nil {
		return
	}
	if all.Kind != source.Object && all.Kind != source.Null {
		r.Incomplete = "the role mappings are not known"
	}
	for _, m := range all.Members {
		v := m.Value
		mapping := model.RoleMapping{
			IdentityProvider: textOf(v.Get("IdentityProvider"), "IdentityProvider"), Type: textOf(v.Get("Type"), "Type"),
			AmbiguousRoleResolution: textOf(v.Get("AmbiguousRoleResolution"), "AmbiguousRoleResolution"),
			Range:                   m.Name.Range.Join(v.Range), Maybe: v.Maybe || all.Maybe,
		}
		if mapping.IdentityProvider.IsZero() {
			mapping.IdentityProvider = m.Name
		}
		for _, rule := range v.Get("RulesConfiguration").Get("Rules").Elements() {
			mapping.Rules = append(mapping.Rules, b.mappingRule(rule))
		}
		r.Mappings = append(r.Mappings, mapping)
	}
}

func (b *builder) mappingRule(v *source.Value) model.MappingRule {
	out := model.MappingRule{
		Claim: textOf(v.Get("Claim"), "Claim"), MatchType: textOf(v.Get("MatchType"), "MatchType"),
		Value: textOf(v.Get("Value"), "Value"), Role: must(b.reference(v.Get("RoleARN"))),
	}
	out.Role.Maybe = out.Role.Maybe || v.Maybe
	return out
}
