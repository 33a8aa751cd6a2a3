package cloudformation_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSamplesAreReadWhole(t *testing.T) {
	yaml, json := sample(t, "telemetry.yaml"), sample(t, "telemetry.json")
	if diff := cmp.Diff(yaml, json, withoutPlaces); diff != "" {
		t.Errorf("YAML and JSON differ (-yaml +json):\n%s", diff)
	}
	count := map[string]int{"policy": len(yaml.Policies)}
	for _, id := range yaml.Identities {
		count[id.Kind.String()]++
	}
	want := map[string]int{"role": 14, "user": 3, "group": 1, "policy": 3}
	if diff := cmp.Diff(want, count); diff != "" {
		t.Error(diff)
	}
}
