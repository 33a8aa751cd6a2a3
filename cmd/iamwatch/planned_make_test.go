package main

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// motoAccount is the account that moto plays.
const motoAccount = "123456789012"

// makePlan plans a configuration against moto, a double of AWS, and gives the
// plan as JSON. It skips where terraform, its provider or moto is absent.
func makePlan(t *testing.T, config string) []byte {
	t.Helper()
	if testing.Short() {
		t.Skip("SKIPPED: -short, so no configuration was planned")
	}
	for _, name := range []string{"terraform", "moto_server"} {
		if _, err := exec.LookPath(name); err != nil {
			t.Skipf("SKIPPED: %s is not on this machine, so nothing was compared with a plan", name)
		}
	}
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(config)); err != nil {
		t.Fatal(err)
	}
	if out, err := runTerraform(t, dir, append([]string{"init", "-input=false", "-no-color"}, pluginDir()...)...); err != nil {
		t.Skipf("SKIPPED: terraform found no AWS provider, so nothing was compared with a plan: %v\n%s", err, out)
	}
	override := strings.ReplaceAll(motoOverride, "ENDPOINT", startMoto(t))
	if err := os.WriteFile(filepath.Join(dir, "moto_override.tf"), []byte(override), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := runTerraform(t, dir, "plan", "-input=false", "-lock=false", "-no-color", "-out=plan.out"); err != nil {
		t.Fatalf("plan %s: %v\n%s", config, err, out)
	}
	plan, err := runTerraform(t, dir, "show", "-json", "plan.out")
	if err != nil {
		t.Fatalf("show plan: %v\n%s", err, plan)
	}
	return plan
}

// motoOverride sends the providers of a configuration to moto.
const motoOverride = `
provider "aws" {
  access_key                  = "AKIAEXAMPLE"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_region_validation      = true
  endpoints {
    iam = "ENDPOINT"
    sts = "ENDPOINT"
  }
}

provider "aws" {
  alias                       = "virginia"
  access_key                  = "AKIAEXAMPLE"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_region_validation      = true
  endpoints {
    iam = "ENDPOINT"
    sts = "ENDPOINT"
  }
}
`

// pluginDir makes init take the provider from a directory, if there is one in
// the usual places; otherwise Terraform's own configuration says where.
func pluginDir() []string {
	for _, dir := range []string{os.Getenv("IAMWATCH_TF_PLUGINS"), "/usr/local/share/terraform/plugins", "/usr/share/terraform/plugins"} {
		if info, err := os.Stat(filepath.Join(dir, "registry.terraform.io", "hashicorp", "aws")); err == nil && info.IsDir() {
			return []string{"-plugin-dir=" + dir}
		}
	}
	return nil
}

// runTerraform runs a command of Terraform and gives what it prints: to standard
// output, or to both outputs when it fails.
func runTerraform(t *testing.T, dir string, args ...string) ([]byte, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "terraform", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "CHECKPOINT_DISABLE=1", "AWS_EC2_METADATA_DISABLED=true", "NO_PROXY=127.0.0.1", "no_proxy=127.0.0.1")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return append(out, stderr.Bytes()...), err
	}
	return out, nil
}

// startMoto starts moto on a free port until the test ends.
func startMoto(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("moto_server", "-H", "127.0.0.1", "-p", fmt.Sprint(port))
	cmd.Env = append(os.Environ(), "MOTO_IAM_LOAD_MANAGED_POLICIES=true")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := cmd.Process.Kill(); err != nil {
			t.Error(err)
		}
		_ = cmd.Wait() // it was killed
	})
	endpoint := fmt.Sprintf("http://127.0.0.1:%d", port)
	for range 300 {
		if r, err := http.Get(endpoint); err == nil {
			_ = r.Body.Close()
			return endpoint
		}
		time.Sleep(200 * time.Millisecond)
	}
	t.Fatal("moto does not answer")
	return ""
}
