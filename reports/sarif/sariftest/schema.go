package sariftest

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// SchemaModule is the Go module that carries the OASIS schema of SARIF 2.1.0
// (errata 01) among its test data. `go mod download` fetches it.
const SchemaModule = "github.com/securego/gosec/v2@v2.29.0"

const schemaFile = "report/sarif/testdata/sarif-schema-2.1.0.json"

// SchemaVariable names the environment variable that holds the schema's path
// where it is not in the module cache.
const SchemaVariable = "IAMWATCH_SARIF_SCHEMA"

// Validate checks a report against the OASIS schema with formats asserted. It
// returns false, and logs what to do, where the schema is absent.
func Validate(t testing.TB, report []byte) bool {
	t.Helper()
	schema := schemaBytes()
	if schema == nil {
		t.Logf("SKIPPED: the SARIF schema is absent: run `go mod download %s` or set %s", SchemaModule, SchemaVariable)
		return false
	}
	if err := validate(schema, report); err != nil {
		t.Errorf("schema: %v", err)
	}
	return true
}

func validate(schema, report []byte) error {
	parsed, err := jsonschema.UnmarshalJSON(bytes.NewReader(schema))
	if err != nil {
		return err
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("sarif.json", parsed); err != nil {
		return err
	}
	compiled, err := c.Compile("sarif.json")
	if err != nil {
		return err
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(report))
	if err != nil {
		return err
	}
	return compiled.Validate(value)
}

// schemaBytes is the schema, or nil where it is absent.
func schemaBytes() []byte {
	path := os.Getenv(SchemaVariable)
	if path == "" {
		cache, err := exec.Command("go", "env", "GOMODCACHE").Output()
		if err != nil {
			return nil
		}
		path = filepath.Join(strings.TrimSpace(string(cache)), filepath.FromSlash(SchemaModule), filepath.FromSlash(schemaFile))
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil
	}
	return data
}
