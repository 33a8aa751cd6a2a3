resource "aws_iam_user_policy_attachment" "operator" {
  user       = "operator"
  policy_arn = "arn:aws:iam::aws:policy/CloudWatchFullAccess" # want IW216 medium `^AWS managed policy "CloudWatchFullAccess" gives user "operator" everything in CloudWatch and CloudWatch Logs.*user "operator" is declared elsewhere`
}
