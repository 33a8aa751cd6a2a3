package export_test

import (
	"encoding/base64"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/iamwatch/iamwatch/parsers/export"
	"github.com/iamwatch/iamwatch/scanner/model"
)

const (
	document   = `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "logs:*", "Resource": "*"}]}`
	trust      = `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]}`
	getRole    = `{"Role": {"Path": "/", "RoleName": "ci", "RoleId": "AROAEXAMPLEROLEID0001", "Arn": "arn:aws:iam::111122223333:role/ci", "AssumeRolePolicyDocument": ` + trust + `}}`
	rolePolicy = `{"RoleName": "ci", "PolicyName": "telemetry", "PolicyDocument": ` + document + `}`
)

func TestAnswersAboutOneThing(t *testing.T) {
	p := parse(t, text("a/get-role.json", getRole), text("a/get-role-policy.json", rolePolicy),
		text("a/user.json", `{"UserName": "u", "PolicyName": "p", "PolicyDocument": `+document+`}`),
		text("a/group.json", `{"GroupName": "g", "PolicyName": "p", "PolicyDocument": `+document+`}`),
		text("a/wide.json", `{"PolicyVersion": {"Document": `+document+`, "VersionId": "v3", "IsDefaultVersion": true}}`),
		text("a/get-policy.json", `{"Policy": {"PolicyName": "wide", "Arn": "arn:aws:iam::111122223333:policy/wide", "DefaultVersionId": "v3"}}`))
	if diff := cmp.Diff([]string(nil), messages(p)); diff != "" {
		t.Error(diff)
	}
	u := only(t, p)
	model.Link(&model.Model{Units: p.Units}, "")
	ci := identity(t, u, "ci")
	if len(ci.Inline) != 1 || ci.Inline[0].Document.Statements[0].Actions[0].Range.Text() != `"logs:*"` || ci.Trust == nil || ci.Incomplete == "" {
		t.Errorf("role %+v", ci)
	}
	var got []string
	for _, pol := range u.Policies {
		got = append(got, pol.Address)
		if len(pol.Document.Statements) != 1 {
			t.Errorf("%s: document %+v", pol.Address, pol.Document)
		}
	}
	if diff := cmp.Diff([]string{"a/wide.json"}, got); diff != "" {
		t.Error(diff)
	}
	for _, name := range []string{"u", "g"} {
		if id := identity(t, u, name); len(id.Inline) != 1 || id.Incomplete == "" {
			t.Errorf("%s: %+v", name, id)
		}
	}
	if wide := u.Policies[0]; wide.Name.Value != "wide" || wide.Kind != model.Loose {
		t.Errorf("policy %+v", wide)
	}
}

func TestAnswersAboutOneThingAsXML(t *testing.T) {
	p := parse(t, text("r.xml", `<GetRolePolicyResponse><GetRolePolicyResult><PolicyName>telemetry</PolicyName><RoleName>ci</RoleName><PolicyDocument>`+
		percent(document)+`</PolicyDocument></GetRolePolicyResult></GetRolePolicyResponse>`))
	a := only(t, p).Attachments
	if len(a) != 1 || a[0].Kind != model.Role || a[0].To.Value.Value != "ci" || len(a[0].Inline.Document.Statements) != 1 {
		t.Errorf("attachments %+v, %v", a, messages(p))
	}
}

func TestVersionThatIsNotInForce(t *testing.T) {
	p := parse(t, text("v.json", `{"PolicyVersion": {"Document": `+document+`, "VersionId": "v1", "IsDefaultVersion": false}}`))
	if diff := cmp.Diff([]string{"v.json:1:145: version v1 of the policy is not in force and is not judged"}, messages(p)); diff != "" {
		t.Error(diff)
	}
}

func TestAuthorizationDetailsCountBeforeAnswersAboutOneThing(t *testing.T) {
	details := `{"RoleDetailList": [{"RoleName": "ci", "Arn": "arn:aws:iam::111122223333:role/ci", "AssumeRolePolicyDocument": ` + trust +
		`, "RolePolicyList": [{"PolicyName": "telemetry", "PolicyDocument": ` + document + `}], "AttachedManagedPolicies": []}]}`
	p := parse(t, text("z.json", details), text("a.json", getRole), text("b.json", rolePolicy))
	if diff := cmp.Diff([]string(nil), messages(p)); diff != "" {
		t.Error(diff)
	}
	u := only(t, p)
	if ci := identity(t, u, "ci"); ci.Incomplete != "" || len(ci.Inline) != 1 || len(u.Attachments) != 0 || len(u.Identities) != 1 {
		t.Errorf("role %+v, attachments %v", ci, u.Attachments)
	}
}

func TestDamagedAnswersAboutOneThing(t *testing.T) {
	for _, content := range []string{
		`{"Role": {"RoleName": "ci", "AssumeRolePolicyDocument": {"Statement": `,
		`{"PolicyVersion": {"Document": {"Statement": `,
		`{"RoleName": "ci", "PolicyName": "p", "PolicyDocument": {"Statement": `,
	} {
		if p := parse(t, text("d.json", content)); len(p.Diagnostics) != 1 || p.Diagnostics[0].Warning {
			t.Errorf("%s: %v", content, p.Diagnostics)
		}
	}
}

func TestReportThatIsNotBase64(t *testing.T) {
	p := parse(t, text("r.json", "{\n  \"Content\": \"dXNlcixh!m4s\",\n  \"ReportFormat\": \"text/csv\"\n}"))
	if diff := cmp.Diff([]string{"r.json:2:23: read credential report: its content is not base64"}, messages(p)); diff != "" {
		t.Error(diff)
	}
	if p.Diagnostics[0].Warning {
		t.Error("a report that was not read is only a warning")
	}
}

func TestReportWithoutRoot(t *testing.T) {
	const csv = "user,arn,user_creation_time\na,arn:aws:iam::111122223333:user/a,N/A\n"
	wrapped := text("w.json", `{"Content": "`+base64.StdEncoding.EncodeToString([]byte(csv))+`", "ReportFormat": "text/csv"}`)
	p := parse(t, wrapped)
	want := []string{"w.json:1:1: the credential report has no row <root_account>: the rules about the root user could not run on it"}
	if diff := cmp.Diff(want, messages(p)); diff != "" || !p.Diagnostics[0].Warning {
		t.Error(diff)
	}
	root := text("root.csv", "user,arn,user_creation_time\n<root_account>,arn:aws:iam::111122223333:root,N/A\n")
	if diff := cmp.Diff([]string(nil), messages(parse(t, wrapped, root))); diff != "" {
		t.Error(diff)
	}
}

func TestRepeatedKeysOfAnAnswer(t *testing.T) {
	p := parse(t, text("d.json", `{"RoleDetailList": [], "RoleDetailList": [], "Marker": "", "Marker": ""}`))
	want := []string{`d.json:1:24: the key "RoleDetailList" repeats: all are read`, `d.json:1:60: the key "Marker" repeats: the last one counts`}
	if diff := cmp.Diff(want, messages(p)); diff != "" {
		t.Error(diff)
	}
}

func TestLikenessesOfAnswersAboutOneThing(t *testing.T) {
	for _, content := range []string{
		`{"Role": "admin"}`, `{"Role": {"Name": "x"}}`, `{"Policy": "x"}`, `{"Policy": {"Name": "x"}}`, `{"PolicyVersion": "1"}`,
		`{"PolicyName": "p", "PolicyDocument": {}}`, `{"PolicyName": "p", "RoleName": "r"}`,
	} {
		if export.New().Match(text("x.json", content)) {
			t.Errorf("%s matches", content)
		}
	}
}
