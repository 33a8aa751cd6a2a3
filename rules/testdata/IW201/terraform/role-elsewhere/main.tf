variable "role" {
  type = string
}

resource "aws_iam_role_policy_attachment" "admin" {
  role       = var.role # want IW901 high `^var.role is unknown`
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess" # want IW201 medium `which role it is could not be resolved: its boundary and other policies were not seen$`
}
