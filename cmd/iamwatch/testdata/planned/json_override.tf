resource "aws_iam_role" "json" {
  path = "/overridden/"
}
