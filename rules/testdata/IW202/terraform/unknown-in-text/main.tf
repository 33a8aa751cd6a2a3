variable "arns" {
  type = list(string)
}

resource "aws_iam_user" "app" {
  name = "app"
}

resource "aws_iam_user_policy" "telemetry" {
  name = "telemetry"
  user = aws_iam_user.app.name
  policy = <<-EOF
    {
      "Version": "2012-10-17",
      "Statement": [
        {"Effect": "Allow", "Action": "logs:*", "Resource": "*"},
        {"Effect": "Allow", "Action": "s3:GetObject", "Resource": ${jsonencode(var.arns)}}
      ]
    }
  EOF
}
