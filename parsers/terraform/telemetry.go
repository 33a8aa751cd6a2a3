package terraform

import (
	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/model"
)

func (b *builder) logResourcePolicy(o *object) {
	kind := model.LogResourcePolicy
	if o.attr("resource_arn") != nil {
		kind = model.LogGroupPolicy
	}
	b.resourcePolicy(o, kind, "policy_name", "resource_arn", "policy_document")
}

func (b *builder) destinationPolicy(o *object) {
	b.resourcePolicy(o, model.LogDestinationPolicy, "destination_name", "destination_name", "access_policy")
}

func (b *builder) deliveryPolicy(o *object) {
	b.resourcePolicy(o, model.DeliveryDestinationPolicy, "delivery_destination_name", "delivery_destination_name", "delivery_destination_policy")
}

func (b *builder) sinkPolicy(o *object) {
	b.resourcePolicy(o, model.OAMSinkPolicy, "", "sink_identifier", "policy")
}

func (b *builder) sink(o *object) { b.sinks[o.address] = b.entity(o, "name").Name }

// nameSinkPolicies names a sink's policy as its sink: the policy has no name
// of its own, and the sink's ARN does not hold its name.
func (b *builder) nameSinkPolicies() {
	for _, p := range b.unit.ResourcePolicies {
		if name, ok := b.sinks[p.Resource.Address]; ok && p.Kind == model.OAMSinkPolicy && p.Name.IsZero() {
			p.Name = name
		}
	}
}

func (b *builder) xrayPolicy(o *object) {
	b.resourcePolicy(o, model.XRayResourcePolicy, "policy_name", "", "policy_document")
}

// resourcePolicy reads a policy on a telemetry resource from the arguments
// that hold its name, the resource it guards and the document.
func (b *builder) resourcePolicy(o *object, kind model.ResourcePolicyKind, name, guards, document string) {
	p := &model.ResourcePolicy{Entity: b.entity(o, name), Kind: kind, Unit: b.unit, Region: b.regionName(o)}
	if guards != "" {
		p.Resource = must(b.ref(o, guards))
	}
	p.Document = b.document(o, document, iam.ResourceDocument)
	if p.Document == nil {
		return
	}
	b.unit.ResourcePolicies = append(b.unit.ResourcePolicies, p)
}

func (b *builder) logGroup(o *object) {
	b.unit.LogGroups = append(b.unit.LogGroups, &model.LogGroup{Regional: model.Regional{Entity: b.entity(o, "name")}})
}
