# Data sources that look things up by name, and resources whose ARNs policies
# name: all but what AWS makes up is known.

provider "aws" {
  region = "eu-west-1"
}

variable "stage" {
  type    = string
  default = "prod"
}

data "aws_ecr_repository" "images" {
  for_each = toset(["api", "web"])
  name     = "${var.stage}/${each.key}"
}

data "aws_kms_alias" "logs" {
  name = "alias/${var.stage}-logs"
}

data "aws_kms_key" "logs" {
  key_id = data.aws_kms_alias.logs.target_key_id
}

data "aws_secretsmanager_secret" "by_name" {
  name = "${var.stage}/db"
}

data "aws_secretsmanager_secret_version" "by_name" {
  secret_id = data.aws_secretsmanager_secret.by_name.id
}

data "aws_secretsmanager_secret" "by_arn" {
  arn = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:api-AbCdEf"
}

data "aws_ssm_parameter" "path" {
  name = "/${var.stage}/token"
}

data "aws_ssm_parameter" "plain" {
  name = "token"
}

data "aws_dynamodb_table" "locks" {
  name = "locks"
}

resource "aws_kms_key" "own" {
  description = "own"
}

resource "aws_secretsmanager_secret" "own" {
  name = "own"
}

resource "aws_db_instance" "own" {
  identifier        = "own"
  instance_class    = "db.t3.micro"
  allocated_storage = 10
  engine            = "postgres"
}

resource "aws_sfn_state_machine" "own" {
  name       = "own"
  role_arn   = "arn:aws:iam::111122223333:role/own"
  definition = "{}"
}

resource "aws_iam_policy" "named" {
  name = "named"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect   = "Allow"
        Action   = "*"
        Resource = [for r in data.aws_ecr_repository.images : r.arn]
      },
      {
        Effect = "Allow"
        Action = "*"
        Resource = [
          data.aws_kms_alias.logs.arn,
          data.aws_kms_alias.logs.target_key_arn,
          data.aws_kms_key.logs.arn,
          data.aws_secretsmanager_secret.by_name.arn,
          data.aws_secretsmanager_secret_version.by_name.arn,
          data.aws_secretsmanager_secret.by_arn.arn,
          data.aws_ssm_parameter.path.arn,
          data.aws_ssm_parameter.plain.arn,
          "${data.aws_dynamodb_table.locks.arn}/index/*",
        ]
      },
      {
        Effect = "Allow"
        Action = "*"
        Resource = [
          aws_kms_key.own.arn,
          aws_secretsmanager_secret.own.arn,
          aws_db_instance.own.arn,
          aws_sfn_state_machine.own.id,
        ]
      },
    ]
  })
}

data "aws_iam_policy" "logs" {
  arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
}

data "aws_iam_policy" "network" {
  name = "AWSLambdaENIManagementAccess"
}

data "aws_iam_policy" "elsewhere" {
  name = "elsewhere"
}

resource "aws_iam_role" "worker" {
  name = "worker"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "lambda.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy" "copies" {
  for_each = {
    logs      = data.aws_iam_policy.logs.policy
    network   = data.aws_iam_policy.network.policy
    elsewhere = data.aws_iam_policy.elsewhere.policy
  }
  name   = each.key
  role   = aws_iam_role.worker.id
  policy = each.value
}
