package iam_test

import (
	"testing"
)

const (
	deleteAlarms = "cloudwatch:DeleteAlarms"
	getEvents    = "logs:GetLogEvents"
	assume       = "sts:AssumeRole"
	noDelete     = `"Effect":"Deny","Action":"cloudwatch:Delete*","Resource":"*"`
	full         = everything
)

// rcp is a statement of a resource control policy that denies.
func rcp(action string) string { return grants("Deny", action, `"*"`) }

// plain is a case without tests.
func plain(says, policies, request, want string) judged {
	return judged{sentence{says, policies, request, want}, nil}
}

// TestExplicitDeny puts a Deny into each kind of document.
func TestExplicitDeny(t *testing.T) {
	alarms := asks(alice, deleteAlarms, alarm)
	all := identity(allowEverything)
	judge(t, []judged{
		plain("without one", all, alarms, "allowed"),
		plain("without any policy", "", alarms, "denied"),
		plain("in an identity policy", beside(denyAll), alarms, "explicit"),
		plain("in a group's policy", members(all, groups(denyAll)), alarms, "explicit"),
		plain("in a boundary that allows too", members(all, boundary(allowEverything, denyAll)), alarms, "explicit"),
		plain("in a session policy", members(all, sessionPolicy(allowEverything, denyAll)), asks(session, deleteAlarms, alarm), "explicit"),
		plain("in a resource policy, on the caller", members(all, resourcePolicy(grants("Deny", "*", aws(alice)))), alarms, "explicit"),
		plain("in a resource policy, on the caller's account", members(all, resourcePolicy(grants("Deny", "*", aws(ours)))), alarms, "explicit"),
		plain("in a resource policy, on another", members(all, resourcePolicy(grants("Deny", "*", aws(bob)))), alarms, "allowed"),
		plain("in a trust policy", members(all, trustPolicy(trusts("Allow", `"*"`), trusts("Deny", aws(ours)))), asks(alice, assume, monitor), "explicit"),
		plain("in an endpoint policy", members(all, endpoint(grants("Allow", "*", `"*"`), grants("Deny", deleteAlarms, `"*"`))), alarms, "explicit"),
		plain("in a service control policy", members(all, levels("scp", full+","+statements(denyAll))), alarms, "explicit"),
		plain("in a resource control policy", members(all, levels("rcp", statements(rcp("logs:*")))), asks(alice, getEvents, logStream), "explicit"),
		plain("of another action", beside(on("Deny", "cloudwatch:PutDashboard", "*")), alarms, "allowed"),
		plain("of another resource", beside(on("Deny", "*", "arn:aws:cloudwatch:*:*:alarm:other")), alarms, "allowed"),
		plain("whose condition fails", beside(denyAll+when(`"Bool":{"aws:SecureTransport":"false"}`)), openly(alice, deleteAlarms, alarm), "allowed"),
		plain("beats a resource policy's grant", members(identity(denyAll), resourcePolicy(grants("Allow", publishTo, aws(alice)))), asks(alice, publishTo, topic), "explicit"),
		plain("across accounts, of either side", members(beside(denyAll), resourcePolicy(grants("Allow", publishTo, aws(bob)))), asks(bob, publishTo, topic, inAccount(ours)), "explicit"),
		plain("across accounts, of the resource", members(all, resourcePolicy(grants("Allow", publishTo, aws(bob)), grants("Deny", publishTo, aws(theirRoot)))),
			asks(bob, publishTo, topic, inAccount(ours)), "explicit"),
		plain("a role's sessions by the role's name", members(all, resourcePolicy(grants("Deny", publishTo, aws(appRole)))), asks(session, publishTo, topic), "explicit"),
		plain("a user's federated session by the user's", members(all, sessionPolicy(allowEverything), resourcePolicy(grants("Deny", publishTo, aws(alice)))),
			asks(aliceFed, publishTo, topic, `"principal_user":"`+alice+`"`), "explicit"),
	})
}

// TestServiceControlPolicies binds the callers of member accounts, level by
// level.
func TestServiceControlPolicies(t *testing.T) {
	alarms := asks(alice, deleteAlarms, alarm)
	all := identity(allowEverything)
	guard := levels("scp", full, full+","+statements(noDelete))
	linked := "arn:aws:sts::111122223333:assumed-role/AWSServiceRoleForX/s"
	alone := func(statement string) string { return members(all, levels("scp", statements(statement))) }
	judge(t, []judged{
		plain("no organisation", all, alarms, "allowed"),
		plain("each level allows", members(all, levels("scp", full, full, full)), alarms, "allowed"),
		plain("the root does not", members(all, levels("scp", statements(logsOnly), full)), alarms, "denied"),
		plain("a unit does not", members(all, levels("scp", full, statements(logsOnly), full)), alarms, "denied"),
		plain("the account does not", members(all, levels("scp", full, full, "")), alarms, "denied"),
		plain("one of a level suffices", members(all, levels("scp", statements(logsOnly)+","+full)), alarms, "allowed"),
		plain("one level does not do for another", members(all, levels("scp", statements(logsOnly), statements(on("Allow", "cloudwatch:*", "*")))), alarms, "denied"),
		plain("they grant nothing", levels("scp", full), alarms, "denied"),
		plain("a Deny at any level", members(all, guard), alarms, "explicit"),
		plain("a resource policy's grant is bound as well", members(resourcePolicy(grants("Allow", publishTo, aws(alice))), levels("scp", statements(logsOnly))), asks(alice, publishTo, topic), "denied"),
		plain("the root user of a member account, denied", guard, asks(ourRoot, deleteAlarms, alarm), "explicit"),
		plain("the root user of a member account, not allowed", levels("scp", statements(logsOnly)), asks(ourRoot, deleteAlarms, alarm), "denied"),
		plain("a service-linked role is not bound", members(all, guard), asks(linked, deleteAlarms, alarm, `"principal_role_path":"/aws-service-role/x.amazonaws.com/"`), "allowed"),
		plain("nor by a level's silence", members(all, levels("scp", "")), asks(linked, deleteAlarms, alarm, `"principal_role_path":"/aws-service-role/x.amazonaws.com/"`), "allowed"),
		plain("a service-linked role by its own ARN", members(all, guard), asks("arn:aws:iam::111122223333:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX", deleteAlarms, alarm), "allowed"),
		plain("a path that only holds the word binds", members(all, guard), asks(linked, deleteAlarms, alarm, `"principal_role_path":"/x/aws-service-role/"`), "explicit"),
		plain("the name without the path binds", members(all, guard), asks("arn:aws:iam::111122223333:role/AWSServiceRoleForX", deleteAlarms, alarm), "explicit"),
		plain("the management account is not bound", members(all, guard), asks(alice, deleteAlarms, alarm, `"principal_account_is_management":true`), "allowed"),
		plain("nor its root user", guard, asks(ourRoot, deleteAlarms, alarm, `"principal_account_is_management":true`), "allowed"),
		plain("services are not bound", members(resourcePolicy(grants("Allow", publishTo, `{"Service":"events.amazonaws.com"}`)), levels("scp", statements(denyAll))),
			asks("events.amazonaws.com", publishTo, topic, inAccount(ours)), "allowed"),
		plain("across accounts those of the caller's account", members(all, resourcePolicy(grants("Allow", publishTo, aws(bob))), levels("scp", statements(logsOnly))),
			asks(bob, publishTo, topic, inAccount(ours)), "denied"),
		// What the syntax takes since September 2025.
		plain("a Condition under Allow", alone(under(`"StringEquals":{"aws:PrincipalAccount":"111122223333"}`)), openly(alice, deleteAlarms, alarm), "allowed"),
		plain("a Condition under Allow that fails", alone(under(`"StringEquals":{"aws:PrincipalAccount":"444455556666"}`)), openly(alice, deleteAlarms, alarm), "denied"),
		plain("NotAction under Allow", alone(`"Effect":"Allow","NotAction":"iam:*","Resource":"*"`), alarms, "allowed"),
		plain("NotAction under Allow, excluded", alone(`"Effect":"Allow","NotAction":"cloudwatch:*","Resource":"*"`), alarms, "denied"),
		plain("a Resource under Allow", alone(on("Allow", "*", "arn:aws:cloudwatch:*:*:alarm:prod-*")), alarms, "allowed"),
		plain("a Resource under Allow, another", alone(on("Allow", "*", "arn:aws:cloudwatch:*:*:alarm:dev-*")), alarms, "denied"),
		plain("NotResource under Allow", alone(`"Effect":"Allow","Action":"*","NotResource":"arn:aws:cloudwatch:*:*:alarm:dev-*"`), alarms, "allowed"),
		plain("NotResource under Allow, excluded", alone(`"Effect":"Allow","Action":"*","NotResource":"`+alarm+`"`), alarms, "denied"),
		plain("a wildcard anywhere in an action's name", alone(on("Allow", "cloudwatch:*ete?larms", "*")), alarms, "allowed"),
		plain("a Principal makes it invalid, so that it allows nothing", alone(grants("Allow", "*", `"*"`)), alarms, "denied"),
		plain("and denies nothing", members(all, levels("scp", full+","+statements(grants("Deny", "*", `"*"`)))), alarms, "allowed"),
		plain("NotPrincipal makes it invalid", alone(on("Allow", "*", "*")+`,"NotPrincipal":{"AWS":"444455556666"}`), alarms, "denied"),
	})
}

// TestResourceControlPolicies binds all callers on the resources of an
// account, of the services that they reach.
func TestResourceControlPolicies(t *testing.T) {
	all := identity(allowEverything)
	deny := func(action string) string { return members(all, levels("rcp", statements(rcp(action)))) }
	events := members(resourcePolicy(grants("Allow", "*", `"*"`)), levels("rcp", statements(rcp("logs:*"))))
	stream := asks(alice, getEvents, logStream)
	list := []judged{
		plain("callers of the account", deny("logs:*"), stream, "explicit"),
		plain("callers of other organisations", members(deny("logs:*"), resourcePolicy(grants("Allow", "logs:*", aws(bob)))), asks(bob, getEvents, logStream, inAccount(ours)), "explicit"),
		plain("root users", levels("rcp", statements(rcp("logs:*"))), asks(ourRoot, getEvents, logStream), "explicit"),
		plain("services", events, asks("events.amazonaws.com", getEvents, logStream, inAccount(ours)), "explicit"),
		plain("the anonymous", events, asks("*", getEvents, logStream, inAccount(ours)), "explicit"),
		plain("callers of the management account, elsewhere", members(deny("logs:*"), resourcePolicy(grants("Allow", "logs:*", aws(bob)))),
			asks(bob, getEvents, logStream, inAccount(ours), `"principal_account_is_management":true`), "explicit"),
		plain("service-linked roles are exempt", deny("logs:*"), asks("arn:aws:iam::111122223333:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX", getEvents, logStream), "allowed"),
		plain("resources of the management account are exempt", deny("logs:*"), asks(alice, getEvents, logStream, `"principal_account_is_management":true`), "allowed"),
		plain("also for callers of others", members(deny("logs:*"), resourcePolicy(grants("Allow", "logs:*", aws(bob)))),
			asks(bob, getEvents, logStream, inAccount(ours), `"resource_account_is_management":true`), "allowed"),
		plain("they grant nothing", levels("rcp", statements(grants("Allow", "*", `"*"`))), stream, "denied"),
		plain("a level that allows nothing denies nothing", members(all, `"rcp":[[],[]]`), stream, "allowed"),
		plain("AWS's own full access may be listed", members(all, levels("rcp", statements(grants("Allow", "*", `"*"`)))), stream, "allowed"),
		plain("beside a Deny", members(all, levels("rcp", statements(grants("Allow", "*", `"*"`)), statements(rcp("logs:Get*")))), stream, "explicit"),
		plain("another action", deny("logs:Put*"), stream, "allowed"),
		plain("a condition that fails", members(all, levels("rcp", statements(rcp("logs:*")+when(`"StringNotEqualsIfExists":{"aws:PrincipalOrgID":"o-1"}`)))),
			askAs(alice, getEvents, logStream, "closed", `"aws:PrincipalOrgID":"o-1"`), "allowed"),
		plain("a condition that holds", members(all, levels("rcp", statements(rcp("logs:*")+when(`"StringNotEqualsIfExists":{"aws:PrincipalOrgID":"o-1"}`)))),
			askAs(alice, getEvents, logStream, "closed", `"aws:PrincipalOrgID":"o-2"`), "explicit"),
		plain("a role's trust", members(all, trustPolicy(trusts("Allow", aws(ours))), levels("rcp", statements(rcp(assume)))), asks(alice, assume, monitor), "explicit"),
	}
	for service, bound := range map[string]bool{
		"logs": true, "xray": true, "events": true, "networkmonitor": true, "firehose": true, "s3": true, "kms": true, "sqs": true, "sts": true,
		"cloudwatch": false, "oam": false, "rum": false, "synthetics": false, "application-signals": false, "sns": false,
	} {
		want := map[bool]string{true: "explicit", false: "allowed"}[bound]
		list = append(list, plain("the service "+service, deny(service+":*"), asks(alice, service+":GetX", "*"), want))
	}
	judge(t, list)
}

// TestRootAndServices asks for callers that need no identity policy.
func TestRootAndServices(t *testing.T) {
	pub := asks("events.amazonaws.com", publishTo, topic, inAccount(ours))
	toEvents := grants("Allow", publishTo, `{"Service":"events.amazonaws.com"}`)
	fromUs := when(`"StringEquals":{"aws:SourceAccount":"111122223333"}`)
	judge(t, []judged{
		plain("root, in its account", "", asks(ourRoot, deleteAlarms, alarm), "allowed"),
		plain("root, by its account's id", "", asks(ours, deleteAlarms, alarm), "allowed"),
		plain("root, though a resource policy names others", resourcePolicy(grants("Allow", publishTo, aws(bob))), asks(ourRoot, publishTo, topic), "allowed"),
		plain("root, of a role that trusts its account", trustPolicy(trusts("Allow", aws(ourRoot))), asks(ourRoot, assume, monitor), "denied"),
		plain("root, of a role that trusts everyone", trustPolicy(trusts("Allow", `"*"`)), asks(theirRoot, assume, monitor, inAccount(ours)), "denied"),
		plain("root, as another account's root", "", asks(ourRoot, "sts:AssumeRoot", ourRoot), "denied"),
		plain("root, denied by a resource policy", resourcePolicy(grants("Deny", "*", `"*"`)), asks(ourRoot, publishTo, topic), "explicit"),
		plain("root, in another account", "", asks(theirRoot, publishTo, topic, inAccount(ours)), "denied"),
		plain("root, where another account lets its account in", resourcePolicy(grants("Allow", publishTo, aws(theirs))), asks(theirRoot, publishTo, topic, inAccount(ours)), "allowed"),
		plain("root, of a key that does not name its account", resourcePolicy(grants("Allow", "kms:*", aws(alice))), asks(ourRoot, "kms:Decrypt", kmsKey), "denied"),
		plain("root, of a key that does", resourcePolicy(grants("Allow", "kms:*", aws(ourRoot))), asks(ourRoot, "kms:Decrypt", kmsKey), "allowed"),
		plain("a service, by the resource policy", resourcePolicy(toEvents), pub, "allowed"),
		plain("a service, without", "", pub, "denied"),
		plain("a service, its condition met", resourcePolicy(toEvents+fromUs), askAs("events.amazonaws.com", publishTo, topic, "closed", `"aws:SourceAccount":"111122223333"`)+","+inAccount(ours), "allowed"),
		plain("a service, its condition not met", resourcePolicy(toEvents+fromUs), askAs("events.amazonaws.com", publishTo, topic, "closed", `"aws:SourceAccount":"444455556666"`)+","+inAccount(ours), "denied"),
		plain("a service, by the trust policy", trustPolicy(trusts("Allow", `{"Service":"ec2.amazonaws.com"}`)), asks("ec2.amazonaws.com", assume, monitor, inAccount(ours)), "allowed"),
		plain("a service, not by the trust policy", trustPolicy(trusts("Allow", `{"Service":"ec2.amazonaws.com"}`)), asks("lambda.amazonaws.com", assume, monitor, inAccount(ours)), "denied"),
		plain("a service, denied", resourcePolicy(toEvents, grants("Deny", publishTo, `{"Service":"events.amazonaws.com"}`)), pub, "explicit"),
		plain("the caller's identity, without a policy", "", asks(alice, "sts:GetCallerIdentity", "*"), "allowed"),
		plain("the caller's identity, denied everywhere", members(identity(denyAll), boundary(denyAll), levels("scp", statements(denyAll))), asks(alice, "sts:GetCallerIdentity", "*"), "allowed"),
		plain("the caller's identity, in any case", identity(denyAll), asks(session, "STS:getcalleridentity", "*"), "allowed"),
	})
}

// TestWithinOneAccount joins identity and resource policies with their cuts.
func TestWithinOneAccount(t *testing.T) {
	alarms := asks(alice, deleteAlarms, alarm)
	inSession := asks(session, deleteAlarms, alarm)
	all := identity(allowEverything)
	judge(t, []judged{
		plain("own policies", all, alarms, "allowed"),
		plain("a group's", groups(allowEverything), alarms, "allowed"),
		plain("cut by the boundary", members(all, boundary(logsOnly)), alarms, "denied"),
		plain("a group's, cut by the boundary", members(groups(allowEverything), boundary(logsOnly)), alarms, "denied"),
		plain("left by the boundary", members(all, boundary(allowEverything)), alarms, "allowed"),
		plain("the boundary grants nothing", boundary(allowEverything), alarms, "denied"),
		plain("cut by the session policy", members(all, sessionPolicy(logsOnly)), inSession, "denied"),
		plain("the session policy grants nothing", sessionPolicy(allowEverything), inSession, "denied"),
		plain("left by both", members(all, boundary(allowEverything), sessionPolicy(allowEverything)), inSession, "allowed"),
		plain("cut by one of both", members(all, boundary(allowEverything), sessionPolicy(logsOnly)), inSession, "denied"),
		plain("the account's grant is none", resourcePolicy(grants("Allow", publishTo, aws(ours))), asks(alice, publishTo, topic), "denied"),
		plain("one grant that survives suffices", members(all, boundary(logsOnly), resourcePolicy(grants("Allow", publishTo, aws(session)))), asks(session, publishTo, topic), "allowed"),
		plain("a role's grant survives beside a cut identity policy", members(identity(logsOnly), boundary(snsOnly), resourcePolicy(grants("Allow", publishTo, aws(appRole)))), asks(session, publishTo, topic), "allowed"),
		plain("no grant survives", members(all, boundary(logsOnly), resourcePolicy(grants("Allow", publishTo, aws(appRole)))), asks(session, publishTo, topic), "denied"),
		plain("another partition", all, asks(alice, deleteAlarms, "arn:aws-cn:cloudwatch:cn-north-1:111122223333:alarm:a"), "denied"),
		plain("another partition, root", "", asks(ourRoot, deleteAlarms, "arn:aws-us-gov:cloudwatch:us-gov-west-1:111122223333:alarm:a"), "denied"),
		plain("all of another partition", all, asks(alice, deleteAlarms, "arn:aws-cn:cloudwatch:*:111122223333:alarm:*"), "denied"),
		plain("all of its own partition", all, asks(alice, deleteAlarms, "arn:aws:cloudwatch:*:111122223333:alarm:*"), "allowed"),
		plain("all of any partition", all, asks(alice, deleteAlarms, "arn:*:cloudwatch:*:111122223333:alarm:*"), "allowed"),
		plain("a partition of its own", all, asks("arn:aws-cn:iam::111122223333:user/alice", deleteAlarms, "arn:aws-cn:cloudwatch:cn-north-1:111122223333:alarm:a"), "allowed"),
	})
}

// TestDelegation asks for roles and KMS keys, whose own policies must name the
// account before identity policies count.
func TestDelegation(t *testing.T) {
	all := identity(allowEverything)
	role := asks(alice, assume, monitor)
	decrypt := asks(alice, "kms:Decrypt", kmsKey)
	kms := func(principal string) string { return resourcePolicy(grants("Allow", "kms:*", principal)) }
	judge(t, []judged{
		plain("a role: identity alone", all, role, "denied"),
		plain("a role: the account alone", trustPolicy(trusts("Allow", aws(ours))), role, "denied"),
		plain("a role: the account and identity", members(all, trustPolicy(trusts("Allow", aws(ourRoot)))), role, "allowed"),
		plain("a role: another principal and identity", members(all, trustPolicy(trusts("Allow", aws(appRole)))), role, "denied"),
		plain("a role: the user alone", trustPolicy(trusts("Allow", aws(alice))), role, "allowed"),
		plain("a role: the user, whatever the boundary leaves unsaid", members(trustPolicy(trusts("Allow", aws(alice))), boundary(logsOnly)), role, "allowed"),
		plain("a role: another role, cut by its boundary", members(trustPolicy(trusts("Allow", aws(appRole))), boundary(logsOnly)), asks(session, assume, monitor), "denied"),
		plain("a role: everyone", trustPolicy(trusts("Allow", `"*"`)), role, "allowed"),
		plain("a role: the account and identity, cut", members(all, boundary(logsOnly), trustPolicy(trusts("Allow", aws(ours)))), role, "denied"),
		plain("a role: the account for another action", members(all, `"trust":`+statements(`"Effect":"Allow","Action":"sts:TagSession","Principal":`+aws(ours))), role, "denied"),
		plain("a role: NotPrincipal is refused, and read as written", members(all, `"trust":`+statements(`"Effect":"Allow","Action":"sts:AssumeRole","NotPrincipal":`+aws(bob))), role, "allowed"),
		plain("a role across accounts: the account and identity", members(all, trustPolicy(trusts("Allow", aws(theirs)))), asks(bob, assume, monitor, inAccount(ours)), "allowed"),
		plain("a role across accounts: the account alone", trustPolicy(trusts("Allow", aws(theirs))), asks(bob, assume, monitor, inAccount(ours)), "denied"),
		plain("a role across accounts: the user alone", trustPolicy(trusts("Allow", aws(bob))), asks(bob, assume, monitor, inAccount(ours)), "denied"),
		plain("a role across accounts: identity alone", all, asks(bob, assume, monitor, inAccount(ours)), "denied"),

		plain("a key: identity alone", all, decrypt, "denied"),
		plain("a key: the account alone", kms(aws(ours)), decrypt, "denied"),
		plain("a key: the account and identity", members(all, kms(aws(ourRoot))), decrypt, "allowed"),
		plain("a key: another account and identity", members(all, kms(aws(theirs))), decrypt, "denied"),
		plain("a key: the account for another action", members(all, resourcePolicy(grants("Allow", "kms:Describe*", aws(ours)))), decrypt, "denied"),
		plain("a key: the user alone", kms(aws(alice)), decrypt, "allowed"),
		plain("a key: the action in any case", all, asks(alice, "KMS:Decrypt", kmsKey), "denied"),
		plain("a key: across accounts both", members(all, kms(aws(theirs))), asks(bob, "kms:Decrypt", kmsKey, inAccount(ours)), "allowed"),
		plain("no key: what kms does on none", all, asks(alice, "kms:ListKeys", "*"), "allowed"),
		plain("elsewhere identity alone suffices beside a resource policy", members(all, resourcePolicy(grants("Allow", publishTo, aws(bob)))), asks(alice, publishTo, topic), "allowed"),
	})
}

// TestAcrossAccounts needs the identity's side with its cuts and the
// resource's.
func TestAcrossAccounts(t *testing.T) {
	all := identity(allowEverything)
	pub := asks(opsSession, publishTo, topic, inAccount(ours))
	in := func(principal string) string { return resourcePolicy(grants("Allow", publishTo, principal)) }
	var list []judged
	for principal, name := range map[string]string{aws(opsSession): "the session", aws(opsRole): "the role", aws(theirs): "the account", `"*"`: "everyone"} {
		list = append(list,
			plain(name+" and identity", members(all, in(principal)), pub, "allowed"),
			plain(name+" alone", in(principal), pub, "denied"),
			plain(name+", the boundary cuts the identity's side", members(all, in(principal), boundary(logsOnly)), pub, "denied"),
			plain(name+", the session policy cuts it", members(all, in(principal), sessionPolicy(logsOnly)), pub, "denied"),
			plain(name+", both leave it", members(all, in(principal), boundary(allowEverything), sessionPolicy(snsOnly)), pub, "allowed"),
			plain(name+", the caller's organisation cuts", members(all, in(principal), levels("scp", statements(logsOnly))), pub, "denied"),
			plain(name+", another partition", members(all, in(principal)), asks(opsSession, publishTo, "arn:aws-cn:sns:cn-north-1:111122223333:t", inAccount(ours)), "denied"),
		)
	}
	list = append(list,
		plain("a user and a group's policy", members(groups(allowEverything), in(aws(bob))), asks(bob, publishTo, topic, inAccount(ours)), "allowed"),
		plain("identity alone", all, pub, "denied"),
		plain("another role", members(all, in(aws("arn:aws:iam::444455556666:role/x"))), pub, "denied"),
		plain("a caller of another partition", members(all, in(`"*"`)), asks("arn:aws-cn:iam::444455556666:user/bob", publishTo, topic, inAccount(ours)), "denied"),
		plain("the resource's account is the caller's unless given", all, asks(opsSession, publishTo, topic), "allowed"),
	)
	judge(t, list)
}

// TestFederatedUsers asks for sessions of GetFederationToken.
func TestFederatedUsers(t *testing.T) {
	all := identity(allowEverything)
	pub := asks(aliceFed, publishTo, topic, `"principal_user":"`+alice+`"`)
	judge(t, []judged{
		plain("without a session policy, identity policies bring nothing", all, pub, "denied"),
		plain("nor do groups'", groups(allowEverything), pub, "denied"),
		plain("nor does a grant to the account", members(all, resourcePolicy(grants("Allow", publishTo, aws(ours)))), pub, "denied"),
		plain("nor one to the user", members(all, resourcePolicy(grants("Allow", publishTo, aws(alice)))), pub, "denied"),
		plain("one to the session does", resourcePolicy(grants("Allow", publishTo, aws(aliceFed))), pub, "allowed"),
		plain("one to everyone does", resourcePolicy(grants("Allow", publishTo, `"*"`)), pub, "allowed"),
		plain("with a session policy, both count", members(all, sessionPolicy(snsOnly)), pub, "allowed"),
		plain("what the session policy leaves out", members(all, sessionPolicy(logsOnly)), pub, "denied"),
		plain("what the user may not", members(identity(logsOnly), sessionPolicy(allowEverything)), pub, "denied"),
		plain("what the user's boundary leaves out", members(all, boundary(logsOnly), sessionPolicy(allowEverything)), pub, "denied"),
		plain("across accounts without a session policy", members(all, resourcePolicy(grants("Allow", publishTo, aws(bobFed)))), asks(bobFed, publishTo, topic, inAccount(ours)), "denied"),
		plain("across accounts with one", members(all, sessionPolicy(allowEverything), resourcePolicy(grants("Allow", publishTo, aws(bobFed)))), asks(bobFed, publishTo, topic, inAccount(ours)), "allowed"),
	})
}

// TestEndpointPolicies limits what passes a VPC endpoint.
func TestEndpointPolicies(t *testing.T) {
	all := identity(allowEverything)
	alarms := asks(alice, deleteAlarms, alarm)
	judge(t, []judged{
		plain("allows all", members(all, endpoint(grants("Allow", "*", `"*"`))), alarms, "allowed"),
		plain("allows another caller", members(all, endpoint(grants("Allow", "*", aws(bob)))), alarms, "denied"),
		plain("allows another action", members(all, endpoint(grants("Allow", "logs:*", `"*"`))), alarms, "denied"),
		plain("allows the account", members(all, endpoint(grants("Allow", "*", aws(ours)))), alarms, "allowed"),
		plain("grants nothing", endpoint(grants("Allow", "*", `"*"`)), alarms, "denied"),
	})
}
