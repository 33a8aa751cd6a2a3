package iam_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/iamwatch/iamwatch/scanner/cloudwatch"
	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// publish is a resource policy that lets a principal publish to the topic.
func publish(t *testing.T, principal string) *iam.Document {
	return doc(t, iam.ResourceDocument, `"Effect":"Allow","Action":"sns:Publish","Resource":"`+topic+`","Principal":`+principal)
}

func TestPrincipalsWithinOneAccount(t *testing.T) {
	const (
		fed  = "arn:aws:sts::111122223333:federated-user/alice"
		role = "arn:aws:iam::111122223333:role/app"
	)
	narrow := doc(t, iam.BoundaryDocument, `"Effect":"Allow","Action":"logs:*","Resource":"*"`)
	for _, c := range []struct {
		name, principal, caller string
		bounded                 bool
		want                    string
	}{
		{"everyone", `"*"`, alice, true, "allowed"},
		{"everyone, anonymous", `{"AWS":"*"}`, "*", false, "allowed"},
		{"account alone delegates", `{"AWS":"111122223333"}`, alice, false, "denied"},
		{"root alone delegates", `{"AWS":"arn:aws:iam::111122223333:root"}`, alice, false, "denied"},
		{"user", `{"AWS":"` + alice + `"}`, alice, true, "allowed"},
		{"another user", `{"AWS":"arn:aws:iam::111122223333:user/al"}`, alice, false, "denied"},
		{"user of another path", `{"AWS":"arn:aws:iam::111122223333:user/x/alice"}`, alice, false, "denied"},
		{"user, federated session without session policy", `{"AWS":"` + alice + `"}`, fed, false, "denied"},
		{"role", `{"AWS":"` + role + `"}`, session, false, "allowed"},
		{"role, bounded", `{"AWS":"` + role + `"}`, session, true, "denied"},
		{"role of a path", `{"AWS":"arn:aws:iam::111122223333:role/team/app"}`, session, false, "allowed"},
		{"session", `{"AWS":"` + session + `"}`, session, true, "allowed"},
		{"another session", `{"AWS":"arn:aws:sts::111122223333:assumed-role/app/other"}`, session, false, "denied"},
		{"session of a wildcard", `{"AWS":"arn:aws:sts::111122223333:assumed-role/app/*"}`, session, false, "denied"},
		{"session, some session of the role", `{"AWS":"` + session + `"}`, role, false, "conditional"},
		{"federated session", `{"AWS":"` + fed + `"}`, fed, false, "allowed"},
		{"group", `{"AWS":"arn:aws:iam::111122223333:group/g"}`, alice, false, "denied"},
		{"service", `{"Service":"events.amazonaws.com"}`, "events.amazonaws.com", false, "allowed"},
		{"another service", `{"Service":"events.amazonaws.com"}`, "s3.amazonaws.com", false, "denied"},
		{"service, a user", `{"Service":"events.amazonaws.com"}`, alice, false, "denied"},
		{"canonical user", `{"CanonicalUser":"79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"}`, alice, false, "denied"},
		{"one of a list", `{"Service":"events.amazonaws.com","AWS":["444455556666","` + alice + `"]}`, alice, false, "allowed"},
		{"empty list", `{"AWS":[]}`, alice, false, "denied"},
	} {
		r := request("sns:Publish", topic)
		r.Principal, r.ResourceAccount = c.caller, "111122223333"
		p := iam.Policies{Resource: publish(t, c.principal)}
		if c.bounded {
			p.Boundary = narrow
		}
		if got := answer(iam.Decide(p, r, nil)); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func TestUniqueIDs(t *testing.T) {
	for id, want := range map[string]string{"AIDAEXAMPLE00000001": "allowed", "AIDAEXAMPLE00000002": "denied", "": "denied"} {
		r := request("sns:Publish", topic)
		r.PrincipalID = id
		if got := answer(iam.Decide(iam.Policies{Resource: publish(t, `{"AWS":"AIDAEXAMPLE00000001"}`)}, r, nil)); got != want {
			t.Errorf("%q: %s, want %s", id, got, want)
		}
	}
}

func TestNotPrincipal(t *testing.T) {
	account := `"arn:aws:iam::111122223333:root"`
	user := `"` + alice + `"`
	role, sess := `"arn:aws:iam::111122223333:role/app"`, `"`+session+`"`
	for _, c := range []struct {
		name, effect, listed, caller string
		bounded                      bool
		want                         string
	}{
		{"user and account", "Deny", user + "," + account, alice, false, "allowed"},
		{"user without account", "Deny", user, alice, false, "explicit"},
		{"account alone", "Deny", account, alice, false, "conditional"},
		{"nobody of ours", "Deny", `"444455556666"`, alice, false, "explicit"},
		{"account, role and session", "Deny", account + "," + role + "," + sess, session, false, "allowed"},
		{"account and role", "Deny", account + "," + role, session, false, "explicit"},
		{"bounded", "Deny", user + "," + account, alice, true, "explicit"},
		{"Allow leaves the listed out", "Allow", user, alice, false, "denied"},
		{"Allow leaves a listed account out", "Allow", account, alice, false, "denied"},
		{"Allow lets others in", "Allow", `"444455556666"`, alice, false, "allowed"},
	} {
		r := request("sns:Publish", topic)
		r.Principal = c.caller
		p := iam.Policies{Resource: doc(t, iam.ResourceDocument,
			`"Effect":"`+c.effect+`","Action":"sns:Publish","Resource":"*","NotPrincipal":{"AWS":[`+c.listed+`]}`)}
		if c.effect == "Deny" {
			p.Identity = []*iam.Document{allowAll(t)}
		}
		if c.bounded {
			p.Boundary = allowAll(t)
		}
		if got := answer(iam.Decide(p, r, nil)); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func TestAlgorithm(t *testing.T) {
	all := []*iam.Document{allowAll(t)}
	denyAlarms := doc(t, iam.IdentityDocument, `"Effect":"Deny","Action":"cloudwatch:DeleteAlarms","Resource":"*"`)
	fullSCP := doc(t, iam.ServiceControlDocument, `"Effect":"Allow","Action":"*","Resource":"*"`)
	denySCP := doc(t, iam.ServiceControlDocument, `"Effect":"Deny","Action":"cloudwatch:Delete*","Resource":"*"`)
	noLogs := doc(t, iam.ResourceControlDocument, `"Effect":"Deny","Principal":"*","Action":["logs:*","cloudwatch:*"],"Resource":"*"`)
	kms := "arn:aws:kms:us-east-1:111122223333:key/k"
	group := "arn:aws:logs:us-east-1:111122223333:log-group:/app:*"
	scp := [][]*iam.Document{{fullSCP, denySCP}}
	for _, c := range []struct {
		name string
		p    iam.Policies
		r    iam.Request
		want string
	}{
		{"nothing", iam.Policies{}, request("cloudwatch:DeleteAlarms", alarm), "denied"},
		{"identity", iam.Policies{Identity: all}, request("cloudwatch:DeleteAlarms", alarm), "allowed"},
		{"deny wins", iam.Policies{Identity: []*iam.Document{denyAlarms, allowAll(t)}}, request("cloudwatch:DeleteAlarms", alarm), "explicit"},
		{"deny in a group", iam.Policies{Identity: all, Groups: []*iam.Document{denyAlarms}}, request("cloudwatch:DeleteAlarms", alarm), "explicit"},
		{"deny in a boundary", iam.Policies{Identity: all, Boundary: denyAlarms}, request("cloudwatch:DeleteAlarms", alarm), "explicit"},
		{"deny at an endpoint", iam.Policies{Identity: all, Endpoint: denyAlarms}, request("cloudwatch:DeleteAlarms", alarm), "explicit"},
		{"boundary unread", iam.Policies{Identity: all, HasBoundary: true}, request("cloudwatch:DeleteAlarms", alarm), "conditional"},
		{"boundary unread, nothing to cut", iam.Policies{HasBoundary: true}, request("cloudwatch:DeleteAlarms", alarm), "denied"},
		{"SCP", iam.Policies{Identity: all, SCP: scp}, request("cloudwatch:DeleteAlarms", alarm), "explicit"},
		{"SCP level without allow", iam.Policies{Identity: all, SCP: [][]*iam.Document{{fullSCP}, {}}}, request("logs:GetLogEvents", group), "denied"},
		{"SCP, service-linked role", iam.Policies{Identity: all, SCP: scp},
			iam.Request{Principal: session, RolePath: "/aws-service-role/x.amazonaws.com/", Action: "cloudwatch:DeleteAlarms", Resource: alarm}, "allowed"},
		{"SCP, a path that merely looks so", iam.Policies{Identity: all, SCP: scp},
			iam.Request{Principal: session, RolePath: "/x/aws-service-role/", Action: "cloudwatch:DeleteAlarms", Resource: alarm}, "explicit"},
		{"SCP, management account", iam.Policies{Identity: all, SCP: scp},
			iam.Request{Principal: alice, ManagementAccount: true, Action: "cloudwatch:DeleteAlarms", Resource: alarm}, "allowed"},
		{"SCP, service", iam.Policies{Resource: publish(t, `{"Service":"events.amazonaws.com"}`), SCP: [][]*iam.Document{{}}},
			iam.Request{Principal: "events.amazonaws.com", ResourceAccount: "111122223333", Action: "sns:Publish", Resource: topic}, "allowed"},
		{"RCP, service reached", iam.Policies{Identity: all, RCP: [][]*iam.Document{{noLogs}}}, request("logs:GetLogEvents", group), "explicit"},
		{"RCP, service not reached", iam.Policies{Identity: all, RCP: [][]*iam.Document{{noLogs}}}, request("cloudwatch:DeleteAlarms", alarm), "allowed"},
		{"RCP, management account", iam.Policies{Identity: all, RCP: [][]*iam.Document{{noLogs}}},
			iam.Request{Principal: alice, ManagementAccount: true, Action: "logs:GetLogEvents", Resource: group}, "allowed"},
		{"RCP, root user", iam.Policies{RCP: [][]*iam.Document{{noLogs}}},
			iam.Request{Principal: "arn:aws:iam::111122223333:root", Action: "logs:GetLogEvents", Resource: group}, "explicit"},
		{"root", iam.Policies{}, iam.Request{Principal: "arn:aws:iam::111122223333:root", Action: "cloudwatch:DeleteAlarms", Resource: alarm}, "allowed"},
		{"root, SCP", iam.Policies{SCP: scp}, iam.Request{Principal: "arn:aws:iam::111122223333:root", Action: "cloudwatch:DeleteAlarms", Resource: alarm}, "explicit"},
		{"session policy", iam.Policies{Identity: all, Session: doc(t, iam.SessionDocument, `"Effect":"Allow","Action":"logs:*","Resource":"*"`)},
			iam.Request{Principal: session, Action: "cloudwatch:DeleteAlarms", Resource: alarm}, "denied"},
		{"federated user without session policy", iam.Policies{Identity: all},
			iam.Request{Principal: "arn:aws:sts::111122223333:federated-user/f", Action: "cloudwatch:DeleteAlarms", Resource: alarm}, "denied"},
		{"federated user with session policy", iam.Policies{Identity: all, Session: allowAll(t)},
			iam.Request{Principal: "arn:aws:sts::111122223333:federated-user/f", Action: "cloudwatch:DeleteAlarms", Resource: alarm}, "allowed"},
		{"key policy that does not delegate", iam.Policies{Identity: all, Resource: doc(t, iam.ResourceDocument, `"Effect":"Allow","Action":"kms:*","Resource":"*","Principal":{"AWS":"444455556666"}`)},
			request("kms:Decrypt", kms), "denied"},
		{"key policy that delegates", iam.Policies{Identity: all, Resource: doc(t, iam.ResourceDocument, `"Effect":"Allow","Action":"kms:*","Resource":"*","Principal":{"AWS":"111122223333"}`)},
			request("kms:Decrypt", kms), "allowed"},
		{"role without its trust", iam.Policies{Identity: all}, request("sts:AssumeRole", "arn:aws:iam::111122223333:role/monitor"), "denied"},
		{"caller identity", iam.Policies{Identity: []*iam.Document{doc(t, iam.IdentityDocument, `"Effect":"Deny","Action":"*","Resource":"*"`)}}, request("sts:GetCallerIdentity", "*"), "allowed"},
		{"cross account, both", iam.Policies{Identity: all, Resource: publish(t, `"*"`)},
			iam.Request{Principal: bob, ResourceAccount: "111122223333", Action: "sns:Publish", Resource: topic}, "allowed"},
		{"cross account, everyone but no identity", iam.Policies{Resource: publish(t, `"*"`)},
			iam.Request{Principal: bob, ResourceAccount: "111122223333", Action: "sns:Publish", Resource: topic}, "denied"},
		{"cross account, boundary cuts", iam.Policies{Identity: all, Boundary: doc(t, iam.BoundaryDocument, `"Effect":"Allow","Action":"logs:*","Resource":"*"`), Resource: publish(t, `{"AWS":"`+bob+`"}`)},
			iam.Request{Principal: bob, ResourceAccount: "111122223333", Action: "sns:Publish", Resource: topic}, "denied"},
		{"another partition", iam.Policies{Identity: all, Resource: publish(t, `"*"`)},
			iam.Request{Principal: "arn:aws-cn:iam::444455556666:user/bob", ResourceAccount: "111122223333", Action: "sns:Publish", Resource: topic}, "denied"},
		{"endpoint", iam.Policies{Identity: all, Endpoint: doc(t, iam.ResourceDocument, `"Effect":"Allow","Principal":{"AWS":"444455556666"},"Action":"*","Resource":"*"`)}, request("cloudwatch:DeleteAlarms", alarm), "denied"},
		{"part of all alarms denied", iam.Policies{Identity: []*iam.Document{allowAll(t), doc(t, iam.IdentityDocument, `"Effect":"Deny","Action":"cloudwatch:*","Resource":"arn:aws:cloudwatch:*:*:alarm:prod-*"`)}},
			request("cloudwatch:DeleteAlarms", "arn:aws:cloudwatch:*:111122223333:alarm:*"), "conditional"},
		{"wildcard in the type, Deny", iam.Policies{Identity: []*iam.Document{allowAll(t), doc(t, iam.IdentityDocument, `"Effect":"Deny","Action":"cloudwatch:*","Resource":"arn:aws:cloudwatch:*:*:al?rm:*"`)}},
			request("cloudwatch:DeleteAlarms", alarm), "conditional"},
		{"whole type and *, Deny", iam.Policies{Identity: []*iam.Document{allowAll(t), doc(t, iam.IdentityDocument, `"Effect":"Deny","Action":"cloudwatch:*","Resource":"arn:aws:cloudwatch:*:*:alarm*"`)}},
			request("cloudwatch:DeleteAlarms", alarm), "explicit"},
		{"wildcard in the service, Deny", iam.Policies{Identity: []*iam.Document{allowAll(t), doc(t, iam.IdentityDocument, `"Effect":"Deny","Action":"cloudwatch:*","Resource":"arn:aws:cloud*:*:*:*"`)}},
			request("cloudwatch:DeleteAlarms", alarm), "conditional"},
		{"logs list action", iam.Policies{Identity: []*iam.Document{doc(t, iam.IdentityDocument, `"Effect":"Allow","Action":"logs:*","Resource":"arn:aws:logs:*:*:*"`)}},
			request("logs:DescribeLogGroups", "*"), "conditional"},
		{"logs list action on one group", iam.Policies{Identity: []*iam.Document{doc(t, iam.IdentityDocument, `"Effect":"Allow","Action":"logs:*","Resource":"arn:aws:logs:*:*:log-group:/app:*"`)}},
			request("logs:DescribeLogGroups", "*"), "denied"},
		{"short ARN in an identity policy", iam.Policies{Identity: []*iam.Document{doc(t, iam.IdentityDocument, `"Effect":"Allow","Action":"*","Resource":"arn:aws:cloudwatch:us-east-1"`)}},
			request("cloudwatch:DeleteAlarms", alarm), "allowed"},
		{"short ARN in a resource policy", iam.Policies{Resource: doc(t, iam.ResourceDocument, `"Effect":"Allow","Principal":"*","Action":"*","Resource":"arn:aws:sns"`)},
			request("sns:Publish", topic), "denied"},
		{"invalid document", iam.Policies{Identity: []*iam.Document{allowAll(t), doc(t, iam.IdentityDocument, `"Effect":"Deny","Action":"*"`)}}, request("cloudwatch:DeleteAlarms", alarm), "allowed"},
		{"empty resource list", iam.Policies{Identity: []*iam.Document{doc(t, iam.IdentityDocument, `"Effect":"Allow","Action":"*","NotResource":[]`)}}, request("cloudwatch:DeleteAlarms", alarm), "denied"},
	} {
		if got := answer(iam.Decide(c.p, c.r, fakeFacts{})); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func TestCorrelation(t *testing.T) {
	const team, notTeam = `,"Condition":{"StringEquals":{"aws:PrincipalTag/team":"sre"}}`, `,"Condition":{"StringNotEquals":{"aws:PrincipalTag/team":"sre"}}`
	allow, deny := `"Effect":"Allow","Action":"*","Resource":"*"`, `"Effect":"Deny","Action":"*","Resource":"*"`
	for _, c := range []struct {
		name       string
		statements []string
		want       string
	}{
		{"a test and its negation", []string{allow + team, allow + notTeam}, "allowed"},
		{"one test twice", []string{allow + team, allow + team}, "conditional"},
		{"denied whenever allowed", []string{allow + team, deny + team}, "explicit"},
		{"denied when not allowed", []string{allow + team, deny + notTeam}, "conditional"},
		{"another allow remains", []string{allow, deny + team}, "conditional"},
	} {
		r := request("cloudwatch:DeleteAlarms", alarm)
		r.Context.Open = true
		d := iam.Decide(iam.Policies{Identity: []*iam.Document{doc(t, iam.IdentityDocument, c.statements...)}}, r, fakeFacts{})
		if got := answer(d); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func TestConditionalAnswersNameTheirTests(t *testing.T) {
	d := doc(t, iam.IdentityDocument,
		`"Effect":"Allow","Action":"*","Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}`,
		`"Effect":"Deny","Action":"*","Resource":"*","Condition":{"StringNotEquals":{"aws:RequestedRegion":"eu-west-1"}}`,
		`"Effect":"Deny","Action":"*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}`)
	r := request("cloudwatch:DeleteAlarms", alarm)
	r.Context.Open = true
	got := iam.Decide(iam.Policies{Identity: []*iam.Document{d}, HasBoundary: true}, r, fakeFacts{})
	type test struct {
		operator, key, text string
		direction           iam.Direction
	}
	var tests []test
	for _, x := range got.Tests {
		tests = append(tests, test{x.Operator, x.Key, x.Range.Text() + x.Reason, x.Direction})
	}
	want := []test{
		{"Bool", "aws:MultiFactorAuthPresent", `"aws:MultiFactorAuthPresent":"true"`, iam.NeededForAllow},
		{"StringNotEquals", "aws:RequestedRegion", `"aws:RequestedRegion":"eu-west-1"`, iam.EscapesDeny},
		{"", "", "the permissions boundary was not read", iam.NeededForAllow},
	}
	if diff := cmp.Diff(want, tests, cmp.AllowUnexported(test{})); diff != "" {
		t.Error(diff)
	}
	if len(got.Allowing) != 1 || got.Allowing[0] != d.Statements[0] || len(got.Denying) != 1 || got.Denying[0] != d.Statements[1] || !got.Incomplete {
		t.Errorf("decision %+v", got)
	}
}

// TestReachOfResourceControlPoliciesMayBeUnknown: without facts nobody knows
// which services they reach.
func TestReachOfResourceControlPoliciesMayBeUnknown(t *testing.T) {
	all := doc(t, iam.IdentityDocument, `"Effect":"Allow","Action":"*","Resource":"*"`)
	level := func(action string) []*iam.Document {
		return []*iam.Document{doc(t, iam.ResourceControlDocument, `"Effect":"Deny","Principal":"*","Action":"`+action+`","Resource":"*"`)}
	}
	p := iam.Policies{Identity: []*iam.Document{all}, RCP: [][]*iam.Document{level("s3:*"), level("cloudwatch:*")}}
	got := iam.Decide(p, request("cloudwatch:DeleteAlarms", alarm), nil)
	const reason = "whether resource control policies reach the service is not known"
	if got.Result != iam.Conditional || len(got.Tests) != 1 || got.Tests[0].Reason != reason || got.Tests[0].Direction != iam.EscapesDeny {
		t.Errorf("decision %+v", got)
	}
	if got := iam.Decide(p, request("cloudwatch:DeleteAlarms", alarm), cloudwatch.Facts{}); got.Result != iam.Allowed {
		t.Errorf("of a service that none reaches: %v", got.Result)
	}
}

// TestABoundaryThatWasReadIsNoGround: a scan says of an identity both that it has
// a boundary and which.
func TestABoundaryThatWasReadIsNoGround(t *testing.T) {
	all := doc(t, iam.IdentityDocument, `"Effect":"Allow","Action":"*","Resource":"*"`)
	bound := doc(t, iam.BoundaryDocument, `"Effect":"Allow","Action":"*","Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}`)
	r := request("cloudwatch:DeleteAlarms", alarm)
	r.Context.Open = true
	got := iam.Decide(iam.Policies{Identity: []*iam.Document{all}, Boundary: bound, HasBoundary: true}, r, fakeFacts{})
	if got.Result != iam.Conditional || got.Incomplete || len(got.Tests) != 1 || got.Tests[0].Key != "aws:MultiFactorAuthPresent" {
		t.Errorf("decision %+v", got)
	}
}

func TestUnknowns(t *testing.T) {
	unread := iam.Read(source.UnreadValue("var.policy", source.Range{}), iam.IdentityDocument)
	deny := doc(t, iam.IdentityDocument, `"Effect":"Deny","Action":"*","Resource":"*"`)
	for _, c := range []struct {
		name     string
		identity []*iam.Document
		want     string
	}{
		{"alone", []*iam.Document{unread}, "conditional"},
		{"beside a grant", []*iam.Document{unread, allowAll(t)}, "allowed"},
		{"beside a deny", []*iam.Document{unread, deny}, "explicit"},
	} {
		d := iam.Decide(iam.Policies{Identity: c.identity}, request("cloudwatch:DeleteAlarms", alarm), nil)
		if got := answer(d); got != c.want || d.Result != iam.Denied && !d.Incomplete {
			t.Errorf("%s: %s, want %s (incomplete %v)", c.name, got, c.want, d.Incomplete)
		}
	}
}

func TestSelfIsTheAccountOfTheDocument(t *testing.T) {
	self := source.Hole(source.HoleSelf, "")
	trust := &iam.Document{Kind: iam.TrustDocument, Statements: []*iam.Statement{{
		Effect: iam.Allow, Actions: []source.String{source.NewString("sts:AssumeRole", source.Range{})}, HasPrincipal: true,
		Principals: []iam.Principal{{Kind: iam.AWSPrincipal, Value: source.NewString("arn:aws:iam::"+self+":root", source.Range{})}},
	}}}
	p := iam.Policies{Identity: []*iam.Document{allowAll(t)}, Trust: trust}
	for caller, want := range map[string]string{alice: "allowed", bob: "denied"} {
		r := iam.Request{Principal: caller, Action: "sts:AssumeRole", Resource: "arn:aws:iam::111122223333:role/r", ResourceAccount: "111122223333"}
		if got := answer(iam.Decide(p, r, nil)); got != want {
			t.Errorf("%s: %s, want %s", source.Show(caller), got, want)
		}
	}
	r := iam.Request{Principal: "arn:aws:iam::" + self + ":user/carol", Action: "sts:AssumeRole", Resource: "arn:aws:iam::" + self + ":role/r"}
	if got := answer(iam.Decide(p, r, nil)); got != "allowed" {
		t.Errorf("one unknown account: %s", got)
	}
}

func TestPrincipalAccount(t *testing.T) {
	self := source.Hole(source.HoleSelf, "")
	for value, want := range map[string]string{
		"111122223333": "111122223333", alice: "111122223333", "arn:aws:iam::" + self + ":root": "self", self: "self",
		"arn:aws:iam::" + source.Hole(source.HoleAccount, "x") + ":root": "", "AIDAEXAMPLE": "", "1111222233334": "",
	} {
		p := iam.Principal{Kind: iam.AWSPrincipal, Value: source.NewString(value, source.Range{})}
		if got, known := p.Account(); got != want || known != (want != "") {
			t.Errorf("%s: %q %v", source.Show(value), got, known)
		}
	}
}

func TestParseARN(t *testing.T) {
	hole := source.Hole(source.HoleFree, "a:b")
	for s, want := range map[string]iam.ARN{
		"arn:aws:logs:eu-west-1:1:log-group:/a:*": {Partition: "aws", Service: "logs", Region: "eu-west-1", Account: "1", Resource: "log-group:/a:*"},
		"arn:aws:iam::${aws:PrincipalAccount}:x":  {Partition: "aws", Service: "iam", Account: "${aws:PrincipalAccount}", Resource: "x"},
		"arn:aws:iam::" + hole + ":x":             {Partition: "aws", Service: "iam", Account: hole, Resource: "x"},
	} {
		if got, ok := iam.ParseARN(s); !ok || got != want {
			t.Errorf("%s: %+v", s, got)
		}
	}
	for _, s := range []string{"", "*", "arn:aws:iam::1", "urn:a:b:c:d:e"} {
		if got, ok := iam.ParseARN(s); ok {
			t.Errorf("%q: %+v", s, got)
		}
	}
}

// TestStatementsOfOnePlace holds that statements are told apart where all
// stand at one place, as those of a text do that an expression makes.
func TestStatementsOfOnePlace(t *testing.T) {
	d := read(t, iam.TrustDocument, statements(
		`"Effect":"Deny","Action":"sts:*","Principal":{"Service":"ec2.amazonaws.com"}`,
		`"Effect":"Allow","Action":"sts:*","Principal":"*","Condition":{"StringEquals":{"aws:PrincipalTag/t":"a"}}`))
	for _, st := range d.Statements {
		st.Range = d.Range
	}
	q := iam.Request{Principal: alice, Action: "sts:AssumeRole", Resource: "arn:aws:iam::111122223333:role/r", Context: iam.Context{Open: true}}
	got := iam.Decide(iam.Policies{Trust: d}, q, fakeFacts{})
	if got.Result != iam.Conditional || len(got.Tests) != 1 || got.Tests[0].Key != "aws:PrincipalTag/t" {
		t.Errorf("%s with tests %+v, want conditional with that of the tag", got.Result, got.Tests)
	}
}
