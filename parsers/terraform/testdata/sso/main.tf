data "aws_ssoadmin_instances" "this" {}

locals {
  instance = tolist(data.aws_ssoadmin_instances.this.arns)[0]
}

resource "aws_iam_policy" "shared" {
  name = "shared"
  path = "/team/"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "cloudwatch:*", Resource = "*" }]
  })
}

resource "aws_ssoadmin_permission_set" "ops" {
  name         = "Ops"
  instance_arn = local.instance
}

resource "aws_ssoadmin_permission_set_inline_policy" "ops" {
  instance_arn       = local.instance
  permission_set_arn = aws_ssoadmin_permission_set.ops.arn
  inline_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "logs:*", Resource = "*" }]
  })
}

resource "aws_ssoadmin_managed_policy_attachment" "ops" {
  instance_arn       = local.instance
  permission_set_arn = aws_ssoadmin_permission_set.ops.arn
  managed_policy_arn = "arn:aws:iam::aws:policy/CloudWatchFullAccess"
}

resource "aws_ssoadmin_customer_managed_policy_attachment" "ops" {
  instance_arn       = local.instance
  permission_set_arn = aws_ssoadmin_permission_set.ops.arn

  customer_managed_policy_reference {
    name = "shared"
    path = "/team/"
  }
}

resource "aws_ssoadmin_permission_set" "bound" {
  name         = "Bound"
  instance_arn = local.instance
}

resource "aws_ssoadmin_permissions_boundary_attachment" "bound" {
  instance_arn       = local.instance
  permission_set_arn = aws_ssoadmin_permission_set.bound.arn

  permissions_boundary {
    customer_managed_policy_reference {
      name = aws_iam_policy.shared.name
      path = "/team/"
    }
  }
}

resource "aws_ssoadmin_permission_set" "readers" {
  name         = "Readers"
  instance_arn = local.instance
}

resource "aws_ssoadmin_permissions_boundary_attachment" "readers" {
  instance_arn       = local.instance
  permission_set_arn = aws_ssoadmin_permission_set.readers.arn

  permissions_boundary {
    managed_policy_arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
  }
}

data "aws_identitystore_group" "ops" {
  identity_store_id = tolist(data.aws_ssoadmin_instances.this.identity_store_ids)[0]

  alternate_identifier {
    unique_attribute {
      attribute_path  = "DisplayName"
      attribute_value = "Ops"
    }
  }
}

resource "aws_ssoadmin_account_assignment" "ops" {
  for_each           = toset(["111122223333", "444455556666"])
  instance_arn       = local.instance
  permission_set_arn = aws_ssoadmin_permission_set.ops.arn
  principal_id       = data.aws_identitystore_group.ops.group_id
  principal_type     = "GROUP"
  target_id          = each.value
  target_type        = "AWS_ACCOUNT"
}
