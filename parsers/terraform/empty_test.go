package terraform_test

import "testing"

// TestEmptyArguments: an optional argument that is the empty text is one that
// is not written.
func TestEmptyArguments(t *testing.T) {
	u := readOne(t, files(map[string]string{"main.tf": `
resource "aws_iam_role" "r" {
  name                 = "r"
  assume_role_policy   = "{}"
  permissions_boundary = ""
}
resource "aws_launch_template" "t" {
  name = "t"
}
resource "aws_autoscaling_group" "g" {
  name                 = "g"
  launch_configuration = ""
  launch_template {
    id   = ""
    name = aws_launch_template.t.name
  }
}
resource "aws_eks_pod_identity_association" "p" {
  role_arn        = aws_iam_role.r.arn
  target_role_arn = ""
}
`}))
	if b := u.Identities[0].Boundary; b != nil {
		t.Errorf("boundary %+v", b)
	}
	g := u.TemplateUsers[0]
	if g.Configuration != nil || len(g.Templates) != 1 || g.Templates[0].Address != "aws_launch_template.t" {
		t.Errorf("configuration %+v, templates %+v", g.Configuration, g.Templates)
	}
	if r := u.PodIdentities[0].TargetRoleARN; r != nil {
		t.Errorf("target role %+v", r)
	}
}

// TestUnknownGroups: a user whose groups are not known is in some group that is
// not in the scan.
func TestUnknownGroups(t *testing.T) {
	u := readOne(t, files(map[string]string{"main.tf": `
variable "groups" { type = list(string) }
resource "aws_iam_user_group_membership" "m" {
  user   = "ann"
  groups = var.groups
}
`}))
	if m := u.Memberships; len(m) != 1 || m[0].Group.Value.Known || !m[0].Maybe {
		t.Errorf("memberships %+v", m)
	}
}
