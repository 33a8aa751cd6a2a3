variable "principal" {
  type = string
}

resource "aws_cloudwatch_log_resource_policy" "audit" {
  policy_name = "audit"
  policy_document = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect = "Allow"
      Principal = {
        AWS = var.principal # want IW901 high `^var\.principal is unknown: variable "principal" has no default: pass --var principal=\.\.\. or a \.tfvars file`
      }
      Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
      Resource = "arn:aws:logs:eu-west-1:111122223333:log-group:/audit/*:*"
    }]
  })
}
