variable "boundary" {
  type    = bool
  default = true
}

variable "create" {
  type = bool
}

locals {
  trust = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "lambda.amazonaws.com" }
    }]
  })
}

resource "aws_iam_policy" "shared" {
  name        = "shared"
  path        = "/team/"
  description = "Read alarms."
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Sid = "Alarms", Effect = "Allow", Action = "cloudwatch:DescribeAlarms", Resource = "*" }]
  })
}

resource "aws_iam_role" "old" {
  name                 = "old-style"
  assume_role_policy   = local.trust
  managed_policy_arns  = [aws_iam_policy.shared.arn, "arn:aws:iam::aws:policy/CloudWatchReadOnlyAccess"]
  permissions_boundary = var.boundary ? aws_iam_policy.shared.arn : null
  max_session_duration = 3600

  inline_policy {
    name   = "first"
    policy = jsonencode({ Version = "2012-10-17", Statement = { Effect = "Allow", Action = "logs:Get*", Resource = "*" } })
  }

  dynamic "inline_policy" {
    for_each = { second = "logs:PutLogEvents" }
    content {
      name   = inline_policy.key
      policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = inline_policy.value, Resource = "*" }] })
    }
  }

  tags = { Team = "ops" }
}

resource "aws_iam_role" "maybe" {
  count              = var.create ? 1 : 0
  name               = "maybe"
  assume_role_policy = local.trust
}

resource "aws_iam_role_policy_attachment" "maybe" {
  count      = var.create ? 1 : 0
  role       = aws_iam_role.maybe[0].name
  policy_arn = aws_iam_policy.shared.arn
}

resource "aws_iam_role" "prefixed" {
  name_prefix        = "app-"
  assume_role_policy = local.trust
}

resource "aws_iam_role_policy" "prefixed" {
  role   = aws_iam_role.prefixed.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "logs:*", Resource = "*" }] })
}

resource "aws_iam_user" "u" {
  for_each = toset(["ann", "ben"])
  name     = each.key
}

resource "aws_iam_user_policy" "ann" {
  name   = "own"
  user   = aws_iam_user.u["ann"].name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Deny", NotAction = ["iam:*"], NotResource = "arn:aws:s3:::x" }] })
}

resource "aws_iam_user_policy_attachment" "ben" {
  user       = "ben"
  policy_arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
}

resource "aws_iam_user_login_profile" "ben" {
  user = aws_iam_user.u["ben"].name
}

resource "aws_iam_access_key" "ben" {
  user   = aws_iam_user.u["ben"].name
  status = "Inactive"
}

resource "aws_iam_group" "g" {
  name = "g"
}

resource "aws_iam_group" "h" {
  name = "h"
}

resource "aws_iam_group_policy" "g" {
  name   = "in-g"
  group  = aws_iam_group.g.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "rum:*", Resource = "*" }] })
}

resource "aws_iam_group_policy_attachment" "g" {
  group      = aws_iam_group.g.id
  policy_arn = data.aws_iam_policy.named.arn
}

data "aws_iam_policy" "named" {
  name = "CloudWatchFullAccess"
}

resource "aws_iam_group_membership" "g" {
  name  = "m"
  group = aws_iam_group.g.name
  users = values(aws_iam_user.u)[*].name
}

resource "aws_iam_user_group_membership" "ann" {
  user   = aws_iam_user.u["ann"].name
  groups = [aws_iam_group.h.name]
}

resource "aws_iam_policy_attachment" "many" {
  name       = "many"
  users      = [aws_iam_user.u["ann"].name]
  roles      = [aws_iam_role.old.name, aws_iam_role.prefixed.name]
  groups     = [aws_iam_group.h.name]
  policy_arn = aws_iam_policy.shared.arn
}

resource "aws_iam_role_policy_attachments_exclusive" "old" {
  role_name   = aws_iam_role.old.name
  policy_arns = [aws_iam_policy.shared.arn, "arn:aws:iam::aws:policy/CloudWatchLogsReadOnlyAccess"]
}

resource "aws_iam_instance_profile" "p" {
  name = "p"
  role = aws_iam_role.old.name
}

resource "aws_iam_openid_connect_provider" "o" {
  url             = "https://token.example.com/a"
  client_id_list  = ["sts.amazonaws.com"]
  thumbprint_list = ["6938fd4d98bab03faadb97b34396831e3780aea1"]
}

resource "aws_iam_saml_provider" "s" {
  name                   = "idp"
  saml_metadata_document = join("", [for i in range(100) : "<metadata/>"])
}

resource "aws_iam_role" "federated" {
  name = "federated"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "sts:AssumeRoleWithWebIdentity", Principal = { Federated = aws_iam_openid_connect_provider.o.arn } },
      { Effect = "Allow", Action = "sts:AssumeRoleWithSAML", Principal = { Federated = aws_iam_saml_provider.s.arn } },
      { Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = [aws_iam_role.old.arn, aws_iam_user.u["ann"].arn] } },
    ]
  })
}
