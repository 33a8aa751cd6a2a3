resource "aws_launch_template" "app" {
  image_id      = "ami-0123456789abcdef0"
  instance_type = "t3.small"
  user_data     = base64encode("#!/bin/sh\ndnf install -y amazon-cloudwatch-agent\n")
}

resource "aws_instance" "app" { # want IW402 high `^instance "aws_instance\.app" has no instance profile although it calls AWS`
  launch_template {
    id = aws_launch_template.app.id
  }
}
