package export

import (
	"path"
	"strings"

	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// prefix begins the names of the members that belong to a kind of identity:
// UserName, UserId, UserPolicyList (IAM API Reference: UserDetail,
// GroupDetail, RoleDetail).
func prefix(kind model.IdentityKind) string {
	return [...]string{model.User: "User", model.Group: "Group", model.Role: "Role"}[kind]
}

// identity reads a UserDetail, GroupDetail or RoleDetail.
func (p *part) identity(kind model.IdentityKind, v *source.Value) {
	pre := prefix(kind)
	e, ok := p.entity(v, pre+"Name")
	if !ok {
		return
	}
	id := &model.Identity{
		Entity: e, Kind: kind, UniqueID: v.Get(pre + "Id").Text().Value,
		Managed: p.attachments(v.Get("AttachedManagedPolicies")), Boundary: boundary(v.Get("PermissionsBoundary")),
		Tags: tags(v.Get("Tags")),
	}
	for _, item := range v.Get(pre + "PolicyList").Elements() {
		if inline := p.inline(e, item); inline != nil {
			id.Inline = append(id.Inline, inline)
		}
	}
	for _, g := range v.Get("GroupList").Elements() {
		id.Groups = append(id.Groups, model.Ref{Value: g.Text()})
	}
	if trust := v.Get("AssumeRolePolicyDocument"); trust != nil {
		id.Trust, id.TrustRange = p.document(trust, iam.TrustDocument), trust.Range
	}
	for _, profile := range v.Get("InstanceProfileList").Elements() {
		p.profile(profile)
	}
	p.unit.Identities = append(p.unit.Identities, id)
}

// entity reads what every thing with a name and an ARN has. A thing without
// a name is left out, with a diagnostic.
func (p *part) entity(v *source.Value, nameKey string) (model.Entity, bool) {
	name, arn := v.Get(nameKey).Text(), v.Get("Arn").Text()
	if name.Value == "" && arn.Value != "" {
		name = source.NewString(arn.Value[strings.LastIndexByte(arn.Value, '/')+1:], arn.Range)
	}
	if name.Value == "" {
		p.fault(source.Errorf(v.Range, "read element: it has no %s", nameKey))
		return model.Entity{}, false
	}
	p.owner(arn)
	return model.Entity{Name: name, Path: v.Get("Path").Text(), Address: arn.Value, Range: name.Range, Block: v.Range}, true
}

func (p *part) inline(owner model.Entity, v *source.Value) *model.Policy {
	name := v.Get("PolicyName").Text()
	doc := p.document(v.Get("PolicyDocument"), iam.IdentityDocument)
	if doc == nil {
		p.fault(source.Errorf(v.Range, "read inline policy: it has no PolicyDocument"))
		return nil
	}
	return &model.Policy{
		Entity: model.Entity{Name: name, Address: owner.Address + "/" + name.Value, Range: name.Range, Block: v.Range},
		Kind:   model.Inline, Document: doc,
	}
}

func (p *part) attachments(v *source.Value) []*model.Attachment {
	var out []*model.Attachment
	for _, item := range v.Elements() {
		arn := item.Get("PolicyArn").Text()
		if arn.Value == "" {
			p.fault(source.Errorf(item.Range, "read attached policy: it has no PolicyArn"))
			continue
		}
		out = append(out, &model.Attachment{Policy: model.Ref{Value: arn, Address: arn.Value}, Range: arn.Range})
	}
	return out
}

// boundary reads the permissions boundary. Its type is Policy in some answers
// and PermissionsBoundaryPolicy in others, and says nothing.
func boundary(v *source.Value) *model.Attachment {
	arn := v.Get("PermissionsBoundaryArn").Text()
	if arn.Value == "" {
		return nil
	}
	return &model.Attachment{Policy: model.Ref{Value: arn, Address: arn.Value}, Range: arn.Range}
}

func tags(v *source.Value) []model.Tag {
	var out []model.Tag
	for _, item := range v.Elements() {
		out = append(out, model.Tag{Key: item.Get("Key").Text(), Value: item.Get("Value").Text()})
	}
	return out
}

// policy reads a ManagedPolicyDetail: a customer managed policy, or an AWS
// managed one with the document that the account has in use.
func (p *part) policy(v *source.Value) {
	e, ok := p.entity(v, "PolicyName")
	if !ok {
		return
	}
	arn := v.Get("Arn").Text()
	kind := model.Customer
	if a, _ := iam.ParseARN(arn.Value); a.Account == "aws" {
		kind = model.AWSManaged
	}
	version := defaultVersion(v)
	if version == nil {
		version = source.UnreadValue("the default version of the policy, which is not in the export", e.Range)
		p.fault(source.Errorf(e.Range, "read policy %s: its default version is not in the export", e.Name.Value))
	}
	p.unit.Policies = append(p.unit.Policies, &model.Policy{
		Entity: e, Kind: kind, ARN: arn, Document: p.document(version, iam.IdentityDocument),
	})
}

// defaultVersion is the document of the version that is in force.
func defaultVersion(v *source.Value) *source.Value {
	id := v.Get("DefaultVersionId").Text().Value
	var byID *source.Value
	for _, version := range v.Get("PolicyVersionList").Elements() {
		doc := version.Get("Document")
		if version.Get("IsDefaultVersion").Text().Is("true") {
			return doc
		}
		if id != "" && version.Get("VersionId").Text().Is(id) {
			byID = doc
		}
	}
	return byID
}

// roleDetail reads GetRole, which names no policy that the role holds.
func (p *part) roleDetail() {
	v := p.top.Get("Role")
	if v == nil {
		return
	}
	p.identity(model.Role, v)
	for _, id := range p.unit.Identities {
		id.Incomplete = "the answer does not say which policies the role holds"
	}
}

// policyVersion reads GetPolicyVersion, which does not name the policy: it
// goes by the file.
func (p *part) policyVersion() {
	v := p.top.Get("PolicyVersion")
	doc, id := v.Get("Document"), v.Get("VersionId").Text()
	if doc == nil {
		return
	}
	if v.Get("IsDefaultVersion").Text().Is("false") {
		p.fault(source.Warningf(id.Range, "version %s of the policy is not in force and is not judged", id.Show()))
		return
	}
	name := strings.TrimSuffix(path.Base(p.file.Path), path.Ext(p.file.Path))
	at := p.file.Range(doc.Range.Start(), doc.Range.Start()+1)
	p.unit.Policies = append(p.unit.Policies, &model.Policy{
		Entity: model.Entity{Name: source.NewString(name, at), Address: p.file.Path, Range: at, Block: v.Range},
		Kind:   model.Loose, Document: p.document(doc, iam.IdentityDocument),
	})
}

// inlineAnswer reads GetUserPolicy, GetGroupPolicy or GetRolePolicy.
func (p *part) inlineAnswer(kind model.IdentityKind) {
	owner, name := p.top.Get(prefix(kind)+"Name").Text(), p.top.Get("PolicyName").Text()
	if p.top.Get("PolicyDocument") == nil {
		return
	}
	p.unit.Attachments = append(p.unit.Attachments, &model.LooseAttachment{
		Kind: kind, To: model.Ref{Value: owner}, Block: p.file.Whole(),
		Inline: &model.Policy{
			Entity: model.Entity{
				Name: name, Address: inlineAddress(kind, owner.Value, name.Value), Range: name.Range, Block: p.file.Whole(),
			},
			Kind: model.Inline, Document: p.document(p.top.Get("PolicyDocument"), iam.IdentityDocument),
		},
	})
}

// inlineAddress tells inline policies apart where the owner's ARN is not known.
func inlineAddress(kind model.IdentityKind, owner, name string) string {
	return kind.String() + "/" + owner + "/" + name
}

// profile reads an InstanceProfile.
func (p *part) profile(v *source.Value) {
	e, ok := p.entity(v, "InstanceProfileName")
	if !ok {
		return
	}
	profile := &model.InstanceProfile{Entity: e}
	for _, role := range v.Get("Roles").Elements() {
		profile.Roles = append(profile.Roles, model.Ref{Value: role.Get("RoleName").Text(), Address: role.Get("Arn").Text().Value})
	}
	p.unit.Profiles = append(p.unit.Profiles, profile)
}

// provider reads an entry of ListOpenIDConnectProviders or ListSAMLProviders.
func (p *part) provider(kind model.ProviderKind, v *source.Value) {
	arn := v.Get("Arn").Text()
	_, name, ok := strings.Cut(arn.Value, "-provider/")
	if !ok {
		p.fault(source.Errorf(v.Range, "read identity provider: its ARN is not one of a provider"))
		return
	}
	p.owner(arn)
	out := &model.IdentityProvider{Kind: kind, Entity: model.Entity{
		Name: source.NewString(name, arn.Range), Address: arn.Value, Range: arn.Range, Block: v.Range,
	}}
	if kind == model.OIDC {
		out.URL = out.Name
	}
	p.unit.Providers = append(p.unit.Providers, out)
}

// providerDetail reads GetOpenIDConnectProvider, which names no ARN.
func (p *part) providerDetail() {
	url := p.top.Get("Url").Text()
	out := &model.IdentityProvider{
		Kind: model.OIDC, URL: url, Entity: model.Entity{Name: url, Range: url.Range, Block: p.file.Whole()},
	}
	for _, id := range p.top.Get("ClientIDList").Elements() {
		out.Audience = append(out.Audience, id.Text())
	}
	p.unit.Providers = append(p.unit.Providers, out)
}
