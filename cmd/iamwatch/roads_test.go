package main

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/iamwatch/iamwatch/rules"
	"github.com/iamwatch/iamwatch/scanner"
)

// roadsDir holds pairs of a configuration and a template that declare the same
// infrastructure: x.tf and x.yaml. What has the label machine_profile in one is
// MachineProfile in the other.
const roadsDir = "testdata/roads"

// TestRoadsMeet is the law of roads: the same infrastructure read from
// Terraform and from CloudFormation gives equal models, once positions and
// what the inputs call things are dropped.
func TestRoadsMeet(t *testing.T) {
	templates, err := filepath.Glob(roadsDir + "/*.yaml")
	if err != nil || len(templates) == 0 {
		t.Fatalf("no templates: %v", err)
	}
	for _, template := range templates {
		name := strings.TrimSuffix(filepath.Base(template), ".yaml")
		t.Run(name, func(t *testing.T) {
			configuration := readModel(t, roadsDir+"/"+name+".tf")
			if diff := cmp.Diff(roadText(configuration), roadText(readModel(t, template))); diff != "" {
				t.Errorf("(-configuration +template):\n%s", diff)
			}
		})
	}
}

// TestRoadsFindTheSame: with it come equal findings. Those of things that have
// a name have equal fingerprints; a machine without one goes by its address.
func TestRoadsFindTheSame(t *testing.T) {
	for _, name := range []string{"company", "fleet"} {
		configuration, template := roadFindings(t, roadsDir+"/"+name+".tf"), roadFindings(t, roadsDir+"/"+name+".yaml")
		if diff := cmp.Diff(configuration, template); diff != "" || len(template) < 3 {
			t.Errorf("%s: %d findings (-configuration +template):\n%s", name, len(template), diff)
		}
	}
}

func roadFindings(t *testing.T, path string) []string {
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
		kind, address, _ := strings.Cut(f.Entity, "/")
		fingerprint := f.Fingerprint
		if called := canonical(address); called != strings.ToLower(address) || strings.ContainsAny(address, ".ABCDEFGHIJKLMNOPQRSTUVWXYZ") {
			f.Message = strings.ReplaceAll(f.Message, strconv.Quote(address), strconv.Quote(called))
			address, fingerprint = called, ""
		}
		out = append(out, fmt.Sprintf("%s %s/%s %s %s %s", f.Rule.ID, kind, address, f.Confidence, fingerprint, f.Message))
	}
	slices.Sort(out)
	return out
}

// roadText writes the model of a scan without what only one input has.
func roadText(r *scanner.Result) map[string]string {
	w := modelText{facts: strings.NewReplacer(), skip: []string{"Address"}, call: canonical}
	out := map[string]string{}
	for key, text := range w.units(r) {
		kind, address, _ := strings.Cut(key, " ")
		out[kind+" "+canonical(address)] += text
	}
	for _, run := range r.Runs {
		for _, u := range run.Units {
			if u.Management {
				out["Management"] = "true"
			}
		}
	}
	return out
}

// canonical is what either input calls a thing: aws_iam_role.app_reader and
// AppReader are appreader. What is part of a resource counts to it.
func canonical(address string) string {
	parts := strings.Split(address, ".")
	name := parts[0]
	if len(parts) > 1 && strings.HasPrefix(name, "aws_") {
		name = parts[1]
	}
	return strings.ToLower(strings.ReplaceAll(name, "_", ""))
}

// TestRoadsAreTrue asks cfn-lint and terraform fmt, where they are installed.
// That the configurations are valid is for terraform validate to say, which
// needs the provider.
func TestRoadsAreTrue(t *testing.T) {
	templates, err := filepath.Glob(roadsDir + "/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		tool string
		args []string
	}{
		{"cfn-lint", append([]string{"--ignore-checks", "W", "--"}, templates...)},
		{"terraform", []string{"fmt", "-check", "-diff", roadsDir}},
	} {
		t.Run(c.tool, func(t *testing.T) {
			if _, err := exec.LookPath(c.tool); err != nil {
				t.Skipf("SKIPPED: %s is not installed, so nothing says that the pairs are true", c.tool)
			}
			if out, err := exec.Command(c.tool, c.args...).CombinedOutput(); err != nil {
				t.Errorf("%s: %v\n%s", c.tool, err, out)
			}
		})
	}
}
