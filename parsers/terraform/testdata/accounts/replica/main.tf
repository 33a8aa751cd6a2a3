terraform {
  required_providers {
    aws = {
      source                = "hashicorp/aws"
      version               = ">= 5.60.0"
      configuration_aliases = [aws.other]
    }
  }
}

data "aws_caller_identity" "current" {}

resource "aws_iam_user" "here" {
  name = "here"
}

resource "aws_iam_user_policy" "here" {
  name = "read"
  user = aws_iam_user.here.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Resource = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:role/*" }]
  })
}

resource "aws_iam_user" "there" {
  provider = aws.other
  name     = "there"
}

resource "aws_cloudwatch_log_group" "there" {
  provider = aws.other
  name     = "/there"
}
