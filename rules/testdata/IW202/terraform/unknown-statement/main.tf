variable "statement" {
  type = any
}

variable "condition" {
  type = any
}

resource "aws_iam_user" "app" {
  name = "app"
}

resource "aws_iam_user_policy" "beside" {
  name = "beside"
  user = aws_iam_user.app.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      var.statement, # want IW901 high `^var.statement is unknown`
      {
        Sid      = "Beside"
        Effect   = "Allow"
        Action   = "logs:*" # want IW202 medium `a statement beside it could not be read and may deny it$`
        Resource = "*"
      },
    ]
  })
}

resource "aws_iam_user_policy" "condition" {
  name = "condition"
  user = aws_iam_user.app.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "Conditional"
      Effect    = "Allow"
      Action    = "cloudwatch:*" # want IW202 medium `^policy "condition" lets user "app" do everything in CloudWatch`
      Resource  = "*"
      Condition = var.condition # want IW901 high `^var.condition is unknown`
    }]
  })
}
