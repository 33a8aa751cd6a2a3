package cloudformation

import (
	"sync"

	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// telemetryBuilders are the builders of telemetry resources and of what gives
// credentials for them, by type. Nobody changes the table.
var telemetryBuilders = sync.OnceValue(func() map[string]func(*builder, *resource) {
	return map[string]func(*builder, *resource){
		"AWS::Logs::LogGroup":                                     (*builder).logGroup,
		"AWS::Logs::ResourcePolicy":                               (*builder).logResourcePolicy,
		"AWS::Logs::Destination":                                  (*builder).logDestination,
		"AWS::Logs::SubscriptionFilter":                           (*builder).subscriptionFilter,
		"AWS::Logs::MetricFilter":                                 (*builder).metricFilter,
		"AWS::Logs::AccountPolicy":                                (*builder).accountPolicy,
		"AWS::Logs::Delivery":                                     (*builder).delivery,
		"AWS::Logs::DeliverySource":                               (*builder).deliverySource,
		"AWS::Logs::DeliveryDestination":                          (*builder).deliveryDestination,
		"AWS::ObservabilityAdmin::OrganizationCentralizationRule": (*builder).centralization,
		"AWS::CloudTrail::Trail":                                  (*builder).trail,
		"AWS::EC2::FlowLog":                                       (*builder).flowLog,
		"AWS::CloudWatch::Alarm":                                  (*builder).metricAlarm,
		"AWS::CloudWatch::CompositeAlarm":                         (*builder).compositeAlarm,
		"AWS::CloudWatch::LogAlarm":                               (*builder).logAlarm,
		"AWS::CloudWatch::AccessGrant":                            (*builder).accessGrant,
		"AWS::CloudWatch::DomainAccessGrantForOrganization":       (*builder).accessGrant,
		"AWS::CloudWatch::MetricStream":                           (*builder).metricStream,
		"AWS::CloudWatch::InsightRule":                            (*builder).insightRule,
		"AWS::CloudWatch::Dashboard":                              (*builder).dashboard,
		"AWS::Oam::Sink":                                          (*builder).sink,
		"AWS::Oam::Link":                                          (*builder).sharingLink,
		"AWS::Synthetics::Canary":                                 (*builder).canary,
		"AWS::RUM::AppMonitor":                                    (*builder).appMonitor,
		"AWS::XRay::ResourcePolicy":                               (*builder).xrayPolicy,
		"AWS::Cognito::IdentityPool":                              (*builder).identityPool,
		"AWS::Cognito::IdentityPoolRoleAttachment":                (*builder).identityPoolRoles,
		"AWS::Lambda::Permission":                                 (*builder).functionPermission,
	}
})

// regional is what telemetry resources have in common. name is the property
// that holds the name, empty for what has none.
func (b *builder) regional(res *resource, name string) model.Regional {
	out := model.Regional{Entity: b.entity(res, name), Unit: b.unit, Region: b.unit.Region}
	if name == "" {
		out.Name = source.String{}
	}
	if form := b.t.types[res.typ].arn; form != "" {
		out.ARN = source.NewString(b.e.fill(form, res), res.id.Range)
		if !out.Name.Range.IsZero() {
			out.ARN.Range = out.Name.Range
		}
	}
	return out
}

// within is what stands in a property at a path of members; nil for nothing.
// It is conditional as far as one of those around it is.
func (b *builder) within(res *resource, property string, path ...string) *source.Value {
	return b.inside(res.properties.Get(property), path...)
}

func (b *builder) inside(v *source.Value, path ...string) *source.Value {
	perhaps := false
	for _, name := range path {
		if _, _, call := intrinsic(v); call {
			v = b.e.eval(v)
		}
		if v == nil || v.Kind == source.Unread {
			return v
		}
		perhaps = perhaps || v.Maybe
		v = v.Get(name)
	}
	if v = b.e.eval(v); v != nil && perhaps {
		v = b.e.conditional(v)
	}
	return v
}

// textOf is the text of a value, zero for none and for null.
func textOf(v *source.Value, label string) source.String {
	if v == nil || v.Kind == source.Null {
		return source.String{}
	}
	return scalar(v, label)
}

// setting is a property as text; zero when it is not written, or says what
// holds anyway. Of one that may not be there nobody knows what holds.
func (b *builder) setting(res *resource, name, byDefault string) source.String {
	v, label := b.e.property(res, name), res.id.Value+"."+name
	if v != nil && v.Maybe {
		return source.Unknown(source.HoleFree, label, v.Range)
	}
	return model.Setting(textOf(v, label), byDefault)
}

// reference is a value that names another thing; nil when it is not there,
// null or empty.
func (b *builder) reference(v *source.Value) *model.Ref {
	if v == nil || v.Kind == source.Null {
		return nil
	}
	r := b.ref(v)
	return written(&r)
}

// namedBy is a property that names another thing, of which it is no news that
// the name is not known.
func (b *builder) namedBy(res *resource, property string, path ...string) *model.Ref {
	return b.reference(b.within(res, property, path...))
}

// bound is a property that names another thing and bears on access.
func (b *builder) bound(res *resource, property string, path ...string) *model.Ref {
	var out *model.Ref
	b.e.bearing(func() { out = b.namedBy(res, property, path...) })
	return out
}

// texts are the elements of a list.
func texts(list *source.Value) []source.String {
	var out []source.String
	for _, v := range list.Elements() {
		if s := textOf(v, "an element"); s.Value != "" {
			out = append(out, s)
		}
	}
	return out
}

// settings reads a value that is a JSON document, as text or as an object, yet
// no policy of IAM's kind. It says what kept it from being read, if anything
// did.
func (b *builder) settings(raw *source.Value) (t *source.Value, unread string) {
	v := b.e.eval(raw)
	tree, fault := b.e.parsed(v)
	switch {
	case fault != nil:
		b.t.errorf(fault.Range, "%s", fault.Message)
		return nil, fault.Message
	case tree != nil && tree.Kind == source.Unread:
		b.e.bearing(func() { b.e.eval(raw) })
		return nil, v.Text().Show()
	}
	return tree, ""
}

// guards says what a policy guards.
type guards uint8

const (
	nothing guards = iota
	byName
	byARN
)

// resourcePolicy adds a policy on a telemetry resource, which is named as the
// policy is; none where no document is written.
func (b *builder) resourcePolicy(res *resource, kind model.ResourcePolicyKind, on guards, name string, raw *source.Value) {
	there, perhaps := b.presence(raw)
	if !there {
		return
	}
	p := &model.ResourcePolicy{Entity: b.entity(res, name), Kind: kind, Unit: b.unit, Region: b.unit.Region}
	p.Maybe = p.Maybe || perhaps
	p.Document = b.document(raw, iam.ResourceDocument, res.block())
	switch on {
	case byName:
		p.Resource = model.Ref{Value: p.Name, Address: res.id.Value}
	case byARN:
		p.Resource = model.Ref{Value: source.NewString(b.e.fill(b.t.types[res.typ].arn, res), res.id.Range), Address: res.id.Value}
	}
	b.unit.ResourcePolicies = append(b.unit.ResourcePolicies, p)
}

// presence reports whether a property that holds a document is there, and
// whether it is so only under a condition. AWS::NoValue takes it away, and so
// does an empty text.
func (b *builder) presence(raw *source.Value) (there, perhaps bool) {
	v := raw
	if _, _, call := intrinsic(raw); call {
		v = b.e.eval(raw)
	}
	if v == nil || v.Kind == source.Null || v.Kind == source.Str && v.Scalar.Is("") {
		return false, false
	}
	return true, v.Maybe
}

func (b *builder) logResourcePolicy(res *resource) {
	b.resourcePolicy(res, model.LogResourcePolicy, nothing, "PolicyName", res.properties.Get("PolicyDocument"))
}

func (b *builder) xrayPolicy(res *resource) {
	b.resourcePolicy(res, model.XRayResourcePolicy, nothing, "PolicyName", res.properties.Get("PolicyDocument"))
}

// accessGrant says that a grant of CloudWatch is not read ("AWS::CloudWatch::
// AccessGrant" in the CloudFormation Template Reference): the model holds none.
func (b *builder) accessGrant(res *resource) {
	b.e.bearing(func() {
		b.e.note("access grant "+res.id.Value, "access grants of CloudWatch are not read", source.HoleFree, res.id.Range)
	})
}
