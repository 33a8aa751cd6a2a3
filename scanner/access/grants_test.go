package access_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/iamwatch/iamwatch/scanner"
	"github.com/iamwatch/iamwatch/scanner/model"
)

const (
	groupARN  = "arn:aws:logs:eu-west-1:" + home + ":log-group:/app/orders:*"
	prefixARN = "arn:aws:logs:*:*:log-group:/app/*"
)

func TestDenyCuts(t *testing.T) {
	for name, c := range map[string]struct {
		allow, deny           string
		actions, unscoped     string
		doubts, exceptions    int
		everything, holdsMore bool
	}{
		"all of it": {
			allow: allow("logs:DeleteLogGroup logs:DeleteLogStream", "*"), deny: deny("logs:DeleteLogGroup", "*"),
			actions: "logs:DeleteLogStream", unscoped: "logs:DeleteLogStream",
		},
		"by pattern and other case": {
			allow: allow("logs:DeleteLogGroup logs:PutLogEvents", "*"), deny: deny("LOGS:deleteloggr*", "*"),
			actions: "logs:PutLogEvents", unscoped: "logs:PutLogEvents",
		},
		"narrower is an exception": {
			allow: allow("logs:DeleteLogGroup", "*"), deny: deny("logs:DeleteLogGroup", groupARN),
			actions: "logs:DeleteLogGroup", unscoped: "logs:DeleteLogGroup", exceptions: 1,
		},
		"wider than the allow": {
			allow: allow("logs:DeleteLogGroup", groupARN), deny: deny("logs:DeleteLogGroup", prefixARN),
		},
		"every resource by ARN": {
			allow: allow("logs:DeleteLogGroup logs:PutLogEvents", "*"), deny: deny("logs:DeleteLogGroup", "arn:aws:logs:*:*:log-group:*"),
			actions: "logs:PutLogEvents", unscoped: "logs:PutLogEvents",
		},
		"every resource of the own account": {
			allow: allow("logs:DeleteLogGroup", "*"), deny: deny("logs:DeleteLogGroup", "arn:aws:logs:*:"+home+":*"),
		},
		"one region is an exception": {
			allow: allow("logs:DeleteLogGroup", "*"), deny: deny("logs:DeleteLogGroup", "arn:aws:logs:eu-west-1:*:*"),
			actions: "logs:DeleteLogGroup", unscoped: "logs:DeleteLogGroup", exceptions: 1,
		},
		"another account's resources": {
			allow: allow("logs:DeleteLogGroup", "*"), deny: deny("logs:DeleteLogGroup", "arn:aws:logs:*:444455556666:*"),
			actions: "logs:DeleteLogGroup", unscoped: "logs:DeleteLogGroup", exceptions: 1,
		},
		"of other resources is none": {
			allow: allow("logs:DeleteLogGroup", groupARN), deny: deny("logs:DeleteLogGroup", "arn:aws:logs:*:*:log-group:/security/*"),
			actions: "logs:DeleteLogGroup",
		},
		"of other actions is none": {
			allow: allow("logs:DeleteLogGroup", "*"), deny: deny("logs:PutLogEvents", "*"),
			actions: "logs:DeleteLogGroup", unscoped: "logs:DeleteLogGroup",
		},
		"of another partition takes nothing": {
			allow: allow("logs:DeleteLogGroup", "*"), deny: deny("logs:*", "arn:aws-cn:logs:*:*:*"),
			actions: "logs:DeleteLogGroup", unscoped: "logs:DeleteLogGroup", exceptions: 1,
		},
		"of every partition": {
			allow: allow("logs:DeleteLogGroup", "*"), deny: deny("logs:*", "arn:aws*:logs:*:*:*"),
		},
		"of the own partition": {
			allow: allow("logs:DeleteLogGroup", "*"), deny: deny("logs:*", "arn:aws:logs:*:*:*"),
		},
		"conditional is a doubt": {
			allow:   allow("logs:DeleteLogGroup", "*"),
			deny:    statement("Deny", "logs:*", "*", `{"StringNotEquals": {"aws:RequestedRegion": "eu-west-1"}}`),
			actions: "logs:DeleteLogGroup", unscoped: "logs:DeleteLogGroup", doubts: 1,
		},
		"conditional of other resources is none": {
			allow:   allow("logs:DeleteLogGroup", groupARN),
			deny:    statement("Deny", "logs:*", "arn:aws:logs:*:*:log-group:/security/*", `{"Bool": {"aws:MultiFactorAuthPresent": "false"}}`),
			actions: "logs:DeleteLogGroup",
		},
		"NotAction": {
			allow:   allow("logs:DeleteLogGroup logs:GetLogEvents", "*"),
			deny:    `{"Effect": "Deny", "NotAction": "logs:Get*", "Resource": "*"}`,
			actions: "logs:GetLogEvents", unscoped: "logs:GetLogEvents",
		},
		"NotResource is an exception": {
			allow:   allow("logs:DeleteLogGroup", "*"),
			deny:    `{"Effect": "Deny", "Action": "logs:DeleteLogGroup", "NotResource": "` + groupARN + `"}`,
			actions: "logs:DeleteLogGroup", unscoped: "logs:DeleteLogGroup", exceptions: 1,
		},
		"everything of everything": {allow: allow("*", "*"), deny: deny("*", "*")},
		"all but telemetry keeps an administrator's rest": {
			allow: allow("*", "*"), deny: deny("logs:*", "*"), everything: true, holdsMore: true,
		},
		"NotAction takes everything": {
			allow: allow("*", "*"), deny: `{"Effect": "Deny", "NotAction": "logs:GetLogEvents", "Resource": "*"}`,
			actions: "logs:GetLogEvents", unscoped: "logs:GetLogEvents",
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := live(t, account{Roles: []role{app(document(c.allow), document(c.deny))}})
			g, h := w.grant(), w.holding()
			if h.Everything != c.everything {
				t.Errorf("everything: %v", h.Everything)
			}
			if c.holdsMore {
				if !h.Actions.Intersect(set(t, "logs:*")).Empty() || h.Actions.Empty() {
					t.Errorf("%d actions", h.Actions.Len())
				}
				return
			}
			same(t, "actions", set(t, c.actions), h.Actions)
			same(t, "unscoped", set(t, c.unscoped), h.Unscoped)
			holder := w.holder(g, "app")
			if got := len(holder.Doubts); got != c.doubts {
				t.Errorf("doubts: %q", clauses(holder.Doubts))
			}
			if got := len(holder.Exceptions); got != c.exceptions {
				t.Errorf("exceptions: %q", clauses(holder.Exceptions))
			}
		})
	}
}

func TestBoundaryCuts(t *testing.T) {
	both := allow("logs:DeleteLogGroup logs:GetLogEvents", "*")
	for name, c := range map[string]struct {
		allow, boundary   string
		document          json.RawMessage
		actions, unscoped string
		doubts            int
	}{
		"customer's": {
			allow: both, boundary: customerARN("edge"), document: document(allow("logs:Get*", "*")),
			actions: "logs:GetLogEvents", unscoped: "logs:GetLogEvents",
		},
		"scoped one leaves the action and takes unscoped": {
			allow: both, boundary: customerARN("edge"), document: document(allow("logs:*", prefixARN)),
			actions: "logs:DeleteLogGroup logs:GetLogEvents",
		},
		"its own Deny": {
			allow: both, boundary: customerARN("edge"), document: document(allow("*", "*"), deny("logs:Delete*", "*")),
			actions: "logs:GetLogEvents", unscoped: "logs:GetLogEvents",
		},
		"of other resources leaves nothing": {
			allow: allow("logs:DeleteLogGroup", groupARN), boundary: customerARN("edge"),
			document: document(allow("logs:*", "arn:aws:logs:*:*:log-group:/sandbox/*")),
		},
		"conditional one takes unscoped": {
			allow: both, boundary: customerARN("edge"),
			document: document(statement("Allow", "logs:Get*", "*", `{"StringEquals": {"aws:ResourceTag/team": "a"}}`)),
			actions:  "logs:GetLogEvents",
		},
		"region condition leaves unscoped": {
			allow: both, boundary: customerARN("edge"),
			document: document(statement("Allow", "logs:Get*", "*", `{"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}`)),
			actions:  "logs:GetLogEvents", unscoped: "logs:GetLogEvents",
		},
		"AWS managed": {
			allow: both, boundary: "arn:aws:iam::aws:policy/CloudWatchLogsReadOnlyAccess",
			actions: "logs:GetLogEvents", unscoped: "logs:GetLogEvents",
		},
		"AWS managed without telemetry": {allow: both, boundary: "arn:aws:iam::aws:policy/AmazonS3TablesReadOnlyAccess"},
		"unread": {
			allow: both, boundary: customerARN("elsewhere"),
			actions: "logs:DeleteLogGroup logs:GetLogEvents", unscoped: "logs:DeleteLogGroup logs:GetLogEvents", doubts: 1,
		},
		"AWS managed of an unknown name": {
			allow: both, boundary: "arn:aws:iam::aws:policy/NoSuchPolicyAtAll",
			actions: "logs:DeleteLogGroup logs:GetLogEvents", unscoped: "logs:DeleteLogGroup logs:GetLogEvents", doubts: 1,
		},
		"everything under a read boundary": {
			allow: allow("*", "*"), boundary: customerARN("edge"), document: document(allow("logs:GetLogEvents", "*")),
			actions: "logs:GetLogEvents", unscoped: "logs:GetLogEvents",
		},
	} {
		t.Run(name, func(t *testing.T) {
			a := account{Roles: []role{app(document(c.allow)).bounded(c.boundary)}}
			if c.document != nil {
				a.Policies = []managedPolicy{customer("edge", c.document)}
			}
			w := live(t, a)
			g, h := w.grant(), w.holding()
			same(t, "actions", set(t, c.actions), h.Actions)
			same(t, "unscoped", set(t, c.unscoped), h.Unscoped)
			if h.Everything {
				t.Error("still everything")
			}
			if got := clauses(w.holder(g, "app").Doubts); len(got) != c.doubts {
				t.Errorf("doubts: %q", got)
			}
		})
	}
}

func TestGroupsReachUsers(t *testing.T) {
	alice := user{
		Path: "/", UserName: "alice", UserID: "AIDAEXAMPLEALICE0001", ARN: "arn:aws:iam::" + home + ":user/alice",
		UserInline: []inline{}, GroupList: []string{"sre"}, Attached: []attached{},
	}
	bob := alice
	bob.UserName, bob.UserID, bob.ARN = "bob", "AIDAEXAMPLEBOB000001", "arn:aws:iam::"+home+":user/bob"
	bob.Boundary = &boundaryLink{Type: "PermissionsBoundaryPolicy", ARN: customerARN("edge")}
	carol := alice
	carol.UserName, carol.UserID, carol.ARN = "carol", "AIDAEXAMPLECAROL0001", "arn:aws:iam::"+home+":user/carol"
	carol.UserInline = []inline{{PolicyName: "no", Document: document(deny("logs:Delete*", "*"))}}
	sre := group{
		Path: "/", GroupName: "sre", GroupID: "AGPAEXAMPLESRE000001", ARN: "arn:aws:iam::" + home + ":group/sre",
		GroupInline: []inline{{PolicyName: "logs", Document: document(allow("logs:DeleteLogGroup logs:GetLogEvents logs:PutLogEvents", "*"), deny("logs:PutLogEvents", "*"))}},
		Attached:    []attached{},
	}
	w := live(t, account{
		Users: []user{alice, bob, carol}, Groups: []group{sre},
		Policies: []managedPolicy{customer("edge", document(allow("logs:PutLogEvents logs:DeleteLogGroup", "*")))},
	})
	g := w.grant()
	for name, want := range map[string]string{
		"sre": "logs:DeleteLogGroup logs:GetLogEvents", "alice": "logs:DeleteLogGroup logs:GetLogEvents",
		"bob": "logs:DeleteLogGroup", "carol": "logs:GetLogEvents",
	} {
		h := w.holder(g, name)
		same(t, name, set(t, want), h.Actions)
		if via := h.Via != nil; via != (name != "sre") {
			t.Errorf("%s holds it through a group: %v", name, via)
		}
	}
	same(t, "grant", set(t, "logs:DeleteLogGroup logs:GetLogEvents"), g.Actions)
	if w.graph.Holding(w.identity(model.User, "alice")).Bare {
		t.Error("a member of a group that holds something is bare")
	}
}

func TestUnattachedPolicy(t *testing.T) {
	w := live(t, account{Policies: []managedPolicy{
		customer("loose", document(allow("logs:DeleteLogGroup logs:GetLogEvents", "*"), deny("logs:GetLogEvents", "*"), deny("logs:DeleteLogGroup", groupARN))),
	}})
	g := w.grant()
	if g.Attached() {
		t.Error("attached")
	}
	same(t, "actions", set(t, "logs:DeleteLogGroup"), g.Actions)
	if got := len(g.Exceptions); got != 1 {
		t.Errorf("exceptions: %q", clauses(g.Exceptions))
	}
}

func TestBoundaryPolicyGrantsNothing(t *testing.T) {
	w := live(t, account{
		Roles:    []role{app().bounded(customerARN("edge"))},
		Policies: []managedPolicy{customer("edge", document(allow("*", "*")))},
	})
	if got := w.graph.Grants(); len(got) != 0 {
		t.Errorf("%d grants", len(got))
	}
	if h := w.holding(); !h.Bare || h.Beyond() {
		t.Errorf("holding: %+v", h)
	}
}

func TestManagedPolicies(t *testing.T) {
	for _, partition := range []string{"aws", "aws-cn", "aws-us-gov"} {
		t.Run(partition, func(t *testing.T) {
			arn := "arn:" + partition + ":iam::aws:policy/CloudWatchReadOnlyAccess"
			w := live(t, account{Roles: []role{app().attach(arn)}})
			h := w.holding()
			if want := set(t, "logs:FilterLogEvents"); !want.Minus(h.Unscoped).Empty() {
				t.Errorf("%d actions", h.Unscoped.Len())
			}
			if got := set(t, "logs:DeleteLogGroup"); !got.Intersect(h.Actions).Empty() {
				t.Error("a read policy deletes")
			}
			for _, g := range h.Grants {
				if g.Managed == nil || g.Managed.Name != "CloudWatchReadOnlyAccess" || g.Attachment == nil {
					t.Errorf("grant of %+v", g.Managed)
				}
			}
		})
	}
}

func TestManagedPolicyOfExport(t *testing.T) {
	const arn = "arn:aws:iam::aws:policy/CloudWatchReadOnlyAccess"
	exported := customer("CloudWatchReadOnlyAccess", document(allow("logs:GetLogEvents", "*")))
	exported.ARN = arn
	w := live(t, account{Roles: []role{app().attach(arn)}, Policies: []managedPolicy{exported}})
	same(t, "the exported document stands", set(t, "logs:GetLogEvents"), w.holding().Actions)
	if g := w.grant(); g.Managed == nil {
		t.Error("not an AWS managed grant")
	}
}

func TestManagedPolicyPerAttachment(t *testing.T) {
	const arn = "arn:aws:iam::aws:policy/AWSXrayReadOnlyAccess"
	other := app().attach(arn)
	other.RoleName, other.RoleID, other.ARN = "other", "AROAEXAMPLEOTHER0001", "arn:aws:iam::"+home+":role/other"
	w := live(t, account{Roles: []role{app().attach(arn), other}})
	holders := map[string]int{}
	for _, g := range w.graph.Grants() {
		if len(g.Holders) != 1 {
			t.Errorf("%d holders", len(g.Holders))
		}
		holders[g.Holders[0].Identity.Name.Value]++
	}
	if holders["app"] == 0 || holders["app"] != holders["other"] {
		t.Errorf("holders: %v", holders)
	}
}

func TestCustomerPolicyIsOneGrant(t *testing.T) {
	other := app().attach(customerARN("shared"))
	other.RoleName, other.RoleID, other.ARN = "other", "AROAEXAMPLEOTHER0001", "arn:aws:iam::"+home+":role/other"
	w := live(t, account{
		Roles:    []role{app().attach(customerARN("shared")), other},
		Policies: []managedPolicy{customer("shared", document(allow("logs:*", "*")))},
	})
	if g := w.grant(); len(g.Holders) != 2 || g.Managed != nil {
		t.Errorf("%d holders", len(g.Holders))
	}
}

func TestUndecidedAttachmentIsDoubt(t *testing.T) {
	w := scan(t, scanner.Options{}, map[string]string{"main.tf": `
variable "on" {
  type = bool
}
resource "aws_iam_role" "app" {
  name               = "app"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}
resource "aws_iam_policy" "logs" {
  name   = "logs"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "logs:*", Resource = "*" }] })
}
resource "aws_iam_role_policy_attachment" "app" {
  count      = var.on ? 1 : 0
  role       = aws_iam_role.app.name
  policy_arn = aws_iam_policy.logs.arn
}
`})
	got := clauses(w.holder(w.grant(), "app").Doubts)
	if len(got) != 1 || !strings.HasPrefix(got[0], "the attachment is there only") {
		t.Errorf("doubts: %q", got)
	}
}

func TestSameByEveryInput(t *testing.T) {
	const stmt = `{"Effect": "Allow", "Action": ["logs:Delete*", "cloudwatch:PutMetricAlarm"], "Resource": "*"}`
	roads := map[string]map[string]string{
		"terraform": {"main.tf": `
resource "aws_iam_role" "app" {
  name               = "app"
  assume_role_policy = jsonencode(` + ec2Trust + `)
}
resource "aws_iam_role_policy" "app" {
  name   = "inline"
  role   = aws_iam_role.app.id
  policy = jsonencode({ "Version": "2012-10-17", "Statement": [` + stmt + `] })
}
`},
		"cloudformation": {"t.json": `{"AWSTemplateFormatVersion": "2010-09-09", "Resources": {"App": {"Type": "AWS::IAM::Role", "Properties": {
  "RoleName": "app", "AssumeRolePolicyDocument": ` + ec2Trust + `,
  "Policies": [{"PolicyName": "inline", "PolicyDocument": {"Version": "2012-10-17", "Statement": [` + stmt + `]}}]}}}}`},
		"export": {"live/d.json": account{Roles: []role{app(document(stmt))}}.json(t)},
		"policy": {"p.json": string(document(stmt))},
	}
	want := set(t, "logs:Delete* cloudwatch:PutMetricAlarm")
	ids := map[string]string{}
	for name, files := range roads {
		w := scan(t, scanner.Options{}, files)
		g := w.grant()
		same(t, name, want, g.Actions)
		same(t, name, want, g.Unscoped)
		unit := w.model.Units[0]
		ids[name] = w.graph.StatementID(unit, g.Policy.Document, g.Statement)
	}
	for name, id := range ids {
		if d := cmp.Diff(ids["export"], id); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}
