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

resource "aws_iam_role_policy" "app_telemetry" {
  name = "telemetry"
  role = aws_iam_role.app.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect   = "Allow"
        Action   = "logs:PutSubscriptionFilter"
        Resource = ["arn:aws:logs:*:*:log-group:*", "arn:aws:logs:eu-west-1:444455556666:destination:central"]
      },
    ]
  })
}
