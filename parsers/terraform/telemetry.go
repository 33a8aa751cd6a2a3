package terraform

import (
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// telemetryBuilders are the builders of telemetry resources and of what gives
// credentials for them.
func telemetryBuilders() map[string]func(*builder, *object) {
	return map[string]func(*builder, *object){
		"aws_cloudwatch_log_resource_policy":                          (*builder).logResourcePolicy,
		"aws_cloudwatch_log_destination":                              (*builder).logDestination,
		"aws_cloudwatch_log_destination_policy":                       (*builder).destinationPolicy,
		"aws_cloudwatch_log_delivery":                                 (*builder).delivery,
		"aws_cloudwatch_log_delivery_source":                          (*builder).deliverySource,
		"aws_cloudwatch_log_delivery_destination":                     (*builder).deliveryDestination,
		"aws_cloudwatch_log_delivery_destination_policy":              (*builder).deliveryPolicy,
		"aws_cloudwatch_log_subscription_filter":                      (*builder).subscriptionFilter,
		"aws_cloudwatch_log_account_policy":                           (*builder).accountPolicy,
		"aws_cloudwatch_log_group":                                    (*builder).logGroup,
		"aws_cloudwatch_log_data_protection_policy":                   (*builder).dataProtection,
		"aws_cloudwatch_log_metric_filter":                            (*builder).metricFilter,
		"aws_cloudwatch_metric_alarm":                                 (*builder).metricAlarm,
		"aws_cloudwatch_composite_alarm":                              (*builder).compositeAlarm,
		"aws_cloudwatch_metric_stream":                                (*builder).metricStream,
		"aws_cloudwatch_contributor_insight_rule":                     (*builder).insightRule,
		"aws_cloudwatch_contributor_managed_insight_rule":             (*builder).managedInsightRule,
		"aws_cloudwatch_dashboard":                                    (*builder).dashboard,
		"aws_observabilityadmin_centralization_rule_for_organization": (*builder).centralization,
		"aws_oam_sink":                               (*builder).sink,
		"aws_oam_sink_policy":                        (*builder).sinkPolicy,
		"aws_oam_link":                               (*builder).sharingLink,
		"aws_synthetics_canary":                      (*builder).canary,
		"aws_rum_app_monitor":                        (*builder).appMonitor,
		"aws_rum_metrics_destination":                (*builder).rumDestination,
		"aws_xray_resource_policy":                   (*builder).xrayPolicy,
		"aws_xray_encryption_config":                 (*builder).xrayEncryption,
		"aws_cognito_identity_pool":                  (*builder).identityPool,
		"aws_cognito_identity_pool_roles_attachment": (*builder).identityPoolRoles,
		"aws_cloudtrail":                             (*builder).trail,
		"aws_flow_log":                               (*builder).flowLog,
		"aws_lambda_permission":                      (*builder).functionPermission,
		"aws_iam_organizations_features":             (*builder).organizationFeatures,
		"aws_rolesanywhere_profile":                  (*builder).rolesAnywhereProfile,
		"aws_rolesanywhere_trust_anchor":             (*builder).trustAnchor,
	}
}

// regional is what telemetry resources have in common. name is the argument
// that holds the name, empty for none.
func (b *builder) regional(o *object, name string) model.Regional {
	out := model.Regional{Entity: b.entity(o, name), Unit: b.unit, Region: b.regionName(o)}
	if shape, ok := b.e.shapes[o.res.kind]; ok {
		at := out.Name.Range
		if at.IsZero() {
			at = out.Range
		}
		out.ARN = source.NewString(b.localText(b.e.arnText(o, shape)), at)
	}
	return out
}

// named reads an argument that names another thing, of which it is no news
// that the name is not known; nil when it is not written, null or empty.
func (b *builder) named(o *object, name string) *model.Ref {
	return b.namedIn(o.res.block.Body, o.sc, name)
}

func (b *builder) namedIn(body *hclsyntax.Body, sc *scope, name string) *model.Ref {
	a := body.Attributes[name]
	if a == nil {
		return nil
	}
	v := b.readOne(a.Expr, sc)
	if v.Kind == source.Null {
		return nil
	}
	return written(&model.Ref{Value: v.Text(), Address: b.e.address(site{a.Expr, sc}), Maybe: v.Maybe})
}

// written is a reference, nil for one that is empty: modules write optional
// arguments so, and the provider takes them for not written.
func written(r *model.Ref) *model.Ref {
	if r == nil || r.Value.Is("") {
		return nil
	}
	return r
}

// setting reads an argument's text; zero when it is not written, or says what
// holds anyway.
func (b *builder) setting(o *object, name, byDefault string) source.String {
	return model.Setting(b.text(o, name), byDefault)
}

// list reads an argument that is a list of references. What is unknown of it
// gives a reference to anything.
func (b *builder) list(o *object, name string) []model.Ref {
	list, known := b.refs(o, name)
	if known {
		return list
	}
	expr := o.attr(name).Expr
	unknown := source.Unknown(source.HoleFree, safeLabel(b.e.labelOf(expr, o.sc)), b.e.exprRange(expr))
	return append(list, model.Ref{Value: unknown, Maybe: true})
}

// textsIn are the elements of a nested block's argument that is a list.
func (b *builder) textsIn(body *hclsyntax.Body, sc *scope, name string) []source.String {
	a := body.Attributes[name]
	if a == nil {
		return nil
	}
	return scalars(b.read(a.Expr, sc))
}

// scalars are the texts of a list's elements.
func scalars(list *source.Value) []source.String {
	var out []source.String
	for _, v := range there(list.Elements()) {
		if s := v.Text(); !s.IsZero() {
			out = append(out, s)
		}
	}
	return out
}

// eachServiceRole calls set with the roles that telemetry resources name; nil
// where they name none.
func (b *builder) eachServiceRole(set func(*model.Ref)) {
	u := b.unit
	for _, f := range u.SubscriptionFilters {
		set(f.Role)
	}
	for _, p := range u.AccountPolicies {
		if p.Subscription != nil {
			set(p.Subscription.Role)
		}
	}
	for _, d := range u.LogDestinations {
		set(&d.Role)
	}
	for _, s := range u.MetricStreams {
		set(&s.Role)
	}
	for _, c := range u.Canaries {
		set(&c.ExecutionRole)
	}
	for _, m := range u.AppMonitors {
		set(m.GuestRole)
	}
	for _, d := range u.RUMDestinations {
		set(d.Role)
	}
	for _, t := range u.Trails {
		set(t.Role)
	}
	for _, f := range u.FlowLogs {
		set(f.Role)
	}
	b.eachPoolRole(set)
}

func (b *builder) eachPoolRole(set func(*model.Ref)) {
	all := func(list []model.Ref) {
		for i := range list {
			set(&list[i])
		}
	}
	for _, p := range b.unit.IdentityPoolRoles {
		all(p.Authenticated)
		all(p.Unauthenticated)
		for i := range p.Mappings {
			for j := range p.Mappings[i].Rules {
				set(&p.Mappings[i].Rules[j].Role)
			}
		}
	}
	for _, p := range b.unit.RolesAnywhereProfiles {
		all(p.Roles)
	}
}

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
