package main

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// pack makes a package that holds each classified action as a Write action.
func pack(t *testing.T, classes *classification) map[string]map[string]refAction {
	t.Helper()
	out := map[string]map[string]refAction{}
	for service, spec := range classes.all() {
		out[service] = map[string]refAction{}
		for _, actions := range spec {
			for _, a := range actions {
				out[service][strings.ToLower(a)] = refAction{Name: a, AccessLevel: "Write"}
			}
		}
	}
	return out
}

func mount(t *testing.T, actions map[string]map[string]refAction) fs.FS {
	t.Helper()
	files := map[string]any{
		"package.json":                   map[string]string{"version": "1.2.3", "updatedAt": "2026-09-26T04:46:59Z"},
		"data/services.json":             []string{"logs", "a4b"},
		"data/serviceNames.json":         map[string]string{"logs": "Amazon CloudWatch Logs"},
		"data/rcpSupportedServices.json": []string{"logs"},
	}
	for service, list := range actions {
		files["data/actions/"+service+".json"] = list
		files["data/resourceTypes/"+service+".json"] = map[string]refResourceType{}
	}
	files["data/resourceTypes/logs.json"] = map[string]refResourceType{"log-group": {Key: "log-group", ARN: "arn:lg", ConditionKeys: []string{"aws:ResourceTag/${TagKey}"}}}
	fsys := fstest.MapFS{}
	for name, v := range files {
		data, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		fsys[name] = &fstest.MapFile{Data: data}
	}
	return fsys
}

func ourClasses(t *testing.T) *classification {
	t.Helper()
	c, err := readClasses(classesJSON)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func build(t *testing.T, actions map[string]map[string]refAction) (string, error) {
	t.Helper()
	classes := ourClasses(t)
	ref, err := readReference(mount(t, actions), slices.Sorted(maps.Keys(classes.all())))
	if err != nil {
		t.Fatal(err)
	}
	table, err := buildTable(classes, ref)
	if err != nil {
		return "", err
	}
	return string(table.bytes()), nil
}

func TestTable(t *testing.T) {
	actions := pack(t, ourClasses(t))
	actions["logs"]["describewhatever"] = refAction{Name: "DescribeWhatever", AccessLevel: "List"}
	actions["logs"]["tagthing"] = refAction{Name: "TagThing", AccessLevel: "Tagging, Write"}
	actions["logs"]["putresourcepolicy"] = refAction{Name: "PutResourcePolicy", AccessLevel: "Permissions management, Write"}
	actions["logs"]["putsubscriptionfilter"] = refAction{
		Name: "PutSubscriptionFilter", AccessLevel: "Write", ConditionKeys: []string{"logs:B", "logs:A"}, IsPermissionOnly: true,
		ResourceTypes: []refResource{{Name: "log-group", Required: true, ConditionKeys: []string{"logs:A"}, DependentActions: []string{"iam:PassRole"}}},
	}
	actions["iam"]["getrole"] = refAction{Name: "GetRole", AccessLevel: "Read"}
	got, err := build(t, actions)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"svc\tlogs\tAmazon CloudWatch Logs\tcore\t\t",
		"res\tlog-group\tarn:lg\taws:ResourceTag/${TagKey}\n",
		"act\tDescribeWhatever\tL\trecon\t1\n",
		"act\tTagThing\tT\ttag\t1\n",
		"act\tPutResourcePolicy\tP\tcontrol\t3\n",
		"act\tPutSubscriptionFilter\tW\texfiltrate,escalate,blind\t3\tlog-group*\tlogs:A,logs:B\tiam:PassRole\t1\tlogs.amazonaws.com\n",
		"rcp\tlogs\npre\ta4b,logs\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the table lacks %q", want)
		}
	}
	if strings.Contains(got, "GetRole") || !strings.HasPrefix(got, "iamwatch-actions\t1\t1.2.3\t2026-09-26\t") {
		t.Error("the table holds an action that bears on nothing, or its header is wrong")
	}
	again, err := build(t, actions)
	if err != nil || again != got {
		t.Errorf("two runs differ, or %v", err)
	}
}

// The data must not gain a dangerous action unseen.
func TestUnjudgedActionsFail(t *testing.T) {
	tests := []struct {
		name   string
		doctor func(map[string]map[string]refAction)
		want   []string
	}{
		{"write", func(a map[string]map[string]refAction) {
			a["logs"]["putnewthing"] = refAction{Name: "PutNewThing", AccessLevel: "Write", Description: "Grants permission to put"}
		}, []string{"logs:PutNewThing (Write) is not classified: Grants permission to put"}},
		{"permissions management", func(a map[string]map[string]refAction) {
			a["oam"]["sharenew"] = refAction{Name: "ShareNew", AccessLevel: "Permissions management, Write"}
		}, []string{"oam:ShareNew (Permissions management, Write) is not classified"}},
		{"level that nobody knows", func(a map[string]map[string]refAction) {
			a["oam"]["sharenew"] = refAction{Name: "ShareNew", AccessLevel: "Sharing"}
		}, []string{"oam:ShareNew (Sharing) is not classified"}},
		{"gone", func(a map[string]map[string]refAction) {
			delete(a["logs"], "putsubscriptionfilter")
		}, []string{"logs:PutSubscriptionFilter has class exfiltrate and is unknown", "logs:PutSubscriptionFilter has the worst impact and is unknown", "logs:PutSubscriptionFilter is named and is unknown"}},
		{"gone from a related service", func(a map[string]map[string]refAction) {
			delete(a["iam"], "passrole")
		}, []string{"iam:PassRole has class escalate and is unknown"}},
		{"resource type", func(a map[string]map[string]refAction) {
			p := a["logs"]["putlogevents"]
			p.ResourceTypes = []refResource{{Name: "new-type"}}
			a["logs"]["putlogevents"] = p
		}, []string{"logs:PutLogEvents: resource type new-type is unknown"}},
		{"too many", func(a map[string]map[string]refAction) {
			for i := range 800 {
				name := "Get" + strings.Repeat("x", i+1)
				a["logs"][strings.ToLower(name)] = refAction{Name: name, AccessLevel: "Read"}
			}
		}, []string{"do not fit into an ActionSet"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			actions := pack(t, ourClasses(t))
			tt.doctor(actions)
			_, err := build(t, actions)
			if err == nil {
				t.Fatal("the table is made all the same")
			}
			for _, want := range tt.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("the error does not say %q: %v", want, err)
				}
			}
		})
	}
}

func TestReadClasses(t *testing.T) {
	c := ourClasses(t)
	c.Core["logs"]["harm"] = []string{"PutLogEvents"}
	faults := c.unknown(func(string, string) bool { return true })
	if diff := cmp.Diff([]string{"logs: class harm is unknown"}, faults); diff != "" {
		t.Error(diff)
	}
	for _, text := range []string{"", "[]", `{"cores": {}}`} {
		if _, err := readClasses([]byte(text)); err == nil {
			t.Errorf("readClasses(%q) succeeds", text)
		}
	}
}

func TestReadReference(t *testing.T) {
	whole := mount(t, map[string]map[string]refAction{"logs": {}})
	if _, err := readReference(whole, []string{"logs"}); err != nil {
		t.Error(err)
	}
	if _, err := readReference(whole, []string{"oam"}); err == nil {
		t.Error("a service without data is read")
	}
	if _, err := readReference(fstest.MapFS{}, nil); err == nil {
		t.Error("an empty package is read")
	}
	if m, ok := whole.(fstest.MapFS); ok {
		m["data/actions/logs.json"] = &fstest.MapFile{Data: []byte("{")}
	}
	if _, err := readReference(whole, []string{"logs"}); err == nil {
		t.Error("a broken file is read")
	}
}

func TestRunActions(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, mount(t, pack(t, ourClasses(t)))); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(t.TempDir(), "actions.txt")
	var log bytes.Buffer
	if err := run(t.Context(), []string{"actions", "--data", dir, "--out", out}, &log); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(out)
	if err != nil || !bytes.HasPrefix(data, []byte("iamwatch-actions\t1\t1.2.3\t")) || !strings.Contains(log.String(), packageName) {
		t.Errorf("%v, %.40q, %s", err, data, log.String())
	}
}

func TestRunRefuses(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out")
	for _, args := range [][]string{
		nil, {"what"}, {"actions"}, {"managed"}, {"actions", "--what"}, {"actions", "--out", out, "surplus"},
		{"actions", "--data", t.TempDir(), "--out", out}, {"managed", "--endpoint", "http://127.0.0.1:1/", "--out"},
	} {
		if err := run(t.Context(), args, &bytes.Buffer{}); err == nil {
			t.Errorf("run(%q) succeeds", args)
		}
	}
	if _, err := os.Stat(out); err == nil {
		t.Error("a failed run wrote its file")
	}
}
