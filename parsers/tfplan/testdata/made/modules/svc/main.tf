variable "name" {}
variable "topic" {}
variable "n" { type = number }
variable "boundary" { default = null }
data "aws_iam_policy_document" "d" {
  statement {
    actions   = ["sns:Publish"]
    resources = [var.topic]
  }
}
resource "aws_iam_role" "r" {
  name                 = var.name
  permissions_boundary = var.boundary
  assume_role_policy   = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }] })
}
resource "aws_iam_role_policy" "p" {
  count  = var.n
  name   = "p${count.index}"
  role   = aws_iam_role.r.name
  policy = data.aws_iam_policy_document.d.json
}
output "role_arn" { value = aws_iam_role.r.arn }
