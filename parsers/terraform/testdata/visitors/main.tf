provider "aws" {
  region = "eu-west-1"
}

variable "guests" {
  type = bool
}

variable "more_roles" {
  type = map(string)
}

resource "aws_cognito_identity_pool" "shop" {
  identity_pool_name               = "shop"
  allow_unauthenticated_identities = true
  allow_classic_flow               = true
}

data "aws_iam_policy_document" "trust" {
  for_each = toset(["authenticated", "unauthenticated"])

  statement {
    actions = ["sts:AssumeRoleWithWebIdentity"]
    principals {
      type        = "Federated"
      identifiers = ["cognito-identity.amazonaws.com"]
    }
    condition {
      test     = "StringEquals"
      variable = "cognito-identity.amazonaws.com:aud"
      values   = [aws_cognito_identity_pool.shop.id]
    }
    condition {
      test     = "ForAnyValue:StringLike"
      variable = "cognito-identity.amazonaws.com:amr"
      values   = [each.key]
    }
  }
}

resource "aws_iam_role" "visitor" {
  for_each           = data.aws_iam_policy_document.trust
  name               = "shop-${each.key}"
  assume_role_policy = each.value.json
}

resource "aws_cognito_identity_pool_roles_attachment" "shop" {
  identity_pool_id = aws_cognito_identity_pool.shop.id
  roles            = { for kind, role in aws_iam_role.visitor : kind => role.arn }

  role_mapping {
    identity_provider         = "graph.facebook.com"
    type                      = "Rules"
    ambiguous_role_resolution = "AuthenticatedRole"

    mapping_rule {
      claim      = "isAdmin"
      match_type = "Equals"
      value      = "paid"
      role_arn   = aws_iam_role.visitor["authenticated"].arn
    }
  }
}

resource "aws_cognito_identity_pool" "perhaps" {
  identity_pool_name               = "perhaps"
  allow_unauthenticated_identities = var.guests
}

resource "aws_cognito_identity_pool_roles_attachment" "perhaps" {
  identity_pool_id = aws_cognito_identity_pool.perhaps.id
  roles = merge(
    { authenticated = "arn:aws:iam::123456789012:role/users" },
    var.guests ? { unauthenticated = aws_iam_role.visitor["unauthenticated"].arn } : {},
  )
}

resource "aws_cognito_identity_pool_roles_attachment" "unknown" {
  identity_pool_id = aws_cognito_identity_pool.perhaps.id
  roles            = var.more_roles
}

resource "aws_cognito_identity_pool_roles_attachment" "choice" {
  identity_pool_id = aws_cognito_identity_pool.perhaps.id
  roles = {
    authenticated   = var.guests ? aws_iam_role.visitor["authenticated"].arn : "arn:aws:iam::123456789012:role/users"
    unauthenticated = var.guests ? aws_iam_role.visitor["unauthenticated"].arn : null
  }
}

resource "aws_rum_app_monitor" "shop" {
  name           = "shop"
  domain         = "shop.example.com"
  cw_log_enabled = true

  app_monitor_configuration {
    identity_pool_id = aws_cognito_identity_pool.shop.id
    guest_role_arn   = aws_iam_role.visitor["unauthenticated"].arn
    allow_cookies    = true
  }
}

resource "aws_rum_app_monitor" "bare" {
  name   = "bare"
  domain = "bare.example.com"
}

resource "aws_rum_metrics_destination" "shop" {
  app_monitor_name = aws_rum_app_monitor.shop.name
  destination      = "Evidently"
  destination_arn  = "arn:aws:evidently:eu-west-1:123456789012:project/shop/experiment/one"
  iam_role_arn     = aws_iam_role.visitor["authenticated"].arn
}

resource "aws_s3_bucket" "artifacts" {
  bucket = "artifacts"
}

resource "aws_iam_role" "canary" {
  path               = "/service-role/"
  name               = "CloudWatchSyntheticsRole-shop"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = { Service = "lambda.amazonaws.com" }, Action = "sts:AssumeRole" }] })
}

resource "aws_synthetics_canary" "shop" {
  name                 = "shop"
  artifact_s3_location = "s3://${aws_s3_bucket.artifacts.bucket}/canary/"
  execution_role_arn   = aws_iam_role.canary.arn
  handler              = "shop.handler"
  runtime_version      = "syn-nodejs-puppeteer-9.0"
  zip_file             = "shop.zip"

  schedule {
    expression = "rate(5 minutes)"
  }

  run_config {
    active_tracing        = true
    environment_variables = { STAGE = "prod" }
  }

  artifact_config {
    s3_encryption {
      encryption_mode = "SSE_KMS"
      kms_key_arn     = "arn:aws:kms:eu-west-1:123456789012:key/1"
    }
  }

  vpc_config {
    subnet_ids         = ["subnet-1"]
    security_group_ids = ["sg-1"]
  }
}

resource "aws_rolesanywhere_trust_anchor" "hosts" {
  name    = "hosts"
  enabled = true
  source {
    source_type = "CERTIFICATE_BUNDLE"
    source_data {
      x509_certificate_data = "-----BEGIN CERTIFICATE-----"
    }
  }
}

data "aws_iam_policy_document" "agent" {
  statement {
    actions   = ["cloudwatch:PutMetricData"]
    resources = ["*"]
  }
}

resource "aws_iam_role" "agent" {
  name = "agent"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "rolesanywhere.amazonaws.com" }
      Action    = ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"]
      Condition = { ArnEquals = { "aws:SourceArn" = aws_rolesanywhere_trust_anchor.hosts.arn } }
    }]
  })
}

resource "aws_rolesanywhere_profile" "hosts" {
  name                = "hosts"
  enabled             = true
  role_arns           = [aws_iam_role.agent.arn]
  session_policy      = data.aws_iam_policy_document.agent.json
  managed_policy_arns = ["arn:aws:iam::aws:policy/CloudWatchAgentServerPolicy"]
}

resource "aws_iam_organizations_features" "root" {
  enabled_features = ["RootCredentialsManagement", "RootSessions"]
}
