package cloudwatch_test

import (
	"testing"

	"github.com/iamwatch/iamwatch/scanner/cloudwatch"
)

func TestLogGroupARN(t *testing.T) {
	const group = "arn:aws:logs:eu-west-1:111122223333:log-group:/app"
	for _, c := range []struct{ action, arn, want string }{
		{"logs:DeleteLogGroup", group, group + ":*"},
		{"LOGS:deleteloggroup", group, group + ":*"},
		{"logs:DeleteLogGroup", group + ":*", group + ":*"},
		{"logs:DeleteLogGroup", group + "*", group + "*:*"},
		{"logs:TagResource", group + ":*", group},
		{"logs:TagResource", group, group},
		{"logs:TagLogGroup", group, group + ":*"},
		{"logs:ListTagsLogGroup", group, group + ":*"},
		{"logs:DeleteLogStream", group + ":log-stream:a", group + ":log-stream:a"},
		{"logs:DeleteLogGroup", "arn:aws:logs:eu-west-1:111122223333:destination:x", "arn:aws:logs:eu-west-1:111122223333:destination:x"},
		{"cloudwatch:DeleteAlarms", group, group},
		{"logs:NoSuchAction", group, group},
		{"logs:DeleteLogGroup", "*", "*"},
	} {
		if got := cloudwatch.LogGroupARN(c.action, c.arn); got != c.want {
			t.Errorf("%s on %s: %s, want %s", c.action, c.arn, got, c.want)
		}
	}
}
