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
      Action   = "logs:*" # want IW223 low `^policy "telemetry" lets role "app" do everything in CloudWatch Logs on the chosen resources.*a condition on tags limits it, as AWS documents it`
      Resource = "*"
      Condition = {
        StringEquals = {
          "aws:ResourceTag/team" = "app"
        }
      }
    }]
  })
}
