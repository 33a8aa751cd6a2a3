package export_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/iamwatch/iamwatch/parsers/export"
	"github.com/iamwatch/iamwatch/scanner"
	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

const samples = "../../testdata/samples/live/"

// sample returns files of the sample account in the directory live.
func sample(t *testing.T, names ...string) []*source.Source {
	t.Helper()
	var out []*source.Source
	for _, name := range names {
		data, err := os.ReadFile(samples + name)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, source.New("live/"+name, data))
	}
	return out
}

func all(t *testing.T) []*source.Source {
	t.Helper()
	paths, err := filepath.Glob(samples + "*")
	if err != nil || len(paths) == 0 {
		t.Fatal("no samples", err)
	}
	for i := range paths {
		paths[i] = filepath.Base(paths[i])
	}
	return sample(t, paths...)
}

func text(path, content string) *source.Source { return source.New(path, []byte(content)) }

// parse reads files that must all match.
func parse(t *testing.T, files ...*source.Source) scanner.Parsed {
	t.Helper()
	for _, f := range files {
		if !export.New().Match(f) {
			t.Fatalf("%s does not match", f.Path)
		}
	}
	var out scanner.Parsed
	for _, job := range export.New().Plan(&scanner.Env{}, files) {
		p := job(context.Background())
		out.Units, out.Diagnostics = append(out.Units, p.Units...), append(out.Diagnostics, p.Diagnostics...)
	}
	return out
}

// only returns the one unit, which must have been read without diagnostics.
func only(t *testing.T, p scanner.Parsed) *model.Unit {
	t.Helper()
	if len(p.Diagnostics) > 0 {
		t.Errorf("diagnostics: %v", p.Diagnostics)
	}
	if len(p.Units) != 1 {
		t.Fatalf("%d units", len(p.Units))
	}
	return p.Units[0]
}

func messages(p scanner.Parsed) []string {
	var out []string
	for _, d := range p.Diagnostics {
		out = append(out, d.Error())
	}
	return out
}

func identity(t *testing.T, u *model.Unit, name string) *model.Identity {
	t.Helper()
	for _, i := range u.Identities {
		if i.Name.Value == name {
			return i
		}
	}
	t.Fatalf("no identity %s", name)
	return nil
}

func TestMatchKnowsEverySample(t *testing.T) {
	for _, f := range all(t) {
		if !export.New().Match(f) {
			t.Errorf("%s does not match", f.Path)
		}
		bom := source.New("x", append([]byte("\uFEFF"), f.Bytes()...))
		if !export.New().Match(bom) {
			t.Errorf("%s does not match behind a byte order mark", f.Path)
		}
	}
}

func TestMatchLeavesOtherFiles(t *testing.T) {
	for name, content := range map[string]string{
		"empty":            "",
		"blank":            " \n",
		"template":         `{"AWSTemplateFormatVersion": "2010-09-09", "Resources": {}}`,
		"policy":           `{"Version": "2012-10-17", "Statement": []}`,
		"plan":             `{"format_version": "1.2", "planned_values": {}, "resource_changes": []}`,
		"items":            `{"Items": [{"Arn": "arn:aws:s3:::b", "Name": "x"}]}`,
		"links":            `{"Items": [{"Arn": "arn:aws:oam:eu-west-1:111122223333:link/x", "SinkArn": "arn:aws:oam:eu-west-1:111122223333:sink/x"}]}`,
		"destinations":     `{"destinations": [{"host": "x"}]}`,
		"destination list": `{"destinations": ["x"]}`,
		"content":          `{"Content": "aGVsbG8="}`,
		"state":            `{"State": "STARTED", "Description": "x", "Other": 1}`,
		"other state":      `{"State": "open"}`,
		"list":             `[{"UserDetailList": []}]`,
		"nested":           `{"a": {"UserDetailList": []}}`,
		"package":          `{"name": "x", "Policies": []}`,
		"csv":              "name,arn\nx,y\n",
		"other csv":        "user,user_creation_time\n",
		"xml":              `<?xml version="1.0"?><project><UserDetailList/></project>`,
		"other response":   `<ListBucketsResponse/>`,
		"half a tag":       `<`,
		"comment":          `<!-- GetAccountSummaryResponse -->`,
		"broken":           `{"UserDetail`,
	} {
		t.Run(name, func(t *testing.T) {
			if export.New().Match(text("account-authorization-details.json", content)) {
				t.Error("matches")
			}
		})
	}
}

func TestSampleAccount(t *testing.T) {
	p := parse(t, all(t)...)
	want := []string{"live/get-access-key-last-used.json:3:26: the answer does not say which access key of user ops-legacy it is of, and is not used (1 such)"}
	if diff := cmp.Diff(want, messages(p)); diff != "" {
		t.Error(diff)
	}
	if len(p.Units) != 1 {
		t.Fatalf("%d units", len(p.Units))
	}
	u := p.Units[0]
	got := map[string]any{
		"input": u.Input, "name": u.Name, "account": u.Account, "partition": u.Partition, "region": u.Region, "files": len(all(t)),
		"identities": len(u.Identities), "policies": len(u.Policies), "profiles": len(u.Profiles), "instances": len(u.Instances),
		"providers": len(u.Providers), "resource policies": len(u.ResourcePolicies), "keys": len(u.AccessKeys),
		"groups": len(u.LogGroups), "reports": len(u.CredentialReports), "summaries": len(u.Summaries),
	}
	if diff := cmp.Diff(map[string]any{
		"input": model.Export, "name": "live", "account": "123456789012", "partition": "aws", "region": "us-east-1", "files": 23,
		"identities": 18, "policies": 8, "profiles": 1, "instances": 1,
		"providers": 1, "resource policies": 2, "keys": 2, "groups": 2, "reports": 2, "summaries": 2,
	}, got); diff != "" {
		t.Error(diff)
	}
	for _, i := range u.Identities {
		if i.Range.Path() != "live/account-authorization-details.json" {
			t.Errorf("%s is read from %s, not from the file that holds the most", i.Name.Value, i.Range.Path())
		}
	}
}

func TestSampleLinks(t *testing.T) {
	u := parse(t, all(t)...).Units[0]
	model.Link(&model.Model{Units: []*model.Unit{u}}, "")
	worker, web := identity(t, u, "acme-prod-ec2-worker"), identity(t, u, "acme-prod-ec2-web")
	if len(worker.Profiles) != 0 || len(web.Profiles) != 1 || u.Instances[0].To != web.Profiles[0] {
		t.Errorf("profiles: worker %v, web %v, instance %v", worker.Profiles, web.Profiles, u.Instances[0].To)
	}
	dev := identity(t, u, "acme-prod-dev")
	if dev.Boundary == nil || dev.Boundary.To == nil || dev.Boundary.To.Name.Value != "acme-prod-read-boundary" {
		t.Errorf("boundary %+v", dev.Boundary)
	}
	admin := identity(t, u, "acme-prod-break-glass").Managed[0]
	if admin.To == nil || admin.To.Kind != model.AWSManaged || admin.To.Document.Statements[0].Actions[0].Value != "*" {
		t.Errorf("attachment %+v", admin)
	}
	if bob := identity(t, u, "bob"); len(bob.GroupsOf) != 1 || bob.GroupsOf[0].Name.Value != "sre" || !bob.HasLogin {
		t.Errorf("bob %+v", bob)
	}
	for _, k := range u.AccessKeys {
		if k.To != identity(t, u, "ops-legacy") || k.Last4 != "MPLE" || !k.Active.Is("Active") {
			t.Errorf("key %+v", k)
		}
	}
}

// withoutPlaces compares models by what they say.
func withoutPlaces() cmp.Options {
	return cmp.Options{
		cmpopts.IgnoreTypes(source.Range{}),
		cmpopts.IgnoreUnexported(iam.Statement{}),
		cmpopts.IgnoreFields(model.Identity{}, "UniqueID"), // made up for one form
		cmpopts.EquateEmpty(),
		cmpopts.SortSlices(func(a, b *model.Identity) bool { return a.Address < b.Address }),
		cmpopts.SortSlices(func(a, b *model.Policy) bool { return a.Address < b.Address }),
	}
}

func TestFormsOfOneAccountAreEqual(t *testing.T) {
	cli := only(t, parse(t, sample(t, "account-authorization-details.json")...))
	cli.Policies = slices.DeleteFunc(cli.Policies, func(p *model.Policy) bool { return p.Kind == model.AWSManaged })
	if len(cli.Identities) != 18 || len(cli.Policies) != 3 {
		t.Fatalf("%d identities, %d policies", len(cli.Identities), len(cli.Policies))
	}
	moto := only(t, parse(t, sample(t, "account-authorization-details.moto.json")...))
	wire := only(t, parse(t, sample(t, "wire-get-account-authorization-details-2.xml", "wire-get-account-authorization-details-1.xml")...))
	raw := only(t, parse(t, rawForm(t)))
	for name, u := range map[string]*model.Unit{"moto": moto, "wire": wire, "raw": raw} {
		if name == "raw" {
			u.Policies = slices.DeleteFunc(u.Policies, func(p *model.Policy) bool { return p.Kind == model.AWSManaged })
		}
		if diff := cmp.Diff(cli, u, withoutPlaces()); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// rawForm is the sample as the API gives it: documents as percent-encoded
// strings.
func rawForm(t *testing.T) *source.Source {
	t.Helper()
	src := sample(t, "account-authorization-details.json")[0]
	v, diags := source.ReadJSON(src.Text())
	if len(diags) > 0 {
		t.Fatal(diags)
	}
	var docs []source.Range
	var walk func(*source.Value)
	walk = func(v *source.Value) {
		for _, m := range v.Members {
			switch m.Name.Value {
			case "PolicyDocument", "AssumeRolePolicyDocument", "Document":
				docs = append(docs, m.Value.Range)
			default:
				walk(m.Value)
			}
		}
		for _, i := range v.Items {
			walk(i)
		}
	}
	walk(v)
	var b strings.Builder
	end := 0
	for _, r := range docs {
		b.Write(src.Bytes()[end:r.Start()])
		b.WriteString(`"` + percent(r.Text()) + `"`)
		end = r.End()
	}
	b.Write(src.Bytes()[end:])
	return text("live/raw.json", b.String())
}

func percent(s string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for _, c := range []byte(s) {
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '+' {
			b.WriteByte(c)
			continue
		}
		b.Write([]byte{'%', hex[c>>4], hex[c&15]})
	}
	return b.String()
}

func TestRangesAreTheTokens(t *testing.T) {
	for _, c := range []struct{ file, name, action, attached string }{
		{"account-authorization-details.json", `"sre"`, `"cloudwatch:SetAlarmState"`, `"arn:aws:iam::aws:policy/CloudWatchFullAccess"`},
		{"wire-get-account-authorization-details-1.xml", "sre", "%22cloudwatch%3ASetAlarmState%22", "arn:aws:iam::aws:policy/CloudWatchFullAccess"},
	} {
		files := sample(t, c.file)
		if strings.HasSuffix(c.file, ".xml") {
			files = sample(t, c.file, "wire-get-account-authorization-details-2.xml")
		}
		sre := identity(t, only(t, parse(t, files...)), "sre")
		got := []string{sre.Range.Text(), sre.Inline[0].Document.Statements[0].Actions[2].Range.Text(), sre.Managed[0].Range.Text()}
		if diff := cmp.Diff([]string{c.name, c.action, c.attached}, got); diff != "" {
			t.Errorf("%s: %s", c.file, diff)
		}
		if block := sre.Block.Text(); !strings.Contains(block, "silence-alarms") || strings.Contains(block, "alice") {
			t.Errorf("block %q", block)
		}
	}
}

func TestRangesInsideStrings(t *testing.T) {
	u := only(t, parse(t, sample(t, "logs-describe-resource-policies.json", "oam-get-sink-policy.json", "oam-list-sinks.json")...))
	log, sink := u.ResourcePolicies[0], u.ResourcePolicies[1]
	if log.Kind != model.LogResourcePolicy || sink.Kind != model.OAMSinkPolicy || sink.Name.Value != "central" || log.Region != "us-east-1" {
		t.Errorf("policies %+v, %+v", log, sink)
	}
	if got := log.Document.Statements[0].Principals[0].Value.Range.Text(); got != `\"*\"` {
		t.Errorf("log principal at %q", got)
	}
	if got := sink.Document.Statements[0].Actions[1].Range.Text(); got != `\"oam:UpdateLink\"` {
		t.Errorf("sink action at %q", got)
	}
}

func TestXMLReferencesAndCDATA(t *testing.T) {
	xml := `<GetAccountAuthorizationDetailsResponse><GetAccountAuthorizationDetailsResult><RoleDetailList><member>
<RoleName>a</RoleName><Arn>arn:aws:iam::111122223333:role/a</Arn>
<AssumeRolePolicyDocument>{&quot;Statement&quot;:{&#34;Effect&#x22;:&quot;Allow&quot;,"Principal":"*","Action":"sts:AssumeRole"}}</AssumeRolePolicyDocument>
<RolePolicyList><member><PolicyName>p</PolicyName><PolicyDocument><![CDATA[{"Statement":{"Effect":"Allow","Action":"logs:*","Resource":"*"}}]]></PolicyDocument></member></RolePolicyList>
</member></RoleDetailList><IsTruncated>false</IsTruncated></GetAccountAuthorizationDetailsResult></GetAccountAuthorizationDetailsResponse>`
	a := identity(t, only(t, parse(t, text("x.xml", xml))), "a")
	if got := a.Trust.Statements[0].EffectRange.Text(); got != `&#34;Effect&#x22;:&quot;Allow&quot;` {
		t.Errorf("effect at %q", got)
	}
	if got := a.Inline[0].Document.Statements[0].Actions[0].Range.Text(); got != `"logs:*"` {
		t.Errorf("action at %q", got)
	}
}

func TestDamagedFilesKeepWhatStandsBefore(t *testing.T) {
	whole := sample(t, "account-authorization-details.json")[0]
	cut := source.New("live/a.json", whole.Bytes()[:3000])
	p := parse(t, cut)
	if len(p.Units) != 1 || len(p.Units[0].Identities) != 3 {
		t.Fatalf("units %v", p.Units)
	}
	want := []string{"live/a.json:95:26: read JSON: the text ends in the middle of a value",
		"live/a.json:5:25: user alice: group sre is not in the export (2 identities have such gaps)"}
	if diff := cmp.Diff(want, messages(p)); diff != "" {
		t.Error(diff)
	}
	if p.Diagnostics[0].Warning {
		t.Error("a damaged file must make the run incomplete")
	}
	page := sample(t, "wire-get-account-authorization-details-2.xml")[0]
	p = parse(t, source.New("live/a.xml", page.Bytes()[:6000]))
	if len(p.Units) != 1 || len(p.Units[0].Identities) != 4 || len(p.Diagnostics) != 1 {
		t.Fatalf("%d units, %v", len(p.Units), messages(p))
	}
	if !strings.Contains(p.Diagnostics[0].Message, "ends in the middle") {
		t.Error(p.Diagnostics)
	}
}

func TestDamagedDocumentsAreUnknown(t *testing.T) {
	for _, doc := range []string{`%7B%22`, `{\"Statement\":`, `%zz`, `{\"Id\":\"\\ufdd0self:\\ufdd1\"}`, `%7B%22Id%22:%22%EF%B7%90%22%7D`} {
		p := parse(t, text("a.json", `{"RoleDetailList": [{"RoleName": "r", "Arn": "arn:aws:iam::111122223333:role/r", "AssumeRolePolicyDocument": "`+doc+`"}]}`))
		if len(p.Diagnostics) != 1 || p.Diagnostics[0].Warning {
			t.Errorf("%s: %v", doc, messages(p))
		}
		if trust := p.Units[0].Identities[0].Trust; trust == nil || !trust.Unknown || trust.Invalid {
			t.Errorf("%s: %+v", doc, trust)
		}
	}
}

func TestMissingPageIsReported(t *testing.T) {
	p := parse(t, sample(t, "wire-get-account-authorization-details-1.xml")...)
	if len(p.Diagnostics) != 1 || p.Diagnostics[0].Warning || p.Diagnostics[0].Range.Text() != "true" {
		t.Errorf("diagnostics %v", messages(p))
	}
	const user = `{"UserDetailList": [{"UserName": "u", "Arn": "arn:aws:iam::111122223333:user/u"}]`
	for name, c := range map[string]struct {
		files []string
		want  int
	}{
		"last page":     {[]string{user + `, "IsTruncated": true, "Marker": "m"}`, `{"UserDetailList": [], "IsTruncated": false}`}, 0},
		"whole besides": {[]string{user + `, "IsTruncated": true}`, user + "}"}, 0},
		"other whole":   {[]string{user + `, "IsTruncated": true}`, `{"RoleDetailList": []}`}, 1},
		"empty page":    {[]string{`{"UserDetailList": [], "IsTruncated": true}`}, 1},
		"token":         {[]string{user + `, "NextToken": "t"}`}, 1},
		"no token":      {[]string{user + `, "NextToken": null}`}, 0},
	} {
		var files []*source.Source
		for i, f := range c.files {
			files = append(files, text(string(rune('a'+i))+".json", f))
		}
		if p := parse(t, files...); len(p.Diagnostics) != c.want {
			t.Errorf("%s: %v", name, messages(p))
		}
	}
}

func TestDifferingCopiesGiveAWarning(t *testing.T) {
	role := func(action string) string {
		return `{"RoleDetailList": [{"RoleName": "r", "Arn": "arn:aws:iam::111122223333:role/r", "RolePolicyList": [{"PolicyName": "p", "PolicyDocument": ` +
			`{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "` + action + `", "Resource": "*"}}}]}]}`
	}
	p := parse(t, text("d/a.json", role("logs:*")), text("d/b.json", role("xray:*")))
	want := []string{`d/b.json:1:34: identity r differs from its copy in d/a.json, which counts (1 such in d/b.json)`}
	if diff := cmp.Diff(want, messages(p)); diff != "" {
		t.Error(diff)
	}
	if !p.Diagnostics[0].Warning || len(p.Units[0].Identities) != 1 {
		t.Error("the first copy must count, with a warning")
	}
}

func TestAccountsOfADirectory(t *testing.T) {
	user := func(account string) string {
		return `{"UserDetailList": [{"UserName": "u", "Arn": "arn:aws-cn:iam::` + account + `:user/u"}]}`
	}
	const summary = `{"SummaryMap": {"AccountMFAEnabled": 0}}`
	for name, c := range map[string]struct {
		files map[string]string
		want  []string // directory, account, summaries
		diags int
	}{
		"one":         {map[string]string{"d/u.json": user("111122223333"), "d/s.json": summary}, []string{"d 111122223333 1"}, 0},
		"two":         {map[string]string{"d/u.json": user("111122223333"), "d/v.json": user("222233334444"), "d/s.json": summary}, []string{"d 111122223333 0", "d 222233334444 0", "d  1"}, 1},
		"none":        {map[string]string{"s.json": summary}, []string{".  1"}, 0},
		"directories": {map[string]string{"a/u.json": user("111122223333"), "b/u.json": user("111122223333")}, []string{"a 111122223333 0", "b 111122223333 0"}, 0},
		"by its name": {map[string]string{"aws/111122223333/s.json": summary}, []string{"aws/111122223333 111122223333 1"}, 0},
	} {
		var files []*source.Source
		for path, content := range c.files {
			files = append(files, text(path, content))
		}
		p := parse(t, files...)
		var got []string
		for _, u := range p.Units {
			got = append(got, u.Name+" "+u.Account+" "+string(rune('0'+len(u.Summaries))))
		}
		if diff := cmp.Diff(c.want, got); diff != "" || len(p.Diagnostics) != c.diags {
			t.Errorf("%s: %s %v", name, diff, messages(p))
		}
	}
}

func TestDefaultVersionCounts(t *testing.T) {
	u := only(t, parse(t, text("a.json", `{"RoleDetailList": [], "Policies": [
 {"Arn": "arn:aws:iam::111122223333:policy/x/p", "Path": "/x/", "DefaultVersionId": "v1", "PolicyVersionList": [
  {"Document": {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "logs:*", "Resource": "*"}}, "VersionId": "v2", "IsDefaultVersion": false},
  {"Document": {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "xray:*", "Resource": "*"}}, "VersionId": "v1", "IsDefaultVersion": true}]},
 {"Arn": "arn:aws:iam::aws:policy/Unused", "PolicyVersionList": [{"Document": {"Statement": []}, "IsDefaultVersion": true}]}]}`)))
	if len(u.Policies) != 1 {
		t.Fatalf("%d policies", len(u.Policies))
	}
	p := u.Policies[0]
	if p.Name.Value != "p" || p.Document.Statements[0].Actions[0].Value != "xray:*" {
		t.Errorf("policy %+v", p)
	}
}

// FuzzParse looks for panics and for places outside the file.
func FuzzParse(f *testing.F) {
	paths, err := filepath.Glob(samples + "*")
	if err != nil {
		f.Fatal(err)
	}
	for _, p := range paths {
		data, err := os.ReadFile(p)
		if err != nil {
			f.Fatal(err)
		}
		if len(data) < 8<<10 {
			f.Add(data)
		}
	}
	f.Add([]byte(`{"RoleDetailList":[{"RoleName":"r","Arn":"arn:aws:iam::111122223333:role/r","AssumeRolePolicyDocument":"%7B%7D"}]}`))
	f.Add([]byte("<GetAccountSummaryResponse><R><GetAccountSummaryResult><SummaryMap><entry><key>a</key><value>1</value></entry></SummaryMap></GetAccountSummaryResult></R></GetAccountSummaryResponse>"))
	f.Fuzz(func(t *testing.T, data []byte) {
		src := source.New("d/f", data)
		export.New().Match(src)
		for _, job := range export.New().Plan(&scanner.Env{}, []*source.Source{src}) {
			p := job(context.Background())
			for _, u := range p.Units {
				for _, i := range u.Identities {
					if i.Name.Value == "" || i.Range.Source != src {
						t.Errorf("identity %+v", i)
					}
					checkDocument(t, i.Trust, src)
				}
			}
		}
	})
}

func checkDocument(t *testing.T, d *iam.Document, src *source.Source) {
	t.Helper()
	if d != nil && d.Range.Source != src {
		t.Errorf("document at %v", d.Range)
	}
}
