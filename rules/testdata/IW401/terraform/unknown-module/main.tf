resource "aws_iam_role" "app" { # want IW401 low `^role "app" is for EC2 and no instance profile holds it.*; module "fleet" gets it, whose source is not at hand, and may make a profile`
  name = "app"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect = "Allow"
      Principal = {
        Service = "ec2.amazonaws.com"
      }
      Action = "sts:AssumeRole"
    }]
  })
}

resource "aws_iam_role_policy_attachment" "app" {
  role       = aws_iam_role.app.name
  policy_arn = "arn:aws:iam::aws:policy/CloudWatchAgentServerPolicy"
}

resource "aws_iam_role" "other" { # want IW401 medium `^role "other" is for EC2 and no instance profile holds it, so no instance can use it; another stack may hold one$`
  name = "other"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect = "Allow"
      Principal = {
        Service = "ec2.amazonaws.com"
      }
      Action = "sts:AssumeRole"
    }]
  })
}

resource "aws_iam_role_policy_attachment" "other" {
  role       = aws_iam_role.other.name
  policy_arn = "arn:aws:iam::aws:policy/CloudWatchAgentServerPolicy"
}

locals {
  pools = {
    default = { role_name = aws_iam_role.app.name }
  }
}

module "fleet" {
  source  = "example/fleet/aws" # want IW901 high `^module\.fleet is unknown: the source of module "fleet" is not on disk`
  version = "1.0.0"
  pools   = local.pools
}
