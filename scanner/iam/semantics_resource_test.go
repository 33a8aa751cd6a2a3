package iam_test

import (
	"strings"
	"testing"

	"github.com/iamwatch/iamwatch/scanner/iam"
)

// TestResourceFields holds section 3 of IAM-SEMANTICS on the fields of an ARN
// and what a * at the end of one does.
func TestResourceFields(t *testing.T) {
	allow := func(resource string) string { return identity(on("Allow", "*", resource)) }
	deny := func(resource string) string { return beside(on("Deny", "*", resource)) }
	not := func(effect, resource string) string {
		return `"Effect":"` + effect + `","Action":"*","NotResource":` + asJSON(resource)
	}
	const colons = "arn:aws:cloudwatch:us-east-1:111122223333:alarm:a:b/c"
	change := ask("cloudwatch:DeleteAlarms", alarm)
	holds(t, []sentence{
		// Six fields, the sixth with its colons and slashes.
		{"the whole ARN", allow(alarm), change, "allowed"},
		{"another name", allow(alarm + "0"), change, "denied"},
		{"a name that is cut", allow(strings.TrimSuffix(alarm, "1")), change, "denied"},
		{"the sixth field keeps its colons", allow(colons), ask("cloudwatch:DeleteAlarms", colons), "allowed"},
		{"* in the sixth field runs over : and /", allow("arn:aws:cloudwatch:us-east-1:111122223333:alarm:*c"), ask("cloudwatch:DeleteAlarms", colons), "allowed"},
		{"? in the sixth field may be a colon", allow("arn:aws:cloudwatch:us-east-1:111122223333:alarm:a?b/c"), ask("cloudwatch:DeleteAlarms", colons), "allowed"},
		{"* within a field", allow("arn:aws:cloudwatch:us-*-1:1111*3333:alarm:prod-1"), change, "allowed"},
		{"* at the head of a field", allow("arn:aws:cloudwatch:*-1:*3333:alarm:prod-1"), change, "allowed"},
		{"* within a field holds no colon", allow("arn:aws:cloudwatch:us*3333:alarm:prod-1"), change, "denied"},
		{"? within a field", allow("arn:aws:cloudwatch:us-east-?:11112222333?:alarm:prod-?"), change, "allowed"},
		{"? is no colon", allow("arn:aws:cloudwatch:us-east-1?111122223333:alarm:prod-1"), change, "denied"},
		{"? is not none", allow("arn:aws:cloudwatch:us-east-1?:111122223333:alarm:prod-1"), change, "denied"},
		{"* matches the empty field", allow("arn:aws:cloudwatch:*:111122223333:dashboard/Prod"), ask("cloudwatch:PutDashboard", dashboard), "allowed"},
		{"a region where there is none", allow("arn:aws:cloudwatch:us-east-1:111122223333:dashboard/Prod"), ask("cloudwatch:PutDashboard", dashboard), "denied"},
		{"none where there is a region", allow("arn:aws:cloudwatch::111122223333:alarm:prod-1"), change, "denied"},
		{"another account", allow("arn:aws:cloudwatch:us-east-1:444455556666:alarm:prod-1"), change, "denied"},
		{"another partition", allow("arn:aws-us-gov:cloudwatch:*:*:alarm:*"), change, "denied"},
		{"* as the partition", allow("arn:*:cloudwatch:us-east-1:111122223333:alarm:prod-1"), change, "allowed"},
		// A * at the end of a field.
		{"a region's * takes the account too", allow("arn:aws:cloudwatch:*:alarm:prod-1"), change, "allowed"},
		{"behind other text", allow("arn:aws:cloudwatch:us-*:alarm:prod-1"), change, "allowed"},
		{"but not before it", allow("arn:aws:cloudwatch:*-1:alarm:prod-1"), change, "denied"},
		{"? does not run on", allow("arn:aws:cloudwatch:us-east-?:alarm:prod-1"), change, "denied"},
		{"whatever the region and account", allow("arn:aws:cloudwatch:*:alarm:prod-1"), ask("cloudwatch:DeleteAlarms", "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:prod-1"), "allowed"},
		{"but not another alarm", allow("arn:aws:cloudwatch:*:alarm:prod-1"), ask("cloudwatch:DeleteAlarms", "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:prod-2"), "denied"},
		{"of a Deny as well", deny("arn:aws:cloudwatch:*:alarm:prod-1"), change, "explicit"},
		{"of NotResource, Allow", identity(not("Allow", "arn:aws:cloudwatch:*:alarm:prod-1")), change, "denied"},
		{"of NotResource, Deny", beside(not("Deny", "arn:aws:cloudwatch:*:alarm:prod-1")), change, "allowed"},
		{"every logs resource", allow("arn:aws:logs:*"), ask("logs:GetLogEvents", logStream), "allowed"},
		{"every logs resource, Deny", deny("arn:aws:logs:*"), ask("logs:GetLogEvents", logStream), "explicit"},
		{"every resource of one region", allow("arn:aws:logs:us-east-1:*"), ask("logs:GetLogEvents", logStream), "allowed"},
		{"and not of another", allow("arn:aws:logs:eu-west-1:*"), ask("logs:GetLogEvents", logStream), "denied"},
		{"arn:*", allow("arn:*"), change, "allowed"},
		{"arn:*, Deny", deny("arn:*"), change, "explicit"},
		{"a service's * runs on", allow("arn:aws:*:alarm:prod-1"), change, "allowed"},
		{"a * that stands for the missing fields or for nothing", deny("arn:aws:cloudwatch*:prod-1"), ask("cloudwatch:DeleteAlarms", "arn:aws:cloudwatch:us-east-1:111122223333:alarm:prod-2"), "allowed"},
		{"a partition's * runs on", allow("arn:aws*:alarm:prod-1"), change, "allowed"},
		{"in ArnLike it never does", identity(under(`"ArnLike":{"aws:SourceArn":"arn:aws:cloudwatch:*:*:alarm:prod-1"}`)), ask("sns:Publish", topic, `"aws:SourceArn":"`+alarm+`"`), "allowed"},
		{"in ArnLike six fields stay six", identity(under(`"ArnLike":{"aws:SourceArn":"arn:aws:cloudwatch:*:alarm:prod-1:x"}`)), ask("sns:Publish", topic, `"aws:SourceArn":"arn:aws:cloudwatch:us-east-1:111122223333:alarm:prod-1:x"`), "denied"},
		// Case.
		{"partition to account in any case", allow("arn:AWS:CloudWatch:US-east-1:111122223333:alarm:prod-1"), change, "allowed"},
		{"beside wildcards too", deny("arn:AWS:CloudWatch:US-*:*:alarm:prod-*"), change, "explicit"},
		{"the resource's name in its case", allow("arn:aws:cloudwatch:us-east-1:111122223333:alarm:Prod-1"), change, "denied"},
		{"a dashboard's name in its case", allow("arn:aws:cloudwatch::*:dashboard/prod"), ask("cloudwatch:PutDashboard", dashboard), "denied"},
		{"the resource's type in its case", allow("arn:aws:cloudwatch:us-east-1:111122223333:ALARM:*"), change, "denied"},
		{"a Deny of another case denies nothing", deny("arn:aws:logs:*:*:log-group:/APP/*"), ask("logs:GetLogEvents", logStream), "allowed"},
		// Lists and NotResource.
		{"one of a list", allow(`["` + dashboard + `","` + alarm + `"]`), change, "allowed"},
		{"none of a list", allow(`["` + dashboard + `","` + topic + `"]`), change, "denied"},
		{"NotResource leaves out what it lists", identity(not("Allow", `["`+alarm+`"]`)), change, "denied"},
		{"NotResource grants the rest", identity(not("Allow", `["`+dashboard+`"]`)), change, "allowed"},
		{"NotResource * grants nothing", identity(not("Allow", "*")), change, "denied"},
		{"Deny with NotResource binds the rest", beside(not("Deny", dashboard)), change, "explicit"},
		{"Deny with NotResource spares what it lists", beside(not("Deny", "arn:aws:cloudwatch:*:*:alarm:prod-*")), change, "allowed"},
	})
}

// TestWildcardsInServiceAndType holds what a wildcard does where AWS does not
// allow one.
func TestWildcardsInServiceAndType(t *testing.T) {
	change, publish := ask("cloudwatch:DeleteAlarms", alarm), ask("sns:Publish", topic)
	put := ask("cloudwatch:PutDashboard", dashboard)
	for _, c := range []struct {
		resource, request string
		// doubtful says that AWS does not allow the wildcard.
		doubtful bool
	}{
		{"arn:aws:cloud*:*:*:alarm:prod-1", change, true},
		{"arn:aws:cloudwatc?:*:*:alarm:prod-1", change, true},
		{"arn:aws:*:*:*:alarm:prod-1", change, true},
		{"arn:aws:cloudwatch:*:*:al?rm:prod-1", change, true},
		{"arn:aws:cloudwatch:*:*:a*m:prod-1", change, true},
		{"arn:aws:cloudwatch:*:*:*:prod-1", change, true},
		{"arn:aws:cloudwatch:*:*:dash*ard/Prod", put, true},
		{"arn:aws:cloudwatch:*:*:*/Prod", put, true},
		{"arn:aws:cloudwatch:*:*:*", change, false},
		{"arn:aws:cloudwatch:*:*:alarm*", change, false},
		{"arn:aws:cloudwatch:*:*:alarm:*", change, false},
		{"arn:aws:cloudwatch:*:*:alarm:*-1", change, false},
		{"arn:aws:cloudwatch:*:*:dashboard*", put, false},
		{"arn:aws:cloudwatch:*:*:dashboard/*", put, false},
		{"arn:aws:logs:*:*:log-group*", ask("logs:DeleteLogGroup", logGroup), false},
		{"arn:aws:sns:*:*:al*", publish, false},
		{"arn:aws:sns:*:*:*rms", publish, false},
		{"arn:aws:sns:*:*:?larms", publish, false},
		{"arn:aws:sqs:*:*:q?eue", ask("sqs:SendMessage", "arn:aws:sqs:us-east-1:111122223333:queue"), false},
		{"arn:aws:s3:::tr*l/users/alice", ask("s3:GetObject", object), false},
		{"arn:aws:s3:::*/users/alice", ask("s3:GetObject", object), false},
	} {
		allowed, denied := "allowed", "explicit"
		listed, rest := "allowed", "denied"
		if c.doubtful {
			denied, listed, rest = "conditional", "conditional", "conditional"
		}
		not := func(effect string) string {
			return `"Effect":"` + effect + `","Action":"*","NotResource":"` + c.resource + `"`
		}
		holds(t, []sentence{
			{c.resource + ", Allow", identity(on("Allow", "*", c.resource)), c.request, allowed},
			{c.resource + ", Deny", beside(on("Deny", "*", c.resource)), c.request, denied},
			{c.resource + ", NotResource and Deny", beside(not("Deny")), c.request, listed},
			{c.resource + ", NotResource and Allow", identity(not("Allow")), c.request, rest},
		})
	}
	holds(t, []sentence{
		{"a match without doubt beside it", beside(on("Deny", "*", `["arn:aws:cloud*:*:*:*","arn:aws:cloudwatch:*:*:alarm:*"]`)), change, "explicit"},
		{"a wildcard that does not match", beside(on("Deny", "*", "arn:aws:cloud*:*:*:dash*ard/*")), change, "allowed"},
		{"u* on a user", beside(on("Deny", "*", "arn:aws:iam::111122223333:u*")), ask("iam:GetUser", alice), "conditional"},
	})
}

// TestResourcesOfActionsWithoutTypes holds that only * reaches an action whose
// requests carry no ARN.
func TestResourcesOfActionsWithoutTypes(t *testing.T) {
	get, list := ask("cloudwatch:GetMetricStatistics", "*"), ask("logs:DescribeLogGroups", "*")
	allow := func(resource string) string { return identity(on("Allow", "*", resource)) }
	not := func(resource string) string {
		return `"Effect":"Deny","Action":"*","NotResource":"` + resource + `"`
	}
	holds(t, []sentence{
		{"*", allow("*"), get, "allowed"},
		{"asterisks", allow("***"), get, "allowed"},
		{"arn:*", allow("arn:*"), get, "denied"},
		{"arn:aws:cloudwatch:*", allow("arn:aws:cloudwatch:*"), get, "denied"},
		{"all resources of the service", allow("arn:aws:cloudwatch:*:*:*"), get, "denied"},
		{"? is no *", allow("?"), get, "denied"},
		{"*?", allow("*?"), get, "denied"},
		{"an ARN in a Deny", beside(on("Deny", "*", "arn:aws:cloudwatch:*:*:*")), get, "allowed"},
		{"* in a Deny", beside(on("Deny", "*", "*")), get, "explicit"},
		{"* among others", allow(`["arn:aws:s3:::a","*"]`), get, "allowed"},
		{"an ARN in NotResource leaves *", beside(not("arn:aws:cloudwatch:*:*:*")), get, "explicit"},
		{"* in NotResource", beside(not("*")), get, "allowed"},
		{"an xray action", allow("arn:aws:xray:*:*:*"), ask("xray:PutTraceSegments", "*"), "denied"},
		// CloudWatch Logs lists are authorised against log groups all the same.
		{"logs lists by the ARN of all log groups", allow("arn:aws:logs:*:*:log-group:*"), list, "conditional"},
		{"with the account", allow("arn:aws:logs:us-east-1:111122223333:log-group:*"), list, "conditional"},
		{"with :*", allow("arn:aws:logs:*:*:log-group:*:*"), list, "conditional"},
		{"by every logs resource", allow("arn:aws:logs:*"), list, "conditional"},
		{"by arn:*", allow("arn:*"), list, "conditional"},
		{"never by one log group", allow("arn:aws:logs:*:*:log-group:/app/*"), list, "denied"},
		{"nor by another account's", allow("arn:aws:logs:*:444455556666:log-group:*"), list, "denied"},
		{"nor by another service", allow("arn:aws:cloudwatch:*:*:*"), list, "denied"},
		{"* is sure", allow("*"), list, "allowed"},
		{"a Deny on all log groups is in doubt too", beside(on("Deny", "*", "arn:aws:logs:*:*:log-group:*")), list, "conditional"},
		{"another action of that kind is not", allow("arn:aws:logs:*:*:log-group:*"), ask("logs:PutResourcePolicy", "*"), "denied"},
	})
}

// TestLogGroupResources holds which form of a log group's ARN an action
// carries.
func TestLogGroupResources(t *testing.T) {
	allow := func(resource string) string { return identity(on("Allow", "logs:*", resource)) }
	const group = "arn:aws:logs:*:*:log-group:/app/prod"
	filter, tag, read := ask("logs:FilterLogEvents", logGroup), ask("logs:TagResource", bareGroup), ask("logs:GetLogEvents", logStream)
	holds(t, []sentence{
		{"a log-group action with :*", allow(group + ":*"), filter, "allowed"},
		{"a log-group action without", allow(group), filter, "denied"},
		{"PutSubscriptionFilter without", allow(group), ask("logs:PutSubscriptionFilter", logGroup), "denied"},
		{"DeleteLogGroup without", allow(group), ask("logs:DeleteLogGroup", logGroup), "denied"},
		{"a log-group action, the name cut by *", allow("arn:aws:logs:*:*:log-group:/app*"), filter, "allowed"},
		{"the star of the request is a letter", allow(group + ":log-stream:s1"), filter, "denied"},
		{"as is seen by any text behind the colon", allow(group + ":x"), filter, "denied"},
		{"? is that letter", allow(group + ":?"), filter, "allowed"},
		{"a log group whose name is another", allow("arn:aws:logs:*:*:log-group:/app:*"), filter, "denied"},
		{"a tagging action on the bare ARN", allow(group), tag, "allowed"},
		{"a tagging action with :*", allow(group + ":*"), tag, "denied"},
		{"a stream action with :*", allow(group + ":*"), read, "allowed"},
		{"a stream action without", allow(group), read, "denied"},
		{"a stream action on the stream", allow(group + ":log-stream:s1"), read, "allowed"},
		{"a stream action on another stream", allow(group + ":log-stream:s2"), read, "denied"},
		{"a Deny without :* denies no stream", beside(on("Deny", "logs:*", group)), read, "allowed"},
		{"a Deny on one stream spares the group", beside(on("Deny", "logs:*", group+":log-stream:s1")), filter, "allowed"},
	})
}

// TestShortARNs holds what an ARN of fewer than six fields means in each kind
// of document.
func TestShortARNs(t *testing.T) {
	change, publish := ask("cloudwatch:DeleteAlarms", alarm), ask("sns:Publish", topic)
	st := func(resource string) string { return statements(on("Allow", "*", resource)) }
	boundary := func(resource string) string { return identity(allowEverything) + `,"boundary":` + st(resource) }
	session := func(resource string) string { return identity(allowEverything) + `,"session":` + st(resource) }
	scp := func(resource string) string { return identity(allowEverything) + `,"scp":[[` + st(resource) + `]]` }
	public := func(resource string) string {
		return `"resource":` + statements(on("Allow", "*", resource)+`,"Principal":"*"`)
	}
	rcp := func(resource string) string {
		return identity(allowEverything) + `,"rcp":[[` + statements(on("Deny", "logs:*", resource)+`,"Principal":"*"`) + `]]`
	}
	holds(t, []sentence{
		{"missing fields are * in an identity policy", identity(on("Allow", "*", "arn:aws:cloudwatch")), change, "allowed"},
		{"those that stand are compared", identity(on("Allow", "*", "arn:aws:cloudwatch:eu-west-1")), change, "denied"},
		{"the account that stands is compared", identity(on("Allow", "*", "arn:aws:cloudwatch:us-east-1:444455556666")), change, "denied"},
		{"a field that stands is whole", identity(on("Allow", "*", "arn:aws:cloud")), change, "denied"},
		{"in a Deny", beside(on("Deny", "*", "arn:aws:cloudwatch:us-east-1")), change, "explicit"},
		{"in NotResource", identity(`"Effect":"Allow","Action":"*","NotResource":"arn:aws:cloudwatch"`), change, "denied"},
		{"in a boundary", boundary("arn:aws:cloudwatch"), change, "allowed"},
		{"in a boundary of another service", boundary("arn:aws:logs"), change, "denied"},
		{"in a session policy", session("arn:aws:cloudwatch"), change, "allowed"},
		{"not in a resource policy", public("arn:aws:sns"), publish, "denied"},
		{"nor with a region", public("arn:aws:sns:us-east-1:111122223333"), publish, "denied"},
		{"but with a wildcard", public("arn:aws:sns:us-east-?"), publish, "allowed"},
		{"and with one within a field", public("arn:aws:sns:us-*-1"), publish, "allowed"},
		{"with a last * in a resource policy", public("arn:aws:sns:*"), publish, "allowed"},
		{"an SCP is refused for it", scp("arn:aws:cloudwatch"), change, "denied"},
		{"with all its statements", identity(allowEverything) + `,"scp":[[` + statements(allowEverything, on("Deny", "s3:*", "arn:aws:s3")) + `]]`, change, "denied"},
		{"but not for a last *", scp("arn:aws:cloudwatch:*"), change, "allowed"},
		{"an RCP is refused for it", rcp("arn:aws:logs"), ask("logs:GetLogEvents", logStream), "allowed"},
		{"but not for a last * either", rcp("arn:aws:logs:*"), ask("logs:GetLogEvents", logStream), "explicit"},
	})
}

// TestQueries holds what is answered to a question over many resources.
func TestQueries(t *testing.T) {
	allow := func(resource string) string { return identity(on("Allow", "*", resource)) }
	deny := func(resource string) string { return beside(on("Deny", "*", resource)) }
	not := func(resource string) string {
		return identity(`"Effect":"Allow","Action":"*","NotResource":"` + resource + `"`)
	}
	const alarms = "arn:aws:cloudwatch:*:111122223333:alarm:*"
	any := ask("cloudwatch:DeleteAlarms", alarms)
	holds(t, []sentence{
		{"all covered, Allow", allow(alarms), any, "allowed"},
		{"more than covered", allow("arn:aws:cloudwatch:*:*:*"), any, "allowed"},
		{"covered by *", allow("*"), any, "allowed"},
		{"covered by a * that runs on", allow("arn:aws:cloudwatch:*"), any, "allowed"},
		{"a part, Allow", allow("arn:aws:cloudwatch:*:*:alarm:prod-*"), any, "conditional"},
		{"one, Allow", allow(alarm), any, "conditional"},
		{"one region, Allow", allow("arn:aws:cloudwatch:us-east-1:*:alarm:*"), any, "conditional"},
		{"apart, Allow", allow("arn:aws:cloudwatch:*:*:dashboard/*"), any, "denied"},
		{"another account", allow("arn:aws:cloudwatch:*:444455556666:alarm:*"), any, "denied"},
		{"all covered, Deny", deny(alarms), any, "explicit"},
		{"more than covered, Deny", deny("arn:aws:cloudwatch:*:*:*"), any, "explicit"},
		{"a part, Deny", deny("arn:aws:cloudwatch:*:*:alarm:prod-*"), any, "conditional"},
		{"apart, Deny", deny("arn:aws:cloudwatch:*:*:dashboard/*"), any, "allowed"},
		{"NotResource of all", not(alarms), any, "denied"},
		{"NotResource of a part", not("arn:aws:cloudwatch:*:*:alarm:prod-*"), any, "conditional"},
		{"NotResource of others", not("arn:aws:cloudwatch:*:*:dashboard/*"), any, "allowed"},
		{"a narrower question", allow("arn:aws:cloudwatch:*:*:alarm:prod-*"), ask("cloudwatch:DeleteAlarms", "arn:aws:cloudwatch:us-east-1:111122223333:alarm:prod-eu-*"), "allowed"},
		{"patterns that cross", allow("arn:aws:cloudwatch:*:*:alarm:*-prod"), ask("cloudwatch:DeleteAlarms", "arn:aws:cloudwatch:us-east-1:111122223333:alarm:eu-*"), "conditional"},
		{"patterns that cannot meet", allow("arn:aws:cloudwatch:*:*:alarm:*-prod"), ask("cloudwatch:DeleteAlarms", "arn:aws:cloudwatch:us-east-1:111122223333:alarm:*-test"), "denied"},
		{"? covers one", allow("arn:aws:cloudwatch:*:*:alarm:prod-?"), ask("cloudwatch:DeleteAlarms", "arn:aws:cloudwatch:us-east-1:111122223333:alarm:prod-?"), "allowed"},
		{"? does not cover *", allow("arn:aws:cloudwatch:*:*:alarm:prod-?"), ask("cloudwatch:DeleteAlarms", "arn:aws:cloudwatch:us-east-1:111122223333:alarm:prod-*"), "conditional"},
		{"? and one letter more are apart", allow("arn:aws:cloudwatch:*:*:alarm:prod-?"), ask("cloudwatch:DeleteAlarms", "arn:aws:cloudwatch:us-east-1:111122223333:alarm:prod-??"), "denied"},
		{"two statements that cover it together are not added up", identity(on("Allow", "*", "arn:aws:cloudwatch:us-*:*:alarm:*"), on("Allow", "*", "arn:aws:cloudwatch:eu-*:*:alarm:*")), any, "conditional"},
		{"a question over log groups", allow("arn:aws:logs:*:*:log-group:/app/*:*"), ask("logs:DeleteLogGroup", "arn:aws:logs:us-east-1:111122223333:log-group:/app/*:*"), "allowed"},
		{"a part of the log groups", allow("arn:aws:logs:*:*:log-group:/app/*"), ask("logs:DeleteLogGroup", "arn:aws:logs:us-east-1:111122223333:log-group:*:*"), "conditional"},
		{"the :* of a log group asks for no stream", allow("arn:aws:logs:*:*:log-group:*:log-stream:*"), ask("logs:DeleteLogGroup", "arn:aws:logs:us-east-1:111122223333:log-group:*:*"), "denied"},
		{"a variable in the name", identity(on("Allow", "*", "arn:aws:cloudwatch:*:*:alarm:${aws:username}-*")), any, "denied"},
		{"a variable that is known", identity(on("Allow", "*", "arn:aws:cloudwatch:*:*:alarm:${aws:username}-*")), askOpen("cloudwatch:DeleteAlarms", alarms), "conditional"},
		{"a question within the variable's value", identity(on("Allow", "*", "arn:aws:cloudwatch:*:*:alarm:${aws:username}-*")), askOpen("cloudwatch:DeleteAlarms", "arn:aws:cloudwatch:us-east-1:111122223333:alarm:alice-*"), "allowed"},
	})
}

// TestResourceFaults holds which resources are reported.
func TestResourceFaults(t *testing.T) {
	const short, refused, service, kind, past, early, text = "is short", "is no ARN", "service field", "resource type", "runs past the colon", "before the fifth colon", "short of fields"
	for _, c := range []struct {
		kind           iam.DocumentKind
		resource, want string
	}{
		{iam.IdentityDocument, "*", ""},
		{iam.IdentityDocument, alarm, ""},
		{iam.IdentityDocument, "arn:aws:logs:*:*:log-group:/a:*", ""},
		{iam.IdentityDocument, "arn:aws:logs:*", short},
		{iam.IdentityDocument, "arn:aws:logs", text},
		{iam.BoundaryDocument, "arn:aws:logs", text},
		{iam.SessionDocument, "arn:aws:logs", text},
		{iam.ResourceDocument, "arn:aws:logs", text},
		{iam.ServiceControlDocument, "arn:aws:logs", "!" + text},
		{iam.ResourceControlDocument, "arn:aws:logs", "!" + text},
		{iam.ServiceControlDocument, "arn:aws:logs:*", short},
		{iam.IdentityDocument, "alarm:prod", "!" + refused},
		{iam.IdentityDocument, "arn:aws:cloud*:*:*:alarm:x", service},
		{iam.IdentityDocument, "arn:aws:cloudwatch:*:*:al?rm:x", kind},
		{iam.IdentityDocument, "arn:aws:cloudwatch:*:*:dash*ard/x", kind},
		{iam.IdentityDocument, "arn:aws:cloudwatch:*:*:*", ""},
		{iam.IdentityDocument, "arn:aws:cloudwatch:*:*:alarm*", ""},
		{iam.IdentityDocument, "arn:aws:logs:*:*:log-group*", ""},
		{iam.IdentityDocument, "arn:aws:sns:*:*:a*b", ""},
		{iam.IdentityDocument, "arn:aws:cloudwatch:*:alarm:x:y", past},
		{iam.IdentityDocument, "arn:aws:cloudwatch:*:alarm:x", past},
		{iam.IdentityDocument, "arn:aws:logs:*:${aws:PrincipalAccount}:log-group:x", early},
		{iam.IdentityDocument, "${aws:PrincipalTag/arn}", early},
		{iam.IdentityDocument, "arn:aws:logs:*:*:log-group:${aws:username}", ""},
	} {
		principal := ""
		effect := `"Effect":"Deny","Action":"s3:*"`
		if c.kind == iam.ResourceDocument || c.kind == iam.ResourceControlDocument {
			principal = `,"Principal":"*"`
		}
		got := messages(read(t, c.kind, statements(effect+principal+`,"Resource":"`+c.resource+`"`)))
		ok := len(got) == 0 && c.want == "" || len(got) == 1 && c.want != "" &&
			strings.Contains(got[0], strings.TrimPrefix(c.want, "!")) && strings.HasPrefix(got[0], "!") == strings.HasPrefix(c.want, "!")
		if !ok {
			t.Errorf("%s in kind %d: %q, want %q", c.resource, c.kind, got, c.want)
		}
	}
}
