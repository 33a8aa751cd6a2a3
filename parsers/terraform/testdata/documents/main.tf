variable "extra" {
  type    = list(string)
  default = ["logs:FilterLogEvents"]
}

variable "strict" {
  type = bool
}

data "aws_iam_policy_document" "base" {
  statement {
    sid       = "Read"
    actions   = ["logs:Get*"]
    resources = ["*"]
  }

  statement {
    sid       = "Keep"
    actions   = ["logs:Describe*"]
    resources = ["*"]
  }
}

data "aws_iam_policy_document" "all" {
  source_policy_documents = [data.aws_iam_policy_document.base.json]

  statement {
    sid       = "Read"
    actions   = var.extra
    resources = ["arn:aws:logs:*:*:log-group:/home/&{aws:username}/*"]

    condition {
      test     = "StringEquals"
      variable = "aws:PrincipalTag/team"
      values   = ["a"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:PrincipalTag/team"
      values   = ["b"]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = [true]
    }
  }

  statement {
    effect        = "Deny"
    not_actions   = ["logs:*"]
    not_resources = ["*"]
  }

  dynamic "statement" {
    for_each = var.strict ? ["x"] : []
    content {
      sid       = "Strict"
      effect    = "Deny"
      actions   = ["cloudwatch:Delete*"]
      resources = ["*"]
    }
  }

  override_policy_documents = [file("${path.module}/keep.json")]
}

resource "aws_iam_policy" "all" {
  name   = "all"
  policy = data.aws_iam_policy_document.all.json
}

data "aws_iam_policy_document" "trust" {
  version = "2008-10-17"

  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "AWS"
      identifiers = ["111122223333"]
    }

    principals {
      type        = "AWS"
      identifiers = ["444455556666"]
    }

    principals {
      type        = "Service"
      identifiers = ["ec2.amazonaws.com"]
    }
  }

  statement {
    actions = ["sts:TagSession"]

    principals {
      type        = "*"
      identifiers = ["*"]
    }
  }

  statement {
    effect  = "Deny"
    actions = ["sts:AssumeRole"]

    not_principals {
      type        = "AWS"
      identifiers = ["111122223333"]
    }
  }
}

resource "aws_iam_role" "r" {
  name               = "r"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

resource "aws_iam_policy" "quoted" {
  name   = "quoted"
  policy = "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"logs:${var.extra[0]}\", \"Resource\": \"*\"}]}"
}

resource "aws_iam_policy" "template" {
  name = "template"
  policy = templatefile("${path.module}/policy.json.tftpl", {
    actions = ["rum:*", "synthetics:*"]
    strict  = var.strict
    arn     = "arn:aws:s3:::b"
  })
}

resource "aws_iam_policy" "either" {
  name   = "either"
  policy = var.strict ? data.aws_iam_policy_document.base.json : file("${path.module}/keep.json")
}

resource "aws_iam_policy" "built" {
  name = "built"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [for a in var.extra : { Effect = "Allow", Action = a, Resource = "*" }],
      var.strict ? [{ Effect = "Deny", Action = "xray:*", Resource = "*" }] : [],
      jsondecode(file("${path.module}/keep.json")).Statement,
    )
  })
}
