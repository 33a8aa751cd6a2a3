data "aws_iam_role" "existing" {
  name = "existing"
}

resource "aws_iam_role_policy" "telemetry" {
  name = "telemetry"
  role = data.aws_iam_role.existing.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = "logs:*" # want IW202 medium `^policy "telemetry" lets role "existing" do everything in CloudWatch Logs.*role "existing" is declared elsewhere: its boundary and other policies were not seen$`
      Resource = "*"
    }]
  })
}

resource "aws_iam_user_policy_attachment" "audit" {
  user       = "audit"
  policy_arn = aws_iam_policy.audit.arn
}

resource "aws_iam_policy" "audit" {
  name = "audit"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = "xray:*" # want IW202 medium `^policy "audit" lets user "audit" do everything in X-Ray`
      Resource = "*"
    }]
  })
}
