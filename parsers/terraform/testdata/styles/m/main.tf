variable "enabled" { default = true }
variable "name" { default = null }
variable "name_override" { default = null }
variable "services" { type = list(string) }
variable "policies" { type = map(string) }
variable "statements" { type = any }
locals {
  name = coalesce(var.name_override, var.name, "x")
}
data "aws_iam_policy_document" "trust" {
  count = var.enabled ? 1 : 0
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = distinct(concat(["lambda.amazonaws.com"], var.services))
    }
  }
}
resource "aws_iam_role" "this" {
  count                = var.enabled ? 1 : 0
  name                 = local.name
  assume_role_policy   = data.aws_iam_policy_document.trust[0].json
  permissions_boundary = try(aws_iam_policy.boundary[0].arn, null)
}
resource "aws_iam_policy" "boundary" {
  count  = var.enabled ? 1 : 0
  name   = "boundary"
  policy = data.aws_iam_policy_document.additional[0].json
}
data "aws_iam_policy_document" "additional" {
  count = var.enabled ? 1 : 0
  dynamic "statement" {
    for_each = [for s in var.statements : s if try(length(s.actions), 0) > 0]
    iterator = st
    content {
      effect    = try(st.value.effect, "Allow")
      actions   = compact(st.value.actions)
      resources = coalesce(try(st.value.resources, null), ["*"])
    }
  }
}
resource "aws_iam_role_policy" "this" {
  for_each = var.enabled ? var.policies : {}
  name     = each.key
  role     = one(aws_iam_role.this[*].id)
  policy   = each.value
}
resource "aws_iam_role_policy_attachment" "these" {
  for_each   = { for k, v in toset(["CloudWatchReadOnlyAccess"]) : k => "arn:aws:iam::aws:policy/${v}" if var.enabled }
  role       = join("", aws_iam_role.this.*.name)
  policy_arn = each.value
}
output "arn" { value = join("", aws_iam_role.this.*.arn) }
