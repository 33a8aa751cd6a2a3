resource "aws_instance" "app" { # want IW402 high `^instance "aws_instance\.app" has no instance profile although it calls AWS`
  ami           = "ami-0123456789abcdef0"
  instance_type = "t3.small"
}

resource "aws_instance" "other" { # want IW402 low `^instance "aws_instance\.other" has no instance profile$`
  ami           = "ami-0123456789abcdef0"
  instance_type = "t3.small"
}

resource "aws_cloudwatch_metric_alarm" "memory" {
  alarm_name          = "memory"
  namespace           = "CWAgent"
  metric_name         = "mem_used_percent"
  comparison_operator = "GreaterThanThreshold"
  evaluation_periods  = 1
  period              = 300
  statistic           = "Average"
  threshold           = 90
  dimensions = {
    InstanceId = aws_instance.app.id
  }
}

resource "aws_cloudwatch_metric_alarm" "processor" {
  alarm_name          = "processor"
  namespace           = "AWS/EC2"
  metric_name         = "CPUUtilization"
  comparison_operator = "GreaterThanThreshold"
  evaluation_periods  = 1
  period              = 300
  statistic           = "Average"
  threshold           = 90
  dimensions = {
    InstanceId = aws_instance.other.id
  }
}
