package terraform

import (
	"strings"

	"github.com/zclconf/go-cty/cty"

	"github.com/iamwatch/iamwatch/scanner/cloudwatch"
	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// The holes for what AWS fills in.
func self() string      { return source.Hole(source.HoleSelf, "") }
func partition() string { return source.Hole(source.HolePartition, "") }

// computed is an attribute that the provider fills in, of the types whose
// attributes are known here (AWS provider documentation, attribute
// references).
func (e *evaluator) computed(o *object, name string) (cty.Value, bool, error) {
	if o.res.data {
		return e.computedData(o, name)
	}
	if o.res.kind == "aws_iam_service_linked_role" {
		return e.serviceRole(o, name)
	}
	if text, ok := e.madeText(o, name); ok {
		return cty.StringVal(text), true, nil
	}
	shape, known := e.shapes[o.res.kind]
	if !known {
		return cty.NilVal, false, nil
	}
	switch {
	case name == "arn" && shape.arn != "" || name == "id" && shape.id == idARN:
		return cty.StringVal(e.arnText(o, shape)), true, nil
	case name == shape.name, name == "id" && shape.id == idName:
		return cty.StringVal(e.nameText(o, shape.name)), true, nil
	}
	return cty.NilVal, false, nil
}

func (e *evaluator) computedData(o *object, name string) (cty.Value, bool, error) {
	text := ""
	switch o.res.kind + "." + name {
	case "aws_caller_identity.account_id", "aws_caller_identity.id":
		text = e.selfOf(o)
	case "aws_partition.partition", "aws_partition.id":
		text = partition()
	case "aws_partition.dns_suffix":
		text = "amazonaws.com"
	case "aws_partition.reverse_dns_prefix":
		text = "com.amazonaws"
	case "aws_region.name", "aws_region.id", "aws_region.region":
		text = e.regionOf(o)
	case "aws_iam_policy_document.json", "aws_iam_policy_document.minified_json":
		return cty.StringVal(asText(e.policyDocument(o)).JSON()), true, nil
	case protectionKind + ".json":
		return cty.StringVal(asText(e.protectionDocument(o)).JSON()), true, nil
	case "aws_service_principal.name", "aws_service_principal.id":
		text = e.attrText(o, "service_name") + ".amazonaws.com"
	case "aws_arn.partition", "aws_arn.service", "aws_arn.region", "aws_arn.account", "aws_arn.resource":
		return e.arnPart(o, name)
	case "template_file.rendered":
		v, err := e.renderTemplateFile(o)
		return v, true, err
	default:
		return e.computedLookup(o, name)
	}
	return cty.StringVal(text), true, nil
}

// arnPart is a field of the ARN that the data source aws_arn takes apart.
func (e *evaluator) arnPart(o *object, name string) (cty.Value, bool, error) {
	arn, ok := iam.ParseARN(e.attrText(o, "arn"))
	if !ok {
		return cty.NilVal, false, nil
	}
	text := map[string]string{
		"partition": arn.Partition, "service": arn.Service, "region": arn.Region, "account": arn.Account, "resource": arn.Resource,
	}[name]
	return cty.StringVal(text), true, nil
}

// computedLookup is an attribute of a data source that looks up an IAM thing
// by name or ARN.
func (e *evaluator) computedLookup(o *object, name string) (cty.Value, bool, error) {
	if o.res.kind == "aws_iam_policy" && (name == "arn" || name == "id") {
		if a := e.attrText(o, "arn"); a != "" {
			return cty.StringVal(a), true, nil
		}
		return cty.StringVal(e.policyByName(o)), true, nil
	}
	if o.res.kind == "aws_iam_policy" && name == "policy" {
		v, ok := e.managedDocument(o)
		return v, ok, nil
	}
	if v, ok, err := e.callerData(o, name); ok {
		return v, ok, err
	}
	if text, ok := e.sharedData(o, name); ok {
		return cty.StringVal(text), true, nil
	}
	return e.lookedUp(o, name)
}

// policyByName is the ARN of the managed policy that a data source looks up
// by its name: AWS's if AWS has one of that name, else one of the account.
func (e *evaluator) policyByName(o *object) string {
	name := e.attrText(o, "name")
	if name == "" {
		return hole(source.HoleFree, o.address+".arn")
	}
	prefix := e.attrText(o, "path_prefix")
	if prefix == "" {
		prefix = "/"
	}
	owner := e.selfOf(o)
	if cloudwatch.KnownManagedName(name) {
		owner = "aws"
	}
	return "arn:" + partition() + ":iam::" + owner + ":policy" + prefix + name
}

// What a resource's id is.
const (
	idOther = iota
	idName
	idARN
)

// An arnShape says how the ARN of a resource type is made of its attributes.
type arnShape struct {
	name string // the attribute that holds the name
	id   int
	// arn has {P}, {S}, {R} for partition, own account and region, {path}
	// for an IAM path, {name}, {id} for what AWS makes up and {group} for the
	// name of the log group.
	arn string
}

// arnShapes are the ARN formats of the Service Authorization Reference for
// the types that IAM code refers to most.
func arnShapes() map[string]arnShape {
	return map[string]arnShape{
		"aws_iam_role":                         {"name", idName, "arn:{P}:iam::{S}:role{path}{name}"},
		"aws_iam_user":                         {"name", idName, "arn:{P}:iam::{S}:user{path}{name}"},
		"aws_iam_group":                        {"name", idName, "arn:{P}:iam::{S}:group{path}{name}"},
		"aws_iam_policy":                       {"name", idARN, "arn:{P}:iam::{S}:policy{path}{name}"},
		"aws_iam_role_policy":                  {name: "name"}, // inline policies have no ARN
		"aws_iam_user_policy":                  {name: "name"},
		"aws_iam_group_policy":                 {name: "name"},
		"aws_iam_instance_profile":             {"name", idName, "arn:{P}:iam::{S}:instance-profile{path}{name}"},
		"aws_iam_openid_connect_provider":      {"url", idARN, "arn:{P}:iam::{S}:oidc-provider/{name}"},
		"aws_iam_saml_provider":                {"name", idARN, "arn:{P}:iam::{S}:saml-provider/{name}"},
		"aws_cloudwatch_log_group":             {"name", idName, "arn:{P}:logs:{R}:{S}:log-group:{name}"},
		"aws_cloudwatch_log_destination":       {"name", idName, "arn:{P}:logs:{R}:{S}:destination:{name}"},
		"aws_cloudwatch_log_stream":            {"name", idName, "arn:{P}:logs:{R}:{S}:log-group:{group}:log-stream:{name}"},
		"aws_cloudwatch_metric_alarm":          {"alarm_name", idName, "arn:{P}:cloudwatch:{R}:{S}:alarm:{name}"},
		"aws_cloudwatch_composite_alarm":       {"alarm_name", idName, "arn:{P}:cloudwatch:{R}:{S}:alarm:{name}"},
		"aws_cloudwatch_metric_stream":         {"name", idName, "arn:{P}:cloudwatch:{R}:{S}:metric-stream/{name}"},
		"aws_s3_bucket":                        {"bucket", idName, "arn:{P}:s3:::{name}"},
		"aws_sns_topic":                        {"name", idARN, "arn:{P}:sns:{R}:{S}:{name}"},
		"aws_sqs_queue":                        {"name", idOther, "arn:{P}:sqs:{R}:{S}:{name}"},
		"aws_lambda_function":                  {"function_name", idName, "arn:{P}:lambda:{R}:{S}:function:{name}"},
		"aws_dynamodb_table":                   {"name", idName, "arn:{P}:dynamodb:{R}:{S}:table/{name}"},
		"aws_kinesis_stream":                   {"name", idARN, "arn:{P}:kinesis:{R}:{S}:stream/{name}"},
		"aws_kinesis_firehose_delivery_stream": {"name", idARN, "arn:{P}:firehose:{R}:{S}:deliverystream/{name}"},
		"aws_ecr_repository":                   {"name", idName, "arn:{P}:ecr:{R}:{S}:repository/{name}"},
		"aws_cloudtrail":                       {"name", idName, "arn:{P}:cloudtrail:{R}:{S}:trail/{name}"},
		"aws_codebuild_project":                {"name", idARN, "arn:{P}:codebuild:{R}:{S}:project/{name}"},
		"aws_ecs_cluster":                      {"name", idARN, "arn:{P}:ecs:{R}:{S}:cluster/{name}"},
		"aws_eks_cluster":                      {"name", idName, "arn:{P}:eks:{R}:{S}:cluster/{name}"},

		"aws_cloudwatch_contributor_insight_rule":                     {"rule_name", idName, "arn:{P}:cloudwatch:{R}:{S}:insight-rule/{name}"},
		"aws_cloudwatch_contributor_managed_insight_rule":             {"rule_name", idOther, "arn:{P}:cloudwatch:{R}:{S}:insight-rule/{name}"},
		"aws_cloudwatch_dashboard":                                    {"dashboard_name", idName, "arn:{P}:cloudwatch::{S}:dashboard/{name}"},
		"aws_cloudwatch_log_delivery":                                 {"", idOther, "arn:{P}:logs:{R}:{S}:delivery:{id}"},
		"aws_cloudwatch_log_delivery_source":                          {"name", idOther, "arn:{P}:logs:{R}:{S}:delivery-source:{name}"},
		"aws_cloudwatch_log_delivery_destination":                     {"name", idOther, "arn:{P}:logs:{R}:{S}:delivery-destination:{name}"},
		"aws_observabilityadmin_centralization_rule_for_organization": {"rule_name", idOther, "arn:{P}:observabilityadmin:{R}:{S}:organization-centralization-rule/{name}"},
		"aws_oam_sink":                   {"name", idARN, "arn:{P}:oam:{R}:{S}:sink/{id}"},
		"aws_oam_link":                   {"", idARN, "arn:{P}:oam:{R}:{S}:link/{id}"},
		"aws_synthetics_canary":          {"name", idName, "arn:{P}:synthetics:{R}:{S}:canary:{name}"},
		"aws_rum_app_monitor":            {"name", idName, "arn:{P}:rum:{R}:{S}:appmonitor/{name}"},
		"aws_cognito_identity_pool":      {"identity_pool_name", idOther, "arn:{P}:cognito-identity:{R}:{S}:identitypool/{R}:{id}"},
		"aws_rolesanywhere_profile":      {"name", idOther, "arn:{P}:rolesanywhere:{R}:{S}:profile/{id}"},
		"aws_rolesanywhere_trust_anchor": {"name", idOther, "arn:{P}:rolesanywhere:{R}:{S}:trust-anchor/{id}"},
		"aws_flow_log":                   {"", idOther, "arn:{P}:ec2:{R}:{S}:vpc-flow-log/{id}"},
	}
}

func (e *evaluator) arnText(o *object, shape arnShape) string {
	if arn, ok := plannedText(o, "arn"); ok {
		return arn.AsString()
	}
	return e.fillShape(o, shape, e.nameText(o, shape.name))
}

func (e *evaluator) fillShape(o *object, shape arnShape, name string) string {
	path := e.attrText(o, "path")
	if path == "" {
		path = "/"
	}
	if o.res.kind == "aws_iam_openid_connect_provider" {
		name = strings.TrimPrefix(name, "https://")
	}
	text := expandShape(shape.arn, func(field string) string {
		switch field {
		case "P":
			return partition()
		case "S":
			return e.selfOf(o)
		case "R":
			return e.regionOf(o)
		case "path":
			return path
		case "name":
			return name
		case "id":
			return hole(source.HoleName, o.address)
		}
		return "{" + field + "}"
	})
	text = strings.Replace(text, ":parameter//", ":parameter/", 1) // a name with a path begins with a slash
	if strings.Contains(text, "{group}") {
		text = strings.ReplaceAll(text, "{group}", e.nameText(o, "log_group_name"))
	}
	return text
}

// expandShape fills in the fields in braces of an ARN format.
func expandShape(format string, fill func(field string) string) string {
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(format, "{")
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		field, rest, _ := strings.Cut(rest, "}")
		b.WriteString(fill(field))
		format = rest
	}
}

// nameText is the name of a resource; a name that AWS makes up, or of which
// only the prefix is written, is a hole.
func (e *evaluator) nameText(o *object, attr string) string {
	if a := o.attr(attr); a != nil {
		v, err := e.eval(a.Expr, o.sc)
		if isText(v) {
			return v.AsString()
		}
		if err != nil || !v.IsKnown() {
			return hole(source.HoleName, o.address)
		}
	}
	return e.attrText(o, attr+"_prefix") + hole(source.HoleName, o.address)
}

// attrText is an argument's text, empty when it is not written or no text.
func (e *evaluator) attrText(o *object, name string) string {
	a := o.attr(name)
	if a == nil {
		return ""
	}
	v, err := e.eval(a.Expr, o.sc)
	if err != nil || !v.IsKnown() || v.IsNull() {
		return ""
	}
	text, err := textOf(v, unknownLabel)
	if err != nil {
		return ""
	}
	return text
}

// regionOf is the region that a resource or its provider says, else a hole.
func (e *evaluator) regionOf(o *object) string {
	if r := e.attrText(o, "region"); r != "" {
		return r
	}
	if r := e.providerRegion(o); r != "" {
		return r
	}
	return source.Hole(source.HoleRegion, "")
}
