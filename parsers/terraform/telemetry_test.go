package terraform_test

import (
	"strings"
	"testing"

	"github.com/iamwatch/iamwatch/scanner/model"
)

// TestTelemetry reads what fixtures cannot show: arguments that the AWS
// provider has since 6.0, and what stays unknown. Each line is one of what
// describe writes.
func TestTelemetry(t *testing.T) {
	for _, c := range []struct {
		name  string
		files map[string]string
		want  []string
	}{
		{"region of the resource", map[string]string{"main.tf": `
provider "aws" { region = "eu-west-1" }
resource "aws_cloudwatch_metric_alarm" "a" {
  region        = "us-west-2"
  alarm_name    = "a"
  alarm_actions = [aws_sns_topic.t.arn]
}
resource "aws_sns_topic" "t" {
  region = "us-west-2"
  name   = "t"
}`}, []string{
			"  Region us-west-2",
			`  ARN unknown "arn:<partition>:cloudwatch:us-west-2:<self>:alarm:a" at main.tf:5:19`,
			"  AlarmActions arn:<partition>:sns:us-west-2:<self>:t -> aws_sns_topic.t at main.tf:6:20",
		}},
		{"region of the provider passed to a module", map[string]string{"main.tf": `
provider "aws" { region = "eu-west-1" }
provider "aws" {
  alias  = "us"
  region = "us-east-1"
}
module "m" {
  source    = "./m"
  providers = { aws = aws.us }
}`, "m/main.tf": `
resource "aws_oam_sink" "s" { name = "s" }
output "arn" { value = aws_oam_sink.s.arn }`}, []string{
			"  Region us-east-1",
			`  ARN unknown "arn:<partition>:oam:us-east-1:<self>:sink/${module.m.aws_oam_sink.s}" at m/main.tf:2:38`,
		}},
		{"unknown region", map[string]string{"main.tf": `resource "aws_oam_sink" "s" { name = "s" }`}, []string{
			`  ARN unknown "arn:<partition>:oam:<region>:<self>:sink/${aws_oam_sink.s}" at main.tf:1:38`,
		}},
		{"unknown count", map[string]string{"main.tf": `
variable "n" {}
resource "aws_cloudwatch_dashboard" "d" {
  count          = var.n
  dashboard_name = "d"
}`}, []string{
			"dashboard aws_cloudwatch_dashboard.d[0] name=d path= at main.tf:3:1 name at main.tf:5:20 maybe count = var.n",
		}},
		{"policy of a log group", map[string]string{"main.tf": `
resource "aws_cloudwatch_log_group" "g" {
  name                        = "/g"
  deletion_protection_enabled = true
}
resource "aws_cloudwatch_log_resource_policy" "p" {
  resource_arn    = aws_cloudwatch_log_group.g.arn
  policy_document = jsonencode({ Statement = [{ Effect = "Allow", Principal = "*", Action = "logs:GetLogEvents", Resource = "*" }] })
}`}, []string{
			"  guards arn:<partition>:logs:<region>:<self>:log-group:/g -> aws_cloudwatch_log_group.g region  linked=true",
			`  DeletionProtection "true" at main.tf:4:33`,
			"  Policies => aws_cloudwatch_log_resource_policy.p",
		}},
		{"JSON syntax", map[string]string{"main.tf.json": `{"resource": {
"aws_cloudwatch_log_metric_filter": {"f": {"name": "f", "log_group_name": "/g", "pattern": "x",
  "metric_transformation": [{"name": "m", "namespace": "n", "value": "1"}]}},
"aws_cloudwatch_metric_stream": {"s": {"name": "s", "role_arn": "r", "firehose_arn": "f", "output_format": "json",
  "dynamic": {"include_filter": {"for_each": ["AWS/EC2"], "content": {"namespace": "${include_filter.value}"}}}}},
"aws_rum_app_monitor": {"m": {"name": "m", "app_monitor_configuration": {"guest_role_arn": "arn:aws:iam::111122223333:role/g"}}}
}}`}, []string{
			`    MetricName "m" at main.tf.json:3:38`,
			`    Namespace "AWS/EC2" at main.tf.json:5:84 from main.tf.json:5:47`,
			"  GuestRole arn:aws:iam::111122223333:role/g at main.tf.json:6:92",
		}},
		{"account policy of unknown type", map[string]string{"main.tf": `
variable "type" {}
variable "stream" {}
resource "aws_cloudwatch_log_account_policy" "p" {
  policy_name     = "p"
  policy_type     = var.type
  policy_document = jsonencode({ DestinationArn = var.stream, FilterPattern = "" })
}`}, []string{
			`  Type unknown "${var.type}" at main.tf:6:21`,
			"    Destination ${var.stream} at main.tf:7:51",
			`unresolved main.tf:7:51 var.stream: variable "stream" has no default: pass --var stream=... or a .tfvars file`,
		}},
		{"documents that are not known", map[string]string{"main.tf": `
variable "document" {}
resource "aws_cloudwatch_log_account_policy" "p" {
  policy_name     = "p"
  policy_type     = "SUBSCRIPTION_FILTER_POLICY"
  policy_document = var.document
}
resource "aws_cloudwatch_contributor_insight_rule" "r" {
  rule_name       = "r"
  rule_definition = <<-EOT
    {"Schema": {"Name": "CloudWatchLogRule", "Version": 1}, "LogGroupARNs": ["${data.aws_cloudwatch_log_group.g.arn}"]}
  EOT
}
data "aws_cloudwatch_log_group" "g" { name = "/g" }
resource "aws_cloudwatch_log_data_protection_policy" "d" {
  log_group_name  = "/g"
  policy_document = var.document
}`}, []string{
			"  Unread ${var.document}",
			"  LogGroups arn:<partition>:logs:<region>:<self>:log-group:/g at main.tf:11:78",
			"unresolved main.tf:6:21 var.document: variable \"document\" has no default: pass --var document=... or a .tfvars file",
		}},
		{"pool that was looked up", map[string]string{"main.tf": `
provider "aws" { region = "eu-west-1" }
data "aws_cognito_identity_pool" "p" { identity_pool_name = "shop" }
resource "aws_rum_app_monitor" "m" {
  name = "m"
  app_monitor_configuration {
    identity_pool_id = data.aws_cognito_identity_pool.p.id
  }
}`}, []string{
			"  IdentityPool eu-west-1:${data.aws_cognito_identity_pool.p} at main.tf:7:24",
		}},
		{"centralization", map[string]string{"main.tf": `
resource "aws_observabilityadmin_centralization_rule_for_organization" "c" {
  rule_name = "c"
  rule {
    destination {
      region  = "eu-west-1"
      account = "111122223333"
    }
    source {
      regions = ["us-east-1"]
      scope   = "OrganizationId = 'o-a1b2c3d4e5'"
    }
  }
}`}, []string{
			`  Account "111122223333" at main.tf:7:17`,
			`  DestinationRegion "eu-west-1" at main.tf:6:17`,
			`  Scope "OrganizationId = 'o-a1b2c3d4e5'" at main.tf:11:17`,
		}},
		{"delivery destination that says its type", map[string]string{"main.tf": `
resource "aws_cloudwatch_log_delivery_destination" "x" {
  name                      = "x"
  delivery_destination_type = "XRAY"
}`}, []string{`  Type "XRAY" at main.tf:4:31`}},
		{"arguments that are empty", map[string]string{"main.tf": `
variable "group" { default = "" }
resource "aws_cloudtrail" "t" {
  name                       = "t"
  cloud_watch_logs_group_arn = var.group
  cloud_watch_logs_role_arn  = ""
  is_organization_trail      = true
}`}, []string{
			"  ARN unknown \"arn:<partition>:cloudtrail:<region>:<self>:trail/t\" at main.tf:4:32\n  Organization \"true\" at main.tf:7:32",
		}},
		{"attributes that AWS makes up", map[string]string{"main.tf": `
provider "aws" { region = "eu-west-1" }
resource "aws_rum_app_monitor" "m" { name = "m" }
resource "aws_cloudwatch_dashboard" "d" { dashboard_name = "d" }
resource "aws_cloudwatch_log_subscription_filter" "f" {
  name            = aws_cloudwatch_dashboard.d.dashboard_arn
  log_group_name  = aws_rum_app_monitor.m.cw_log_group
  destination_arn = aws_cloudwatch_log_stream.s.arn
}
resource "aws_cloudwatch_log_stream" "s" {
  name           = "s"
  log_group_name = "/g"
}`}, []string{
			"subscription filter aws_cloudwatch_log_subscription_filter.f name=arn:<partition>:cloudwatch::<self>:dashboard/d path= at main.tf:5:1 name at main.tf:6:21",
			"  LogGroup /aws/vendedlogs/RUMService_m${aws_rum_app_monitor.m} -> aws_rum_app_monitor.m at main.tf:7:21",
			"  Destination arn:<partition>:logs:eu-west-1:<self>:log-group:/g:log-stream:s -> aws_cloudwatch_log_stream.s at main.tf:8:21",
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			u := readOne(t, files(c.files))
			model.Link(&model.Model{Units: []*model.Unit{u}}, "")
			got := describe(u)
			for _, line := range c.want {
				if !strings.Contains("\n"+got, "\n"+line+"\n") {
					t.Errorf("no line\n%s\nin\n%s", line, got)
				}
			}
		})
	}
}
