terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.60.0, < 6.0.0"
    }
  }
}
provider "aws" {
  region = var.region
  default_tags {
    tags = { Owner = "platform" }
  }
}
variable "region" { default = "us-east-1" }
variable "names" {
  type    = set(string)
  default = ["one", "two"]
}
variable "external_id" {
  type      = string
  sensitive = true
  default   = "canary-external-id"
}
variable "extra" {
  type = map(object({ actions = list(string), deny = optional(bool, false) }))
  default = {
    metrics = { actions = ["cloudwatch:PutMetricData"] }
    alarms  = { actions = ["cloudwatch:DeleteAlarms", "cloudwatch:DisableAlarmActions"], deny = true }
  }
}
data "aws_caller_identity" "me" {}
data "aws_partition" "p" {}

resource "aws_s3_bucket" "b" { bucket = "acme-logs-b" }
resource "aws_sns_topic" "t" { name = "acme-topic" }
resource "aws_sqs_queue" "q" { name = "acme-queue" }
resource "aws_cloudwatch_log_group" "g" {
  for_each = var.names
  name     = "/acme/${each.key}"
}

module "label" {
  source = "./modules/label"
  parts  = ["acme", "x"]
}

# jsonencode with unknown inside
resource "aws_iam_policy" "json" {
  name = "${module.label.id}-json"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Sid = "A", Effect = "Allow", Action = ["logs:*"], Resource = [for g in aws_cloudwatch_log_group.g : "${g.arn}:*"] },
      { Sid = "B", Effect = "Allow", Action = "cloudwatch:*", Resource = "*" },
    ]
  })
}

data "aws_iam_policy_document" "trust" {
  statement {
    sid     = "Cross"
    actions = ["sts:AssumeRole"]
    principals {
      type        = "AWS"
      identifiers = ["999988887777", aws_iam_user.u["one"].arn, "arn:${data.aws_partition.p.partition}:iam::${data.aws_caller_identity.me.account_id}:root"]
    }
    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com", "ec2.amazonaws.com"]
    }
    condition {
      test     = "StringEquals"
      variable = "sts:ExternalId"
      values   = ["shared-id"]
    }
    condition {
      test     = "Bool"
      variable = "aws:MultiFactorAuthPresent"
      values   = ["true"]
    }
  }
}
data "aws_iam_policy_document" "base" {
  statement {
    sid       = "Read"
    actions   = ["cloudwatch:GetMetricData", "logs:FilterLogEvents"]
    resources = ["*"]
  }
  statement {
    sid       = "Over"
    actions   = ["logs:PutLogEvents"]
    resources = ["*"]
  }
}
data "aws_iam_policy_document" "full" {
  source_policy_documents   = [data.aws_iam_policy_document.base.json]
  override_policy_documents = [jsonencode({ Version = "2012-10-17", Statement = [{ Sid = "Over", Effect = "Deny", Action = "logs:DeleteLogGroup", Resource = "*" }] })]
  dynamic "statement" {
    for_each = var.extra
    content {
      sid       = title(statement.key)
      effect    = statement.value.deny ? "Deny" : "Allow"
      actions   = statement.value.actions
      resources = ["*"]
    }
  }
  statement {
    sid       = "Bucket"
    actions   = ["s3:GetObject"]
    resources = [aws_s3_bucket.b.arn, "${aws_s3_bucket.b.arn}/*"]
  }
  statement {
    sid       = "OneOpen"
    actions   = ["sns:Publish", "sqs:SendMessage"]
    resources = ["${aws_sns_topic.t.arn}-x"]
  }
  statement {
    sid           = "Not"
    not_actions   = ["iam:*"]
    not_resources = [aws_sqs_queue.q.arn]
  }
}
resource "aws_iam_role" "r" {
  name                = "${module.label.id}-r"
  assume_role_policy  = data.aws_iam_policy_document.trust.json
  managed_policy_arns = ["arn:aws:iam::aws:policy/CloudWatchReadOnlyAccess", aws_iam_policy.json.arn]
  inline_policy {
    name   = "z-full"
    policy = data.aws_iam_policy_document.full.json
  }
  inline_policy {
    name   = "a-file"
    policy = file("${path.module}/policies/p.json")
  }
}
resource "aws_iam_role" "plain" {
  name               = "acme-plain"
  path               = "/p/"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = ["ec2.amazonaws.com"] } }] })
}
resource "aws_iam_role_policy" "plain" {
  name   = "inl"
  role   = aws_iam_role.plain.id
  policy = data.aws_iam_policy_document.base.json
}
resource "aws_iam_role_policy_attachment" "plain" {
  for_each   = { ro = "arn:aws:iam::aws:policy/CloudWatchReadOnlyAccess", full = "arn:aws:iam::aws:policy/CloudWatchFullAccess" }
  role       = aws_iam_role.plain.name
  policy_arn = each.value
}
resource "aws_iam_policy" "each" {
  for_each = var.names
  name     = "each-${each.key}"
  policy   = data.aws_iam_policy_document.base.json
}
resource "aws_iam_user" "u" {
  for_each = var.names
  name     = "user-${each.key}"
}
resource "aws_iam_user_policy_attachment" "u" {
  for_each   = var.names
  user       = aws_iam_user.u[each.key].name
  policy_arn = aws_iam_policy.each[each.key].arn
}
resource "aws_iam_policy" "many" {
  name   = "acme-many"
  policy = data.aws_iam_policy_document.base.json
}
resource "aws_iam_role" "generated" {
  name_prefix        = "acme-gen-"
  assume_role_policy = aws_iam_role.plain.assume_role_policy
}
resource "aws_iam_policy_attachment" "many" {
  name       = "many"
  users      = [for u in aws_iam_user.u : u.name]
  roles      = [aws_iam_role.plain.name]
  policy_arn = aws_iam_policy.many.arn
}
resource "aws_iam_group" "g" { name = "grp" }
resource "aws_iam_user_group_membership" "m" {
  user   = aws_iam_user.u["two"].name
  groups = [aws_iam_group.g.name]
}
resource "aws_iam_group_policy" "g" {
  group  = aws_iam_group.g.name
  name   = "gp"
  policy = templatefile("${path.module}/policies/t.json.tftpl", { arn = aws_sns_topic.t.arn, acts = ["cloudwatch:PutDashboard"] })
}
resource "aws_iam_instance_profile" "p" {
  name = "prof"
  role = aws_iam_role.plain.name
}
resource "aws_launch_template" "lt" {
  name = "acme-lt"
  iam_instance_profile { arn = aws_iam_instance_profile.p.arn }
  metadata_options { http_tokens = "optional" }
  user_data = base64encode("#!/bin/sh\naws cloudwatch put-metric-data --namespace x\nexport PASSWORD=canary-user-data")
}
resource "aws_iam_access_key" "k" { user = aws_iam_user.u["one"].name }
resource "aws_iam_user_login_profile" "l" { user = aws_iam_user.u["two"].name }
resource "aws_iam_role" "sens" {
  name                 = "sens"
  assume_role_policy   = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "arn:aws:iam::999988887777:root" }, Condition = { StringEquals = { "sts:ExternalId" = var.external_id } } }] })
  permissions_boundary = aws_iam_policy.each["one"].arn
}
module "svc" {
  source   = "./modules/svc"
  for_each = { a = { topic = aws_sns_topic.t.arn, n = 1 }, b = { topic = "*", n = 0 } }
  name     = "svc-${each.key}"
  topic    = each.value.topic
  n        = each.value.n
  boundary = each.value.n > 0 ? aws_iam_policy.json.arn : null
}
resource "aws_cloudwatch_log_resource_policy" "lp" {
  policy_name     = "lp"
  policy_document = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = { AWS = module.svc["a"].role_arn }, Action = ["logs:PutLogEvents"], Resource = "*" }] })
}
