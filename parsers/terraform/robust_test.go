package terraform_test

import (
	"context"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/iamwatch/iamwatch/parsers/terraform"
	"github.com/iamwatch/iamwatch/scanner"
	"github.com/iamwatch/iamwatch/scanner/source"
)

func TestMatchGoesByName(t *testing.T) {
	p := terraform.New()
	for name, want := range map[string]bool{
		"a/main.tf": true, "main.tf.json": true, "x.tofu": true, "x.tofu.json": true, "x_override.tf": true,
		"a.tftest.hcl": false, "terraform.tfvars": false, "x.json": false, "x.tf.bak": false, ".hidden.tf": false, "tf": false,
	} {
		if got := p.Match(source.New(name, nil)); got != want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// TestFaultsHideNothing: what is wrong with one file or block is told with
// its place, and all the rest is read.
func TestFaultsHideNothing(t *testing.T) {
	const good = `resource "aws_iam_user" "good" { name = "good" }` + "\n"
	for _, tc := range []struct {
		name  string
		files map[string]string
		want  []string // diagnostics: place and the start of the message
	}{
		{"another file is broken", map[string]string{"good.tf": good, "bad.tf": "resource \"aws_iam_user\" \"x\" {\n  name = \n}\n"}, []string{"bad.tf:2:10: invalid expression"}},
		{"a block behind is broken", map[string]string{"a.tf": good + "resource \"aws_iam_role\" \"x\" {\n  name = \"a\n}\n"}, []string{"a.tf:3:12: invalid multi-line string"}},
		{"a quote is not closed", map[string]string{"a.tf": good + "resource \"aws_iam_role\" \"x\" {\n  name = \"a\n  path = \"b\"\n}\n\nlocals {\n\n  a = \"b\"\n}\n"}, []string{"a.tf:3:12: invalid multi-line string"}},
		{"unclosed", map[string]string{"a.tf": good + "locals {\n"}, []string{"a.tf:2:8: unclosed configuration block"}},
		{"JSON breaks off", map[string]string{"a.tf": good, "b.tf.json": `{"resource": {"aws_iam_user": {"x": {"name": "x"`}, []string{"b.tf.json:1:49: read JSON"}},
		{"forged marks", map[string]string{"a.tf": good, "b.tf": "locals { x = \"\uFDD0self:\uFDD1\" }"}, []string{"b.tf:1:1: the noncharacters"}},
		{"brackets", map[string]string{"a.tf": good, "b.tf": "locals { x = " + strings.Repeat("[", 200_000)}, []string{"b.tf:1:1: parse file: limit"}},
		{"cycle of locals", map[string]string{"a.tf": good + "locals {\n  b = local.a\n  a = \"${local.c}x\"\n  c = [local.b]\n}\nresource \"aws_iam_user\" \"x\" { name = local.b }\n"}, []string{"a.tf:3:3: cycle: local.a -> local.c -> local.b -> local.a"}},
		{"cycle inside a document", map[string]string{"a.tf": good + "locals {\n  a = [local.b]\n  b = local.a[0]\n}\nresource \"aws_iam_policy\" \"x\" {\n  name = \"x\"\n  policy = jsonencode({ Statement = local.a })\n}\n"}, []string{"a.tf:4:3: cycle: local.b -> local.b"}},
		{"module is not there", map[string]string{"a.tf": good + "module \"m\" {\n  source = \"./nowhere\"\n}\n"}, []string{"a.tf:3:12: the directory of module \"m\" holds no configuration"}},
		{"module outside", map[string]string{"a.tf": good + "module \"m\" {\n  source = \"../../m\"\n}\n"}, []string{"a.tf:3:12: the directory of module \"m\" lies outside the repository root: set --repo-root"}},
		{"module calls itself", map[string]string{"a.tf": good + "module \"m\" {\n  source = \"./\"\n}\n"}, []string{"a.tf:2:1: cycle: module \"m\" in . calls itself"}},
		{"policy is no JSON", map[string]string{"a.tf": good + "resource \"aws_iam_policy\" \"x\" {\n  name = \"x\"\n  policy = <<EOT\n{\n  \"Version\": oops\n}\nEOT\n}\n"}, []string{"a.tf:6:14: read JSON"}},
		{"unknown function", map[string]string{"a.tf": good + "resource \"aws_iam_user\" \"x\" { name = nowhere(1) }\n"}, nil},
		{"principal of no type", map[string]string{"a.tf": good + "data \"aws_iam_policy_document\" \"d\" {\n  statement {\n    principals {\n      type = { a = 1 }\n      identifiers = [\"*\"]\n    }\n    principals {\n      type = [\"AWS\"]\n      identifiers = [\"*\"]\n    }\n  }\n}\nresource \"aws_iam_policy\" \"x\" { policy = data.aws_iam_policy_document.d.json }\n"}, nil},
		{"wrong argument", map[string]string{"a.tf": good + "resource \"aws_iam_user\" \"x\" { name = length(1) }\n"}, nil},
		{"byte order mark", map[string]string{"a.tf": "\uFEFF" + good}, nil},
		{"odd blocks", map[string]string{"a.tf": good + "resource {}\ndata \"x\" {}\nvariable {}\nmodule \"a\" \"b\" {}\nterraform {}\nimport {\n to = a.b\n id = \"x\"\n}\nremoved {\n from = a.b\n}\n"}, []string{
			"a.tf:2:1: a resource block takes 2 labels, not 0: it is not read",
			"a.tf:3:1: a data block takes 2 labels, not 1: it is not read",
			"a.tf:4:1: a variable block takes 1 labels, not 0: it is not read",
			"a.tf:5:1: a module block takes 1 labels, not 2: it is not read"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			units, diags := readTree(t, files(tc.files))
			found := false
			for _, u := range units {
				for _, id := range u.Identities {
					found = found || id.Name.Value == "good"
				}
			}
			if !found {
				t.Error("the good user is gone")
			}
			var got []string
			for i, d := range diags {
				if d.Warning {
					t.Errorf("%s: the run would count as complete", d)
				}
				text := d.Error()
				if i < len(tc.want) && strings.HasPrefix(text, tc.want[i]) {
					text = tc.want[i]
				}
				got = append(got, text)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestDirectoriesThatCallOneAnother: a circle has a root all the same.
func TestDirectoriesThatCallOneAnother(t *testing.T) {
	units, diags := readTree(t, files(map[string]string{
		"a/main.tf": "module \"b\" { source = \"../b\" }\nresource \"aws_iam_user\" \"a\" { name = \"a\" }",
		"b/main.tf": "module \"a\" { source = \"../a\" }\nresource \"aws_iam_user\" \"b\" { name = \"b\" }",
	}))
	if len(units) != 1 || len(units[0].Identities) != 2 || len(diags) != 1 {
		t.Errorf("%d units, diagnostics %v", len(units), diags)
	}
}

// TestRootsAndModules: a directory that another one calls is read through
// its callers only, also when it was not among the given files.
func TestRootsAndModules(t *testing.T) {
	env := files(map[string]string{
		"live/a/main.tf":                         "module \"m\" {\n source = \"../../mods/m\"\n name = \"a\"\n}\n",
		"live/b/main.tf":                         "module \"m\" {\n source = \"../../mods/m\"\n name = \"b\"\n}\nmodule \"far\" {\n source = \"registry/far/aws\"\n}\nresource \"aws_iam_user_policy_attachment\" \"x\" {\n user = module.far.user\n policy_arn = \"arn:aws:iam::aws:policy/ReadOnlyAccess\"\n}\n",
		"live/b/.terraform/modules/modules.json": `{"Modules": [{"Key": "", "Dir": "."}, {"Key": "far", "Source": "registry.terraform.io/registry/far/aws", "Dir": ".terraform/modules/far"}, {"Key": "far.in", "Dir": ".terraform/modules/far/in"}]}`,
		"live/b/.terraform/modules/far/main.tf":  "module \"in\" {\n source = \"other/in/aws\"\n}\noutput \"user\" { value = module.in.user }\n",
		"live/b/.terraform/modules/far/in/in.tf": "resource \"aws_iam_user\" \"u\" { name = \"far\" }\noutput \"user\" { value = aws_iam_user.u.name }\n",
		"mods/m/main.tf":                         "variable \"name\" {}\nresource \"aws_iam_user\" \"u\" { name = var.name }\n",
		"mods/unused/main.tf":                    "variable \"name\" {}\nresource \"aws_iam_user\" \"u\" { name = \"unused-${var.name}\" }\n",
	})
	for _, given := range [][]string{nil, {"live/a", "live/b", "mods/unused"}} {
		units, diags := readTree(t, env, given...)
		if len(diags) != 0 {
			t.Fatal(diags)
		}
		var got []string
		for _, u := range units {
			for _, id := range u.Identities {
				got = append(got, u.Name+" "+id.Address+" "+id.Name.Show())
			}
			for _, a := range u.Attachments {
				got = append(got, u.Name+" attaches to "+a.To.Address)
			}
			if len(u.Unresolved) != 0 {
				t.Errorf("unresolved %v", u.Unresolved)
			}
		}
		want := []string{
			"live/a module.m.aws_iam_user.u a",
			"live/b module.far.module.in.aws_iam_user.u far",
			"live/b module.m.aws_iam_user.u b",
			"live/b attaches to module.far.module.in.aws_iam_user.u",
			"mods/unused aws_iam_user.u unused-${var.name}",
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	}
}

// TestBounds: a hostile configuration meets a bound with a diagnostic, soon,
// and what stands beside it is read.
func TestBounds(t *testing.T) {
	if testing.Short() {
		t.Skip("hostile configurations take some seconds")
	}
	const good = "resource \"aws_iam_user\" \"good\" { name = \"good\" }\n"
	use := func(expr string) string {
		return good + "resource \"aws_iam_policy\" \"x\" {\n name = \"x\"\n policy = jsonencode({ Version = \"2012-10-17\", Statement = [{ Effect = \"Allow\", Action = " + expr + ", Resource = \"*\" }] })\n}\n"
	}
	towers := func(first, next string, n int) string {
		var b strings.Builder
		b.WriteString("locals {\n v0 = " + first + "\n")
		for i := 1; i <= n; i++ {
			fmt.Fprintf(&b, " v%d = %s\n", i, strings.ReplaceAll(next, "@", fmt.Sprintf("local.v%d", i-1)))
		}
		return b.String() + "}\n"
	}
	chain := map[string]string{"main.tf": good + "module \"m\" { source = \"./m0\" }\n"}
	fan := map[string]string{"main.tf": good + "module \"m\" { source = \"./m0\" }\n"}
	for i := range 40 {
		name := fmt.Sprintf("m%d/main.tf", i)
		chain[name] = fmt.Sprintf("module \"m\" { source = \"../m%d\" }\n", i+1)
		if i < 12 {
			for j := range 10 {
				fan[name] += fmt.Sprintf("module \"m%d\" { source = \"../m%d\" }\n", j, i+1)
			}
		}
	}
	chain["m40/main.tf"], fan["m12/main.tf"] = "locals {}\n", "resource \"aws_iam_user\" \"u\" { name = \"u\" }\n"
	twice := map[string]string{"main.tf": good + "module \"m\" { source = \"./m0\" }\n", "m30/main.tf": "resource \"aws_iam_user\" \"u\" { name = \"u\" }\n"}
	for i := range 30 {
		twice[fmt.Sprintf("m%d/main.tf", i)] = fmt.Sprintf("module \"a\" { source = \"../m%d\" }\nmodule \"b\" { source = \"../m%d\" }\n", i+1, i+1)
	}
	for _, tc := range []struct {
		name  string
		files map[string]string
	}{
		{"range", map[string]string{"main.tf": use("range(1e9)")}},
		{"format", map[string]string{"main.tf": use(`format("%2000000000d", 1)`)}},
		{"setproduct", map[string]string{"main.tf": use("setproduct(range(1000), range(1000), range(1000))")}},
		{"nested for", map[string]string{"main.tf": use("[for a in range(1000) : [for b in range(1000) : [for c in range(1000) : a]]]")}},
		{"doubling text", map[string]string{"main.tf": towers(`"xxxxxxxx"`, `"${@}${@}"`, 60) + use("local.v60")}},
		{"doubling lists", map[string]string{"main.tf": towers(`["x"]`, `[@, @]`, 60) + use("flatten(local.v60)")}},
		{"doubling objects", map[string]string{"main.tf": towers(`{ a = "x" }`, `{ a = @, b = @ }`, 60) + use("jsonencode(local.v60)")}},
		{"many long texts", map[string]string{"main.tf": towers(`"xxxxxxxx"`, `"${@}${@}"`, 18) + use(`[for i in range(1000) : "${i}${local.v18}"]`)}},
		{"many long lists", map[string]string{"main.tf": use(`[for i in range(1000) : [for j in range(1000) : length(concat(range(1000), range(1000)))]]`)}},
		{"long chain", map[string]string{"main.tf": towers(`"x"`, "@", 20_000) + use("local.v20000")}},
		{"count", map[string]string{"main.tf": good + "resource \"aws_iam_user\" \"u\" {\n count = 1e9\n name = \"u${count.index}\"\n}\n"}},
		{"deep modules", chain},
		{"fan of modules", fan},
		{"dynamic", map[string]string{"main.tf": good + "data \"aws_iam_policy_document\" \"d\" {\n dynamic \"statement\" {\n  for_each = setproduct(range(300), range(300))\n  content {\n   actions = [\"a:b\"]\n   resources = [\"*\"]\n  }\n }\n}\nresource \"aws_iam_policy\" \"p\" {\n name = \"p\"\n policy = data.aws_iam_policy_document.d.json\n}\n"}},
		{"documents that double", map[string]string{"main.tf": good + doublingDocuments(40)}},
		{"long heredoc", map[string]string{"main.tf": good + "resource \"aws_iam_policy\" \"x\" {\n  policy = <<EOT\n" + strings.Repeat("{ \"Statement\": [] }\n", 60_000) + "EOT\n}\n"}},
		{"long number", map[string]string{"main.tf": use("[" + strings.Repeat("9", 1_000_000) + "]")}},
		{"many modules", map[string]string{"main.tf": good + "module \"m\" {\n source = \"./m\"\n count = 1e6\n}\n", "m/main.tf": manyUsers(30)}},
		{"two calls each", twice},
		{"every instance in each", map[string]string{"main.tf": good + "resource \"aws_iam_user\" \"u\" {\n count = 3000\n name = \"u${count.index}\"\n}\nresource \"aws_iam_policy\" \"p\" {\n count = 3000\n policy = jsonencode({ Statement = [{ Effect = \"Allow\", Action = \"a:b\", Resource = aws_iam_user.u[*].arn }] })\n}\n"}},
		{"lists that fail late", map[string]string{"main.tf": towers(`["x"]`, "concat(@, @)", 60) + use("local.v60")}},
		{"splats", map[string]string{"main.tf": use("local.a"), "b.tf": "locals {\n a = x" + strings.Repeat("[*]", 1_000_000) + "\n}\n"}},
		{"long reference", map[string]string{"main.tf": use("x" + strings.Repeat(".y", 100_000))}},
		{"template", map[string]string{"main.tf": use(`"%{for a in range(1000)}%{for b in range(1000)}x%{endfor}%{endfor}"`)}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			start := time.Now()
			units, diags := readTree(t, files(tc.files))
			if took := time.Since(start); took > 2*time.Minute { // a hang, not a busy machine
				t.Errorf("it took %s", took)
			}
			if len(diags) == 0 || diags[0].Range.IsZero() {
				t.Errorf("diagnostics %v", diags)
			}
			if len(units) != 1 || len(units[0].Identities) == 0 || !hasGood(units[0].Identities[0].Name.Value, len(units[0].Identities)) {
				t.Error("the good user is gone")
			}
		})
	}
}

// doublingDocuments are documents of which each holds the one before twice.
func doublingDocuments(n int) string {
	var b strings.Builder
	b.WriteString("data \"aws_iam_policy_document\" \"d0\" {\n  statement {\n    actions = [\"a:b\"]\n    resources = [\"*\"]\n  }\n}\n")
	for i := range n {
		fmt.Fprintf(&b, "data \"aws_iam_policy_document\" \"d%d\" {\n  source_policy_documents = [data.aws_iam_policy_document.d%d.json, data.aws_iam_policy_document.d%d.json]\n}\n", i+1, i, i)
	}
	fmt.Fprintf(&b, "resource \"aws_iam_policy\" \"x\" { policy = data.aws_iam_policy_document.d%d.json }\n", n)
	return b.String()
}

func hasGood(first string, n int) bool { return first == "good" || n > 1 }

// TestTowersEnd reads what doubles at every step: there are not as many
// things as ways to them.
func TestTowersEnd(t *testing.T) {
	tower := func(first, step string) string {
		var b strings.Builder
		b.WriteString(first)
		for i := 1; i < 30; i++ {
			fmt.Fprintf(&b, step, i, i-1)
		}
		return b.String()
	}
	for name, text := range map[string]string{
		"ways to a secret": tower(`resource "aws_iam_access_key" "k" { user = "u" }
output "x" { value = local.a29 }
locals { a0 = aws_iam_access_key.k.secret }
`, "locals { a%d = [local.a%[2]d, local.a%[2]d] }\n"),
		"parts of user data": tower(`resource "aws_instance" "i" { user_data = data.cloudinit_config.c29.rendered }
data "cloudinit_config" "c0" {
  part { content = "aws s3 ls" }
}
`, `data "cloudinit_config" "c%d" {
  part { content = data.cloudinit_config.c%[2]d.rendered }
  dynamic "part" {
    for_each = ["a", "b"]
    content { content = data.cloudinit_config.c%[2]d.rendered }
  }
}
`),
	} {
		t.Run(name, func(t *testing.T) {
			u := readOne(t, files(map[string]string{"main.tf": text}))
			for _, k := range u.AccessKeys {
				if len(k.Shown) != 1 {
					t.Errorf("the secret is shown at %v", k.Shown)
				}
			}
			for _, i := range u.Instances {
				if len(i.Needs) != 1 {
					t.Errorf("needs %v", i.Needs)
				}
			}
			if len(u.AccessKeys)+len(u.Instances) != 1 {
				t.Error("there is neither key nor instance")
			}
		})
	}
}

// TestFilesStayInside: nothing outside the file system is read, and nothing
// of a file that is too large.
func TestFilesStayInside(t *testing.T) {
	for _, expr := range []string{`file("../../secret.json")`, `file("/secret.json")`, `templatefile("../../secret.json", {})`, `file("nowhere.json")`} {
		u := readOne(t, files(map[string]string{"main.tf": "resource \"aws_iam_policy\" \"x\" {\n name = \"x\"\n policy = " + expr + "\n}\n"}))
		if d := u.Policies[0].Document; d == nil || !d.Unknown {
			t.Errorf("%s: %v", expr, d)
		}
		if len(u.Unresolved) != 1 {
			t.Errorf("%s: unresolved %v", expr, u.Unresolved)
		}
	}
}

func TestACancelledJobEnds(t *testing.T) {
	env := files(map[string]string{"main.tf": "resource \"aws_iam_user\" \"u\" { name = \"u\" }\n"})
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	f := source.New("main.tf", []byte("resource \"aws_iam_user\" \"u\" { name = \"u\" }\n"))
	for _, job := range terraform.New().Plan(env, []*source.Source{f}) {
		if got := job(ctx); len(got.Units) != 1 || len(got.Units[0].Identities) != 0 {
			t.Errorf("units %v", got.Units)
		}
	}
}

// FuzzParse looks for panics and hangs in configurations of one file.
func FuzzParse(f *testing.F) {
	seeds, err := fs.Glob(fixtures(), "*/*.tf")
	if err != nil || len(seeds) == 0 {
		f.Fatal(err)
	}
	for _, name := range seeds {
		data, err := fs.ReadFile(fixtures(), name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(data), false)
	}
	f.Add(`{"resource": {"aws_iam_policy": {"p": {"policy": "${jsonencode({})}"}}}}`, true)
	f.Fuzz(func(t *testing.T, text string, isJSON bool) {
		name := "main.tf"
		if isJSON {
			name += ".json"
		}
		fsys := fstest.MapFS{name: {Data: []byte(text)}}
		for _, job := range terraform.New().Plan(&scanner.Env{FS: fsys, Jobs: 1}, []*source.Source{source.New(path.Clean(name), []byte(text))}) {
			job(context.Background())
		}
	})
}

func manyUsers(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "resource \"aws_iam_user\" \"u%d\" { name = \"u%d\" }\n", i, i)
	}
	return b.String()
}

// TestTablesAreReadWhole: what a table of data makes is bounded by the size of
// the table, not by that of the few lines that read it.
func TestTablesAreReadWhole(t *testing.T) {
	const rows = 1_500
	var table strings.Builder
	table.WriteString("name,team\n")
	for i := range rows {
		fmt.Fprintf(&table, "user%d,team%d\n", i, i%20)
	}
	units, diags := readTree(t, files(map[string]string{
		"users.csv": table.String(),
		"main.tf": `locals {
  users = { for u in csvdecode(file("users.csv")) : u.name => u }
}
resource "aws_iam_user" "u" {
  for_each = local.users
  name     = each.key
  tags     = { team = each.value.team }
}
resource "aws_iam_group" "g" {
  for_each = toset([for u in local.users : u.team])
  name     = each.key
}
resource "aws_iam_user_group_membership" "m" {
  for_each = local.users
  user     = aws_iam_user.u[each.key].name
  groups   = [aws_iam_group.g[each.value.team].name]
}
`}))
	if len(diags) != 0 || len(units) != 1 {
		t.Fatalf("%d units, %v", len(units), diags)
	}
	if n, m := len(units[0].Identities), len(units[0].Memberships); n != rows+20 || m != rows {
		t.Errorf("%d identities, %d memberships", n, m)
	}
}
