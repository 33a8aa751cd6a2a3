variable "principal" {
  type = string
}

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
        AWS = var.principal # want IW901 high `^var\.principal is unknown: variable "principal" has no default: pass --var principal=\.\.\. or a \.tfvars file`
      }
      Action   = ["oam:CreateLink", "oam:UpdateLink"]
      Resource = "*"
    }]
  })
}
