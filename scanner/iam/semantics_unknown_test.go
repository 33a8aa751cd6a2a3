package iam_test

import (
	"testing"

	"github.com/iamwatch/iamwatch/scanner/iam"
)

// The evidence of conditional answers.
const (
	mfa            = `"Bool":{"aws:MultiFactorAuthPresent":"true"}`
	needsMFA       = "needs Bool aws:MultiFactorAuthPresent true"
	team           = `"StringEquals":{"aws:PrincipalTag/team":"sre"}`
	notTeam        = `"StringNotEquals":{"aws:PrincipalTag/team":"sre"}`
	needsTeam      = "needs StringEquals aws:PrincipalTag/team sre"
	region         = `"StringNotEquals":{"aws:RequestedRegion":"eu-west-1"}`
	escapesRegion  = "escapes StringNotEquals aws:RequestedRegion eu-west-1"
	needsAction    = "needs (the actions are not wholly known)"
	needsResource  = "needs (the resources cover a part, or are not wholly known)"
	needsPrincipal = "needs (the principals are not wholly known)"
	needsEffect    = "needs (the Effect is not known)"
	needsCondition = "needs (the condition was not read)"
	needsStatement = "needs (the statement may be absent)"
	needsDocument  = "needs (the document was not read: ${var.policy})"
	needsBoundary  = "needs (the permissions boundary was not read)"
	needsAccount   = "needs (whether the caller is of the resource's account is not known)"
)

// escapes is the evidence of needs for a Deny.
func escapes(needs string) string { return "escapes" + needs[len("needs"):] }

// maybe is a case that is conditional by its tests.
func maybe(says, policies, request string, tests ...string) judged {
	return judged{sentence{says, policies, request, "conditional"}, tests}
}

// TestThreeValues joins statements and documents, and names what decides.
func TestThreeValues(t *testing.T) {
	alarms := openly(alice, deleteAlarms, alarm)
	all := identity(allowEverything)
	judge(t, []judged{
		// A statement is the least of its parts.
		maybe("an unknown condition", identity(under(mfa)), alarms, needsMFA),
		maybe("two of them", identity(under(mfa+","+team)), alarms, needsMFA, needsTeam),
		plain("beside one that fails", identity(under(mfa+`,"StringEquals":{"aws:PrincipalAccount":"444455556666"}`)), alarms, "denied"),
		maybe("beside one that holds", identity(under(mfa+`,"StringEquals":{"aws:PrincipalAccount":"111122223333"}`)), alarms, needsMFA),
		plain("beside another action", identity(on("Allow", "logs:*", "*")+when(mfa)), alarms, "denied"),
		plain("beside another resource", identity(on("Allow", "*", "arn:aws:cloudwatch:*:*:dashboard/*")+when(mfa)), alarms, "denied"),
		plain("beside another principal", resourcePolicy(grants("Allow", publishTo, aws(bob))+when(mfa)), openly(alice, publishTo, topic), "denied"),
		maybe("all parts unknown", identity(on("Allow", `{"$unknown":"a"}`, `{"$unknown":"r"}`)+when(mfa)), alarms, needsAction, needsResource, needsMFA),
		// Allow statements: the greatest.
		plain("a sure grant beside", identity(under(mfa), allowEverything), alarms, "allowed"),
		plain("a sure grant in a group", members(identity(under(mfa)), groups(allowEverything)), alarms, "allowed"),
		maybe("two unknown ones", identity(under(mfa), under(team)), alarms, needsMFA, needsTeam),
		maybe("one that does not apply decides nothing", identity(under(mfa), logsOnly+when(team)), alarms, needsMFA),
		// Deny statements: the greatest.
		maybe("an unknown Deny", beside(denyAll+when(region)), alarms, escapesRegion),
		maybe("two unknown ones, each to escape", beside(denyAll+when(region), noDelete+when(mfa)), alarms, escapesRegion, escapes(needsMFA)),
		plain("a sure Deny beside", beside(denyAll+when(region), noDelete), alarms, "explicit"),
		plain("a Deny whose condition fails", beside(denyAll+when(`"StringEquals":{"aws:PrincipalAccount":"444455556666"}`)), alarms, "allowed"),
		maybe("Deny and Allow unknown", identity(under(mfa), denyAll+when(region)), alarms, needsMFA, escapesRegion),
		plain("no allow beside an unknown Deny", identity(denyAll+when(region)), alarms, "denied"),
		plain("an unknown allow beside a sure Deny", identity(under(mfa), noDelete), alarms, "explicit"),
		maybe("a sure grant: only the Deny decides", members(identity(under(mfa), allowEverything, denyAll+when(region))), alarms, escapesRegion),
		// Cuts: the least.
		maybe("an unknown boundary statement", members(all, boundary(under(mfa))), alarms, needsMFA),
		maybe("identity and boundary unknown", members(identity(under(team)), boundary(under(mfa))), alarms, needsTeam, needsMFA),
		plain("the boundary leaves nothing", members(identity(under(team)), boundary(logsOnly)), alarms, "denied"),
		maybe("a boundary with a sure allow decides nothing", members(identity(under(team)), boundary(under(mfa), allowEverything)), alarms, needsTeam),
		maybe("a session policy", members(all, sessionPolicy(under(mfa))), openly(session, deleteAlarms, alarm), needsMFA),
		maybe("a level of the organisation", members(all, levels("scp", full, statements(under(mfa)), full)), alarms, needsMFA),
		plain("another level leaves nothing", members(all, levels("scp", statements(under(mfa)), statements(logsOnly))), alarms, "denied"),
		maybe("a level with a sure allow decides nothing", members(identity(under(team)), levels("scp", full+","+statements(under(mfa)))), alarms, needsTeam),
		maybe("a level's Deny", members(all, levels("scp", full+","+statements(denyAll+when(region)))), alarms, escapesRegion),
		plain("that does not bind", members(all, levels("scp", full+","+statements(denyAll+when(region)))), members(alarms, `"principal_account_is_management":true`), "allowed"),
		maybe("a resource control policy's Deny", members(all, levels("rcp", statements(rcp("logs:*")+when(region)))), openly(alice, getEvents, logStream), escapesRegion),
		plain("that does not reach the service", members(all, levels("rcp", statements(rcp("cloudwatch:*")+when(region)))), alarms, "allowed"),
		maybe("an endpoint policy", members(all, endpoint(grants("Allow", "*", `"*"`)+when(mfa))), alarms, needsMFA),
		maybe("an endpoint policy's Deny", members(all, endpoint(grants("Allow", "*", `"*"`), grants("Deny", "*", `"*"`)+when(region))), alarms, escapesRegion),
	})
}

// TestOnlyWhatDecidesIsListed lays grants of a resource policy beside those of
// the identity.
func TestOnlyWhatDecidesIsListed(t *testing.T) {
	pub := openly(alice, publishTo, topic)
	inApp := openly(session, publishTo, topic)
	cross := openly(bob, publishTo, topic, inAccount(ours))
	all := identity(allowEverything)
	to := func(principal, condition string) string {
		return grants("Allow", publishTo, principal) + when(condition)
	}
	role := openly(alice, assume, monitor)
	judge(t, []judged{
		plain("either grants", members(all, resourcePolicy(to(aws(alice), mfa))), pub, "allowed"),
		maybe("either may grant", members(identity(under(team)), resourcePolicy(to(aws(alice), mfa))), pub, needsTeam, needsMFA),
		maybe("the account's grant decides nothing", members(identity(under(team)), resourcePolicy(to(aws(ours), mfa))), pub, needsTeam),
		maybe("a cut identity decides nothing", members(identity(under(team)), boundary(logsOnly), resourcePolicy(to(aws(alice), mfa))), pub, needsMFA),
		maybe("a cut role grant decides nothing", members(boundary(logsOnly), resourcePolicy(to(aws(appRole), team), to(aws(session), mfa))), inApp, needsMFA),
		maybe("a role grant and what may cut it", members(boundary(under(team)), resourcePolicy(to(aws(appRole), mfa))), inApp, needsTeam, needsMFA),
		maybe("a session's grant and not what cannot cut it", members(boundary(under(team)), resourcePolicy(to(aws(session), mfa))), inApp, needsMFA),
		maybe("across accounts both sides", members(identity(under(team)), resourcePolicy(to(aws(bob), mfa))), cross, needsTeam, needsMFA),
		maybe("across accounts the one that is open", members(all, resourcePolicy(to(aws(theirs), mfa))), cross, needsMFA),
		maybe("across accounts the other", members(identity(under(team)), resourcePolicy(grants("Allow", publishTo, aws(bob)), to(aws(theirs), mfa))), cross, needsTeam),
		maybe("across accounts the boundary", members(all, boundary(under(team)), resourcePolicy(grants("Allow", publishTo, aws(bob)))), cross, needsTeam),
		plain("across accounts one side denied", members(identity(logsOnly), resourcePolicy(to(aws(bob), mfa))), cross, "denied"),
		maybe("a Deny on the caller", members(all, resourcePolicy(grants("Deny", publishTo, aws(alice))+when(mfa))), pub, escapes(needsMFA)),
		plain("a Deny on another", members(all, resourcePolicy(grants("Deny", publishTo, aws(bob))+when(mfa))), pub, "allowed"),
		maybe("a resource control policy over a service that none reaches decides nothing",
			members(identity(allowEverything, denyAll+when(mfa)), levels("rcp", statements(rcp("cloudwatch:*")+when(team)))), openly(alice, deleteAlarms, alarm), escapes(needsMFA)),
		maybe("one over a service that it reaches does",
			members(identity(allowEverything, denyAll+when(mfa)), levels("rcp", statements(rcp("logs:*")+when(team)))), openly(alice, getEvents, logStream), escapes(needsMFA), escapes(needsTeam)),
		maybe("a trust that delegates", members(identity(under(team)), trustPolicy(trusts("Allow", aws(ours))+when(mfa))), role, needsTeam, needsMFA),
		maybe("a trust that delegates for certain", members(identity(under(team)), trustPolicy(trusts("Allow", aws(ours)))), role, needsTeam),
		maybe("identity for certain", members(all, trustPolicy(trusts("Allow", aws(ours))+when(mfa))), role, needsMFA),
		maybe("a trust in the user decides alone", members(identity(logsOnly), trustPolicy(trusts("Allow", aws(ours))+when(team), trusts("Allow", aws(alice))+when(mfa))), role, needsMFA),
		maybe("a service has no identity's tests", members(identity(under(team)), resourcePolicy(to(`{"Service":"events.amazonaws.com"}`, `"StringEquals":{"aws:SourceAccount":"111122223333"}`))),
			openly("events.amazonaws.com", publishTo, topic, inAccount(ours)), "needs StringEquals aws:SourceAccount 111122223333"),
		maybe("a federated session without a session policy has none", members(identity(under(team)), resourcePolicy(to(aws(aliceFed), mfa))), openly(aliceFed, publishTo, topic), needsMFA),
		maybe("the root user has none", members(identity(under(team)), levels("scp", statements(under(`"StringEquals":{"aws:RequestedRegion":"eu-west-1"}`)))), openly(ourRoot, publishTo, topic),
			"needs StringEquals aws:RequestedRegion eu-west-1"),
		maybe("values are all listed", identity(under(`"StringLike":{"aws:SourceVpc":["vpc-1","vpc-2*"]}`)), pub, "needs StringLike aws:SourceVpc vpc-1|vpc-2*"),
		maybe("keys are written as in the document", identity(under(`"bool":{"AWS:multifactorauthpresent":true}`)), pub, "needs bool AWS:multifactorauthpresent true"),
	})
}

// TestCorrelated is what is known though each test alone is not.
func TestCorrelated(t *testing.T) {
	const tagging = "cloudwatch:TagResource"
	alarms := openly(alice, deleteAlarms, alarm)
	all := identity(allowEverything)
	judge(t, []judged{
		plain("a test and its negation", identity(under(team), under(notTeam)), alarms, "allowed"),
		plain("in two documents", `"identity":[`+statements(under(team))+","+statements(under(notTeam))+`]`, alarms, "allowed"),
		plain("a user's and a group's", members(identity(under(team)), groups(under(notTeam))), alarms, "allowed"),
		plain("in a boundary", members(all, boundary(under(team), under(notTeam))), alarms, "allowed"),
		plain("in a level's documents", members(all, levels("scp", statements(under(team))+","+statements(under(notTeam)))), alarms, "allowed"),
		maybe("in two levels", members(all, levels("scp", statements(under(team)), statements(under(notTeam)))), alarms, needsTeam, "needs StringNotEquals aws:PrincipalTag/team sre"),
		maybe("of another value", identity(under(team), under(`"StringNotEquals":{"aws:PrincipalTag/team":"dev"}`)), alarms, needsTeam, "needs StringNotEquals aws:PrincipalTag/team dev"),
		maybe("of another key", identity(under(team), under(`"StringNotEquals":{"aws:PrincipalTag/unit":"sre"}`)), alarms, needsTeam, "needs StringNotEquals aws:PrincipalTag/unit sre"),
		maybe("of another operator", identity(under(team), under(`"StringNotLike":{"aws:PrincipalTag/team":"sre"}`)), alarms, needsTeam, "needs StringNotLike aws:PrincipalTag/team sre"),
		maybe("with another test beside", identity(under(team), under(notTeam+","+mfa)), alarms, needsTeam, "needs StringNotEquals aws:PrincipalTag/team sre", needsMFA),
		maybe("a negation, and a test with a set prefix", identity(under(`"ForAnyValue:StringEquals":{"aws:TagKeys":"sre"}`), under(`"StringNotEquals":{"aws:TagKeys":"sre"}`)), openly(alice, tagging, alarm),
			"needs ForAnyValue:StringEquals aws:TagKeys sre", "needs StringNotEquals aws:TagKeys sre"),
		maybe("a test, and a negation with a set prefix", identity(under(`"StringEquals":{"aws:TagKeys":"sre"}`), under(`"ForAnyValue:StringNotEquals":{"aws:TagKeys":"sre"}`)), openly(alice, tagging, alarm),
			"needs ForAnyValue:StringNotEquals aws:TagKeys sre"),
		maybe("a negation, and a test that is passed without the key", identity(under(`"StringEqualsIfExists":{"aws:PrincipalTag/team":"sre"}`), under(notTeam)), alarms,
			"needs StringEqualsIfExists aws:PrincipalTag/team sre", "needs StringNotEquals aws:PrincipalTag/team sre"),
		maybe("a test, and a negation that asks for no key", identity(under(team), under(`"StringNotEqualsIfExists":{"aws:PrincipalTag/team":"sre"}`)), alarms,
			needsTeam, "needs StringNotEqualsIfExists aws:PrincipalTag/team sre"),
		maybe("the same test twice", identity(under(team), under(team)), alarms, needsTeam, needsTeam),
		maybe("a negation that does not apply", identity(under(team), logsOnly+when(notTeam)), alarms, needsTeam),
		plain("a Deny of what the allow demands", identity(under(team), denyAll+when(team)), alarms, "explicit"),
		plain("a Deny of what the allow demands, whatever an unread boundary leaves", members(identity(under(team), denyAll+when(team)), `"boundary_unread":true`), alarms, "explicit"),
		maybe("a Deny of what the allow demands, beside a document that may allow without",
			`"identity":[`+statements(under(team), denyAll+when(team))+`,{"$unknown":"x"}]`, alarms, needsTeam, "escapes StringEquals aws:PrincipalTag/team sre", "needs (the document was not read: ${x})"),
		maybe("a Deny of what it excludes", identity(under(team), denyAll+when(notTeam)), alarms, needsTeam, "escapes StringNotEquals aws:PrincipalTag/team sre"),
		maybe("opposite conditions stay apart elsewhere", identity(under(mfa), under(`"Bool":{"aws:MultiFactorAuthPresent":"false"}`)), alarms, needsMFA, "needs Bool aws:MultiFactorAuthPresent false"),
	})
}

// TestTestsThatCannotFail recognises tests that cannot fail or cannot hold, in open
// contexts only.
func TestTestsThatCannotFail(t *testing.T) {
	for _, c := range []struct {
		says, condition, caller, action, want string
		closed                                string
	}{
		{"* on a key that is always there", `"StringLike":{"aws:PrincipalArn":"*"}`, alice, deleteAlarms, "allowed", "denied"},
		{"* on the user's id", `"StringLike":{"aws:userid":"*"}`, alice, deleteAlarms, "allowed", "denied"},
		{"* on a key that may be absent", `"StringLike":{"aws:PrincipalTag/team":"*"}`, alice, deleteAlarms, "conditional", "denied"},
		{"a secure transport", `"Bool":{"aws:SecureTransport":"true"}`, alice, deleteAlarms, "allowed", "denied"},
		{"an insecure transport", `"Bool":{"aws:SecureTransport":"false"}`, alice, deleteAlarms, "denied", "denied"},
		{"more than 0", `"NumericGreaterThan":{"aws:EpochTime":"0"}`, alice, deleteAlarms, "allowed", "denied"},
		{"more than 0, of a key that may be absent", `"NumericGreaterThan":{"aws:MultiFactorAuthAge":"0"}`, alice, deleteAlarms, "conditional", "denied"},
		{"less than something", `"NumericLessThan":{"aws:EpochTime":"10"}`, alice, deleteAlarms, "conditional", "denied"},
		{"all of a key that the action never carries", `"ForAllValues:StringEquals":{"logs:LogGeneratingResourceArns":"x"}`, alice, deleteAlarms, "allowed", "allowed"},
		{"all of a key that it carries", `"ForAllValues:StringEquals":{"cloudwatch:namespace":"x"}`, alice, "cloudwatch:PutMetricData", "conditional", "allowed"},
		{"if exists, of a key that the action never carries", `"StringEqualsIfExists":{"cloudwatch:namespace":"x"}`, alice, deleteAlarms, "allowed", "allowed"},
		{"if exists, of a key that it carries", `"StringEqualsIfExists":{"cloudwatch:namespace":"x"}`, alice, "cloudwatch:PutMetricData", "conditional", "allowed"},
		{"if exists, where the action is not in the table", `"StringEqualsIfExists":{"cloudwatch:namespace":"x"}`, alice, "cloudwatch:NoSuchAction", "conditional", "allowed"},
		{"a positive test of a key that the action never carries", `"StringEquals":{"cloudwatch:namespace":"x"}`, alice, deleteAlarms, "denied", "denied"},
		{"a negated one", `"StringNotEquals":{"cloudwatch:namespace":"x"}`, alice, deleteAlarms, "allowed", "allowed"},
		{"a positive test of a key that it carries", `"StringEquals":{"cloudwatch:namespace":"x"}`, alice, "cloudwatch:PutMetricData", "conditional", "denied"},
		{"a user's name for a role", `"StringLike":{"aws:username":"*"}`, session, deleteAlarms, "denied", "denied"},
		{"a user's name for a user", `"StringEquals":{"aws:username":"alice"}`, alice, deleteAlarms, "allowed", "denied"},
		{"another user's name", `"StringEquals":{"aws:username":"bob"}`, alice, deleteAlarms, "denied", "denied"},
		{"a source account for a user", `"StringEquals":{"aws:SourceAccount":"111122223333"}`, alice, deleteAlarms, "denied", "denied"},
	} {
		policies := identity(under(c.condition))
		for mode, want := range map[string]string{"open": c.want, "closed": c.closed} {
			d, _ := decideCase(t, policies, askAs(c.caller, c.action, "*", mode))
			if got := answer(d); got != want {
				t.Errorf("%s, %s context: %s, want %s", c.says, mode, got, want)
			}
		}
	}
	service := func(condition string) string {
		return resourcePolicy(grants("Allow", publishTo, `{"Service":"events.amazonaws.com"}`) + when(condition))
	}
	pub := openly("events.amazonaws.com", publishTo, topic, inAccount(ours))
	judge(t, []judged{
		plain("an organisation for a service", service(`"StringEquals":{"aws:PrincipalOrgID":"o-1"}`), pub, "denied"),
		plain("an organisation for a service, if exists", service(`"StringEqualsIfExists":{"aws:PrincipalOrgID":"o-1"}`), pub, "allowed"),
		plain("a service is one", service(`"Bool":{"aws:PrincipalIsAWSService":"true"}`), pub, "allowed"),
		maybe("an organisation for a user is not known", identity(under(`"StringEquals":{"aws:PrincipalOrgID":"o-1"}`)), openly(alice, deleteAlarms, alarm), "needs StringEquals aws:PrincipalOrgID o-1"),
		plain("an organisation that is given", identity(under(`"StringEquals":{"aws:PrincipalOrgID":"o-1"}`)), askAs(alice, deleteAlarms, alarm, "open", `"aws:PrincipalOrgID":"o-1"`), "allowed"),
		maybe("a region is not read off the resource", identity(under(`"StringEquals":{"aws:RequestedRegion":"us-east-1"}`)), openly(alice, deleteAlarms, alarm), "needs StringEquals aws:RequestedRegion us-east-1"),
	})
}

// TestHoles puts what is not known into each element.
func TestHoles(t *testing.T) {
	arnOf := func(region, account, name string) string {
		return `{"$concat":["arn:aws:cloudwatch:",` + region + `,":",` + account + `,":alarm:",` + name + `]}`
	}
	const (
		r, a, n = `{"$region":"r"}`, `{"$account":"a"}`, `{"$name":"n"}`
		f, p    = `{"$free":"f"}`, `{"$partition":"p"}`
	)
	alarms := asks(alice, deleteAlarms, alarm)
	var list []judged
	for _, c := range []struct{ says, action, resource, want, test string }{
		{"a whole action", f, "*", "conditional", needsAction},
		{"one of the actions", `["logs:*",` + f + `]`, "*", "conditional", needsAction},
		{"beside an action that matches", `["cloudwatch:*",` + f + `]`, "*", "allowed", ""},
		{"the end of an action", `{"$concat":["cloudwatch:Delete",` + f + `]}`, "*", "conditional", needsAction},
		{"the head cannot match", `{"$concat":["cloudwatch:Put",` + f + `]}`, "*", "denied", ""},
		{"the prefix of an action", `{"$concat":[` + n + `,":DeleteAlarms"]}`, "*", "conditional", needsAction},
		{"a whole resource", "*", f, "conditional", needsResource},
		{"beside a resource that matches", "*", `["` + alarm + `",` + f + `]`, "allowed", ""},
		{"a region", "*", arnOf(r, `"111122223333"`, `"prod-1"`), "conditional", needsResource},
		{"a region holds no colon", "*", `{"$concat":["arn:aws:cloudwatch:",` + r + `,":alarm:prod-1"]}`, "denied", ""},
		{"free text does", "*", `{"$concat":["arn:aws:cloudwatch:",` + f + `,":alarm:prod-1"]}`, "conditional", needsResource},
		{"an account", "*", arnOf(`"*"`, a, `"*"`), "conditional", needsResource},
		{"an account has twelve digits", "*", `{"$concat":["arn:aws:cloudwatch:us-east-1:1",` + a + `,":alarm:prod-1"]}`, "denied", ""},
		{"an account is no region", "*", `{"$concat":["arn:aws:cloudwatch:",` + a + `,":111122223333:alarm:prod-1"]}`, "denied", ""},
		{"the account deployed to is the caller's", "*", arnOf(`"*"`, `{"$self":""}`, `"*"`), "allowed", ""},
		{"a partition", "*", `{"$concat":["arn:",` + p + `,":cloudwatch:*:*:alarm:*"]}`, "conditional", needsResource},
		{"a partition has no digits", "*", `{"$concat":["arn:aws:cloudwatch:us-east-1:",` + p + `,":alarm:prod-1"]}`, "denied", ""},
		{"a name", "*", arnOf(`"*"`, `"*"`, n), "conditional", needsResource},
		{"a name's head", "*", `{"$concat":["arn:aws:cloudwatch:*:*:alarm:prod-",` + n + `]}`, "conditional", needsResource},
		{"a name with another head", "*", `{"$concat":["arn:aws:cloudwatch:*:*:alarm:dev-",` + n + `]}`, "denied", ""},
		{"a name with another tail", "*", `{"$concat":["arn:aws:cloudwatch:*:*:alarm:",` + n + `,"-2"]}`, "denied", ""},
		{"a name holds no colon", "*", `{"$concat":["arn:aws:cloudwatch:us-east-1:111122223333:",` + n + `]}`, "denied", ""},
		{"behind a star that runs on it need not", "*", `{"$concat":["arn:aws:cloudwatch:*:*:",` + n + `]}`, "conditional", needsResource},
		{"a type", "*", `{"$concat":["arn:aws:cloudwatch:*:*:",` + n + `,":prod-1"]}`, "conditional", needsResource},
		{"the known text forces it", "*", `["arn:aws:cloudwatch:*:*:alarm:*",` + arnOf(r, a, n) + `]`, "allowed", ""},
	} {
		j := plain(c.says, identity(on("Allow", c.action, c.resource)), alarms, c.want)
		denied := plain(c.says+", Deny", beside(on("Deny", c.action, c.resource)), alarms, map[string]string{
			"allowed": "explicit", "denied": "allowed", "conditional": "conditional",
		}[c.want])
		if c.test != "" {
			j.tests, denied.tests = []string{c.test}, []string{escapes(c.test)}
		}
		list = append(list, j, denied)
	}
	judge(t, append(list,
		maybe("in NotAction", identity(`"Effect":"Allow","NotAction":`+f+`,"Resource":"*"`), alarms, needsAction),
		plain("in NotAction beside what excludes", identity(`"Effect":"Allow","NotAction":["cloudwatch:*",`+f+`],"Resource":"*"`), alarms, "denied"),
		plain("in NotAction what cannot match", identity(`"Effect":"Allow","NotAction":{"$concat":["logs:",`+f+`]},"Resource":"*"`), alarms, "allowed"),
		maybe("in NotResource", identity(`"Effect":"Allow","Action":"*","NotResource":`+f), alarms, needsResource),
		plain("in NotResource what cannot match", identity(`"Effect":"Allow","Action":"*","NotResource":{"$concat":["arn:aws:s3:::",`+f+`]}`), alarms, "allowed"),
		plain("a resource for what has none", identity(on("Allow", "*", `{"$concat":["arn:aws:cloudwatch:",`+f+`]}`)), asks(alice, "cloudwatch:ListMetrics", "*"), "denied"),
		maybe("a whole resource for what has none", identity(on("Allow", "*", f)), asks(alice, "cloudwatch:ListMetrics", "*"), needsResource),
	))
}

// TestUnknownPrincipals puts what is not known into Principal.
func TestUnknownPrincipals(t *testing.T) {
	to := func(principal string) string { return resourcePolicy(grants("Allow", publishTo, principal)) }
	concat := func(parts string) string { return `{"AWS":{"$concat":[` + parts + `]}}` }
	root := concat(`"arn:aws:iam::",{"$account":"a"},":root"`)
	pub := asks(alice, publishTo, topic)
	inApp := asks(session, publishTo, topic)
	cross := asks(bob, publishTo, topic, inAccount(ours))
	all := identity(allowEverything)
	judge(t, []judged{
		maybe("a whole one, a user", to(`{"AWS":{"$unknown":"x"}}`), pub, needsPrincipal),
		maybe("a whole one, a session", to(`{"AWS":{"$unknown":"x"}}`), inApp, needsPrincipal),
		maybe("a whole one, a role under a boundary", members(to(`{"AWS":{"$unknown":"x"}}`), boundary(logsOnly)), asks(appRole, publishTo, topic), needsPrincipal),
		maybe("a whole one may be everyone", to(`{"AWS":{"$unknown":"x"}}`), asks("*", publishTo, topic, inAccount(ours)), needsPrincipal),
		maybe("the whole element may be a service", to(`{"$unknown":"x"}`), asks("events.amazonaws.com", publishTo, topic, inAccount(ours)), needsPrincipal),
		maybe("the whole element may be the user", to(`{"$unknown":"x"}`), pub, needsPrincipal),
		plain("the account of a root", to(root), pub, "denied"),
		maybe("the account of a root, across", members(all, to(root)), cross, needsPrincipal),
		maybe("the account of a root, for a role", members(all, `"trust":`+statements(`"Effect":"Allow","Action":"sts:AssumeRole","Principal":`+root)), asks(alice, assume, monitor), needsPrincipal),
		maybe("the account of a user", to(concat(`"arn:aws:iam::",{"$account":"a"},":user/alice"`)), pub, needsPrincipal),
		plain("another user's name", to(concat(`"arn:aws:iam::",{"$account":"a"},":user/carol"`)), pub, "denied"),
		maybe("a role's name", to(concat(`"arn:aws:iam::111122223333:role/",{"$name":"n"}`)), inApp, needsPrincipal),
		plain("a role's name, cut", members(to(concat(`"arn:aws:iam::111122223333:role/",{"$name":"n"}`)), boundary(logsOnly)), inApp, "denied"),
		maybe("a session's name", to(concat(`"arn:aws:sts::111122223333:assumed-role/app/",{"$name":"n"}`)), inApp, needsPrincipal),
		maybe("a session's name, not cut", members(to(concat(`"arn:aws:sts::111122223333:assumed-role/app/",{"$name":"n"}`)), boundary(logsOnly)), inApp, needsPrincipal),
		maybe("a user's name, for the federated session", members(to(concat(`"arn:aws:iam::111122223333:user/",{"$name":"n"}`)), sessionPolicy(allowEverything)), asks(aliceFed, publishTo, topic), needsPrincipal),
		maybe("a federated session's name", to(concat(`"arn:aws:sts::111122223333:federated-user/",{"$name":"n"}`)), asks(aliceFed, publishTo, topic), needsPrincipal),
		maybe("a session's name, for its role", to(concat(`"arn:aws:sts::111122223333:assumed-role/app/",{"$name":"n"}`)), asks(appRole, publishTo, topic), needsPrincipal),
		maybe("a role's path, for a session of one whose path is not known", to(concat(`"arn:aws:iam::111122223333:role/",{"$free":"p"},"/app"`)), inApp, needsPrincipal),
		plain("a role's path, for a session of another name", to(concat(`"arn:aws:iam::111122223333:role/",{"$free":"p"},"/other"`)), inApp, "denied"),
		plain("a user's name is no role's", to(concat(`"arn:aws:iam::111122223333:user/",{"$name":"n"}`)), inApp, "denied"),
		plain("the account deployed to is the resource's", members(all, trustPolicy(trusts("Allow", concat(`"arn:aws:iam::",{"$self":""},":root"`)))), asks(alice, assume, monitor), "allowed"),
		plain("which callers of others are not of", members(all, trustPolicy(trusts("Allow", concat(`"arn:aws:iam::",{"$self":""},":root"`)))), asks(bob, assume, monitor, inAccount(ours)), "denied"),
		maybe("a service's name", to(`{"Service":{"$concat":[{"$free":"s"},".amazonaws.com"]}}`), asks("events.amazonaws.com", publishTo, topic, inAccount(ours)), needsPrincipal),
		plain("a service's name is no user", to(`{"Service":{"$unknown":"s"}}`), pub, "denied"),
		maybe("a provider's account", `"trust":`+statements(`"Effect":"Allow","Action":"sts:AssumeRoleWithWebIdentity","Principal":{"Federated":{"$concat":["arn:aws:iam::",{"$account":"a"},":oidc-provider/x.example"]}}`),
			asks("arn:aws:iam::111122223333:oidc-provider/x.example", "sts:AssumeRoleWithWebIdentity", monitor, inAccount(ours)), needsPrincipal),
		maybe("the kind of one that names the user", to(`{"$$kind":"`+alice+`"}`), pub, needsPrincipal),
		plain("the kind of one that names another", to(`{"$$kind":"`+bob+`"}`), pub, "denied"),
		maybe("the kind of one that names the service", to(`{"$$kind":"events.amazonaws.com"}`), asks("events.amazonaws.com", publishTo, topic, inAccount(ours)), needsPrincipal),
		maybe("in a Deny", members(all, resourcePolicy(grants("Deny", publishTo, `{"AWS":{"$unknown":"x"}}`))), pub, escapes(needsPrincipal)),
		maybe("in NotPrincipal of an Allow", resourcePolicy(on("Allow", publishTo, "*")+`,"NotPrincipal":{"AWS":{"$unknown":"x"}}`), pub, needsPrincipal),
		maybe("in NotPrincipal of a Deny", members(all, resourcePolicy(on("Deny", publishTo, "*")+`,"NotPrincipal":{"AWS":["`+ours+`",{"$unknown":"x"}]}`)), pub, escapes(needsPrincipal)),
		plain("beside one that is listed", to(`{"AWS":["`+alice+`",{"$unknown":"x"}]}`), pub, "allowed"),
	})
}

// TestUnknownConditions puts what is not known into Condition.
func TestUnknownConditions(t *testing.T) {
	on := func(condition string) string { return identity(under(condition)) }
	ask := func(keys ...string) string { return askAs(alice, deleteAlarms, alarm, "closed", keys...) }
	const tag = `"aws:PrincipalTag/team":"sre"`
	judge(t, []judged{
		maybe("a value", on(`"StringEquals":{"aws:PrincipalTag/team":{"$unknown":"v"}}`), ask(tag), "needs StringEquals aws:PrincipalTag/team ${v}"),
		plain("a value, of a missing key", on(`"StringEquals":{"aws:PrincipalTag/team":{"$unknown":"v"}}`), ask(), "denied"),
		plain("a value under a negated operator, of a missing key", on(`"StringNotEquals":{"aws:PrincipalTag/team":{"$unknown":"v"}}`), ask(), "allowed"),
		plain("beside a value that matches", on(`"StringEquals":{"aws:PrincipalTag/team":["sre",{"$unknown":"v"}]}`), ask(tag), "allowed"),
		plain("beside a value that matches, negated", on(`"StringNotEquals":{"aws:PrincipalTag/team":["sre",{"$unknown":"v"}]}`), ask(tag), "denied"),
		maybe("a value's tail", on(`"StringLike":{"aws:PrincipalTag/team":{"$concat":["s",{"$free":"v"}]}}`), ask(tag), "needs StringLike aws:PrincipalTag/team s${v}"),
		plain("a value whose head cannot match", on(`"StringLike":{"aws:PrincipalTag/team":{"$concat":["dev-",{"$free":"v"}]}}`), ask(tag), "denied"),
		plain("a value whose tail cannot match, negated", on(`"StringNotLike":{"aws:PrincipalTag/team":{"$concat":[{"$free":"v"},"-dev"]}}`), ask(tag), "allowed"),
		maybe("an ARN's account", on(`"ArnLike":{"aws:SourceArn":{"$concat":["arn:aws:sns:*:",{"$account":"a"},":*"]}}`), ask(`"aws:SourceArn":"`+topic+`"`), "needs ArnLike aws:SourceArn arn:aws:sns:*:${a}:*"),
		plain("an ARN of another service", on(`"ArnLike":{"aws:SourceArn":{"$concat":["arn:aws:s3:*:",{"$account":"a"},":*"]}}`), ask(`"aws:SourceArn":"`+topic+`"`), "denied"),
		maybe("a number", on(`"NumericLessThan":{"aws:MultiFactorAuthAge":{"$unknown":"v"}}`), ask(`"aws:MultiFactorAuthAge":"5"`), "needs NumericLessThan aws:MultiFactorAuthAge ${v}"),
		maybe("a date", on(`"DateLessThan":{"aws:CurrentTime":{"$unknown":"v"}}`), ask(`"aws:CurrentTime":"2026-01-01T00:00:00Z"`), "needs DateLessThan aws:CurrentTime ${v}"),
		maybe("an address", on(`"IpAddress":{"aws:SourceIp":{"$unknown":"v"}}`), ask(`"aws:SourceIp":"192.0.2.1"`), "needs IpAddress aws:SourceIp ${v}"),
		maybe("a boolean", on(`"Bool":{"aws:SecureTransport":{"$unknown":"v"}}`), ask(`"aws:SecureTransport":"true"`), "needs Bool aws:SecureTransport ${v}"),
		maybe("whether null", on(`"Null":{"aws:PrincipalTag/team":{"$unknown":"v"}}`), ask(tag), "needs Null aws:PrincipalTag/team ${v}"),
		maybe("the request's value", on(`"StringEquals":{"aws:PrincipalTag/team":"sre"}`), ask(`"aws:PrincipalTag/team":{"$unknown":"t"}`), "needs StringEquals aws:PrincipalTag/team sre"),
		plain("in a Deny, of a missing key", beside(denyAll+when(`"StringEquals":{"aws:PrincipalTag/team":{"$unknown":"v"}}`)), ask(), "allowed"),
		maybe("in a Deny", beside(denyAll+when(`"StringEquals":{"aws:PrincipalTag/team":{"$unknown":"v"}}`)), ask(tag), "escapes StringEquals aws:PrincipalTag/team ${v}"),
		maybe("the whole block", identity(allowEverything+`,"Condition":{"$unknown":"c"}`), ask(), needsCondition),
		maybe("the keys under an operator", on(`"StringEquals":{"$unknown":"c"}`), ask(), needsCondition),
		maybe("a key", on(`"StringEquals":{"$$k":"sre"}`), ask(tag), "needs StringEquals ${k} sre"),
		maybe("a key, negated, in a Deny", beside(denyAll+when(`"StringNotEquals":{"$$k":"sre"}`)), ask(tag), "escapes StringNotEquals ${k} sre"),
		maybe("a key, beside another that holds", on(`"StringEquals":{"$$k":"sre","aws:PrincipalTag/team":"sre"}`), ask(tag), "needs StringEquals ${k} sre"),
		plain("a key, beside another that fails", on(`"StringEquals":{"$$k":"sre","aws:PrincipalTag/team":"dev"}`), ask(tag), "denied"),
		maybe("an operator", on(`"$$o":{"aws:PrincipalTag/team":"sre"}`), ask(tag), needsCondition),
		maybe("an unknown operator", on(`"StringSounds":{"aws:PrincipalTag/team":"sre"}`), ask(tag), "needs StringSounds aws:PrincipalTag/team sre"),
		maybe("a malformed value", on(`"NumericLessThan":{"aws:MultiFactorAuthAge":"soon"}`), ask(`"aws:MultiFactorAuthAge":"5"`), "needs NumericLessThan aws:MultiFactorAuthAge soon"),
	})
}

// TestUnknownEffectsAndStatements asks of statements that may be either, or
// that may be absent.
func TestUnknownEffectsAndStatements(t *testing.T) {
	alarms := openly(alice, deleteAlarms, alarm)
	const either = `"Effect":{"$unknown":"e"},"Action":"*","Resource":"*"`
	perhaps := func(list ...string) string {
		out := `"identity":[{` + version2012 + `"Statement":[`
		for i, s := range list {
			if i > 0 {
				out += ","
			}
			out += s
		}
		return out + "]}]"
	}
	perhapsAll, perhapsDeny := `{"$maybe":{`+allowEverything+`}}`, `{"$maybe":{`+denyAll+`}}`
	judge(t, []judged{
		maybe("alone, the statement may allow", identity(either), alarms, needsEffect),
		maybe("beside a sure grant it may deny", beside(either), alarms, escapes(needsEffect)),
		plain("beside a sure Deny", identity(either, denyAll), alarms, "explicit"),
		plain("of another action", identity(`"Effect":{"$unknown":"e"},"Action":"logs:*","Resource":"*"`), alarms, "denied"),
		plain("of another action, beside a grant", beside(`"Effect":{"$unknown":"e"},"Action":"logs:*","Resource":"*"`), alarms, "allowed"),
		maybe("with a test", identity(either+when(mfa)), alarms, needsEffect, needsMFA),
		maybe("with a test, beside a grant", beside(either+when(mfa)), alarms, escapes(needsEffect), escapes(needsMFA)),
		maybe("in a boundary", members(identity(allowEverything), boundary(either)), alarms, needsEffect),
		maybe("in a boundary that allows", members(identity(allowEverything), boundary(allowEverything, either)), alarms, escapes(needsEffect)),
		maybe("in a service control policy", members(identity(allowEverything), levels("scp", full+","+statements(either))), alarms, escapes(needsEffect)),
		maybe("in a resource policy", resourcePolicy(`"Effect":{"$unknown":"e"},"Action":"*","Resource":"*","Principal":`+aws(alice)), alarms, needsEffect),
		maybe("in a resource control policy", members(identity(allowEverything), levels("rcp", statements(`"Effect":{"$unknown":"e"},"Action":"logs:*","Resource":"*","Principal":"*"`))),
			openly(alice, getEvents, logStream), escapes(needsEffect)),
		maybe("with NotPrincipal it may be a Deny that a boundary makes bind", members(identity(allowEverything), boundary(allowEverything),
			resourcePolicy(`"Effect":{"$unknown":"e"},"Action":"*","Resource":"*","NotPrincipal":`+aws(alice, ours))), alarms, escapes(needsEffect)),
		maybe("an Allow that may be absent", perhaps(perhapsAll), alarms, needsStatement),
		plain("beside one that is there", perhaps(perhapsAll, "{"+allowEverything+"}"), alarms, "allowed"),
		maybe("a Deny that may be absent", perhaps("{"+allowEverything+"}", perhapsDeny), alarms, escapes(needsStatement)),
		plain("beside one that is there, Deny", perhaps("{"+allowEverything+"}", perhapsDeny, "{"+denyAll+"}"), alarms, "explicit"),
		maybe("a statement that was not read may allow", perhaps(`{"$unknown":"s"}`), alarms, "needs (the statement was not read)"),
		plain("and is taken to deny nothing", perhaps("{"+allowEverything+"}", `{"$unknown":"s"}`), alarms, "allowed"),
	})
}

// TestUnknownDocuments asks where a whole document was not read, and whether
// the decision says so.
func TestUnknownDocuments(t *testing.T) {
	alarms := openly(alice, deleteAlarms, alarm)
	pub := openly(alice, publishTo, topic)
	cross := openly(bob, publishTo, topic, inAccount(ours))
	role := openly(alice, assume, monitor)
	const (
		own, guard, trust = `"identity":[` + unread + `]`, `"resource":` + unread, `"trust":` + unread
		edge, scope       = `"boundary":` + unread, `"session":` + unread
	)
	all := identity(allowEverything)
	ownAnd := func(s string) string { return `"identity":[` + unread + "," + statements(s) + "]" }
	for _, c := range []struct {
		judged
		incomplete bool
	}{
		{maybe("identity alone", own, alarms, needsDocument), true},
		{plain("identity beside a grant: it adds no Deny", ownAnd(allowEverything), alarms, "allowed"), true},
		{plain("identity beside a Deny", ownAnd(denyAll), alarms, "explicit"), false},
		{maybe("identity beside a test", ownAnd(under(mfa)), alarms, needsDocument, needsMFA), true},
		{maybe("a group's", `"groups":[`+unread+"]", alarms, needsDocument), true},
		{plain("identity, cut", members(own, boundary(logsOnly)), alarms, "denied"), false},
		{maybe("resource alone", guard, pub, needsDocument), true},
		{plain("resource beside a grant", members(all, guard), pub, "allowed"), true},
		{plain("resource beside a Deny", members(beside(denyAll), guard), pub, "explicit"), false},
		{maybe("resource across accounts", members(all, guard), cross, needsDocument), true},
		{plain("resource across accounts, identity silent", members(identity(logsOnly), guard), cross, "denied"), false},
		{maybe("resource, a service", guard, openly("events.amazonaws.com", publishTo, topic, inAccount(ours)), needsDocument), true},
		{maybe("trust", members(all, trust), role, needsDocument), true},
		{maybe("trust alone: it may name the caller", trust, role, needsDocument), true},
		{maybe("boundary", members(all, edge), alarms, needsDocument), true},
		{plain("boundary without a grant", edge, alarms, "denied"), false},
		{plain("boundary beside a Deny", members(beside(denyAll), edge), alarms, "explicit"), false},
		{plain("boundary, a user named by the resource", members(edge, resourcePolicy(grants("Allow", publishTo, aws(alice)))), pub, "allowed"), true},
		{maybe("boundary, a role named by the resource", members(edge, resourcePolicy(grants("Allow", publishTo, aws(appRole)))), openly(session, publishTo, topic), needsDocument), true},
		{maybe("boundary attached whose text is missing", members(all, `"boundary_unread":true`), alarms, needsBoundary), true},
		{plain("such a boundary without a grant", `"boundary_unread":true`, alarms, "denied"), false},
		{plain("such a boundary beside a Deny", members(beside(denyAll), `"boundary_unread":true`), alarms, "explicit"), false},
		{maybe("such a boundary across accounts", members(all, `"boundary_unread":true`, resourcePolicy(grants("Allow", publishTo, aws(bob)))), cross, needsBoundary), true},
		{maybe("session policy", members(all, scope), openly(session, deleteAlarms, alarm), needsDocument), true},
		{maybe("a level of the organisation", members(all, levels("scp", full, unread)), alarms, needsDocument), true},
		{plain("a level beside a sure allow", members(all, levels("scp", full+","+unread)), alarms, "allowed"), true},
		{plain("a resource control policy is taken to deny nothing", members(all, levels("rcp", unread)), openly(alice, getEvents, logStream), "allowed"), true},
		{plain("one that does not reach the service", members(all, levels("rcp", unread)), alarms, "allowed"), false},
		{plain("a level that does not bind", members(all, levels("scp", full, unread)), members(alarms, `"principal_account_is_management":true`), "allowed"), false},
		{maybe("an endpoint policy", members(all, `"endpoint":`+unread), alarms, needsDocument), true},
		{plain("all read", all, alarms, "allowed"), false},
		{maybe("all read, a test", identity(under(mfa)), alarms, needsMFA), false},
		{maybe("one that decides nothing is not listed", members(`"identity":[`+unread+","+statements(allowEverything, denyAll+when(region))+"]"), alarms, escapesRegion), true},
	} {
		judge(t, []judged{c.judged})
		if d, _ := decideCase(t, c.policies, c.request); d.Incomplete != c.incomplete {
			t.Errorf("%s: incomplete %v", c.says, d.Incomplete)
		}
	}
}

// TestUnknownAccounts asks for callers and resources whose account is not
// known: it may be one or two.
func TestUnknownAccounts(t *testing.T) {
	const (
		caller  = `"principal":{"$concat":["arn:aws:iam::",{"$self":""},":role/app"]},"context_mode":"closed","context":{}`
		pub     = caller + `,"action":"sns:Publish","resource":"` + topic + `"`
		pubOurs = pub + `,"resource_account":"111122223333"`
	)
	all := identity(allowEverything)
	res := func(principal string) string { return resourcePolicy(grants("Allow", publishTo, principal)) }
	judge(t, []judged{
		plain("one account, not known", all, pub, "allowed"),
		maybe("identity alone, of a resource whose account is known", all, pubOurs, needsAccount),
		plain("neither", identity(logsOnly), pubOurs, "denied"),
		plain("both name it", members(all, res(`"*"`)), pubOurs, "allowed"),
		maybe("everyone alone", res(`"*"`), pubOurs, needsAccount),
		maybe("a role of an account that may be the caller's", members(all, res(aws(appRole))), pubOurs, needsPrincipal, needsAccount),
		maybe("a Deny on it", members(all, resourcePolicy(grants("Allow", publishTo, `"*"`), grants("Deny", publishTo, aws(ours)))), pubOurs, escapes(needsPrincipal)),
		plain("a Deny on a role of another name", members(all, resourcePolicy(grants("Allow", publishTo, `"*"`), grants("Deny", publishTo, aws("arn:aws:iam::111122223333:role/x")))), pubOurs, "allowed"),
		plain("the account deployed to, on both sides", members(all, trustPolicy(trusts("Allow", `{"AWS":{"$concat":["arn:aws:iam::",{"$self":""},":root"]}}`))),
			caller+`,"action":"sts:AssumeRole","resource":{"$concat":["arn:aws:iam::",{"$self":""},":role/monitor"]}`, "allowed"),
	})
}

// TestReasonsOfUnread keeps the reason of a document that was not read.
func TestReasonsOfUnread(t *testing.T) {
	_, p := decideCase(t, `"identity":[`+unread+`]`, asks(alice, deleteAlarms, alarm))
	if d := p.Identity[0]; !d.Unknown || d.Reason != "${var.policy}" {
		t.Errorf("unknown %v, reason %q", d.Unknown, d.Reason)
	}
	if got := iam.Decide(iam.Policies{}, iam.Request{Principal: alice, Action: deleteAlarms}, nil); got.Incomplete || got.Result != iam.Denied {
		t.Errorf("nothing to read: %+v", got)
	}
}
