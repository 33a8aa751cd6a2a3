package iam_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/source"
)

const (
	alice   = "arn:aws:iam::111122223333:user/alice"
	session = "arn:aws:sts::111122223333:assumed-role/app/i-0abc"
	bob     = "arn:aws:iam::444455556666:user/bob"
	alarm   = "arn:aws:cloudwatch:us-east-1:111122223333:alarm:prod-1"
	topic   = "arn:aws:sns:us-east-1:111122223333:alarms"
)

// fakeFacts is a catalogue of a few actions.
type fakeFacts struct{}

func (fakeFacts) ActionResourceARNs(action string) ([]string, bool) {
	switch action {
	case "logs:DescribeLogGroups", "cloudwatch:ListMetrics":
		return nil, true
	case "logs:DeleteLogGroup":
		return []string{"arn:${Partition}:logs:${Region}:${Account}:log-group:${LogGroupName}:*"}, true
	case "cloudwatch:DeleteAlarms":
		return []string{"arn:${Partition}:cloudwatch:${Region}:${Account}:alarm:${AlarmName}"}, true
	case "cloudwatch:PutDashboard":
		return []string{"arn:${Partition}:cloudwatch::${Account}:dashboard/${DashboardName}"}, true
	}
	return nil, false
}

func (fakeFacts) ActionConditionKeys(action string) ([]string, bool) {
	switch action {
	case "cloudwatch:PutMetricData":
		return []string{"cloudwatch:namespace"}, true
	case "cloudwatch:DeleteAlarms", "logs:DeleteLogGroup":
		return []string{"aws:ResourceTag/${TagKey}"}, true
	}
	return nil, false
}

func (fakeFacts) RCPSupported(service string) bool { return service == "logs" }

// doc reads a document of one statement, given by its members.
func doc(t *testing.T, kind iam.DocumentKind, statements ...string) *iam.Document {
	t.Helper()
	return read(t, kind, `{"Version":"2012-10-17","Statement":[{`+strings.Join(statements, "},{")+`}]}`)
}

func allowAll(t *testing.T) *iam.Document {
	return doc(t, iam.IdentityDocument, `"Effect":"Allow","Action":"*","Resource":"*"`)
}

func request(action, resource string) iam.Request {
	return iam.Request{Principal: alice, Action: action, Resource: resource}
}

func answer(d iam.Decision) string {
	if d.Explicit {
		return "explicit"
	}
	return d.Result.String()
}

func TestActionPatterns(t *testing.T) {
	for _, c := range []struct {
		pattern, action string
		want            iam.Verdict
	}{
		{"CLOUDWATCH:getMETRICdata", "cloudwatch:GetMetricData", iam.Yes},
		{"*", "logs:GetLogEvents", iam.Yes},
		{"*:*", "logs:GetLogEvents", iam.Yes},
		{"logs:*", "logs:GetLogEvents", iam.Yes},
		{"logs:*Events", "logs:GetLogEvents", iam.Yes},
		{"logs:Get*Events*", "logs:GetLogEvents", iam.Yes},
		{"logs:GetLogEvent?", "logs:GetLogEvents", iam.Yes},
		{"logs:GetLogEvents?", "logs:GetLogEvents", iam.No},
		{"log:*", "logs:GetLogEvents", iam.No},
		{"logs:", "logs:", iam.No},
		{"logs:GetLogEvents,logs:PutLogEvents", "logs:GetLogEvents", iam.No},
		{"logs:Get LogEvents", "logs:Get LogEvents", iam.No},
		{"log*", "logs:GetLogEvents", iam.No},
		{"cloud*:Get*", "cloudwatch:GetMetricData", iam.Yes},
		{"cloudwatch:Link", "cloudwatch:Link", iam.Yes},
		{"logs:NotInAnyTable", "logs:notinanytable", iam.Yes},
	} {
		if got := iam.MatchAction(c.pattern, c.action); got != c.want {
			t.Errorf("%s on %s: %v, want %v", c.pattern, c.action, got, c.want)
		}
	}
}

func TestStatementActions(t *testing.T) {
	hole := source.Hole(source.HoleFree, "var.x")
	for _, c := range []struct {
		name   string
		effect iam.Effect
		not    bool
		list   []string
		want   iam.Verdict
	}{
		{"one of many", iam.Allow, false, []string{"s3:*", "logs:Get*"}, iam.Yes},
		{"none", iam.Allow, false, []string{"s3:*"}, iam.No},
		{"empty", iam.Allow, false, nil, iam.No},
		{"empty NotAction", iam.Allow, true, nil, iam.No},
		{"NotAction excludes", iam.Allow, true, []string{"LOGS:*"}, iam.No},
		{"NotAction leaves", iam.Allow, true, []string{"iam:*"}, iam.Yes},
		{"NotAction with a comma excludes nothing", iam.Deny, true, []string{"logs:Get*,s3:*"}, iam.Yes},
		{"wild prefix, Allow", iam.Allow, false, []string{"lo*:Get*"}, iam.Yes},
		{"wild prefix, Deny", iam.Deny, false, []string{"lo*:Get*"}, iam.Maybe},
		{"wild prefix, NotAction", iam.Allow, true, []string{"lo*:Get*"}, iam.Maybe},
		{"hole", iam.Allow, false, []string{hole}, iam.Maybe},
		{"hole in the name", iam.Allow, false, []string{"logs:Get" + hole}, iam.Maybe},
		{"hole behind other text", iam.Allow, false, []string{"logs:Put" + hole}, iam.No},
		{"hole in NotAction", iam.Allow, true, []string{hole}, iam.Maybe},
	} {
		st := &iam.Statement{Effect: c.effect, NotAction: c.not}
		for _, a := range c.list {
			st.Actions = append(st.Actions, source.NewString(a, source.Range{}))
		}
		if got := st.MatchesAction("logs:GetLogEvents"); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestResourcePatterns(t *testing.T) {
	self, account := source.Hole(source.HoleSelf, ""), source.Hole(source.HoleAccount, "x")
	region, name := source.Hole(source.HoleRegion, "r"), source.Hole(source.HoleName, "n")
	free := source.Hole(source.HoleFree, "f")
	group := "arn:aws:logs:us-east-1:111122223333:log-group:/app/prod:*"
	stream := "arn:aws:logs:us-east-1:111122223333:log-group:/app/prod:log-stream:s"
	for _, c := range []struct {
		pattern, query string
		want           iam.Verdict
	}{
		// A star within, at the end of and past a field.
		{"arn:aws:cloudwatch:us-*:111122223333:alarm:prod-?", alarm, iam.Yes},
		{"arn:aws:cloudwatch:*-east-1:111122223333:alarm:*", alarm, iam.Yes},
		{"arn:aws:cloudwatch:*:alarm:prod-1", alarm, iam.Yes},
		{"arn:aws:cloudwatch:*st-1:alarm:prod-1", alarm, iam.No},
		{"arn:aws:cloudwatch:*", alarm, iam.Yes},
		{"arn:*", alarm, iam.Yes},
		{"arn:aws:cloudwatch:*:*:dashboard/*", "arn:aws:cloudwatch::111122223333:dashboard/Prod", iam.Yes},
		{"arn:aws:logs:*:*:log-group:/app/*", stream, iam.Yes},
		// Case: fields two to five fold, the resource does not.
		{"arn:AWS:CloudWatch:US-EAST-1:111122223333:alarm:prod-1", alarm, iam.Yes},
		{"arn:aws:cloudwatch:us-east-1:111122223333:alarm:PROD-1", alarm, iam.No},
		{"arn:aws:cloudwatch:us-east-1:111122223333:Alarm:prod-1", alarm, iam.No},
		{"arn:aws-cn:cloudwatch:us-east-1:111122223333:alarm:prod-1", alarm, iam.No},
		// The request's resource is *.
		{"*", "*", iam.Yes},
		{"**", "*", iam.Yes},
		{"arn:*", "*", iam.No},
		{free, "*", iam.Maybe},
		{"arn:aws:s3:::" + free, "*", iam.No},
		// The literal :* of log group ARNs.
		{"arn:aws:logs:*:*:log-group:/app/prod", group, iam.No},
		{"arn:aws:logs:*:*:log-group:/app/prod:*", group, iam.Yes},
		{"arn:aws:logs:*:*:log-group:/app/prod:x", group, iam.No},
		{"arn:aws:logs:*:*:log-group:/app/prod:log-stream:s", group, iam.No},
		{"arn:aws:logs:*:*:log-group:/app/prod*", group, iam.Yes},
		// Short ARNs.
		{"arn:aws:cloudwatch", alarm, iam.Yes},
		{"arn:aws:cloudwatch:us-east-1", alarm, iam.Yes},
		{"arn:aws:cloudwatch:eu-west-1", alarm, iam.No},
		{"arn:aws:s3", alarm, iam.No},
		// Variables.
		{"arn:aws:logs:*:*:log-group:/users/${aws:username}*", "arn:aws:logs:us-east-1:111122223333:log-group:/users/alice:*", iam.Maybe},
		{"arn:aws:logs:*:*:log-group:/users/${aws:username}*", group, iam.No},
		{"arn:aws:logs:*:${aws:PrincipalAccount}:log-group:*", group, iam.No},
		{"arn:aws:s3:::trail/lit${*}", "arn:aws:s3:::trail/lit*x", iam.No},
		{"arn:aws:s3:::trail/${$}{x}", "arn:aws:s3:::trail/${x}", iam.Yes},
		{"arn:aws:s3:::trail/${?}", "arn:aws:s3:::trail/x", iam.No},
		// Queries with wildcards.
		{"arn:aws:cloudwatch:*:*:alarm:*", "arn:aws:cloudwatch:*:111122223333:alarm:*", iam.Yes},
		{"arn:aws:cloudwatch:*:*:alarm:prod-*", "arn:aws:cloudwatch:*:111122223333:alarm:*", iam.Maybe},
		{"arn:aws:cloudwatch:*:*:dashboard/*", "arn:aws:cloudwatch:*:111122223333:alarm:*", iam.No},
		{"arn:aws:logs:*:*:log-group:/app:log-stream:*", "arn:aws:logs:us-east-1:111122223333:log-group:*:*", iam.No},
		// Holes.
		{"arn:aws:logs:us-east-1:" + account + ":log-group:/billing/*", stream, iam.No},
		{"arn:aws:logs:us-east-1:" + account + ":log-group:/app/*", stream, iam.Maybe},
		{"arn:aws:logs:" + region + ":111122223333:log-group:/app/*", stream, iam.Maybe},
		{"arn:aws:logs:" + region + ":log-group:/app/*", stream, iam.No},
		{"arn:aws:logs:*:*:log-group:" + name, stream, iam.No},
		{"arn:aws:logs:*:*:log-group:" + name + ":*", stream, iam.Maybe},
		{"arn:aws:iam::" + self + ":role/x", "arn:aws:iam::" + self + ":role/x", iam.Yes},
		{"arn:aws:iam::" + self + ":role/x", "arn:aws:iam::" + self + ":role/y", iam.No},
		{"arn:aws:iam::" + self + ":role/x", "arn:aws:iam::" + account + ":role/x", iam.Maybe},
		{"arn:aws:iam::*:role/x", "arn:aws:iam::" + self + ":role/x", iam.Yes},
		{free, stream, iam.Maybe},
	} {
		if got := iam.ResourceMatches(c.pattern, c.query); got != c.want {
			t.Errorf("%s on %s: %v, want %v", source.Show(c.pattern), source.Show(c.query), got, c.want)
		}
	}
}

func TestUnscoped(t *testing.T) {
	self, name := source.Hole(source.HoleSelf, ""), source.Hole(source.HoleName, "n")
	own := iam.Accounts{Own: []string{"111122223333"}}
	for _, c := range []struct {
		action, resource string
		own              iam.Accounts
		want             iam.Verdict
	}{
		{"cloudwatch:DeleteAlarms", "*", own, iam.Yes},
		{"cloudwatch:DeleteAlarms", "arn:*", own, iam.Yes},
		{"cloudwatch:DeleteAlarms", "arn:aws:cloudwatch:*:*:*", own, iam.Yes},
		{"cloudwatch:DeleteAlarms", "arn:aws:*", own, iam.Yes},
		{"cloudwatch:DeleteAlarms", "arn:aws*:cloudwatch:*:*:alarm:*", own, iam.Yes},
		{"cloudwatch:DeleteAlarms", "arn:aws:cloudwatch:*", own, iam.Yes},
		{"cloudwatch:DeleteAlarms", "arn:aws:cloudwatch:eu-west-1:*", own, iam.Yes},
		{"cloudwatch:DeleteAlarms", "arn:aws:cloudwatch:eu-*:*:alarm:*", own, iam.Yes},
		{"cloudwatch:DeleteAlarms", "arn:aws:cloudwatch:eu-west-?:*:alarm:*", own, iam.Yes},
		{"cloudwatch:DeleteAlarms", "arn:aws:cloudwatch:*:????????????:alarm:*", own, iam.Yes},
		{"cloudwatch:DeleteAlarms", "arn:aws:cloudwatch:*:1111????????:alarm:*", own, iam.Yes},
		{"cloudwatch:DeleteAlarms", "arn:aws:cloudwatch:*:4444*:alarm:*", own, iam.No},
		{"cloudwatch:DeleteAlarms", "arn:aws:*:alarm:app-*", own, iam.No},
		{"cloudwatch:DeleteAlarms", "arn:aws:*:app-*", own, iam.No},
		{"cloudwatch:DeleteAlarms", "arn:aws:logs:*", own, iam.No},
		{"cloudwatch:DeleteAlarms", "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:*", own, iam.Yes},
		{"cloudwatch:DeleteAlarms", "arn:aws:cloudwatch:eu-west-1:" + self + ":alarm:*", iam.Accounts{}, iam.Yes},
		{"cloudwatch:DeleteAlarms", "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:*", iam.Accounts{}, iam.Maybe},
		{"cloudwatch:DeleteAlarms", "arn:aws:cloudwatch:*:444455556666:alarm:*", own, iam.No},
		{"cloudwatch:DeleteAlarms", "arn:aws:cloudwatch:*:*:alarm:app-*", own, iam.No},
		{"cloudwatch:DeleteAlarms", "arn:aws:cloudwatch:*:*:alarm:" + name, own, iam.No},
		{"cloudwatch:DeleteAlarms", "arn:aws:logs:*:*:*", own, iam.No},
		{"cloudwatch:DeleteAlarms", source.Hole(source.HoleFree, "var.arn"), own, iam.Maybe},
		{"cloudwatch:PutDashboard", "arn:aws:cloudwatch:us-east-1:*:dashboard/*", own, iam.No},
		{"cloudwatch:PutDashboard", "arn:aws:cloudwatch::111122223333:dashboard/*", own, iam.Yes},
		{"logs:DeleteLogGroup", "arn:aws:logs:*:*:log-group:*", own, iam.Yes},
		{"logs:DeleteLogGroup", "arn:aws:logs:*:111122223333:log-group:*:*", own, iam.Yes},
		{"logs:DeleteLogGroup", "arn:aws:logs:*:*:log-group:/app/*", own, iam.No},
		{"cloudwatch:ListMetrics", "*", own, iam.Yes},
		{"cloudwatch:ListMetrics", "arn:aws:cloudwatch:*:*:*", own, iam.No},
		{"logs:Unlisted", "*", own, iam.Yes},
	} {
		st := &iam.Statement{HasResource: true, Resources: []source.String{source.NewString(c.resource, source.Range{})}}
		if got := iam.Unscoped(st, c.action, c.own, fakeFacts{}); got != c.want {
			t.Errorf("%s on %s: %v, want %v", c.action, source.Show(c.resource), got, c.want)
		}
		if c.want == iam.Maybe {
			continue
		}
		st.NotResource = true
		if got := iam.Unscoped(st, c.action, c.own, fakeFacts{}); got != c.want.Not() {
			t.Errorf("%s on all but %s: %v", c.action, source.Show(c.resource), got)
		}
	}
}

func TestMeaningful(t *testing.T) {
	for _, c := range []struct {
		condition string
		want      bool
	}{
		{`"StringEquals":{"cloudwatch:namespace":"App"}`, true},
		{`"StringLike":{"cloudwatch:namespace":"App/*"}`, true},
		{`"StringLike":{"cloudwatch:namespace":"*"}`, false},
		{`"StringLike":{"cloudwatch:namespace":["App","*"]}`, false},
		{`"StringEquals":{"logs:Other":"x"}`, false},
		{`"StringEquals":{"aws:PrincipalTag/team":"sre"}`, true},
		{`"StringEquals":{"aws:ResourceTag/team":"${aws:PrincipalTag/team}"}`, true},
		{`"StringEqualsIfExists":{"cloudwatch:namespace":"App"}`, false},
		{`"StringNotEquals":{"cloudwatch:namespace":"App"}`, false},
		{`"Null":{"cloudwatch:namespace":"false"}`, false},
		{`"ForAllValues:StringEquals":{"cloudwatch:namespace":"App"}`, false},
		{`"ForAllValues:StringEquals":{"aws:CalledVia":"athena.amazonaws.com"}`, true},
		{`"Bool":{"aws:SecureTransport":"true"}`, false},
		{`"Bool":{"aws:MultiFactorAuthPresent":"true"}`, true},
		{`"Bool":{"aws:MultiFactorAuthPresent":"false"}`, false},
		{`"BoolIfExists":{"aws:MultiFactorAuthPresent":"true"}`, false},
		{`"Bool":{"aws:ViaAWSService":"true"}`, true},
		{`"StringEquals":{"aws:PrincipalOrgID":"o-1"}`, false},
		{`"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/x"}`, false},
		{`"StringEquals":{"aws:RequestedRegion":"eu-west-1"}`, false},
		{`"IpAddress":{"aws:SourceIp":"203.0.113.0/24"}`, true},
		{`"IpAddress":{"aws:SourceIp":"0.0.0.0/0"}`, false},
		{`"NumericLessThan":{"aws:MultiFactorAuthAge":"300"}`, true},
		{`"NumericGreaterThan":{"aws:MultiFactorAuthAge":"0"}`, false},
	} {
		d := doc(t, iam.IdentityDocument, `"Effect":"Allow","Action":"*","Resource":"*","Condition":{`+c.condition+`}`)
		if conds, ok := iam.Meaningful(d.Statements[0], "cloudwatch:PutMetricData", fakeFacts{}); ok != c.want || len(conds) > 0 != ok {
			t.Errorf("%s: %v", c.condition, ok)
		}
	}
}

func TestParseOperator(t *testing.T) {
	type parts struct {
		Base             string
		Set              iam.SetPrefix
		IfExists         bool
		Negated, Pattern bool
	}
	for name, want := range map[string]parts{
		"StringEquals":                          {Base: "StringEquals"},
		"stringlike":                            {Base: "StringLike", Pattern: true},
		"ForAnyValue:StringNotLike":             {Base: "StringNotLike", Set: iam.ForAnyValue, Negated: true, Pattern: true},
		"forallvalues:StringEqualsIfExists":     {Base: "StringEquals", Set: iam.ForAllValues, IfExists: true},
		"NotIpAddress":                          {Base: "NotIpAddress", Negated: true},
		"ArnNotEqualsIfExists":                  {Base: "ArnNotEquals", IfExists: true, Negated: true, Pattern: true},
		"ForAnyValue:StringNotEqualsIgnoreCase": {Base: "StringNotEqualsIgnoreCase", Set: iam.ForAnyValue, Negated: true},
		"NumericGreaterThanEquals":              {Base: "NumericGreaterThanEquals"},
		"Null":                                  {Base: "Null"},
		"BinaryEquals":                          {Base: "BinaryEquals"},
		"DateNotEquals":                         {Base: "DateNotEquals", Negated: true},
		"ForAllValues:ArnLike":                  {Base: "ArnLike", Set: iam.ForAllValues, Pattern: true},
	} {
		op, ok := iam.ParseOperator(name)
		got := parts{op.Base, op.Set, op.IfExists, op.Negated, op.Like}
		if diff := cmp.Diff(want, got); diff != "" || !ok {
			t.Errorf("%s: %s", name, diff)
		}
	}
	for _, name := range []string{"", "String", "NullIfExists", "IfExists", "ForSomeValues:StringEquals", "StringEqualsIfExistsIfExists", "ForAllValues:"} {
		if op, ok := iam.ParseOperator(name); ok {
			t.Errorf("%q is an operator: %+v", name, op)
		}
	}
}
