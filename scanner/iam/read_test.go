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
		{"element", `{"Statement":[{"Effect":"Allow","Actions":"a:b","Action":"a:b","Resource":"*"}]}`, `"Actions"`, "unknown element", iam.IdentityDocument, true, false},
		{"principal", `{"Statement":[{"Effect":"Allow","Principal":"*","Action":"a:b","Resource":"*"}]}`, `"Principal":"*"`, "not allowed", iam.IdentityDocument, true, true},
		{"no resource", `{"Statement":[{"Effect":"Allow","Action":"a:b"}]}`, `{"Effect":"Allow","Action":"a:b"}`, "no Resource", iam.IdentityDocument, true, true},
		{"repeated", `{"Statement":[{"Effect":"Deny","Effect":"Allow","Action":"a:b","Resource":"*"}]}`, `"Effect"`, "twice", iam.IdentityDocument, true, true},
		{"sid", `{"Statement":[{"Sid":"A","Effect":"Allow","Action":"a:b","Resource":"*"},{"Sid":"A","Effect":"Deny","Action":"a:b","Resource":"*"}]}`, `"A"`, "stands twice", iam.IdentityDocument, true, false},
		{"key case", `{"Statement":[{"Effect":"Allow","Action":"a:b","Resource":"*","Condition":{"StringEquals":{"aws:x":"1","AWS:X":"2"}}}]}`, `"AWS:X"`, "twice", iam.IdentityDocument, true, true},
		{"operator", `{"Statement":[{"Effect":"Allow","Action":"a:b","Resource":"*","Condition":{"StringIs":{"aws:x":"1"}}}]}`, `"StringIs"`, "unknown condition operator", iam.IdentityDocument, true, false},
		{"wild principal", `{"Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"arn:aws:iam::*:root"}}]}`, `"arn:aws:iam::*:root"`, "names nobody", iam.TrustDocument, true, false},
		{"trust NotPrincipal", `{"Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","NotPrincipal":{"AWS":"111122223333"}}]}`, `"NotPrincipal":{"AWS":"111122223333"}`, "no NotPrincipal", iam.TrustDocument, true, false},
		{"document element", `{"Comment":"x","Statement":[{"Effect":"Allow","Action":"a:b","Resource":"*"}]}`, `"Comment"`, "unknown element", iam.IdentityDocument, true, false},
		{"principal case", `{"Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"aws":"*"}}]}`, `"aws"`, "written AWS", iam.TrustDocument, true, false},
		{"element case", `{"statement":[{"Effect":"Allow","Action":"a:b","Resource":"*"}]}`, `"statement"`, "written Statement", iam.IdentityDocument, true, false},
		{"trust resource", `{"Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":"*","Resource":"*"}]}`, `"Resource":"*"`, "no Resource", iam.TrustDocument, true, false},
		{"no prefix", `{"Statement":[{"Effect":"Allow","Action":"DeleteAlarms","Resource":"*"}]}`, `"DeleteAlarms"`, "no service prefix", iam.IdentityDocument, true, false},
		{"sid letters", `{"Statement":[{"Sid":"a-b","Effect":"Allow","Action":"a:b","Resource":"*"}]}`, `"a-b"`, "letters and digits", iam.IdentityDocument, true, false},
		{"no ARN", `{"Statement":[{"Effect":"Allow","Action":"a:b","Resource":"alarm-1"}]}`, `"alarm-1"`, "no ARN", iam.IdentityDocument, true, false},
		{"short ARN", `{"Statement":[{"Effect":"Allow","Action":"a:b","Resource":"arn:aws:logs:*"}]}`, `"arn:aws:logs:*"`, "short", iam.IdentityDocument, false, false},
		{"short ARN, SCP", `{"Statement":[{"Effect":"Allow","Action":"a:b","Resource":"arn:aws:logs"}]}`, `"arn:aws:logs"`, "short", iam.ServiceControlDocument, true, true},
		{"runs on", `{"Statement":[{"Effect":"Allow","Action":"a:b","Resource":"arn:aws:cloudwatch:*:alarm:x:y"}]}`, `"arn:aws:cloudwatch:*:alarm:x:y"`, "runs past", iam.IdentityDocument, false, false},
		{"service field", `{"Statement":[{"Effect":"Allow","Action":"a:b","Resource":"arn:aws:cloud*:*:*:x"}]}`, `"arn:aws:cloud*:*:*:x"`, "service field", iam.IdentityDocument, false, false},
		{"type", `{"Statement":[{"Effect":"Allow","Action":"a:b","Resource":"arn:aws:cloudwatch:*:*:al?rm:x"}]}`, `"arn:aws:cloudwatch:*:*:al?rm:x"`, "resource type", iam.IdentityDocument, false, false},
		{"early variable", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"a:b","Resource":"arn:aws:logs:*:${aws:PrincipalAccount}:x"}]}`, `"arn:aws:logs:*:${aws:PrincipalAccount}:x"`, "fifth colon", iam.IdentityDocument, false, false},
		{"empty actions", `{"Statement":[{"Effect":"Allow","Action":[],"Resource":"*"}]}`, `"Action":[]`, "applies to nothing", iam.IdentityDocument, false, false},
		{"comma", `{"Statement":[{"Effect":"Allow","Action":"a:b,c:d","Resource":"*"}]}`, `"a:b,c:d"`, "matches nothing", iam.IdentityDocument, false, false},
		{"blank", `{"Statement":[{"Effect":"Allow","Action":" a:b","Resource":"*"}]}`, `" a:b"`, "matches nothing", iam.IdentityDocument, false, false},
		{"character", `{"Statement":[{"Effect":"Allow","Action":"a:b","Resource":"arn:aws:s3:::Ł"}]}`, `"arn:aws:s3:::Ł"`, "U+0141", iam.IdentityDocument, true, false},
		{"RCP allow", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"*"}]}`, `"Effect":"Allow"`, "Deny only", iam.ResourceControlDocument, true, true},
		{"RCP everything", `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*"}]}`, `"*"`, "names a service", iam.ResourceControlDocument, true, true},
		{"group", `{"Statement":[{"Effect":"Allow","Action":"a:b","Resource":"*","Principal":{"AWS":"arn:aws:iam::111122223333:group/g"}}]}`, `"arn:aws:iam::111122223333:group/g"`, "names nobody", iam.ResourceDocument, true, false},
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

func TestReadTellsTheSureFromTheDoubtful(t *testing.T) {
	v := jsonValue(t, `{"Statement":{"Effect":"Allow","Action":["logs:Get*","logs:Put*"],"Resource":"*"}}`)
	v.Get("Statement").Get("Action").Items[1].Maybe = true
	d := iam.Read(v, iam.IdentityDocument)
	if len(d.Statements) != 2 {
		t.Fatalf("%d statements", len(d.Statements))
	}
	sure, doubtful := d.Statements[0], d.Statements[1]
	if sure.Maybe || len(sure.Actions) != 1 || !doubtful.Maybe || len(doubtful.Actions) != 2 || sure.Index != doubtful.Index {
		t.Errorf("sure %+v, doubtful %+v", sure, doubtful)
	}
}

func TestReadDocumentsInStrings(t *testing.T) {
	for _, text := range []string{
		`"{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"logs:*\",\"Resource\":\"*\"}}"`,
		`"%7B%22Statement%22%3A%7B%22Effect%22%3A%22Allow%22%2C%22Action%22%3A%22logs%3A%2A%22%2C%22Resource%22%3A%22%2A%22%7D%7D"`,
	} {
		d := read(t, iam.IdentityDocument, text)
		if d.Invalid || len(d.Statements) != 1 || !d.Statements[0].Actions[0].Is("logs:*") {
			t.Errorf("%s: %+v", text, d)
		}
	}
	for _, text := range []string{`"{"`, `"x"`, `""`, `"[]"`, `7`} {
		if d := read(t, iam.IdentityDocument, text); !d.Invalid {
			t.Errorf("%s is taken: %+v", text, d)
		}
	}
}

// TestReadKeepsWhatStandsBesideTheUnread holds that a part of which nothing is
// known, or only that it is some text, leaves the rest of its document alone.
func TestReadKeepsWhatStandsBesideTheUnread(t *testing.T) {
	const statement = `{"Effect":"Allow","Action":"logs:*","Resource":"*"`
	for name, unread := range map[string]*source.Value{
		"nothing known": source.UnreadValue("var.x", source.Range{}),
		"some text":     source.StringValue(source.Unknown(source.HoleFree, "var.x", source.Range{})),
	} {
		for _, c := range []struct {
			part, text string
			// maybe says that the known statement is in doubt, beside that
			// an unread one stands beside it.
			maybe, beside bool
		}{
			{"statement", `{"Statement":[` + statement + `},"HOLE"]}`, false, true},
			{"condition", `{"Statement":[` + statement + `,"Condition":"HOLE"}]}`, true, false},
			{"operator", `{"Statement":[` + statement + `,"Condition":{"StringEquals":"HOLE"}}]}`, true, false},
			{"resource", `{"Statement":[{"Effect":"Allow","Action":"logs:*","Resource":"HOLE"}]}`, false, false},
			{"effect", `{"Statement":[{"Effect":"HOLE","Action":"logs:*","Resource":"*"}]}`, false, false},
			{"element", `{"Statement":[` + statement + `,"HOLE":"HOLE"}]}`, true, false},
			{"the name of Resource", `{"Statement":[{"Effect":"Allow","Action":"logs:*","HOLE":"*"}]}`, true, false},
			{"the names of Effect and Resource", `{"Statement":[{"HOLE":"Allow","Action":"logs:*","HOLE":"*"}]}`, true, false},
			{"the name of Statement", `{"Version":"2012-10-17","HOLE":[` + statement + `}]}`, false, false},
			{"the names of all elements", `{"HOLE":"2012-10-17","HOLE":[` + statement + `}]}`, false, false},
			{"document element", `{"Statement":[` + statement + `}],"HOLE":"HOLE"}`, false, true},
			{"version", `{"Version":"HOLE","Statement":[` + statement + `}]}`, false, false},
		} {
			d := iam.Read(fill(jsonValue(t, c.text), unread), iam.IdentityDocument)
			if d.Invalid || d.Unknown || len(d.Faults) > 0 {
				t.Errorf("%s, %s: faults %v", c.part, name, d.Faults)
				continue
			}
			st := d.Statements[0]
			if !st.Actions[0].Is("logs:*") || st.Maybe != c.maybe || (d.Unread() != nil) != c.beside {
				t.Errorf("%s, %s: %+v, unread %v", c.part, name, st, d.Unread())
			}
		}
	}
}

// fill puts a value, or its text as a name, wherever HOLE stands.
func fill(v, with *source.Value) *source.Value {
	if v.Text().Is("HOLE") {
		return with
	}
	for i := range v.Items {
		v.Items[i] = fill(v.Items[i], with)
	}
	for i := range v.Members {
		if v.Members[i].Name.Is("HOLE") {
			v.Members[i].Name = with.Scalar
		}
		v.Members[i].Value = fill(v.Members[i].Value, with)
	}
	return v
}
