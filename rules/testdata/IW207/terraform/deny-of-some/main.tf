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
      Action   = "cloudwatch:DeleteAlarms" # want IW207 high `^policy "telemetry" lets role "app" delete, mute or force alarms.*a Deny in "telemetry" takes arn:aws:cloudwatch:\*:\*:alarm:security-\* away`
      Resource = "*"
      }, {
      Effect   = "Deny"
      Action   = "cloudwatch:DeleteAlarms"
      Resource = "arn:aws:cloudwatch:*:*:alarm:security-*"
    }]
  })
}
