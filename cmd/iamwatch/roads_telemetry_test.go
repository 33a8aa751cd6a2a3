package main

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/iamwatch/iamwatch/rules"
	"github.com/iamwatch/iamwatch/scanner"
	"github.com/iamwatch/iamwatch/scanner/model"
)

// telemetryRoads is the pair that declares one of each telemetry resource.
const telemetryRoads = "testdata/roads/telemetry"

// TestTelemetryFindingsAreOneByBothRoads: equal findings by either road.
func TestTelemetryFindingsAreOneByBothRoads(t *testing.T) {
	terraform, template := findingKeys(t, telemetryRoads+".tf"), findingKeys(t, telemetryRoads+".yaml")
	if len(terraform) == 0 {
		t.Fatal("no findings")
	}
	if diff := cmp.Diff(terraform, template); diff != "" {
		t.Errorf("(-terraform +cloudformation):\n%s", diff)
	}
}

// findingKeys are the findings of every rule about a file, without places.
func findingKeys(t *testing.T, path string) []string {
	t.Helper()
	tr, err := discover([]string{path}, filepath.Dir(path), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { tr.close() })
	r, err := scanner.Scan(context.Background(), scanner.Config{
		FS: tr.fs, Files: tr.files, Dir: tr.dir, Parsers: parsers(), Rules: rules.All(), Version: version(),
		Selection: scanner.Selection{MinSeverity: scanner.Low, MinConfidence: scanner.ConfidenceLow},
	})
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, f := range r.Findings {
		out = append(out, fmt.Sprint(f.Rule.ID, " ", f.Entity, " ", f.Confidence, " ", f.Fingerprint))
	}
	slices.Sort(out)
	return out
}

// TestTelemetryOfNewerProviders: what the AWS provider has since 6.0.
func TestTelemetryOfNewerProviders(t *testing.T) {
	for name, c := range map[string]struct{ terraform, template string }{
		"policy and protection of a log group": {`
resource "aws_cloudwatch_log_group" "App" {
  name                                = "/app"
  deletion_protection_enabled         = true
  bearer_token_authentication_enabled = true
}
resource "aws_cloudwatch_log_resource_policy" "App" {
  resource_arn    = aws_cloudwatch_log_group.App.arn
  policy_name     = "/app"
  policy_document = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = "*", Action = "logs:GetLogEvents", Resource = "*" }] })
}`, `
Resources:
  App:
    Type: AWS::Logs::LogGroup
    Properties:
      LogGroupName: /app
      DeletionProtectionEnabled: true
      BearerTokenAuthenticationEnabled: true
      ResourcePolicyDocument:
        Version: "2012-10-17"
        Statement: [{Effect: Allow, Principal: "*", Action: logs:GetLogEvents, Resource: "*"}]
`},
		"centralization": {`
resource "aws_observabilityadmin_centralization_rule_for_organization" "Central" {
  rule_name = "central"
  rule {
    destination {
      account = "111122223333"
      region  = "eu-west-1"
    }
    source {
      regions = ["eu-west-1", "us-east-1"]
      scope   = "OrganizationId = 'o-a1b2c3d4e5'"
    }
  }
}`, `
Resources:
  Central:
    Type: AWS::ObservabilityAdmin::OrganizationCentralizationRule
    Properties:
      RuleName: central
      Rule:
        Destination: {Account: "111122223333", Region: eu-west-1}
        Source: {Regions: [eu-west-1, us-east-1], Scope: "OrganizationId = 'o-a1b2c3d4e5'"}
`},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			for file, text := range map[string]string{"main.tf": c.terraform, "template.yaml": c.template} {
				if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want := roadText(readModel(t, filepath.Join(dir, "main.tf")))
			if diff := cmp.Diff(want, roadText(readModel(t, filepath.Join(dir, "template.yaml")))); len(want) == 0 || diff != "" {
				t.Errorf("%d things (-configuration +template):\n%s", len(want), diff)
			}
		})
	}
}

// TestTemplatesFillTheTelemetryModel lists the fields of the model's telemetry
// that no template fills, linked ones included.
func TestTemplatesFillTheTelemetryModel(t *testing.T) {
	filled := fields{}
	for _, path := range []string{telemetryRoads + ".yaml", cloudFormationFixtures + "telemetry.yaml", cloudFormationFixtures + "telemetry-unknown.yaml"} {
		for _, run := range readModel(t, path).Runs {
			for _, u := range run.Units {
				filled.fill(reflect.ValueOf(u.Telemetry))
				filled.fill(reflect.ValueOf(u.ResourcePolicies))
			}
		}
	}
	all := fields{}
	all.declare(reflect.TypeFor[model.Telemetry]())
	all.declare(reflect.TypeFor[model.ResourcePolicy]())
	if len(all) < 120 {
		t.Errorf("only %d fields are looked at", len(all))
	}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		_, kind := unfilled()[strings.Split(name, ".")[0]]
		_, field := unfilled()[name]
		switch {
		case filled[name] && (field || kind):
			t.Errorf("%s is filled: take it off the list of exceptions", name)
		case !filled[name] && !field && !kind:
			t.Errorf("no template fills %s", name)
		}
	}
}

const cloudFormationFixtures = "../../parsers/cloudformation/testdata/fixtures/"

// unfilled are the types and fields that no template can fill, with the reason.
func unfilled() map[string]string {
	const (
		noType  = "CloudFormation has no resource type for it"
		decided = "every condition of these templates is decided, one way and the other"
	)
	return map[string]string{
		"XRayEncryption":                 noType,
		"OrganizationFeatures":           noType,
		"InsightRule.Managed":            noType,
		"InsightRule.Template":           noType,
		"Telemetry.XRayEncryptions":      noType,
		"Telemetry.OrganizationFeatures": noType,
		"Regional.Region":                "a template does not say where it is deployed",
		"ResourcePolicy.Region":          "a template does not say where it is deployed",
		"AccountPolicy.Scope":            "ALL is the default and the only one",
		"Ref.Unit":                       "these templates import nothing (TestImportedTelemetry)",
		"Cause":                          "templates call no modules that can be read",
		"Entity.Path":                    "telemetry resources have none",
		"Entity.Maybe":                   decided,
		"Entity.When":                    decided,
		"IdentityPoolRoles.Incomplete":   decided,
		"MetricStreamFilter.Maybe":       decided,
		"RoleMapping.Maybe":              decided,
		"Entity.Module":                  "templates call no modules that can be read",
	}
}

// fields are those of the model's telemetry, as Type.Field.
type fields map[string]bool

// ofTelemetry reports whether a type is looked at: those of the model that
// telemetry resources are made of, and not what they are linked to.
func ofTelemetry(t reflect.Type) bool {
	switch t {
	case reflect.TypeFor[model.Unit](), reflect.TypeFor[model.Identity]():
		return false
	}
	return t.Kind() == reflect.Struct && t.PkgPath() == reflect.TypeFor[model.Unit]().PkgPath()
}

func (f fields) declare(t reflect.Type) {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	if !ofTelemetry(t) || t.NumField() > 0 && f[t.Name()+"."+t.Field(0).Name] {
		return
	}
	for i := range t.NumField() {
		f[t.Name()+"."+t.Field(i).Name] = true
	}
	for i := range t.NumField() {
		f.declare(t.Field(i).Type)
	}
}

// fill notes what a value fills. Resources that are linked are met where they
// are listed.
func (f fields) fill(v reflect.Value) {
	switch {
	case v.Kind() == reflect.Slice:
		for i := range v.Len() {
			f.fill(v.Index(i))
		}
	case v.Kind() == reflect.Pointer && !v.IsNil():
		f.fill(v.Elem())
	case ofTelemetry(v.Type()):
		for i := range v.NumField() {
			f.fillField(v.Type(), v.Type().Field(i), v.Field(i))
		}
	}
}

func (f fields) fillField(in reflect.Type, field reflect.StructField, v reflect.Value) {
	if v.IsZero() {
		return
	}
	f[in.Name()+"."+field.Name] = true
	if listed := in == reflect.TypeFor[model.Telemetry](); listed || !isResource(v.Type()) {
		f.fill(v)
	}
}

// isResource reports whether a type is a resource or a list of some.
func isResource(t reflect.Type) bool {
	for t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	if t.Kind() != reflect.Pointer {
		return false
	}
	_, has := t.Elem().FieldByName("Address")
	return has && t.Elem() != reflect.TypeFor[model.Ref]()
}
