package access_test

import (
	"strings"
	"testing"

	"github.com/iamwatch/iamwatch/scanner"
	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/model"
)

const anyAlarm = "arn:aws:cloudwatch:*:" + home + ":alarm:*"

// decidedHere is what each role of a Terraform configuration is answered.
const decidedHere = `
data "aws_caller_identity" "here" {}
data "aws_partition" "here" {}

variable "extra" { type = bool }
variable "team_policy" { type = string }

resource "aws_iam_role" "app" {
  name = "app"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { AWS = aws_iam_role.deployer.arn }
      Action    = "sts:AssumeRole"
    }]
  })
}

resource "aws_iam_role_policy" "app" {
  name = "alarms"
  role = aws_iam_role.app.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = "cloudwatch:DeleteAlarms"
      Resource = "arn:${data.aws_partition.here.partition}:cloudwatch:*:${data.aws_caller_identity.here.account_id}:alarm:*"
    }]
  })
}

resource "aws_iam_role" "deployer" {
  name = "deployer"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { AWS = data.aws_caller_identity.here.account_id }
      Action    = "sts:AssumeRole"
    }]
  })
}

resource "aws_iam_role" "perhaps" {
  name               = "perhaps"
  assume_role_policy = aws_iam_role.deployer.assume_role_policy
}

resource "aws_iam_role_policy_attachment" "perhaps" {
  count      = var.extra ? 1 : 0
  role       = aws_iam_role.perhaps.name
  policy_arn = "arn:aws:iam::aws:policy/CloudWatchFullAccess"
}

resource "aws_iam_role" "unread" {
  name               = "unread"
  assume_role_policy = aws_iam_role.deployer.assume_role_policy
}

resource "aws_iam_role_policy_attachment" "unread" {
  role       = aws_iam_role.unread.name
  policy_arn = var.team_policy
}

resource "aws_iam_role" "bounded" {
  name                 = "bounded"
  assume_role_policy   = aws_iam_role.deployer.assume_role_policy
  permissions_boundary = "arn:aws:iam::aws:policy/CloudWatchReadOnlyAccess"
}

resource "aws_iam_role_policy_attachment" "bounded" {
  role       = aws_iam_role.bounded.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}

resource "aws_iam_user" "alice" { name = "alice" }
resource "aws_iam_group" "ops" { name = "ops" }

resource "aws_iam_user_group_membership" "alice" {
  user   = aws_iam_user.alice.name
  groups = [aws_iam_group.ops.name]
}

resource "aws_iam_group_policy_attachment" "ops" {
  group      = aws_iam_group.ops.name
  policy_arn = "arn:aws:iam::aws:policy/CloudWatchFullAccess"
}
`

func TestDecide(t *testing.T) {
	w := scan(t, scanner.Options{Accounts: []string{home}}, map[string]string{"main.tf": decidedHere})
	for _, c := range []struct {
		kind             model.IdentityKind
		name             string
		action, resource string
		want             iam.Result
	}{
		{model.Role, "app", "cloudwatch:DeleteAlarms", anyAlarm, iam.Allowed},
		{model.Role, "app", "cloudwatch:DeleteAlarms", "arn:aws:cloudwatch:eu-west-1:444455556666:alarm:x", iam.Denied},
		{model.Role, "app", "cloudwatch:PutMetricAlarm", anyAlarm, iam.Denied},
		// The trust names the role, so that it needs no permission of its own.
		{model.Role, "deployer", "sts:AssumeRole", "arn:aws:iam::" + home + ":role/app", iam.Allowed},
		{model.Role, "app", "sts:AssumeRole", "arn:aws:iam::" + home + ":role/deployer", iam.Denied},
		{model.Role, "bounded", "sts:AssumeRole", "arn:aws:iam::" + home + ":role/deployer", iam.Denied},
		// A trust policy that was not seen may name anyone.
		{model.Role, "app", "sts:AssumeRole", "arn:aws:iam::" + home + ":role/nowhere", iam.Conditional},
		{model.Role, "perhaps", "cloudwatch:DeleteAlarms", anyAlarm, iam.Conditional},
		{model.Role, "unread", "cloudwatch:DeleteAlarms", anyAlarm, iam.Conditional},
		{model.Role, "bounded", "cloudwatch:DeleteAlarms", anyAlarm, iam.Denied},
		{model.Role, "bounded", "cloudwatch:DescribeAlarms", anyAlarm, iam.Allowed},
		{model.User, "alice", "cloudwatch:DeleteAlarms", anyAlarm, iam.Allowed},
		{model.User, "alice", "iam:PassRole", "arn:aws:iam::" + home + ":role/app", iam.Denied},
		// The table holds of AWS managed policies what touches the catalogue.
		{model.User, "alice", "s3:GetObject", "arn:aws:s3:::b/k", iam.Conditional},
		{model.Role, "app", "s3:GetObject", "arn:aws:s3:::b/k", iam.Denied},
	} {
		d := w.graph.Decide(w.identity(c.kind, c.name), c.action, c.resource)
		if d.Result != c.want {
			t.Errorf("%s %s %s on %s: %s, want %s (%v)", c.kind, c.name, c.action, c.resource, d.Result, c.want, d.Tests)
		}
	}
}

// TestDecideOfAnAccountUnknown holds that what only AWS knows of a
// configuration is the same on both sides of a request.
func TestDecideOfAnAccountUnknown(t *testing.T) {
	w := scan(t, scanner.Options{}, map[string]string{"main.tf": decidedHere})
	app, deployer := w.identity(model.Role, "app"), w.identity(model.Role, "deployer")
	if d := w.graph.Decide(deployer, "sts:AssumeRole", w.graph.ARN(app)); d.Result != iam.Allowed {
		t.Errorf("deployer becomes app: %s (%v)", d.Result, d.Tests)
	}
	if d := w.graph.Decide(app, "sts:AssumeRole", w.graph.ARN(deployer)); d.Result != iam.Denied {
		t.Errorf("app becomes deployer: %s (%v)", d.Result, d.Tests)
	}
	alarms := strings.NewReplacer(":iam::", ":cloudwatch:*:", ":role/app", ":alarm:*").Replace(w.graph.ARN(app))
	if d := w.graph.Decide(app, "cloudwatch:DeleteAlarms", alarms); d.Result != iam.Allowed {
		t.Errorf("alarms of the own account: %s (%v)", d.Result, d.Tests)
	}
}

func TestPoliciesAreTheModelsOwn(t *testing.T) {
	w := live(t, account{Roles: []role{app(document(allow("cloudwatch:*", "*")))}})
	id := w.identity(model.Role, "app")
	p := w.graph.Policies(id)
	if len(p.Identity) != 1 || p.Identity[0] != id.Inline[0].Document {
		t.Errorf("identity policies are %v", p.Identity)
	}
	if w.graph.Trust(id) != id.Trust {
		t.Error("the trust policy is a copy")
	}
}

func TestBoundaryThatIsNotRead(t *testing.T) {
	w := live(t, account{Roles: []role{app(document(allow("cloudwatch:*", "*"))).bounded(customerARN("lost"))}})
	d := w.graph.Decide(w.identity(model.Role, "app"), "cloudwatch:DeleteAlarms", anyAlarm)
	if d.Result != iam.Conditional || !d.Incomplete {
		t.Errorf("%s, incomplete %v", d.Result, d.Incomplete)
	}
}
