package model_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/iamwatch/iamwatch/scanner/model"
)

// The keys are made up; their parts are joined so that no scanner of secrets
// takes this file for a leak.
const (
	madeUpID     = "AKIA" + "Q3EGRZ5T7YUIOP2A"
	madeUpSecret = "q7Hn4kLw9sXzT2vB6mRj" + "0PfYc3gD8uEa5iKo1NlM"
)

func TestFindKeys(t *testing.T) {
	for _, tc := range []struct {
		name, text string
		want       []model.FoundKey
	}{
		{"nothing", "yum install -y amazon-cloudwatch-agent", nil},
		{"an id", "export AWS_ACCESS_KEY_ID=" + madeUpID, []model.FoundKey{{Start: 25, End: 45, Kind: model.LongTermKeyID, Last4: "OP2A"}}},
		{"an id inside a longer word", "x" + madeUpID, nil},
		{"a temporary id", "id: ASIA" + madeUpID[4:], []model.FoundKey{{Start: 4, End: 24, Kind: model.TemporaryKeyID, Last4: "OP2A"}}},
		{"an example of the documentation", "AKIAIOSFODNN7EXAMPLE", []model.FoundKey{{End: 20, Kind: model.ExampleKey, Last4: "MPLE"}}},
		{"a secret by its variable", `AWS_SECRET_ACCESS_KEY="` + madeUpSecret + `"`, []model.FoundKey{{Start: 23, End: 63, Kind: model.SecretKey}}},
		{"a secret by a command", "aws configure set aws_secret_access_key " + madeUpSecret, []model.FoundKey{{Start: 40, End: 80, Kind: model.SecretKey}}},
		{"a secret in JSON", `{"secretAccessKey": "` + madeUpSecret + `"}`, []model.FoundKey{{Start: 21, End: 61, Kind: model.SecretKey}}},
		{"forty characters that nothing announces", "checksum=" + madeUpSecret, nil},
		{"a hash", "aws_secret_access_key=da39a3ee5e6b4b0d3255bfef95601890afd80709", nil},
		{"a variable", "aws_secret_access_key=$SECRET", nil},
		{"an announcement on the line before", "aws_secret_access_key=\n" + madeUpSecret, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, model.FindKeys(tc.text)); diff != "" {
				t.Error(diff)
			}
		})
	}
}
