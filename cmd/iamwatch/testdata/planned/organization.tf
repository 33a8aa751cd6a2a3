resource "aws_organizations_policy" "guard" {
  name = "guard"
  content = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Deny", Action = ["logs:DeleteLogGroup", "cloudtrail:StopLogging"], Resource = "*", Condition = { ArnNotLike = { "aws:PrincipalArn" = "arn:aws:iam::*:role/${local.prefix}-*" } } }]
  })
}

resource "aws_organizations_policy_attachment" "guard" {
  for_each  = toset(["ou-abcd-11111111", "123456789012"])
  policy_id = aws_organizations_policy.guard.id
  target_id = each.value
}

resource "aws_ssoadmin_permission_set" "reader" {
  name             = "reader"
  instance_arn     = "arn:aws:sso:::instance/ssoins-1234567890abcdef"
  session_duration = "PT8H"
}

resource "aws_ssoadmin_permission_set_inline_policy" "reader" {
  instance_arn       = aws_ssoadmin_permission_set.reader.instance_arn
  permission_set_arn = aws_ssoadmin_permission_set.reader.arn
  inline_policy      = data.aws_iam_policy_document.base.json
}

resource "aws_ssoadmin_managed_policy_attachment" "reader" {
  instance_arn       = aws_ssoadmin_permission_set.reader.instance_arn
  permission_set_arn = aws_ssoadmin_permission_set.reader.arn
  managed_policy_arn = "arn:aws:iam::aws:policy/CloudWatchReadOnlyAccess"
}

resource "aws_ssoadmin_customer_managed_policy_attachment" "reader" {
  instance_arn       = aws_ssoadmin_permission_set.reader.instance_arn
  permission_set_arn = aws_ssoadmin_permission_set.reader.arn
  customer_managed_policy_reference {
    name = aws_iam_policy.document.name
    path = "/telemetry/"
  }
}

resource "aws_ssoadmin_permissions_boundary_attachment" "reader" {
  instance_arn       = aws_ssoadmin_permission_set.reader.instance_arn
  permission_set_arn = aws_ssoadmin_permission_set.reader.arn
  permissions_boundary {
    managed_policy_arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
  }
}

resource "aws_ssoadmin_account_assignment" "reader" {
  instance_arn       = aws_ssoadmin_permission_set.reader.instance_arn
  permission_set_arn = aws_ssoadmin_permission_set.reader.arn
  principal_id       = "11111111-2222-3333-4444-555555555555"
  principal_type     = "GROUP"
  target_id          = "123456789012"
  target_type        = "AWS_ACCOUNT"
}

resource "aws_rolesanywhere_trust_anchor" "ca" {
  name    = "ca"
  enabled = true
  source {
    source_type = "AWS_ACM_PCA"
    source_data {
      acm_pca_arn = "arn:aws:acm-pca:eu-west-1:${local.account}:certificate-authority/1"
    }
  }
}

resource "aws_rolesanywhere_profile" "outside" {
  name                = "outside"
  enabled             = true
  role_arns           = [aws_iam_role.exclusive.arn, aws_iam_role.machine.arn]
  managed_policy_arns = ["arn:aws:iam::aws:policy/CloudWatchReadOnlyAccess"]
  session_policy      = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "logs:Get*", Resource = "*" }] })
}
