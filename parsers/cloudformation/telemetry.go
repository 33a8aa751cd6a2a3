package cloudformation

import (
	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// resourcePolicy adds a policy on a telemetry resource.
func (b *builder) resourcePolicy(res *resource, kind model.ResourcePolicyKind, nameProperty string, raw *source.Value) {
	p := &model.ResourcePolicy{Entity: b.entity(res, nameProperty), Kind: kind}
	p.Document = b.document(raw, iam.ResourceDocument, res.block())
	if form := b.t.types[res.typ].arn; form != "" {
		p.Resource = model.Ref{Value: source.NewString(b.e.fill(form, res), res.id.Range), Address: res.id.Value}
	}
	b.unit.ResourcePolicies = append(b.unit.ResourcePolicies, p)
}

func (b *builder) namedResourcePolicy(res *resource) {
	kind := model.LogResourcePolicy
	if res.typ == "AWS::XRay::ResourcePolicy" {
		kind = model.XRayResourcePolicy
	}
	b.resourcePolicy(res, kind, "PolicyName", res.properties.Get("PolicyDocument"))
}

func (b *builder) logGroup(res *resource) {
	g := &model.LogGroup{Regional: model.Regional{Entity: b.entity(res, "LogGroupName")}, BearerToken: b.text(res, "BearerTokenAuthenticationEnabled")}
	b.unit.LogGroups = append(b.unit.LogGroups, g)
	if raw := res.properties.Get("ResourcePolicyDocument"); raw != nil {
		b.resourcePolicy(res, model.LogGroupPolicy, "LogGroupName", raw)
	}
}

func (b *builder) destination(res *resource) {
	if raw := res.properties.Get("DestinationPolicy"); raw != nil {
		b.resourcePolicy(res, model.LogDestinationPolicy, "DestinationName", raw)
	}
}

// deliveryDestination has its policy wrapped with the destination's name.
func (b *builder) deliveryDestination(res *resource) {
	raw := res.properties.Get("DeliveryDestinationPolicy")
	if inner := raw.Get("DeliveryDestinationPolicy"); inner != nil {
		raw = inner
	}
	if raw != nil {
		b.resourcePolicy(res, model.DeliveryDestinationPolicy, "Name", raw)
	}
}

func (b *builder) sink(res *resource) {
	if raw := res.properties.Get("Policy"); raw != nil {
		b.resourcePolicy(res, model.OAMSinkPolicy, "Name", raw)
	}
}

func (b *builder) appMonitor(res *resource) {
	if raw := res.properties.Get("ResourcePolicy").Get("PolicyDocument"); raw != nil {
		b.resourcePolicy(res, model.RUMResourcePolicy, "Name", raw)
	}
}
