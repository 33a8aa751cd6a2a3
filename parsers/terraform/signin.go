package terraform

import (
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// A signIn is a block whose arguments say how the code signs in to AWS: a
// provider, a backend, or the backend of a remote state.
type signIn struct {
	entity model.Entity
	place  model.KeyPlace
	body   *hclsyntax.Body
	sc     *scope
	// double says that it does not speak to AWS.
	double bool
}

// signIns reads how a module instance signs in. Only the root module has a
// backend ("Backend block configuration overview").
func (r *reading) signIns(inst *instance) {
	for _, block := range inst.cfg.providers() {
		if block.Labels[0] != "aws" {
			continue
		}
		for _, p := range r.e.providersOf(inst, block) {
			b := r.at[r.e.homeOfProvider(p).key()]
			if b == nil {
				b = r.main // of an account in which nothing is declared
			}
			s := signIn{entity: b.entityOf(block, inst, p.address()), place: model.ProviderKey, body: block.Body, sc: p.sc}
			s.double = len(nested(block.Body, "endpoints")) > 0 || b.isTrue(s, "skip_credentials_validation")
			b.signIn(s)
		}
	}
	if inst.parent == nil {
		r.backends(inst)
	}
	for _, key := range sortedKeys(inst.cfg.resources) {
		if res := inst.cfg.resources[key]; res.data && res.kind == "terraform_remote_state" {
			r.eachObject(inst, key, r.remoteState)
		}
	}
}

// backends reads the S3 backend of the root module ("Backend Type: s3").
func (r *reading) backends(inst *instance) {
	for _, settings := range inst.cfg.settings() {
		for _, block := range nestedOf(settings.Body, "backend", "s3") {
			s := signIn{entity: r.main.entityOf(block, inst, "backend.s3"), place: model.BackendKey, body: block.Body, sc: inst.sc}
			s.double = r.main.isTrue(s, "skip_credentials_validation") || block.Body.Attributes["endpoint"] != nil || len(nested(block.Body, "endpoints")) > 0
			r.main.signIn(s)
		}
	}
}

// remoteState reads how the state of another root module is read.
func (r *reading) remoteState(o *object) {
	if r.e.attrText(o, "backend") != "s3" {
		return
	}
	for _, config := range nested(o.res.block.Body, "config") {
		s := signIn{entity: r.main.entity(o, ""), place: model.BackendKey, body: config.Body, sc: o.sc}
		s.double = r.main.isTrue(s, "skip_credentials_validation") || config.Body.Attributes["endpoint"] != nil || config.Body.Attributes["endpoints"] != nil
		r.main.signIn(s)
	}
}

// entityOf is the entity of a block that is no resource.
func (b *builder) entityOf(block *hclsyntax.Block, inst *instance, address string) model.Entity {
	return model.Entity{
		Address: address, Range: b.e.rng(headerRange(block)), Block: b.e.rng(blockRange(block)),
		Maybe: inst.maybe, When: inst.when, Module: inst.causes,
	}
}

func (b *builder) isTrue(s signIn, name string) bool {
	a := s.body.Attributes[name]
	if a == nil {
		return false
	}
	v, _ := b.e.eval(a.Expr, s.sc)
	is := asBool(v)
	return is != nil && *is
}

func (b *builder) signIn(s signIn) {
	for _, name := range []string{"access_key", "secret_key", "token"} {
		if a := s.body.Attributes[name]; a != nil {
			b.signInKey(s, name, a)
		}
	}
	for _, name := range []string{"assume_role", "assume_role_with_web_identity"} {
		blocks, _ := b.e.expand(nested(s.body, name), s.sc)
		for _, role := range blocks {
			b.signInRole(s, role, name != "assume_role")
		}
	}
	if s.place == model.BackendKey && s.body.Attributes["role_arn"] != nil {
		// Before Terraform 1.10 a backend could have the block's arguments itself.
		b.signInRole(s, expandedBlock{body: s.body, sc: s.sc}, false)
	}
}

// signInKey keeps the place and the kind of a key that the code holds; one
// that is passed in from outside is none.
func (b *builder) signInKey(s signIn, name string, a *hclsyntax.Attribute) {
	v := b.e.readOne(a.Expr, s.sc)
	if v.Kind != source.Str || !v.Scalar.Known || v.Scalar.Value == "" {
		return
	}
	k := &model.WrittenKey{Entity: s.entity, Unit: b.unit, Place: s.place, Argument: name, Double: s.double, Origin: v.Scalar.Origin}
	k.Range = v.Scalar.Range
	k.Kind, k.Last4 = model.KindOfKey(v.Scalar.Value)
	b.unit.WrittenKeys = append(b.unit.WrittenKeys, k)
}

func (b *builder) signInRole(s signIn, role expandedBlock, web bool) {
	arn := b.refIn(role.body, role.sc, "role_arn")
	if arn == nil {
		return
	}
	r := &model.AssumedRole{Entity: s.entity, Unit: b.unit, RoleARN: *arn, WebIdentity: web}
	r.Range = arn.Value.Range
	r.Maybe = r.Maybe || role.maybe || arn.Maybe
	if role.maybe && r.When == "" {
		r.When = role.when
	}
	r.ExternalID = b.textIn(role.body, role.sc, "external_id")
	r.Policy = b.documentIn(role.body.Attributes["policy"], role.sc, iam.IdentityDocument)
	if a := role.body.Attributes["policy_arns"]; a != nil {
		for _, v := range there(b.read(a.Expr, role.sc).Elements()) {
			r.PolicyARNs = append(r.PolicyARNs, model.Ref{Value: v.Text(), Maybe: v.Maybe})
		}
	}
	b.unit.AssumedRoles = append(b.unit.AssumedRoles, r)
}
