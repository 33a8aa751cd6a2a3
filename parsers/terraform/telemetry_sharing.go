package terraform

import (
	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

func (b *builder) sink(o *object) {
	s := &model.Sink{Regional: b.regional(o, "name")}
	b.sinks[o.address] = s.Name
	b.unit.Sinks = append(b.unit.Sinks, s)
}

func (b *builder) sharingLink(o *object) {
	k := &model.SharingLink{
		Regional: b.regional(o, ""), Sink: must(b.ref(o, "sink_identifier")), ResourceTypes: b.texts(o, "resource_types"),
	}
	for _, c := range b.blocks(o, "link_configuration") {
		for _, f := range b.inner(c, "log_group_configuration") {
			k.LogGroupFilter = b.textIn(f.body, f.sc, "filter")
		}
		for _, f := range b.inner(c, "metric_configuration") {
			k.MetricFilter = b.textIn(f.body, f.sc, "filter")
		}
	}
	b.unit.Links = append(b.unit.Links, k)
}

// inner are the blocks of a type inside a nested block.
func (b *builder) inner(in expandedBlock, name string) []expandedBlock {
	out, _ := b.e.expand(nested(in.body, name), in.sc)
	for i := range out {
		out[i].maybe = out[i].maybe || in.maybe
	}
	return out
}

func (b *builder) centralization(o *object) {
	c := &model.Centralization{Regional: b.regional(o, "rule_name")}
	for _, rule := range b.blocks(o, "rule") {
		for _, to := range b.inner(rule, "destination") {
			c.Account, c.DestinationRegion = b.textIn(to.body, to.sc, "account"), b.textIn(to.body, to.sc, "region")
			b.note(source.StringValue(c.Account))
		}
		for _, from := range b.inner(rule, "source") {
			c.Scope = b.textIn(from.body, from.sc, "scope")
		}
	}
	b.unit.Centralizations = append(b.unit.Centralizations, c)
}

func (b *builder) canary(o *object) {
	c := &model.Canary{
		Regional: b.regional(o, "name"), ExecutionRole: must(b.ref(o, "execution_role_arn")),
		Artifacts: must(b.named(o, "artifact_s3_location")),
	}
	for _, a := range b.blocks(o, "artifact_config") {
		for _, e := range b.inner(a, "s3_encryption") {
			c.ArtifactKey = b.namedIn(e.body, e.sc, "kms_key_arn")
		}
	}
	for _, v := range b.blocks(o, "vpc_config") {
		c.VPC = b.e.rng(blockRange(v.block))
	}
	for _, r := range b.blocks(o, "run_config") {
		b.environmentKeys(o, model.CanaryKey, r.body.Attributes["environment_variables"], r.sc)
	}
	b.unit.Canaries = append(b.unit.Canaries, c)
}

func (b *builder) appMonitor(o *object) {
	m := &model.AppMonitor{Regional: b.regional(o, "name"), CWLogEnabled: b.setting(o, "cw_log_enabled", "false")}
	for _, c := range b.blocks(o, "app_monitor_configuration") {
		m.IdentityPool = b.namedIn(c.body, c.sc, "identity_pool_id")
		m.GuestRole = written(b.refIn(c.body, c.sc, "guest_role_arn"))
	}
	b.unit.AppMonitors = append(b.unit.AppMonitors, m)
}

func (b *builder) rumDestination(o *object) {
	b.unit.RUMDestinations = append(b.unit.RUMDestinations, &model.RUMDestination{
		Regional: b.regional(o, ""), AppMonitor: must(b.named(o, "app_monitor_name")), Destination: b.text(o, "destination"),
		DestinationARN: written(b.ref(o, "destination_arn")), Role: written(b.ref(o, "iam_role_arn")),
	})
}

func (b *builder) xrayEncryption(o *object) {
	b.unit.XRayEncryptions = append(b.unit.XRayEncryptions, &model.XRayEncryption{
		Regional: b.regional(o, ""), Type: b.text(o, "type"), Key: b.named(o, "key_id"),
	})
}

// functionPermission is of use as far as telemetry calls functions.
func (b *builder) functionPermission(o *object) {
	p := &model.FunctionPermission{
		Regional: b.regional(o, "statement_id"), Function: must(b.named(o, "function_name")), Action: b.text(o, "action"),
		Principal: b.text(o, "principal"), PrincipalOrgID: b.setting(o, "principal_org_id", ""),
		SourceARN: b.named(o, "source_arn"), SourceAccount: b.named(o, "source_account"),
	}
	if model.CallsForTelemetry(p.Principal) {
		b.unit.FunctionPermissions = append(b.unit.FunctionPermissions, p)
	}
}
