package cloudformation

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"io"
	"strings"

	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

func (b *builder) instance(res *resource) {
	i := &model.Instance{Entity: b.entity(res, ""), Kind: model.Machine, Region: b.unit.Region}
	i.Profile = b.profile(res.properties.Get("IamInstanceProfile"))
	i.Template = b.template(b.evaluated(res, "LaunchTemplate"))
	b.machine(res, i, res.properties)
	b.unit.Instances = append(b.unit.Instances, i)
}

func (b *builder) launchConfiguration(res *resource) {
	i := &model.Instance{Entity: b.entity(res, "LaunchConfigurationName"), Kind: model.LaunchConfiguration, Region: b.unit.Region}
	i.Profile = b.profile(res.properties.Get("IamInstanceProfile"))
	b.machine(res, i, res.properties)
	b.unit.Instances = append(b.unit.Instances, i)
}

func (b *builder) launchTemplate(res *resource) {
	i := &model.Instance{Entity: b.entity(res, "LaunchTemplateName"), Kind: model.LaunchTemplate, Region: b.unit.Region}
	data := b.chosen(res.properties.Get("LaunchTemplateData"))
	i.Profile = b.profile(data.Get("IamInstanceProfile"))
	b.machine(res, i, data)
	b.unit.Instances = append(b.unit.Instances, i)
}

// chosen is an object as written, of an Fn::If the branch that is taken. One
// that depends on what is unknown is noted and not read.
func (b *builder) chosen(raw *source.Value) *source.Value {
	if _, _, made := intrinsic(raw); !made {
		return raw
	}
	if list := b.entries(raw); len(list) == 1 {
		return list[0]
	}
	b.e.bearing(func() {
		b.e.note(b.e.spelled(raw), "which of several branches is taken is not known", source.HoleFree, raw.Range)
	})
	return nil
}

// profile reads what names an instance profile: a text, or {Name} or {Arn}.
// It is nil where none is named. A parameter that is empty by default is there
// for the user to set: what it names is unknown.
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
				named, raw = v.Get("Name"), raw.Get("Name")
			} else {
				raw = raw.Get("Arn")
			}
		}
		if named != nil {
			r := b.ref(named)
			r.Maybe = r.Maybe || v.Maybe
			out = b.named(&r, raw)
		}
	})
	return out
}

// named is a reference, nil for one that is empty for good.
func (b *builder) named(r *model.Ref, raw *source.Value) *model.Ref {
	if !r.Value.Is("") {
		return r
	}
	fn, arg, _ := intrinsic(raw)
	if _, given := b.t.env.Parameters[arg.Text().Value]; fn != "Ref" || given || b.t.parameters[arg.Text().Value] == nil {
		return nil
	}
	name := arg.Text().Value
	v := b.e.unknown(source.HoleFree, name, "the parameter "+name+" is empty by default: pass --parameter "+name+"=VALUE", r.Value.Range)
	return &model.Ref{Value: v.Text(), Maybe: r.Maybe}
}

// machine reads what instances and their templates have in common.
func (b *builder) machine(res *resource, i *model.Instance, data *source.Value) {
	b.metadata(i, b.e.eval(data.Get("MetadataOptions")))
	if t, ok := b.userData(data.Get("UserData")); ok {
		i.Needs = append(i.Needs, needs(t, "its user data names")...)
		b.writtenKeys(i.Entity, model.UserDataKey, "", t)
	}
	for _, tag := range b.tags(data) {
		b.tagNeed(i, tag)
	}
	b.initNeeds(res, i)
}

// metadata reads the options of the instance metadata service.
func (b *builder) metadata(i *model.Instance, options *source.Value) {
	if options == nil {
		return
	}
	i.Tokens = scalar(options.Get("HttpTokens"), "HttpTokens")
	i.Endpoint = scalar(options.Get("HttpEndpoint"), "HttpEndpoint")
	i.MetadataRange = options.Range
}

func (b *builder) tagNeed(i *model.Instance, tag model.Tag) {
	sign := model.TagSign(tag.Key.Value, tag.Value.Value)
	if sign == "" {
		return
	}
	at := tag.Value.Range
	if model.TagSign(tag.Key.Value, "") != "" {
		at = tag.Key.Range
	}
	i.Needs = append(i.Needs, model.Cause{Range: at, Message: "its tags name " + sign})
}

// initNeeds looks for the first sign in what cfn-init sets up
// (AWS::CloudFormation::Init in the CloudFormation Template Reference).
func (b *builder) initNeeds(res *resource, i *model.Instance) {
	found := false
	b.e.scalars(b.e.eval(res.body.Get("Metadata").Get("AWS::CloudFormation::Init")), "", 0, func(name string, t source.Text) {
		for _, n := range needs(t, "its metadata names") {
			if !found {
				found = true
				i.Needs = append(i.Needs, n)
			}
		}
	})
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
		return b.e.text(v), true
	}
	v := b.e.eval(raw)
	if !v.IsScalar() {
		return source.Text{}, false
	}
	s := v.Text()
	plain, ok := decoded(s.Value)
	if !ok {
		return b.e.text(v), true
	}
	s.Value = plain
	return s.Text(), true
}

// maxUserData bounds the bytes of user data that is unpacked. EC2 takes 16 KB
// ("Run commands when you launch an EC2 instance with user data input").
const maxUserData = 1 << 20

// decoded is what base64 stands for, unpacked where that is gzip. It reports
// whether the text is base64.
func decoded(text string) (string, bool) {
	data, err := base64.StdEncoding.DecodeString(strings.TrimSpace(text))
	if err != nil {
		return "", false
	}
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return string(data), true
	}
	// What is cut off at the limit is read as far as it goes.
	plain, _ := io.ReadAll(io.LimitReader(z, maxUserData))
	return string(plain), true
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
