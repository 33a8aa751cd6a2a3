variable "more_policies" {
  type = list(string)
}

data "aws_partition" "current" {}

locals {
  trust = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }]
  })
  read = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "logs:GetLogEvents", Resource = "*" }]
  })
}

# Lists of inline policies: what they do not name is taken away.
resource "aws_iam_role" "listed" {
  name               = "listed"
  assume_role_policy = local.trust
}

resource "aws_iam_role_policy" "kept" {
  name   = "kept"
  role   = aws_iam_role.listed.id
  policy = local.read
}

resource "aws_iam_role_policy" "dropped" {
  name   = "dropped"
  role   = aws_iam_role.listed.id
  policy = local.read
}

resource "aws_iam_role_policy" "made_up" {
  role   = aws_iam_role.listed.id
  policy = local.read
}

resource "aws_iam_role_policies_exclusive" "listed" {
  role_name    = aws_iam_role.listed.name
  policy_names = [aws_iam_role_policy.kept.name, aws_iam_role_policy.made_up.name]
}

resource "aws_iam_role_policy_attachment" "dropped" {
  role       = "listed"
  policy_arn = "arn:${data.aws_partition.current.partition}:iam::aws:policy/ReadOnlyAccess"
}

resource "aws_iam_role_policy_attachments_exclusive" "listed" {
  role_name   = aws_iam_role.listed.name
  policy_arns = []
}

# A user whose list names a policy that nothing declares.
resource "aws_iam_user" "listed" {
  name = "listed"
}

resource "aws_iam_user_policies_exclusive" "listed" {
  user_name    = aws_iam_user.listed.name
  policy_names = ["by-hand"]
}

resource "aws_iam_user_policy_attachments_exclusive" "listed" {
  user_name   = aws_iam_user.listed.name
  policy_arns = ["arn:aws-us-gov:iam::aws:policy/CloudWatchReadOnlyAccess"]
}

# A group of which the list is not known.
resource "aws_iam_group" "open" {
  name = "open"
}

resource "aws_iam_group_policies_exclusive" "open" {
  group_name   = aws_iam_group.open.name
  policy_names = []
}

resource "aws_iam_group_policy_attachments_exclusive" "open" {
  group_name  = aws_iam_group.open.name
  policy_arns = var.more_policies
}

# A role that says that it holds nothing.
resource "aws_iam_role" "bare" {
  name                = "bare"
  assume_role_policy  = local.trust
  managed_policy_arns = []

  inline_policy {}
}

# An attachment that detaches the policy from all others.
resource "aws_iam_policy" "sole" {
  name   = "sole"
  path   = "/sole/"
  policy = local.read
}

resource "aws_iam_role_policy_attachment" "sole" {
  role       = aws_iam_role.bare.name
  policy_arn = aws_iam_policy.sole.arn
}

resource "aws_iam_policy_attachment" "sole" {
  name       = "sole"
  users      = [for u in aws_iam_user.many : u.name]
  policy_arn = data.aws_iam_policy.sole.arn
}

resource "aws_iam_user" "many" {
  for_each      = toset(["a", "b"])
  name          = each.value
  force_destroy = true
}

# Lookups: by name of the root module's own, of AWS's, and of neither.
data "aws_iam_policy" "sole" {
  name = "sole"
}

data "aws_iam_policy" "lambda" {
  name = "AWSLambdaBasicExecutionRole"
}

data "aws_iam_policy" "company" {
  name = "company-deny"
}

data "aws_iam_policy" "china" {
  arn = "arn:aws-cn:iam::aws:policy/CloudWatchFullAccess"
}

data "aws_iam_role" "listed" {
  name = "listed"
}

data "aws_iam_user" "many" {
  user_name = "a"
}

data "aws_iam_group" "open" {
  group_name = "open"
}

resource "aws_iam_role" "looks_up" {
  name                 = "looks-up"
  permissions_boundary = data.aws_iam_policy.company.arn
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = [data.aws_iam_role.listed.arn, data.aws_iam_user.many.arn] } }]
  })
}

resource "aws_iam_role_policy_attachment" "looks_up" {
  for_each = {
    lambda = data.aws_iam_policy.lambda.arn
    china  = data.aws_iam_policy.china.arn
  }
  role       = aws_iam_role.looks_up.name
  policy_arn = each.value
}

resource "aws_iam_role_policy" "looked_up" {
  name   = "looked-up"
  role   = data.aws_iam_role.listed.name
  policy = local.read
}

resource "aws_iam_group_policy_attachment" "looked_up" {
  group      = data.aws_iam_group.open.group_name
  policy_arn = "arn:aws:iam::aws:policy/CloudWatchLogsReadOnlyAccess"
}

# Credentials.
resource "aws_iam_access_key" "shown" {
  user = aws_iam_user.many["a"].name
}

resource "aws_iam_access_key" "kept" {
  user    = aws_iam_user.many["b"].name
  pgp_key = "keybase:platform"
  status  = "Inactive"
}

output "secret" {
  value     = local.secret
  sensitive = true
}

output "user" {
  value = aws_iam_access_key.shown.user
}

locals {
  secret = aws_iam_access_key.shown.secret
}

resource "aws_ssm_parameter" "secret" {
  name  = "/ci/secret"
  type  = "String"
  value = aws_iam_access_key.shown.secret
}

resource "aws_ssm_parameter" "sealed" {
  name  = "/ci/sealed"
  type  = "SecureString"
  value = aws_iam_access_key.shown.secret
}

resource "aws_iam_service_specific_credential" "logs" {
  service_name = "logs.amazonaws.com"
  user_name    = aws_iam_user.many["a"].name
  status       = "Active"
}

# Roles of services.
resource "aws_iam_service_linked_role" "es" {
  aws_service_name = "opensearchservice.amazonaws.com"
}

resource "aws_iam_service_linked_role" "scaling" {
  aws_service_name = "autoscaling.amazonaws.com"
  custom_suffix    = "blue"
}

# A list with an entry that nobody knows: it may be the policy that something
# else attaches.
variable "one_policy" {
  type = string
}

resource "aws_iam_role" "partly" {
  name               = "partly"
  assume_role_policy = local.trust
}

resource "aws_iam_role_policy_attachment" "partly" {
  role       = aws_iam_role.partly.name
  policy_arn = aws_iam_policy.sole.arn
}

resource "aws_iam_role_policy_attachments_exclusive" "partly" {
  role_name   = aws_iam_role.partly.name
  policy_arns = ["arn:aws:iam::aws:policy/ReadOnlyAccess", var.one_policy]
}

resource "aws_iam_role" "more" {
  name               = "more"
  assume_role_policy = local.trust
}

resource "aws_iam_role_policy_attachments_exclusive" "more" {
  role_name   = aws_iam_role.more.name
  policy_arns = ["arn:aws:iam::aws:policy/ReadOnlyAccess", var.one_policy]
}
