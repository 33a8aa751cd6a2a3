resource "aws_iam_role" "app" {
  for_each = toset(["blue"])
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
  role = aws_iam_role.app["blue"].id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = "cloudwatch:*" # want IW202 high `^policy "aws_iam_role_policy.app" lets role aws_iam_role.app\["blue"\] do everything in CloudWatch`
      Resource = "*"
    }]
  })
}
