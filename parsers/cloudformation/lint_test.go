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
	files = append(files, samples+"telemetry.yaml", samples+"telemetry.json")
	out, err := exec.Command(lint, append([]string{"--ignore-checks", "W", "--"}, files...)...).CombinedOutput()
	if err != nil {
		t.Errorf("cfn-lint: %v\n%s", err, out)
	}
}
