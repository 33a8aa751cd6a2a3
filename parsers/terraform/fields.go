package terraform

import (
	"maps"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// builders are the functions that turn a resource of a type into things of
// the model.
func builders() map[string]func(*builder, *object) {
	out := map[string]func(*builder, *object){
		"aws_iam_role":                                    (*builder).role,
		"aws_iam_user":                                    (*builder).user,
		"aws_iam_group":                                   (*builder).group,
		"aws_iam_policy":                                  (*builder).policy,
		"aws_iam_role_policy":                             (*builder).rolePolicy,
		"aws_iam_user_policy":                             (*builder).userPolicy,
		"aws_iam_group_policy":                            (*builder).groupPolicy,
		"aws_iam_role_policy_attachment":                  (*builder).roleAttachment,
		"aws_iam_user_policy_attachment":                  (*builder).userAttachment,
		"aws_iam_group_policy_attachment":                 (*builder).groupAttachment,
		"aws_iam_policy_attachment":                       (*builder).manyAttachment,
		"aws_iam_role_policy_attachments_exclusive":       (*builder).roleExclusive,
		"aws_iam_user_policy_attachments_exclusive":       (*builder).userExclusive,
		"aws_iam_group_policy_attachments_exclusive":      (*builder).groupExclusive,
		"aws_iam_role_policies_exclusive":                 (*builder).roleInlineExclusive,
		"aws_iam_user_policies_exclusive":                 (*builder).userInlineExclusive,
		"aws_iam_group_policies_exclusive":                (*builder).groupInlineExclusive,
		"aws_iam_service_specific_credential":             (*builder).serviceCredential,
		"aws_iam_service_linked_role":                     (*builder).serviceLinkedRole,
		"aws_iam_group_membership":                        (*builder).groupMembership,
		"aws_iam_user_group_membership":                   (*builder).userGroups,
		"aws_iam_instance_profile":                        (*builder).instanceProfile,
		"aws_iam_access_key":                              (*builder).accessKey,
		"aws_iam_user_login_profile":                      (*builder).loginProfile,
		"aws_iam_openid_connect_provider":                 (*builder).oidcProvider,
		"aws_iam_saml_provider":                           (*builder).samlProvider,
		"aws_ssoadmin_permission_set":                     (*builder).permissionSet,
		"aws_ssoadmin_permission_set_inline_policy":       (*builder).permissionSetInline,
		"aws_ssoadmin_managed_policy_attachment":          (*builder).permissionSetManaged,
		"aws_ssoadmin_customer_managed_policy_attachment": (*builder).permissionSetCustomer,
		"aws_ssoadmin_permissions_boundary_attachment":    (*builder).permissionSetBoundary,
		"aws_ssoadmin_account_assignment":                 (*builder).accountAssignment,
		"aws_instance":                                    (*builder).machine,
		"aws_spot_instance_request":                       (*builder).spotRequest,
		"aws_launch_template":                             (*builder).launchTemplate,
		"aws_autoscaling_group":                           (*builder).scalingGroup,
		"aws_ec2_fleet":                                   (*builder).fleet,
		"aws_spot_fleet_request":                          (*builder).spotFleet,
		"aws_imagebuilder_infrastructure_configuration":   (*builder).imageBuild,
		"aws_eks_pod_identity_association":                (*builder).podIdentity,
		"aws_ssm_service_setting":                         (*builder).serviceSetting,
		"aws_lambda_function":                             (*builder).function,
		"aws_launch_configuration":                        (*builder).launchConfiguration,
		"aws_ec2_instance_metadata_defaults":              (*builder).metadataDefaults,
		"aws_eks_node_group":                              (*builder).eksNodeGroup,
		"aws_eks_cluster":                                 (*builder).eksCluster,
		"aws_batch_compute_environment":                   (*builder).batchEnvironment,
		"aws_emr_cluster":                                 (*builder).emrCluster,
		"aws_dlm_lifecycle_policy":                        (*builder).dlmPolicy,
		"aws_elastic_beanstalk_environment":               (*builder).beanstalk,
		"aws_elastic_beanstalk_configuration_template":    (*builder).beanstalk,
		"aws_organizations_organization":                  (*builder).organization,
		"aws_organizations_policy":                        (*builder).control,
		"aws_organizations_policy_attachment":             (*builder).controlAttachment,
	}
	maps.Copy(out, telemetryBuilders())
	return out
}

// entity is what every thing of the model has. nameAttr is the argument that
// holds the AWS name.
func (b *builder) entity(o *object, nameAttr string) model.Entity {
	header := b.e.rng(headerRange(o.res.block))
	out := model.Entity{
		Address: o.address, Range: header, Block: b.e.rng(blockRange(o.res.block)),
		Maybe: o.maybe, When: o.when, Module: o.inst.causes,
	}
	if nameAttr == "" {
		return out
	}
	name := b.text(o, nameAttr)
	if name.IsZero() {
		name.Range = header
	}
	out.Name = source.NewString(b.localText(b.e.nameText(o, nameAttr)), name.Range)
	out.Name.Origin = name.Origin
	if a := o.attr("path"); a != nil {
		out.Path = b.text(o, "path")
	}
	return out
}

// text is an argument's text; zero when it is not written or null.
func (b *builder) text(o *object, name string) source.String {
	return b.textIn(o.res.block.Body, o.sc, name)
}

func (b *builder) textIn(body *hclsyntax.Body, sc *scope, name string) source.String {
	a := body.Attributes[name]
	if a == nil {
		return source.String{}
	}
	v := b.readOne(a.Expr, sc)
	if v.Kind == source.Null {
		return source.String{}
	}
	return v.Text()
}

// texts are the elements of an argument that is a list.
func (b *builder) texts(o *object, name string) []source.String {
	a := o.attr(name)
	if a == nil {
		return nil
	}
	var out []source.String
	for _, v := range b.read(a.Expr, o.sc).Elements() {
		if s := v.Text(); !s.IsZero() {
			out = append(out, s)
		}
	}
	return out
}

// document reads an argument that is a policy document; nil when it is not
// written or null.
func (b *builder) document(o *object, name string, kind iam.DocumentKind) *iam.Document {
	return b.documentIn(o.attr(name), o.sc, kind)
}

func (b *builder) documentIn(a *hclsyntax.Attribute, sc *scope, kind iam.DocumentKind) *iam.Document {
	if a == nil {
		return nil
	}
	t := b.local(b.e.document(a.Expr, sc))
	if t == nil || t.Kind == source.Null {
		return nil
	}
	b.note(t)
	d := iam.Read(settle(t), kind)
	b.reading.hold(d)
	return d
}

// ref reads an argument that names another thing of the model; nil when it
// is not written or null.
func (b *builder) ref(o *object, name string) *model.Ref {
	return b.refIn(o.res.block.Body, o.sc, name)
}

func (b *builder) refIn(body *hclsyntax.Body, sc *scope, name string) *model.Ref {
	a := body.Attributes[name]
	if a == nil {
		return nil
	}
	return b.refAt(site{a.Expr, sc})
}

func (b *builder) refAt(s site) *model.Ref {
	v := b.readOne(s.expr, s.sc)
	if v.Kind == source.Null {
		return nil
	}
	out := &model.Ref{Value: v.Text(), Address: b.e.address(s)}
	out.Maybe = v.Maybe
	b.noteRef(out.Address, v)
	return out
}

// noteRef notes what a reference wants. One to a resource of the unit wants
// nothing, whatever that is called; for others that shows in the end.
func (b *builder) noteRef(address string, v *source.Value) {
	if address == "" {
		b.references = append(b.references, v)
	}
}

func (b *builder) noteReferences() {
	for _, v := range b.references {
		if !b.found[v.Text().Value] {
			b.note(v)
		}
	}
}

// must is a reference that has to be there; the zero Ref stands for one that
// is not.
func must(r *model.Ref) model.Ref {
	if r == nil {
		return model.Ref{}
	}
	return *r
}

// refs reads an argument that is a list of references. It reports whether
// the list is known.
func (b *builder) refs(o *object, name string) ([]model.Ref, bool) {
	a := o.attr(name)
	if a == nil {
		return nil, true
	}
	tree := b.read(a.Expr, o.sc)
	list, values := b.e.spread(site{a.Expr, o.sc}), there(tree.Elements())
	var out []model.Ref
	sure := true
	for i, v := range values {
		if isRest(v) {
			b.note(v)
			sure = false
			continue
		}
		if v.Kind == source.Unread && tree.Kind != source.List {
			b.note(tree)
			return nil, false
		}
		r := model.Ref{Value: v.Text(), Maybe: v.Maybe}
		if len(list) == len(values) {
			r.Address = b.e.address(list[i])
		}
		b.noteRef(r.Address, v)
		out = append(out, r)
	}
	return out, sure
}

// oneOf reads an argument that names one other thing: several where nobody
// can tell which branch of a conditional holds, none when it is null.
func (b *builder) oneOf(o *object, name string) []model.Ref {
	a := o.attr(name)
	if a == nil {
		return nil
	}
	if isChoice(b.e.read(a.Expr, o.sc, elementLevel)) {
		list, _ := b.refs(o, name)
		return list
	}
	if r := b.ref(o, name); r != nil {
		return []model.Ref{*r}
	}
	return nil
}

// address is the resource that an expression refers to; empty when it is no
// reference to one.
func (e *evaluator) address(s site) string {
	for range maxModuleDepth {
		if x, ok := s.expr.(*plannedExpr); ok {
			address := e.plannedAddress(x)
			if _, refs := x.Expression.(*refsExpr); address != "" || refs && !x.unknown() {
				// What a known value refers to may be a branch not taken.
				return address
			}
			s = x.inner(s.sc)
		}
		p := e.follow(s.expr, s.sc)
		if p == nil {
			return e.addressBehind(s)
		}
		address, next := e.addressAt(p)
		if !next.ok() {
			return address
		}
		s = next
	}
	return ""
}

// objectAt is the resource that a place belongs to, or where to look on.
func (e *evaluator) objectAt(p *place) (*object, site) {
	if p.obj == nil {
		p = e.origin(p)
	}
	if p.obj == nil {
		return nil, p.site
	}
	return p.obj, site{}
}

// addressAt is the address of the resource that a place belongs to, or where
// to look on.
func (e *evaluator) addressAt(p *place) (address string, next site) {
	o, next := e.objectAt(p)
	if o == nil || o.res.data {
		return "", next
	}
	return o.address, next
}

// memberAddress is the resource that a member of an object refers to.
func (e *evaluator) memberAddress(s site, name string) string {
	p := e.child(s, cty.StringVal(name))
	if p == nil {
		return ""
	}
	address, next := e.addressAt(p)
	if next.ok() {
		return e.address(next)
	}
	return address
}

// addressBehind looks through the expressions that give one of their parts.
func (e *evaluator) addressBehind(s site) string {
	switch x := s.expr.(type) {
	case *hclsyntax.ConditionalExpr:
		if branch := e.branch(x, s.sc); branch != nil {
			return e.address(site{branch, s.sc})
		}
	case *hclsyntax.FunctionCallExpr:
		switch builtin(x) {
		case "try", "coalesce":
			if a := e.firstGood(x, s.sc); a != nil {
				return e.address(site{a, s.sc})
			}
		case "one", "join", "element":
			if len(x.Args) == 0 {
				return ""
			}
			arg := x.Args[0]
			if builtin(x) == "join" {
				arg = x.Args[len(x.Args)-1]
			}
			if list := e.elements(site{arg, s.sc}); len(list) == 1 {
				return e.address(list[0])
			}
		}
	}
	return ""
}
