package terraform_test

import (
	"context"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/iamwatch/iamwatch/parsers/terraform"
	"github.com/iamwatch/iamwatch/scanner"
	"github.com/iamwatch/iamwatch/scanner/access"
	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// readTree parses the configuration files of a file system.
func readTree(t testing.TB, env *scanner.Env, only ...string) ([]*model.Unit, []source.Diagnostic) {
	t.Helper()
	p := terraform.New()
	var files []*source.Source
	err := fs.WalkDir(env.FS, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.Contains(name, ".terraform/") {
			return err
		}
		data, err := fs.ReadFile(env.FS, name)
		if err != nil {
			return err
		}
		f := source.New(name, data)
		if p.Match(f) && (len(only) == 0 || underAny(name, only)) {
			files = append(files, f)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	var units []*model.Unit
	var diags []source.Diagnostic
	for _, job := range p.Plan(env, files) {
		parsed := job(context.Background())
		units = append(units, parsed.Units...)
		diags = append(diags, parsed.Diagnostics...)
	}
	return units, diags
}

func underAny(name string, dirs []string) bool {
	for _, d := range dirs {
		if path.Dir(name) == d {
			return true
		}
	}
	return false
}

const sampleDir = "../../testdata/samples/terraform"

func readSample(t *testing.T) *model.Unit {
	t.Helper()
	units, diags := readTree(t, &scanner.Env{FS: os.DirFS(sampleDir), Jobs: 2})
	if len(diags) != 0 || len(units) != 1 || len(units[0].Unresolved) != 0 {
		t.Fatalf("%d units, diagnostics %v", len(units), diags)
	}
	model.Link(&model.Model{Units: units}, "123456789012")
	return units[0]
}

// TestSampleIsTheExportedAccount: the configuration gives the 21 entities of
// the account's export.
func TestSampleIsTheExportedAccount(t *testing.T) {
	got := map[string][]string{}
	u := readSample(t)
	for _, id := range u.Identities {
		facts := []string{}
		for _, p := range id.Inline {
			facts = append(facts, "inline "+p.Name.Value+"\n"+canonical(u, p.Document))
		}
		for _, a := range id.Managed {
			facts = append(facts, "managed "+lastPart(a.Policy.Value.Value))
		}
		if id.Boundary != nil {
			facts = append(facts, "boundary "+lastPart(id.Boundary.Policy.Value.Value))
		}
		for _, g := range id.GroupsOf {
			facts = append(facts, "group "+g.Name.Value)
		}
		for _, p := range id.Profiles {
			facts = append(facts, "profile "+p.Name.Value)
		}
		if id.Trust != nil {
			facts = append(facts, "trust\n"+canonical(u, id.Trust))
		}
		got[id.Kind.String()+" "+model.FullName(id.Entity)] = facts
	}
	for _, p := range u.Policies {
		got["policy "+model.FullName(p.Entity)] = []string{canonical(u, p.Document)}
	}
	want := exportedAccount(t, u)
	if len(want) != 21 {
		t.Fatalf("the export holds %d entities", len(want))
	}
	for _, m := range []map[string][]string{got, want} {
		for _, facts := range m {
			slices.Sort(facts)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-export +terraform:\n%s", diff)
	}
}

func lastPart(arn string) string { return arn[strings.LastIndexByte(arn, '/')+1:] }

func canonical(u *model.Unit, d *iam.Document) string {
	var out []string
	for _, s := range d.Statements {
		out = append(out, s.Sid.Value+" "+access.Canonical(u, s))
	}
	slices.Sort(out)
	return strings.Join(out, "\n")
}

// exportedAccount reads the facts of the export.
func exportedAccount(t *testing.T, u *model.Unit) map[string][]string {
	t.Helper()
	data, err := os.ReadFile("../../testdata/samples/live/account-authorization-details.json")
	if err != nil {
		t.Fatal(err)
	}
	root, diags := source.ReadJSON(source.New("x.json", data).Text())
	if len(diags) != 0 {
		t.Fatal(diags)
	}
	out := map[string][]string{}
	for _, kind := range []string{"User", "Group", "Role"} {
		for _, v := range root.Get(kind + "DetailList").Elements() {
			facts := []string{}
			for _, p := range v.Get(kind + "PolicyList").Elements() {
				facts = append(facts, "inline "+p.Get("PolicyName").Text().Value+"\n"+canonical(u, iam.Read(p.Get("PolicyDocument"), iam.IdentityDocument)))
			}
			for _, p := range v.Get("AttachedManagedPolicies").Elements() {
				facts = append(facts, "managed "+lastPart(p.Get("PolicyArn").Text().Value))
			}
			if b := v.Get("PermissionsBoundary"); b != nil {
				facts = append(facts, "boundary "+lastPart(b.Get("PermissionsBoundaryArn").Text().Value))
			}
			for _, g := range v.Get("GroupList").Elements() {
				facts = append(facts, "group "+g.Text().Value)
			}
			for _, p := range v.Get("InstanceProfileList").Elements() {
				facts = append(facts, "profile "+p.Get("InstanceProfileName").Text().Value)
			}
			if d := v.Get("AssumeRolePolicyDocument"); d != nil {
				facts = append(facts, "trust\n"+canonical(u, iam.Read(d, iam.TrustDocument)))
			}
			name := strings.TrimPrefix(v.Get("Path").Text().Value+v.Get(kind+"Name").Text().Value, "/")
			out[strings.ToLower(kind)+" "+name] = facts
		}
	}
	for _, p := range root.Get("Policies").Elements() {
		if strings.Contains(p.Get("Arn").Text().Value, ":aws:policy") {
			continue
		}
		name := strings.TrimPrefix(p.Get("Path").Text().Value+p.Get("PolicyName").Text().Value, "/")
		doc := p.Get("PolicyVersionList").Elements()[0].Get("Document")
		out["policy "+name] = []string{canonical(u, iam.Read(doc, iam.IdentityDocument))}
	}
	return out
}

// TestPlantedTokensAreLocated: the range of a token of the sample holds the
// token, or the expression that brings it and then the origin the token.
func TestPlantedTokensAreLocated(t *testing.T) {
	u := readSample(t)
	for _, tc := range []struct{ id, value, place, text, origin string }{
		{"E01 action", "cloudwatch:*", "users.tf:23:20", `"cloudwatch:*"`, ""},
		{"E02 action", "cloudwatch:*", "roles.tf:198:20", `"${statement.value}:*"`, `"cloudwatch"`},
		{"E03 action", "cloudwatch:DeleteAlarms", "users.tf:66:13", `"cloudwatch:DeleteAlarms"`, ""},
		{"E04 principal", "arn:" + source.Hole(source.HolePartition, "") + ":iam::999988887777:root", "roles.tf:21:22", `"arn:${local.partition}:iam::${var.vendor_account_id}:root"`, `"999988887777"`},
		{"E06 principal", "*", "roles.tf:158:19", `"*"`, ""},
		{"E06 action", "cloudwatch:PutMetricStream", "roles.tf:171:74", `"cloudwatch:PutMetricStream"`, ""},
		{"E07 condition", "repo:acme/*", "roles.tf:68:19", `"repo:${var.org}/*"`, `"acme"`},
		{"E09 principal", "*", "telemetry.tf:38:22", `"*"`, ""},
		{"E10 action", "iam:*", "policies/almost-admin.json:7:21", `"iam:*"`, ""},
		{"E14 action", "logs:*", "modules/service-role/main.tf:26:17", "var.actions", `"logs:*"`},
		{"E16 principal", "arn:aws:iam::111122223333:root", "policies/account-trust.json.tftpl:6:29", `"arn:aws:iam::${account_id}:root"`, `"111122223333"`},
	} {
		t.Run(tc.id, func(t *testing.T) {
			for _, s := range tokens(u) {
				if s.Value == tc.value && s.Range.String() == tc.place {
					if s.Range.Text() != tc.text || s.Origin.Text() != tc.origin {
						t.Errorf("text %q, origin %q; want %q, %q", s.Range.Text(), s.Origin.Text(), tc.text, tc.origin)
					}
					return
				}
			}
			t.Errorf("no token %q at %s", tc.value, tc.place)
		})
	}
}

// tokens are all strings of a unit's statements.
func tokens(u *model.Unit) []source.String {
	var out []source.String
	add := func(d *iam.Document) {
		if d == nil {
			return
		}
		for _, s := range d.Statements {
			out = append(append(out, s.Actions...), s.Resources...)
			for _, p := range s.Principals {
				out = append(out, p.Value)
			}
			for _, c := range s.Conditions {
				out = append(out, c.Values...)
			}
		}
	}
	for _, id := range u.Identities {
		add(id.Trust)
		for _, p := range id.Inline {
			add(p.Document)
		}
	}
	for _, p := range u.Policies {
		add(p.Document)
	}
	for _, p := range u.ResourcePolicies {
		add(p.Document)
	}
	return out
}

// fixtures are the directories of testdata.
func fixtures() fs.FS { return os.DirFS("testdata") }
