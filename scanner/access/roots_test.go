package access_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/iamwatch/iamwatch/scanner"
)

// TestRootOfTwoUnknownAccounts: this account is that of the provider, and a
// role that the other account of the same root has is not in it.
func TestRootOfTwoUnknownAccounts(t *testing.T) {
	config := func(provider string) map[string]string {
		return map[string]string{"main.tf": `
provider "aws" {
  alias = "away"
  ` + provider + `
}

data "aws_caller_identity" "home" {}

resource "aws_iam_role" "caller" {
  provider           = aws.away
  name               = "caller"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [] })
}

resource "aws_iam_role" "door" {
  name = "door"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.home.account_id}:role/caller" } }]
  })
}

resource "aws_iam_role_policy" "door" {
  name   = "clean"
  role   = aws_iam_role.door.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "logs:DeleteLogGroup", Resource = "*" }] })
}
`}
	}
	for _, tc := range []struct {
		name, provider string
		want           []string
	}{
		{"one account", `region = "us-east-1"`, []string{"allowed role door", "allowed role caller -> role door"}},
		{"two accounts", `profile = "away"`, []string{"allowed role door", "allowed arn:aws:iam::<self>:role/caller (not in the scan) -> role door"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := able(scan(t, scanner.Options{}, config(tc.provider)).graph.WhoCan("logs:DeleteLogGroup", "*"))
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}
