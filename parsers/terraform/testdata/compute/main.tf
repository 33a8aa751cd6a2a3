resource "aws_iam_role" "r" {
  name               = "r"
  assume_role_policy = file("${path.module}/trust.json")
}

resource "aws_iam_instance_profile" "p" {
  name_prefix = "p-"
  role        = aws_iam_role.r.name
}

resource "aws_instance" "agent" {
  ami                  = "ami-12c6146b"
  instance_type        = "t3.micro"
  iam_instance_profile = aws_iam_instance_profile.p.id
  user_data            = <<-EOT
    #!/bin/sh
    yum install -y amazon-cloudwatch-agent
    export SECRET=hunter2
  EOT

  metadata_options {
    http_tokens = "required"
  }
}

resource "aws_instance" "bare" {
  ami           = "ami-12c6146b"
  instance_type = "t3.micro"

  launch_template {
    id = aws_launch_template.t.id
  }

  tags = { Agent = "ssm-agent" }
}

resource "aws_spot_instance_request" "s" {
  ami                  = "ami-12c6146b"
  instance_type        = "t3.micro"
  iam_instance_profile = "elsewhere"
}

resource "aws_launch_template" "t" {
  name      = "tpl"
  user_data = base64encode("aws s3 cp s3://b/x .")

  iam_instance_profile {
    arn = aws_iam_instance_profile.p.arn
  }

  metadata_options {
    http_endpoint = "disabled"
    http_tokens   = "optional"
  }
}

resource "aws_launch_configuration" "c" {
  name                 = "c"
  image_id             = "ami-12c6146b"
  instance_type        = "t3.micro"
  iam_instance_profile = aws_iam_instance_profile.p.name
}

resource "aws_ec2_instance_metadata_defaults" "d" {
  http_tokens = "required"
}

resource "aws_eks_node_group" "n" {
  cluster_name  = "c"
  node_role_arn = aws_iam_role.r.arn
  subnet_ids    = ["subnet-1"]

  scaling_config {
    desired_size = 1
    max_size     = 1
    min_size     = 1
  }
}

resource "aws_dlm_lifecycle_policy" "d" {
  description        = "d"
  execution_role_arn = aws_iam_role.r.arn
  state              = "ENABLED"

  policy_details {
    resource_types = ["VOLUME"]
    target_tags    = { a = "b" }

    schedule {
      name = "s"
      create_rule {
        interval = 12
      }
      retain_rule {
        count = 1
      }
    }
  }
}
