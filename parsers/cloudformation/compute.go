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
		if sign := model.TagSign(tag.Key.Value, tag.Value.Value); sign != "" {
			at := tag.Value.Range
			if model.TagSign(tag.Key.Value, "") != "" {
				at = tag.Key.Range
			}
			i.Needs = append(i.Needs, model.Cause{Range: at, Message: "its tags name " + sign})
		}
	}
	if m := res.body.Get("Metadata"); m != nil {
		var t source.TextBuilder
		t.Literal(m.Range.Text(), m.Range)
		i.Needs = append(i.Needs, needs(t.Text(), "its metadata names")...)
	}
}

// tags are those of instances, also of the ones that a template makes.
func (b *builder) tags(data *source.Value) []model.Tag {
	list := b.e.eval(data.Get("Tags")).Elements()
	for _, spec := range b.e.eval(data.Get("TagSpecifications")).Elements() {
		list = append(list, spec.Get("Tags").Elements()...)
	}
	var out []model.Tag
	for _, t := range list {
		out = append(out, model.Tag{Key: t.Get("Key").Text(), Value: t.Get("Value").Text()})
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

// needs is the first sign in a text. The text itself is not kept.
func needs(t source.Text, what string) []model.Cause {
	s, ok := model.FindSign(t.Value)
	if !ok {
		return nil
	}
	return []model.Cause{{Range: t.Range(s.Start, s.End), Message: what + " " + s.Names}}
}

// alarm is of use when it watches what the agent of one instance sends.
func (b *builder) alarm(res *resource) {
	b.agentAlarm(b.e.property(res, "Namespace"), b.e.property(res, "Dimensions"))
	for _, q := range b.e.property(res, "Metrics").Elements() {
		metric := q.Get("MetricStat").Get("Metric")
		b.agentAlarm(metric.Get("Namespace"), metric.Get("Dimensions"))
	}
}

func (b *builder) agentAlarm(namespace, dimensions *source.Value) {
	if !namespace.Text().Is(model.AgentNamespace) {
		return
	}
	for _, d := range dimensions.Elements() {
		if v := d.Get("Value"); d.Get("Name").Text().Is("InstanceId") && v != nil {
			b.unit.AgentAlarms = append(b.unit.AgentAlarms, &model.AgentAlarm{Instance: b.ref(v), Range: v.Range})
		}
	}
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
