variable "name" {
  type = string
}

variable "actions" {
  type = list(string)
}

module "deep" {
  source  = "./deep"
  name    = var.name
  actions = concat(var.actions, ["logs:TestTransformer"])
}

output "policy_arn" {
  value = module.deep.arn
}
