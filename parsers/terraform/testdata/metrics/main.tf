provider "aws" {
  region = "eu-west-1"
}

provider "aws" {
  alias  = "us"
  region = "us-east-1"
}

variable "actions" {
  type = list(string)
}

variable "quiet" {
  type    = set(string)
  default = ["AWS/Usage", "AWS/Logs"]
}

variable "namespaces" {
  type = set(string)
}

resource "aws_sns_topic" "pager" {
  name = "pager"
}

resource "aws_cloudwatch_metric_alarm" "cpu" {
  provider            = aws.us
  alarm_name          = "cpu"
  comparison_operator = "GreaterThanThreshold"
  evaluation_periods  = 1
  namespace           = "AWS/EC2"
  metric_name         = "CPUUtilization"
  period              = 60
  statistic           = "Average"
  threshold           = 80
  actions_enabled     = false
  dimensions = {
    InstanceId = "i-1"
  }
  alarm_actions             = [aws_sns_topic.pager.arn, "arn:aws:automate:us-east-1:ec2:stop"]
  ok_actions                = ["arn:aws:sns:us-east-1:999988887777:theirs"]
  insufficient_data_actions = []
}

resource "aws_cloudwatch_metric_alarm" "math" {
  alarm_name          = "math"
  comparison_operator = "GreaterThanThreshold"
  evaluation_periods  = 1
  threshold           = 1
  alarm_actions       = var.actions

  metric_query {
    id          = "rate"
    expression  = "errors / requests"
    return_data = true
  }

  dynamic "metric_query" {
    for_each = {
      errors   = "5XXError"
      requests = "Count"
    }
    content {
      id         = metric_query.key
      account_id = "111122223333"
      metric {
        namespace   = "AWS/ApiGateway"
        metric_name = metric_query.value
        period      = 60
        stat        = "Sum"
        dimensions  = { ApiName = "shop" }
      }
    }
  }
}

resource "aws_cloudwatch_composite_alarm" "either" {
  alarm_name    = "either"
  alarm_rule    = "ALARM(${aws_cloudwatch_metric_alarm.cpu.alarm_name}) OR ALARM(${aws_cloudwatch_metric_alarm.math.alarm_name})"
  alarm_actions = concat([aws_sns_topic.pager.arn], var.actions)

  actions_suppressor {
    alarm            = aws_cloudwatch_metric_alarm.math.alarm_name
    extension_period = 10
    wait_period      = 20
  }
}

resource "aws_iam_role" "stream" {
  name               = "stream"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = { Service = "streams.metrics.cloudwatch.amazonaws.com" }, Action = "sts:AssumeRole" }] })
}

resource "aws_cloudwatch_metric_stream" "most" {
  name          = "most"
  role_arn      = aws_iam_role.stream.arn
  firehose_arn  = "arn:aws:firehose:eu-west-1:999988887777:deliverystream/metrics"
  output_format = "json"

  dynamic "exclude_filter" {
    for_each = var.quiet
    content {
      namespace = exclude_filter.value
    }
  }
}

resource "aws_cloudwatch_metric_stream" "some" {
  name_prefix                     = "some-"
  role_arn                        = "arn:aws:iam::${data.aws_caller_identity.me.account_id}:role/${aws_iam_role.stream.name}"
  firehose_arn                    = "arn:aws:firehose:eu-west-1:${data.aws_caller_identity.me.account_id}:deliverystream/metrics"
  output_format                   = "opentelemetry0.7"
  include_linked_accounts_metrics = true

  include_filter {
    namespace    = "AWS/EC2"
    metric_names = ["CPUUtilization", "NetworkOut"]
  }

  dynamic "include_filter" {
    for_each = var.namespaces
    content {
      namespace = include_filter.value
    }
  }
}

data "aws_caller_identity" "me" {}

resource "aws_cloudwatch_contributor_insight_rule" "callers" {
  rule_name  = "callers"
  rule_state = "ENABLED"
  rule_definition = jsonencode({
    Schema        = { Name = "CloudWatchLogRule", Version = 1 }
    LogGroupNames = ["/app/*", "/audit"]
    LogFormat     = "JSON"
    Contribution  = { Keys = ["$.ip"], Filters = [] }
    AggregateOn   = "Count"
  })
}

resource "aws_cloudwatch_contributor_managed_insight_rule" "endpoint" {
  resource_arn  = "arn:aws:ec2:eu-west-1:123456789012:vpc-endpoint-service/vpce-svc-1"
  template_name = "VpcEndpointService-NewConnectionsByEndpointId-v1"
  state         = "DISABLED"
}

resource "aws_cloudwatch_dashboard" "main" {
  dashboard_name = "main"
  dashboard_body = jsonencode({ widgets = [] })
}

resource "aws_oam_sink" "central" {
  name = "central"
}

resource "aws_oam_sink_policy" "central" {
  sink_identifier = aws_oam_sink.central.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = "*", Action = "oam:CreateLink", Resource = "*", Condition = { StringEquals = { "aws:PrincipalOrgID" = "o-a1b2c3d4e5" } } }]
  })
}

resource "aws_oam_link" "own" {
  label_template  = "$AccountName"
  resource_types  = ["AWS::CloudWatch::Metric", "AWS::Logs::LogGroup"]
  sink_identifier = aws_oam_sink.central.arn

  link_configuration {
    log_group_configuration {
      filter = "LogGroupName LIKE '/app/%'"
    }
    metric_configuration {
      filter = "Namespace IN ('AWS/EC2')"
    }
  }
}

resource "aws_oam_link" "foreign" {
  label_template  = "$AccountName"
  resource_types  = ["AWS::XRay::Trace"]
  sink_identifier = "arn:aws:oam:eu-west-1:999988887777:sink/a1b2c3d4"
}

data "aws_oam_sink" "theirs" {
  sink_identifier = "arn:aws:oam:eu-west-1:888877776666:sink/e5f6"
}

resource "aws_oam_link" "looked_up" {
  label_template  = "$AccountName"
  resource_types  = ["AWS::XRay::Trace"]
  sink_identifier = data.aws_oam_sink.theirs.arn
}

resource "aws_xray_encryption_config" "traces" {
  type   = "KMS"
  key_id = "arn:aws:kms:eu-west-1:123456789012:key/1"
}
