package iam_test

import (
	"strings"
	"testing"

	"github.com/iamwatch/iamwatch/scanner/iam"
)

const (
	// publishTo is what the resource policies of these tests grant.
	publishTo = "sns:Publish"
	aida      = "AIDAEXAMPLE00000001"
	aroa      = "AROAEXAMPLE00000001"
)

// TestPrincipalForms grants to each form of principal and asks, within one
// account, with the grant alone, under a boundary and under a session policy
// that leave it unsaid, and with an identity policy beside; and across
// accounts, with the grant alone, with an identity policy, and with that
// under such a boundary and such a session policy. A is allowed, D denied for
// want of an allow, C conditional.
func TestPrincipalForms(t *testing.T) {
	within := [4]string{"", boundary(logsOnly), sessionPolicy(logsOnly), identity(allowEverything)}
	across := [4]string{
		"", identity(allowEverything), members(identity(allowEverything), boundary(logsOnly)), members(identity(allowEverything), sessionPolicy(logsOnly)),
	}
	withSession := [4]string{
		sessionPolicy(allowEverything), members(sessionPolicy(allowEverything), boundary(logsOnly)), sessionPolicy(logsOnly),
		members(identity(allowEverything), sessionPolicy(allowEverything)),
	}
	for _, c := range []struct {
		says, principal, caller string
		facts                   string
		settings                [4]string
		want                    string
	}{
		{"everyone needs nothing else in the account", `"*"`, alice, "", within, "AAAA"},
		{"{AWS: *} is everyone too, sessions included", `{"AWS":"*"}`, session, "", within, "AAAA"},
		{"everyone, a role", `"*"`, appRole, "", within, "AAAA"},
		{"everyone, a federated session", `"*"`, aliceFed, "", within, "AAAA"},
		{"across accounts everyone needs an identity policy and its cuts", `"*"`, bob, "", across, "DADD"},
		{"across accounts {AWS: *} does too", `{"AWS":"*"}`, opsSession, "", across, "DADD"},

		{"an account's id only delegates", aws(ours), alice, "", within, "DDDA"},
		{"an account's root only delegates", aws(ourRoot), session, "", within, "DDDA"},
		{"another account's id delegates", aws(theirs), bob, "", across, "DADD"},
		{"another account's root delegates", aws(theirRoot), opsSession, "", across, "DADD"},
		{"the resource's own account names no caller of another", aws(ours), bob, "", across, "DDDD"},

		{"a user, whatever the boundary leaves unsaid", aws(alice), alice, "", within, "AAAA"},
		{"a user of another account", aws(bob), bob, "", across, "DADD"},
		{"a user's name with more behind it", aws(alice + "x"), alice, "", within, "DDDA"},
		{"a user of another path", aws("arn:aws:iam::111122223333:user/team/alice"), alice, "", within, "DDDA"},
		{"a user of a path", aws("arn:aws:iam::111122223333:user/team/alice"), "arn:aws:iam::111122223333:user/team/alice", "", within, "AAAA"},
		{"a user of the same name elsewhere", aws("arn:aws:iam::444455556666:user/alice"), alice, "", within, "DDDA"},
		{"a user reaches the federated session, within its cuts", aws(alice), aliceFed, `"principal_user":"` + alice + `"`, withSession, "ADDA"},
		{"not that of another user", aws(alice), aliceFed, `"principal_user":"arn:aws:iam::111122223333:user/x"`, withSession, "DDDA"},
		{"perhaps that of a user who is not known", aws(alice), aliceFed, "", withSession, "CDDA"},
		{"without a session policy a user's grant brings it nothing", aws(alice), aliceFed, `"principal_user":"` + alice + `"`, within, "DDDD"},
		{"a role does not reach it", aws(appRole), aliceFed, "", withSession, "DDDA"},

		{"a role and its sessions, within boundary and session policy", aws(appRole), session, "", within, "ADDA"},
		{"a role as such", aws(appRole), appRole, "", within, "ADDA"},
		{"a role of another account", aws(opsRole), opsSession, "", across, "DADD"},
		{"a session's ARN holds no path: its role's name decides", aws("arn:aws:iam::111122223333:role/team/app"), session, "", within, "ADDA"},
		{"a known path must be the role's", aws("arn:aws:iam::111122223333:role/team/app"), session, `"principal_role_path":"/team/"`, within, "ADDA"},
		{"and not another", aws("arn:aws:iam::111122223333:role/team/app"), session, `"principal_role_path":"/other/"`, within, "DDDA"},
		{"a role asked for by its own ARN has its path", aws("arn:aws:iam::111122223333:role/team/app"), appRole, "", within, "DDDA"},
		{"another role", aws("arn:aws:iam::111122223333:role/ap"), session, "", within, "DDDA"},

		{"a session, not limited by boundary or session policy", aws(session), session, "", within, "AAAA"},
		{"a session of another name", aws("arn:aws:sts::111122223333:assumed-role/app/x"), session, "", within, "DDDA"},
		{"a session of another role", aws("arn:aws:sts::111122223333:assumed-role/ap/i-0abc"), session, "", within, "DDDA"},
		{"no wildcard for sessions", aws("arn:aws:sts::111122223333:assumed-role/app/*"), session, "", within, "DDDA"},
		{"a role may or may not be in that session", aws(session), appRole, "", within, "CCCA"},
		{"a session of another account", aws(opsSession), opsSession, "", across, "DADD"},

		{"a federated session, not limited either", aws(aliceFed), aliceFed, "", within, "AAAA"},
		{"a federated session of another name", aws(aliceFed), "arn:aws:sts::111122223333:federated-user/al", "", within, "DDDD"},
		{"a federated session is no user", aws(aliceFed), alice, "", within, "DDDA"},
		{"a federated session of another account has no policies", aws(bobFed), bobFed, "", across, "DDDD"},

		{"a user's unique id is as its ARN", aws(aida), alice, `"principal_role_id":"` + aida + `"`, within, "AAAA"},
		{"a role's unique id is as its ARN", aws(aroa), session, `"principal_role_id":"` + aroa + `"`, within, "ADDA"},
		{"a unique id of another account", aws(aroa), opsSession, `"principal_role_id":"` + aroa + `"`, across, "DADD"},
		{"a unique id that nobody has", aws(aida), alice, `"principal_role_id":"AIDAEXAMPLE00000002"`, within, "DDDA"},
		{"a unique id where the caller's is not known", aws(aroa), session, "", within, "DDDA"},
		{"a user's unique id reaches the federated session as its ARN does", aws(aida), aliceFed, `"principal_role_id":"` + aida + `"`, withSession, "ADDA"},

		{"a service is no user", `{"Service":"events.amazonaws.com"}`, alice, "", within, "DDDA"},
		{"a provider is no user", `{"Federated":"accounts.google.com"}`, alice, "", within, "DDDA"},
		{"a canonical user is for S3", `{"CanonicalUser":"79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"}`, alice, "", within, "DDDA"},
		{"a canonical user, across", `{"CanonicalUser":"79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"}`, bob, "", across, "DDDD"},
		{"a wildcard in the account names nobody", aws("arn:aws:iam::*:root"), alice, "", within, "DDDA"},
		{"nor across accounts", aws("arn:aws:iam::*:root"), bob, "", across, "DDDD"},
		{"a wildcard in the name names nobody", aws("arn:aws:iam::111122223333:user/*"), alice, "", within, "DDDA"},
		{"a question mark names nobody", aws("arn:aws:iam::111122223333:role/ap?"), session, "", within, "DDDA"},
		{"a wildcard in an id names nobody", aws("1111*"), alice, "", within, "DDDA"},
		{"a group is no principal", aws("arn:aws:iam::111122223333:group/ops"), alice, "", within, "DDDA"},
		{"a user is of iam, not of sts", aws("arn:aws:sts::111122223333:user/alice"), alice, "", within, "DDDA"},
		{"a session is of sts, not of iam", aws("arn:aws:iam::111122223333:assumed-role/app/i-0abc"), session, "", within, "DDDA"},
		{"another partition", aws("arn:aws-cn:iam::111122223333:user/alice"), alice, "", within, "DDDA"},

		{"one of a list suffices", `{"Service":"events.amazonaws.com","AWS":["` + bob + `","` + alice + `"]}`, alice, "", within, "AAAA"},
		{"the widest of a list counts", aws(appRole, session), session, "", within, "AAAA"},
		{"an empty list names nobody", `{"AWS":[]}`, alice, "", within, "DDDA"},
	} {
		got := ""
		for i, setting := range c.settings {
			policies := resourcePolicy(grants("Allow", publishTo, c.principal))
			if setting != "" {
				policies = members(policies, setting)
			}
			request := asks(c.caller, publishTo, topic, inAccount(ours))
			if c.facts != "" {
				request = members(request, c.facts)
			}
			d, _ := decideCase(t, policies, request)
			if d.Explicit {
				t.Errorf("%s, setting %d: a Deny", c.says, i)
			}
			got += strings.ToUpper(d.Result.String()[:1])
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s", c.says, got, c.want)
		}
	}
}

// TestOutsidePrincipals asks for callers that are of no account.
func TestOutsidePrincipals(t *testing.T) {
	const (
		oidc    = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"
		saml    = "arn:aws:iam::111122223333:saml-provider/corp"
		events  = "events.amazonaws.com"
		cognito = "cognito-identity.amazonaws.com"
	)
	web := func(principal string) string {
		return `"trust":` + statements(`"Effect":"Allow","Action":["sts:AssumeRoleWithWebIdentity","sts:AssumeRoleWithSAML"],"Principal":`+principal)
	}
	pub := func(principal string) string { return resourcePolicy(grants("Allow", publishTo, principal)) }
	var list []judged
	for _, c := range []struct{ says, policies, caller, action, want string }{
		{"everyone includes the anonymous", pub(`"*"`), "*", publishTo, "allowed"},
		{"{AWS: *} includes them too", pub(`{"AWS":"*"}`), "*", publishTo, "allowed"},
		{"an account does not", pub(aws(ours)), "*", publishTo, "denied"},
		{"everyone includes services", pub(`"*"`), events, publishTo, "allowed"},
		{"a service has no identity policies", members(pub(`{"Service":"events.amazonaws.com"}`), boundary(logsOnly), sessionPolicy(logsOnly)), events, publishTo, "allowed"},
		{"identity policies bring a service nothing", members(identity(allowEverything), pub(aws(alice))), events, publishTo, "denied"},
		{"an account is no service", pub(aws(ours)), events, publishTo, "denied"},
		{"another service", pub(`{"Service":"s3.amazonaws.com"}`), events, publishTo, "denied"},
		{"one of several services", pub(`{"Service":["s3.amazonaws.com","events.amazonaws.com"]}`), events, publishTo, "allowed"},
		{"a provider's ARN", web(`{"Federated":"` + oidc + `"}`), oidc, "sts:AssumeRoleWithWebIdentity", "allowed"},
		{"a provider called by its issuer", web(`{"Federated":"` + oidc + `"}`), "token.actions.githubusercontent.com", "sts:AssumeRoleWithWebIdentity", "allowed"},
		{"another provider", web(`{"Federated":"` + oidc + `x"}`), oidc, "sts:AssumeRoleWithWebIdentity", "denied"},
		{"a SAML provider", web(`{"Federated":"` + saml + `"}`), saml, "sts:AssumeRoleWithSAML", "allowed"},
		{"a SAML provider has no issuer's name", web(`{"Federated":"` + saml + `"}`), "corp", "sts:AssumeRoleWithSAML", "denied"},
		{"Cognito", web(`{"Federated":"` + cognito + `"}`), cognito, "sts:AssumeRoleWithWebIdentity", "allowed"},
		{"Amazon", web(`{"Federated":"www.amazon.com"}`), "www.amazon.com", "sts:AssumeRoleWithWebIdentity", "allowed"},
		{"Facebook", web(`{"Federated":"graph.facebook.com"}`), "graph.facebook.com", "sts:AssumeRoleWithWebIdentity", "allowed"},
		{"Google", web(`{"Federated":"accounts.google.com"}`), "accounts.google.com", "sts:AssumeRoleWithWebIdentity", "allowed"},
		{"a provider under Service is none", web(`{"Service":"` + cognito + `"}`), cognito, "sts:AssumeRoleWithWebIdentity", "denied"},
		{"a provider needs the action for providers", trustPolicy(trusts("Allow", `{"Federated":"`+oidc+`"}`)), oidc, "sts:AssumeRoleWithWebIdentity", "denied"},
		{"all providers are no service", pub(`{"Federated":"*"}`), events, publishTo, "denied"},
		{"everyone includes providers", web(`{"AWS":"*"}`), oidc, "sts:AssumeRoleWithWebIdentity", "allowed"},
		{"everyone but one includes the anonymous", resourcePolicy(on("Allow", publishTo, "*") + `,"NotPrincipal":` + aws(alice)), "*", publishTo, "allowed"},
	} {
		resource := topic
		if c.action != publishTo {
			resource = monitor
		}
		list = append(list, judged{sentence{c.says, c.policies, asks(c.caller, c.action, resource, inAccount(ours)), c.want}, nil})
	}
	judge(t, list)
}

// TestEveryoneByPrincipalARN names a principal by a condition: the grant is
// still one to everyone.
func TestEveryoneByPrincipalARN(t *testing.T) {
	byARN := resourcePolicy(grants("Allow", publishTo, `"*"`) + when(`"ArnEquals":{"aws:PrincipalArn":"`+appRole+`"}`))
	judge(t, []judged{
		{sentence{"not cut by a boundary's silence", members(byARN, boundary(logsOnly)), openly(session, publishTo, topic), "allowed"}, nil},
		{sentence{"nor by a session policy's", members(byARN, sessionPolicy(logsOnly)), openly(session, publishTo, topic), "allowed"}, nil},
		{sentence{"but by what they deny", members(byARN, boundary(denyAll)), openly(session, publishTo, topic), "explicit"}, nil},
		{sentence{"another role", byARN, openly("arn:aws:sts::111122223333:assumed-role/x/i", publishTo, topic), "denied"}, nil},
		{sentence{"sessions hold the role's ARN there", resourcePolicy(grants("Allow", publishTo, `"*"`) + when(`"ArnEquals":{"aws:PrincipalArn":"`+session+`"}`)),
			openly(session, publishTo, topic), "denied"}, nil},
		{sentence{"across accounts the identity policy is needed as well", resourcePolicy(grants("Allow", publishTo, `"*"`) + when(`"ArnEquals":{"aws:PrincipalArn":"`+opsRole+`"}`)),
			openly(opsSession, publishTo, topic, inAccount(ours)), "denied"}, nil},
	})
}

// TestNotPrincipalForms denies, or allows, all but those that are listed.
func TestNotPrincipalForms(t *testing.T) {
	but := func(effect string, listed ...string) string {
		return resourcePolicy(on(effect, publishTo, "*") + `,"NotPrincipal":` + aws(listed...))
	}
	var list []judged
	for _, c := range []struct{ says, policies, caller, want string }{
		{"user and account listed", but("Deny", alice, ourRoot), alice, "allowed"},
		{"the account listed by its id", but("Deny", alice, ours), alice, "allowed"},
		{"user without the account", but("Deny", alice), alice, "explicit"},
		{"account without the user", but("Deny", ourRoot), alice, "conditional"},
		{"neither", but("Deny", bob, theirs), alice, "explicit"},
		{"account, role and session listed", but("Deny", ourRoot, appRole, session), session, "allowed"},
		{"session missing", but("Deny", ourRoot, appRole), session, "explicit"},
		{"role missing", but("Deny", ourRoot, session), session, "explicit"},
		{"account missing", but("Deny", appRole, session), session, "explicit"},
		{"a role asked for itself, with its account", but("Deny", ourRoot, appRole), appRole, "allowed"},
		{"a role asked for itself, without its account", but("Deny", appRole), appRole, "explicit"},
		{"another session listed", but("Deny", ourRoot, appRole, "arn:aws:sts::111122223333:assumed-role/app/x"), session, "explicit"},
		{"a wildcard lists nobody", but("Deny", ourRoot, "arn:aws:iam::111122223333:user/*"), alice, "conditional"},
		{"a service that is listed", resourcePolicy(on("Deny", publishTo, "*")+`,"NotPrincipal":{"Service":"events.amazonaws.com"}`, grants("Allow", publishTo, `"*"`)), "events.amazonaws.com", "allowed"},
		{"a service that is not", resourcePolicy(on("Deny", publishTo, "*")+`,"NotPrincipal":{"Service":"s3.amazonaws.com"}`, grants("Allow", publishTo, `"*"`)), "events.amazonaws.com", "explicit"},
		{"the anonymous", resourcePolicy(on("Deny", publishTo, "*")+`,"NotPrincipal":`+aws(ours), grants("Allow", publishTo, `"*"`)), "*", "explicit"},
		{"the root user by its account", but("Deny", ourRoot), ourRoot, "allowed"},
		{"a boundary: always denied, whoever is listed", members(but("Deny", alice, ourRoot), boundary(allowEverything)), alice, "explicit"},
		{"a boundary that was not read", members(but("Deny", alice, ourRoot), `"boundary_unread":true`), alice, "explicit"},
		{"a boundary, a session", members(but("Deny", ourRoot, appRole, session), boundary(allowEverything)), session, "explicit"},
		{"a Deny of another action", members(resourcePolicy(on("Deny", "sns:Subscribe", "*")+`,"NotPrincipal":`+aws(bob)), boundary(allowEverything)), alice, "allowed"},
	} {
		policies := members(identity(allowEverything), c.policies)
		var tests []string
		if c.want == "conditional" {
			tests = []string{"escapes (the principals are not wholly known)"}
		}
		list = append(list, judged{sentence{c.says, policies, asks(c.caller, publishTo, topic, inAccount(ours)), c.want}, tests})
	}
	for _, c := range []struct{ says, policies, caller, want string }{
		{"Allow: everyone else", but("Allow", bob), alice, "allowed"},
		{"Allow: the listed one", but("Allow", alice), alice, "denied"},
		{"Allow: the account counts as listing its callers", but("Allow", ours), alice, "denied"},
		{"Allow: the role counts as listing its sessions", but("Allow", appRole), session, "denied"},
		{"Allow: everyone else, whatever a boundary leaves unsaid", members(but("Allow", bob), boundary(logsOnly)), alice, "allowed"},
		{"Allow: everyone else across accounts", but("Allow", alice), bob, "denied"},
		{"Allow: and an identity policy", members(but("Allow", alice), identity(allowEverything)), bob, "allowed"},
		{"Allow: an empty list applies to nothing", resourcePolicy(on("Allow", publishTo, "*") + `,"NotPrincipal":{"AWS":[]}`), alice, "denied"},
	} {
		list = append(list, judged{sentence{c.says, c.policies, asks(c.caller, publishTo, topic, inAccount(ours)), c.want}, nil})
	}
	judge(t, list)
}

// TestPrincipalFaults reports what can name nobody.
func TestPrincipalFaults(t *testing.T) {
	for name, want := range map[string]string{
		"arn:aws:iam::*:root":                 `!the principal "arn:aws:iam::*:root" holds a wildcard: it names nobody`,
		"arn:aws:iam::111122223333:group/ops": `!a group is no principal: "arn:aws:iam::111122223333:group/ops" names nobody`,
		alice:                                 "",
		"*":                                   "",
		"AIDAEXAMPLE00000001":                 "",
		"arn:aws:sts::111122223333:assumed-role/*": `!the principal "arn:aws:sts::111122223333:assumed-role/*" holds a wildcard: it names nobody`,
	} {
		d := iam.Read(jsonValue(t, statements(grants("Allow", publishTo, aws(name)))), iam.ResourceDocument)
		if got := strings.Join(messages(d), "; "); got != want || d.Invalid {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}
