package cloudformation

import (
	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

func (b *builder) sink(res *resource) {
	b.unit.Sinks = append(b.unit.Sinks, &model.Sink{Regional: b.regional(res, "Name")})
	b.resourcePolicy(res, model.OAMSinkPolicy, byARN, "Name", res.properties.Get("Policy"))
}

func (b *builder) sharingLink(res *resource) {
	b.unit.Links = append(b.unit.Links, &model.SharingLink{
		Regional: b.regional(res, ""), Sink: must(b.bound(res, "SinkIdentifier")), ResourceTypes: texts(b.e.property(res, "ResourceTypes")),
		LogGroupFilter: textOf(b.within(res, "LinkConfiguration", "LogGroupConfiguration", "Filter"), "Filter"),
		MetricFilter:   textOf(b.within(res, "LinkConfiguration", "MetricConfiguration", "Filter"), "Filter"),
	})
}

func (b *builder) centralization(res *resource) {
	c := &model.Centralization{Regional: b.regional(res, "RuleName")}
	b.e.bearing(func() { c.Account = textOf(b.within(res, "Rule", "Destination", "Account"), "Account") })
	c.DestinationRegion = textOf(b.within(res, "Rule", "Destination", "Region"), "Region")
	c.Scope = textOf(b.within(res, "Rule", "Source", "Scope"), "Scope")
	b.unit.Centralizations = append(b.unit.Centralizations, c)
}

func (b *builder) canary(res *resource) {
	c := &model.Canary{
		Regional: b.regional(res, "Name"), ExecutionRole: must(b.bound(res, "ExecutionRoleArn")), Artifacts: must(b.namedBy(res, "ArtifactS3Location")),
		ArtifactKey: b.namedBy(res, "ArtifactConfig", "S3Encryption", "KmsKeyArn"),
	}
	if v := b.e.property(res, "VPCConfig"); v != nil {
		c.VPC = v.Range
	}
	entity := b.entity(res, "")
	for _, m := range members(b.within(res, "RunConfig", "EnvironmentVariables")) {
		if m.Value.IsScalar() {
			b.writtenKeys(entity, model.CanaryKey, m.Name.Value, b.e.content(m.Value))
		}
	}
	b.unit.Canaries = append(b.unit.Canaries, c)
}

func (b *builder) appMonitor(res *resource) {
	m := &model.AppMonitor{
		Regional: b.regional(res, "Name"), CWLogEnabled: b.setting(res, "CwLogEnabled", "false"),
		IdentityPool: b.namedBy(res, "AppMonitorConfiguration", "IdentityPoolId"),
		GuestRole:    b.bound(res, "AppMonitorConfiguration", "GuestRoleArn"),
	}
	b.unit.AppMonitors = append(b.unit.AppMonitors, m)
	b.e.bearing(func() {
		for i, v := range b.within(res, "AppMonitorConfiguration", "MetricDestinations").Elements() {
			b.rumDestination(res, m, i, v)
		}
	})
	b.resourcePolicy(res, model.RUMResourcePolicy, byARN, "Name", b.wrapped(res.properties.Get("ResourcePolicy"), "PolicyDocument"))
}

// wrapped is the document that a member of a property holds, not yet worked
// out unless a function makes the property.
func (b *builder) wrapped(raw *source.Value, member string) *source.Value {
	if _, _, call := intrinsic(raw); call {
		return b.inside(raw, member)
	}
	return raw.Get(member)
}

// rumDestination is one of the destinations of a monitor's extended metrics.
func (b *builder) rumDestination(res *resource, m *model.AppMonitor, i int, v *source.Value) {
	d := &model.RUMDestination{
		Regional: b.regional(res, ""), AppMonitor: model.Ref{Value: m.Name, Address: res.id.Value}, Destination: textOf(v.Get("Destination"), "Destination"),
		DestinationARN: b.reference(v.Get("DestinationArn")), Role: b.reference(v.Get("IamRoleArn")),
	}
	d.ARN = source.String{}
	d.Entity = b.part(res, "MetricDestinations", i, v, source.String{})
	d.Name = source.String{}
	b.unit.RUMDestinations = append(b.unit.RUMDestinations, d)
}

// functionPermission is of use as far as telemetry calls functions.
func (b *builder) functionPermission(res *resource) {
	principal := b.text(res, "Principal")
	if !model.CallsForTelemetry(principal) {
		return
	}
	p := &model.FunctionPermission{
		Regional: b.regional(res, ""), Function: must(b.namedBy(res, "FunctionName")), Action: b.text(res, "Action"),
		Principal: principal, PrincipalOrgID: b.setting(res, "PrincipalOrgID", ""),
		SourceARN: b.namedBy(res, "SourceArn"), SourceAccount: b.namedBy(res, "SourceAccount"),
	}
	p.Name = source.Unknown(source.HoleName, res.id.Value, res.id.Range)
	b.unit.FunctionPermissions = append(b.unit.FunctionPermissions, p)
}
