package main

import (
	"context"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/iamwatch/iamwatch/rules"
	"github.com/iamwatch/iamwatch/scanner"
	"github.com/iamwatch/iamwatch/scanner/source"
)

const cdkTemplate = "cdk.out/AcmeTelemetry.template.json"

// scanApp scans the CDK sample: its assembly with the source of the app.
func scanApp(t *testing.T) *scanner.Result {
	t.Helper()
	tr, err := discover([]string{samplesDir + "/cdk"}, samplesDir+"/cdk", nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { tr.close() })
	return scanWhole(t, scanner.Config{FS: tr.fs, Files: tr.files, Dir: tr.dir})
}

func scanWhole(t *testing.T, c scanner.Config) *scanner.Result {
	t.Helper()
	c.Parsers, c.Rules = parsers(), rules.All()
	c.Selection = scanner.Selection{MinSeverity: scanner.Low, MinConfidence: scanner.ConfidenceMedium}
	r, err := scanner.Scan(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	if !r.Complete() || len(r.Diagnostics) > 0 {
		t.Fatalf("diagnostics %v", r.Diagnostics)
	}
	return r
}

// TestExposuresOfAnAppAreOnItsLines: the exposures that are planted in the CDK
// sample are found on the lines of the app that bring them about, and no others.
func TestExposuresOfAnAppAreOnItsLines(t *testing.T) {
	var got []string
	for _, f := range scanApp(t).Findings {
		made := f.Related[0].Range
		if made.Path() != cdkTemplate {
			t.Errorf("%s at %s: the first related place is %s, not in the template", f.Rule.ID, f.Range, made)
		}
		place := f.Range.String()
		got = append(got, place[:strings.LastIndexByte(place, ':')]+" "+f.Rule.ID+" "+f.Entity)
	}
	slices.Sort(got)
	want := []string{
		"app.js:12 IW302 role//acme-prod-telemetry-admin",
		"app.js:13 IW202 role//acme-prod-telemetry-admin",
		"app.js:21 IW302 role/Vendor85161C7F",
		"app.js:29 IW401 role/Orphan8FC40E7F",
		"app.js:33 IW501 log-resource-policy/AcmeTelemetryAppLogsPolicy34B6CB9D",
		"app.js:42 IW207 role/FnServiceRoleB9001A96",
		"app.js:48 IW202 user//ops-legacy",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestAnAppAndItsTemplateAgree: the findings of an assembly are those of its
// template read alone, with the same fingerprints and at the same tokens.
func TestAnAppAndItsTemplateAgree(t *testing.T) {
	data, err := os.ReadFile(samplesDir + "/cdk/" + cdkTemplate)
	if err != nil {
		t.Fatal(err)
	}
	alone := scanWhole(t, scanner.Config{
		FS: fstest.MapFS{cdkTemplate: {Data: data}}, Files: []string{cdkTemplate},
		Options: scanner.Options{Accounts: []string{"123456789012"}},
	})
	app := scanApp(t)
	want, got := map[string]string{}, map[string]string{}
	for _, f := range alone.Findings {
		want[f.Fingerprint] = f.Rule.ID + " " + f.Range.String() + " " + f.Message
	}
	for _, f := range app.Findings {
		got[f.Fingerprint] = f.Rule.ID + " " + f.Related[0].Range.String() + " " + f.Message
	}
	if diff := cmp.Diff(want, got); diff != "" || len(got) != len(app.Findings) {
		t.Errorf("%d findings (-template +app):\n%s", len(app.Findings), diff)
	}
}

// TestAnAppHasTheModelOfItsTwin: the CDK sample and a configuration of Terraform
// that says the same have one model, names that AWS makes up apart.
func TestAnAppHasTheModelOfItsTwin(t *testing.T) {
	tr, err := discover([]string{"testdata/cdk-twin"}, "testdata/cdk-twin", nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { tr.close() })
	twin := scanWhole(t, scanner.Config{FS: tr.fs, Files: tr.files, Dir: tr.dir})
	app := scanApp(t)
	want, got := entities(t, twin), map[string]string{}
	for key, text := range entities(t, app) {
		got[byLogicalID(key)] = byLogicalID(text)
	}
	if diff := cmp.Diff(want, got); diff != "" || len(got) != 7 {
		t.Errorf("%d entities (-Terraform +CDK):\n%s", len(got), diff)
	}
	if diff := cmp.Diff(byRule(twin), byRule(app)); diff != "" {
		t.Errorf("findings (-Terraform +CDK):\n%s", diff)
	}
}

// byLogicalID is a text with the logical id for a name that CloudFormation makes up.
func byLogicalID(text string) string {
	return source.ReplaceMarks(text, func(_ source.HoleKind, label string) string { return label })
}

// byRule are the findings by rule and thing, without places. What has no name
// of its own has no path before it either.
func byRule(r *scanner.Result) []string {
	set := map[string]bool{}
	for _, f := range r.Findings {
		set[f.Rule.ID+" "+strings.Replace(f.Entity, "//", "/", 1)] = true
	}
	return slices.Sorted(maps.Keys(set))
}
