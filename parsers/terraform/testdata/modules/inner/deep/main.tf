variable "name" {}

variable "actions" {}

resource "aws_iam_policy" "p" {
  name = var.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = var.actions, Resource = "*" }]
  })
}

output "arn" {
  value = aws_iam_policy.p.arn
}
