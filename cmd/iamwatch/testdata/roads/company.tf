terraform {
  required_version = ">= 1.5.0"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.60.0, < 6.0.0"
    }
  }
}

variable "Partner" {
  type    = string
  default = "444455556666"
}

# roles and trusts
resource "aws_iam_role" "OpenDoor" {
  name = "open-door"
  path = "/ops/"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = { Effect = "Allow", Principal = "*", Action = "sts:AssumeRole" }
  })
}

resource "aws_iam_role_policy" "OpenDoor" {
  name = "read"
  role = aws_iam_role.OpenDoor.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = { Effect = "Allow", Action = "cloudwatch:*", Resource = "*" }
  })
}

resource "aws_iam_role" "OpenButOrg" {
  name                 = "open-but-org"
  max_session_duration = 7200
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { AWS = ["*"] }, Action = ["sts:AssumeRole", "sts:TagSession"], Condition = { StringEquals = { "aws:PrincipalOrgID" = "o-a1b2c3d4e5" } } }]
  })
}

resource "aws_iam_role_policy_attachment" "OpenButOrg" {
  role       = aws_iam_role.OpenButOrg.name
  policy_arn = "arn:aws:iam::aws:policy/CloudWatchFullAccessV2"
}

resource "aws_iam_role" "PartnerBare" {
  name = "partner-bare"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { AWS = var.Partner }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy_attachment" "PartnerBare" {
  role       = aws_iam_role.PartnerBare.name
  policy_arn = aws_iam_policy.Bundle.arn
}

resource "aws_iam_role" "PartnerGuarded" {
  name = "partner-guarded"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { AWS = "arn:aws:iam::${var.Partner}:root" }, Action = "sts:AssumeRole", Condition = { StringEquals = { "sts:ExternalId" = "q8-77-zebra" } } }]
  })
}

resource "aws_iam_role_policy_attachment" "PartnerGuarded" {
  role       = aws_iam_role.PartnerGuarded.name
  policy_arn = aws_iam_policy.Bundle.arn
}

resource "aws_iam_policy" "Bundle" {
  name        = "bundle"
  path        = "/shared/"
  description = "logs and alarms"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Sid = "Blind", Effect = "Allow", Action = ["cloudwatch:DisableAlarmActions", "cloudwatch:DeleteAlarms", "cloudwatch:SetAlarmState"], Resource = "*" },
      { Sid = "Wreck", Effect = "Allow", Action = ["logs:DeleteLog*", "logs:PutRetentionPolicy"], Resource = ["arn:aws:logs:*:*:*"] },
      { Sid = "Carry", Effect = "Allow", Action = "logs:PutSubscriptionFilter", Resource = "arn:aws:logs:eu-central-1:111122223333:log-group:/pay/*:*" },
      { Sid = "NearMiss", Effect = "Deny", NotAction = ["iam:*", "logs:*", "cloudwatch:*"], Resource = "*" },
    ]
  })
}

resource "aws_iam_role" "Github" {
  name = "gh"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Federated = aws_iam_openid_connect_provider.Hub.arn }, Action = "sts:AssumeRoleWithWebIdentity", Condition = { StringEquals = { "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com" } } }]
  })
}

resource "aws_iam_role_policy" "GithubPush" {
  name = "push"
  role = aws_iam_role.Github.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", NotAction = ["iam:*", "organizations:*"], Resource = "*" }]
  })
}

resource "aws_iam_role" "GithubWide" {
  name = "gh-wide"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Federated = aws_iam_openid_connect_provider.Hub.arn }, Action = "sts:AssumeRoleWithWebIdentity", Condition = { StringLike = { "token.actions.githubusercontent.com:sub" = "repo:acme/*" }, StringEquals = { "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com" } } }]
  })
}

resource "aws_iam_role_policy_attachment" "GithubWide" {
  role       = aws_iam_role.GithubWide.name
  policy_arn = "arn:aws:iam::aws:policy/CloudWatchLogsFullAccess"
}

resource "aws_iam_openid_connect_provider" "Hub" {
  url             = "https://token.actions.githubusercontent.com"
  client_id_list  = ["sts.amazonaws.com"]
  thumbprint_list = ["6938fd4d98bab03faadb97b34396831e3780aea1"]
}

resource "aws_iam_role" "Lonely" {
  name = "lonely"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "ec2.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy_attachment" "Lonely" {
  role       = aws_iam_role.Lonely.name
  policy_arn = "arn:aws:iam::aws:policy/CloudWatchAgentServerPolicy"
}

resource "aws_iam_role" "Sharing" {
  name = "CloudWatch-CrossAccountSharingRole"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { AWS = "arn:aws:iam::${var.Partner}:root" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy_attachment" "Sharing" {
  role       = aws_iam_role.Sharing.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}

# users and groups
resource "aws_iam_group" "Crew" {
  name = "crew"
  path = "/team/"
}

resource "aws_iam_group_policy_attachment" "Crew" {
  group      = aws_iam_group.Crew.name
  policy_arn = "arn:aws:iam::aws:policy/AIOpsAssistantPolicy"
}

resource "aws_iam_group_policy" "Escalate" {
  name  = "escalate"
  group = aws_iam_group.Crew.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["iam:AttachUserPolicy", "iam:PutUserPolicy"], Resource = "*" }]
  })
}

resource "aws_iam_user" "Dana" {
  name                 = "dana"
  path                 = "/people/"
  permissions_boundary = aws_iam_policy.Fence.arn
  tags = {
    dept = "ops"
  }
}

resource "aws_iam_user_policy" "Dana" {
  name = "scoped"
  user = aws_iam_user.Dana.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "logs:*", Resource = "arn:aws:logs:eu-central-1:111122223333:log-group:/web:*" }]
  })
}

resource "aws_iam_user" "Eve" {
  name = "eve"
}

resource "aws_iam_user_group_membership" "Eve" {
  user   = aws_iam_user.Eve.name
  groups = [aws_iam_group.Crew.name]
}

resource "aws_iam_user_policy_attachment" "Eve" {
  user       = aws_iam_user.Eve.name
  policy_arn = "arn:aws:iam::aws:policy/job-function/ViewOnlyAccess"
}

resource "aws_iam_policy" "Fence" {
  name = "fence"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "*", Resource = "*", Condition = { StringNotEquals = { "aws:RequestedRegion" = "us-east-1" } } }]
  })
}

# machines
resource "aws_iam_role" "Box" {
  name = "box"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = ["ec2.amazonaws.com", "ssm.amazonaws.com"] }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy" "Box" {
  name = "metrics"
  role = aws_iam_role.Box.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["cloudwatch:PutMetricData", "logs:DeleteLogGroup", "logs:GetLogEvents"], Resource = "*" }]
  })
}

resource "aws_iam_instance_profile" "BoxProfile" {
  name = "box-profile"
  path = "/ops/"
  role = aws_iam_role.Box.name
}

resource "aws_instance" "LegacyBox" {
  ami                  = "ami-0a1b2c3d4e5f60718"
  instance_type        = "t2.micro"
  iam_instance_profile = aws_iam_instance_profile.BoxProfile.name
  metadata_options {
    http_tokens                 = "optional"
    http_put_response_hop_limit = 3
    instance_metadata_tags      = "enabled"
  }
  tags = {
    Name = "legacy"
  }
}

resource "aws_instance" "Silent" {
  ami                  = "ami-0a1b2c3d4e5f60718"
  instance_type        = "t2.micro"
  iam_instance_profile = aws_iam_instance_profile.BoxProfile.name
  metadata_options {
    http_endpoint = "disabled"
  }
}

resource "aws_instance" "Bare" {
  ami           = "ami-0a1b2c3d4e5f60718"
  instance_type = "t2.micro"
}

resource "aws_launch_template" "Tmpl" {
  name          = "tmpl"
  image_id      = "ami-0a1b2c3d4e5f60718"
  instance_type = "t3.small"
  iam_instance_profile {
    name = aws_iam_instance_profile.BoxProfile.name
  }
  metadata_options {
    http_tokens                 = "optional"
    http_put_response_hop_limit = 2
  }
  tag_specifications {
    resource_type = "instance"
    tags = {
      team = "ops"
    }
  }
}

resource "aws_autoscaling_group" "Web" {
  name               = "web"
  min_size           = 0
  max_size           = 2
  availability_zones = ["eu-central-1a"]
  launch_template {
    id      = aws_launch_template.Tmpl.id
    version = "$Latest"
  }
}

# telemetry
resource "aws_cloudwatch_log_group" "Pay" {
  name              = "/pay/api"
  retention_in_days = 7
  log_group_class   = "INFREQUENT_ACCESS"
  skip_destroy      = true
}

resource "aws_cloudwatch_log_group" "WebLogs" {
  name = "/web"
}

resource "aws_cloudwatch_log_stream" "WebStream" {
  name           = "main"
  log_group_name = aws_cloudwatch_log_group.WebLogs.name
}

resource "aws_cloudwatch_log_resource_policy" "Everyone" {
  policy_name = "everyone"
  policy_document = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = "*", Action = ["logs:PutLogEvents", "logs:CreateLogStream"], Resource = "arn:aws:logs:eu-central-1:111122223333:log-group:/web:*" }]
  })
}

resource "aws_cloudwatch_log_resource_policy" "Delivery" {
  policy_name = "delivery"
  policy_document = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "delivery.logs.amazonaws.com" }, Action = ["logs:PutLogEvents"], Resource = "*", Condition = { StringEquals = { "aws:SourceAccount" = "111122223333" } } }]
  })
}

resource "aws_cloudwatch_log_destination" "Inbox" {
  name       = "inbox"
  role_arn   = aws_iam_role.Ship.arn
  target_arn = "arn:aws:firehose:eu-central-1:111122223333:deliverystream/inbox"
}

resource "aws_cloudwatch_log_destination_policy" "Inbox" {
  destination_name = aws_cloudwatch_log_destination.Inbox.name
  access_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = "*", Action = "logs:PutSubscriptionFilter", Resource = "arn:aws:logs:eu-central-1:111122223333:destination:inbox" }]
  })
}

resource "aws_iam_role" "Ship" {
  name = "ship"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "logs.amazonaws.com" }, Action = "sts:AssumeRole", Condition = { StringLike = { "aws:SourceArn" = "arn:aws:logs:eu-central-1:111122223333:*" } } }]
  })
}

resource "aws_cloudwatch_log_subscription_filter" "PaySub" {
  name            = "pay"
  log_group_name  = aws_cloudwatch_log_group.Pay.name
  filter_pattern  = ""
  destination_arn = "arn:aws:logs:eu-central-1:${var.Partner}:destination:siphon"
  role_arn        = aws_iam_role.Ship.arn
  distribution    = "Random"
}

resource "aws_cloudwatch_metric_alarm" "Errors" {
  alarm_name          = "errors"
  comparison_operator = "LessThanThreshold"
  evaluation_periods  = 2
  datapoints_to_alarm = 1
  namespace           = "Pay"
  metric_name         = "Errors"
  period              = 300
  extended_statistic  = "p99"
  threshold           = 3
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.Bell.arn, "arn:aws:lambda:eu-central-1:111122223333:function:fix"]
}

resource "aws_sns_topic" "Bell" {
  name = "bell"
}

resource "aws_oam_sink" "Sink" {
  name = "watch"
}

resource "aws_oam_sink_policy" "Sink" {
  sink_identifier = aws_oam_sink.Sink.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = "*", Action = "oam:CreateLink", Resource = "*" }]
  })
}

resource "aws_xray_resource_policy" "Wide" {
  policy_name = "wide"
  policy_document = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { AWS = "*" }, Action = "xray:*", Resource = "*" }]
  })
}

resource "aws_xray_group" "Slow" {
  group_name        = "slow"
  filter_expression = "responsetime > 5"
}

resource "aws_xray_sampling_rule" "Half" {
  rule_name      = "half"
  priority       = 100
  version        = 1
  reservoir_size = 1
  fixed_rate     = 0.5
  url_path       = "*"
  host           = "*"
  http_method    = "*"
  service_type   = "*"
  service_name   = "*"
  resource_arn   = "*"
}

resource "aws_cloudwatch_metric_stream" "Drain" {
  name          = "drain"
  role_arn      = aws_iam_role.Ship.arn
  firehose_arn  = "arn:aws:firehose:eu-central-1:${var.Partner}:deliverystream/drain"
  output_format = "opentelemetry1.0"
  statistics_configuration {
    additional_statistics = ["p95"]
    include_metric {
      metric_name = "CPUUtilization"
      namespace   = "AWS/EC2"
    }
  }
}

resource "aws_kms_key" "LogsKey" {
  description         = "logs"
  enable_key_rotation = true
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { AWS = "arn:aws:iam::111122223333:root" }, Action = "kms:*", Resource = "*" }]
  })
}

resource "aws_kinesis_stream" "Raw" {
  name        = "raw"
  shard_count = 1
}

resource "aws_iam_role" "Fn" {
  name = "fn"
  path = "/service/"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "lambda.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy_attachment" "Fn" {
  role       = aws_iam_role.Fn.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
}

resource "aws_iam_role_policy_attachment" "FnMore" {
  role       = aws_iam_role.Fn.name
  policy_arn = "arn:aws:iam::aws:policy/AWSXRayDaemonWriteAccess"
}

resource "aws_iam_role_policy" "FnRaw" {
  name = "raw"
  role = aws_iam_role.Fn.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "kinesis:PutRecord", Resource = aws_kinesis_stream.Raw.arn },
      { Effect = "Allow", Action = ["iam:PassRole"], Resource = aws_iam_role.Ship.arn },
      { Effect = "Allow", Action = ["logs:GetLogEvents"], Resource = "${aws_cloudwatch_log_group.Pay.arn}:*" },
      { Effect = "Allow", Action = ["cloudwatch:SetAlarmState"], Resource = aws_cloudwatch_metric_alarm.Errors.arn },
      { Effect = "Allow", Action = ["oam:UpdateLink"], Resource = aws_oam_sink.Sink.arn },
      { Effect = "Allow", Action = ["xray:GetGroup"], Resource = aws_xray_group.Slow.arn },
      { Effect = "Allow", Action = ["kms:Decrypt"], Resource = aws_kms_key.LogsKey.arn },
    ]
  })
}

resource "aws_organizations_policy" "Tags" {
  name         = "leave"
  description  = "no leaving"
  type         = "SERVICE_CONTROL_POLICY"
  skip_destroy = true
  content = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Deny", Action = "organizations:LeaveOrganization", Resource = "*" }]
  })
}

resource "aws_organizations_policy_attachment" "Tags" {
  policy_id = aws_organizations_policy.Tags.id
  target_id = "r-ab12"
}

resource "aws_ssoadmin_permission_set" "Oncall" {
  name             = "oncall"
  description      = "on call"
  instance_arn     = "arn:aws:sso:::instance/ssoins-1234567890abcdef"
  session_duration = "PT8H"
  relay_state      = "https://eu-central-1.console.aws.amazon.com/cloudwatch"
}

resource "aws_ssoadmin_managed_policy_attachment" "Oncall" {
  instance_arn       = "arn:aws:sso:::instance/ssoins-1234567890abcdef"
  permission_set_arn = aws_ssoadmin_permission_set.Oncall.arn
  managed_policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}

resource "aws_ssoadmin_permissions_boundary_attachment" "Oncall" {
  instance_arn       = "arn:aws:sso:::instance/ssoins-1234567890abcdef"
  permission_set_arn = aws_ssoadmin_permission_set.Oncall.arn
  permissions_boundary {
    managed_policy_arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
  }
}

resource "aws_cognito_identity_pool" "Guests" {
  identity_pool_name               = "guests"
  allow_unauthenticated_identities = true
}

resource "aws_iam_role" "Guest" {
  name = "guest"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Federated = "cognito-identity.amazonaws.com" }, Action = "sts:AssumeRoleWithWebIdentity", Condition = { StringEquals = { "cognito-identity.amazonaws.com:aud" = aws_cognito_identity_pool.Guests.id }, "ForAnyValue:StringLike" = { "cognito-identity.amazonaws.com:amr" = "unauthenticated" } } }]
  })
}

resource "aws_iam_role_policy_attachment" "Guest" {
  role       = aws_iam_role.Guest.name
  policy_arn = "arn:aws:iam::aws:policy/CloudWatchReadOnlyAccess"
}

resource "aws_cognito_identity_pool_roles_attachment" "GuestRoles" {
  identity_pool_id = aws_cognito_identity_pool.Guests.id
  roles = {
    unauthenticated = aws_iam_role.Guest.arn
  }
}

resource "aws_iam_role" "LegacyIds" {
  name = "legacy-ids"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { AWS = ["arn:aws:iam::111122223333:user/people/dana"] }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_cloudwatch_composite_alarm" "AllAlarms" {
  alarm_name      = "all"
  alarm_rule      = "ALARM(\"${aws_cloudwatch_metric_alarm.Errors.alarm_name}\")"
  actions_enabled = false
}

resource "aws_cloudwatch_dashboard" "Main" {
  dashboard_name = "main"
  dashboard_body = jsonencode({ widgets = [{ type = "metric", properties = { accountId = var.Partner } }] })
}

resource "aws_flow_log" "Net" {
  subnet_id                = "subnet-12345678"
  traffic_type             = "REJECT"
  log_destination_type     = "kinesis-data-firehose"
  log_destination          = "arn:aws:firehose:eu-central-1:111122223333:deliverystream/net"
  max_aggregation_interval = 60
}

resource "aws_cloudtrail" "Small" {
  name                          = "small"
  s3_bucket_name                = "small-trail"
  enable_logging                = false
  include_global_service_events = false
}
