# What the CDK sample says, in Terraform. Names that CloudFormation makes up
# are the logical ids of the sample.
provider "aws" {
  region              = "us-east-1"
  allowed_account_ids = ["123456789012"]
}

locals {
  vendor = "arn:aws:iam::999988887777:root"
}

resource "aws_iam_role" "admin" {
  name = "acme-prod-telemetry-admin"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [
    { Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "arn:aws:iam::111122223333:root" } }
  ] })
}

resource "aws_iam_role_policy" "admin" {
  name = "AdminRoleDefaultPolicyC6FB7E56"
  role = aws_iam_role.admin.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [
    { Sid = "Wide", Effect = "Allow", Action = ["cloudwatch:*", "logs:*"], Resource = "*" }
  ] })
}

resource "aws_iam_role" "vendor" {
  name = "Vendor85161C7F"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [
    { Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = local.vendor } }
  ] })
}

resource "aws_iam_role_policy_attachment" "vendor" {
  role       = aws_iam_role.vendor.name
  policy_arn = "arn:aws:iam::aws:policy/CloudWatchReadOnlyAccess"
}

resource "aws_cloudwatch_log_group" "app" {
  name              = "/acme/app"
  retention_in_days = 731
}

resource "aws_iam_role_policy" "vendor" {
  name = "VendorDefaultPolicy2FFD1AD6"
  role = aws_iam_role.vendor.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [
    { Effect = "Allow", Action = ["logs:CreateLogStream", "logs:PutLogEvents"], Resource = "${aws_cloudwatch_log_group.app.arn}:*" }
  ] })
}

resource "aws_iam_role" "vendor_safe" {
  name = "VendorSafe54D27778"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [
    {
      Effect    = "Allow", Action = "sts:AssumeRole", Principal = { AWS = local.vendor }
      Condition = { StringEquals = { "sts:ExternalId" = "vendor-42" } }
    }
  ] })
}

resource "aws_iam_role" "ec2" {
  for_each = toset(["Orphan8FC40E7F", "Web3C8945DB"])
  name     = each.key
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [
    { Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }
  ] })
}

resource "aws_iam_instance_profile" "web" {
  name = "WebProfileBA8A2CA0"
  role = aws_iam_role.ec2["Web3C8945DB"].name
}

resource "aws_cloudwatch_log_resource_policy" "app" {
  policy_name = "AcmeTelemetryAppLogsPolicy34B6CB9D"
  policy_document = jsonencode({ Version = "2012-10-17", Statement = [
    {
      Sid    = "AnyoneWrites", Effect = "Allow", Principal = { AWS = "*" }
      Action = ["logs:PutLogEvents", "logs:PutSubscriptionFilter"], Resource = "*"
    }
  ] })
}

resource "aws_iam_role" "fn" {
  name = "FnServiceRoleB9001A96"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [
    { Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }
  ] })
}

resource "aws_iam_role_policy_attachment" "fn" {
  role       = aws_iam_role.fn.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
}

resource "aws_iam_role_policy" "fn" {
  name = "FnServiceRoleDefaultPolicyC6A839BF"
  role = aws_iam_role.fn.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [
    { Effect = "Allow", Action = "cloudwatch:DeleteAlarms", Resource = "*" }
  ] })
}

resource "aws_iam_user" "legacy" {
  name = "ops-legacy"
}

resource "aws_iam_user_policy" "legacy" {
  name = "LegacyDefaultPolicy78E7DFE1"
  user = aws_iam_user.legacy.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [
    { Effect = "Allow", Action = "cloudwatch:*", Resource = "*" }
  ] })
}

resource "aws_iam_openid_connect_provider" "github" {
  url            = "https://token.actions.githubusercontent.com"
  client_id_list = ["sts.amazonaws.com"]
}
