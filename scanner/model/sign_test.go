package model_test

import (
	"testing"

	"github.com/iamwatch/iamwatch/scanner/model"
)

func TestFindSign(t *testing.T) {
	for text, want := range map[string]string{
		"yum install -y Amazon-CloudWatch-Agent": "the CloudWatch agent: CloudWatch-Agent",
		"\u212a aws ssm get-parameter":           "SSM: aws ssm",
		"echo hello":                             "",
	} {
		got := ""
		if s, ok := model.FindSign(text); ok {
			got = s.Names + ": " + text[s.Start:s.End]
		}
		if got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestTagSign(t *testing.T) {
	for _, c := range [][3]string{
		{"monitoring", "CloudWatch agent", "the CloudWatch agent"},
		{"CloudWatchAgent", "true", "the CloudWatch agent"},
		{"agent", "cwagent", "the CloudWatch agent"},
		{"Logs", "awslogs", "the CloudWatch Logs agent"},
		{"managed-by", "ssm", "SSM"},
		{"amazon-ssm-agent", "yes", "the SSM agent"},
		{"Name", "classmate", ""},
		{"Name", "cloudwatch", ""},
	} {
		if got := model.TagSign(c[0], c[1]); got != c[2] {
			t.Errorf("%s=%s: %q, want %q", c[0], c[1], got, c[2])
		}
	}
}
