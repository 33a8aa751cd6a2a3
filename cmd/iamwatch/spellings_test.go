package main

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"path"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/iamwatch/iamwatch/scanner"
	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// A spelling writes documents in one syntax, and names where they are read
// again.
type spelling struct {
	name string
	// dir is the unit; for bare policies it holds a unit for each file.
	dir string
	// write adds the files of the unit.
	write func(m maker, fsys fstest.MapFS, docs map[string]written)
}

// A written document: its kind, and its value before any syntax.
type written struct {
	kind iam.DocumentKind
	tree *source.Value
}

func spellings() []spelling {
	return []spelling{
		{"bare JSON", "bare", writeBare},
		{"jsonencode", "encoded", func(m maker, fsys fstest.MapFS, docs map[string]written) {
			writeTerraform(m, fsys, "encoded", docs, func(_ string, d *source.Value) (string, string) { return "", "jsonencode(" + m.hcl(d) + ")" })
		}},
		{"data block", "data", func(m maker, fsys fstest.MapFS, docs map[string]written) {
			writeTerraform(m, fsys, "data", docs, func(name string, d *source.Value) (string, string) {
				if d.Get("Version") == nil {
					return "", "jsonencode(" + m.hcl(d) + ")" // a data block always writes a Version
				}
				return m.dataBlock(name, d), "data.aws_iam_policy_document." + name + ".json"
			})
		}},
		{"heredoc", "heredoc", func(m maker, fsys fstest.MapFS, docs map[string]written) {
			writeTerraform(m, fsys, "heredoc", docs, func(_ string, d *source.Value) (string, string) {
				return "", choose(m, "<<", "<<-") + "POLICY\n" + templateText(d.JSON()) + "\nPOLICY\n"
			})
		}},
		{"YAML", "yaml/template.yaml", writeYAML},
		{"template in JSON", "json/template.json", writeJSON},
	}
}

func writeBare(_ maker, fsys fstest.MapFS, docs map[string]written) {
	for name, d := range docs {
		fsys["bare/"+name+".json"] = &fstest.MapFile{Data: []byte(d.tree.JSON())}
	}
}

// writeTerraform writes a root module that uses each document; express gives
// what stands before the resource, and the expression of the document.
func writeTerraform(_ maker, fsys fstest.MapFS, dir string, docs map[string]written, express func(string, *source.Value) (before, expr string)) {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(docs)) {
		before, expr := express(name, docs[name].tree)
		b.WriteString(before)
		switch docs[name].kind {
		case iam.TrustDocument:
			fmt.Fprintf(&b, "resource \"aws_iam_role\" %q {\nname = %q\nassume_role_policy = %s\n}\n", name, name, expr)
		case iam.ResourceDocument:
			fmt.Fprintf(&b, "resource \"aws_cloudwatch_log_resource_policy\" %q {\npolicy_name = %q\npolicy_document = %s\n}\n", name, name, expr)
		default:
			fmt.Fprintf(&b, "resource \"aws_iam_policy\" %q {\nname = %q\npolicy = %s\n}\n", name, name, expr)
		}
	}
	fsys[dir+"/main.tf"] = &fstest.MapFile{Data: []byte(b.String())}
}

// template is a template that uses each document. A log resource policy holds
// its document as text.
func template(docs map[string]written) *source.Value {
	var resources objectValue
	for _, name := range slices.Sorted(maps.Keys(docs)) {
		var res, properties objectValue
		d := docs[name]
		switch d.kind {
		case iam.TrustDocument:
			res.add("Type", textValue("AWS::IAM::Role"))
			properties.add("RoleName", textValue(name))
			properties.add("AssumeRolePolicyDocument", d.tree)
		case iam.ResourceDocument:
			res.add("Type", textValue("AWS::Logs::ResourcePolicy"))
			properties.add("PolicyName", textValue(name))
			properties.add("PolicyDocument", textValue(d.tree.JSON()))
		default:
			res.add("Type", textValue("AWS::IAM::ManagedPolicy"))
			properties.add("ManagedPolicyName", textValue(name))
			properties.add("PolicyDocument", d.tree)
		}
		res.add("Properties", &properties.Value)
		resources.add(name, &res.Value)
	}
	var t objectValue
	t.add("AWSTemplateFormatVersion", textValue("2010-09-09"))
	t.add("Resources", &resources.Value)
	return &t.Value
}

func writeYAML(m maker, fsys fstest.MapFS, docs map[string]written) {
	fsys["yaml/template.yaml"] = &fstest.MapFile{Data: []byte("---" + m.yamlTemplate(template(docs)) + "\n")}
}

func writeJSON(_ maker, fsys fstest.MapFS, docs map[string]written) {
	fsys["json/template.json"] = &fstest.MapFile{Data: []byte(template(docs).JSON())}
}

// documentsIn are the documents read of a unit or of the files of a folder.
func documentsIn(l *scanner.Loaded, dir string) map[string]*iam.Document {
	out := map[string]*iam.Document{}
	for _, u := range l.Model.Units {
		if u.Name != dir && path.Dir(u.Name) != dir {
			continue
		}
		for _, p := range u.Policies {
			out[p.Name.Value] = p.Document
		}
		for _, p := range u.ResourcePolicies {
			out[p.Name.Value] = p.Document
		}
		for _, id := range u.Identities {
			if id.Kind == model.Role && id.Trust != nil {
				out[id.Name.Value] = id.Trust
			}
		}
	}
	return out
}

// saidBy writes all that a document says, without places and with the members
// of objects in one order.
func saidBy(d *iam.Document) []string {
	out := []string{fmt.Sprintf("kind %v, version %s, id %s, invalid %v, unknown %v %s",
		d.Kind, said(d.Version), said(d.ID), d.Invalid, d.Unknown, d.Reason)}
	for _, st := range d.Statements {
		out = append(out, fmt.Sprintf("%d sid %s, effect %v, literal %v, maybe %v, unread %v",
			st.Index, said(st.Sid), st.Effect, st.LiteralVariables, st.Maybe, st.Unread),
			fmt.Sprintf("not %v actions %s", st.NotAction, said(st.Actions...)),
			fmt.Sprintf("has %v, not %v resources %s", st.HasResource, st.NotResource, said(st.Resources...)))
		var members []string
		for _, p := range st.Principals {
			members = append(members, fmt.Sprintf("has %v, not %v principal %v %s", st.HasPrincipal, st.NotPrincipal, p.Kind, said(p.Value)))
		}
		for _, c := range st.Conditions {
			members = append(members, fmt.Sprintf("%s of %s: %s, empty %v", said(c.Operator), said(c.Key), said(c.Values...), c.EmptyList))
		}
		slices.Sort(members)
		out = append(out, members...)
	}
	var faults []string
	for _, f := range d.Faults {
		faults = append(faults, fmt.Sprintf("fault %s, fatal %v, void %v", f.Message, f.Fatal, f.Void))
	}
	slices.Sort(faults)
	return append(out, faults...)
}

func said(list ...source.String) string {
	var b strings.Builder
	for _, s := range list {
		fmt.Fprintf(&b, "%q (known %v) ", s.Value, s.Known)
	}
	return b.String()
}

func randomDocuments(m maker, n int) map[string]written {
	docs := map[string]written{}
	for i := range n {
		kind := choose(m, iam.IdentityDocument, iam.TrustDocument, iam.ResourceDocument)
		docs[fmt.Sprintf("d%03d", i)] = written{kind, m.document(kind)}
	}
	return docs
}

// TestSpellingsOfOneDocumentAgree holds that a document says the same in
// every syntax in which the parsers read it.
func TestSpellingsOfOneDocumentAgree(t *testing.T) {
	m := maker{rand.New(rand.NewPCG(1, 2))}
	docs, fsys := randomDocuments(m, 300), fstest.MapFS{}
	for _, s := range spellings() {
		s.write(m, fsys, docs)
	}
	files := slices.Sorted(maps.Keys(fsys))
	l, err := scanner.Read(context.Background(), scanner.Config{FS: fsys, Files: files, Parsers: parsers(), Version: "test"})
	if err != nil || !l.Complete() {
		t.Fatalf("the spellings are read whole: %v, %v", err, l.Diagnostics)
	}
	reference := documentsIn(l, spellings()[0].dir)
	for _, s := range spellings() {
		got := documentsIn(l, s.dir)
		if len(got) != len(docs) {
			t.Errorf("%s: %d documents read, %d written", s.name, len(got), len(docs))
		}
		for _, name := range slices.Sorted(maps.Keys(docs)) {
			compareSpellings(t, s.name, docs[name], reference[name], got[name])
		}
		if t.Failed() {
			return
		}
	}
}

func compareSpellings(t *testing.T, name string, w written, want, got *iam.Document) {
	t.Helper()
	if want == nil || got == nil || want.Kind != w.kind {
		t.Errorf("%s: read %v and %v of %s", name, want, got, w.tree.JSON())
		return
	}
	if a, b := saidBy(want), saidBy(got); !slices.Equal(a, b) {
		t.Errorf("%s reads another document (-bare JSON +%s):\n%s\n%s", name, name, cmp.Diff(a, b), w.tree.JSON())
		return
	}
	if a, b := answersOf(want), answersOf(got); !slices.Equal(a, b) {
		t.Errorf("%s decides otherwise:\n%s\n%s", name, cmp.Diff(a, b), w.tree.JSON())
	}
}
