package rules_test

import (
	"strings"
	"testing"

	"github.com/iamwatch/iamwatch/scanner"
)

// trusting is a role that reads logs, with one trust statement.
func trusting(statement string) string {
	return `resource "aws_iam_role" "r" {
  name                = "r"
  assume_role_policy  = <<-EOF
    {"Version": "2012-10-17", "Statement": [` + statement + `]}
  EOF
  managed_policy_arns = ["arn:aws:iam::aws:policy/CloudWatchReadOnlyAccess"]
}
`
}

// only is the one finding of a rule.
func only(t *testing.T, id, text string) scanner.Finding {
	t.Helper()
	all := findingsOf(t, id, "main.tf", text)
	if len(all) != 1 {
		t.Fatalf("%d findings of %s", len(all), id)
	}
	return all[0]
}

func TestRangesOnTheTokenAtFault(t *testing.T) {
	tests := map[string]struct{ id, text, want string }{
		"log resource policy with NotPrincipal": {"IW501", `resource "aws_cloudwatch_log_resource_policy" "p" {
  policy_name     = "p"
  policy_document = <<-EOF
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "NotPrincipal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "logs:*", "Resource": "*"}]}
  EOF
}
`, `"NotPrincipal": {"AWS": "arn:aws:iam::111122223333:root"}`},
		"subject of all wildcards": {"IW305", trusting(`{"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringLike": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com", "token.actions.githubusercontent.com:sub": "*"}}}`), `"*"`},
	}
	for name, tt := range tests {
		if f := only(t, tt.id, tt.text); f.Range.Text() != tt.want {
			t.Errorf("%s: %q, want %q", name, f.Range.Text(), tt.want)
		}
	}
}

func TestForeignPrincipalsOfOneStatementAreAllNamed(t *testing.T) {
	arn := func(account string) string { return `"arn:aws:iam::` + account + `:root"` }
	principals := func(list ...string) string {
		return trusting(`{"Effect": "Allow", "Principal": {"AWS": [` + strings.Join(list, ", ") + `]}, "Action": "sts:AssumeRole"}`)
	}
	a, b, vendor := arn("999988887777"), arn("999988886666"), arn("464622532012")
	tests := map[string]struct{ text, want string }{
		"one":    {principals(a), `account 999988887777 may assume role "r" without an external id; the role can call `},
		"two":    {principals(a, b), `account 999988887777 and account 999988886666 may assume role "r" without an external id; the role can call `},
		"vendor": {principals(vendor), `Datadog (account 464622532012) may assume role "r" without the external id that it asks its customers for; the role can call `},
		"six": {principals(arn("100000000001"), arn("100000000002"), arn("100000000003"), arn("100000000004"), arn("100000000005"), arn("100000000006")),
			`account 100000000001, account 100000000002, account 100000000003, account 100000000004, account 100000000005 and 1 more may assume role "r"`},
	}
	for name, tt := range tests {
		if f := only(t, "IW302", tt.text); !strings.HasPrefix(f.Message, tt.want) {
			t.Errorf("%s: %q, want %q", name, f.Message, tt.want)
		}
	}
}
