package cloudformation

import (
	"encoding/base64"
	"strconv"
	"strings"

	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

func (b *builder) instance(res *resource) {
	i := &model.Instance{Entity: b.entity(res, ""), Kind: model.Machine}
	i.Profile = b.oneRef(res, "IamInstanceProfile")
	i.Template = b.template(b.e.property(res, "LaunchTemplate"))
	b.machine(res, i, res.properties)
	b.unit.Instances = append(b.unit.Instances, i)
}

func (b *builder) launchConfiguration(res *resource) {
	i := &model.Instance{Entity: b.entity(res, "LaunchConfigurationName"), Kind: model.LaunchConfiguration}
	i.Profile = b.oneRef(res, "IamInstanceProfile")
	b.machine(res, i, res.properties)
	b.unit.Instances = append(b.unit.Instances, i)
}

func (b *builder) launchTemplate(res *resource) {
	i := &model.Instance{Entity: b.entity(res, "LaunchTemplateName"), Kind: model.LaunchTemplate}
	data := res.properties.Get("LaunchTemplateData")
	i.Profile = b.profile(data.Get("IamInstanceProfile"))
	b.machine(res, i, data)
	b.unit.Instances = append(b.unit.Instances, i)
}

// spotFleet makes an instance of each launch specification.
func (b *builder) spotFleet(res *resource) {
	data := res.properties.Get("SpotFleetRequestConfigData")
	for n, spec := range data.Get("LaunchSpecifications").Elements() {
		i := &model.Instance{Entity: b.entity(res, ""), Kind: model.SpotInstance}
		i.Address += ".LaunchSpecifications[" + strconv.Itoa(n) + "]"
		i.Profile = b.profile(spec.Get("IamInstanceProfile"))
		b.machine(res, i, spec)
		b.unit.Instances = append(b.unit.Instances, i)
	}
}

// profile reads {Name} or {Arn} of an instance profile.
func (b *builder) profile(raw *source.Value) *model.Ref {
	var out *model.Ref
	b.e.bearing(func() {
		v := b.e.eval(raw)
		if v == nil || v.Kind == source.Null {
			return
		}
		named := v
		if v.Kind == source.Object {
			if named = v.Get("Arn"); named == nil {
				named = v.Get("Name")
			}
		}
		if named != nil {
			r := b.ref(named)
			r.Maybe = r.Maybe || v.Maybe
			out = &r
		}
	})
	return out
}

// template reads {LaunchTemplateId} or {LaunchTemplateName}, under either of
// the names that the resource types use.
func (b *builder) template(v *source.Value) *model.Ref {
	for _, name := range []string{"LaunchTemplateId", "LaunchTemplateName", "Id", "Name"} {
		if named := v.Get(name); named != nil {
			r := b.ref(named)
			return &r
		}
	}
	return nil
}

// machine reads what instances and their templates have in common.
func (b *builder) machine(res *resource, i *model.Instance, data *source.Value) {
	if options := b.e.eval(data.Get("MetadataOptions")); options != nil {
		i.Tokens = scalar(options.Get("HttpTokens"), "HttpTokens")
		i.Endpoint = scalar(options.Get("HttpEndpoint"), "HttpEndpoint")
		i.MetadataRange = options.Range
	}
	if t, ok := b.userData(data.Get("UserData")); ok {
		i.Needs = append(i.Needs, needs(t, "its user data names")...)
	}
	for _, tag := range b.tags(data) {
		i.Needs = append(i.Needs, needs(b.e.text(tag), "its tags name")...)
	}
	if m := res.body.Get("Metadata"); m != nil {
		var t source.TextBuilder
		t.Literal(m.Range.Text(), m.Range)
		i.Needs = append(i.Needs, needs(t.Text(), "its metadata names")...)
	}
}

// tags are the keys and values of the tags of instances.
func (b *builder) tags(data *source.Value) []*source.Value {
	list := b.e.eval(data.Get("Tags")).Elements()
	for _, spec := range b.e.eval(data.Get("TagSpecifications")).Elements() {
		list = append(list, spec.Get("Tags").Elements()...)
	}
	var out []*source.Value
	for _, t := range list {
		for _, v := range []*source.Value{t.Get("Key"), t.Get("Value")} {
			if v.IsScalar() {
				out = append(out, v)
			}
		}
	}
	return out
}

// userData is user data as text: what Fn::Base64 is applied to, or a literal
// in base64.
func (b *builder) userData(raw *source.Value) (source.Text, bool) {
	if fn, arg, ok := intrinsic(raw); ok && fn == "Fn::Base64" {
		v := b.e.eval(arg)
		if !v.IsScalar() {
			return source.Text{}, false
		}
		return b.e.content(v), true
	}
	v := b.e.eval(raw)
	if !v.IsScalar() {
		return source.Text{}, false
	}
	decoded, err := base64.StdEncoding.DecodeString(strings.TrimSpace(v.Scalar.Value))
	if err != nil {
		return b.e.content(v), true
	}
	s := v.Text()
	s.Value = string(decoded)
	return s.Text(), true
}

// A sign is a word that says what an instance calls.
type sign struct{ word, names string }

func signs() []sign {
	return []sign{
		{"cloudwatch-agent", "the CloudWatch agent"}, {"cloudwatchagent", "the CloudWatch agent"},
		{"awslogs", "the CloudWatch Logs agent"}, {"ssm-agent", "the SSM agent"}, {"aws ssm ", "SSM"},
		{"awscli", "the AWS CLI"}, {"aws s3 ", "the AWS CLI"}, {"aws ec2 ", "the AWS CLI"}, {"aws logs ", "the AWS CLI"},
		{"aws cloudwatch ", "the AWS CLI"}, {"aws secretsmanager ", "the AWS CLI"}, {"aws ecr ", "the AWS CLI"},
		{"aws sts ", "the AWS CLI"},
	}
}

// needs is the first sign in a text. The text itself is not kept.
func needs(t source.Text, what string) []model.Cause {
	text := asciiLower(t.Value)
	for _, s := range signs() {
		if at := strings.Index(text, s.word); at >= 0 {
			end := at + len(strings.TrimSpace(s.word))
			return []model.Cause{{Range: t.Range(at, end), Message: what + " " + s.names}}
		}
	}
	return nil
}

// asciiLower keeps every byte at its offset.
func asciiLower(s string) string {
	b := []byte(s)
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

// profileUser is a service that makes the instance profile of a role by
// itself, or that takes one for machines that it starts.
func (b *builder) profileUser(res *resource) {
	var u model.ProfileUser
	b.e.bearing(func() {
		var v *source.Value
		switch res.typ {
		case "AWS::EKS::Nodegroup":
			u.Service, v = "eks", b.e.property(res, "NodeRole")
			u.Template = b.template(b.e.property(res, "LaunchTemplate"))
		case "AWS::EKS::Cluster":
			u.Service, v = "eks", b.e.property(res, "ComputeConfig").Get("NodeRoleArn")
		case "AWS::Batch::ComputeEnvironment":
			resources := b.e.property(res, "ComputeResources")
			u.Service, v = "batch", resources.Get("InstanceRole")
			u.Template = b.template(resources.Get("LaunchTemplate"))
		case "AWS::EMR::Cluster":
			u.Service, v = "elasticmapreduce", b.e.property(res, "JobFlowRole")
		}
		if v != nil {
			u.Role = b.ref(v)
		}
	})
	if u.Role.Value.IsZero() && u.Template == nil {
		return
	}
	u.Entity = b.entity(res, "")
	b.unit.ProfileUsers = append(b.unit.ProfileUsers, &u)
}
