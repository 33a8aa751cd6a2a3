terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.60.0"
    }
  }
}

variable "sandbox_account" {
  type = string
}

locals {
  audit_account = "444455556666"
}

provider "aws" {
  region              = "eu-west-1"
  allowed_account_ids = ["111122223333"]

  default_tags {
    tags = { Owner = "platform" }
  }
}

# The same account as the provider without alias: nothing else signs in.
provider "aws" {
  alias  = "virginia"
  region = "us-east-1"
}

provider "aws" {
  alias  = "audit"
  region = "eu-west-1"

  assume_role {
    role_arn    = "arn:aws:iam::${local.audit_account}:role/deploy"
    external_id = "platform"
  }
}

# Another role of the same account.
provider "aws" {
  alias  = "audit_reader"
  region = "us-east-1"

  assume_role {
    role_arn = "arn:aws:iam::444455556666:role/read"
  }
}

provider "aws" {
  alias   = "shared"
  region  = "eu-central-1"
  profile = "shared-services"
}

provider "aws" {
  alias  = "sandbox"
  region = "eu-west-1"

  assume_role {
    role_arn = "arn:aws:iam::${var.sandbox_account}:role/deploy"
  }
}

# A role of the account at home.
provider "aws" {
  alias = "narrow"

  assume_role {
    role_arn = "arn:aws:iam::${data.aws_caller_identity.home.account_id}:role/narrow"
  }
}

data "aws_caller_identity" "home" {}

data "aws_caller_identity" "audit" {
  provider = aws.audit
}

data "aws_caller_identity" "shared" {
  provider = aws.shared
}

data "aws_iam_policy_document" "from_audit" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "AWS"
      identifiers = [aws_iam_role.auditor.arn, "arn:aws:iam::${data.aws_caller_identity.home.account_id}:root"]
    }
  }
}

data "aws_iam_policy_document" "from_home" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::${data.aws_caller_identity.home.account_id}:root"]
    }
  }
}

resource "aws_iam_role" "app" {
  name               = "app"
  assume_role_policy = data.aws_iam_policy_document.from_audit.json
}

resource "aws_iam_role" "auditor" {
  provider           = aws.audit
  name               = "auditor"
  assume_role_policy = data.aws_iam_policy_document.from_home.json
}

resource "aws_iam_role_policy_attachment" "auditor" {
  provider   = aws.audit_reader
  role       = aws_iam_role.auditor.name
  policy_arn = aws_iam_policy.audit.arn
}

resource "aws_iam_policy" "audit" {
  provider = aws.audit
  name     = "audit"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = "logs:GetLogEvents"
      Resource = "arn:aws:logs:*:${data.aws_caller_identity.audit.account_id}:log-group:/app:*"
    }]
  })
}

resource "aws_iam_role" "shared" {
  provider = aws.shared
  name     = "shared"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect = "Allow"
      Action = "sts:AssumeRole"
      Principal = {
        AWS = [
          "arn:aws:iam::${data.aws_caller_identity.shared.account_id}:root",
          aws_iam_role.app.arn,
          aws_iam_role.sandbox.arn,
        ]
      }
    }]
  })
}

resource "aws_iam_role" "sandbox" {
  provider           = aws.sandbox
  name               = "sandbox"
  assume_role_policy = data.aws_iam_policy_document.from_audit.json
}

# Attached across accounts by address: the provider was forgotten.
resource "aws_iam_role_policy_attachment" "sandbox" {
  role       = aws_iam_role.sandbox.name
  policy_arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
}

resource "aws_iam_role" "narrow" {
  provider           = aws.narrow
  name               = "narrow"
  assume_role_policy = data.aws_iam_policy_document.from_audit.json
}

resource "aws_cloudwatch_log_resource_policy" "home" {
  provider        = aws.virginia
  policy_name     = "home"
  policy_document = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "logs:PutLogEvents", Resource = "*", Principal = { AWS = aws_iam_role.auditor.arn } }] })
}

module "replica" {
  source = "./replica"

  providers = {
    aws       = aws.audit
    aws.other = aws.virginia
  }
}
