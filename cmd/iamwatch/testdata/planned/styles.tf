locals {
  grants = yamldecode(file("policies/grants.yaml"))
  pairs = {
    for p in setproduct(["read", "write"], ["logs", "cloudwatch"]) : join("-", p) => { mode = p[0], service = p[1] }
  }
  statements = merge(
    { for k, v in local.pairs : k => { Sid = replace(title(k), "-", ""), Effect = "Allow", Action = v.mode == "read" ? ["${v.service}:Get*", "${v.service}:List*"] : ["${v.service}:Put*"], Resource = "*" } },
    { deny = { Sid = "Deny", Effect = "Deny", Action = ["logs:DeleteLogGroup"], Resource = "*" } },
  )
  table = csvdecode(file("policies/users.csv"))
}

variable "extra" {
  type    = bool
  default = false
}

variable "settings" {
  type = object({
    name    = optional(string, "settings")
    actions = optional(list(string), ["logs:DescribeLogGroups"])
    nested  = optional(object({ deny = optional(bool, true) }), {})
  })
  default = {}
}

resource "aws_iam_policy" "styled" {
  name   = "styled"
  policy = jsonencode({ Version = "2012-10-17", Statement = values(local.statements) })
}

resource "aws_iam_policy" "per_pair" {
  for_each = local.pairs
  name     = "pair-${each.key}"
  policy   = jsonencode({ Version = "2012-10-17", Statement = [local.statements[each.key], local.statements.deny] })
}

resource "aws_iam_policy" "yaml" {
  for_each = { for g in local.grants.grants : g.name => g }
  name     = each.key
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [for s in each.value.statements : {
      Effect   = try(s.effect, "Allow")
      Action   = s.actions
      Resource = lookup(s, "resources", ["*"])
    }]
  })
}

resource "aws_iam_policy" "absent" {
  count  = var.extra ? 1 : 0
  name   = "absent"
  policy = "{}"
}

resource "aws_iam_policy" "present" {
  count  = var.extra ? 0 : 1
  name   = format("%s-%02d", var.settings.name, count.index + 1)
  policy = data.aws_iam_policy_document.settings[0].json
}

data "aws_iam_policy_document" "settings" {
  count     = 1
  policy_id = "settings"
  statement {
    actions   = sort(distinct(concat(var.settings.actions, ["logs:ListTagsForResource", "logs:DescribeLogGroups"])))
    resources = ["*"]
  }
  dynamic "statement" {
    for_each = var.settings.nested.deny ? [1] : []
    iterator = each_one
    content {
      sid       = "Deny${each_one.value}"
      effect    = "Deny"
      actions   = ["logs:Unmask"]
      resources = ["*"]
      dynamic "condition" {
        for_each = { "aws:PrincipalOrgID" = ["o-1234567890"], "aws:RequestedRegion" = [local.region] }
        content {
          test     = "StringNotEquals"
          variable = condition.key
          values   = condition.value
        }
      }
    }
  }
}

resource "aws_iam_user" "listed" {
  for_each = { for row in local.table : row.name => row if row.active == "yes" }
  name     = each.key
  path     = format("/%s/", each.value.team)
}

resource "aws_iam_user_policy_attachment" "listed" {
  for_each   = aws_iam_user.listed
  user       = each.value.name
  policy_arn = one(aws_iam_policy.present[*].arn)
}

resource "aws_iam_role" "chosen" {
  name               = coalesce(null, "", "chosen")
  description        = <<-EOT
    Reads ${upper("logs")}
  EOT
  assume_role_policy = var.extra ? file("policies/nowhere.json") : element([for d in data.aws_iam_policy_document.service : d.json], 0)
}

resource "aws_iam_role_policy" "chosen" {
  name = "chosen"
  role = aws_iam_role.chosen.name
  policy = replace(jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "SERVICE:FilterLogEvents", Resource = "*" }]
  }), "SERVICE", "logs")
}

module "passed" {
  source = "./modules/elsewhere"
  providers = {
    aws = aws.virginia
  }
  groups = [for k, v in aws_iam_policy.per_pair : "/pairs/${k}"]
}
