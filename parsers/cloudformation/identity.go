package cloudformation

import (
	"strings"

	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// identityMaker is what builds identities and their policies, organizations and
// what gives keys; nil for any other type.
func identityMaker(typ string) func(*builder, *resource) {
	switch typ {
	case "AWS::IAM::Role":
		return (*builder).role
	case "AWS::IAM::User":
		return (*builder).user
	case "AWS::IAM::Group":
		return (*builder).group
	case "AWS::IAM::Policy":
		return (*builder).sharedPolicy
	case "AWS::IAM::ManagedPolicy":
		return (*builder).managedPolicy
	case "AWS::IAM::RolePolicy", "AWS::IAM::UserPolicy", "AWS::IAM::GroupPolicy":
		return (*builder).ownPolicy
	case "AWS::IAM::InstanceProfile":
		return (*builder).instanceProfile
	case "AWS::IAM::AccessKey":
		return (*builder).accessKey
	case "AWS::IAM::OIDCProvider", "AWS::IAM::SAMLProvider":
		return (*builder).provider
	case "AWS::IAM::UserToGroupAddition":
		return (*builder).membership
	case serviceLinkedRole:
		return (*builder).serviceLinkedRole
	case "AWS::SSO::PermissionSet":
		return (*builder).permissionSet
	case "AWS::SSO::Assignment":
		return (*builder).assignment
	case "AWS::RolesAnywhere::Profile":
		return (*builder).rolesAnywhereProfile
	case "AWS::RolesAnywhere::TrustAnchor":
		return (*builder).trustAnchor
	case "AWS::Organizations::Organization":
		return (*builder).organization
	case "AWS::Organizations::Policy":
		return (*builder).control
	}
	return nil
}

func (b *builder) identity(res *resource, kind model.IdentityKind, nameProperty string) *model.Identity {
	id := &model.Identity{Entity: b.entity(res, nameProperty), Kind: kind}
	b.inline(res, id)
	b.managed(res, id)
	b.boundary(res, id)
	id.Tags = b.tagsOf(res)
	b.unit.Identities = append(b.unit.Identities, id)
	return id
}

// inline reads Policies: a list of names and documents.
func (b *builder) inline(res *resource, id *model.Identity) {
	raw := res.properties.Get("Policies")
	if raw == nil {
		return
	}
	for i, v := range b.entries(raw) {
		if v.Kind != source.Object {
			id.Incomplete = "its inline policies could not be read whole"
			continue
		}
		name := scalar(b.e.eval(v.Get("PolicyName")), "a policy's name")
		p := &model.Policy{Kind: model.Inline, Entity: b.part(res, "Policies", i, v, name)}
		p.Document = b.document(v.Get("PolicyDocument"), iam.IdentityDocument, v.Range)
		id.Inline = append(id.Inline, p)
	}
}

// entries are the entries of a list with their conditions decided but not yet
// evaluated: a document is worked out statement by statement.
func (b *builder) entries(raw *source.Value) []*source.Value {
	if fn, arg, ok := intrinsic(raw); ok {
		if fn != "Fn::If" || len(arg.Items) != 3 {
			return b.e.eval(raw).Elements()
		}
		return b.branches(arg)
	}
	if raw.Kind != source.List {
		return raw.Elements()
	}
	var out []*source.Value
	for _, item := range raw.Items {
		if fn, _, ok := intrinsic(item); ok && (fn == "Fn::If" || fn == "Ref") {
			out = append(out, b.entries(item)...)
			continue
		}
		out = append(out, item)
	}
	return out
}

func (b *builder) branches(arg *source.Value) []*source.Value {
	switch b.e.condition(arg.Items[0].Text().Value) {
	case yes:
		return b.entries(arg.Items[1])
	case no:
		return b.entries(arg.Items[2])
	}
	var out []*source.Value
	for _, branch := range arg.Items[1:] {
		for _, v := range b.entries(branch) {
			out = append(out, b.e.conditional(v))
		}
	}
	return out
}

// managed reads ManagedPolicyArns. The stack only takes away what an earlier
// version of it attached, so the list never is all that the identity holds.
func (b *builder) managed(res *resource, id *model.Identity) {
	b.attachAll(res, id, "ManagedPolicyArns")
}

// attachAll attaches the managed policies of a property that lists them.
func (b *builder) attachAll(res *resource, id *model.Identity, property string) {
	refs, _, unknown := b.refs(res, property)
	if unknown != nil {
		id.Incomplete = "its managed policies depend on " + unknown.Scalar.Show()
	}
	for _, r := range refs {
		id.Managed = append(id.Managed, b.attachment(r))
	}
}

// attachment attaches a managed policy to an identity by a property of its own.
func (b *builder) attachment(r model.Ref) *model.Attachment {
	return &model.Attachment{Policy: r, Range: r.Value.Range, Maybe: r.Maybe, Module: b.caller.calls}
}

func (b *builder) boundary(res *resource, id *model.Identity) {
	if r := written(b.oneRef(res, "PermissionsBoundary")); r != nil {
		id.Boundary = b.attachment(*r)
	}
}

// tagsOf are the tags of a resource that are written as keys and values.
func (b *builder) tagsOf(res *resource) []model.Tag {
	var out []model.Tag
	for _, t := range b.e.property(res, "Tags").Elements() {
		out = append(out, model.Tag{Key: t.Get("Key").Text(), Value: t.Get("Value").Text()})
	}
	return out
}

func (b *builder) role(res *resource) {
	id := b.identity(res, model.Role, "RoleName")
	id.MaxSession = b.text(res, "MaxSessionDuration")
	m, ok := res.properties.Member("AssumeRolePolicyDocument")
	if !ok {
		return
	}
	id.Trust = b.document(m.Value, iam.TrustDocument, m.Value.Range)
	id.TrustRange = m.Name.Range
	if !m.Value.Origin.IsZero() { // an alias says itself where it comes from
		id.TrustRange = m.Value.Range
	}
}

func (b *builder) user(res *resource) {
	id := b.identity(res, model.User, "UserName")
	id.HasLogin = b.e.property(res, "LoginProfile") != nil
	groups, _, unknown := b.refs(res, "Groups")
	id.Groups = groups
	if unknown != nil {
		id.Incomplete = "its groups depend on " + unknown.Scalar.Show()
	}
}

func (b *builder) group(res *resource) { b.identity(res, model.Group, "GroupName") }

// An owner is a kind of identity as policy resources name it.
type owner struct {
	kind     model.IdentityKind
	one, all string
}

func owners() []owner {
	return []owner{
		{model.Role, "RoleName", "Roles"}, {model.User, "UserName", "Users"}, {model.Group, "GroupName", "Groups"},
	}
}

// sharedPolicy is AWS::IAM::Policy: one document, put inline into each of the
// identities that it lists.
func (b *builder) sharedPolicy(res *resource) {
	entity := b.entity(res, "PolicyName")
	entity.Path = source.String{}
	raw := res.properties.Get("PolicyDocument")
	doc := b.document(raw, iam.IdentityDocument, res.block())
	held := false
	for _, o := range owners() {
		refs, _, _ := b.refs(res, o.all)
		for _, r := range refs {
			b.attach(o.kind, r, &model.Policy{Entity: entity, Kind: model.Inline, Document: doc}, res)
			held = true
		}
	}
	if !held {
		b.unit.Policies = append(b.unit.Policies, &model.Policy{Entity: entity, Kind: model.Inline, Document: doc})
	}
}

func (b *builder) attach(kind model.IdentityKind, to model.Ref, p *model.Policy, res *resource) {
	to.Maybe = to.Maybe || b.maybe
	b.unit.Attachments = append(b.unit.Attachments, &model.LooseAttachment{Kind: kind, To: to, Inline: p, Block: res.block()})
}

// ownPolicy is AWS::IAM::RolePolicy and its kin: one document for one identity.
func (b *builder) ownPolicy(res *resource) {
	entity := b.entity(res, "PolicyName")
	p := &model.Policy{Entity: entity, Kind: model.Inline}
	p.Document = b.document(res.properties.Get("PolicyDocument"), iam.IdentityDocument, res.block())
	for _, o := range owners() {
		if res.typ != "AWS::IAM::"+strings.TrimSuffix(o.one, "Name")+"Policy" {
			continue
		}
		if r := b.oneRef(res, o.one); r != nil {
			b.attach(o.kind, *r, p, res)
			return
		}
	}
	b.unit.Policies = append(b.unit.Policies, p)
}

func (b *builder) managedPolicy(res *resource) {
	p := &model.Policy{Entity: b.entity(res, "ManagedPolicyName"), Kind: model.Customer}
	p.Document = b.document(res.properties.Get("PolicyDocument"), iam.IdentityDocument, res.block())
	p.ARN = source.NewString(b.e.fill(b.t.types[res.typ].arn, res), res.id.Range)
	b.unit.Policies = append(b.unit.Policies, p)
	for _, o := range owners() {
		refs, ranges, _ := b.refs(res, o.all)
		for i, r := range refs {
			r.Maybe = r.Maybe || b.maybe
			policy := model.Ref{Value: source.NewString(p.ARN.Value, ranges[i]), Address: res.id.Value}
			a := &model.Attachment{Policy: policy, Range: ranges[i], Block: res.block(), Maybe: r.Maybe, Module: b.caller.calls}
			b.unit.Attachments = append(b.unit.Attachments, &model.LooseAttachment{Kind: o.kind, To: r, Managed: a, Block: res.block()})
		}
	}
}

func (b *builder) instanceProfile(res *resource) {
	p := &model.InstanceProfile{Entity: b.entity(res, "InstanceProfileName")}
	p.Roles, _, _ = b.refs(res, "Roles")
	b.unit.Profiles = append(b.unit.Profiles, p)
}

func (b *builder) provider(res *resource) {
	p := &model.IdentityProvider{Entity: b.entity(res, "Name"), Kind: model.SAML}
	if res.typ == "AWS::IAM::OIDCProvider" {
		p.Kind, p.URL = model.OIDC, b.text(res, "Url")
		if p.URL.Value != "" {
			p.Name = p.URL
			p.Name.Value = issuer(p.URL.Value)
		}
		for _, v := range b.e.property(res, "ClientIdList").Elements() {
			p.Audience = append(p.Audience, scalar(v, "an audience"))
		}
	}
	b.unit.Providers = append(b.unit.Providers, p)
}

func (b *builder) membership(res *resource) {
	group := b.oneRef(res, "GroupName")
	users, ranges, _ := b.refs(res, "Users")
	if group == nil {
		return
	}
	for i, u := range users {
		b.unit.Memberships = append(b.unit.Memberships, &model.Membership{
			User: u, Group: *group, Range: ranges[i], Maybe: b.maybe || u.Maybe || group.Maybe,
		})
	}
}
