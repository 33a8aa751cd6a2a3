variable "service" {
  type = string
}

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
      Action   = "logs:*" # want IW202 medium `its resources could not be resolved and may be all`
      Resource = "arn:aws:logs:*:*:log-group:${var.service}*" # want IW901 high `is unknown`
    }]
  })
}

resource "aws_iam_role_policy" "scoped" {
  name = "scoped"
  role = aws_iam_role.app.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = "logs:*"
      Resource = "arn:aws:logs:*:*:log-group:/app/${var.service}*" # want IW901 high `is unknown`
    }]
  })
}
