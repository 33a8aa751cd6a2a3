provider "aws" {
  region              = "eu-west-1"
  allowed_account_ids = ["123456789012"]
}

variable "central_account" {
  type = string
}

variable "protect" {
  type = bool
}

data "aws_caller_identity" "me" {}

data "aws_cloudwatch_log_group" "shared" {
  name = "/shared"
}

resource "aws_kms_key" "logs" {}

resource "aws_cloudwatch_log_group" "app" {
  for_each = {
    orders  = 30
    billing = 0
  }
  name              = "/app/${each.key}"
  retention_in_days = each.value
  kms_key_id        = aws_kms_key.logs.arn
  skip_destroy      = each.key == "billing"
  log_group_class   = "STANDARD"
}

resource "aws_cloudwatch_log_group" "made" {
  name_prefix = "/made/"
}

resource "aws_iam_role" "forward" {
  name_prefix        = "forward-"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = { Service = "logs.amazonaws.com" }, Action = "sts:AssumeRole" }] })
}

locals {
  # The role once more as text, as a configuration may write it.
  forward_arn = "arn:aws:iam::${data.aws_caller_identity.me.account_id}:role/forward"
}

resource "aws_kinesis_stream" "logs" {
  name        = "logs"
  shard_count = 1
}

resource "aws_cloudwatch_log_destination" "central" {
  name       = "central"
  role_arn   = aws_iam_role.forward.arn
  target_arn = aws_kinesis_stream.logs.arn
}

resource "aws_cloudwatch_log_destination_policy" "central" {
  destination_name = "central"
  access_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { AWS = "111122223333" }, Action = "logs:PutSubscriptionFilter", Resource = aws_cloudwatch_log_destination.central.arn }]
  })
}

resource "aws_cloudwatch_log_subscription_filter" "own" {
  for_each        = aws_cloudwatch_log_group.app
  name            = "own"
  log_group_name  = each.value.name
  filter_pattern  = ""
  destination_arn = aws_cloudwatch_log_destination.central.arn
}

resource "aws_cloudwatch_log_subscription_filter" "foreign" {
  name            = "foreign"
  log_group_name  = data.aws_cloudwatch_log_group.shared.name
  filter_pattern  = "{ $.level = \"ERROR\" }"
  destination_arn = "arn:aws:logs:eu-west-1:${var.central_account}:destination:theirs"
  role_arn        = local.forward_arn
  distribution    = "Random"
}

resource "aws_cloudwatch_log_account_policy" "forward" {
  policy_name = "forward"
  policy_type = "SUBSCRIPTION_FILTER_POLICY"
  policy_document = jsonencode({
    DestinationArn = aws_cloudwatch_log_destination.central.arn
    RoleArn        = aws_iam_role.forward.arn
    FilterPattern  = "ERROR"
    Distribution   = "Random"
  })
  selection_criteria = "LogGroupName NOT IN [\"/noisy\"]"
}

data "aws_cloudwatch_log_data_protection_policy_document" "mask" {
  name = "mask"

  statement {
    sid              = "Audit"
    data_identifiers = ["arn:aws:dataprotection::aws:data-identifier/EmailAddress", "Order"]
    operation {
      audit {
        findings_destination {
          cloudwatch_logs {
            log_group = aws_cloudwatch_log_group.made.name
          }
          s3 {
            bucket = "findings"
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

  configuration {
    custom_data_identifier {
      name  = "Order"
      regex = "ORD-[0-9]+"
    }
  }
}

resource "aws_cloudwatch_log_data_protection_policy" "made" {
  log_group_name  = aws_cloudwatch_log_group.made.name
  policy_document = data.aws_cloudwatch_log_data_protection_policy_document.mask.json
}

resource "aws_cloudwatch_log_account_policy" "mask" {
  count       = var.protect ? 1 : 0
  policy_name = "mask"
  policy_type = "DATA_PROTECTION_POLICY"
  policy_document = jsonencode({
    Name    = "mask"
    Version = "2021-06-01"
    Statement = [
      {
        Sid            = "Audit"
        DataIdentifier = ["arn:aws:dataprotection::aws:data-identifier/AwsSecretKey"]
        Operation      = { Audit = { FindingsDestination = { Firehose = { DeliveryStream = "findings" } } } }
      },
    ]
  })
}

resource "aws_cloudwatch_log_account_policy" "index" {
  policy_name     = "index"
  policy_type     = "FIELD_INDEX_POLICY"
  policy_document = jsonencode({ Fields = ["requestId"] })
}

resource "aws_cloudwatch_log_delivery_source" "distribution" {
  name         = "distribution"
  log_type     = "ACCESS_LOGS"
  resource_arn = "arn:aws:cloudfront::123456789012:distribution/E1"
}

resource "aws_cloudwatch_log_delivery_destination" "group" {
  name          = "group"
  output_format = "json"
  delivery_destination_configuration {
    destination_resource_arn = aws_cloudwatch_log_group.app["orders"].arn
  }
}

resource "aws_cloudwatch_log_delivery" "group" {
  delivery_source_name     = aws_cloudwatch_log_delivery_source.distribution.name
  delivery_destination_arn = aws_cloudwatch_log_delivery_destination.group.arn
}

resource "aws_cloudwatch_log_delivery" "foreign" {
  delivery_source_name     = "distribution"
  delivery_destination_arn = "arn:aws:logs:us-east-1:999988887777:delivery-destination:theirs"
}

resource "aws_cloudtrail" "trail" {
  name                       = "trail"
  s3_bucket_name             = "trail-logs"
  is_organization_trail      = true
  cloud_watch_logs_group_arn = "${aws_cloudwatch_log_group.made.arn}:*"
  cloud_watch_logs_role_arn  = aws_iam_role.forward.arn
}

resource "aws_flow_log" "network" {
  vpc_id          = "vpc-1"
  traffic_type    = "ALL"
  log_destination = aws_cloudwatch_log_group.made.arn
  iam_role_arn    = aws_iam_role.forward.arn
}

resource "aws_cloudwatch_log_metric_filter" "root" {
  name           = "root"
  log_group_name = aws_cloudwatch_log_group.made.name
  pattern        = "{ $.userIdentity.type = \"Root\" && $.userIdentity.invokedBy NOT EXISTS && $.eventType != \"AwsServiceEvent\" }"
  metric_transformation {
    name      = "RootUse"
    namespace = "Trail"
    value     = "1"
  }
}

resource "aws_cloudwatch_metric_alarm" "root" {
  alarm_name          = "root"
  comparison_operator = "GreaterThanOrEqualToThreshold"
  evaluation_periods  = 1
  namespace           = "Trail"
  metric_name         = aws_cloudwatch_log_metric_filter.root.metric_transformation[0].name
  period              = 60
  statistic           = "Sum"
  threshold           = 1
  alarm_actions       = [aws_sns_topic.security.arn]
}

resource "aws_sns_topic" "security" {
  name = "security"
}

resource "aws_lambda_permission" "logs" {
  action        = "lambda:InvokeFunction"
  function_name = "forwarder"
  principal     = "logs.eu-west-1.amazonaws.com"
  source_arn    = "${aws_cloudwatch_log_group.made.arn}:*"
}

resource "aws_lambda_permission" "alarms" {
  action        = "lambda:InvokeFunction"
  function_name = "responder"
  principal     = "lambda.alarms.cloudwatch.amazonaws.com"
}

resource "aws_lambda_permission" "bucket" {
  action        = "lambda:InvokeFunction"
  function_name = "thumbnails"
  principal     = "s3.amazonaws.com"
}
