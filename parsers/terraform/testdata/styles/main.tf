# Ways in which modules are written, with inputs that are not given.

variable "enabled" { type = bool }
variable "extra_statements" {
  type = list(object({
    sid       = optional(string)
    effect    = optional(string, "Allow")
    actions   = list(string)
    resources = list(string)
  }))
  default = [{ actions = ["s3:Get*"], resources = ["*"] }]
}
variable "statement_map" {
  type = any
  default = {
    logs = { effect = "Allow", actions = ["logs:Get*"], resources = ["*"], condition = { b = { test = "StringEquals", variable = "aws:SourceAccount", values = ["111122223333"] } } }
    deny = { effect = "Deny", actions = ["logs:Delete*"], resources = ["*"] }
  }
}
variable "more" { type = list(string) }
variable "more_docs" { type = list(string) }
variable "trusted_services" { default = ["ec2.amazonaws.com"] }
variable "buckets" { default = ["a", "b"] }

module "this" {
  source  = "acme/label/null"
  version = "0.25.0"
  enabled = var.enabled
  name    = "x"
}

locals {
  read  = ["logs:GetLogEvents", "logs:FilterLogEvents"]
  write = ["logs:PutLogEvents"]
  on    = module.this.enabled
  arns  = setproduct(var.buckets, ["", "/*"])
  obj   = { a = { actions = ["xray:Get*"] }, b = {} }
}

data "aws_caller_identity" "me" {}

# A policy that is there when a module that is not at hand says so, and the
# ways to refer to it.
data "aws_iam_policy_document" "one" {
  count = local.on ? 1 : 0
  statement {
    actions   = local.read
    resources = ["*"]
  }
}
resource "aws_iam_policy" "joined" {
  count  = local.on ? 1 : 0
  name   = module.this.id
  policy = join("", data.aws_iam_policy_document.one.*.json)
}
resource "aws_iam_policy" "oned" {
  count  = local.on ? 1 : 0
  name   = "oned"
  policy = one(data.aws_iam_policy_document.one[*].json)
}
resource "aws_iam_policy" "tried" {
  count  = local.on ? 1 : 0
  name   = "tried"
  policy = try(data.aws_iam_policy_document.one[0].json, "")
}
resource "aws_iam_policy" "indexed" {
  count  = local.on ? 1 : 0
  name   = "indexed"
  policy = data.aws_iam_policy_document.one[count.index].json
}
# Documents out of others, of which some may be missing.
data "aws_iam_policy_document" "compacted" {
  source_policy_documents   = compact([one(data.aws_iam_policy_document.one[*].json), "", null])
  override_policy_documents = concat([data.aws_iam_policy_document.dyn.json], var.more_docs)
}
resource "aws_iam_policy" "compacted" {
  name   = "compacted"
  policy = data.aws_iam_policy_document.compacted.json
}
# Statements out of a map.
data "aws_iam_policy_document" "dyn" {
  dynamic "statement" {
    for_each = var.statement_map
    content {
      sid       = statement.key
      effect    = try(statement.value.effect, null)
      actions   = lookup(statement.value, "actions", [])
      resources = try(statement.value.resources, ["*"])
      dynamic "condition" {
        for_each = lookup(statement.value, "condition", {})
        content {
          test     = condition.value.test
          variable = condition.value.variable
          values   = condition.value.values
        }
      }
    }
  }
}
resource "aws_iam_policy" "dyn" {
  name   = "dyn"
  policy = data.aws_iam_policy_document.dyn.json
}
# Known actions beside unknown ones.
resource "aws_iam_policy" "concat" {
  name = "concat"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = concat(local.read, var.more), Resource = "*" }]
  })
}
# Statements out of merged objects.
resource "aws_iam_policy" "merged" {
  name   = "merged"
  policy = jsonencode(merge({ Version = "2012-10-17" }, { Statement = [for s in var.extra_statements : merge({ Effect = s.effect, Action = s.actions, Resource = s.resources }, s.sid != null ? { Sid = s.sid } : {})] }))
}
# Lists out of functions.
resource "aws_iam_policy" "sets" {
  name = "sets"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = formatlist("s3:%s", ["Get*", "List*"]), Resource = [for p in local.arns : "arn:aws:s3:::${p[0]}${p[1]}"] }]
  })
}
# A template with loops and conditions.
resource "aws_iam_policy" "tmpl" {
  name   = "tmpl"
  policy = templatefile("${path.module}/p.json.tftpl", { actions = local.read, buckets = var.buckets, account = data.aws_caller_identity.me.account_id, extra = var.more })
}
# Policies out of maps that depend on what is unknown.
resource "aws_iam_policy" "each" {
  for_each = merge({ base = local.read }, local.on ? { w = local.write } : {}, { for k, v in local.obj : k => lookup(v, "actions", null) if lookup(v, "actions", null) != null })
  name     = each.key
  policy   = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = each.value, Resource = "*" }] })
}
# Known resources beside unknown ones.
resource "aws_iam_policy" "arns" {
  name = "arns"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = local.read, Resource = ["arn:aws:logs:*:*:log-group:a:*", "arn:aws:logs:*:*:log-group:${var.more[0]}:*", module.this.arn] }]
  })
}
# A module that takes documents and statements.
module "role" {
  source     = "./m"
  enabled    = local.on
  name       = module.this.id
  services   = var.trusted_services
  policies   = { logs = one(data.aws_iam_policy_document.one[*].json), dyn = data.aws_iam_policy_document.dyn.json }
  statements = var.extra_statements
}
