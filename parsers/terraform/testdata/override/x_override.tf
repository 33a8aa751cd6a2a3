locals {
  action = "rum:Get*"
}

resource "aws_iam_role" "r" {
  name = "overridden-${local.kept}"

  inline_policy {
    name   = "new"
    policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = local.action, Resource = "*" }] })
  }
}
