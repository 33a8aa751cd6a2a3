package access_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/iamwatch/iamwatch/scanner"
	"github.com/iamwatch/iamwatch/scanner/access"
	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/model"
)

// who is a role of a name with trust statements and statements of its own.
func who(name, trusts string, statements ...string) role {
	r := app()
	if len(statements) > 0 {
		r = app(document(statements...))
	}
	r.RoleName, r.ARN, r.RoleID = name, roleARN(name), "AROA"+strings.ToUpper(name)+"0000000000000"
	r.Trust = document(trusts)
	return r
}

// holding is a role with a customer managed policy attached.
func holding(r role, policy string) role {
	r.Attached = attach(customerARN(policy))
	return r
}

func roleARN(name string) string { return "arn:aws:iam::" + home + ":role/" + name }

func person(name string, statements ...string) user {
	u := user{Path: "/", UserName: name, UserID: "AIDA" + strings.ToUpper(name) + "0000000000000", ARN: "arn:aws:iam::" + home + ":user/" + name, UserInline: []inline{}, Attached: []attached{}}
	if len(statements) > 0 {
		u.UserInline = []inline{{PolicyName: "own", Document: document(statements...)}}
	}
	return u
}

func admits(principal string) string { return trust(principal, "sts:AssumeRole", "") }

func arn(s string) string { return `{"AWS": "` + s + `"}` }

var (
	ownRoot    = arn("arn:aws:iam::" + home + ":root")
	byLambda   = `{"Service": "lambda.amazonaws.com"}`
	deleteAll  = allow("cloudwatch:DeleteAlarms", "*")
	assumeAll  = allow("sts:AssumeRole", "*")
	foreignOne = arn("arn:aws:iam::999999999999:root")
)

// paths are the paths to a role as text, with a question mark behind those
// that are not certain.
func (w *world) paths(kind model.IdentityKind, name string) []string {
	var out []string
	for _, p := range w.graph.PathsTo(w.identity(kind, name)) {
		s := p.String()
		if p.Verdict() != iam.Yes {
			s += "?"
		}
		out = append(out, s)
	}
	return out
}

func TestPathsTo(t *testing.T) {
	for name, c := range map[string]struct {
		roles []role
		users []user
		want  []string
	}{
		"a service": {[]role{who("app", admits(byLambda))}, nil, []string{"service lambda.amazonaws.com -> role app"}},
		"a role of the account named by ARN needs no permission": {
			[]role{who("app", admits(arn(roleARN("ci")))), who("ci", admits(byLambda))}, nil,
			[]string{"role ci -> role app", "service lambda.amazonaws.com -> role ci -> role app"},
		},
		"the account delegates": {
			[]role{who("app", admits(ownRoot))}, []user{person("alice", assumeAll), person("bob")},
			[]string{"account " + home + " -> role app", "user alice -> role app"},
		},
		"a pattern that names it": {
			[]role{who("app", admits(ownRoot))},
			[]user{person("alice", allow("sts:AssumeRole", roleARN("ap*"))), person("bob", allow("sts:AssumeRole", roleARN("other*")))},
			[]string{"account " + home + " -> role app", "user alice -> role app"},
		},
		"a Deny of one role": {
			[]role{who("app", admits(ownRoot))},
			[]user{person("alice", assumeAll, deny("sts:AssumeRole", roleARN("app")))},
			[]string{"account " + home + " -> role app"},
		},
		"permission without trust": {[]role{who("app", admits(byLambda))}, []user{person("alice", assumeAll)}, []string{"service lambda.amazonaws.com -> role app"}},
		"a chain from a foreign account": {
			[]role{who("app", admits(arn(roleARN("b")))), who("b", admits(foreignOne))}, nil,
			[]string{"role b -> role app", "account 999999999999 -> role b -> role app"},
		},
		"a cycle": {
			[]role{who("app", admits(arn(roleARN("b")))), who("b", admits(arn(roleARN("app"))))}, nil,
			[]string{"role b -> role app"},
		},
		"itself": {[]role{who("app", admits(arn(roleARN("app"))))}, nil, nil},
		"anyone": {[]role{who("app", admits(`"*"`))}, nil, []string{"anyone -> role app"}},
		"anyone of one account": {
			[]role{who("app", trust(`"*"`, "sts:AssumeRole", `{"StringEquals": {"aws:PrincipalAccount": "999999999999"}}`))}, nil,
			[]string{"anyone -> role app?"},
		},
		"a condition on the caller of an account": {
			[]role{who("app", trust(foreignOne, "sts:AssumeRole", `{"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::999999999999:role/ops-*"}}`))}, nil,
			[]string{"account 999999999999 -> role app?"},
		},
		"a principal that is not in the scan": {
			[]role{who("app", admits(arn("arn:aws:iam::999999999999:role/ops")))}, nil,
			[]string{"arn:aws:iam::999999999999:role/ops (not in the scan) -> role app"},
		},
		"a deleted principal": {[]role{who("app", admits(arn("AROADELETEDROLE00001")))}, nil, nil},
		"a dead trust": {
			[]role{who("app", admits(foreignOne)+`, {"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole"}`)}, nil, nil,
		},
		"GitHub": {
			[]role{who("app", trust(`{"Federated": "arn:aws:iam::`+home+`:oidc-provider/token.actions.githubusercontent.com"}`, "sts:AssumeRoleWithWebIdentity",
				`{"StringLike": {"token.actions.githubusercontent.com:sub": "repo:acme/app:ref:refs/heads/main"}, "StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"}}`))}, nil,
			[]string{"repo acme/app (ref refs/heads/main) on GitHub (OIDC) -> role app"},
		},
		"guests of a pool": {
			[]role{who("app", trust(`{"Federated": "cognito-identity.amazonaws.com"}`, "sts:AssumeRoleWithWebIdentity",
				`{"StringEquals": {"cognito-identity.amazonaws.com:aud": "us-east-1:1"}, "ForAnyValue:StringLike": {"cognito-identity.amazonaws.com:amr": "unauthenticated"}}`))}, nil,
			[]string{"guests of Cognito identity pool us-east-1:1 -> role app"},
		},
		"pods": {
			[]role{who("app", trust(`{"Federated": "arn:aws:iam::`+home+`:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/1"}`, "sts:AssumeRoleWithWebIdentity",
				`{"StringEquals": {"oidc.eks.eu-west-1.amazonaws.com/id/1:sub": "system:serviceaccount:web:api"}}`))}, nil,
			[]string{"service account web:api of oidc.eks.eu-west-1.amazonaws.com/id/1 (OIDC) -> role app"},
		},
		"SAML": {
			[]role{who("app", trust(`{"Federated": "arn:aws:iam::`+home+`:saml-provider/okta"}`, "sts:AssumeRoleWithSAML", ""))}, nil,
			[]string{"SAML provider okta -> role app"},
		},
		"a passed role": {
			[]role{who("app", admits(byLambda))},
			[]user{person("alice", allow("iam:PassRole", roleARN("app")), allow("lambda:CreateFunction", "*"))},
			[]string{"service lambda.amazonaws.com -> role app", "user alice -> role app"},
		},
		"a passed role and nothing that uses it": {
			[]role{who("app", admits(byLambda))}, []user{person("alice", allow("iam:PassRole", "*"))},
			[]string{"service lambda.amazonaws.com -> role app"},
		},
		"a role passed to another service": {
			[]role{who("app", admits(byLambda))},
			[]user{person("alice", statement("Allow", "iam:PassRole", "*", `{"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}`), allow("lambda:CreateFunction", "*"))},
			[]string{"service lambda.amazonaws.com -> role app"},
		},
		"a role passed to a service that runs nothing of the caller's": {
			[]role{who("app", admits(`{"Service": "streams.metrics.cloudwatch.amazonaws.com"}`))},
			[]user{person("alice", allow("iam:PassRole", "*"), allow("cloudwatch:PutMetricStream", "*"))},
			[]string{"service streams.metrics.cloudwatch.amazonaws.com -> role app", "user alice -> role app?"},
		},
		"a trust that can be rewritten": {
			[]role{who("app", admits(byLambda))}, []user{person("alice", allow("iam:UpdateAssumeRolePolicy", roleARN("app")))},
			[]string{"service lambda.amazonaws.com -> role app", "user alice -> role app"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := live(t, account{Roles: c.roles, Users: c.users})
			if d := cmp.Diff(c.want, w.paths(model.Role, "app")); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestCredentialsOfUsers(t *testing.T) {
	w := live(t, account{Users: []user{
		person("alice", allow("iam:CreateAccessKey", "arn:aws:iam::"+home+":user/bob")),
		person("bob"),
		person("carol", allow("iam:CreateAccessKey", "arn:aws:iam::"+home+":user/${aws:username}")),
		person("dave", allow("iam:CreateServiceSpecificCredential", "arn:aws:iam::"+home+":user/bob")),
	}})
	if d := cmp.Diff([]string{"user alice -> user bob", "user dave -> user bob?"}, w.paths(model.User, "bob")); d != "" {
		t.Error(d)
	}
	e := w.graph.Becomes(access.Node{Kind: access.IdentityNode, Identity: w.identity(model.User, "alice")})
	if len(e) != 1 || e[0].Kind != access.TakesCredentials || e[0].Action != "iam:CreateAccessKey" {
		t.Errorf("%+v", e)
	}
}

// TestRemainingConditions: an edge names the tests of both sides and the
// statements that they stand beside.
func TestRemainingConditions(t *testing.T) {
	w := live(t, account{
		Roles: []role{who("app", trust(ownRoot, "sts:AssumeRole", `{"Bool": {"aws:MultiFactorAuthPresent": "true"}}`))},
		Users: []user{person("alice", statement("Allow", "sts:AssumeRole", "*", `{"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}`))},
	})
	edges := w.graph.Becomes(access.Node{Kind: access.IdentityNode, Identity: w.identity(model.User, "alice")})
	if len(edges) != 1 {
		t.Fatalf("%d edges", len(edges))
	}
	e := edges[0]
	var keys []string
	for _, x := range e.Tests {
		keys = append(keys, x.Key)
	}
	if d := cmp.Diff([]string{"aws:SourceIp", "aws:MultiFactorAuthPresent"}, keys); d != "" || e.Verdict != iam.Maybe {
		t.Error(e.Verdict, d)
	}
	var owners []string
	for _, g := range e.Statements {
		owners = append(owners, fmt.Sprintf("%s %t %t", g.Owner.Show(), g.Trust(), !g.Range.IsZero()))
	}
	slices.Sort(owners)
	if d := cmp.Diff([]string{"alice false true", "app true true"}, owners); d != "" {
		t.Error(d)
	}
}

// able is an answer in short: who, by which path, how sure.
func able(a *access.Answer) []string {
	var out []string
	for _, b := range a.Abilities {
		s := b.Result.String() + " " + b.Who.String()
		if len(b.Path) > 0 {
			s = b.Result.String() + " " + b.Path.String()
		}
		for _, r := range b.Resources {
			s += " on " + r.Value
		}
		out = append(out, s)
	}
	return out
}

const alarms = "arn:aws:cloudwatch:eu-west-1:" + home + ":alarm:"

func TestWhoCan(t *testing.T) {
	mfa := `{"Bool": {"aws:MultiFactorAuthPresent": "true"}}`
	for name, c := range map[string]struct {
		in   account
		want []string
	}{
		"directly":            {account{Users: []user{person("alice", deleteAll), person("bob")}}, []string{"allowed user alice"}},
		"under a condition":   {account{Users: []user{person("alice", statement("Allow", "cloudwatch:DeleteAlarms", "*", mfa))}}, []string{"conditional user alice"}},
		"on some":             {account{Users: []user{person("alice", allow("cloudwatch:*", alarms+"a*"))}}, []string{"allowed user alice on " + alarms + "a*"}},
		"on some, all denied": {account{Users: []user{person("alice", allow("cloudwatch:*", alarms+"a*"), deny("cloudwatch:*", alarms+"*"))}}, nil},
		"on some, one denied": {
			account{Users: []user{person("alice", allow("cloudwatch:*", alarms+"a* "+alarms+"b"), deny("cloudwatch:*", alarms+"b"))}},
			[]string{"allowed user alice on " + alarms + "a*"},
		},
		"all but some denied": {
			account{Users: []user{person("alice", deleteAll, `{"Effect": "Deny", "Action": "cloudwatch:*", "NotResource": "`+alarms+`a*"}`)}},
			[]string{"allowed user alice on " + alarms + "a*"},
		},
		"on some, all but some denied": {
			account{Users: []user{person("alice", allow("cloudwatch:*", alarms+"*"), `{"Effect": "Deny", "Action": "cloudwatch:*", "NotResource": "`+alarms+`a*"}`)}},
			[]string{"allowed user alice on " + alarms + "a*"},
		},
		"on another type":    {account{Users: []user{person("alice", allow("cloudwatch:*", "arn:aws:cloudwatch::"+home+":dashboard/*"))}}, nil},
		"surely on a part":   {account{Users: []user{person("alice", statement("Allow", "cloudwatch:*", "*", mfa), allow("cloudwatch:*", alarms+"a"))}}, []string{"allowed user alice on " + alarms + "a"}},
		"denied but for MFA": {account{Users: []user{person("alice", deleteAll, statement("Deny", "cloudwatch:*", "*", `{"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}`))}}, []string{"conditional user alice"}},
		"through a group": {
			account{
				Users:  []user{{Path: "/", UserName: "alice", UserID: "AIDAALICE00000000001", ARN: "arn:aws:iam::" + home + ":user/alice", UserInline: []inline{}, Attached: []attached{}, GroupList: []string{"ops"}}},
				Groups: []group{{Path: "/", GroupName: "ops", GroupID: "AGPAOPS0000000000001", ARN: "arn:aws:iam::" + home + ":group/ops", GroupInline: []inline{{PolicyName: "p", Document: document(deleteAll)}}, Attached: []attached{}}},
			},
			[]string{"allowed user alice -> group ops"},
		},
		"a group of nobody, and who may join it": {
			account{
				Users:  []user{person("alice", allow("iam:AddUserToGroup", "*"))},
				Groups: []group{{Path: "/", GroupName: "ops", GroupID: "AGPAOPS0000000000001", ARN: "arn:aws:iam::" + home + ":group/ops", GroupInline: []inline{{PolicyName: "p", Document: document(deleteAll)}}, Attached: []attached{}}},
			},
			[]string{"allowed group ops", "allowed user alice -> group ops"},
		},
		"by the shortest way": {
			account{Roles: []role{
				who("a", admits(arn(roleARN("b"))), deleteAll), who("b", admits(arn(roleARN("c")))), who("c", admits(foreignOne)),
				who("d", admits(arn(roleARN("c"))), deleteAll),
			}},
			[]string{"allowed role a", "allowed role d", "allowed role b -> role a", "allowed role c -> role d", "allowed account 999999999999 -> role c -> role d"},
		},
		"not by a role whose service runs nothing of the caller's": {
			account{
				Users: []user{person("alice", allow("iam:PassRole", "*"), allow("cloudwatch:PutMetricStream", "*"))},
				Roles: []role{who("app", admits(`{"Service": "streams.metrics.cloudwatch.amazonaws.com"}`), deleteAll)},
			},
			[]string{"allowed role app", "allowed service streams.metrics.cloudwatch.amazonaws.com -> role app"},
		},
		"by a policy of one's own making": {
			account{Users: []user{person("alice", allow("iam:PutUserPolicy", "*")), person("bob", allow("iam:PutUserPolicy", "arn:aws:iam::"+home+":user/app/*"))}},
			[]string{"allowed user alice -> administrator"},
		},
		"but for a boundary on what is written": {
			account{Users: []user{person("alice", statement("Allow", "iam:PutUserPolicy", "*", `{"StringEquals": {"iam:PermissionsBoundary": "arn:aws:iam::`+home+`:policy/b"}}`))}}, nil,
		},
		"within a boundary of one's own": {
			account{
				Roles:    []role{who("app", admits(byLambda), allow("iam:PutRolePolicy", "*")).bounded(customerARN("b"))},
				Policies: []managedPolicy{customer("b", document(allow("iam:*", "*")))},
			}, nil,
		},
		"without a boundary that one may delete": {
			account{
				Roles: []role{
					who("app", admits(byLambda), deleteAll, allow("iam:DeleteRolePermissionsBoundary", roleARN("app"))).bounded(customerARN("b")),
					who("other", admits(byLambda), deleteAll, allow("iam:DeleteRolePermissionsBoundary", roleARN("app"))).bounded(customerARN("b")),
				},
				Policies: []managedPolicy{customer("b", document(allow("iam:*", "*")))},
			},
			[]string{
				"allowed role app -> role app without its boundary",
				"allowed service lambda.amazonaws.com -> role app -> role app without its boundary",
			},
		},
		"by any policy without a boundary that one may delete": {
			account{
				Roles:    []role{who("app", admits(byLambda), allow("iam:PutRolePolicy iam:DeleteRolePermissionsBoundary", "*")).bounded(customerARN("b"))},
				Policies: []managedPolicy{customer("b", document(allow("iam:*", "*")))},
			},
			[]string{"allowed role app -> administrator", "allowed service lambda.amazonaws.com -> role app -> administrator"},
		},
		"by a policy written to a role, without a boundary that one may delete": {
			account{
				Roles: []role{
					who("app", admits(byLambda), allow("iam:PutRolePolicy", roleARN("free")), allow("iam:DeleteRolePermissionsBoundary", roleARN("app"))).bounded(customerARN("b")),
					who("free", admits(arn(roleARN("app")))),
				},
				Policies: []managedPolicy{customer("b", document(allow("iam:DeleteRolePermissionsBoundary sts:*", "*")))},
			},
			[]string{"allowed role app -> administrator", "allowed service lambda.amazonaws.com -> role app -> administrator"},
		},
		"by an older version of a policy": {
			account{
				Roles:    []role{holding(who("app", admits(arn(roleARN("ci")))), "b"), holding(who("ci", admits(foreignOne)), "c")},
				Policies: []managedPolicy{customer("b", document(allow("iam:SetDefaultPolicyVersion", customerARN("b")))), customer("c", document(allow("iam:SetDefaultPolicyVersion", customerARN("b"))))},
			},
			[]string{"conditional role app -> administrator", "conditional role ci -> role app -> administrator", "conditional account 999999999999 -> role ci -> role app -> administrator"},
		},
		"within a boundary, by a policy written to a role without": {
			account{
				Roles: []role{
					who("app", admits(byLambda), allow("iam:PutRolePolicy", roleARN("free"))).bounded(customerARN("b")), who("free", admits(arn(roleARN("app")))),
				},
				Policies: []managedPolicy{customer("b", document(allow("iam:* sts:*", "*")))},
			},
			[]string{"allowed role app -> administrator", "allowed service lambda.amazonaws.com -> role app -> administrator"},
		},
		"by a policy written to a role that one may assume": {
			account{
				Users: []user{person("alice", allow("iam:AttachRolePolicy", roleARN("app")))},
				Roles: []role{who("app", admits(arn("arn:aws:iam::"+home+":user/alice")))},
			},
			[]string{"allowed user alice -> administrator"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			if d := cmp.Diff(c.want, able(live(t, c.in).graph.WhoCan("cloudwatch:deletealarms", "*"))); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestWhoCanOnOneResource(t *testing.T) {
	w := live(t, account{Users: []user{person("alice", allow("cloudwatch:*", alarms+"a*")), person("bob", allow("cloudwatch:*", alarms+"b"))}})
	if d := cmp.Diff([]string{"allowed user alice"}, able(w.graph.WhoCan("cloudwatch:DeleteAlarms", alarms+"a1"))); d != "" {
		t.Error(d)
	}
	w = live(t, account{Users: []user{person("alice", deleteAll), person("carol", allow("iam:PutUserPolicy", "*"))}})
	for _, elsewhere := range []string{
		strings.Replace(alarms+"a1", home, "999999999999", 1), strings.Replace(alarms+"a1", ":aws:", ":aws-cn:", 1),
	} {
		if got := able(w.graph.WhoCan("cloudwatch:DeleteAlarms", elsewhere)); got != nil {
			t.Errorf("on %s: %v", elsewhere, got)
		}
	}
	foreign := "arn:aws:iam::999999999999:role/app"
	if got := able(w.graph.WhoCan("sts:AssumeRole", foreign)); slices.Contains(got, "allowed user carol -> administrator") {
		t.Errorf("an administrator here assumes %s: %v", foreign, got)
	}
}

// TestWhoCanWithoutAccount: code that does not say its account is for that of
// the resource asked for.
func TestWhoCanWithoutAccount(t *testing.T) {
	w := scan(t, scanner.Options{}, map[string]string{"main.tf": `
data "aws_caller_identity" "me" {}
resource "aws_iam_role" "app" {
  name = "app"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{
    Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = data.aws_caller_identity.me.account_id } }] })
}
resource "aws_iam_role_policy" "app" {
  role = aws_iam_role.app.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "cloudwatch:DeleteAlarms",
    Resource = "arn:aws:cloudwatch:*:${data.aws_caller_identity.me.account_id}:alarm:*" }] })
}
resource "aws_iam_user" "alice" {
  name = "alice"
}
resource "aws_iam_user_policy" "alice" {
  user = aws_iam_user.alice.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Resource = aws_iam_role.app.arn }] })
}
`})
	want := []string{"allowed role app", "allowed user alice -> role app"}
	for _, resource := range []string{"*", alarms + "x"} {
		if d := cmp.Diff(want, able(w.graph.WhoCan("cloudwatch:DeleteAlarms", resource))); d != "" {
			t.Errorf("%s: %s", resource, d)
		}
	}
}

func TestWhoCanUnread(t *testing.T) {
	a := account{Users: []user{person("alice")}}
	a.Users[0].Attached = attach(customerARN("gone"))
	got := live(t, a).graph.WhoCan("cloudwatch:DeleteAlarms", "*")
	if len(got.Abilities) != 0 || len(got.Unread) != 1 || got.Unread[0].String() != "user alice" {
		t.Errorf("%v, unread %v", able(got), got.Unread)
	}
	a.Roles = []role{who("app", admits(arn("arn:aws:iam::"+home+":user/alice")), deleteAll)}
	got = live(t, a).graph.WhoCan("cloudwatch:DeleteAlarms", "*")
	if len(got.Abilities) != 2 || len(got.Unread) != 0 {
		t.Errorf("%v, unread %v", able(got), got.Unread)
	}
}

// TestOrderOfInputIsFree: whatever the order of an export, the answers are the
// same.
func TestOrderOfInputIsFree(t *testing.T) {
	a := account{Users: []user{person("alice", assumeAll), person("bob", allow("iam:PassRole", "*"), allow("ec2:RunInstances", "*"))}}
	for i := range 12 {
		name := string(rune('a' + i))
		next := string(rune('a' + (i+1)%12))
		a.Roles = append(a.Roles, who(name, admits(arn(roleARN(next)))+", "+admits(ownRoot), deleteAll))
	}
	want := live(t, a)
	for turn := range 4 {
		slices.Reverse(a.Users)
		a.Roles = slices.Concat(a.Roles[turn+1:], a.Roles[:turn+1])
		got := live(t, a)
		if d := cmp.Diff(able(want.graph.WhoCan("cloudwatch:DeleteAlarms", "*")), able(got.graph.WhoCan("cloudwatch:DeleteAlarms", "*"))); d != "" {
			t.Fatal(d)
		}
		if d := cmp.Diff(want.paths(model.Role, "a"), got.paths(model.Role, "a")); d != "" {
			t.Fatal(d)
		}
	}
}

// TestManyRolesThatTrustTheirAccount: ten thousand roles that all of a
// thousand users may assume cost what they are, not their product.
func TestManyRolesThatTrustTheirAccount(t *testing.T) {
	const roles, users = 10_000, 1_000
	var a account
	for i := range roles {
		a.Roles = append(a.Roles, who(fmt.Sprintf("r%05d", i), admits(ownRoot), deleteAll))
	}
	for i := range users {
		a.Users = append(a.Users, person(fmt.Sprintf("u%04d", i), assumeAll))
	}
	w := live(t, a)
	start := time.Now()
	got := w.graph.WhoCan("cloudwatch:DeleteAlarms", "*")
	if len(got.Abilities) != roles+users || got.Cut {
		t.Errorf("%d can, cut %v", len(got.Abilities), got.Cut)
	}
	if n := len(w.graph.PathsTo(w.identity(model.Role, "r00000"))); n != access.MaxPaths {
		t.Errorf("%d paths", n)
	}
	if d := time.Since(start); d > 20*time.Second {
		t.Errorf("took %v", d)
	}
}

// TestAskedByManyAtOnce: rules ask at the same time (run with -race).
func TestAskedByManyAtOnce(t *testing.T) {
	w := live(t, account{Roles: []role{who("app", admits(ownRoot), deleteAll)}, Users: []user{person("alice", assumeAll)}})
	id := w.identity(model.Role, "app")
	done := make(chan int)
	for range 8 {
		go func() { done <- len(w.graph.PathsTo(id)) }()
	}
	for range 8 {
		if n := <-done; n != 2 {
			t.Errorf("%d paths", n)
		}
	}
}
