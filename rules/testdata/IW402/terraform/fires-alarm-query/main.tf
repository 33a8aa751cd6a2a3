resource "aws_instance" "app" { # want IW402 high `^instance "aws_instance\.app" has no instance profile although it calls AWS`
  ami           = "ami-0123456789abcdef0"
  instance_type = "t3.small"
}

resource "aws_cloudwatch_metric_alarm" "memory" {
  alarm_name          = "memory"
  comparison_operator = "GreaterThanThreshold"
  evaluation_periods  = 1
  threshold           = 90
  metric_query {
    id          = "m1"
    return_data = true
    metric {
      namespace   = "CWAgent"
      metric_name = "mem_used_percent"
      period      = 300
      stat        = "Average"
      dimensions = {
        InstanceId = aws_instance.app.id
      }
    }
  }
}
