resource "aws_iam_policy" "app" {
  name = "app-telemetry"
  path = "/team/"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = "logs:DeleteLogGroup" # want IW208 high `^policy "app-telemetry" lets group "one" and group "two" \(1 user\) delete logs or cut their retention`
      Resource = "*"
    }]
  })
}

resource "aws_iam_group" "one" {
  name = "one"
}

resource "aws_iam_group" "two" {
  name = "two"
}

resource "aws_iam_user" "ann" {
  name = "ann"
}

resource "aws_iam_user_group_membership" "ann" {
  user   = aws_iam_user.ann.name
  groups = [aws_iam_group.one.name]
}

resource "aws_iam_group_policy_attachment" "one" {
  group      = aws_iam_group.one.name
  policy_arn = aws_iam_policy.app.arn
}

resource "aws_iam_group_policy_attachment" "two" {
  group      = aws_iam_group.two.name
  policy_arn = aws_iam_policy.app.arn
}
