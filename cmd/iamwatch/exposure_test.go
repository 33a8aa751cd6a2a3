package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// exposureJSON is what this test reads of the JSON format.
type exposureJSON struct {
	Complete bool `json:"complete"`
	Rows     []struct {
		Kind          string `json:"kind"`
		Name          string `json:"name"`
		Administrator bool   `json:"administrator"`
		Unseen        bool   `json:"unseen"`
		Cells         []struct {
			Class string `json:"class"`
			Level string `json:"level"`
			Count int    `json:"count"`
			Total int    `json:"total"`
		} `json:"cells"`
	} `json:"rows"`
}

// exposureOf runs the command over one road of the samples. Each principal's
// row is written in one text.
func exposureOf(t *testing.T, road string) map[string]string {
	t.Helper()
	var out, errs bytes.Buffer
	name, source := pathOf(road)
	args := []string{"exposure", "--all", "--format", "json", samplesDir + "/" + name}
	if source != "" {
		args = append(args, "--source", samplesDir+"/"+source)
	}
	if code := run(context.Background(), args, strings.NewReader(""), &out, &errs); code != 0 {
		t.Fatalf("%s: exit code %d: %s", road, code, errs.String())
	}
	var report exposureJSON
	if err := json.Unmarshal(out.Bytes(), &report); err != nil {
		t.Fatalf("%s: %v", road, err)
	}
	if !report.Complete {
		t.Errorf("%s was not read whole", road)
	}
	rows := map[string]string{}
	for _, r := range report.Rows {
		key := r.Kind + " " + r.Name
		if _, twice := rows[key]; twice {
			t.Errorf("%s: two rows of %s", road, key)
		}
		rows[key] = fmt.Sprintf("administrator %t, unseen %t: %v", r.Administrator, r.Unseen, r.Cells)
	}
	return rows
}

// TestExposureByThreeRoads: the matrix is the same by every road.
func TestExposureByThreeRoads(t *testing.T) {
	reference := exposureOf(t, "live/account-authorization-details.json")
	if len(reference) != 18 {
		t.Errorf("%d principals, want 18: %v", len(reference), slices.Sorted(maps.Keys(reference)))
	}
	for key, want := range map[string]string{
		"user ops-legacy":            "administrator false, unseen false: [{read unscoped 29 29}",
		"role acme-prod-break-glass": "administrator true, unseen false: [{read unscoped 88 88}",
		"role acme-prod-svc-reports": "administrator false, unseen false: [{read scoped 7 7}",
		"role acme-prod-svc-shipper": "administrator false, unseen false: []",
	} {
		if !strings.HasPrefix(reference[key], want) {
			t.Errorf("%s: %s, want %s", key, reference[key], want)
		}
	}
	for _, road := range roads {
		got := exposureOf(t, road)
		if audit := "role acme-prod-audit"; road == "plan/plan.json" {
			// A plan says of a list with an ARN of its own making only that the
			// ARN is in it.
			if !strings.Contains(got[audit], "unseen true") {
				t.Errorf("%s: %s is seen whole: %s", road, audit, got[audit])
			}
			got[audit] = strings.Replace(got[audit], "unseen true", "unseen false", 1)
		}
		if d := cmp.Diff(dropVague(road, reference), dropVague(road, got)); d != "" {
			t.Errorf("%s (-live +%s):\n%s", road, road, d)
		}
	}
}

// TestReadmeShowsExposure: the README's examples are what the command prints,
// but for lines that [...] stands for.
func TestReadmeShowsExposure(t *testing.T) {
	section := between(t, readme(t), "\n## Who is exposed\n", "\n## ")
	blocks := strings.Split(section, "```text\n")[1:]
	asked := [][]string{nil, {"--why", "acme-prod-dev:read"}}
	if len(blocks) != len(asked) {
		t.Fatalf("%d examples, want %d", len(blocks), len(asked))
	}
	for i, block := range blocks {
		var out, errs bytes.Buffer
		args := append([]string{"exposure", "--repo-root", "../..", samplesDir + "/terraform"}, asked[i]...)
		if code := run(context.Background(), args, strings.NewReader(""), &out, &errs); code != 0 {
			t.Fatalf("exit code %d: %s", code, errs.String())
		}
		example, _, _ := strings.Cut(block, "```")
		rest := "\n" + out.String()
		for j, part := range strings.Split(example, "[...]\n") {
			before, after, ok := strings.Cut(rest, "\n"+part)
			if !ok || j == 0 && before != "" {
				t.Errorf("no run prints, in this place:\n%s", part)
				break
			}
			rest = "\n" + after
		}
		if strings.TrimSpace(rest) != "" {
			t.Errorf("the README leaves out the end:\n%s", rest)
		}
	}
}
