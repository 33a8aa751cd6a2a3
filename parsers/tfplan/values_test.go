package tfplan_test

import (
	"context"
	"testing"
	"testing/fstest"

	"github.com/iamwatch/iamwatch/parsers/tfplan"
	"github.com/iamwatch/iamwatch/scanner"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// TestResourceWithoutValues reads what Terraform writes of a resource of which
// nothing is known before apply: it has no member values.
func TestResourceWithoutValues(t *testing.T) {
	const plan = `{
  "format_version": "1.2", "terraform_version": "1.11.4",
  "planned_values": {"root_module": {"resources": [{
    "address": "aws_cloudwatch_log_data_protection_policy.p", "mode": "managed",
    "type": "aws_cloudwatch_log_data_protection_policy", "name": "p"
  }]}},
  "configuration": {"root_module": {"resources": [{
    "address": "aws_cloudwatch_log_data_protection_policy.p", "mode": "managed",
    "type": "aws_cloudwatch_log_data_protection_policy", "name": "p",
    "expressions": {"log_group_name": {"references": ["aws_cloudwatch_log_group.g.name", "aws_cloudwatch_log_group.g"]}}
  }]}}
}`
	file := source.New("plan.json", []byte(plan))
	env := &scanner.Env{FS: fstest.MapFS{file.Path: {Data: file.Bytes()}}, Jobs: 1}
	for _, job := range tfplan.New().Plan(env, []*source.Source{file}) {
		parsed := job(context.Background())
		if len(parsed.Diagnostics) != 0 || len(parsed.Units) != 1 || len(parsed.Units[0].DataProtections) != 1 {
			t.Errorf("%d units, %v", len(parsed.Units), parsed.Diagnostics)
		}
	}
}
