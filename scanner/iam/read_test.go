package iam_test

import (
	"strings"
	"testing"

	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/source"
)

func read(t *testing.T, kind iam.DocumentKind, text string) *iam.Document {
	t.Helper()
	return iam.Read(jsonValue(t, text), kind)
}

func jsonValue(tb testing.TB, text string) *source.Value {
	tb.Helper()
	v, diags := source.ReadJSON(source.New("p.json", []byte(text)).Text())
	if len(diags) > 0 {
		tb.Fatal(diags)
	}
	return v
}

func TestReadNormalisesOneAndMany(t *testing.T) {
	one := read(t, iam.TrustDocument, `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"sts:AssumeRole","Principal":"*"}}`)
	many := read(t, iam.TrustDocument, `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["sts:AssumeRole"],"Principal":{"AWS":["*"]}}]}`)
	for _, d := range []*iam.Document{one, many} {
		if d.Invalid || len(d.Statements) != 1 {
			t.Fatalf("faults %v", d.Faults)
		}
		st := d.Statements[0]
		if len(st.Actions) != 1 || len(st.Principals) != 1 || st.Principals[0].Kind != iam.AnyPrincipal || st.Effect != iam.Allow {
			t.Errorf("statement %+v", st)
		}
		if got := st.Principals[0].Value.Range.Text(); got != `"*"` {
			t.Errorf("range %q", got)
		}
	}
}

func TestReadReportsFaultsAtTheToken(t *testing.T) {
	for _, c := range []struct {
		name, text, token, message string
		kind                       iam.DocumentKind
		// fatal says that AWS refuses the document, invalid that it
		// counts for nothing.
		fatal, invalid bool
	}{
		{"effect", `{"Statement":[{"Effect":"allow","Action":"*","Resource":"*"}]}`, `"allow"`, "Allow or Deny", iam.IdentityDocument, true, true},
		{"both", `{"Statement":[{"Effect":"Allow","Action":"a:b","NotAction":"c:d","Resource":"*"}]}`, `"NotAction"`, "not both", iam.IdentityDocument, true, true},
		{"version", `{"Version":"2012-10-18","Statement":{"Effect":"Allow","Action":"a:b","Resource":"*"}}`, `"2012-10-18"`, "Version", iam.IdentityDocument, true, true},
		{"element", `{"Statement":[{"Effect":"Allow","Actions":"a:b","Action":"a:b","Resource":"*"}]}`, `"Actions"`, "unknown element", iam.IdentityDocument, true, true},
		{"principal", `{"Statement":[{"Effect":"Allow","Principal":"*","Action":"a:b","Resource":"*"}]}`, `"Principal":"*"`, "not allowed", iam.IdentityDocument, true, true},
		{"no resource", `{"Statement":[{"Effect":"Allow","Action":"a:b"}]}`, `{"Effect":"Allow","Action":"a:b"}`, "no Resource", iam.IdentityDocument, true, true},
		{"repeated", `{"Statement":[{"Effect":"Deny","Effect":"Allow","Action":"a:b","Resource":"*"}]}`, `"Effect"`, "twice", iam.IdentityDocument, true, true},
		{"sid", `{"Statement":[{"Sid":"A","Effect":"Allow","Action":"a:b","Resource":"*"},{"Sid":"A","Effect":"Deny","Action":"a:b","Resource":"*"}]}`, `"A"`, "stands twice", iam.IdentityDocument, true, false},
		{"key case", `{"Statement":[{"Effect":"Allow","Action":"a:b","Resource":"*","Condition":{"StringEquals":{"aws:x":"1","AWS:X":"2"}}}]}`, `"AWS:X"`, "twice", iam.IdentityDocument, true, true},
		{"operator", `{"Statement":[{"Effect":"Allow","Action":"a:b","Resource":"*","Condition":{"StringIs":{"aws:x":"1"}}}]}`, `"StringIs"`, "unknown condition operator", iam.IdentityDocument, true, false},
		{"wild principal", `{"Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"arn:aws:iam::*:root"}}]}`, `"arn:aws:iam::*:root"`, "names nobody", iam.TrustDocument, true, false},
		{"prefix", `{"Statement":[{"Effect":"Allow","Action":"cloud*:Get*","Resource":"*"}]}`, `"cloud*:Get*"`, "wildcard", iam.IdentityDocument, true, false},
		{"variable", `{"Version":"2008-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::${aws:username}"}]}`, `"arn:aws:s3:::${aws:username}"`, "plain text", iam.IdentityDocument, false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := read(t, c.kind, c.text)
			if len(d.Faults) != 1 {
				t.Fatalf("faults %v", d.Faults)
			}
			f := d.Faults[0]
			if f.Range.Text() != c.token || !strings.Contains(f.Message, c.message) || f.Fatal != c.fatal || d.Invalid != c.invalid {
				t.Errorf("fault at %q: %s (fatal %v, invalid %v)", f.Range.Text(), f.Message, f.Fatal, d.Invalid)
			}
		})
	}
}

func TestReadUnknownDocuments(t *testing.T) {
	d := iam.Read(source.UnreadValue("var.policy", source.Range{}), iam.IdentityDocument)
	if !d.Unknown || d.Invalid {
		t.Errorf("document %+v", d)
	}
	if iam.Read(nil, iam.IdentityDocument) != nil {
		t.Error("no value is no document")
	}
}

func TestMatch(t *testing.T) {
	region := source.Hole(source.HoleRegion, "")
	free := source.Hole(source.HoleFree, "x")
	for _, c := range []struct {
		got, want iam.Verdict
		name      string
	}{
		{iam.MatchAction("CloudWatch:PUTMETRICDATA", "cloudwatch:PutMetricData"), iam.Yes, "case"},
		{iam.MatchAction("cloudwatch:ListMetrics?", "cloudwatch:ListMetrics"), iam.No, "? is one"},
		{iam.MatchAction("*:*", "logs:PutLogEvents"), iam.Yes, "all"},
		{iam.MatchAction(free+":*", "logs:PutLogEvents"), iam.Maybe, "hole"},
		{iam.MatchAction("logs:"+free, "oam:CreateLink"), iam.No, "hole in another service"},
		{iam.Covers("a*c", "a*b*c"), iam.Yes, "star covers star"},
		{iam.Covers("a?c", "a*c"), iam.No, "? does not cover *"},
		{iam.Covers("arn:"+region+":x", "arn:"+region+":x"), iam.Yes, "equal holes"},
		{iam.Covers("arn:"+region+":x", "arn:eu:x"), iam.Maybe, "a hole may"},
		{iam.Overlaps("a*b", "ax*"), iam.Yes, "meet"},
		{iam.Overlaps("a*b", "b*"), iam.No, "apart"},
		{iam.ResourceMatches("arn:aws:logs:*", "arn:aws:logs:eu-west-1:111122223333:log-group:/a:*"), iam.Yes, "a last * runs on"},
		{iam.ResourceMatches("arn:aws:cloudwatch:*:alarm:x", "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:x"), iam.Yes, "a field's last * runs on"},
		{iam.ResourceMatches("arn:aws:logs:*:*:log-group:/app", "arn:aws:logs:eu-west-1:111122223333:log-group:/app:*"), iam.No, "without :*"},
		{iam.ResourceMatches("arn:aws:logs:*:*:log-group:/app/*", "arn:aws:logs:*:*:log-group:*:*"), iam.Maybe, "part"},
		{iam.ResourceMatches("arn:aws:cloudwatch:*:*:alarm:*", "*"), iam.No, "only * holds *"},
	} {
		if c.got != c.want {
			t.Errorf("%s: %d, want %d", c.name, c.got, c.want)
		}
	}
}
