resource "aws_instance" "app" { # want IW402 low `^instance "aws_instance\.app" has no instance profile`
  ami           = "ami-0123456789abcdef0"
  instance_type = "t3.small"
}
