resource "aws_iam_role" "app" {
  name = "app"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = "*" # want IW301 medium `^anyone may assume role "app"; the scan sees no telemetry access attached to it`
      Action    = "sts:AssumeRole"
    }]
  })
}
