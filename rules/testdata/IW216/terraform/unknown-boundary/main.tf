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
  permissions_boundary = "arn:aws:iam::111122223333:policy/boundary"
}

resource "aws_iam_role_policy_attachment" "app" {
  role       = aws_iam_role.app.name
  policy_arn = "arn:aws:iam::aws:policy/CloudWatchFullAccessV2" # want IW216 medium `^AWS managed policy "CloudWatchFullAccessV2" gives role "app" everything in CloudWatch, CloudWatch Logs, X-Ray, CloudWatch Synthetics, CloudWatch RUM and Application Signals.*its permissions boundary "arn:aws:iam::111122223333:policy/b`
}
