resource "aws_iam_role" "app" {
  name = "CloudWatch-CrossAccountSharing-ListAccountsRole"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect = "Allow"
      Principal = {
        AWS = "arn:aws:iam::444455556666:root"
      }
      Action = "sts:AssumeRole"
    }]
  })
}

resource "aws_iam_role_policy" "app" {
  name = "telemetry"
  role = aws_iam_role.app.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["organizations:ListAccounts", "organizations:ListAccountsForParent"]
      Resource = "*"
    }]
  })
}
