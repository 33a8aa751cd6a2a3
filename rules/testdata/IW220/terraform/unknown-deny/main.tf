resource "aws_iam_role" "app" {
  name = "app"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect = "Allow"
      Principal = {
        Service = "lambda.amazonaws.com"
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
      Action   = "iam:AttachRolePolicy" # want IW220 medium `^policy "telemetry" lets role "app" give itself any right, CloudWatch included.*a Deny in "telemetry" applies under conditions`
      Resource = "*"
      }, {
      Effect   = "Deny"
      Action   = "iam:*"
      Resource = "*"
      Condition = {
        StringNotEquals = {
          "aws:PrincipalTag/team" = "platform"
        }
      }
    }]
  })
}
