# One principal for each thing that the reports have to show.

variable "arn" {
  type = string
}

locals {
  everyone = jsonencode({ Version = "2012-10-17", Statement = [{
    Effect    = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "arn:aws:iam::999988887777:root" }
    Condition = { StringEquals = { "sts:ExternalId" = "between-us" } }
  }] })
}

# An administrator, whose name is wider than its column.
resource "aws_iam_role" "admin" {
  name               = "the-role-of-those-who-may-do-everything"
  assume_role_policy = local.everyone
}

resource "aws_iam_role_policy_attachment" "admin" {
  role       = aws_iam_role.admin.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}

# Not all of it can be read.
resource "aws_iam_role" "unseen" {
  name               = "unseen"
  assume_role_policy = local.everyone
}

resource "aws_iam_role_policy_attachment" "unseen" {
  role       = aws_iam_role.unseen.name
  policy_arn = var.arn
}

# Nothing about telemetry.
resource "aws_iam_user" "idle" {
  name = "idle"
}

# Levels: unscoped, conditional, scoped, and all but some resources.
resource "aws_iam_group" "ops" {
  name = "ops"
}

resource "aws_iam_group_policy" "ops" {
  name  = "levels"
  group = aws_iam_group.ops.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [
    { Sid = "Unscoped", Effect = "Allow", Action = "logs:GetLogEvents", Resource = "*" },
    {
      Sid       = "Conditional", Effect = "Allow", Action = ["cloudwatch:DeleteAlarms", "cloudwatch:SetAlarmState"], Resource = "*"
      Condition = { StringEquals = { "aws:PrincipalTag/team" = ["ops", "sre"] }, Bool = { "aws:MultiFactorAuthPresent" = "true" } }
    },
    {
      Sid      = "Scoped", Effect = "Allow", Action = ["logs:PutRetentionPolicy", "logs:DeleteLogGroup"]
      Resource = [for g in ["a", "b", "c", "d"] : "arn:aws:logs:eu-west-1:111122223333:log-group:/${g}:*"]
    },
    { Effect = "Allow", Action = "logs:DeleteLogStream", NotResource = "arn:aws:logs:*:*:log-group:/audit:*" },
    {
      Sid       = "Shared\u001b[31m", Effect = "Allow", Action = "logs:FilterLogEvents", Resource = "*"
      Condition = { StringEquals = { "aws:SourceVpce" = "vpce-0123456789abcdef0" } }
    },
  ] })
}

resource "aws_iam_user" "ops" {
  name = "alice"
}

resource "aws_iam_user_group_membership" "ops" {
  user   = aws_iam_user.ops.name
  groups = [aws_iam_group.ops.name]
}

# Cuts: a Deny that takes all, a part, or all while its conditions hold.
resource "aws_iam_user_policy" "ops" {
  name = "denied"
  user = aws_iam_user.ops.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [
    { Sid = "NoState", Effect = "Deny", Action = "cloudwatch:SetAlarmState", Resource = "*" },
    { Effect = "Deny", Action = "logs:DeleteLogGroup", Resource = "arn:aws:logs:eu-west-1:111122223333:log-group:/a:*" },
    {
      Effect    = "Deny", Action = "logs:GetLogEvents", Resource = "*"
      Condition = { BoolIfExists = { "aws:MultiFactorAuthPresent" = "false" } }
    },
  ] })
}

# A boundary leaves one log group.
resource "aws_iam_policy" "edge" {
  name = "edge"
  policy = jsonencode({ Version = "2012-10-17", Statement = [
    { Effect = "Allow", Action = "logs:*", Resource = "arn:aws:logs:*:*:log-group:/app:*" },
  ] })
}

resource "aws_iam_role" "bounded" {
  name                 = "bounded"
  assume_role_policy   = local.everyone
  permissions_boundary = aws_iam_policy.edge.arn
}

resource "aws_iam_role_policy" "bounded" {
  name = "wide"
  role = aws_iam_role.bounded.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [
    { Effect = "Allow", Action = ["logs:DeleteLogGroup", "cloudwatch:DeleteAlarms"], Resource = "*" },
  ] })
}
