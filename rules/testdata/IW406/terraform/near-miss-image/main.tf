resource "aws_iam_role" "app" {
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

resource "aws_iam_instance_profile" "app" {
  name = "app"
  role = aws_iam_role.app.name
}

data "aws_ami" "base" {
  owners      = ["self"]
  most_recent = true

  filter {
    name   = "imds-support"
    values = ["v2.0"]
  }
}

resource "aws_instance" "app" {
  ami                  = data.aws_ami.base.id
  instance_type        = "t3.small"
  iam_instance_profile = aws_iam_instance_profile.app.name
}
