package terraform

import (
	"maps"
	"strings"

	"github.com/zclconf/go-cty/cty"
)

// serviceShapes are the ARN formats of other services that policies name often
// (Service Authorization Reference, "Resource types defined by").
func serviceShapes() map[string]arnShape {
	return map[string]arnShape{
		"aws_xray_group":                      {"group_name", idARN, "arn:{P}:xray:{R}:{S}:group/{name}/{id}"},
		"aws_xray_sampling_rule":              {"rule_name", idName, "arn:{P}:xray:{R}:{S}:sampling-rule/{name}"},
		"aws_evidently_project":               {"name", idARN, "arn:{P}:evidently:{R}:{S}:project/{name}"},
		"aws_kms_replica_key":                 {"", idOther, "arn:{P}:kms:{R}:{S}:key/{id}"},
		"aws_batch_compute_environment":       {"compute_environment_name", idName, "arn:{P}:batch:{R}:{S}:compute-environment/{name}"},
		"aws_cloudwatch_log_anomaly_detector": {"detector_name", idOther, "arn:{P}:logs:{R}:{S}:anomaly-detector:{id}"},
		"aws_athena_workgroup":                {"name", idName, "arn:{P}:athena:{R}:{S}:workgroup/{name}"},
		"aws_backup_vault":                    {"name", idName, "arn:{P}:backup:{R}:{S}:backup-vault:{name}"},
		"aws_cloudwatch_event_bus":            {"name", idName, "arn:{P}:events:{R}:{S}:event-bus/{name}"},
		"aws_codecommit_repository":           {"repository_name", idName, "arn:{P}:codecommit:{R}:{S}:{name}"},
		"aws_codepipeline":                    {"name", idName, "arn:{P}:codepipeline:{R}:{S}:{name}"},
		"aws_cognito_user_pool":               {"", idOther, "arn:{P}:cognito-idp:{R}:{S}:userpool/{id}"},
		"aws_db_instance":                     {"identifier", idOther, "arn:{P}:rds:{R}:{S}:db:{name}"},
		"aws_ecs_task_definition":             {"family", idName, "arn:{P}:ecs:{R}:{S}:task-definition/{name}:{id}"},
		"aws_efs_file_system":                 {"", idOther, "arn:{P}:elasticfilesystem:{R}:{S}:file-system/{id}"},
		"aws_grafana_workspace":               {"", idOther, "arn:{P}:grafana:{R}:{S}:/workspaces/{id}"},
		"aws_kms_alias":                       {"name", idName, "arn:{P}:kms:{R}:{S}:{name}"},
		"aws_kms_key":                         {"", idOther, "arn:{P}:kms:{R}:{S}:key/{id}"},
		"aws_opensearch_domain":               {"domain_name", idARN, "arn:{P}:es:{R}:{S}:domain/{name}"},
		"aws_prometheus_workspace":            {"", idOther, "arn:{P}:aps:{R}:{S}:workspace/{id}"},
		"aws_rds_cluster":                     {"cluster_identifier", idName, "arn:{P}:rds:{R}:{S}:cluster:{name}"},
		"aws_secretsmanager_secret":           {"name", idARN, "arn:{P}:secretsmanager:{R}:{S}:secret:{name}-{id}"},
		"aws_sfn_state_machine":               {"name", idARN, "arn:{P}:states:{R}:{S}:stateMachine:{name}"},
		"aws_ssm_parameter":                   {"name", idName, "arn:{P}:ssm:{R}:{S}:parameter/{name}"},
	}
}

func allShapes() map[string]arnShape {
	out := serviceShapes()
	maps.Copy(out, arnShapes())
	return out
}

// lookupArguments are the arguments by which data sources find what they look
// up, of the types that say its ARN (AWS provider documentation, argument
// references of the data sources).
func lookupArguments() map[string]string {
	return map[string]string{
		"aws_cloudwatch_event_bus":             "name",
		"aws_cloudwatch_log_group":             "name",
		"aws_codecommit_repository":            "repository_name",
		"aws_dynamodb_table":                   "name",
		"aws_ecr_repository":                   "name",
		"aws_ecs_cluster":                      "cluster_name",
		"aws_eks_cluster":                      "name",
		"aws_iam_group":                        "group_name",
		"aws_iam_instance_profile":             "name",
		"aws_iam_openid_connect_provider":      "url",
		"aws_iam_role":                         "name",
		"aws_iam_saml_provider":                "name",
		"aws_iam_user":                         "user_name",
		"aws_kinesis_firehose_delivery_stream": "name",
		"aws_kinesis_stream":                   "name",
		"aws_kms_alias":                        "name",
		"aws_kms_key":                          "key_id",
		"aws_lambda_function":                  "function_name",
		"aws_opensearch_domain":                "domain_name",
		"aws_rds_cluster":                      "cluster_identifier",
		"aws_s3_bucket":                        "bucket",
		"aws_secretsmanager_secret":            "name",
		"aws_sfn_state_machine":                "name",
		"aws_sns_topic":                        "name",
		"aws_sqs_queue":                        "name",
		"aws_ssm_parameter":                    "name",
	}
}

// lookedUp is the ARN, or the id, of what a data source looks up by name.
func (e *evaluator) lookedUp(o *object, name string) (cty.Value, bool, error) {
	switch o.res.kind + "." + name {
	case "aws_kms_alias.target_key_arn":
		return cty.StringVal(e.fillShape(o, e.shapes["aws_kms_key"], "")), true, nil
	case "aws_secretsmanager_secret_version.arn":
		secret := e.attrText(o, "secret_id")
		if strings.HasPrefix(secret, "arn:") {
			return cty.StringVal(secret), true, nil
		}
		return cty.StringVal(e.fillShape(o, e.shapes["aws_secretsmanager_secret"], secret)), secret != "", nil
	}
	shape, known := e.shapes[o.res.kind]
	argument := lookupArguments()[o.res.kind]
	if !known || argument == "" || name != "arn" && name != "id" {
		return cty.NilVal, false, nil
	}
	if a := e.attrText(o, "arn"); a != "" && name == "arn" {
		return cty.StringVal(a), true, nil
	}
	text := e.nameText(o, argument)
	if name == "arn" || shape.id == idARN {
		text = e.fillShape(o, shape, text)
	}
	return cty.StringVal(text), true, nil
}
