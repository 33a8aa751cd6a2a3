variable "actions" {
  type    = list(string)
  default = ["logs:StartLiveTail"]
}

module "one" {
  source  = "./inner"
  name    = "one"
  actions = var.actions
}

module "two" {
  source   = "./inner"
  for_each = { a = ["logs:Tail"], b = ["logs:Unmask"] }
  name     = "two-${each.key}"
  actions  = each.value
}

resource "aws_iam_user_policy_attachment" "x" {
  user       = "outside"
  policy_arn = module.two["a"].policy_arn
}
