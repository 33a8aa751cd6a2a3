terraform {
  required_version = ">= 1.5.0"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.60.0, < 6.0.0"
    }
  }
}

provider "aws" {
  region              = "eu-west-1"
  allowed_account_ids = ["123456789012"]
}

provider "aws" {
  alias  = "virginia"
  region = "us-east-1"
}

data "aws_caller_identity" "me" {}

data "aws_partition" "here" {}

data "aws_region" "here" {}

variable "stage" {
  type    = string
  default = "prod"
}

variable "vendors" {
  type = map(object({
    account  = string
    external = optional(string, "ext-1")
    trusted  = optional(bool, true)
  }))
  default = {
    dog = { account = "111122223333" }
    owl = { account = "444455556666", external = "ext-owl", trusted = false }
  }
}

variable "teams" {
  type    = set(string)
  default = ["sre", "dev"]
}

locals {
  account = data.aws_caller_identity.me.account_id
  region  = data.aws_region.here.name
  prefix  = "acme-${var.stage}"
  arns = {
    logs = "arn:${data.aws_partition.here.partition}:logs:${local.region}:${local.account}"
  }
  verbs = {
    logs       = ["GetLogEvents", "FilterLogEvents"]
    cloudwatch = ["GetMetricData"]
  }
  reads = flatten([for service, names in local.verbs : [for n in names : "${service}:${n}"]])
}
