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
        Action   = "*" # want IW201 high `^policy "telemetry" lets role "app" do everything in every service: iam:`
        Resource = "*"
      },
      {
        Effect   = "Deny"
        Action   = ["cloudwatch:*", "logs:*", "oam:*", "observabilityadmin:*", "xray:*", "synthetics:*", "rum:*", "application-signals:*"]
        Resource = "*"
      },
    ]
  })
}
