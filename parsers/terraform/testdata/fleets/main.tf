provider "aws" {
  region = "eu-west-1"
}

provider "aws" {
  alias  = "virginia"
  region = "us-east-1"
}

variable "profile" {
  type    = string
  default = ""
}

variable "mixed" {
  type = bool
}

resource "aws_iam_role" "node" {
  name = "node"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }]
  })
}

resource "aws_iam_role" "pod" {
  name = "pod"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["sts:AssumeRole", "sts:TagSession"], Principal = { Service = "pods.eks.amazonaws.com" } }]
  })
}

resource "aws_iam_instance_profile" "node" {
  name = "node"
  role = aws_iam_role.node.name
}

data "aws_iam_instance_profile" "node" {
  name = "node"
}

resource "aws_ami" "hardened" {
  name             = "hardened"
  root_device_name = "/dev/xvda"
  imds_support     = "v2.0"
}

data "aws_ami" "strict" {
  owners      = ["self"]
  most_recent = true

  filter {
    name   = "name"
    values = ["base-*"]
  }

  filter {
    name   = "imds-support"
    values = ["v2.0"]
  }
}

resource "aws_launch_template" "one" {
  name_prefix = "one-"
  image_id    = data.aws_ami.strict.id

  iam_instance_profile {
    name = data.aws_iam_instance_profile.node.name
  }
}

# Of the same name in another region.
resource "aws_launch_template" "elsewhere" {
  provider = aws.virginia
  name     = "two"
}

resource "aws_launch_template" "two" {
  name = "two"

  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 2
  }
}

resource "aws_launch_configuration" "old" {
  name_prefix   = "old-"
  image_id      = aws_ami.hardened.id
  instance_type = "t3.micro"

  metadata_options {
    http_tokens = "optional"
  }
}

resource "aws_autoscaling_group" "plain" {
  name     = "plain"
  max_size = 1
  min_size = 1

  launch_template {
    id      = aws_launch_template.one.id
    version = "$Latest"
  }
}

resource "aws_autoscaling_group" "old" {
  max_size             = 1
  min_size             = 1
  launch_configuration = aws_launch_configuration.old.name
}

resource "aws_autoscaling_group" "mixed" {
  max_size = 1
  min_size = 1

  dynamic "mixed_instances_policy" {
    for_each = var.mixed ? [1] : []
    content {
      launch_template {
        launch_template_specification {
          launch_template_id = aws_launch_template.one.id
        }

        override {
          instance_type = "t3.micro"

          launch_template_specification {
            launch_template_name = "two"
          }
        }
      }
    }
  }
}

resource "aws_ec2_fleet" "f" {
  launch_template_config {
    launch_template_specification {
      launch_template_id = aws_launch_template.one.id
      version            = aws_launch_template.one.latest_version
    }
  }

  target_capacity_specification {
    default_target_capacity_type = "spot"
    total_target_capacity        = 1
  }
}

resource "aws_spot_fleet_request" "s" {
  iam_fleet_role  = "arn:aws:iam::111122223333:role/fleet"
  target_capacity = 1

  launch_specification {
    ami                      = aws_ami.hardened.id
    instance_type            = "t3.micro"
    iam_instance_profile_arn = aws_iam_instance_profile.node.arn
  }

  launch_specification {
    ami           = "ami-12c6146b"
    instance_type = "t3.micro"
    user_data     = "aws s3 cp s3://b/x ."
  }
}

resource "aws_spot_fleet_request" "t" {
  iam_fleet_role  = "arn:aws:iam::111122223333:role/fleet"
  target_capacity = 1

  launch_template_config {
    launch_template_specification {
      id      = aws_launch_template.one.id
      version = "1"
    }
  }
}

resource "aws_eks_node_group" "n" {
  cluster_name  = "c"
  node_role_arn = aws_iam_role.node.arn
  subnet_ids    = ["subnet-1"]

  launch_template {
    name    = aws_launch_template.two.name
    version = "1"
  }

  scaling_config {
    desired_size = 1
    max_size     = 1
    min_size     = 1
  }
}

resource "aws_batch_compute_environment" "b" {
  compute_environment_name = "b"
  type                     = "MANAGED"
  service_role             = "arn:aws:iam::111122223333:role/batch"

  compute_resources {
    type               = "EC2"
    instance_role      = aws_iam_instance_profile.node.arn
    instance_type      = ["c4.large"]
    max_vcpus          = 16
    security_group_ids = ["sg-1"]
    subnets            = ["subnet-1"]

    launch_template {
      launch_template_id = aws_launch_template.one.id
    }
  }
}

resource "aws_imagebuilder_infrastructure_configuration" "i" {
  name                  = "builder"
  instance_profile_name = aws_iam_instance_profile.node.name

  instance_metadata_options {
    http_tokens = "required"
  }
}

resource "aws_ec2_instance_metadata_defaults" "virginia" {
  provider      = aws.virginia
  http_tokens   = "required"
  http_endpoint = "enabled"
}

resource "aws_eks_pod_identity_association" "p" {
  cluster_name    = "c"
  namespace       = "shop"
  service_account = "cart"
  role_arn        = aws_iam_role.pod.arn
}

# Keys in user data and environments. They are made up.
resource "aws_instance" "keys" {
  ami                  = aws_ami.hardened.id
  instance_type        = "t3.micro"
  iam_instance_profile = aws_iam_instance_profile.node.name

  user_data = <<EOT
#!/bin/sh
export AWS_ACCESS_KEY_ID=AKIAQ3EGRZ5T7YUIOP2A
export AWS_SECRET_ACCESS_KEY=${local.secret}
EOT
}

locals {
  secret = "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"
  script = "aws configure set aws_secret_access_key q7Hn4kLw9sXzT2vB6mRj0PfYc3gD8uEa5iKo1NlM"
}

resource "aws_launch_template" "keys" {
  name      = "keys"
  user_data = base64encode(local.script)
}

resource "aws_lambda_function" "keys" {
  function_name = "keys"
  role          = aws_iam_role.node.arn
  handler       = "x.y"
  runtime       = "python3.12"
  filename      = "x.zip"

  environment {
    variables = {
      AWS_ACCESS_KEY_ID = "AKIAIOSFODNN7EXAMPLE"
      SECRET_ACCESS_KEY = local.secret
      TABLE             = "orders"
    }
  }
}

resource "aws_synthetics_canary" "keys" {
  name                 = "keys"
  artifact_s3_location = "s3://b/"
  execution_role_arn   = aws_iam_role.node.arn
  handler              = "x.handler"
  runtime_version      = "syn-nodejs-puppeteer-9.1"
  zip_file             = "x.zip"

  schedule {
    expression = "rate(1 hour)"
  }

  run_config {
    environment_variables = {
      KEY = "AKIAQ3EGRZ5T7YUIOP2D"
    }
  }
}

resource "aws_ssm_service_setting" "hosts" {
  setting_id    = "arn:aws:ssm:eu-west-1:111122223333:servicesetting/ssm/managed-instance/default-ec2-instance-management-role"
  setting_value = aws_iam_role.node.name
}

resource "aws_ssm_service_setting" "other" {
  setting_id    = "/ssm/parameter-store/high-throughput-enabled"
  setting_value = "true"
}

resource "aws_instance" "none" {
  ami                  = "ami-12c6146b"
  instance_type        = "t3.micro"
  iam_instance_profile = ""
}

resource "aws_instance" "open" {
  ami                  = "ami-12c6146b"
  instance_type        = "t3.micro"
  iam_instance_profile = var.profile
}
