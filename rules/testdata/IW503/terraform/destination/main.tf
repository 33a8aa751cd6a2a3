resource "aws_cloudwatch_log_destination" "main" {
  name       = "central"
  role_arn   = "arn:aws:iam::111122223333:role/stream"
  target_arn = "arn:aws:kinesis:eu-west-1:111122223333:stream/logs"
}

resource "aws_cloudwatch_log_destination_policy" "main" {
  destination_name = aws_cloudwatch_log_destination.main.name
  access_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = "*" # want IW503 high `^log destination policy "central" lets any account send telemetry here`
      Action    = "logs:PutSubscriptionFilter"
      Resource  = "arn:aws:logs:eu-west-1:111122223333:destination:central"
    }]
  })
}
