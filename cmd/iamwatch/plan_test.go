package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/iamwatch/iamwatch/rules"
	"github.com/iamwatch/iamwatch/scanner"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// plansDir holds a configuration in made/ and what Terraform printed of it
// before and after it was applied: wide.plan.json, wide.state.json and the
// state file.
const plansDir = "../../parsers/tfplan/testdata"

// planRoads are the ways to that configuration.
var planRoads = []string{"wide.plan.json", "wide.state.json", "wide.tfstate"}

// scanPlan scans one of these, with the configuration in source.
func scanPlan(t *testing.T, name, source string) *scanner.Result {
	t.Helper()
	tr, err := discover([]string{plansDir + "/" + name}, plansDir, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { tr.close() })
	r, err := scanner.Scan(context.Background(), scanner.Config{
		FS: tr.fs, Files: tr.files, Dir: tr.dir, Parsers: parsers(), Rules: rules.All(), Version: version(), Source: source,
		Selection: scanner.Selection{MinSeverity: scanner.Low, MinConfidence: scanner.ConfidenceLow},
	})
	if err != nil {
		t.Fatal(err)
	}
	if !r.Complete() || len(r.RuleErrors) > 0 {
		t.Fatalf("%s is read whole: %v %v", name, r.Diagnostics, r.RuleErrors)
	}
	return r
}

// TestPlansStandAtTheirConfiguration: with the configuration at hand, the
// findings of a plan and a state are those of the configuration, with all
// their places.
func TestPlansStandAtTheirConfiguration(t *testing.T) {
	want := placesOf(scanSample(t, "terraform"))
	for _, road := range []string{"plan/plan.json" + withSource, "plan/state.json" + withSource} {
		if d := cmp.Diff(want, placesOf(scanSample(t, road))); d != "" {
			t.Errorf("%s (-configuration +%s):\n%s", road, road, d)
		}
	}
}

// placesOf writes findings with all their places.
func placesOf(r *scanner.Result) []string {
	var out []string
	for _, f := range r.Findings {
		line := fmt.Sprintf("%s %s %s-%d %s", f.Rule.ID, f.Entity, f.Range, f.Range.End(), f.Message)
		for _, rel := range f.Related {
			line += fmt.Sprintf("\n  %s-%d %s", rel.Range, rel.Range.End(), rel.Message)
		}
		out = append(out, line)
	}
	slices.Sort(out)
	return out
}

// TestPlanAndConfigurationCountOnce: a configuration that lies in a scan with
// its plan is read for places alone.
func TestPlanAndConfigurationCountOnce(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(samplesDir+"/terraform")); err != nil {
		t.Fatal(err)
	}
	plan, err := os.ReadFile(samplesDir + "/plan/plan.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(dir+"/tfplan.json", plan, 0o600); err != nil {
		t.Fatal(err)
	}
	// A block that is newer than the plan is read as it is written.
	newer := "resource \"aws_iam_user_policy\" \"newer\" {\n  user   = aws_iam_user.legacy.name\n  name   = \"newer\"\n" +
		"  policy = jsonencode({ Version = \"2012-10-17\", Statement = [{ Sid = \"Newer\", Effect = \"Allow\", Action = \"logs:*\", Resource = \"*\" }] })\n}\n"
	if err := os.WriteFile(dir+"/newer.tf", []byte(newer), 0o600); err != nil {
		t.Fatal(err)
	}
	var out, errs bytes.Buffer
	code := run(context.Background(), []string{"scan", "--format", "json", "--repo-root", dir, dir}, strings.NewReader(""), &out, &errs)
	if code != 1 {
		t.Fatalf("exit code %d: %s", code, errs.String())
	}
	if want := "18 principals, 0 unknown values"; !strings.Contains(errs.String(), want) {
		t.Errorf("%s, want %s", errs.String(), want)
	}
	if want := `"part":"sid:Newer"`; !strings.Contains(strings.ReplaceAll(out.String(), `": "`, `":"`), want) {
		t.Errorf("the block that the plan does not have is not read:\n%s", out.String())
	}
}

// TestPlansHaveTheModelOfTheirConfiguration: the entities of a plan and of a
// state with the configuration are those of the configuration alone.
func TestPlansHaveTheModelOfTheirConfiguration(t *testing.T) {
	want := oneName(entities(t, scanPlan(t, "made", "")))
	if len(want) != 13 {
		t.Fatalf("%d entities, want 13", len(want))
	}
	for _, road := range planRoads {
		if d := cmp.Diff(want, oneName(entities(t, scanPlan(t, road, "made")))); d != "" {
			t.Errorf("%s (-configuration +%s):\n%s", road, road, d)
		}
	}
}

// oneName gives the role whose name AWS makes up one name by every road.
func oneName(facts map[string]string) map[string]string {
	out := map[string]string{}
	for key, fact := range facts {
		if strings.HasPrefix(key, "role acme-gen-") || strings.HasPrefix(key, "role "+source.Hole(source.HoleName, "aws_iam_role.generated")) {
			key = "role acme-gen-"
		}
		out[key] = fact
	}
	return out
}

// TestPlansAloneSayWhatTheyDoNotKnow: without the configuration a plan's
// entities are the same but for what is known only after apply, and a note
// says so of each.
func TestPlansAloneSayWhatTheyDoNotKnow(t *testing.T) {
	want := oneName(entities(t, scanPlan(t, "made", "")))
	for road, vague := range map[string][]string{
		"wide.plan.json":  {"group grp", "policy acme-x-json", "role acme-x-r", "role sens", "role svc-a"},
		"wide.state.json": {"role sens"},
		"wide.tfstate":    {"role sens"},
	} {
		r := scanPlan(t, road, "")
		got := oneName(entities(t, r))
		for _, key := range vague {
			if _, ok := got[key]; !ok || got[key] == want[key] {
				t.Errorf("%s: %q is there and not known whole: %q", road, key, got[key])
			}
			delete(got, key)
			got[key] = want[key]
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s (-configuration +%s):\n%s", road, road, d)
		}
		if n := len(r.Runs[0].Units[0].Unresolved); n < 1 {
			t.Errorf("%s: no note says what is missing", road)
		}
	}
}

// TestReportsQuoteNoSecretOfAPlan: no value that a plan or state marks as
// sensitive, and no text that is secret by its place, stands in any report.
func TestReportsQuoteNoSecretOfAPlan(t *testing.T) {
	for _, name := range []string{plansDir + "/wide.plan.json", plansDir + "/wide.state.json", plansDir + "/wide.tfstate", samplesDir + "/plan/plan.json", samplesDir + "/plan/state.json"} {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		secrets := secretsOf(t, data)
		if strings.HasPrefix(name, plansDir) && len(secrets) < 3 {
			t.Fatalf("%s: %d secrets: %q", name, len(secrets), secrets)
		}
		for _, format := range []string{"text", "json", "sarif"} {
			var out, errs bytes.Buffer
			args := []string{"scan", "--set", "strict", "--min-severity", "info", "--min-confidence", "low", "--fail-on", "never", "--format", format, name}
			if code := run(context.Background(), args, strings.NewReader(""), &out, &errs); code != 0 {
				t.Fatalf("exit code %d: %s", code, errs.String())
			}
			for _, s := range secrets {
				if strings.Contains(out.String()+errs.String(), s) {
					t.Errorf("%s as %s quotes %q", name, format, s)
				}
			}
		}
	}
}

// secretsOf are texts of a plan or state that are secret: what it marks as
// sensitive, and those that the fixtures plant.
func secretsOf(t *testing.T, data []byte) []string {
	t.Helper()
	var root any
	if err := json.Unmarshal(data, &root); err != nil {
		t.Fatal(err)
	}
	var out []string
	canary := base64.StdEncoding.EncodeToString([]byte("canary"))
	var visit func(v, marks any)
	visit = func(v, marks any) {
		switch x := v.(type) {
		case string:
			hidden := strings.Contains(x, "canary") && !strings.Contains(x, "Version") || strings.HasPrefix(x, canary[:6])
			if (marks == true || hidden) && len(x) > 5 {
				out = append(out, x)
			}
		case []any:
			list, _ := marks.([]any)
			for i, item := range x {
				var mark any
				if i < len(list) {
					mark = list[i]
				}
				visit(item, mark)
			}
		case map[string]any:
			named, _ := marks.(map[string]any)
			for name, item := range x {
				mark := named[name]
				switch name {
				case "values":
					mark = x["sensitive_values"]
				case "after":
					mark = x["after_sensitive"]
				case "secret", "password", "ses_smtp_password_v4":
					mark = true
				}
				visit(item, mark)
			}
		}
	}
	visit(root, nil)
	return out
}
