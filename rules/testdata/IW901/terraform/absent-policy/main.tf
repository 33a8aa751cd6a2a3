data "aws_caller_identity" "current" {}

resource "aws_iam_user" "app" {
  name = "app"
}

resource "aws_iam_user_policy_attachment" "own" {
  user       = aws_iam_user.app.name
  policy_arn = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:policy/team/telemetry" # want IW901 high `^policy ".*:policy/team/telemetry" is unknown: it is not in the scan; assumed: it grants nothing$`
}

resource "aws_iam_user_policy_attachment" "misspelt" {
  user       = aws_iam_user.app.name
  policy_arn = "arn:aws:iam::aws:policy/CloudwatchFullAccess" # want IW901 high `^policy "arn:aws:iam::aws:policy/CloudwatchFullAccess" is unknown: AWS has no managed policy of that name`
}

resource "aws_iam_user_policy_attachment" "known" {
  user       = aws_iam_user.app.name
  policy_arn = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"
}
