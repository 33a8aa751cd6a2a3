data "aws_ssoadmin_instances" "this" {}

locals {
  instance = tolist(data.aws_ssoadmin_instances.this.arns)[0]
}

resource "aws_ssoadmin_permission_set" "ops" {
  name         = "Ops"
  instance_arn = local.instance
}

resource "aws_ssoadmin_permission_set_inline_policy" "ops" {
  instance_arn       = local.instance
  permission_set_arn = aws_ssoadmin_permission_set.ops.arn
  inline_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = "logs:*" # want IW202 high `^policy "aws_ssoadmin_permission_set_inline_policy.ops" lets permission set "Ops" do everything in CloudWatch Logs`
      Resource = "*"
    }]
  })
}
