provider "aws" {
  region              = "eu-west-1"
  allowed_account_ids = ["123456789012"]
}

provider "aws" {
  alias  = "us"
  region = "us-east-1"
}

locals {
  anyone = {
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = "*"
      Action    = "logs:PutLogEvents"
      Resource  = "*"
    }]
  }
}

resource "aws_cloudwatch_log_group" "g" {
  provider = aws.us
  name     = "/app/g"
}

resource "aws_cloudwatch_log_resource_policy" "p" {
  policy_name = "open"
  policy_document = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = ["es.amazonaws.com", "delivery.logs.amazonaws.com"] }
      Action    = ["logs:PutLogEvents", "logs:CreateLogStream"]
      Resource  = "${aws_cloudwatch_log_group.g.arn}:*"
    }]
  })
}

resource "aws_cloudwatch_log_destination" "d" {
  provider   = aws.us
  name       = "d"
  role_arn   = "arn:aws:iam::123456789012:role/x"
  target_arn = "arn:aws:kinesis:us-east-1:123456789012:stream/x"
}

resource "aws_cloudwatch_log_destination_policy" "d" {
  provider         = aws.us
  destination_name = aws_cloudwatch_log_destination.d.name
  access_policy    = jsonencode(local.anyone)
}

resource "aws_cloudwatch_log_delivery_destination" "d" {
  name = "dd"
  delivery_destination_configuration {
    destination_resource_arn = aws_cloudwatch_log_group.g.arn
  }
}

resource "aws_cloudwatch_log_delivery_destination_policy" "d" {
  delivery_destination_name   = aws_cloudwatch_log_delivery_destination.d.name
  delivery_destination_policy = jsonencode(merge(local.anyone, { Id = "x" }))
}

resource "aws_oam_sink" "s" {
  name = "s"
}

resource "aws_oam_sink_policy" "s" {
  sink_identifier = aws_oam_sink.s.arn
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { AWS = "*" }
      Action    = ["oam:CreateLink", "oam:UpdateLink"]
      Resource  = "*"
      Condition = { "ForAllValues:StringEquals" = { "oam:ResourceTypes" = ["AWS::CloudWatch::Metric"] } }
    }]
  })
}

resource "aws_xray_resource_policy" "x" {
  policy_name = "x"
  policy_document = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "sns.amazonaws.com" }, Action = "xray:PutTraceSegments", Resource = "*" }]
  })
}
