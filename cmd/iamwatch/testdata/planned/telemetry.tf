resource "aws_cloudwatch_log_group" "app" {
  for_each          = { api = 30, web = 0 }
  name              = "/${var.stage}/${each.key}"
  retention_in_days = each.value
  skip_destroy      = each.key == "web"
  log_group_class   = "STANDARD"
}

resource "aws_cloudwatch_log_group" "elsewhere" {
  provider    = aws.virginia
  name_prefix = "/edge/"
}

resource "aws_cloudwatch_log_resource_policy" "services" {
  policy_name     = "services"
  policy_document = data.aws_iam_policy_document.delivery.json
}

data "aws_iam_policy_document" "delivery" {
  statement {
    actions   = ["logs:PutLogEvents", "logs:CreateLogStream"]
    resources = [for g in aws_cloudwatch_log_group.app : "${g.arn}:*"]
    principals {
      type        = "Service"
      identifiers = ["delivery.logs.amazonaws.com", "es.amazonaws.com"]
    }
    condition {
      test     = "ArnLike"
      variable = "aws:SourceArn"
      values   = ["arn:aws:logs:${local.region}:${local.account}:*"]
    }
  }
}

resource "aws_cloudwatch_log_destination" "in" {
  name       = "in"
  role_arn   = aws_iam_role.encoded.arn
  target_arn = "arn:aws:kinesis:eu-west-1:${local.account}:stream/in"
}

resource "aws_cloudwatch_log_destination_policy" "in" {
  destination_name = aws_cloudwatch_log_destination.in.name
  access_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { AWS = [for v in var.vendors : v.account] }, Action = "logs:PutSubscriptionFilter", Resource = aws_cloudwatch_log_destination.in.arn }]
  })
}

resource "aws_cloudwatch_log_subscription_filter" "out" {
  for_each        = aws_cloudwatch_log_group.app
  name            = "out-${each.key}"
  log_group_name  = each.value.name
  filter_pattern  = ""
  destination_arn = each.key == "api" ? aws_cloudwatch_log_destination.in.arn : "arn:aws:firehose:eu-west-1:999988887777:deliverystream/foreign"
  role_arn        = aws_iam_role.encoded.arn
  distribution    = "Random"
}

resource "aws_cloudwatch_log_account_policy" "filter" {
  policy_name = "all"
  policy_type = "SUBSCRIPTION_FILTER_POLICY"
  scope       = "ALL"
  policy_document = jsonencode({
    DestinationArn = "arn:aws:kinesis:eu-west-1:999988887777:stream/all"
    RoleArn        = aws_iam_role.encoded.arn
    FilterPattern  = "ERROR"
    Distribution   = "ByLogStream"
  })
  selection_criteria = "LogGroupName NOT IN [\"/prod/web\"]"
}

resource "aws_cloudwatch_log_account_policy" "protect" {
  policy_name = "protect"
  policy_type = "DATA_PROTECTION_POLICY"
  policy_document = jsonencode({
    Name    = "protect"
    Version = "2021-06-01"
    Statement = [
      { Sid = "Audit", DataIdentifier = ["arn:aws:dataprotection::aws:data-identifier/EmailAddress"], Operation = { Audit = { FindingsDestination = { S3 = { Bucket = "findings" } } } } },
      { Sid = "Mask", DataIdentifier = ["arn:aws:dataprotection::aws:data-identifier/EmailAddress"], Operation = { Deidentify = { MaskConfig = {} } } },
    ]
  })
}

data "aws_cloudwatch_log_data_protection_policy_document" "mail" {
  name = "mail"
  statement {
    sid              = "Audit"
    data_identifiers = ["arn:aws:dataprotection::aws:data-identifier/EmailAddress"]
    operation {
      audit {
        findings_destination {
          cloudwatch_logs {
            log_group = aws_cloudwatch_log_group.app["web"].name
          }
        }
      }
    }
  }
  statement {
    sid              = "Mask"
    data_identifiers = ["arn:aws:dataprotection::aws:data-identifier/EmailAddress"]
    operation {
      deidentify {
        mask_config {}
      }
    }
  }
}

resource "aws_cloudwatch_log_data_protection_policy" "api" {
  log_group_name  = aws_cloudwatch_log_group.app["api"].name
  policy_document = data.aws_cloudwatch_log_data_protection_policy_document.mail.json
}

resource "aws_cloudwatch_log_metric_filter" "errors" {
  name           = "errors"
  log_group_name = aws_cloudwatch_log_group.app["api"].name
  pattern        = "{ $.level = \"error\" }"
  metric_transformation {
    name      = "Errors"
    namespace = "acme/${var.stage}"
    value     = "1"
  }
}

resource "aws_cloudwatch_log_delivery_source" "cdn" {
  name         = "cdn"
  log_type     = "ACCESS_LOGS"
  resource_arn = "arn:aws:cloudfront::${local.account}:distribution/E123"
}

resource "aws_cloudwatch_log_delivery_destination" "cdn" {
  name          = "cdn"
  output_format = "json"
  delivery_destination_configuration {
    destination_resource_arn = aws_cloudwatch_log_group.app["web"].arn
  }
}

resource "aws_cloudwatch_log_delivery_destination_policy" "cdn" {
  delivery_destination_name = aws_cloudwatch_log_delivery_destination.cdn.name
  delivery_destination_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Sid = "Other", Effect = "Allow", Principal = { AWS = "arn:aws:iam::111122223333:root" }, Action = "logs:CreateDelivery", Resource = "arn:aws:logs:eu-west-1:${local.account}:delivery-destination:cdn" }]
  })
}

resource "aws_cloudwatch_log_delivery" "cdn" {
  delivery_source_name     = aws_cloudwatch_log_delivery_source.cdn.name
  delivery_destination_arn = aws_cloudwatch_log_delivery_destination.cdn.arn
}

resource "aws_cloudwatch_metric_alarm" "errors" {
  alarm_name          = "${local.prefix}-errors"
  comparison_operator = "GreaterThanThreshold"
  evaluation_periods  = 1
  metric_name         = aws_cloudwatch_log_metric_filter.errors.metric_transformation[0].name
  namespace           = aws_cloudwatch_log_metric_filter.errors.metric_transformation[0].namespace
  period              = 60
  statistic           = "Sum"
  threshold           = 0
  alarm_actions       = ["arn:aws:sns:eu-west-1:${local.account}:page"]
  ok_actions          = ["arn:aws:sns:eu-west-1:${local.account}:page"]
  dimensions          = { Service = "api" }
}

resource "aws_cloudwatch_metric_alarm" "math" {
  alarm_name          = "math"
  comparison_operator = "LessThanThreshold"
  evaluation_periods  = 2
  threshold           = 1
  actions_enabled     = false
  metric_query {
    id          = "e1"
    expression  = "m1 / 2"
    return_data = true
  }
  metric_query {
    id = "m1"
    metric {
      metric_name = "Requests"
      namespace   = "AWS/ApplicationELB"
      period      = 60
      stat        = "Sum"
      dimensions  = { LoadBalancer = "app/web" }
    }
  }
}

resource "aws_cloudwatch_composite_alarm" "page" {
  alarm_name    = "page"
  alarm_rule    = "ALARM(\"${aws_cloudwatch_metric_alarm.errors.alarm_name}\") OR ALARM(math)"
  alarm_actions = ["arn:aws:sns:eu-west-1:${local.account}:page"]
  actions_suppressor {
    alarm            = aws_cloudwatch_metric_alarm.math.alarm_name
    extension_period = 10
    wait_period      = 20
  }
}

resource "aws_cloudwatch_metric_stream" "out" {
  name          = "out"
  role_arn      = aws_iam_role.encoded.arn
  firehose_arn  = "arn:aws:firehose:eu-west-1:${local.account}:deliverystream/metrics"
  output_format = "json"
  include_filter {
    namespace    = "AWS/EC2"
    metric_names = ["CPUUtilization"]
  }
  include_filter {
    namespace = "acme/${var.stage}"
  }
  include_linked_accounts_metrics = true
}

resource "aws_cloudwatch_contributor_insight_rule" "top" {
  rule_name  = "top"
  rule_state = "ENABLED"
  rule_definition = jsonencode({
    Schema        = { Name = "CloudWatchLogRule", Version = 1 }
    LogGroupNames = [aws_cloudwatch_log_group.app["api"].name]
    LogFormat     = "JSON"
    Contribution  = { Keys = ["$.ip"], Filters = [] }
    AggregateOn   = "Count"
  })
}

resource "aws_cloudwatch_contributor_managed_insight_rule" "table" {
  resource_arn  = "arn:aws:ec2:eu-west-1:${local.account}:vpc-endpoint-service/vpce-svc-1"
  template_name = "VpcEndpointService-NewConnectionsByEndpointId-v1"
}

resource "aws_cloudwatch_dashboard" "main" {
  dashboard_name = "main"
  dashboard_body = jsonencode({ widgets = [] })
}

resource "aws_oam_sink" "central" {
  name = "central"
}

resource "aws_oam_sink_policy" "central" {
  sink_identifier = aws_oam_sink.central.arn
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = "*"
      Action    = ["oam:CreateLink", "oam:UpdateLink"]
      Resource  = "*"
      Condition = {
        "ForAllValues:StringEquals" = { "oam:ResourceTypes" = ["AWS::Logs::LogGroup"] }
        StringEquals                = { "aws:PrincipalOrgID" = "o-1234567890" }
      }
    }]
  })
}

resource "aws_oam_link" "up" {
  label_template  = "$AccountName"
  resource_types  = ["AWS::CloudWatch::Metric", "AWS::Logs::LogGroup"]
  sink_identifier = "arn:aws:oam:eu-west-1:111122223333:sink/abcd"
  link_configuration {
    log_group_configuration {
      filter = "LogGroupName LIKE '/prod/%'"
    }
  }
}

resource "aws_synthetics_canary" "home" {
  name                 = "home"
  artifact_s3_location = "s3://canaries/home/"
  execution_role_arn   = aws_iam_role.exclusive.arn
  handler              = "index.handler"
  s3_bucket            = "canary-code"
  s3_key               = "home.zip"
  runtime_version      = "syn-nodejs-puppeteer-9.1"
  schedule {
    expression = "rate(5 minutes)"
  }
}

resource "aws_rum_app_monitor" "web" {
  name           = "web"
  domain         = "example.org"
  cw_log_enabled = true
  app_monitor_configuration {
    guest_role_arn   = aws_iam_role.guest.arn
    identity_pool_id = aws_cognito_identity_pool.web.id
    allow_cookies    = true
  }
}

resource "aws_rum_metrics_destination" "web" {
  app_monitor_name = aws_rum_app_monitor.web.name
  destination      = "CloudWatch"
}

resource "aws_xray_resource_policy" "open" {
  policy_name = "open"
  policy_document = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "sns.amazonaws.com" }, Action = ["xray:PutTraceSegments"], Resource = "*", Condition = { StringEquals = { "aws:SourceAccount" = local.account } } }]
  })
}

resource "aws_xray_encryption_config" "this" {
  type = "NONE"
}

resource "aws_cognito_identity_pool" "web" {
  identity_pool_name               = "web"
  allow_unauthenticated_identities = true
  allow_classic_flow               = true
}

resource "aws_iam_role" "guest" {
  name = "guest"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Federated = "cognito-identity.amazonaws.com" }
      Action    = "sts:AssumeRoleWithWebIdentity"
      Condition = {
        StringEquals             = { "cognito-identity.amazonaws.com:aud" = aws_cognito_identity_pool.web.id }
        "ForAnyValue:StringLike" = { "cognito-identity.amazonaws.com:amr" = "unauthenticated" }
      }
    }]
  })
}

resource "aws_cognito_identity_pool_roles_attachment" "web" {
  identity_pool_id = aws_cognito_identity_pool.web.id
  roles = {
    authenticated   = aws_iam_role.exclusive.arn
    unauthenticated = aws_iam_role.guest.arn
  }
  role_mapping {
    identity_provider         = "graph.facebook.com"
    ambiguous_role_resolution = "AuthenticatedRole"
    type                      = "Rules"
    mapping_rule {
      claim      = "isAdmin"
      match_type = "Equals"
      role_arn   = aws_iam_role.encoded.arn
      value      = "paid"
    }
  }
}

resource "aws_cloudtrail" "all" {
  name                       = "all"
  s3_bucket_name             = "trail"
  cloud_watch_logs_group_arn = "${aws_cloudwatch_log_group.app["api"].arn}:*"
  cloud_watch_logs_role_arn  = aws_iam_role.encoded.arn
}

resource "aws_flow_log" "vpc" {
  iam_role_arn    = aws_iam_role.encoded.arn
  log_destination = aws_cloudwatch_log_group.app["web"].arn
  traffic_type    = "ALL"
  vpc_id          = "vpc-12345678"
}

resource "aws_lambda_permission" "logs" {
  statement_id  = "logs"
  action        = "lambda:InvokeFunction"
  function_name = "arn:aws:lambda:eu-west-1:${local.account}:function:ship"
  principal     = "logs.amazonaws.com"
  source_arn    = "${aws_cloudwatch_log_group.app["api"].arn}:*"
}
