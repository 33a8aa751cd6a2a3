resource "aws_cloudwatch_log_resource_policy" "audit" {
  policy_name = "audit"
  policy_document = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = "*" # want IW501 medium `^log resource policy "audit" lets everyone write telemetry.*a Deny beside it applies by aws:PrincipalOrgID`
      Action    = ["logs:CreateLogStream", "logs:PutLogEvents"]
      Resource  = "arn:aws:logs:eu-west-1:111122223333:log-group:/audit/*:*"
      }, {
      Effect    = "Deny"
      Principal = "*"
      Action    = ["logs:CreateLogStream", "logs:PutLogEvents"]
      Resource  = "arn:aws:logs:eu-west-1:111122223333:log-group:/audit/*:*"
      Condition = {
        StringNotEquals = {
          "aws:PrincipalOrgID" = "o-a1b2c3d4e5"
        }
      }
    }]
  })
}
