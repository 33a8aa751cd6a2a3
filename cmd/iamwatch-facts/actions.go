package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/iamwatch/iamwatch/scanner/cloudwatch"
)

// actionsTable makes the catalogue from the package in dir, or from the one
// that npm fetches.
func actionsTable(ctx context.Context, dir, version string, log io.Writer) ([]byte, error) {
	if dir == "" {
		tmp, err := os.MkdirTemp("", "iamwatch-facts")
		if err != nil {
			return nil, fmt.Errorf("make directory: %w", err)
		}
		defer func() { _ = os.RemoveAll(tmp) }()
		if dir, err = fetchPackage(ctx, tmp, version); err != nil {
			return nil, err
		}
	}
	classes, err := readClasses(classesJSON)
	if err != nil {
		return nil, err
	}
	ref, err := readReference(os.DirFS(dir), slices.Sorted(maps.Keys(classes.all())))
	if err != nil {
		return nil, err
	}
	t, err := buildTable(classes, ref)
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(log, "%d core and %d related actions of %s %s\n", t.core, t.count-t.core, packageName, ref.version)
	return t.bytes(), nil
}

// A table gathers the records of the catalogue (see package cloudwatch).
type table struct {
	classes *classification
	ref     *reference
	body    bytes.Buffer
	count   int
	core    int
	faults  []string
}

// buildTable fails with the whole list of what nobody has judged yet and of
// what is judged but unknown.
func buildTable(classes *classification, ref *reference) (*table, error) {
	t := &table{classes: classes, ref: ref, faults: classes.unknown(ref.has)}
	for _, s := range slices.Sorted(maps.Keys(classes.Core)) {
		t.coreService(s)
	}
	t.core = t.count
	for _, s := range slices.Sorted(maps.Keys(classes.Related)) {
		t.relatedService(s)
	}
	for _, p := range slices.Sorted(maps.Keys(classes.ServicePrincipals)) {
		t.record("sp", p, classes.ServicePrincipals[p])
	}
	t.record("rcp", join(ref.rcp))
	t.record("pre", join(ref.prefixes))
	if t.count > cloudwatch.MaxActions {
		t.faults = append(t.faults, fmt.Sprintf("%d actions do not fit into an ActionSet of %d", t.count, cloudwatch.MaxActions))
	}
	if len(t.faults) > 0 {
		return nil, fmt.Errorf("build catalogue: %d faults:\n%s", len(t.faults), strings.Join(t.faults, "\n"))
	}
	return t, nil
}

func (t *table) bytes() []byte {
	head := fmt.Sprintf("iamwatch-actions\t1\t%s\t%s\t%d\n", t.ref.version, t.ref.date, t.count)
	return append([]byte(head), t.body.Bytes()...)
}

func (t *table) record(fields ...string) {
	t.body.WriteString(strings.TrimRight(strings.Join(fields, "\t"), "\t"))
	t.body.WriteByte('\n')
}

func (t *table) coreService(s string) {
	svc := t.ref.services[s]
	t.record("svc", s, t.ref.names[s], "core", t.classes.Retired[s], strconv.Itoa(len(svc.Actions)))
	t.types(svc, slices.Sorted(maps.Keys(svc.Types)))
	for _, key := range slices.Sorted(maps.Keys(svc.Actions)) {
		a := svc.Actions[key]
		classes := t.classes.classesOf(s, a.Name, t.classes.Core[s])
		if len(classes) == 0 {
			classes = byLevel(&a)
		}
		if len(classes) == 0 {
			t.faults = append(t.faults, fmt.Sprintf("%s:%s (%s) is not classified: %s", s, a.Name, a.AccessLevel, a.Description))
			continue
		}
		t.action(s, &a, classes, t.impact(s, a.Name, classes[0]))
	}
}

// byLevel is the class of an action that nobody needs to judge.
func byLevel(a *refAction) []string {
	switch a.letter() {
	case "T":
		return []string{"tag"}
	case "L", "R":
		return []string{"recon"}
	}
	return nil
}

func (t *table) impact(service, action, primary string) int {
	if slices.Contains(t.classes.Worst[service], action) {
		return 3
	}
	switch primary {
	case "recon", "tag", "manage", "cost":
		return 1
	}
	return 2
}

func (t *table) relatedService(s string) {
	svc, spec := t.ref.services[s], t.classes.Related[s].Classes
	t.record("svc", s, t.ref.names[s], "related", "", strconv.Itoa(len(svc.Actions)))
	var actions []refAction
	types := map[string]bool{}
	for _, key := range slices.Sorted(maps.Keys(svc.Actions)) {
		a := svc.Actions[key]
		if len(t.classes.classesOf(s, a.Name, spec)) == 0 {
			continue
		}
		actions = append(actions, a)
		for _, r := range a.ResourceTypes {
			types[strings.ToLower(r.Name)] = true
		}
	}
	t.types(svc, slices.Sorted(maps.Keys(types)))
	for i := range actions {
		t.action(s, &actions[i], t.classes.classesOf(s, actions[i].Name, spec), 2)
	}
}

func (t *table) types(svc *refService, keys []string) {
	for _, key := range keys {
		r := svc.Types[key]
		t.record("res", r.Key, r.ARN, join(r.ConditionKeys))
	}
}

func (t *table) action(service string, a *refAction, classes []string, impact int) {
	var types []string
	keys, needs := slices.Clone(a.ConditionKeys), slices.Clone(a.DependentActions)
	for _, r := range a.ResourceTypes {
		if _, ok := t.ref.services[service].Types[strings.ToLower(r.Name)]; !ok {
			t.faults = append(t.faults, fmt.Sprintf("%s:%s: resource type %s is unknown", service, a.Name, r.Name))
		}
		types = append(types, r.Name+map[bool]string{true: "*"}[r.Required])
		keys, needs = append(keys, r.ConditionKeys...), append(needs, r.DependentActions...)
	}
	only := map[bool]string{true: "1"}[a.IsPermissionOnly]
	t.record("act", a.Name, a.letter(), strings.Join(classes, ","), strconv.Itoa(impact), strings.Join(types, ","),
		join(keys), join(needs), only, t.classes.PassesRole[service+":"+a.Name])
	t.count++
}

// join is a list in order without repetitions.
func join(list []string) string {
	return strings.Join(slices.Compact(slices.Sorted(slices.Values(list))), ",")
}
