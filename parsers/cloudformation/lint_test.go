package cloudformation_test

import (
	"os/exec"
	"path/filepath"
	"testing"
)

// TestFixturesAreTrueTemplates asks cfn-lint, where it is installed.
func TestFixturesAreTrueTemplates(t *testing.T) {
	lint, err := exec.LookPath("cfn-lint")
	if err != nil {
		t.Skip("SKIPPED: cfn-lint is not installed, so nothing says that the fixtures are true templates")
	}
	files, err := filepath.Glob("testdata/fixtures/*")
	if err != nil || len(files) == 0 {
		t.Fatalf("no fixtures: %v", err)
	}
	for _, pattern := range []string{"testdata/stacks/*.yaml", "testdata/stacks/*/*.yaml"} {
		more, err := filepath.Glob(pattern)
		if err != nil || len(more) == 0 {
			t.Fatalf("no fixtures %s: %v", pattern, err)
		}
		files = append(files, more...)
	}
	files = append(files, samples+"telemetry.yaml", samples+"telemetry.json", samples+"../cdk/cdk.out/AcmeTelemetry.template.json")
	for _, pattern := range []string{"/*/*.template.json", "/*/*/*.template.json"} {
		made, err := filepath.Glob(assemblies + pattern)
		if err != nil || len(made) == 0 {
			t.Fatalf("no assemblies: %v", err)
		}
		files = append(files, made...)
	}
	// E2533 tells of runtimes that were withdrawn since an assembly was made.
	out, err := exec.Command(lint, append([]string{"--ignore-checks", "W", "E2533", "--"}, files...)...).CombinedOutput()
	if err != nil {
		t.Errorf("cfn-lint: %v\n%s", err, out)
	}
}
