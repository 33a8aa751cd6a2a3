package terraform

import (
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

func (b *builder) templateUser(o *object, kind model.TemplateUserKind, name string) *model.TemplateUser {
	u := &model.TemplateUser{Entity: b.entity(o, name), Unit: b.unit, Kind: kind, Region: b.regionName(o)}
	b.unit.TemplateUsers = append(b.unit.TemplateUsers, u)
	return u
}

// templateIn reads a block that names a launch template by id or name; nil
// when it names none.
func (b *builder) templateIn(t expandedBlock, id, name string) *model.Ref {
	r := written(b.refIn(t.body, t.sc, id))
	if r == nil {
		r = written(b.refIn(t.body, t.sc, name))
	}
	if r != nil {
		r.Maybe = r.Maybe || t.maybe
	}
	return r
}

// blocksIn are the blocks at a path of block types below a resource.
func (b *builder) blocksIn(o *object, path ...string) []expandedBlock {
	at := []expandedBlock{{body: o.res.block.Body, block: o.res.block, sc: o.sc}}
	for _, name := range path {
		var next []expandedBlock
		for _, outer := range at {
			inner, _ := b.e.expand(nested(outer.body, name), outer.sc)
			for _, c := range inner {
				c.maybe = c.maybe || outer.maybe
				next = append(next, c)
			}
		}
		at = next
	}
	return at
}

// addTemplates adds the templates that the blocks at a path name.
func (b *builder) addTemplates(u *model.TemplateUser, o *object, id, name string, path ...string) {
	for _, t := range b.blocksIn(o, path...) {
		if r := b.templateIn(t, id, name); r != nil {
			u.Templates = append(u.Templates, *r)
		}
	}
}

// The arguments that name a launch template, outside and inside of fleets.
const (
	templateID   = "launch_template_id"
	templateName = "launch_template_name"
)

func (b *builder) scalingGroup(o *object) {
	u := b.templateUser(o, model.AutoScalingGroup, "name")
	u.Configuration = written(b.ref(o, "launch_configuration"))
	b.addTemplates(u, o, "id", "name", "launch_template")
	const mixed, template, specification = "mixed_instances_policy", "launch_template", "launch_template_specification"
	b.addTemplates(u, o, templateID, templateName, mixed, template, specification)
	b.addTemplates(u, o, templateID, templateName, mixed, template, "override", specification)
}

func (b *builder) fleet(o *object) {
	u := b.templateUser(o, model.EC2Fleet, "")
	b.addTemplates(u, o, templateID, templateName, "launch_template_config", "launch_template_specification")
}

// spotFleet starts instances from templates or from specifications of its
// own, which are like small templates.
func (b *builder) spotFleet(o *object) {
	u := b.templateUser(o, model.SpotFleet, "")
	b.addTemplates(u, o, "id", "name", "launch_template_config", "launch_template_specification")
	for n, s := range b.blocks(o, "launch_specification") {
		i := &model.Instance{Entity: b.entity(o, ""), Kind: model.SpotSpecification, Unit: b.unit, Region: u.Region}
		i.Address = fmt.Sprintf("%s.launch_specification[%d]", o.address, n)
		i.Range, i.Block = b.e.rng(headerRange(s.block)), b.e.rng(blockRange(s.block))
		i.Maybe = i.Maybe || s.maybe
		if s.maybe {
			i.When = s.when
		}
		if i.Profile = b.profileIn(s.body, s.sc, "iam_instance_profile_arn"); i.Profile == nil {
			i.Profile = b.profileIn(s.body, s.sc, "iam_instance_profile")
		}
		b.userDataOf(i, s.body, s.sc)
		b.tagNeeds(i, b.tagsIn(s.body, s.sc))
		i.IMDSSupport = b.imdsSupport(s.body.Attributes["ami"], s.sc)
		b.unit.Instances = append(b.unit.Instances, i)
	}
}

// imageBuild is where EC2 Image Builder builds and tests images.
func (b *builder) imageBuild(o *object) {
	i := &model.Instance{Entity: b.entity(o, "name"), Kind: model.ImageBuild, Unit: b.unit, Region: b.regionName(o)}
	i.Profile = b.profileIn(o.res.block.Body, o.sc, "instance_profile_name")
	b.metadata(o, i, "instance_metadata_options")
	b.tagNeeds(i, b.tagsIn(o.res.block.Body, o.sc))
	b.unit.Instances = append(b.unit.Instances, i)
}

func (b *builder) podIdentity(o *object) {
	b.unit.PodIdentities = append(b.unit.PodIdentities, &model.PodIdentity{
		Entity: b.entity(o, ""), Unit: b.unit, RoleARN: must(b.ref(o, "role_arn")), TargetRoleARN: written(b.ref(o, "target_role_arn")),
		ClusterName: b.text(o, "cluster_name"), Namespace: b.text(o, "namespace"), ServiceAccount: b.text(o, "service_account"),
	})
}

// serviceSetting is of use when it says which role the instances without a
// profile get.
func (b *builder) serviceSetting(o *object) {
	const setting = "/ssm/managed-instance/default-ec2-instance-management-role"
	id := b.text(o, "setting_id")
	if !strings.HasSuffix(id.Value, setting) {
		return
	}
	b.unit.HostManagement = append(b.unit.HostManagement, &model.HostManagement{
		Entity: b.entity(o, ""), Unit: b.unit, Region: b.regionName(o), Role: must(b.ref(o, "setting_value")),
	})
}

// imdsSupport is what the image of an instance says of IMDSv2: an image of
// the configuration, or one that a data source looks for by that ("imds-support"
// in DescribeImages, Amazon EC2 API Reference).
func (b *builder) imdsSupport(a *hclsyntax.Attribute, sc *scope) source.String {
	if a == nil {
		return source.String{}
	}
	o := b.e.resourceOf(site{a.Expr, sc})
	switch {
	case o == nil:
		return source.String{}
	case !o.res.data:
		return b.text(o, "imds_support")
	case o.res.kind != "aws_ami":
		return source.String{}
	}
	for _, f := range b.blocks(o, "filter") {
		if b.textIn(f.body, f.sc, "name").Is("imds-support") && f.body.Attributes["values"] != nil && !f.maybe {
			if list := b.read(f.body.Attributes["values"].Expr, f.sc).Elements(); len(list) == 1 {
				return list[0].Text()
			}
		}
	}
	return source.String{}
}

// resourceOf is the resource or data source that an expression reads an
// attribute of, nil for none.
func (e *evaluator) resourceOf(s site) *object {
	for range maxModuleDepth {
		p := e.follow(s.expr, s.sc)
		if p == nil {
			return nil
		}
		o, next := e.objectAt(p)
		if o != nil || !next.ok() {
			return o
		}
		s = next
	}
	return nil
}
