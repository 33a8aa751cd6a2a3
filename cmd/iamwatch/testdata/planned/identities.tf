resource "aws_iam_role" "encoded" {
  name = "${local.prefix}-encoded"
  path = "/service/"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [for k, v in var.vendors : {
      Sid       = "Trust${title(k)}"
      Effect    = v.trusted ? "Allow" : "Deny"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "arn:aws:iam::${v.account}:root" }
      Condition = { StringEquals = { "sts:ExternalId" = [v.external] } }
    }]
  })
  managed_policy_arns   = ["arn:aws:iam::aws:policy/ReadOnlyAccess", aws_iam_policy.document.arn]
  permissions_boundary  = aws_iam_policy.boundary.arn
  max_session_duration  = 7200
  force_detach_policies = true
  inline_policy {
    name = "inline"
    policy = jsonencode({
      Version   = "2012-10-17"
      Statement = { Effect = "Allow", Action = local.reads, Resource = "${local.arns.logs}:log-group:/${var.stage}/*" }
    })
  }
  tags = {
    Team  = "sre"
    Stage = var.stage
  }
}

resource "aws_iam_role" "dynamic" {
  for_each           = var.teams
  name               = "${local.prefix}-${each.key}"
  assume_role_policy = data.aws_iam_policy_document.trust[each.key].json
  dynamic "inline_policy" {
    for_each = local.verbs
    content {
      name   = inline_policy.key
      policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = [for v in inline_policy.value : "${inline_policy.key}:${v}"], Resource = "*" }] })
    }
  }
}

data "aws_iam_policy_document" "trust" {
  for_each = var.teams
  statement {
    sid     = "Saml"
    actions = ["sts:AssumeRoleWithSAML", "sts:TagSession"]
    principals {
      type        = "Federated"
      identifiers = ["arn:aws:iam::${local.account}:saml-provider/corp"]
    }
    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::${local.account}:role/${each.key}-admin", "111122223333"]
    }
    condition {
      test     = "StringEquals"
      variable = "SAML:aud"
      values   = ["https://signin.aws.amazon.com/saml"]
    }
  }
}

resource "aws_iam_role" "prefixed" {
  name_prefix        = "gen-"
  assume_role_policy = templatefile("${path.module}/policies/trust.json.tftpl", { services = ["ec2", "lambda"], account = local.account, strict = true })
}

resource "aws_iam_user" "ops" {
  count = 2
  name  = "ops-${count.index}"
  path  = "/people/"
  tags  = { n = tostring(count.index) }
}

resource "aws_iam_user" "robot" {
  name                 = "robot"
  permissions_boundary = "arn:aws:iam::aws:policy/PowerUserAccess"
}

resource "aws_iam_group" "team" {
  for_each = var.teams
  name     = each.value
  path     = "/teams/"
}

resource "aws_iam_group_membership" "sre" {
  name  = "sre"
  group = aws_iam_group.team["sre"].name
  users = [for u in aws_iam_user.ops : u.name]
}

resource "aws_iam_user_group_membership" "robot" {
  user   = aws_iam_user.robot.name
  groups = [for g in aws_iam_group.team : g.name if g.name == "dev"]
}

resource "aws_iam_user_policy" "robot" {
  name   = "robot"
  user   = aws_iam_user.robot.name
  policy = <<-EOT
    {
      "Version": "2012-10-17",
      "Statement": [
        {
          "Effect": "Allow",
          "Action": ["logs:PutLogEvents", "logs:CreateLogStream"],
          "Resource": "${aws_cloudwatch_log_group.app["api"].arn}:*"
        },
        {
          "Effect": "Deny",
          "NotAction": "logs:*",
          "Resource": "*",
          "Condition": { "Bool": { "aws:SecureTransport": "false" } }
        }
      ]
    }
  EOT
}

resource "aws_iam_group_policy" "sre" {
  name   = "tail"
  group  = aws_iam_group.team["sre"].id
  policy = file("policies/tail.json")
}

resource "aws_iam_role_policy" "reader" {
  for_each = aws_iam_role.dynamic
  name     = "extra-${each.key}"
  role     = each.value.id
  policy   = data.aws_iam_policy_document.merged.json
}

resource "aws_iam_role_policy_attachment" "many" {
  for_each = {
    view  = "arn:aws:iam::aws:policy/job-function/ViewOnlyAccess"
    agent = "arn:aws:iam::aws:policy/CloudWatchAgentServerPolicy"
  }
  role       = aws_iam_role.prefixed.name
  policy_arn = each.value
}

resource "aws_iam_user_policy_attachment" "robot" {
  user       = aws_iam_user.robot.name
  policy_arn = aws_iam_policy.document.arn
}

resource "aws_iam_group_policy_attachment" "dev" {
  group      = aws_iam_group.team["dev"].name
  policy_arn = data.aws_iam_policy.full.arn
}

data "aws_iam_policy" "full" {
  arn = "arn:aws:iam::aws:policy/CloudWatchFullAccess"
}

resource "aws_iam_policy_attachment" "everywhere" {
  name       = "everywhere"
  policy_arn = aws_iam_policy.templated.arn
  roles      = [aws_iam_role.encoded.name]
  users      = aws_iam_user.ops[*].name
  groups     = [aws_iam_group.team["sre"].name]
}

resource "aws_iam_role_policies_exclusive" "reader" {
  role_name    = aws_iam_role.exclusive.name
  policy_names = [aws_iam_role_policy.exclusive.name]
}

resource "aws_iam_role_policy_attachments_exclusive" "reader" {
  role_name   = aws_iam_role.exclusive.name
  policy_arns = ["arn:aws:iam::aws:policy/CloudWatchReadOnlyAccess"]
}

resource "aws_iam_role" "exclusive" {
  name               = "exclusive"
  assume_role_policy = data.aws_iam_policy_document.service["lambda"].json
}

resource "aws_iam_role_policy" "exclusive" {
  name   = "only"
  role   = aws_iam_role.exclusive.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "cloudwatch:PutMetricData", Resource = "*", Condition = { StringLike = { "cloudwatch:namespace" = ["acme/*", "other"] } } }] })
}

data "aws_iam_policy_document" "service" {
  for_each = toset(["lambda", "ec2", "scheduler"])
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["${each.value}.amazonaws.com"]
    }
  }
}

resource "aws_iam_user_policies_exclusive" "robot" {
  user_name    = aws_iam_user.robot.name
  policy_names = [aws_iam_user_policy.robot.name]
}

resource "aws_iam_user_policy_attachments_exclusive" "ops" {
  user_name   = aws_iam_user.ops[1].name
  policy_arns = []
}

resource "aws_iam_group_policies_exclusive" "sre" {
  group_name   = aws_iam_group.team["sre"].name
  policy_names = ["tail"]
}

resource "aws_iam_group_policy_attachments_exclusive" "dev" {
  group_name  = aws_iam_group.team["dev"].name
  policy_arns = ["arn:aws:iam::aws:policy/CloudWatchFullAccess"]
}

resource "aws_iam_instance_profile" "machine" {
  name = "machine"
  role = aws_iam_role.machine.name
}

resource "aws_iam_role" "machine" {
  name               = "machine"
  assume_role_policy = data.aws_iam_policy_document.service["ec2"].json
}

resource "aws_iam_access_key" "robot" {
  user   = aws_iam_user.robot.name
  status = "Active"
}

resource "aws_iam_user_login_profile" "ops" {
  user = aws_iam_user.ops[0].name
}

resource "aws_iam_service_specific_credential" "robot" {
  service_name = "cassandra.amazonaws.com"
  user_name    = aws_iam_user.robot.name
}

resource "aws_iam_openid_connect_provider" "github" {
  url             = "https://token.actions.githubusercontent.com"
  client_id_list  = ["sts.amazonaws.com"]
  thumbprint_list = ["6938fd4d98bab03faadb97b34396831e3780aea1"]
}

resource "aws_iam_role" "github" {
  name = "github"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = aws_iam_openid_connect_provider.github.arn }
      Condition = {
        StringLike   = { "token.actions.githubusercontent.com:sub" = "repo:acme/*" }
        StringEquals = { "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com" }
      }
    }]
  })
}

resource "aws_iam_saml_provider" "corp" {
  name                   = "corp"
  saml_metadata_document = "<EntityDescriptor>${join("", [for i in range(1000) : "x"])}</EntityDescriptor>"
}

resource "aws_iam_service_linked_role" "autoscaling" {
  aws_service_name = "autoscaling.amazonaws.com"
  custom_suffix    = "acme"
}

resource "aws_iam_organizations_features" "this" {
  enabled_features = ["RootCredentialsManagement", "RootSessions"]
}

module "service" {
  source   = "./modules/service"
  for_each = { billing = ["dynamodb:GetItem"], audit = ["logs:StartQuery", "logs:GetQueryResults"] }
  name     = "${local.prefix}-${each.key}"
  actions  = each.value
  boundary = aws_iam_policy.boundary.arn
  readers  = { for t in var.teams : t => aws_iam_role.dynamic[t].arn }
}

resource "aws_iam_role_policy_attachment" "service" {
  for_each   = module.service
  role       = each.value.role_name
  policy_arn = aws_iam_policy.document.arn
}
