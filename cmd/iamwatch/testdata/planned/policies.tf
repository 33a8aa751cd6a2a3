resource "aws_iam_policy" "document" {
  name   = "document"
  path   = "/telemetry/"
  policy = data.aws_iam_policy_document.merged.json
}

data "aws_iam_policy_document" "base" {
  statement {
    sid       = "Read"
    actions   = ["logs:GetLogEvents", "logs:FilterLogEvents", "logs:StartQuery"]
    resources = ["${local.arns.logs}:log-group:/${var.stage}/*:*", "${aws_cloudwatch_log_group.app["web"].arn}:*"]
  }
  statement {
    sid       = "Write"
    actions   = ["logs:PutLogEvents"]
    resources = ["*"]
  }
}

data "aws_iam_policy_document" "override" {
  statement {
    sid         = "Write"
    effect      = "Deny"
    not_actions = ["logs:PutLogEvents", "cloudwatch:PutMetricData"]
    resources   = ["*"]
    condition {
      test     = "StringNotEquals"
      variable = "aws:PrincipalTag/team"
      values   = ["sre", "&{aws:username}"]
    }
  }
}

data "aws_iam_policy_document" "merged" {
  source_policy_documents   = [data.aws_iam_policy_document.base.json, file("${path.module}/policies/tail.json")]
  override_policy_documents = [data.aws_iam_policy_document.override.json]
  dynamic "statement" {
    for_each = local.verbs
    content {
      sid           = "Dyn${statement.key}"
      effect        = "Allow"
      actions       = [for v in statement.value : "${statement.key}:${v}"]
      not_resources = ["arn:aws:logs:*:*:log-group:/secret/*"]
    }
  }
}

resource "aws_iam_policy" "templated" {
  name = "templated"
  policy = templatefile("${path.module}/policies/policy.json.tftpl", {
    actions = { Tail = ["logs:StartLiveTail"], Describe = ["logs:DescribeLogGroups", "logs:DescribeLogStreams"] }
    stage   = var.stage
    deny    = true
  })
}

resource "aws_iam_policy" "boundary" {
  name_prefix = "boundary-"
  policy = jsonencode({
    Version = "2012-10-17"
    Id      = "boundary"
    Statement = concat([
      { Sid = "All", Effect = "Allow", Action = "*", Resource = "*" },
      ], var.stage == "prod" ? [
      { Sid = "KeepLogs", Effect = "Deny", Action = ["logs:Delete*", "logs:PutRetentionPolicy"], Resource = "*" },
    ] : [])
  })
}

resource "aws_iam_policy" "heredoc" {
  name   = "heredoc"
  policy = <<EOT
{
  "Version": "2012-10-17",
  "Statement": [
%{for i, service in keys(local.verbs)~}
%{if i > 0},%{endif}
    {
      "Sid": "S${i}",
      "Effect": "Allow",
      "Action": ${jsonencode([for v in local.verbs[service] : "${service}:${v}"])},
      "Resource": "*"
    }
%{endfor~}
  ]
}
EOT
}
