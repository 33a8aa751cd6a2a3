variable "profile" {
  type = string
}

resource "aws_instance" "app" {
  ami                  = "ami-0123456789abcdef0"
  instance_type        = "t3.small"
  iam_instance_profile = var.profile # want IW901 high `^var\.profile is unknown: variable "profile" has no default: pass --var profile=\.\.\. or a \.tfvars file`
  user_data            = "#!/bin/sh\ndnf install -y amazon-cloudwatch-agent\n"
}
