variable "profile" {
  type    = string
  default = "app"
}

resource "aws_instance" "app" { # want IW402 high `^instance "aws_instance\.app" has no instance profile although it calls AWS`
  ami                  = "ami-0123456789abcdef0"
  instance_type        = "t3.small"
  iam_instance_profile = var.profile
  user_data            = "#!/bin/sh\ndnf install -y amazon-cloudwatch-agent\n"
}
