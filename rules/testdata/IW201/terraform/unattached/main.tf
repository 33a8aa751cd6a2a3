resource "aws_iam_policy" "app" {
  name = "app-telemetry"
  path = "/team/"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = "*" # want IW201 low `^policy "app-telemetry" lets whoever it is attached to do everything in every service.*nothing in the scan attaches it`
      Resource = "*"
    }]
  })
}
