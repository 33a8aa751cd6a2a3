terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.60.0, < 6.0.0"
    }
  }
}

variable "groups" {
  type = set(string)
}

data "aws_region" "here" {}

resource "aws_cloudwatch_log_group" "this" {
  for_each = var.groups
  name     = each.key
}

resource "aws_cloudwatch_log_resource_policy" "this" {
  policy_name = "from-${data.aws_region.here.name}"
  policy_document = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "route53.amazonaws.com" }, Action = "logs:PutLogEvents", Resource = "arn:aws:logs:${data.aws_region.here.name}:*:log-group:/pairs/*" }]
  })
}
