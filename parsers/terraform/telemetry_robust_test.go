package terraform

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/iamwatch/iamwatch/scanner"
	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// TestTelemetryTakesAnyValue gives the arguments of every type that has a
// builder values that they cannot have: each still makes what it makes.
func TestTelemetryTakesAnyValue(t *testing.T) {
	arguments := strings.Fields(`name alarm_name rule_name policy_name dashboard_name identity_pool_name log_group_name pattern filter_pattern
		destination_arn role_arn policy_type policy_document access_policy policy rule_definition kms_key_id retention_in_days roles
		alarm_actions ok_actions dimensions metric_name namespace sink_identifier resource_types delivery_source_name role_arns
		delivery_destination_arn identity_pool_id guest_role_arn session_policy managed_policy_arns enabled_features function_name principal`)
	blocks := strings.Fields(`metric_transformation metric_query include_filter actions_suppressor app_monitor_configuration role_mapping
		link_configuration rule source artifact_config vpc_config delivery_destination_configuration`)
	kinds := sortedKeys(telemetryBuilders())
	for _, value := range []string{"null", "1", "true", `"x"`, `""`, `"{"`, "[]", "[null, 1, [], {}]", "{}", `{ authenticated = null, (var.x) = 1 }`, "var.x", `"${var.x}"`, "var.x ? {} : []", "local.none"} {
		var b strings.Builder
		b.WriteString("variable \"x\" {}\n")
		for _, kind := range kinds {
			fmt.Fprintf(&b, "resource %q \"r\" {\n", kind)
			for _, a := range arguments {
				fmt.Fprintf(&b, "  %s = %s\n", a, value)
			}
			for _, outer := range blocks {
				fmt.Fprintf(&b, "  %s {\n    role_arn = %s\n    metric {\n      dimensions = %s\n    }\n  }\n", outer, value, value)
				fmt.Fprintf(&b, "  dynamic %q {\n    for_each = %s\n    content {\n      namespace = %s\n    }\n  }\n", outer, value, value)
			}
			b.WriteString("}\n")
		}
		t.Run(value, func(t *testing.T) {
			u := readText(t, b.String())
			model.Link(&model.Model{Units: []*model.Unit{u}}, "")
			made := map[string]bool{}
			u.EachRegional(func(r *model.Regional) { made[r.Address] = true })
			for _, p := range u.ResourcePolicies {
				made[p.Address] = true
			}
			for _, f := range u.OrganizationFeatures {
				made[f.Address] = true
			}
			for _, kind := range kinds {
				// A policy without a document is none, as is a permission for others.
				if !made[kind+".r"] && !slices.Contains([]string{
					"aws_cloudwatch_log_resource_policy", "aws_cloudwatch_log_destination_policy", "aws_oam_sink_policy",
					"aws_cloudwatch_log_delivery_destination_policy", "aws_xray_resource_policy", "aws_lambda_permission",
				}, kind) {
					t.Errorf("%s makes nothing", kind)
				}
			}
		})
	}
}

func readText(t *testing.T, text string) *model.Unit {
	t.Helper()
	file := source.New("main.tf", []byte(text))
	env := &scanner.Env{FS: fstest.MapFS{"main.tf": {Data: file.Bytes()}}, Jobs: 1}
	for _, job := range New().Plan(env, []*source.Source{file}) {
		for _, u := range job(context.Background()).Units {
			return u
		}
	}
	t.Fatal("there is no unit")
	return nil
}
