package access_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/iamwatch/iamwatch/scanner"
)

// TestWhoCanByAccountInThePolicies: code that says its account and partition
// only where its policies name resources is for these.
func TestWhoCanByAccountInThePolicies(t *testing.T) {
	const code = `
resource "aws_iam_user" "alice" {
  name = "alice"
}
resource "aws_iam_user_policy" "alice" {
  user = aws_iam_user.alice.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "cloudwatch:DeleteAlarms",
    Resource = "arn:PARTITION:cloudwatch:*:111122223333:alarm:app-*" }] })
}
`
	for _, partition := range []string{"aws", "aws-cn", "aws-us-gov"} {
		w := scan(t, scanner.Options{}, map[string]string{"main.tf": strings.Replace(code, "PARTITION", partition, 1)})
		want := []string{"allowed user alice on arn:" + partition + ":cloudwatch:*:111122223333:alarm:app-*"}
		if d := cmp.Diff(want, able(w.graph.WhoCan("cloudwatch:DeleteAlarms", "*"))); d != "" {
			t.Error(d)
		}
		w = scan(t, scanner.Options{}, map[string]string{"main.tf": strings.Replace(boundCode, "PARTITION", partition, 1)})
		want = []string{"allowed user alice -> user alice without its boundary on arn:" + partition + ":cloudwatch:*:111122223333:alarm:app-*"}
		if d := cmp.Diff(want, able(w.graph.WhoCan("cloudwatch:DeleteAlarms", "*"))); d != "" {
			t.Errorf("without a boundary: %s", d)
		}
	}
}

// boundCode is for an account and partition that only its policies say, too, and
// gives a user a permissions boundary that it may delete.
const boundCode = `
resource "aws_iam_policy" "bound" {
  name   = "bound"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "iam:*", Resource = "*" }] })
}
resource "aws_iam_user" "alice" {
  name                 = "alice"
  permissions_boundary = aws_iam_policy.bound.arn
}
resource "aws_iam_user_policy" "alice" {
  user = aws_iam_user.alice.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [
    { Effect = "Allow", Action = "iam:DeleteUserPermissionsBoundary", Resource = "*" },
    { Effect = "Allow", Action = "cloudwatch:DeleteAlarms", Resource = "arn:PARTITION:cloudwatch:*:111122223333:alarm:app-*" },
  ] })
}
`
