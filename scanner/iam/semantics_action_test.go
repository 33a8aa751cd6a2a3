package iam_test

import (
	"testing"

	"github.com/iamwatch/iamwatch/scanner/cloudwatch"
	"github.com/iamwatch/iamwatch/scanner/iam"
)

// TestActions holds section 2 of IAM-SEMANTICS.
func TestActions(t *testing.T) {
	allow := func(action string) string { return identity(on("Allow", action, "*")) }
	deny := func(action string) string { return beside(on("Deny", action, "*")) }
	allowNot := func(action string) string {
		return identity(`"Effect":"Allow","NotAction":` + asJSON(action) + `,"Resource":"*"`)
	}
	denyNot := func(action string) string {
		return beside(`"Effect":"Deny","NotAction":` + asJSON(action) + `,"Resource":"*"`)
	}
	get := ask("logs:GetLogEvents", logStream)
	holds(t, []sentence{
		// Prefix and name, case, wildcards.
		{"the first colon parts prefix and name", allow("logs:Get:LogEvents"), ask("logs:Get:LogEvents", "*"), "allowed"},
		{"* runs over a second colon", allow("logs:*Events"), ask("logs:Get:LogEvents", "*"), "allowed"},
		{"no case in the prefix", allow("LoGs:GetLogEvents"), get, "allowed"},
		{"no case in the name", allow("logs:gEtLoGeVeNtS"), get, "allowed"},
		{"no case in the request", allow("logs:GetLogEvents"), ask("LOGS:GETLOGEVENTS", logStream), "allowed"},
		{"no case in a Deny", deny("LOGS:getlogevents"), get, "explicit"},
		{"no case beside wildcards", allow("LOGS:gET?OG*"), get, "allowed"},
		{"* may be empty", allow("logs:GetLogEvents*"), get, "allowed"},
		{"* at the head", allow("logs:*LogEvents"), get, "allowed"},
		{"* twice", allow("logs:*Log*"), get, "allowed"},
		{"** is *", allow("logs:Get**Events"), get, "allowed"},
		{"? is one", allow("logs:GetLogEvent?"), get, "allowed"},
		{"? is not none", allow("logs:GetLogEvents?"), get, "denied"},
		{"? is not two", allow("logs:GetLogEve?s"), get, "denied"},
		{"no part of a name is enough", allow("logs:GetLog"), get, "denied"},
		{"another service", allow("cloudwatch:*"), get, "denied"},
		{"a service whose name begins alike", allow("log:*"), get, "denied"},
		{"* is all", allow("*"), get, "allowed"},
		{"*:* is all", allow("*:*"), get, "allowed"},
		{"*:* is all for a Deny", deny("*:*"), get, "explicit"},
		{"* in a Deny", deny("*"), get, "explicit"},
		{"a service without a name is no wildcard", allow("logs"), get, "denied"},
		// A wildcard in the prefix.
		{"a wildcard in the prefix, Allow", allow("lo*:Get*"), get, "allowed"},
		{"? in the prefix, Allow", allow("log?:Get*"), get, "allowed"},
		{"* as the prefix, Allow", allow("*:Get*"), get, "allowed"},
		{"a wildcard in the prefix, Deny", deny("lo*:Get*"), get, "conditional"},
		{"* as the prefix, Deny", deny("*:Get*"), get, "conditional"},
		{"a wildcard in the prefix that does not match, Deny", deny("cloud*:Get*"), get, "allowed"},
		{"a wildcard in the prefix beside a sure Deny", deny(`["lo*:Get*","logs:GetLogEvents"]`), get, "explicit"},
		{"a wildcard in the prefix of NotAction, Allow", allowNot("lo*:Get*"), get, "conditional"},
		{"a wildcard in the prefix of NotAction, Deny", denyNot("lo*:Get*"), get, "conditional"},
		// A name that is none.
		{"a comma", allow("logs:GetLogEvents,logs:PutLogEvents"), get, "denied"},
		{"a comma behind *", allow("logs:*,s3:*"), get, "denied"},
		{"a space before the prefix", allow(" logs:GetLogEvents"), get, "denied"},
		{"a space behind the name", allow("logs:GetLogEvents "), get, "denied"},
		{"a space within the name", allow("logs:Get LogEvents"), ask("logs:Get LogEvents", "*"), "denied"},
		{"a space behind *", allow("logs:* "), get, "denied"},
		{"nothing behind the colon", allow("logs:"), ask("logs:", "*"), "denied"},
		{"a comma in a Deny denies nothing", deny("logs:GetLogEvents,logs:PutLogEvents"), get, "allowed"},
		{"a comma in NotAction excludes nothing, Allow", allowNot("logs:GetLogEvents,s3:GetObject"), get, "allowed"},
		{"a space in NotAction excludes nothing, Allow", allowNot("logs:GetLogEvents "), get, "allowed"},
		{"nothing behind the colon in NotAction", allowNot("logs:"), get, "allowed"},
		{"a comma in NotAction excludes nothing, Deny", denyNot("logs:Get*,s3:*"), get, "explicit"},
		// Actions that the API model or the table lacks.
		{"a permission-only action", allow("cloudwatch:Li*k"), ask("cloudwatch:Link", "*"), "allowed"},
		{"another permission-only action", allow("cloudwatch:CallWithBearerToken"), ask("cloudwatch:CallWithBearerToken", "*"), "allowed"},
		{"an action that no table holds", allow("logs:FutureAct*"), ask("logs:FutureAction", "*"), "allowed"},
		{"denied by text all the same", deny("logs:Future*"), ask("logs:FutureAction", "*"), "explicit"},
		{"a service that no table holds", allow("newservice:*"), ask("newservice:Do", "*"), "allowed"},
		// NotAction.
		{"NotAction leaves out what it lists", allowNot("logs:*"), get, "denied"},
		{"in any case", allowNot("LOGS:getlog*"), get, "denied"},
		{"and grants all else", allowNot("iam:*"), get, "allowed"},
		{"the shape of PowerUserAccess", allowNot(`["iam:*","organizations:*","account:*"]`), get, "allowed"},
		{"which leaves out each of its list", allowNot(`["iam:*","organizations:*","account:*"]`), ask("organizations:LeaveOrganization", "*"), "denied"},
		{"NotAction on an S3 ARN grants nothing of logs", identity(`"Effect":"Allow","NotAction":"iam:*","Resource":"arn:aws:s3:::trail/*"`), get, "denied"},
		{"NotAction on an S3 ARN grants what S3 can do there", identity(`"Effect":"Allow","NotAction":"iam:*","Resource":"arn:aws:s3:::trail/*"`), ask("s3:GetObject", object), "allowed"},
		{"NotAction is cut by resource types", identity(`"Effect":"Allow","NotAction":"iam:*","Resource":"arn:aws:cloudwatch:*:*:alarm:*"`), ask("cloudwatch:PutDashboard", dashboard), "denied"},
		{"NotAction * grants nothing", allowNot("*"), get, "denied"},
		{"Deny with NotAction binds what it does not list", denyNot("s3:*"), get, "explicit"},
		{"Deny with NotAction spares what it lists", denyNot(`["s3:*","logs:Get*"]`), get, "allowed"},
		// In the other documents names match alike.
		{"SCP with a wildcard within the name", identity(allowEverything) + `,"scp":[[` + statements(on("Allow", "logs:G*Events", "*")) + `]]`, get, "allowed"},
		{"SCP with NotAction", identity(allowEverything) + `,"scp":[[` + statements(`"Effect":"Allow","NotAction":"s3:*","Resource":"*"`) + `]]`, get, "allowed"},
		{"SCP whose NotAction lists it", identity(allowEverything) + `,"scp":[[` + statements(`"Effect":"Allow","NotAction":"logs:*","Resource":"*"`) + `]]`, get, "denied"},
		{"boundary with NotAction", identity(allowEverything) + `,"boundary":` + statements(`"Effect":"Allow","NotAction":"logs:*","Resource":"*"`), get, "denied"},
		// What is not known.
		{"an action that is not known", identity(`"Effect":"Allow","Action":{"$unknown":"a"},"Resource":"*"`), get, "conditional"},
		{"an unknown name of another service", identity(`"Effect":"Allow","Action":{"$concat":["s3:",{"$unknown":"a"}]},"Resource":"*"`), get, "denied"},
		{"an unknown tail", identity(`"Effect":"Allow","Action":{"$concat":["logs:Get",{"$unknown":"a"}]},"Resource":"*"`), get, "conditional"},
		{"an unknown tail behind other text", identity(`"Effect":"Allow","Action":{"$concat":["logs:Put",{"$unknown":"a"}]},"Resource":"*"`), get, "denied"},
		{"an unknown service of all names", identity(`"Effect":"Allow","Action":{"$concat":[{"$unknown":"a"},":*"]},"Resource":"*"`), get, "conditional"},
		{"an unknown exclusion", identity(`"Effect":"Allow","NotAction":["iam:*",{"$unknown":"a"}],"Resource":"*"`), get, "conditional"},
		{"an unknown exclusion beside a sure one", identity(`"Effect":"Allow","NotAction":["logs:*",{"$unknown":"a"}],"Resource":"*"`), get, "denied"},
		{"a known action beside one that is not", identity(`"Effect":"Allow","Action":["logs:*",{"$unknown":"a"}],"Resource":"*"`), get, "allowed"},
		{"an unknown action of a Deny", beside(`"Effect":"Deny","Action":{"$unknown":"a"},"Resource":"*"`), get, "conditional"},
	})
}

// TestActionFaults holds that names which AWS refuses, or which match
// nothing, are reported.
func TestActionFaults(t *testing.T) {
	for action, want := range map[string]string{
		"logs:Get*":      "",
		"*":              "",
		"*:*":            "",
		"logs:Future*":   "",
		"cloud*:Get*":    `!the service prefix of "cloud*:Get*" holds a wildcard`,
		"?ogs:Get*":      `!the service prefix of "?ogs:Get*" holds a wildcard`,
		"*:Get*":         `!the service prefix of "*:Get*" holds a wildcard`,
		"logs:Get*,s3:*": `the action "logs:Get*,s3:*" matches nothing`,
		"logs:Get Log":   `the action "logs:Get Log" matches nothing`,
		"logs:":          `the action "logs:" matches nothing`,
		"logs":           `!the action "logs" has no service prefix`,
	} {
		for _, element := range []string{"Action", "NotAction"} {
			d := read(t, iam.IdentityDocument, statements(`"Effect":"Allow","`+element+`":"`+action+`","Resource":"*"`))
			got := messages(d)
			if (len(got) == 0) != (want == "") || len(got) > 0 && got[0] != want {
				t.Errorf("%s %s: %q, want %q", element, action, got, want)
			}
		}
	}
}

// TestNotActionGrantsTheCatalogueButItsList holds how many CloudWatch actions
// a NotAction leaves: all of the catalogue that its patterns do not cover.
// Roles to be assumed have a say of their own.
func TestNotActionGrantsTheCatalogueButItsList(t *testing.T) {
	for _, c := range []struct {
		list string
		left func(service, name string) bool
	}{
		{`["iam:*"]`, func(string, string) bool { return true }},
		{`["iam:*","organizations:*","account:*"]`, func(string, string) bool { return true }},
		{`["cloudwatch:*"]`, func(service, _ string) bool { return service != "cloudwatch" }},
		{`["LOGS:*","xray:*"]`, func(service, _ string) bool { return service != "logs" && service != "xray" }},
	} {
		p, _ := vectorPolicies(jsonValue(t, "{"+identity(`"Effect":"Allow","Resource":"*","NotAction":`+c.list)+"}"))
		for _, a := range cloudwatch.Actions() {
			switch a.Service {
			case "iam", "organizations", "account", "sts":
				continue
			}
			name := a.Service + ":" + a.Name
			got := iam.Decide(p, iam.Request{Principal: alice, Action: name, Resource: "*"}, cloudwatch.Facts{}).Result == iam.Allowed
			if got != c.left(a.Service, a.Name) {
				t.Errorf("NotAction %s, %s: allowed %v", c.list, name, got)
			}
		}
	}
}
