package tfplan_test

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/iamwatch/iamwatch/parsers/tfplan"
	"github.com/iamwatch/iamwatch/scanner"
	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// parse reads one plan or state beside the files of a directory.
func parse(t *testing.T, text string, files map[string]string) scanner.Parsed {
	t.Helper()
	fsys := fstest.MapFS{"plan.json": {Data: []byte(text)}}
	for name, content := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(content)}
	}
	jobs := tfplan.New().Plan(&scanner.Env{FS: fsys, Jobs: 1}, []*source.Source{source.New("plan.json", []byte(text))})
	if len(jobs) != 1 {
		t.Fatalf("%d jobs", len(jobs))
	}
	return jobs[0](context.Background())
}

// only is the one unit of what was read without a diagnostic.
func only(t *testing.T, p scanner.Parsed) *model.Unit {
	t.Helper()
	if len(p.Diagnostics) > 0 || len(p.Units) != 1 {
		t.Fatalf("%d units, %v", len(p.Units), p.Diagnostics)
	}
	return p.Units[0]
}

func TestMatch(t *testing.T) {
	archive := "PK\x03\x04" + strings.Repeat("\x00", 22) + "\x06\x00\x00\x00tfplan"
	for text, want := range map[string]bool{
		`{"format_version":"1.2","terraform_version":"1.11.4","planned_values":{}}`:           true,
		`{"applyable":true,"format_version":"1.2","resource_changes":[]}`:                     true,
		"\uFEFF{\"format_version\":\"1.0\",\"terraform_version\":\"1.9.0\"}":                  true,
		`{"version":4,"terraform_version":"1.9.0","serial":1,"lineage":"x"}`:                  true,
		`{"serial":1,"lineage":"x","meta":{},"encrypted_data":"x","encryption_version":"v0"}`: true,
		archive: true,
		"PK\x03\x04" + strings.Repeat("\x00", 22) + "\x05\x00\x00\x00a.txt": false,
		"PK\x03\x04": false,
		`{"format_version":"1.0","provider_schemas":{}}`:     false,
		`{"format_version":"1.0","valid":true}`:              false,
		`{"a":{"format_version":"1.0","planned_values":{}}}`: false,
		`[{"format_version":"1.0","planned_values":{}}]`:     false,
		`{"version":4,"terraform_version":"1.9.0"}`:          false,
		`format_version: "1.0"`:                              false,
		`{"format_version" "1.0"`:                            false,
		``:                                                   false,
	} {
		if got := tfplan.New().Match(source.New("x", []byte(text))); got != want {
			t.Errorf("%q matches: %v", text, got)
		}
	}
}

func TestFaultsAreTold(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"archive", "PK\x03\x04" + strings.Repeat("\x00", 22) + "\x06\x00\x00\x00tfplan", "plan.json:1:1: a binary plan is not read: run terraform show -json on it and scan what that prints"},
		{"encrypted", `{"encrypted_data":"x","encryption_version":"v0"}`, "plan.json:1:1: the file is encrypted: run tofu show -json with its key and scan what that prints"},
		{"newer format", `{"format_version":"2.0","planned_values":{}}`, `plan.json:1:19: format version "2.0" is not known: 1.x is`},
		{"older state", `{"version":3,"terraform_version":"0.11.0","serial":1}`, "plan.json:1:12: version 3 of state files is not read: run terraform show -json and scan what that prints"},
		{"flat state", `{"version":4,"terraform_version":"0.12.0","serial":1,"resources":[{"type":"aws_iam_user","name":"u","instances":[{"attributes_flat":{}}]}]}`, "plan.json:1:114: the attributes are in the form of Terraform 0.11: run terraform show -json and scan what that prints"},
		{"errored", `{"format_version":"1.2","planned_values":{},"errored":true}`, "plan.json:1:55: the plan ended in an error: what it had not come to is not read"},
		{"not complete", `{"format_version":"1.2","planned_values":{},"complete":false}`, "plan.json:1:56: the plan is not complete: what it leaves for a later one is not read"},
		{"module", `{"format_version":"1.0","values":{"root_module":{"child_modules":[{"address":"odd"}]}}}`, `plan.json:1:78: "odd" is not the address of a module`},
		{"cut", `{"format_version":"1.0","planned_values":{"root_module":`, "plan.json:1:57: read JSON: the text ends in the middle of a value"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, d := range parse(t, c.text, nil).Diagnostics {
				got = append(got, d.Error())
			}
			if d := cmp.Diff([]string{c.want}, got); d != "" {
				t.Error(d)
			}
		})
	}
}

const user = `{"address":"aws_iam_user.%","mode":"managed","type":"aws_iam_user","name":"%","values":{"name":"%","arn":"arn:aws-cn:iam::123456789012:user/%"},"sensitive_values":{}}`

func users(names ...string) string {
	var out []string
	for _, n := range names {
		out = append(out, strings.ReplaceAll(user, "%", n))
	}
	return strings.Join(out, ",")
}

// addresses are those of a unit's identities.
func addresses(u *model.Unit) []string {
	var out []string
	for _, id := range u.Identities {
		out = append(out, id.Address)
	}
	slices.Sort(out)
	return out
}

// TestWhatWillNotBeThereIsNotRead: a plan's values are those after apply, so
// what it deletes is in its prior state alone; deposed objects go too.
func TestWhatWillNotBeThereIsNotRead(t *testing.T) {
	deposed := strings.Replace(users("old"), `"mode"`, `"deposed_key":"00000001","mode"`, 1)
	u := only(t, parse(t, `{"format_version":"1.2","planned_values":{"root_module":{"resources":[`+users("kept")+`,`+deposed+`]}},
		"prior_state":{"values":{"root_module":{"resources":[`+users("kept", "gone")+`]}}},
		"resource_drift":[{"address":"aws_iam_user.drift","type":"aws_iam_user","name":"drift","mode":"managed","change":{"after":{"name":"drift"}}}]}`, nil))
	if d := cmp.Diff([]string{"aws_iam_user.kept"}, addresses(u)); d != "" {
		t.Error(d)
	}
	if u.Account != "123456789012" || u.Partition != "aws-cn" {
		t.Errorf("account %q, partition %q", u.Account, u.Partition)
	}
}

// TestAccountOfSeveralIsUnknown: the account is told by the resources' own
// ARNs, and only when they name one.
func TestAccountOfSeveralIsUnknown(t *testing.T) {
	other := strings.ReplaceAll(users("b"), "123456789012", "210987654321")
	u := only(t, parse(t, `{"format_version":"1.0","values":{"root_module":{"resources":[`+users("a")+`,`+other+`]}}}`, nil))
	if u.Account != "" {
		t.Errorf("account %q", u.Account)
	}
	policy := `{"address":"aws_iam_user_policy.p","mode":"managed","type":"aws_iam_user_policy","name":"p","values":{"user":"x","name":"p",
		"policy":"{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"sts:AssumeRole\",\"Resource\":\"arn:aws:iam::210987654321:role/r\"}]}"}}`
	u = only(t, parse(t, `{"format_version":"1.0","values":{"root_module":{"resources":[`+policy+`]}}}`, nil))
	if u.Account != "" {
		t.Errorf("account %q is taken from a policy", u.Account)
	}
}

// TestAddressesKeepTheirKeys: instances of modules and resources are known by
// the keys that Terraform prints, whatever they hold.
func TestAddressesKeepTheirKeys(t *testing.T) {
	name := `aws_iam_user.u`
	in := func(address, index string) string {
		r := strings.ReplaceAll(user, "%", "u")
		return strings.Replace(strings.Replace(r, `"address":"`+name+`"`, `"address":"`+address+`"`, 1), `"values"`, `"index":`+index+`,"values"`, 1)
	}
	u := only(t, parse(t, `{"format_version":"1.0","values":{"root_module":{"resources":[`+in("x", `"a.b[\"c\"]"`)+`,`+in("y", "10")+`],
		"child_modules":[{"address":"module.m[\"k.x\"]","child_modules":[{"address":"module.m[\"k.x\"].module.module[2]","resources":[`+in("z", "0")+`]}]}]}}}`, nil))
	want := []string{`aws_iam_user.u["a.b[\"c\"]"]`, "aws_iam_user.u[10]", `module.m["k.x"].module.module[2].aws_iam_user.u[0]`}
	if d := cmp.Diff(want, addresses(u)); d != "" {
		t.Error(d)
	}
}

// TestModulesMayBeCalledModule: a call has any name, and so may end in the word
// that stands before it.
func TestModulesMayBeCalledModule(t *testing.T) {
	for _, address := range []string{
		"module.iam_module", "module.module", "module.module[0].module.module", "module.module.module.x", `module.module["module"].module.a[1]`,
	} {
		text := strings.ReplaceAll(`{"address":%,"resources":[`, "%", strconv.Quote(address)) + users("u") + `]}`
		u := only(t, parse(t, `{"format_version":"1.0","values":{"root_module":{"child_modules":[`+text+`]}}}`, nil))
		if d := cmp.Diff([]string{address + ".aws_iam_user.u"}, addresses(u)); d != "" {
			t.Error(d)
		}
	}
	for _, address := range []string{"module", "module.a.module", "module.a.b", "module[0]", "module.a.module[0]", "data.a.b"} {
		p := parse(t, strings.ReplaceAll(`{"format_version":"1.0","values":{"root_module":{"child_modules":[{"address":"%"}]}}}`, "%", address), nil)
		if len(p.Diagnostics) != 1 {
			t.Errorf("%s: %v", address, p.Diagnostics)
		}
	}
}

// TestStateFile: a state file holds what terraform show prints of it.
func TestStateFile(t *testing.T) {
	u := only(t, parse(t, `{"version":4,"terraform_version":"1.9.0","serial":3,"lineage":"l","resources":[
		{"module":"module.m[\"k\"]","mode":"managed","type":"aws_iam_user","name":"u","instances":[
			{"index_key":1,"attributes":{"name":"one"},"sensitive_attributes":[],"private":"eyJz"},
			{"index_key":1,"deposed":"0001","attributes":{"name":"old"}}]},
		{"mode":"managed","type":"aws_iam_user_policy","name":"p","instances":[{"attributes":{"name":"p","user":"one",
			"policy":"{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"logs:*\",\"Resource\":\"*\"}}"},
			"sensitive_attributes":[[{"type":"get_attr","value":"policy"}]]}]}]}`, nil))
	if d := cmp.Diff([]string{`module.m["k"].aws_iam_user.u[1]`}, addresses(u)); d != "" {
		t.Error(d)
	}
	if len(u.Attachments) != 1 || !u.Attachments[0].Inline.Document.Unknown {
		t.Fatalf("a sensitive policy is a document that is not known: %+v", u.Attachments)
	}
	if len(u.Unresolved) != 1 || !strings.Contains(u.Unresolved[0].Missing, "sensitive") {
		t.Errorf("no note about it: %+v", u.Unresolved)
	}
}

const rolePolicy = `{"address":"aws_iam_role.r","mode":"managed","type":"aws_iam_role","name":"r","values":{"name":"r",
	"managed_policy_arns":["arn:aws:iam::aws:policy/CloudWatchReadOnlyAccess","arn:aws:iam::aws:policy/CloudWatchFullAccess"],
	"inline_policy":[{"name":"apart","policy":"{\"Statement\":[]}"},{"name":"own","policy":"{\"Statement\":[]}"},{"name":"","policy":""}]}},
	{"address":"aws_iam_role_policy.p","mode":"managed","type":"aws_iam_role_policy","name":"p","values":{"role":"r","name":"apart","policy":"{\"Statement\":[]}"}},
	{"address":"aws_iam_role_policy_attachment.a","mode":"managed","type":"aws_iam_role_policy_attachment","name":"a","values":{"role":"r","policy_arn":"arn:aws:iam::aws:policy/CloudWatchFullAccess"}}`

// TestWhatARefreshRepeatsCountsOnce: once Terraform has read a role back, its
// attributes name policies that other resources attach.
func TestWhatARefreshRepeatsCountsOnce(t *testing.T) {
	u := only(t, parse(t, `{"format_version":"1.0","values":{"root_module":{"resources":[`+rolePolicy+`]}}}`, nil))
	model.Link(&model.Model{Units: []*model.Unit{u}}, "")
	var inline, managed []string
	for _, p := range u.Identities[0].Inline {
		inline = append(inline, p.Name.Value)
	}
	for _, a := range u.Identities[0].Managed {
		managed = append(managed, a.Policy.Value.Value)
	}
	slices.Sort(inline)
	slices.Sort(managed)
	want := [][]string{{"apart", "own"}, {"arn:aws:iam::aws:policy/CloudWatchFullAccess", "arn:aws:iam::aws:policy/CloudWatchReadOnlyAccess"}}
	if d := cmp.Diff(want, [][]string{inline, managed}); d != "" {
		t.Error(d)
	}
}

// TestSecretsAreStruckOut: what a range of a plan quotes holds no secret, and
// the places stay what they are.
func TestSecretsAreStruckOut(t *testing.T) {
	text := `{"format_version":"1.0","values":{"outputs":{"o":{"value":"canary-1"}},"root_module":{"resources":[` + users("u") + `,
		{"address":"aws_db_instance.d","mode":"managed","type":"aws_db_instance","name":"d","values":{"arn":"arn:x","endpoint":"canary-2"}},
		{"address":"aws_iam_access_key.k","mode":"managed","type":"aws_iam_access_key","name":"k","values":{"id":"AKIACANARY3333WXYZ","secret":"canary-4","status":"Active","user":"u"}},
		{"address":"aws_instance.i","mode":"managed","type":"aws_instance","name":"i","values":{"user_data":"canary-5","tags":{"t":"canary-6"}},"sensitive_values":{"tags":{"t":true}}}]}}}`
	u := only(t, parse(t, text, nil))
	struck := u.Identities[0].Range.Source
	if struck.Size() != len(text) || u.Identities[0].Range.Text() != `"aws_iam_user.u"` {
		t.Errorf("places have moved: %q", u.Identities[0].Range.Text())
	}
	if got := string(struck.Bytes()); strings.Contains(strings.ToLower(got), "canary") || !strings.Contains(got, `WXYZ"`) {
		t.Errorf("the file is quoted as %s", got)
	}
}

// TestWhatIsReadForKeysIsKept: of the environment of a function the model has
// the places of keys, as by the other roads; names that only sound secret stay.
func TestWhatIsReadForKeysIsKept(t *testing.T) {
	u := only(t, parse(t, `{"format_version":"1.0","values":{"root_module":{"resources":[
		{"address":"aws_lambda_function.f","mode":"managed","type":"aws_lambda_function","name":"f","values":{"function_name":"f",
			"environment":[{"variables":{"KEY":"AKIACANARY3333WXYZ22","OTHER":"canary-1"}}]},"sensitive_values":{"environment":[{"variables":{"OTHER":true}}]}},
		{"address":"aws_batch_compute_environment.b","mode":"managed","type":"aws_batch_compute_environment","name":"b","values":{"compute_environment_name":"batch",
			"compute_resources":[{"launch_template":[{"launch_template_id":"lt-1"}]}]}},
		{"address":"aws_iam_service_specific_credential.s","mode":"managed","type":"aws_iam_service_specific_credential","name":"s","values":{"user_name":"u",
			"service_name":"logs.amazonaws.com","credential_age_days":30,"service_password":"canary-2"}}]}}}`, nil))
	if len(u.WrittenKeys) != 1 || u.WrittenKeys[0].Argument != "KEY" || u.WrittenKeys[0].Last4 != "YZ22" {
		t.Fatalf("written keys %+v", u.WrittenKeys)
	}
	if len(u.TemplateUsers) != 1 || u.TemplateUsers[0].Name.Value != "batch" {
		t.Errorf("users of templates %+v", u.TemplateUsers)
	}
	if len(u.ServiceCredentials) != 1 || u.ServiceCredentials[0].CredentialAgeDays.Value != "30" {
		t.Errorf("service credentials %+v", u.ServiceCredentials)
	}
	if got := string(u.WrittenKeys[0].Range.Source.Bytes()); strings.Contains(strings.ToLower(got), "canary") {
		t.Errorf("the file is quoted as %s", got)
	}
}

// TestTemplatesAreNoConstants: of configuration in JSON a plan says that its
// templates are constants.
func TestTemplatesAreNoConstants(t *testing.T) {
	u := only(t, parse(t, `{"format_version":"1.2","planned_values":{"root_module":{"resources":[
		{"address":"aws_iam_role.r","mode":"managed","type":"aws_iam_role","name":"r","values":{"name_prefix":"r-"}},
		{"address":"aws_iam_role_policy.p","mode":"managed","type":"aws_iam_role_policy","name":"p","values":{"name":"p","policy":"{\"Statement\":[]}"}}]}},
		"resource_changes":[
		{"address":"aws_iam_role.r","type":"aws_iam_role","name":"r","mode":"managed","change":{"actions":["create"],"after":{"name_prefix":"r-"},"after_unknown":{"name":true,"id":true}}},
		{"address":"aws_iam_role_policy.p","type":"aws_iam_role_policy","name":"p","mode":"managed","change":{"actions":["create"],"after":{"name":"p","policy":"{\"Statement\":[]}"},"after_unknown":{"role":true}}}],
		"configuration":{"root_module":{"resources":[
		{"address":"aws_iam_role.r","mode":"managed","type":"aws_iam_role","name":"r","expressions":{"name_prefix":{"constant_value":"r-"}}},
		{"address":"aws_iam_role_policy.p","mode":"managed","type":"aws_iam_role_policy","name":"p","expressions":{
			"name":{"constant_value":"p"},"role":{"constant_value":"${aws_iam_role.r.id}","references":["aws_iam_role.r.id","aws_iam_role.r"]}}}]}}}`, nil))
	if len(u.Attachments) != 1 || u.Attachments[0].To.Address != "aws_iam_role.r" {
		t.Errorf("attached to %+v", u.Attachments[0].To)
	}
}
