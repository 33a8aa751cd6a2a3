package cloudformation

import (
	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// profileUser is a service that makes the instance profile of a role by
// itself, or that takes one for machines that it starts. role is the value
// that names either, nil for none.
func (b *builder) profileUser(res *resource, service string, role *source.Value, template *model.Ref) {
	if role == nil || role.Kind == source.Null {
		return
	}
	u := &model.ProfileUser{Entity: b.entity(res, ""), Service: service, Template: template}
	b.e.bearing(func() { u.Role = b.ref(role) })
	b.unit.ProfileUsers = append(b.unit.ProfileUsers, u)
}

func (b *builder) nodeGroup(res *resource) {
	template := b.template(b.evaluated(res, "LaunchTemplate"))
	if template != nil {
		u := b.templateUser(res, model.EKSNodeGroup, "NodegroupName")
		u.Templates = append(u.Templates, *template)
	}
	b.profileUser(res, "EKS node group", b.evaluated(res, "NodeRole"), template)
}

// cluster is of use in EKS Auto Mode, which makes a profile of the node role.
func (b *builder) cluster(res *resource) {
	b.profileUser(res, "EKS Auto Mode", b.evaluated(res, "ComputeConfig").Get("NodeRoleArn"), nil)
}

func (b *builder) batchEnvironment(res *resource) {
	resources := b.evaluated(res, "ComputeResources")
	b.profileUser(res, "Batch", resources.Get("InstanceRole"), nil)
	if r := b.template(resources.Get("LaunchTemplate")); r != nil {
		u := b.templateUser(res, model.BatchComputeEnvironment, "ComputeEnvironmentName")
		u.Templates = append(u.Templates, *r)
	}
}

func (b *builder) emrCluster(res *resource) {
	b.profileUser(res, "EMR", b.evaluated(res, "JobFlowRole"), nil)
}

func (b *builder) lifecyclePolicy(res *resource) {
	b.profileUser(res, "Data Lifecycle Manager", b.evaluated(res, "ExecutionRoleArn"), nil)
}

// beanstalk starts machines with the profile that an option names
// (aws:autoscaling:launchconfiguration in the AWS Elastic Beanstalk Developer
// Guide, "General options for all environments").
func (b *builder) beanstalk(res *resource) {
	for _, o := range b.evaluated(res, "OptionSettings").Elements() {
		if o.Get("Namespace").Text().Is("aws:autoscaling:launchconfiguration") && o.Get("OptionName").Text().Is("IamInstanceProfile") {
			b.profileUser(res, "Elastic Beanstalk", o.Get("Value"), nil)
		}
	}
}
