resource "aws_cloudwatch_log_resource_policy" "audit" {
  policy_name = "audit"
  policy_document = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect = "Allow"
      Principal = {
        AWS = "*" # want IW501 high `^log resource policy "audit" lets everyone read telemetry`
      }
      Action   = ["logs:FilterLogEvents"]
      Resource = "arn:aws:logs:eu-west-1:111122223333:log-group:/audit/*:*"
    }]
  })
}
