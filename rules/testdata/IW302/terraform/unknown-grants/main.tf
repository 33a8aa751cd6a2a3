resource "aws_iam_role" "app" {
  name = "app"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect = "Allow"
      Principal = {
        AWS = "arn:aws:iam::999988887777:root" # want IW302 low `^account 999988887777 may assume role "app" without an external id; the scan sees no telemetry access attached to it`
      }
      Action = "sts:AssumeRole"
    }]
  })
}
