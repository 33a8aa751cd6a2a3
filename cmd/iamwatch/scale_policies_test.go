package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/iamwatch/iamwatch/scanner"
	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// writtenArchetypes are the archetypes of the generator of trees: what one statement
// of a policy allows on every resource.
func writtenArchetypes() map[string][]string {
	return map[string][]string{
		"cloudwatch-star":     {"cloudwatch:*"},
		"logs-star":           {"logs:*"},
		"alarm-blind":         {"cloudwatch:DeleteAlarms", "cloudwatch:DisableAlarmActions"},
		"alarm-wildcard":      {"cloudwatch:*Alarm*"},
		"metric-stream-exfil": {"cloudwatch:PutMetricStream", "iam:PassRole"},
		"log-destroy":         {"logs:DeleteLogGroup", "logs:PutRetentionPolicy"},
		"log-exfil":           {"logs:PutSubscriptionFilter", "logs:CreateExportTask"},
		"oam-share":           {"oam:CreateLink", "oam:PutSinkPolicy"},
	}
}

// TestPoliciesAtScale holds the model to the lists of a generated Terraform
// tree. A policy counts once where it is written, whatever for_each makes of
// it. The modules by themselves hold every policy; as the root module calls
// them, those of a module that it switches off are not there.
func TestPoliciesAtScale(t *testing.T) {
	tree := trees.of(t, 100)
	want := tree.archetypes(t)
	if len(want) != len(writtenArchetypes()) {
		t.Fatalf("the tree plants %d archetypes, not %d", len(want), len(writtenArchetypes()))
	}
	alone := writtenUnder(t, tree.modules())
	if d := cmp.Diff(want, alone.count()); d != "" {
		t.Errorf("policies of the modules by themselves (-planted +found):\n%s", d)
	}
	called, off := writtenUnder(t, tree.dir), switchedOff(t, tree)
	missing := 0
	for at := range alone {
		if module, _, _ := strings.Cut(at.path, "/"); called[at] == "" && slices.Contains(off, module) {
			delete(alone, at)
			missing++
		}
	}
	if d := cmp.Diff(alone, called, cmp.AllowUnexported(policyPlace{})); d != "" {
		t.Errorf("policies as the root module calls the modules (-by themselves +called):\n%s", d)
	}
	if missing == 0 || len(off) == 0 {
		t.Errorf("%d policies are not there in %d modules that are switched off", missing, len(off))
	}
}

// TestTemplatesAtScale holds the model to the list of generated templates.
func TestTemplatesAtScale(t *testing.T) {
	tree := trees.templates(t, 99)
	want := tree.archetypes(t)
	if len(want) != len(writtenArchetypes()) {
		t.Fatalf("the templates plant %d archetypes, not %d", len(want), len(writtenArchetypes()))
	}
	if d := cmp.Diff(want, writtenUnder(t, tree.dir).count()); d != "" {
		t.Errorf("policies of the templates (-planted +found):\n%s", d)
	}
}

// A policyPlace is where a policy is written: a path below the modules and an
// offset.
type policyPlace struct {
	path   string
	offset int
}

// A planting is the archetype of each policy that carries one.
type planting map[policyPlace]string

func (p planting) count() map[string]int {
	out := map[string]int{}
	for _, archetype := range p {
		out[archetype]++
	}
	return out
}

// writtenUnder reads a directory that nothing lies around.
func writtenUnder(t *testing.T, dir string) planting {
	t.Helper()
	tr, err := discover([]string{dir}, dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer tr.close()
	l, err := scanner.Read(context.Background(), scanner.Config{FS: tr.fs, Files: tr.files, Dir: tr.dir, Parsers: parsers()})
	if err != nil {
		t.Fatal(err)
	}
	if !l.Complete() || l.Stats.Unknown > 0 {
		t.Fatalf("%d unknown values, %v", l.Stats.Unknown, l.Diagnostics)
	}
	out := planting{}
	for _, u := range l.Model.Units {
		eachPolicy(u, func(p *model.Policy) {
			if archetype := plantedIn(p.Document); archetype != "" {
				out[policyPlace{strings.TrimPrefix(p.Block.Path(), "modules/"), p.Block.Start()}] = archetype
			}
		})
	}
	return out
}

func eachPolicy(u *model.Unit, f func(*model.Policy)) {
	for _, p := range u.Policies {
		f(p)
	}
	for _, id := range u.Identities {
		for _, p := range id.Inline {
			f(p)
		}
	}
}

// plantedIn is the archetype of a document, empty for none.
func plantedIn(d *iam.Document) string {
	if d == nil {
		return ""
	}
	for _, s := range d.Statements {
		for archetype, actions := range writtenArchetypes() {
			if s.Effect == iam.Allow && slices.Equal(texts(s.Actions), actions) && slices.Equal(texts(s.Resources), []string{"*"}) {
				return archetype
			}
		}
	}
	return ""
}

func texts(list []source.String) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = s.Value
	}
	return out
}

// switchedOff are the modules that the root module calls with enabled = false.
func switchedOff(t *testing.T, tree madeTree) []string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(tree.dir, "main.tf"))
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for block := range bytes.SplitSeq(text, []byte("\n}\n")) {
		_, rest, ok := strings.Cut(string(block), "\"./modules/")
		if name, _, _ := strings.Cut(rest, "\""); ok && strings.Contains(rest, "= false") {
			out = append(out, name)
		}
	}
	return out
}
