resource "aws_iam_policy" "app" {
  name = "app-telemetry"
  path = "/team/"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = "logs:DeleteLogGroup" # want IW208 medium `^policy "app-telemetry" lets whoever it is attached to delete logs or cut their retention.*nothing in the scan attaches it`
      Resource = "*"
    }]
  })
}
