resource "aws_oam_sink" "main" {
  name = "central"
}

resource "aws_oam_sink_policy" "main" {
  sink_identifier = aws_oam_sink.main.arn
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = "*" # want IW503 high `^OAM sink policy "central" lets any account send telemetry here, of every kind`
      Action    = ["oam:CreateLink", "oam:UpdateLink"]
      Resource  = "*"
    }]
  })
}
