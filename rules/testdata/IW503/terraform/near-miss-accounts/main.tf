resource "aws_oam_sink" "main" {
  name = "central"
}

resource "aws_oam_sink_policy" "main" {
  sink_identifier = aws_oam_sink.main.arn
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect = "Allow"
      Principal = {
        AWS = ["444455556666", "777788889999"]
      }
      Action   = ["oam:CreateLink", "oam:UpdateLink"]
      Resource = "*"
    }]
  })
}
