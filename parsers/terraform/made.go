package terraform

// madeForm is the form of an attribute that AWS fills in beside names and ARNs,
// written as arnShape.arn is; empty for others.
func madeForm(kind, name string) string {
	switch kind + "." + name {
	case "aws_cloudwatch_log_delivery.id", "aws_flow_log.id", "aws_oam_link.link_id", "aws_oam_sink.sink_id",
		"aws_rolesanywhere_profile.id", "aws_rolesanywhere_trust_anchor.id", "aws_rum_app_monitor.app_monitor_id":
		return "{id}"
	case "aws_cognito_identity_pool.id":
		return "{R}:{id}"
	case "aws_cloudwatch_contributor_insight_rule.resource_arn":
		return "arn:{P}:cloudwatch:{R}:{S}:insight-rule/{name}"
	case "aws_cloudwatch_dashboard.dashboard_arn":
		return "arn:{P}:cloudwatch::{S}:dashboard/{name}"
	case "aws_observabilityadmin_centralization_rule_for_organization.rule_arn":
		return "arn:{P}:observabilityadmin:{R}:{S}:organization-centralization-rule/{name}"
	case "aws_rum_app_monitor.cw_log_group":
		return "/aws/vendedlogs/RUMService_{name}{id}"
	case "aws_synthetics_canary.engine_arn":
		return "arn:{P}:lambda:{R}:{S}:function:cwsyn-{name}-{id}"
	case "aws_synthetics_canary.source_location_arn":
		return "arn:{P}:lambda:{R}:{S}:layer:cwsyn-{name}-{id}"
	}
	return ""
}

// madeText is such an attribute of a resource or of the data source of its
// type.
func (e *evaluator) madeText(o *object, name string) (string, bool) {
	form := madeForm(o.res.kind, name)
	if form == "" {
		return "", false
	}
	return e.fillShape(o, arnShape{arn: form}, e.nameText(o, e.shapes[o.res.kind].name)), true
}

// sharedData is an attribute of a data source that looks up what accounts
// share, or an identity pool.
func (e *evaluator) sharedData(o *object, name string) (string, bool) {
	switch o.res.kind + "." + name {
	case "aws_oam_sink.arn", "aws_oam_sink.id":
		return e.attrText(o, "sink_identifier"), o.attr("sink_identifier") != nil
	case "aws_oam_link.arn", "aws_oam_link.id":
		return e.attrText(o, "link_identifier"), o.attr("link_identifier") != nil
	case "aws_cognito_identity_pool.id":
		return e.madeText(o, name)
	case "aws_cognito_identity_pool.arn":
		return e.arnText(o, e.shapes[o.res.kind]), true
	}
	return "", false
}
