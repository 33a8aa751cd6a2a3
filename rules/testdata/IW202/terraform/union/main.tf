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
      Action   = ["logs:Get*", "logs:List*", "logs:Describe*", "logs:Put*", "logs:Delete*", "logs:Create*", "logs:Update*", "logs:Start*", "logs:Stop*", "logs:Filter*", "logs:Test*", "logs:Tag*", "logs:Untag*", "logs:Associate*", "logs:Disassociate*", "logs:Cancel*", "logs:Link", "logs:Unmask", "logs:Call*"] # want IW202 high `^policy "telemetry" lets role "app" do everything in CloudWatch Logs`
      Resource = "*"
    }]
  })
}
