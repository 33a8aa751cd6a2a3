# All keys are made up.
terraform {
  backend "s3" {
    bucket     = "state"
    key        = "terraform.tfstate"
    region     = "eu-west-1"
    access_key = "AKIAQ3EGRZ5T7YUIOP2A"
    secret_key = "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"

    assume_role = {
      role_arn    = "arn:aws:iam::999988887777:role/state"
      external_id = "state"
    }
  }
}

variable "access_key" {
  type    = string
  default = "AKIAQ3EGRZ5T7YUIOP2B"
}

variable "secret_key" {
  type      = string
  sensitive = true
}

variable "assume" {
  type = bool
}

locals {
  account = "111122223333"
}

provider "aws" {
  region     = "eu-west-1"
  access_key = var.access_key
  secret_key = var.secret_key

  assume_role {
    role_arn    = "arn:aws:iam::${local.account}:role/deploy"
    external_id = "platform"
    policy = jsonencode({
      Version   = "2012-10-17"
      Statement = [{ Effect = "Allow", Action = "iam:*", Resource = "*" }]
    })
    policy_arns = ["arn:aws:iam::aws:policy/IAMFullAccess"]
  }
}

provider "aws" {
  alias                       = "double"
  region                      = "us-east-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true

  endpoints {
    iam = "http://localhost:4566"
  }
}

provider "aws" {
  alias  = "web"
  region = "eu-west-1"

  assume_role_with_web_identity {
    role_arn                = "arn:aws:iam::444455556666:role/web"
    web_identity_token_file = "/var/run/token"
  }
}

provider "aws" {
  alias  = "perhaps"
  region = "eu-west-1"

  dynamic "assume_role" {
    for_each = var.assume ? ["arn:aws:iam::444455556666:role/perhaps"] : []
    content {
      role_arn = assume_role.value
    }
  }
}

provider "aws" {
  alias      = "example"
  region     = "eu-west-1"
  access_key = "AKIAIOSFODNN7EXAMPLE"
  secret_key = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
  token      = null
}

data "terraform_remote_state" "network" {
  backend = "s3"

  config = {
    bucket     = "state"
    key        = "network.tfstate"
    region     = "eu-west-1"
    access_key = "AKIAQ3EGRZ5T7YUIOP2C"

    assume_role = {
      role_arn = "arn:aws:iam::999988887777:role/deploy"
    }
  }
}

resource "aws_iam_role" "deploy" {
  name = "deploy"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "arn:aws:iam::${local.account}:root" } }]
  })
}

resource "aws_iam_role" "web" {
  provider           = aws.web
  name               = "web"
  assume_role_policy = aws_iam_role.deploy.assume_role_policy
}

resource "aws_iam_role" "perhaps" {
  provider           = aws.perhaps
  name               = "perhaps"
  assume_role_policy = aws_iam_role.deploy.assume_role_policy
}
