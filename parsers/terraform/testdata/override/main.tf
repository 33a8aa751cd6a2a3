locals {
  action = "logs:Get*"
  kept   = "kept"
}

resource "aws_iam_role" "r" {
  name               = "written"
  path               = "/base/"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = "*" }] })

  inline_policy {
    name   = "gone"
    policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "iam:*", Resource = "*" }] })
  }
}

moved {
  from = aws_iam_role.old
  to   = aws_iam_role.r
}

check "c" {
  assert {
    condition     = aws_iam_role.r.name != ""
    error_message = "never"
  }
}
