package iam_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/iamwatch/iamwatch/scanner/cloudwatch"
	"github.com/iamwatch/iamwatch/scanner/iam"
)

// TestFieldsOfCases reads each field of the acceptance cases by its meaning.
func TestFieldsOfCases(t *testing.T) {
	all := identity(allowEverything)
	alarms := asks(alice, deleteAlarms, alarm)
	raw := func(text string) string { return `"identity_raw":[` + text + `]` }
	judge(t, []judged{
		plain("identity is a list", `"identity":[`+statements(logsOnly)+","+everything+`]`, alarms, "allowed"),
		plain("groups is a list", `"groups":[`+statements(logsOnly)+","+everything+`]`, alarms, "allowed"),
		plain("a text holds a document", raw(`"{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}}"`), alarms, "allowed"),
		plain("a text may be percent-encoded", raw(`"%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%7B%22Effect%22%3A%22Allow%22%2C%22Action%22%3A%22*%22%2C%22Resource%22%3A%22*%22%7D%7D"`), alarms, "allowed"),
		plain("a text that is no document grants nothing", raw(`"Allow everything"`), alarms, "denied"),
		maybe("$unknown stands for a document", `"identity":[`+unread+`]`, alarms, needsDocument),
		maybe("$unknown stands for a value", identity(on("Allow", unread, "*")), alarms, needsAction),
		maybe("$concat is text with holes", identity(on("Allow", `{"$concat":["cloudwatch:",{"$unknown":"a"},"Alarms"]}`, "*")), alarms, needsAction),
		plain("$concat of known text is text", identity(on("Allow", `{"$concat":["cloudwatch:","Delete","Alarms"]}`, "*")), alarms, "allowed"),
		plain("levels come root first, and each counts", members(all, `"scp":[[`+full+`],[`+full+","+statements(noDelete)+`]]`), alarms, "explicit"),
		plain("the resource's account is the caller's", all, asks(bob, deleteAlarms, "arn:aws:cloudwatch:us-east-1:444455556666:alarm:a"), "allowed"),
		plain("unless it is given", all, asks(bob, deleteAlarms, alarm, inAccount(ours)), "denied"),

		plain("closed: a key that is listed", identity(under(`"StringEquals":{"aws:PrincipalTag/team":"sre"}`)), askAs(alice, deleteAlarms, alarm, "closed", `"aws:PrincipalTag/team":"sre"`), "allowed"),
		plain("closed: a key in another case", identity(under(`"StringEquals":{"aws:PrincipalTag/team":"sre"}`)), askAs(alice, deleteAlarms, alarm, "closed", `"AWS:principaltag/TEAM":"sre"`), "allowed"),
		plain("closed: a list is multivalued", identity(under(`"ForAnyValue:StringEquals":{"aws:TagKeys":"b"}`)), askAs(alice, deleteAlarms, alarm, "closed", `"aws:TagKeys":["a","b"]`), "allowed"),
		plain("closed: a list of one is multivalued too", identity(under(`"StringEquals":{"aws:TagKeys":"b"}`)), askAs(alice, deleteAlarms, alarm, "closed", `"aws:TagKeys":["b"]`), "denied"),
		plain("open: what is listed is known", identity(under(team)), askAs(alice, deleteAlarms, alarm, "open", `"aws:PrincipalTag/team":"dev"`), "denied"),
		maybe("open: the rest is not", identity(under(team)), openly(alice, deleteAlarms, alarm), needsTeam),
	})
	for key, value := range map[string]string{
		"aws:PrincipalArn": alice, "aws:PrincipalAccount": ours, "aws:PrincipalType": "User", "aws:username": "alice", "aws:SecureTransport": "true",
		"aws:PrincipalIsAWSService": "false",
	} {
		policies := identity(under(`"StringEquals":{"` + key + `":"` + value + `"}`))
		judge(t, []judged{
			plain("closed: not even "+key+" is there", policies, alarms, "denied"),
			plain("open: "+key+" follows from the caller", policies, openly(alice, deleteAlarms, alarm), "allowed"),
		})
	}
}

// TestQueriesOverSets asks for many resources at once, by Resource and NotResource,
// Allow and Deny.
func TestQueriesOverSets(t *testing.T) {
	const (
		anyAlarm  = "arn:aws:cloudwatch:*:111122223333:alarm:*"
		prodAlarm = "arn:aws:cloudwatch:us-east-1:111122223333:alarm:prod-*"
		anyGroup  = "arn:aws:logs:us-east-1:111122223333:log-group:*:*"
		anyStream = "arn:aws:logs:us-east-1:111122223333:log-group:/app/prod:log-stream:*"
	)
	var list []judged
	for _, c := range []struct{ says, pattern, query, covers string }{
		{"all", "*", anyAlarm, "yes"},
		{"the whole set", anyAlarm, anyAlarm, "yes"},
		{"more than the set", "arn:aws:cloudwatch:*:*:alarm:*", anyAlarm, "yes"},
		{"a set of the set", "arn:aws:cloudwatch:*:*:alarm:p*", prodAlarm, "yes"},
		{"one region of all", "arn:aws:cloudwatch:eu-west-1:*:alarm:*", anyAlarm, "part"},
		{"some names of all", "arn:aws:cloudwatch:*:*:alarm:prod-*", anyAlarm, "part"},
		{"one name of all", alarm, anyAlarm, "part"},
		{"names that overlap", "arn:aws:cloudwatch:*:*:alarm:*-1", prodAlarm, "part"},
		{"other names", "arn:aws:cloudwatch:*:*:alarm:dev-*", prodAlarm, "no"},
		{"another account", "arn:aws:cloudwatch:*:444455556666:alarm:*", anyAlarm, "no"},
		{"another region", "arn:aws:cloudwatch:eu-west-1:*:alarm:*", prodAlarm, "no"},
		{"another type", "arn:aws:cloudwatch:*:*:dashboard/*", anyAlarm, "no"},
		{"another service", "arn:aws:logs:*:*:*", anyAlarm, "no"},
		{"a short pattern that runs on", "arn:aws:cloudwatch:*", anyAlarm, "yes"},
		{"any log group as its actions ask for it", "arn:aws:logs:*:*:log-group:*", anyGroup, "yes"},
		{"with the literal star", "arn:aws:logs:*:*:log-group:*:*", anyGroup, "yes"},
		{"some log groups", "arn:aws:logs:*:*:log-group:/app/*", anyGroup, "part"},
		{"a stream is no log group", "arn:aws:logs:*:*:log-group:/app/prod:log-stream:s1", anyGroup, "no"},
		{"any stream", "arn:aws:logs:*:*:log-group:/app/prod:*", anyStream, "yes"},
		{"one stream of all", logStream, anyStream, "part"},
		{"the log group without its streams", bareGroup, anyStream, "no"},
		{"one log group: its star is a letter", "arn:aws:logs:*:*:log-group:/app/prod:*", logGroup, "yes"},
		{"which other text does not match", "arn:aws:logs:*:*:log-group:/app/prod:x", logGroup, "no"},
		{"nor a stream", "arn:aws:logs:*:*:log-group:/app/prod:log-stream:s1", logGroup, "no"},
		{"nor the bare log group", bareGroup, logGroup, "no"},
		{"no resource: only a star", "*", "*", "yes"},
		{"no resource: stars", "***", "*", "yes"},
		{"no resource: an ARN", "arn:aws:cloudwatch:*:*:*", "*", "no"},
	} {
		action := "cloudwatch:X"
		if strings.Contains(c.query, ":logs:") {
			action = "logs:X"
		}
		request := asks(alice, action, c.query)
		answers := map[string][4]string{
			"yes": {"allowed", "explicit", "denied", "allowed"}, "no": {"denied", "allowed", "allowed", "explicit"},
			"part": {"conditional", "conditional", "conditional", "conditional"},
		}[c.covers]
		for i, policies := range []string{
			identity(on("Allow", "*", c.pattern)), beside(on("Deny", "*", c.pattern)),
			identity(`"Effect":"Allow","Action":"*","NotResource":"` + c.pattern + `"`), beside(`"Effect":"Deny","Action":"*","NotResource":"` + c.pattern + `"`),
		} {
			form := []string{"Allow", "Deny", "Allow NotResource", "Deny NotResource"}[i]
			j := plain(c.says+", "+form, policies, request, answers[i])
			if answers[i] == "conditional" {
				j.tests = []string{needsResource}
				if strings.HasPrefix(form, "Deny") {
					j.tests = []string{escapes(needsResource)}
				}
			}
			list = append(list, j)
		}
	}
	judge(t, append(list,
		plain("a Deny of a part beside a Deny of all", beside(on("Deny", "*", prodAlarm), on("Deny", "*", "arn:aws:cloudwatch:*")), asks(alice, deleteAlarms, anyAlarm), "explicit"),
		maybe("a part, under a test", identity(on("Allow", "*", prodAlarm)+when(mfa)), openly(alice, deleteAlarms, anyAlarm), needsResource, needsMFA),
		plain("a part beside all", identity(on("Allow", "*", prodAlarm), allowEverything), asks(alice, deleteAlarms, anyAlarm), "allowed"),
	))
}

// TestSilentPoints makes the choices of section 10.
func TestSilentPoints(t *testing.T) {
	alarms := asks(alice, deleteAlarms, alarm)
	pub := asks(alice, publishTo, topic)
	tagged := func(value string) string {
		return askAs(alice, "s3:GetObject", "arn:aws:s3:::trail/"+value, "closed", `"aws:PrincipalTag/dir":"*"`)
	}
	notResource := func(pattern string) string { return `"Effect":"Allow","Action":"*","NotResource":"` + pattern + `"` }
	judge(t, []judged{
		plain("*:* is *", identity(on("Allow", "*:*", "*")), alarms, "allowed"),
		plain("*:* is *, Deny", beside(on("Deny", "*:*", "*")), alarms, "explicit"),
		plain("*:* is *, NotAction", identity(`"Effect":"Allow","NotAction":"*:*","Resource":"*"`), alarms, "denied"),

		plain("a short ARN in an identity policy", identity(on("Allow", "*", "arn:aws:cloudwatch:us-east-1")), alarms, "allowed"),
		plain("a short ARN of another region", identity(on("Allow", "*", "arn:aws:cloudwatch:eu-west-1")), alarms, "denied"),
		plain("a short ARN in a Deny", beside(on("Deny", "*", "arn:aws:cloudwatch")), alarms, "explicit"),
		plain("a short ARN in a boundary", members(identity(allowEverything), boundary(on("Allow", "*", "arn:aws:cloudwatch"))), alarms, "allowed"),
		plain("a short ARN in a session policy", members(identity(allowEverything), sessionPolicy(on("Allow", "*", "arn:aws:cloudwatch"))), asks(session, deleteAlarms, alarm), "allowed"),
		plain("in a resource policy it stays short", resourcePolicy(on("Allow", publishTo, "arn:aws:sns:us-east-1")+`,"Principal":"*"`), pub, "denied"),
		plain("unless it holds a wildcard", resourcePolicy(on("Allow", publishTo, "arn:aws:sns:us-east-?")+`,"Principal":"*"`), pub, "allowed"),
		plain("a service control policy may not hold one", members(identity(allowEverything), levels("scp", statements(on("Allow", "*", "arn:aws:cloudwatch")))), alarms, "denied"),
		plain("nor a resource control policy", members(identity(allowEverything), levels("rcp", statements(on("Deny", "logs:*", "arn:aws:logs")+`,"Principal":"*"`))), asks(alice, getEvents, logStream), "allowed"),

		plain("a star at a field's end runs on", identity(on("Allow", "*", "arn:aws:cloudwatch:*:alarm:prod-1")), alarms, "allowed"),
		plain("over one field too", identity(on("Allow", "*", "arn:aws:cloudwatch:us-*:alarm:prod-1")), alarms, "allowed"),
		plain("but not within a field", identity(on("Allow", "*", "arn:aws:cloudwatch:u*1:alarm:prod-1")), alarms, "denied"),
		plain("in a Deny", beside(on("Deny", "*", "arn:aws:cloudwatch:*:alarm:prod-1")), alarms, "explicit"),
		plain("in NotResource", identity(notResource("arn:aws:cloudwatch:*:alarm:prod-1")), alarms, "denied"),
		plain("not in a condition", identity(under(`"ArnLike":{"aws:SourceArn":"arn:aws:sns:*:alarms:x"}`)), askAs(alice, deleteAlarms, alarm, "closed", `"aws:SourceArn":"arn:aws:sns:us-east-1:111122223333:alarms:x"`), "denied"),

		plain("a wildcard within the type is text for Allow", identity(on("Allow", "*", "arn:aws:cloudwatch:*:*:al?rm:prod-1")), alarms, "allowed"),
		maybe("and in doubt for Deny", beside(on("Deny", "*", "arn:aws:cloudwatch:*:*:al?rm:prod-1")), alarms, escapes(needsResource)),
		maybe("and for NotResource", identity(notResource("arn:aws:cloudwatch:*:*:a*m:prod-1")), alarms, needsResource),
		plain("where it does not match there is no doubt", beside(on("Deny", "*", "arn:aws:cloudwatch:*:*:dash*ard/x")), alarms, "allowed"),
		maybe("a wildcard in the service, Deny", beside(on("Deny", "*", "arn:aws:cloud*:*:*:alarm:*")), alarms, escapes(needsResource)),
		plain("a wildcard in the service, Allow", identity(on("Allow", "*", "arn:aws:cloud*:*:*:alarm:*")), alarms, "allowed"),
		plain("a star that is the whole name of the resource", beside(on("Deny", "*", "arn:aws:cloudwatch:*:*:*")), alarms, "explicit"),
		plain("a star that cuts the field short", beside(on("Deny", "*", "arn:aws:cloudwatch:*:*:alarm*")), alarms, "explicit"),
		plain("a service without types", beside(on("Deny", "*", "arn:aws:sns:*:*:al*ms")), pub, "explicit"),

		plain("substituted text with a star is literal", identity(on("Allow", "*", "arn:aws:s3:::trail/${aws:PrincipalTag/dir}")), tagged("x"), "denied"),
		plain("substituted text in a Deny", beside(on("Deny", "*", "arn:aws:s3:::trail/${aws:PrincipalTag/dir}")), tagged("x"), "allowed"),
		plain("substituted text in a condition", identity(under(`"StringLike":{"aws:PrincipalTag/other":"${aws:PrincipalTag/dir}"}`)),
			askAs(alice, deleteAlarms, alarm, "closed", `"aws:PrincipalTag/dir":"*"`, `"aws:PrincipalTag/other":"x"`), "denied"),
		plain("substituted text equal to the text", identity(under(`"StringLike":{"aws:PrincipalTag/other":"${aws:PrincipalTag/dir}"}`)),
			askAs(alice, deleteAlarms, alarm, "closed", `"aws:PrincipalTag/dir":"*"`, `"aws:PrincipalTag/other":"*"`), "allowed"),

		plain("an account in NotPrincipal lists its callers for Allow", resourcePolicy(on("Allow", publishTo, "*")+`,"NotPrincipal":`+aws(ours)), pub, "denied"),
		maybe("and may for Deny", members(identity(allowEverything), resourcePolicy(on("Deny", publishTo, "*")+`,"NotPrincipal":`+aws(ours))), pub, escapes(needsPrincipal)),

		plain("an action that is in no table", identity(on("Allow", "cloudwatch:Frob*", "*")), asks(alice, "cloudwatch:FrobAlarms", alarm), "allowed"),
		plain("an action that is in no table, denied", beside(on("Deny", "cloudwatch:frobalarms", "*")), asks(alice, "cloudwatch:FrobAlarms", alarm), "explicit"),
		plain("a service that is in no table", identity(on("Allow", "frob:Do", "*")), asks(alice, "frob:Do", "*"), "allowed"),
	})
	if (cloudwatch.Facts{}).KnownAction("cloudwatch:FrobAlarms") || !(cloudwatch.Facts{}).KnownAction("cloudwatch:DeleteAlarms") {
		t.Error("an action that is in no table is not told apart")
	}
}

// TestActionsWithoutResources meets ARNs with actions that have no resource
// type.
func TestActionsWithoutResources(t *testing.T) {
	for _, c := range []struct{ says, action, resource, want string }{
		{"a star", "cloudwatch:ListMetrics", "*", "allowed"},
		{"an ARN", "cloudwatch:ListMetrics", "arn:aws:cloudwatch:*:*:*", "denied"},
		{"an ARN of all", "cloudwatch:ListMetrics", "arn:*", "denied"},
		{"another service", "xray:PutTraceSegments", "arn:aws:xray:*:*:*", "denied"},
		{"a logs list action on all log groups", "logs:DescribeLogGroups", "arn:aws:logs:*:*:log-group:*", "conditional"},
		{"on all of logs", "logs:DescribeLogGroups", "arn:aws:logs:*:*:*", "conditional"},
		{"by a pattern that runs on", "logs:DescribeLogGroups", "arn:aws:logs:*", "conditional"},
		{"on all log groups of the account", "logs:DescribeLogGroups", "arn:aws:logs:us-east-1:111122223333:log-group:*", "conditional"},
		{"as its actions ask for them", "logs:DescribeLogGroups", "arn:aws:logs:*:111122223333:log-group:*:*", "conditional"},
		{"another list action", "logs:ListLogGroups", "arn:aws:logs:*:*:log-group:*", "conditional"},
		{"in another case", "LOGS:describequeries", "arn:aws:logs:*:*:log-group:*", "conditional"},
		{"some log groups", "logs:DescribeLogGroups", "arn:aws:logs:*:*:log-group:/app/*", "denied"},
		{"those of another account", "logs:DescribeLogGroups", "arn:aws:logs:*:444455556666:log-group:*", "denied"},
		{"no log groups", "logs:DescribeLogGroups", "arn:aws:logs:*:*:destination:*", "denied"},
		{"another star", "logs:DescribeLogGroups", "*", "allowed"},
		{"a logs action that lists nothing", "logs:PutResourcePolicy", "arn:aws:logs:*:*:*", "denied"},
		{"one that reads", "logs:StopQuery", "arn:aws:logs:*:*:log-group:*", "denied"},
	} {
		j := plain(c.says, identity(on("Allow", "*", c.resource)), asks(alice, c.action, "*"), c.want)
		d := plain(c.says+", Deny", beside(on("Deny", "*", c.resource)), asks(alice, c.action, "*"),
			map[string]string{"allowed": "explicit", "denied": "allowed", "conditional": "conditional"}[c.want])
		if c.want == "conditional" {
			j.tests, d.tests = []string{needsResource}, []string{escapes(needsResource)}
		}
		judge(t, []judged{j, d})
	}
}

// TestFindingsOfSilentPoints reports the forms that are not what they seem.
func TestFindingsOfSilentPoints(t *testing.T) {
	for resource, want := range map[string]string{
		"arn:aws:cloudwatch:us-east-1":               "is short of fields",
		"arn:aws:logs:*":                             "is short: its last * stands for the fields that follow",
		"arn:aws:cloudwatch:*:alarm:x":               "matches only by a * that runs past the colon",
		"arn:aws:cloudwatch:*:*:al?rm:x":             "the resource type of",
		"arn:aws:cloud*:*:*:alarm:x":                 "the service field of",
		"arn:aws:cloudwatch:*:*:alarm:*":             "",
		"arn:aws:cloudwatch:*:*:*":                   "",
		"arn:aws:logs:us-east-1:111122223333:log-g*": "",
		"arn:aws:sns:*:*:al*ms":                      "",
		"*":                                          "",
	} {
		d := iam.Read(jsonValue(t, statements(on("Allow", "*", resource))), iam.IdentityDocument)
		found := slices.ContainsFunc(d.Faults, func(f iam.Fault) bool {
			return strings.Contains(f.Message, want) && f.Range.Text() == `"`+resource+`"`
		})
		if found != (want != "") || d.Invalid {
			t.Errorf("%s: %v, want %q", resource, messages(d), want)
		}
	}
	if d := iam.Read(jsonValue(t, statements(on("Allow", "*", "arn:aws:cloudwatch"))), iam.ServiceControlDocument); !d.Invalid {
		t.Error("a short ARN in a service control policy is let pass")
	}
}
