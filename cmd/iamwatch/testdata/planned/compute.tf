resource "aws_instance" "web" {
  count                = 2
  ami                  = "ami-12345678"
  instance_type        = "t3.micro"
  iam_instance_profile = aws_iam_instance_profile.machine.name
  user_data            = "#!/bin/sh\naws s3 cp s3://bucket/x /opt/x\n"
  metadata_options {
    http_endpoint = "enabled"
    http_tokens   = count.index == 0 ? "optional" : "required"
  }
  tags = { Name = "web-${count.index}" }
}

resource "aws_instance" "templated" {
  instance_type = "t3.micro"
  launch_template {
    id      = aws_launch_template.base.id
    version = "$Latest"
  }
}

resource "aws_spot_instance_request" "worker" {
  ami                  = "ami-12345678"
  instance_type        = "t3.micro"
  iam_instance_profile = aws_iam_instance_profile.machine.id
}

resource "aws_launch_template" "base" {
  name          = "base"
  image_id      = "ami-12345678"
  instance_type = "t3.micro"
  iam_instance_profile {
    arn = aws_iam_instance_profile.machine.arn
  }
  metadata_options {
    http_tokens = "optional"
  }
  user_data = base64encode("#!/bin/sh\nyum install -y amazon-cloudwatch-agent\n")
}

resource "aws_launch_configuration" "old" {
  name                 = "old"
  image_id             = "ami-12345678"
  instance_type        = "t3.micro"
  iam_instance_profile = aws_iam_instance_profile.machine.name
  metadata_options {
    http_tokens = "required"
  }
}

resource "aws_autoscaling_group" "web" {
  name               = "web"
  min_size           = 1
  max_size           = 2
  availability_zones = ["eu-west-1a"]
  mixed_instances_policy {
    launch_template {
      launch_template_specification {
        launch_template_id = aws_launch_template.base.id
        version            = aws_launch_template.base.latest_version
      }
    }
  }
}

resource "aws_autoscaling_group" "old" {
  name                 = "old"
  min_size             = 0
  max_size             = 1
  availability_zones   = ["eu-west-1a"]
  launch_configuration = aws_launch_configuration.old.name
}

resource "aws_ec2_fleet" "fleet" {
  launch_template_config {
    launch_template_specification {
      launch_template_id = aws_launch_template.base.id
      version            = "1"
    }
  }
  target_capacity_specification {
    default_target_capacity_type = "spot"
    total_target_capacity        = 1
  }
}

resource "aws_spot_fleet_request" "fleet" {
  iam_fleet_role  = "arn:aws:iam::${local.account}:role/fleet"
  target_capacity = 1
  launch_specification {
    ami                      = "ami-12345678"
    instance_type            = "t3.micro"
    iam_instance_profile_arn = aws_iam_instance_profile.machine.arn
  }
}

resource "aws_eks_node_group" "nodes" {
  cluster_name    = "main"
  node_group_name = "nodes"
  node_role_arn   = aws_iam_role.machine.arn
  subnet_ids      = ["subnet-1", "subnet-2"]
  scaling_config {
    desired_size = 1
    max_size     = 1
    min_size     = 1
  }
}

resource "aws_eks_pod_identity_association" "pods" {
  cluster_name    = "main"
  namespace       = "default"
  service_account = "reader"
  role_arn        = aws_iam_role.pods.arn
}

resource "aws_iam_role" "pods" {
  name = "pods"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "pods.eks.amazonaws.com" }, Action = ["sts:AssumeRole", "sts:TagSession"] }]
  })
}

resource "aws_batch_compute_environment" "batch" {
  compute_environment_name = "batch"
  type                     = "MANAGED"
  service_role             = aws_iam_role.exclusive.arn
  compute_resources {
    instance_role      = aws_iam_instance_profile.machine.arn
    instance_type      = ["c4.large"]
    max_vcpus          = 4
    min_vcpus          = 0
    security_group_ids = ["sg-1"]
    subnets            = ["subnet-1"]
    type               = "EC2"
  }
}

resource "aws_emr_cluster" "emr" {
  name          = "emr"
  release_label = "emr-7.0.0"
  service_role  = aws_iam_role.exclusive.arn
  ec2_attributes {
    instance_profile = aws_iam_instance_profile.machine.arn
  }
  master_instance_group {
    instance_type = "m5.xlarge"
  }
}

resource "aws_imagebuilder_infrastructure_configuration" "build" {
  name                  = "build"
  instance_profile_name = aws_iam_instance_profile.machine.name
  instance_metadata_options {
    http_tokens = "optional"
  }
}

resource "aws_ec2_instance_metadata_defaults" "this" {
  http_tokens = "required"
}
