variable "profile" {
  type    = string
  default = null
}

resource "aws_instance" "app" {
  ami                  = "ami-0123456789abcdef0"
  instance_type        = "t3.small"
  iam_instance_profile = var.profile # want IW901 high `^var\.profile is unknown: variable "profile" is null by default: pass --var profile=\.\.\. or a \.tfvars file; assumed: any instance profile`
  user_data            = "#!/bin/sh\ndnf install -y amazon-cloudwatch-agent\n"
}

resource "aws_instance" "bare" { # want IW402 high `^instance "aws_instance\.bare" has no instance profile although it calls AWS`
  ami                  = "ami-0123456789abcdef0"
  instance_type        = "t3.small"
  iam_instance_profile = null
  user_data            = "#!/bin/sh\ndnf install -y amazon-cloudwatch-agent\n"
}
