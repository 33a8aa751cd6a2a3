package model

import (
	"slices"
	"strings"
)

// AgentNamespace is the namespace of metrics that the CloudWatch agent
// collects ("Metrics collected by the CloudWatch agent").
const AgentNamespace = "CWAgent"

// A Sign is a word that shows what an instance calls in AWS.
type Sign struct {
	// Start and End bound the word in the text, in bytes.
	Start, End int
	// Names is what it calls, such as "the CloudWatch agent".
	Names string
}

// FindSign looks for a sign of AWS calls in user data or metadata. Nothing
// else of the text is kept.
func FindSign(text string) (Sign, bool) {
	text = asciiLower(text)
	for _, s := range [][2]string{
		{"cloudwatch-agent", "the CloudWatch agent"}, {"cloudwatchagent", "the CloudWatch agent"}, {"awslogs", "the CloudWatch Logs agent"},
		{"ssm-agent", "the SSM agent"}, {"aws ssm ", "SSM"}, {"awscli", "the AWS CLI"}, {"aws s3 ", "the AWS CLI"},
		{"aws ec2 ", "the AWS CLI"}, {"aws logs ", "the AWS CLI"}, {"aws cloudwatch ", "the AWS CLI"}, {"aws secretsmanager ", "the AWS CLI"},
		{"aws ecr ", "the AWS CLI"}, {"aws sts ", "the AWS CLI"},
	} {
		if at := strings.Index(text, s[0]); at >= 0 {
			return Sign{Start: at, End: at + len(strings.TrimSpace(s[0])), Names: s[1]}, true
		}
	}
	return Sign{}, false
}

// asciiLower keeps every byte at its offset.
func asciiLower(s string) string {
	b := []byte(s)
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

// TagSign names what a tag says that its instance calls, empty for nothing. A
// tag is written for people: "CloudWatch agent", cwagent, ssm:managed.
func TagSign(key, value string) string {
	words := strings.FieldsFunc(strings.ToLower(key+" "+value), func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9')
	})
	joined := strings.Join(words, "")
	switch {
	case strings.Contains(joined, "cloudwatchagent"), slices.Contains(words, "cwagent"):
		return "the CloudWatch agent"
	case strings.Contains(joined, "awslogs"):
		return "the CloudWatch Logs agent"
	case strings.Contains(joined, "ssmagent"):
		return "the SSM agent"
	case slices.Contains(words, "ssm"):
		return "SSM"
	}
	return ""
}
