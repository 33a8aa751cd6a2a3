terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.60.0, < 6.0.0"
    }
  }
}

variable "role" {
  type = string
}

variable "enabled" {
  type    = bool
  default = false
}

resource "aws_iam_role_policy_attachment" "read" {
  count      = var.enabled ? 1 : 0
  role       = var.role
  policy_arn = "arn:aws:iam::aws:policy/CloudWatchLogsReadOnlyAccess"
}
