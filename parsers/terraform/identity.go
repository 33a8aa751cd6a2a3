package terraform

import (
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

func (b *builder) identity(o *object, kind model.IdentityKind) *model.Identity {
	id := &model.Identity{Entity: b.entity(o, "name"), Kind: kind, Unit: b.unit}
	if r := written(b.ref(o, "permissions_boundary")); r != nil {
		id.Boundary = b.attachment(o, *r)
	}
	id.Tags = b.tags(o)
	b.unit.Identities = append(b.unit.Identities, id)
	return id
}

func (b *builder) role(o *object) {
	id := b.identity(o, model.Role)
	if a := o.attr("assume_role_policy"); a != nil {
		id.Trust = b.document(o, "assume_role_policy", iam.TrustDocument)
		id.TrustRange = b.e.exprRange(a.Expr)
	}
	id.MaxSession = b.text(o, "max_session_duration")
	b.inlineBlocks(o, id)
	arns, sure := b.refs(o, "managed_policy_arns")
	if !sure {
		id.Incomplete = "managed_policy_arns is not known"
	}
	id.AllManaged = sure && o.attr("managed_policy_arns") != nil && !b.isNull(o, "managed_policy_arns")
	for _, r := range arns {
		id.Managed = append(id.Managed, b.attachment(o, r))
	}
}

// inlineBlocks are the inline_policy blocks of a role, which then has no
// others. An empty one says that it has none.
func (b *builder) inlineBlocks(o *object, id *model.Identity) {
	blocks, sure := b.e.expand(nested(o.res.block.Body, "inline_policy"), o.sc)
	id.AllInline = sure && len(blocks) > 0
	for _, in := range blocks {
		doc := b.documentIn(in.body.Attributes["policy"], in.sc, iam.IdentityDocument)
		if doc == nil {
			continue
		}
		header := b.e.rng(headerRange(in.block))
		p := &model.Policy{Kind: model.Inline, Unit: b.unit, Document: doc, Entity: model.Entity{
			Name: b.textIn(in.body, in.sc, "name"), Address: o.address, Range: header, Block: b.e.rng(blockRange(in.block)),
			Maybe: o.maybe || in.maybe, When: o.when, Module: o.inst.causes,
		}}
		if in.maybe {
			p.When = in.when
		}
		if p.Name.IsZero() {
			p.Name = source.NewString(hole(source.HoleName, o.address), header)
		}
		id.Inline = append(id.Inline, p)
	}
}

func (b *builder) user(o *object)  { b.identity(o, model.User) }
func (b *builder) group(o *object) { b.identity(o, model.Group) }

// tags are those of a resource and, of its provider's, those that it does not
// set itself (AWS provider documentation, default_tags).
func (b *builder) tags(o *object) []model.Tag {
	out := b.tagsIn(o.res.block.Body, o.sc)
	p := b.e.providerOf(o)
	if p == nil || p.block == nil {
		return out
	}
	blocks, _ := b.e.expand(nested(p.block.Body, "default_tags"), p.sc)
	for _, d := range blocks {
		for _, t := range b.tagsIn(d.body, d.sc) {
			if !slices.ContainsFunc(out, func(own model.Tag) bool { return own.Key.Value == t.Key.Value }) {
				out = append(out, t)
			}
		}
	}
	return out
}

// isNull reports whether an argument is known to be null.
func (b *builder) isNull(o *object, name string) bool {
	v, err := b.e.eval(o.attr(name).Expr, o.sc)
	return err == nil && v.IsKnown() && v.IsNull()
}

func (b *builder) tagsIn(body *hclsyntax.Body, sc *scope) []model.Tag {
	a := body.Attributes["tags"]
	if a == nil {
		return nil
	}
	var out []model.Tag
	for _, m := range b.read(a.Expr, sc).Members {
		out = append(out, model.Tag{Key: m.Name, Value: m.Value.Text()})
	}
	return out
}

// attachment attaches a managed policy by a resource.
func (b *builder) attachment(o *object, r model.Ref) *model.Attachment {
	return &model.Attachment{
		Policy: r, Range: r.Value.Range, Block: b.e.rng(blockRange(o.res.block)),
		Maybe: o.maybe || r.Maybe, Module: o.inst.causes,
	}
}

func (b *builder) policy(o *object) {
	p := &model.Policy{Entity: b.entity(o, "name"), Kind: model.Customer, Unit: b.unit}
	p.Document = b.document(o, "policy", iam.IdentityDocument)
	p.ARN = source.NewString(b.localText(b.e.arnText(o, b.e.shapes["aws_iam_policy"])), p.Name.Range)
	b.unit.Policies = append(b.unit.Policies, p)
}

func (b *builder) rolePolicy(o *object)  { b.inline(o, model.Role, "role") }
func (b *builder) userPolicy(o *object)  { b.inline(o, model.User, "user") }
func (b *builder) groupPolicy(o *object) { b.inline(o, model.Group, "group") }

func (b *builder) inline(o *object, kind model.IdentityKind, attr string) {
	if r, ok := b.copies(o); ok {
		for _, to := range b.holders(o, attr) {
			a := b.attachment(o, r)
			b.attach(&model.LooseAttachment{Kind: kind, To: to, Managed: a, Block: a.Block})
		}
		return
	}
	p := &model.Policy{Entity: b.entity(o, "name"), Kind: model.Inline, Unit: b.unit}
	p.Document = b.document(o, "policy", iam.IdentityDocument)
	for _, to := range b.holders(o, attr) {
		b.attach(&model.LooseAttachment{Kind: kind, To: to, Inline: p, Block: p.Block})
	}
}

// holders are those that an attachment names; at least one, which is zero
// when it names none.
func (b *builder) holders(o *object, attr string) []model.Ref {
	if list := b.oneOf(o, attr); len(list) > 0 {
		return list
	}
	return []model.Ref{{}}
}

func (b *builder) attach(a *model.LooseAttachment) {
	b.unit.Attachments = append(b.unit.Attachments, a)
}

func (b *builder) roleAttachment(o *object)  { b.managed(o, model.Role, "role") }
func (b *builder) userAttachment(o *object)  { b.managed(o, model.User, "user") }
func (b *builder) groupAttachment(o *object) { b.managed(o, model.Group, "group") }

func (b *builder) managed(o *object, kind model.IdentityKind, attr string) {
	for _, r := range b.oneOf(o, "policy_arn") {
		for _, to := range b.holders(o, attr) {
			a := b.attachment(o, r)
			b.attach(&model.LooseAttachment{Kind: kind, To: to, Managed: a, Block: a.Block})
		}
	}
}

// manyAttachment is aws_iam_policy_attachment, which attaches one policy to
// several identities and detaches it from all others.
func (b *builder) manyAttachment(o *object) {
	policies := b.oneOf(o, "policy_arn")
	var only soleAttachment
	for _, k := range []struct {
		kind model.IdentityKind
		attr string
	}{{model.User, "users"}, {model.Role, "roles"}, {model.Group, "groups"}} {
		list, _ := b.refs(o, k.attr)
		for _, to := range list {
			for _, r := range policies {
				a := b.attachment(o, r)
				x := &model.LooseAttachment{Kind: k.kind, To: to, Managed: a, Block: a.Block}
				only.to = append(only.to, x)
				b.attach(x)
			}
		}
	}
	if !o.maybe {
		b.onlyHere = append(b.onlyHere, only)
	}
}

func (b *builder) groupMembership(o *object) {
	group := must(b.ref(o, "group"))
	users, _ := b.refs(o, "users")
	for _, u := range users {
		b.unit.Memberships = append(b.unit.Memberships, &model.Membership{User: u, Group: group, Range: u.Value.Range, Maybe: o.maybe || u.Maybe})
	}
}

func (b *builder) userGroups(o *object) {
	user := must(b.ref(o, "user"))
	for _, g := range b.list(o, "groups") {
		b.unit.Memberships = append(b.unit.Memberships, &model.Membership{User: user, Group: g, Range: g.Value.Range, Maybe: o.maybe || g.Maybe})
	}
}

func (b *builder) instanceProfile(o *object) {
	p := &model.InstanceProfile{Entity: b.entity(o, "name"), Unit: b.unit}
	p.Roles = append(p.Roles, b.oneOf(o, "role")...)
	older, _ := b.refs(o, "roles")
	p.Roles = append(p.Roles, older...)
	b.unit.Profiles = append(b.unit.Profiles, p)
}

// oidcProvider has the name that its ARN ends in: its URL without the scheme.
func (b *builder) oidcProvider(o *object) {
	p := &model.IdentityProvider{
		Entity: b.entity(o, ""), Kind: model.OIDC, Unit: b.unit, URL: b.text(o, "url"), Audience: b.texts(o, "client_id_list"),
	}
	p.Name = p.URL
	p.Name.Value = strings.TrimSuffix(strings.TrimPrefix(p.URL.Value, "https://"), "/")
	b.unit.Providers = append(b.unit.Providers, p)
}

func (b *builder) samlProvider(o *object) {
	b.unit.Providers = append(b.unit.Providers, &model.IdentityProvider{Entity: b.entity(o, "name"), Kind: model.SAML, Unit: b.unit})
}
