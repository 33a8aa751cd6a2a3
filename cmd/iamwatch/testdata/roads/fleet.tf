terraform {
  required_version = ">= 1.5.0"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.60.0, < 6.0.0"
    }
  }
}

variable "directory" {
  description = "The metadata document of the directory."
  type        = string
}

resource "aws_iam_policy" "boundary" {
  name = "boundary"
  path = "/apps/"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["logs:*", "cloudwatch:*"], Resource = "*" }]
  })
}

resource "aws_iam_policy" "shared" {
  name = "shared"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Sid = "Read", Effect = "Allow", Action = "cloudwatch:GetMetricData", Resource = "*" }]
  })
}

resource "aws_iam_role" "machine" {
  name                 = "machine"
  path                 = "/apps/"
  max_session_duration = 7200
  permissions_boundary = aws_iam_policy.boundary.arn
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = ["ec2.amazonaws.com", "rolesanywhere.amazonaws.com"] } }]
  })
  tags = {
    team = "sre"
  }
}

resource "aws_iam_role_policy" "machine_tail" {
  name = "tail"
  role = aws_iam_role.machine.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "logs:FilterLogEvents", Resource = "arn:aws:logs:eu-west-1:111122223333:log-group:/apps/*:*" }]
  })
}

resource "aws_iam_role_policy" "machine_put" {
  name = "put"
  role = aws_iam_role.machine.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "logs:PutLogEvents", Resource = "*" }]
  })
}

resource "aws_iam_role_policy_attachment" "machine_view" {
  role       = aws_iam_role.machine.name
  policy_arn = "arn:aws:iam::aws:policy/CloudWatchReadOnlyAccess"
}

resource "aws_iam_role_policy_attachment" "machine_shared" {
  role       = aws_iam_role.machine.name
  policy_arn = aws_iam_policy.shared.arn
}

resource "aws_iam_instance_profile" "machine_profile" {
  name = "machine"
  path = "/apps/"
  role = aws_iam_role.machine.name
}

resource "aws_iam_role" "pods" {
  name = "pods"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["sts:AssumeRole", "sts:TagSession"], Principal = { Service = "pods.eks.amazonaws.com" } }]
  })
}

resource "aws_iam_service_linked_role" "scaling" {
  aws_service_name = "autoscaling.amazonaws.com"
  custom_suffix    = "apps"
}

resource "aws_iam_group" "operators" {
  name = "operators"
  path = "/people/"
}

resource "aws_iam_group_policy" "operators_tail" {
  name  = "tail"
  group = aws_iam_group.operators.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "logs:StartLiveTail", Resource = "*" }]
  })
}

resource "aws_iam_group_policy_attachment" "operators_shared" {
  group      = aws_iam_group.operators.name
  policy_arn = aws_iam_policy.shared.arn
}

resource "aws_iam_user" "alice" {
  name                 = "alice"
  path                 = "/people/"
  permissions_boundary = "arn:aws:iam::aws:policy/PowerUserAccess"
  tags = {
    team = "sre"
  }
}

resource "aws_iam_user_login_profile" "alice" {
  user = aws_iam_user.alice.name
}

resource "aws_iam_user" "robot" {
  name = "robot"
}

resource "aws_iam_user_policy" "robot_put" {
  name = "put"
  user = aws_iam_user.robot.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "cloudwatch:PutMetricData", Resource = "*", Condition = { StringEquals = { "cloudwatch:namespace" = "apps" } } }]
  })
}

resource "aws_iam_user_policy_attachment" "robot_agent" {
  user       = aws_iam_user.robot.name
  policy_arn = "arn:aws:iam::aws:policy/CloudWatchAgentServerPolicy"
}

resource "aws_iam_user_group_membership" "alice" {
  user   = aws_iam_user.alice.name
  groups = [aws_iam_group.operators.name]
}

resource "aws_iam_group_membership" "robots" {
  name  = "robots"
  group = aws_iam_group.operators.name
  users = [aws_iam_user.robot.name]
}

resource "aws_iam_access_key" "robot_key" {
  user   = aws_iam_user.robot.name
  status = "Active"
}

output "secret" {
  value     = aws_iam_access_key.robot_key.secret
  sensitive = true
}

resource "aws_ssm_parameter" "robot_secret" {
  name  = "/apps/robot"
  type  = "String"
  value = aws_iam_access_key.robot_key.secret
}

resource "aws_lambda_function" "collector" {
  function_name = "collector"
  role          = "arn:aws:iam::111122223333:role/collector"
  package_type  = "Image"
  image_uri     = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/collector:1"
  environment {
    variables = {
      AWS_KEY      = "AKIAQ3EGRZ5T7YUIOP2A"
      ROBOT_SECRET = aws_iam_access_key.robot_key.secret
    }
  }
}

resource "aws_iam_openid_connect_provider" "issuer" {
  url            = "https://token.example.com"
  client_id_list = ["sts.amazonaws.com"]
}

resource "aws_iam_saml_provider" "directory_provider" {
  name                   = "directory"
  saml_metadata_document = var.directory
}

resource "aws_ssoadmin_permission_set" "reader" {
  name         = "reader"
  instance_arn = "arn:aws:sso:::instance/ssoins-1234567890abcdef"
  tags = {
    team = "sre"
  }
}

resource "aws_ssoadmin_permission_set_inline_policy" "reader" {
  instance_arn       = aws_ssoadmin_permission_set.reader.instance_arn
  permission_set_arn = aws_ssoadmin_permission_set.reader.arn
  inline_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "logs:Get*", Resource = "*" }]
  })
}

resource "aws_ssoadmin_managed_policy_attachment" "reader" {
  instance_arn       = aws_ssoadmin_permission_set.reader.instance_arn
  permission_set_arn = aws_ssoadmin_permission_set.reader.arn
  managed_policy_arn = "arn:aws:iam::aws:policy/CloudWatchReadOnlyAccess"
}

resource "aws_ssoadmin_customer_managed_policy_attachment" "reader" {
  instance_arn       = aws_ssoadmin_permission_set.reader.instance_arn
  permission_set_arn = aws_ssoadmin_permission_set.reader.arn
  customer_managed_policy_reference {
    name = "boundary"
    path = "/apps/"
  }
}

resource "aws_ssoadmin_permissions_boundary_attachment" "reader" {
  instance_arn       = aws_ssoadmin_permission_set.reader.instance_arn
  permission_set_arn = aws_ssoadmin_permission_set.reader.arn
  permissions_boundary {
    customer_managed_policy_reference {
      name = aws_iam_policy.shared.name
    }
  }
}

resource "aws_ssoadmin_account_assignment" "reader" {
  instance_arn       = aws_ssoadmin_permission_set.reader.instance_arn
  permission_set_arn = aws_ssoadmin_permission_set.reader.arn
  principal_id       = "11111111-2222-3333-4444-555555555555"
  principal_type     = "GROUP"
  target_id          = "111122223333"
  target_type        = "AWS_ACCOUNT"
}

resource "aws_rolesanywhere_trust_anchor" "certificates" {
  name    = "certificates"
  enabled = true
  source {
    source_type = "AWS_ACM_PCA"
    source_data {
      acm_pca_arn = "arn:aws:acm-pca:eu-west-1:111122223333:certificate-authority/11111111-2222-3333-4444-555555555555"
    }
  }
}

resource "aws_rolesanywhere_profile" "outside" {
  name                = "outside"
  enabled             = true
  role_arns           = [aws_iam_role.machine.arn]
  managed_policy_arns = ["arn:aws:iam::aws:policy/CloudWatchReadOnlyAccess"]
  session_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "logs:Get*", Resource = "*" }]
  })
}

resource "aws_organizations_organization" "all" {}

resource "aws_organizations_policy" "guard" {
  name = "guard"
  type = "SERVICE_CONTROL_POLICY"
  content = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Deny", Action = ["logs:DeleteLogGroup", "cloudtrail:StopLogging"], Resource = "*" }]
  })
}

resource "aws_organizations_policy_attachment" "guard" {
  policy_id = aws_organizations_policy.guard.id
  target_id = "ou-ab12-cdefghij"
}

resource "aws_instance" "web" {
  ami                  = "ami-12c6146b"
  instance_type        = "t3.micro"
  iam_instance_profile = aws_iam_instance_profile.machine_profile.name
  user_data            = <<-EOT
    #!/bin/sh
    export AWS_ACCESS_KEY_ID=AKIAQ3EGRZ5T7YUIOP2B
    export ROBOT_SECRET=${aws_iam_access_key.robot_key.secret}
    aws s3 cp s3://apps/start /tmp/start
  EOT
  metadata_options {
    http_endpoint = "enabled"
    http_tokens   = "optional"
  }
  tags = {
    agent = "AmazonCloudWatchAgent"
  }
}

resource "aws_instance" "templated" {
  launch_template {
    id      = aws_launch_template.base.id
    version = "$Latest"
  }
}

resource "aws_launch_template" "base" {
  name          = "base"
  image_id      = "ami-12c6146b"
  instance_type = "t3.micro"
  iam_instance_profile {
    arn = aws_iam_instance_profile.machine_profile.arn
  }
  metadata_options {
    http_endpoint = "enabled"
    http_tokens   = "required"
  }
  user_data = base64encode("#!/bin/sh\nyum install -y amazon-cloudwatch-agent\n")
}

resource "aws_launch_configuration" "old" {
  name                 = "old"
  image_id             = "ami-12c6146b"
  instance_type        = "t3.micro"
  iam_instance_profile = aws_iam_instance_profile.machine_profile.name
  metadata_options {
    http_endpoint = "enabled"
    http_tokens   = "required"
  }
}

resource "aws_autoscaling_group" "plain" {
  name               = "plain"
  min_size           = 0
  max_size           = 1
  availability_zones = ["eu-west-1a"]
  launch_template {
    id      = aws_launch_template.base.id
    version = "1"
  }
}

resource "aws_autoscaling_group" "mixed" {
  name               = "mixed"
  min_size           = 0
  max_size           = 1
  availability_zones = ["eu-west-1a"]
  mixed_instances_policy {
    launch_template {
      launch_template_specification {
        launch_template_id = aws_launch_template.base.id
        version            = "1"
      }
      override {
        instance_type = "t3.small"
        launch_template_specification {
          launch_template_name = "other"
          version              = "1"
        }
      }
    }
  }
}

resource "aws_autoscaling_group" "configured" {
  name                 = "configured"
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

resource "aws_spot_fleet_request" "cheap" {
  iam_fleet_role  = "arn:aws:iam::111122223333:role/fleet"
  target_capacity = 1
  launch_specification {
    ami                      = "ami-12c6146b"
    instance_type            = "t3.micro"
    iam_instance_profile_arn = aws_iam_instance_profile.machine_profile.arn
    tags = {
      agent = "ssm"
    }
  }
}

resource "aws_spot_fleet_request" "templated_spots" {
  iam_fleet_role  = "arn:aws:iam::111122223333:role/fleet"
  target_capacity = 1
  launch_template_config {
    launch_template_specification {
      id      = aws_launch_template.base.id
      version = "1"
    }
  }
}

resource "aws_imagebuilder_infrastructure_configuration" "images" {
  name                  = "images"
  instance_profile_name = aws_iam_instance_profile.machine_profile.name
  instance_metadata_options {
    http_tokens = "required"
  }
}

resource "aws_eks_cluster" "auto" {
  name     = "auto"
  role_arn = "arn:aws:iam::111122223333:role/cluster"
  vpc_config {
    subnet_ids = ["subnet-12345678", "subnet-87654321"]
  }
  compute_config {
    enabled       = true
    node_pools    = ["general-purpose"]
    node_role_arn = aws_iam_role.machine.arn
  }
  kubernetes_network_config {
    elastic_load_balancing {
      enabled = true
    }
  }
  storage_config {
    block_storage {
      enabled = true
    }
  }
}

resource "aws_eks_node_group" "nodes" {
  cluster_name    = aws_eks_cluster.auto.name
  node_group_name = "nodes"
  node_role_arn   = aws_iam_role.machine.arn
  subnet_ids      = ["subnet-12345678"]
  scaling_config {
    desired_size = 1
    max_size     = 1
    min_size     = 1
  }
  launch_template {
    id      = aws_launch_template.base.id
    version = "1"
  }
}

resource "aws_eks_pod_identity_association" "pod_reader" {
  cluster_name    = aws_eks_cluster.auto.name
  namespace       = "default"
  service_account = "reader"
  role_arn        = aws_iam_role.pods.arn
}

resource "aws_batch_compute_environment" "jobs" {
  compute_environment_name = "jobs"
  type                     = "MANAGED"
  compute_resources {
    type               = "EC2"
    max_vcpus          = 4
    min_vcpus          = 0
    instance_type      = ["optimal"]
    instance_role      = aws_iam_instance_profile.machine_profile.arn
    security_group_ids = ["sg-12345678"]
    subnets            = ["subnet-12345678"]
    launch_template {
      launch_template_id = aws_launch_template.base.id
    }
  }
}

resource "aws_emr_cluster" "hadoop" {
  name          = "hadoop"
  release_label = "emr-7.0.0"
  service_role  = "arn:aws:iam::111122223333:role/emr"
  ec2_attributes {
    instance_profile = aws_iam_instance_profile.machine_profile.name
  }
  master_instance_group {
    instance_type = "m5.xlarge"
  }
}

resource "aws_dlm_lifecycle_policy" "snapshots" {
  description        = "daily snapshots"
  execution_role_arn = aws_iam_role.machine.arn
  state              = "ENABLED"
  policy_details {
    resource_types = ["VOLUME"]
    schedule {
      name = "daily"
      create_rule {
        interval = 24
      }
      retain_rule {
        count = 7
      }
    }
    target_tags = {
      snapshot = "true"
    }
  }
}

resource "aws_elastic_beanstalk_environment" "site" {
  name                = "site"
  application         = "site"
  solution_stack_name = "64bit Amazon Linux 2023 v4.3.0 running Python 3.11"
  setting {
    namespace = "aws:autoscaling:launchconfiguration"
    name      = "IamInstanceProfile"
    value     = aws_iam_instance_profile.machine_profile.name
  }
  setting {
    namespace = "aws:autoscaling:launchconfiguration"
    name      = "InstanceType"
    value     = "t3.micro"
  }
}

resource "aws_cloudwatch_metric_alarm" "memory" {
  alarm_name          = "memory"
  namespace           = "CWAgent"
  metric_name         = "mem_used_percent"
  comparison_operator = "GreaterThanThreshold"
  evaluation_periods  = 1
  period              = 60
  statistic           = "Average"
  threshold           = 90
  dimensions = {
    InstanceId = aws_instance.web.id
  }
}
