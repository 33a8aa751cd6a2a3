package cloudformation

import (
	"strconv"

	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// fleetMaker is what builds machines, what starts them and what gives
// credentials to code; nil for any other type.
func fleetMaker(typ string) func(*builder, *resource) {
	switch typ {
	case "AWS::EC2::Instance":
		return (*builder).instance
	case "AWS::EC2::LaunchTemplate":
		return (*builder).launchTemplate
	case "AWS::EC2::SpotFleet":
		return (*builder).spotFleet
	case "AWS::EC2::EC2Fleet":
		return (*builder).fleet
	case "AWS::AutoScaling::LaunchConfiguration":
		return (*builder).launchConfiguration
	case "AWS::AutoScaling::AutoScalingGroup":
		return (*builder).scalingGroup
	case "AWS::ImageBuilder::InfrastructureConfiguration":
		return (*builder).imageBuild
	case "AWS::EKS::Nodegroup":
		return (*builder).nodeGroup
	case "AWS::EKS::Cluster":
		return (*builder).cluster
	case "AWS::EKS::PodIdentityAssociation":
		return (*builder).podIdentity
	case "AWS::Batch::ComputeEnvironment":
		return (*builder).batchEnvironment
	case "AWS::EMR::Cluster":
		return (*builder).emrCluster
	case "AWS::DLM::LifecyclePolicy":
		return (*builder).lifecyclePolicy
	case "AWS::ElasticBeanstalk::Environment", "AWS::ElasticBeanstalk::ConfigurationTemplate":
		return (*builder).beanstalk
	case "AWS::Lambda::Function":
		return (*builder).function
	}
	return nil
}

func (b *builder) templateUser(res *resource, kind model.TemplateUserKind, name string) *model.TemplateUser {
	u := &model.TemplateUser{Entity: b.entity(res, name), Unit: b.unit, Kind: kind, Region: b.unit.Region}
	b.unit.TemplateUsers = append(b.unit.TemplateUsers, u)
	return u
}

// add adds the launch template that a specification names, if it names one.
func (b *builder) add(u *model.TemplateUser, specification *source.Value) {
	if r := b.template(specification); r != nil {
		u.Templates = append(u.Templates, *r)
	}
}

// template reads {LaunchTemplateId} or {LaunchTemplateName}, under either of
// the names that the resource types use; nil when it names none.
func (b *builder) template(v *source.Value) *model.Ref {
	for _, name := range []string{"LaunchTemplateId", "LaunchTemplateName", "Id", "Name"} {
		if named := v.Get(name); named != nil && !named.Text().Is("") {
			r := b.ref(named)
			r.Maybe = r.Maybe || v.Maybe
			return &r
		}
	}
	return nil
}

// evaluated is a property of which what it names bears on access.
func (b *builder) evaluated(res *resource, name string) (out *source.Value) {
	b.e.bearing(func() { out = b.e.property(res, name) })
	return out
}

func (b *builder) scalingGroup(res *resource) {
	u := b.templateUser(res, model.AutoScalingGroup, "AutoScalingGroupName")
	u.Configuration = written(b.oneRef(res, "LaunchConfigurationName"))
	b.add(u, b.evaluated(res, "LaunchTemplate"))
	mixed := b.evaluated(res, "MixedInstancesPolicy").Get("LaunchTemplate")
	b.add(u, mixed.Get("LaunchTemplateSpecification"))
	for _, o := range mixed.Get("Overrides").Elements() {
		b.add(u, o.Get("LaunchTemplateSpecification"))
	}
}

func (b *builder) fleet(res *resource) {
	u := b.templateUser(res, model.EC2Fleet, "")
	for _, c := range b.evaluated(res, "LaunchTemplateConfigs").Elements() {
		b.add(u, c.Get("LaunchTemplateSpecification"))
	}
}

// spotFleet starts instances from templates or from specifications of its
// own, which are like small templates.
func (b *builder) spotFleet(res *resource) {
	u := b.templateUser(res, model.SpotFleet, "")
	data := b.chosen(res.properties.Get("SpotFleetRequestConfigData"))
	b.e.bearing(func() {
		for _, c := range b.e.eval(data.Get("LaunchTemplateConfigs")).Elements() {
			b.add(u, c.Get("LaunchTemplateSpecification"))
		}
	})
	raw := data.Get("LaunchSpecifications")
	if raw == nil {
		return
	}
	for n, spec := range b.entries(raw) {
		b.specification(res, n, spec)
	}
}

// specification makes an instance of one launch specification.
func (b *builder) specification(res *resource, n int, spec *source.Value) {
	i := &model.Instance{Entity: b.entity(res, ""), Kind: model.SpotSpecification, Region: b.unit.Region}
	i.Address += ".LaunchSpecifications[" + strconv.Itoa(n) + "]"
	i.Maybe = i.Maybe || spec.Maybe
	i.Block = spec.Range
	if len(spec.Members) > 0 {
		i.Range = spec.Members[0].Name.Range
	}
	i.Profile = b.profile(spec.Get("IamInstanceProfile"))
	b.machine(res, i, spec)
	b.unit.Instances = append(b.unit.Instances, i)
}

// imageBuild is where EC2 Image Builder builds and tests images.
func (b *builder) imageBuild(res *resource) {
	i := &model.Instance{Entity: b.entity(res, "Name"), Kind: model.ImageBuild, Region: b.unit.Region}
	i.Profile = b.profile(res.properties.Get("InstanceProfileName"))
	b.metadata(i, b.e.property(res, "InstanceMetadataOptions"))
	for _, m := range members(b.e.property(res, "Tags")) {
		b.tagNeed(i, model.Tag{Key: m.Name, Value: m.Value.Text()})
	}
	b.unit.Instances = append(b.unit.Instances, i)
}

func (b *builder) podIdentity(res *resource) {
	p := &model.PodIdentity{
		Entity: b.entity(res, ""), RoleARN: must(b.oneRef(res, "RoleArn")), TargetRoleARN: written(b.oneRef(res, "TargetRoleArn")),
		ClusterName: b.text(res, "ClusterName"), Namespace: b.text(res, "Namespace"), ServiceAccount: b.text(res, "ServiceAccount"),
	}
	p.Unit = b.unit
	b.unit.PodIdentities = append(b.unit.PodIdentities, p)
}

// must is a reference that has to be there; the zero Ref stands for one that
// is not.
func must(r *model.Ref) model.Ref {
	if r == nil {
		return model.Ref{}
	}
	return *r
}

// written is a reference, nil for one that is empty.
func written(r *model.Ref) *model.Ref {
	if r == nil || r.Value.Is("") {
		return nil
	}
	return r
}
