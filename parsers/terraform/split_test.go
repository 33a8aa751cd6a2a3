package terraform

import (
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// TestSplit holds the blocks that are told by their braces to those of the
// parser, over every fixture and every text of random pieces that it accepts.
func TestSplit(t *testing.T) {
	for _, name := range nativeFiles(t) {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		checkSplit(t, text)
	}
	random := rand.New(rand.NewPCG(1, 2))
	accepted := 0
	for range 30_000 {
		if text := randomText(random); checkSplit(t, []byte(text)) && strings.Contains(text, "{") {
			accepted++
		}
	}
	if accepted < 3000 {
		t.Errorf("the parser accepts %d of the texts only", accepted)
	}
}

func nativeFiles(t *testing.T) []string {
	var out []string
	for _, root := range []string{"testdata", "../../testdata", "../../rules"} {
		err := filepath.WalkDir(root, func(name string, _ fs.DirEntry, err error) error {
			if filepath.Ext(name) == ".tf" {
				out = append(out, name)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(out) < 50 {
		t.Fatalf("found %d files only", len(out))
	}
	return out
}

// randomText is a block whose body is made of pieces that are hard to tell
// apart, with another block behind it.
func randomText(r *rand.Rand) string {
	pieces := []string{
		"a = \"", "\"", "\"", "${", "}", "}", "%{", "{", "[", "]", "(", ")", "$", "$$", "%%{", "$${", "\\\"", "\\\\", "\\n", "\n", "\n", "\n",
		"# c }\n", "// {\n", "/* } */", "b = <<E\n", "c = <<-E\n", "E\n", "  E\n", "E", "<<", "1", "x", " ", "d = 1\n", "e {\n", "f { }\n",
		"g = \"${{ a = \"}\" }.a ~}\"\n", "h = [\n1,\n]\n", "\r\n", "é", "~", "if true}", "endif}", "source = \"./m\"\n",
	}
	var b strings.Builder
	b.WriteString(oneText(r, "module \"m\" {\n", "resource \"t\" \"n\" {\n", "locals {", "x y z {\n"))
	for range r.IntN(9) {
		b.WriteString(pieces[r.IntN(len(pieces))])
	}
	b.WriteString(oneText(r, "}\n", "\n}", "\n}\n"))
	b.WriteString(oneText(r, "", "locals {\n  z = 1\n}\n", "# end"))
	return b.String()
}

func oneText(r *rand.Rand, of ...string) string { return of[r.IntN(len(of))] }

// checkSplit reports whether the parser accepts the text.
func checkSplit(t *testing.T, text []byte) bool {
	t.Helper()
	whole, diags := hclsyntax.ParseConfig(text, "x.tf", hcl.InitialPos)
	if diags.HasErrors() {
		split(text) // does not panic
		return false
	}
	chunks, rest := split(text)
	var got []string
	for _, c := range chunks {
		parsed, diags := hclsyntax.ParseConfig(text[c.start:c.end], "x.tf", hcl.Pos{Line: 1, Column: 1, Byte: c.start})
		if diags.HasErrors() {
			t.Fatalf("split off %q: %v", text[c.start:c.end], diags)
		}
		for _, b := range parsed.Body.(*hclsyntax.Body).Blocks {
			checkHead(t, c, b)
			got = append(got, describeBlock(b))
		}
	}
	if rest < len(text) {
		parsed, _ := hclsyntax.ParseConfig(text[rest:], "x.tf", hcl.Pos{Line: 1, Column: 1, Byte: rest})
		for _, b := range parsed.Body.(*hclsyntax.Body).Blocks {
			got = append(got, describeBlock(b))
		}
	}
	var want []string
	for _, b := range whole.Body.(*hclsyntax.Body).Blocks {
		want = append(want, describeBlock(b))
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Fatalf("blocks of %q (-parser +split):\n%s", text, d)
	}
	return true
}

func checkHead(t *testing.T, c chunk, b *hclsyntax.Block) {
	t.Helper()
	if d := cmp.Diff(append([]string{b.Type}, b.Labels...), append([]string{c.kind}, c.labels...)); d != "" {
		t.Errorf("head (-parser +split):\n%s", d)
	}
	if source := literalText(b.Body.Attributes["source"]); c.kind == "module" && !c.unclear && c.source != source {
		t.Errorf("source %q, the parser has %q", c.source, source)
	}
}

func describeBlock(b *hclsyntax.Block) string {
	return fmt.Sprint(b.Type, b.Labels, b.TypeRange.Start.Byte, b.CloseBraceRange.End.Byte, len(b.Body.Attributes), len(b.Body.Blocks))
}

func TestSplitHeads(t *testing.T) {
	tests := []struct {
		name, text string
		want       []chunk
		rest       string // what is left whole
	}{
		{"blocks", "\uFEFFlocals {}\n/* { */ a b \"c\" { # }\n}", []chunk{{kind: "locals"}, {kind: "a", labels: []string{"b", "c"}}}, ""},
		{"source", "module \"m\" {\n  source = \"./a\" # it\n}\n", []chunk{{kind: "module", labels: []string{"m"}, source: "./a"}}, ""},
		{"nested source", "module \"m\" {\n  x = {\n    source = \"./b\"\n  }\n  source = \"./a\"\n}\n", []chunk{{kind: "module", labels: []string{"m"}, source: "./a"}}, ""},
		{"source on the first line", "module \"m\" { source = \"./a\" }\n", []chunk{{kind: "module", labels: []string{"m"}, source: "./a", unclear: true}}, ""},
		{"no source", "module \"m\" {\n}\n", []chunk{{kind: "module", labels: []string{"m"}, unclear: true}}, ""},
		{"computed source", "module \"m\" {\n source = \"./${1}\"\n}\n", []chunk{{kind: "module", labels: []string{"m"}, unclear: true}}, ""},
		{"escaped label", "locals {}\na \"\\u0062\" {}\n", []chunk{{kind: "locals"}}, "a \"\\u0062\" {}\n"},
		{"two on a line", "a {} b {}\nc {}\n", nil, "a {} b {}\nc {}\n"},
		{"argument", "a {}\nb = 1\nc {}\n", []chunk{{kind: "a"}}, "b = 1\nc {}\n"},
		{"not closed", "a {}\nb {\nc {}\n", []chunk{{kind: "a"}}, "b {\nc {}\n"},
		{"quote not closed", "a {}\nb {\nx = \"\n}\nc {}\n", []chunk{{kind: "a"}}, "b {\nx = \"\n}\nc {}\n"},
		{"heredoc not closed", "a {\nx = <<E\n}\n", nil, "a {\nx = <<E\n}\n"},
		{"comment not closed", "a {\n}\n/* b {}\n", []chunk{{kind: "a"}}, "/* b {}\n"},
		{"not UTF-8", "a {}\n# \xff\n", nil, "a {}\n# \xff\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, rest := split([]byte(tt.text))
			for i := range got {
				got[i].start, got[i].end = 0, 0
			}
			if d := cmp.Diff(tt.want, got, cmp.AllowUnexported(chunk{})); d != "" {
				t.Errorf("blocks (-want +got):\n%s", d)
			}
			if tt.text[rest:] != tt.rest {
				t.Errorf("left %q, want %q", tt.text[rest:], tt.rest)
			}
		})
	}
}

func TestMentionIn(t *testing.T) {
	text := `x = var.a.b
	y = [for u in aws_iam_user.all : "${u.name} ${u.c.d}"]
	z = aws_iam_role.r[0].e, values(aws_iam_role.r)[*].f, local.g, data.aws_x.h.i, aws_x.y.*.j 0.5 ... .`
	got := map[string]bool{}
	mentionIn([]byte(text), got)
	want := map[string]bool{"b": true, "name": true, "c": true, "d": true, "e": true, "f": true, "h": true, "i": true, "j": true}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("names (-want +got):\n%s", d)
	}
}
