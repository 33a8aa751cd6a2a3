# One of each telemetry resource. telemetry.yaml declares the same: resources
# of the one are named as those of the other.
terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.60.0, < 6.0.0"
    }
  }
}

data "aws_partition" "current" {}
data "aws_region" "current" {}
data "aws_caller_identity" "current" {}

locals {
  partition = data.aws_partition.current.partition
  region    = data.aws_region.current.name
  account   = data.aws_caller_identity.current.account_id
}

variable "Central" {
  type        = string
  description = "Account that receives telemetry."
  default     = "111122223333"
}

resource "aws_kms_key" "Key" {}

resource "aws_iam_role" "Forward" {
  name = "forward"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "logs.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role" "Visitor" {
  name = "visitor"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Federated = "cognito-identity.amazonaws.com" }
      Action    = "sts:AssumeRoleWithWebIdentity"
      Condition = {
        StringEquals             = { "cognito-identity.amazonaws.com:aud" = aws_cognito_identity_pool.Pool.id }
        "ForAnyValue:StringLike" = { "cognito-identity.amazonaws.com:amr" = "unauthenticated" }
      }
    }]
  })
}

resource "aws_cloudwatch_log_group" "App" {
  name              = "/app/orders"
  retention_in_days = 30
  kms_key_id        = aws_kms_key.Key.arn
  log_group_class   = "STANDARD"
}

resource "aws_cloudwatch_log_group" "Kept" {
  log_group_class = "INFREQUENT_ACCESS"
  skip_destroy    = true
}

resource "aws_cloudwatch_log_resource_policy" "Services" {
  policy_name = "services"
  policy_document = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = ["es.amazonaws.com", "delivery.logs.amazonaws.com"] }
      Action    = ["logs:PutLogEvents", "logs:CreateLogStream"]
      Resource  = "arn:${local.partition}:logs:${local.region}:${local.account}:log-group:/aws/opensearch/*"
      Condition = { StringEquals = { "aws:SourceAccount" = local.account } }
    }]
  })
}

resource "aws_cloudwatch_log_data_protection_policy" "App" {
  log_group_name = aws_cloudwatch_log_group.App.name
  policy_document = jsonencode({
    Name    = "mask"
    Version = "2021-06-01"
    Statement = [
      {
        Sid            = "Audit"
        DataIdentifier = ["arn:aws:dataprotection::aws:data-identifier/EmailAddress", "Order"]
        Operation      = { Audit = { FindingsDestination = { CloudWatchLogs = { LogGroup = aws_cloudwatch_log_group.Kept.name }, S3 = { Bucket = "findings" } } } }
      },
      {
        Sid            = "Mask"
        DataIdentifier = ["arn:aws:dataprotection::aws:data-identifier/EmailAddress", "Order"]
        Operation      = { Deidentify = { MaskConfig = {} } }
      },
    ]
    Configuration = { CustomDataIdentifier = [{ Name = "Order", Regex = "ORD-[0-9]+" }] }
  })
}

resource "aws_kinesis_stream" "Stream" {
  name        = "logs"
  shard_count = 1
}

resource "aws_cloudwatch_log_destination" "Destination" {
  name       = "central"
  role_arn   = aws_iam_role.Forward.arn
  target_arn = aws_kinesis_stream.Stream.arn
}

resource "aws_cloudwatch_log_destination_policy" "Destination" {
  destination_name = aws_cloudwatch_log_destination.Destination.name
  access_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { AWS = "*" }, Action = "logs:PutSubscriptionFilter", Resource = "arn:${local.partition}:logs:${local.region}:${local.account}:destination:central" }]
  })
}

resource "aws_cloudwatch_log_subscription_filter" "Own" {
  name            = "own"
  log_group_name  = aws_cloudwatch_log_group.App.name
  filter_pattern  = ""
  destination_arn = aws_cloudwatch_log_destination.Destination.arn
  distribution    = "ByLogStream"
}

resource "aws_cloudwatch_log_subscription_filter" "Foreign" {
  name            = "foreign"
  log_group_name  = aws_cloudwatch_log_group.Kept.name
  filter_pattern  = "ERROR"
  destination_arn = "arn:${local.partition}:kinesis:${local.region}:${var.Central}:stream/all"
  role_arn        = aws_iam_role.Forward.arn
  distribution    = "Random"
}

resource "aws_cloudwatch_log_account_policy" "Forwarding" {
  policy_name = "forwarding"
  policy_type = "SUBSCRIPTION_FILTER_POLICY"
  policy_document = jsonencode({
    DestinationArn = "arn:${local.partition}:kinesis:${local.region}:${var.Central}:stream/all"
    RoleArn        = aws_iam_role.Forward.arn
    FilterPattern  = "ERROR"
    Distribution   = "Random"
  })
  scope              = "ALL"
  selection_criteria = "LogGroupName NOT IN [\"/noisy\"]"
}

resource "aws_cloudwatch_log_account_policy" "Protecting" {
  policy_name = "protecting"
  policy_type = "DATA_PROTECTION_POLICY"
  policy_document = jsonencode({
    Name    = "protecting"
    Version = "2021-06-01"
    Statement = [
      { Sid = "Audit", DataIdentifier = ["arn:aws:dataprotection::aws:data-identifier/AwsSecretKey"], Operation = { Audit = { FindingsDestination = { Firehose = { DeliveryStream = "findings" } } } } },
      { Sid = "Mask", DataIdentifier = ["arn:aws:dataprotection::aws:data-identifier/AwsSecretKey"], Operation = { Deidentify = { MaskConfig = {} } } },
    ]
  })
}

resource "aws_cloudwatch_log_account_policy" "Fields" {
  policy_name     = "fields"
  policy_type     = "FIELD_INDEX_POLICY"
  policy_document = jsonencode({ Fields = ["requestId"] })
}

resource "aws_cloudwatch_log_metric_filter" "Failures" {
  name           = "failures"
  log_group_name = aws_cloudwatch_log_group.App.name
  pattern        = "{ $.level = \"error\" }"
  metric_transformation {
    name      = "Failures"
    namespace = "app"
    value     = "1"
  }
}

resource "aws_cloudwatch_log_delivery_source" "Source" {
  name         = "distribution"
  log_type     = "ACCESS_LOGS"
  resource_arn = "arn:${local.partition}:cloudfront::${local.account}:distribution/E1"
}

resource "aws_cloudwatch_log_delivery_destination" "Target" {
  name          = "target"
  output_format = "json"
  delivery_destination_configuration {
    destination_resource_arn = "arn:${local.partition}:s3:::vended"
  }
}

resource "aws_cloudwatch_log_delivery_destination_policy" "Target" {
  delivery_destination_name = aws_cloudwatch_log_delivery_destination.Target.name
  delivery_destination_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Sid = "Other", Effect = "Allow", Principal = { AWS = var.Central }, Action = "logs:CreateDelivery", Resource = "arn:${local.partition}:logs:${local.region}:${local.account}:delivery-destination:target" }]
  })
}

resource "aws_cloudwatch_log_delivery" "Delivery" {
  delivery_source_name     = aws_cloudwatch_log_delivery_source.Source.name
  delivery_destination_arn = aws_cloudwatch_log_delivery_destination.Target.arn
}

resource "aws_cloudtrail" "Trail" {
  name                       = "trail"
  s3_bucket_name             = "trail-logs"
  is_organization_trail      = true
  is_multi_region_trail      = true
  cloud_watch_logs_group_arn = "${aws_cloudwatch_log_group.App.arn}:*"
  cloud_watch_logs_role_arn  = aws_iam_role.Forward.arn
}

resource "aws_flow_log" "Network" {
  vpc_id          = "vpc-12345678"
  traffic_type    = "ALL"
  log_destination = "${aws_cloudwatch_log_group.App.arn}:*"
  iam_role_arn    = aws_iam_role.Forward.arn
}

resource "aws_flow_log" "Archive" {
  vpc_id               = "vpc-12345678"
  traffic_type         = "ALL"
  log_destination_type = "s3"
  log_destination      = "arn:${local.partition}:s3:::archive"
}

resource "aws_sns_topic" "Pager" {
  name = "pager"
}

resource "aws_cloudwatch_metric_alarm" "Cpu" {
  alarm_name                = "cpu"
  comparison_operator       = "GreaterThanThreshold"
  evaluation_periods        = 1
  namespace                 = "CWAgent"
  metric_name               = "cpu_usage_user"
  period                    = 60
  statistic                 = "Average"
  threshold                 = 80
  actions_enabled           = false
  dimensions                = { InstanceId = "i-12345678" }
  alarm_actions             = [aws_sns_topic.Pager.arn]
  ok_actions                = ["arn:${local.partition}:sns:${local.region}:${var.Central}:theirs"]
  insufficient_data_actions = ["arn:${local.partition}:automate:${local.region}:ec2:recover"]
}

resource "aws_cloudwatch_metric_alarm" "Rate" {
  alarm_name          = "rate"
  comparison_operator = "GreaterThanThreshold"
  evaluation_periods  = 1
  threshold           = 1
  metric_query {
    id          = "rate"
    expression  = "failures / 2"
    return_data = true
  }
  metric_query {
    id         = "failures"
    account_id = var.Central
    metric {
      namespace   = "app"
      metric_name = "Failures"
      period      = 60
      stat        = "Sum"
      dimensions  = { Stage = "prod" }
    }
  }
}

resource "aws_cloudwatch_composite_alarm" "Either" {
  alarm_name    = "either"
  alarm_rule    = "ALARM(${aws_cloudwatch_metric_alarm.Cpu.alarm_name}) OR ALARM(${aws_cloudwatch_metric_alarm.Rate.alarm_name})"
  alarm_actions = [aws_sns_topic.Pager.arn]
  actions_suppressor {
    alarm            = aws_cloudwatch_metric_alarm.Rate.alarm_name
    extension_period = 10
    wait_period      = 20
  }
}

resource "aws_cloudwatch_metric_stream" "Some" {
  name                            = "some"
  role_arn                        = aws_iam_role.Forward.arn
  firehose_arn                    = "arn:${local.partition}:firehose:${local.region}:${var.Central}:deliverystream/metrics"
  output_format                   = "json"
  include_linked_accounts_metrics = true
  include_filter {
    namespace    = "AWS/EC2"
    metric_names = ["CPUUtilization", "NetworkOut"]
  }
  include_filter {
    namespace = "app"
  }
}

resource "aws_cloudwatch_metric_stream" "Most" {
  role_arn      = aws_iam_role.Forward.arn
  firehose_arn  = "arn:${local.partition}:firehose:${local.region}:${local.account}:deliverystream/metrics"
  output_format = "json"
  exclude_filter {
    namespace = "AWS/Usage"
  }
}

resource "aws_cloudwatch_contributor_insight_rule" "Callers" {
  rule_name  = "callers"
  rule_state = "DISABLED"
  rule_definition = jsonencode({
    Schema        = { Name = "CloudWatchLogRule", Version = 1 }
    LogGroupNames = ["/app/*", aws_cloudwatch_log_group.App.name]
    LogFormat     = "JSON"
    Contribution  = { Keys = ["$.ip"], Filters = [] }
    AggregateOn   = "Count"
  })
}

resource "aws_cloudwatch_dashboard" "Board" {
  dashboard_name = "board"
  dashboard_body = jsonencode({ widgets = [] })
}

resource "aws_oam_sink" "Sink" {
  name = "monitoring"
}

resource "aws_oam_sink_policy" "Sink" {
  sink_identifier = aws_oam_sink.Sink.arn
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = "*"
      Action    = ["oam:CreateLink", "oam:UpdateLink"]
      Resource  = "*"
      Condition = {
        "ForAllValues:StringEquals" = { "oam:ResourceTypes" = ["AWS::CloudWatch::Metric", "AWS::Logs::LogGroup"] }
        StringEquals                = { "aws:PrincipalOrgID" = "o-a1b2c3d4e5" }
      }
    }]
  })
}

resource "aws_oam_link" "Link" {
  label_template  = "$AccountName"
  resource_types  = ["AWS::CloudWatch::Metric", "AWS::Logs::LogGroup"]
  sink_identifier = aws_oam_sink.Sink.arn
  link_configuration {
    log_group_configuration {
      filter = "LogGroupName LIKE '/app/%'"
    }
    metric_configuration {
      filter = "Namespace IN ('AWS/EC2')"
    }
  }
}

resource "aws_oam_link" "ForeignLink" {
  label_template  = "$AccountName"
  resource_types  = ["AWS::XRay::Trace"]
  sink_identifier = "arn:${local.partition}:oam:${local.region}:${var.Central}:sink/a1b2c3d4"
}

resource "aws_synthetics_canary" "Canary" {
  name                 = "orders"
  artifact_s3_location = "s3://artifacts/orders"
  execution_role_arn   = aws_iam_role.Forward.arn
  handler              = "index.handler"
  runtime_version      = "syn-nodejs-puppeteer-9.1"
  s3_bucket            = "canaries"
  s3_key               = "orders.zip"
  schedule {
    expression = "rate(5 minutes)"
  }
  run_config {
    environment_variables = { KEY = "AKIAIOSFODNN7EXAMPLE", STAGE = "prod" }
  }
  artifact_config {
    s3_encryption {
      encryption_mode = "SSE_KMS"
      kms_key_arn     = aws_kms_key.Key.arn
    }
  }
  vpc_config {
    subnet_ids         = ["subnet-12345678"]
    security_group_ids = ["sg-12345678"]
  }
}

resource "aws_rum_app_monitor" "Web" {
  name           = "web"
  domain         = "example.org"
  cw_log_enabled = true
  app_monitor_configuration {
    identity_pool_id = aws_cognito_identity_pool.Pool.id
    guest_role_arn   = aws_iam_role.Visitor.arn
    allow_cookies    = true
  }
}

resource "aws_rum_metrics_destination" "Web" {
  app_monitor_name = aws_rum_app_monitor.Web.name
  destination      = "Evidently"
  destination_arn  = "arn:${local.partition}:evidently:${local.region}:${local.account}:project/web/experiment/one"
  iam_role_arn     = aws_iam_role.Forward.arn
}

resource "aws_xray_resource_policy" "Traces" {
  policy_name = "traces"
  policy_document = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "sns.amazonaws.com" }, Action = "xray:PutTraceSegments", Resource = "*" }]
  })
}

resource "aws_cognito_identity_pool" "Pool" {
  identity_pool_name               = "web"
  allow_unauthenticated_identities = true
  allow_classic_flow               = true
}

resource "aws_cognito_identity_pool_roles_attachment" "PoolRoles" {
  identity_pool_id = aws_cognito_identity_pool.Pool.id
  roles = {
    authenticated   = aws_iam_role.Forward.arn
    unauthenticated = aws_iam_role.Visitor.arn
  }
  role_mapping {
    identity_provider         = "graph.facebook.com"
    type                      = "Rules"
    ambiguous_role_resolution = "AuthenticatedRole"
    mapping_rule {
      claim      = "isAdmin"
      match_type = "Equals"
      value      = "paid"
      role_arn   = aws_iam_role.Forward.arn
    }
  }
}

resource "aws_lambda_permission" "Logs" {
  action        = "lambda:InvokeFunction"
  function_name = "forwarder"
  principal     = "logs.amazonaws.com"
  source_arn    = "${aws_cloudwatch_log_group.App.arn}:*"
}

resource "aws_lambda_permission" "Alarms" {
  action           = "lambda:InvokeFunction"
  function_name    = "responder"
  principal        = "lambda.alarms.cloudwatch.amazonaws.com"
  source_account   = local.account
  principal_org_id = "o-a1b2c3d4e5"
}

resource "aws_lambda_permission" "Uploads" {
  action        = "lambda:InvokeFunction"
  function_name = "thumbnails"
  principal     = "s3.amazonaws.com"
  source_arn    = "arn:${local.partition}:s3:::uploads"
}

resource "aws_rolesanywhere_trust_anchor" "Anchor" {
  name    = "hosts"
  enabled = true
  source {
    source_type = "AWS_ACM_PCA"
    source_data {
      acm_pca_arn = "arn:${local.partition}:acm-pca:${local.region}:${local.account}:certificate-authority/1"
    }
  }
}

resource "aws_rolesanywhere_profile" "Hosts" {
  name      = "hosts"
  enabled   = true
  role_arns = [aws_iam_role.Forward.arn]
  session_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "cloudwatch:PutMetricData", Resource = "*" }]
  })
  managed_policy_arns = ["arn:${local.partition}:iam::aws:policy/CloudWatchAgentServerPolicy"]
}
