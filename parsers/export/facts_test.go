package export_test

import (
	"context"
	"encoding/base64"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/iamwatch/iamwatch/parsers/export"
	"github.com/iamwatch/iamwatch/scanner"
	"github.com/iamwatch/iamwatch/scanner/model"
)

func TestCredentialReport(t *testing.T) {
	u := only(t, parse(t, sample(t, "credential-report.csv", "get-credential-report.json")...))
	if len(u.CredentialReports) != 1 {
		t.Fatalf("%d reports", len(u.CredentialReports))
	}
	r := u.CredentialReports[0]
	if len(r.Rows) != 4 || r.Generated.Value != "2026-11-23T08:35:00+00:00" {
		t.Fatalf("report %+v", r)
	}
	root := r.Rows[0]
	if root.User.Value != "<root_account>" || !root.Keys[0].Active.Is("true") || root.Keys[0].LastService.Range.Text() != "monitoring" {
		t.Errorf("root %+v", root)
	}
	if got := root.Range.From().Line; got != 2 || !strings.HasSuffix(root.Range.Text(), "false,N/A") {
		t.Errorf("row at line %d, %q", got, root.Range.Text())
	}
}

func TestWrappedReportStandsAtItsContent(t *testing.T) {
	r := only(t, parse(t, sample(t, "get-credential-report.json")...)).CredentialReports[0]
	at := r.Rows[1].MFAActive.Range
	if !strings.HasPrefix(at.Text(), `"dXNlcixhcm4s`) || at != r.Rows[3].Range {
		t.Errorf("at %q", at.Text())
	}
}

func TestReportIsReadByHeaderName(t *testing.T) {
	csv := "\uFEFFmfa_active,user,arn,user_creation_time,additional_credentials_info\r\n" +
		"TRUE,\"a,b\",arn:aws:iam::111122223333:user/a,no_information,x\r\n" +
		"FALSE,short\r\n" +
		"FALSE,c,arn:aws:iam::111122223333:user/c,N/A,\r\n"
	p := parse(t, text("r.csv", csv))
	want := []string{"r.csv:3:1: read credential report: the row has 2 fields, not 5"}
	if diff := cmp.Diff(want, messages(p)); diff != "" {
		t.Error(diff)
	}
	rows := p.Units[0].CredentialReports[0].Rows
	if len(rows) != 2 {
		t.Fatalf("%d rows", len(rows))
	}
	a := rows[0]
	got := []string{a.User.Value, a.User.Range.Text(), a.MFAActive.Value, a.MFAActive.Range.Text(), rows[1].MFAActive.Value, rows[1].Created.Value}
	if diff := cmp.Diff([]string{"a,b", `"a,b"`, "true", "TRUE", "false", "N/A"}, got); diff != "" {
		t.Error(diff)
	}
	if !a.PasswordEnabled.IsZero() {
		t.Error("a column that is not there must be zero")
	}
	broken := base64.StdEncoding.EncodeToString([]byte("user,arn,user_creation_time\n\"x"))
	p = parse(t, text("r.json", `{"Content": "`+broken+`"}`))
	if len(p.Diagnostics) != 1 || p.Diagnostics[0].Range.Text() != `"`+broken+`"` {
		t.Error(messages(p))
	}
}

func TestKeysAreNeverWhole(t *testing.T) {
	const id = "AKIAZZZZZZZZZZZZQRST"
	u := only(t, parse(t,
		text("k.json", `{"AccessKeyMetadata": [{"UserName": "u", "AccessKeyId": "`+id+`", "Status": "Inactive", "CreateDate": "2026-01-02T00:00:00Z"}]}`),
		text("l.json", `{"AccessKeyMetadata": [{"UserName": "u", "AccessKeyId": "`+id+`", "Status": "Inactive"}]}`),
		text("m.json", `{"UserName": "u", "AccessKeyLastUsed": {"LastUsedDate": "2026-02-03T00:00:00Z", "ServiceName": "logs"}}`),
		text("n.json", `{"ServiceSpecificCredentials": [{"UserName": "u", "ServiceName": "logs.amazonaws.com", "ServiceSpecificCredentialId": "ACCAZZZZZZZZZZZZEFGH", "Status": "Active"}]}`)))
	type key struct{ name, address, last4, lastUsed, service, at string }
	var got []key
	for _, k := range u.AccessKeys {
		got = append(got, key{k.Name.Value, k.Address, k.Last4, k.LastUsed.Value, k.Service.Value, k.Range.Text()})
	}
	want := []key{
		{"...QRST", "u/QRST", "QRST", "2026-02-03T00:00:00Z", "", `"u"`},
		{"logs.amazonaws.com", "u/logs.amazonaws.com/EFGH", "EFGH", "", "logs.amazonaws.com", `"u"`},
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(key{})); diff != "" {
		t.Error(diff)
	}
}

func TestInstancesAndAssociations(t *testing.T) {
	u := only(t, parse(t,
		text("a.json", `{"IamInstanceProfileAssociations": [
 {"InstanceId": "i-1", "State": "associated", "IamInstanceProfile": {"Arn": "arn:aws:iam::111122223333:instance-profile/p"}},
 {"InstanceId": "i-2", "State": "disassociated", "IamInstanceProfile": {"Arn": "arn:aws:iam::111122223333:instance-profile/p"}}]}`),
		text("i.json", `{"Reservations": [{"OwnerId": "111122223333", "Instances": [
 {"InstanceId": "i-1", "Placement": {"AvailabilityZone": "eu-west-1a"}, "Tags": [{"Key": "role", "Value": "amazon-cloudwatch-agent"}]},
 {"InstanceId": "i-2", "Placement": {"AvailabilityZone": "eu-west-1b"}, "MetadataOptions": {"HttpTokens": "required"}},
 {"InstanceId": "i-3", "State": {"Name": "terminated"}}]}]}`)))
	if len(u.Instances) != 2 || u.Account != "111122223333" || u.Region != "eu-west-1" {
		t.Fatalf("unit %+v", u)
	}
	one, two := u.Instances[0], u.Instances[1]
	if one.Profile == nil || len(one.Needs) != 1 || one.Address != "arn:aws:ec2:eu-west-1:111122223333:instance/i-1" {
		t.Errorf("i-1 %+v", one)
	}
	if two.Profile != nil || two.Tokens.Range.Text() != `"required"` || two.MetadataRange.IsZero() {
		t.Errorf("i-2 %+v", two)
	}
}

func TestTelemetryAnswers(t *testing.T) {
	const doc = `"{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"a:b\",\"Resource\":\"*\"}}"`
	u := only(t, parse(t,
		text("eu-west-1/d.json", `{"destinations": [{"destinationName": "d", "arn": "arn:aws:logs:eu-west-1:111122223333:destination:d", "accessPolicy": `+doc+`}, {"destinationName": "closed", "arn": "arn:aws:logs:eu-west-1:111122223333:destination:closed"}]}`),
		text("eu-west-1/p.json", `{"resourcePolicies": [{"policyName": "g", "resourceArn": "arn:aws:logs:eu-west-1:111122223333:log-group:/a", "policyDocument": `+doc+`}]}`),
		text("eu-west-1/x.json", `{"ResourcePolicies": [{"PolicyName": "x", "PolicyRevisionId": "1", "PolicyDocument": `+doc+`}]}`),
		text("eu-west-1/y.json", `{"ResourcePolicies": [{"PolicyName": "x", "PolicyRevisionId": "1", "PolicyDocument": `+doc+`}]}`),
		text("eu-west-1/s.json", `{"SAMLProviderList": [{"Arn": "arn:aws:iam::111122223333:saml-provider/corp"}]}`),
		text("eu-west-1/g.json", `{"logGroups": [{"logGroupName": "/a", "arn": "arn:aws:logs:eu-west-1:111122223333:log-group:/a:*", "bearerTokenAuthenticationEnabled": true}]}`)))
	var got []string
	for _, r := range u.ResourcePolicies {
		got = append(got, r.Kind.String()+" "+r.Address+" "+r.Region+" "+r.Resource.Value.Value)
	}
	want := []string{
		"log destination policy arn:aws:logs:eu-west-1:111122223333:destination:d eu-west-1 arn:aws:logs:eu-west-1:111122223333:destination:d",
		"log group resource policy log-group-resource-policy/g eu-west-1 arn:aws:logs:eu-west-1:111122223333:log-group:/a",
		"X-Ray resource policy X-Ray-resource-policy/x eu-west-1 ",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if u.Providers[0].Kind != model.SAML || u.Providers[0].Name.Value != "corp" {
		t.Errorf("provider %+v", u.Providers[0])
	}
	if g := u.LogGroups[0]; !g.BearerToken.Is("true") || g.Address != "arn:aws:logs:eu-west-1:111122223333:log-group:/a" {
		t.Errorf("group %+v", g)
	}
}

func TestEndedContextStops(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for _, job := range export.New().Plan(&scanner.Env{}, all(t)) {
		if p := job(ctx); len(p.Units) != 0 {
			t.Error("units were read after the context ended")
		}
	}
}

func TestGapsAreMarked(t *testing.T) {
	p := parse(t, text("a.json", `{"UserDetailList": [
 {"UserName": "a", "Arn": "arn:aws:iam::111122223333:user/a", "GroupList": ["ops"]},
 {"UserName": "b", "Arn": "arn:aws:iam::111122223333:user/b", "AttachedManagedPolicies": [{"PolicyArn": "arn:aws:iam::111122223333:policy/p"}]},
 {"UserName": "c", "Arn": "arn:aws:iam::111122223333:user/c", "AttachedManagedPolicies": [{"PolicyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}]}]}`))
	u := p.Units[0]
	got := []string{u.Identities[0].Incomplete, u.Identities[1].Incomplete, u.Identities[2].Incomplete}
	want := []string{"group ops is not in the export", "policy arn:aws:iam::111122223333:policy/p is not in the export", ""}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	want = []string{"a.json:2:15: user a: group ops is not in the export (2 identities have such gaps)"}
	if diff := cmp.Diff(want, messages(p)); diff != "" || !p.Diagnostics[0].Warning {
		t.Error(diff)
	}
}

func TestXMLOfOtherAnswers(t *testing.T) {
	u := only(t, parse(t,
		text("s.xml", `<?xml version="1.0"?><GetAccountSummaryResponse><GetAccountSummaryResult><SummaryMap><entry><key>AccountMFAEnabled</key><value>0</value></entry><entry><key>Users</key><value>3</value></entry></SummaryMap></GetAccountSummaryResult></GetAccountSummaryResponse>`),
		text("k.xml", `<ListAccessKeysResponse><ListAccessKeysResult><AccessKeyMetadata><member><UserName>u</UserName><AccessKeyId>AKIAZZZZZZZZZZZZQRST</AccessKeyId><Status>Active</Status></member></AccessKeyMetadata><IsTruncated>false</IsTruncated></ListAccessKeysResult></ListAccessKeysResponse>`)))
	if got := u.Summaries[0].Get("AccountMFAEnabled"); got.Value != "0" || got.Range.Text() != "0" || len(u.Summaries[0].Values) != 2 {
		t.Errorf("summary %+v", u.Summaries[0])
	}
	if k := u.AccessKeys[0]; k.Last4 != "QRST" || k.Range.Text() != "u" {
		t.Errorf("key %+v", k)
	}
}
