package access_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/iamwatch/iamwatch/scanner"
	"github.com/iamwatch/iamwatch/scanner/model"
)

// A controlled is code for one account with a user who may delete log groups,
// and a service control policy beside it.
type controlled struct {
	// account is that of the code, empty when it does not say.
	account string
	// target is an expression.
	target string
	// statements are those of the policy, in HCL.
	statements string
	// more is further configuration of the organization.
	more string
	kind string
}

const denyDelete = `{ Effect = "Deny", Action = "logs:DeleteLogGroup", Resource = "*" }`

func (c controlled) files() map[string]string {
	provider := ""
	if c.account != "" {
		provider = `
provider "aws" {
  region              = "eu-west-1"
  allowed_account_ids = ["` + c.account + `"]
}
`
	}
	kind := ""
	if c.kind != "" {
		kind = "  type = \"" + c.kind + "\"\n"
	}
	return map[string]string{
		"app/main.tf": provider + `
resource "aws_iam_user" "alice" {
  name = "alice"
}
resource "aws_iam_user_policy" "alice" {
  name   = "alice"
  user   = aws_iam_user.alice.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = ["logs:DeleteLogGroup", "logs:GetLogEvents"], Resource = "*" }] })
}
`,
		"org/main.tf": `
resource "aws_organizations_policy" "guard" {
  name = "guard"
` + kind + `  content = jsonencode({ Version = "2012-10-17", Statement = [` + c.statements + `] })
}
resource "aws_organizations_policy_attachment" "guard" {
  policy_id = aws_organizations_policy.guard.id
  target_id = ` + c.target + `
}
` + c.more,
	}
}

// left is what each of the questions says of the user: the residuals of
// logs:DeleteLogGroup, what Decide answers and what who-can does.
func (c controlled) left(t *testing.T) []string {
	t.Helper()
	w := scan(t, scanner.Options{}, c.files())
	var id *model.Identity
	for _, u := range w.model.Units {
		if len(u.Identities) > 0 {
			id = u.Identities[0]
		}
	}
	var out []string
	for _, r := range w.graph.Residual(id) {
		if slices.Contains(r.Actions.Names(), "logs:DeleteLogGroup") {
			out = append(out, told(r))
		}
	}
	out = append(out, "decided "+w.graph.Decide(id, "logs:DeleteLogGroup", "*").Result.String())
	if can := able(w.graph.WhoCan("logs:DeleteLogGroup", "*")); len(can) > 0 {
		out = append(out, "who-can "+strings.Join(can, ", "))
	}
	h := w.graph.Holding(id)
	if slices.Contains(h.Actions.Names(), "logs:DeleteLogGroup") {
		out = append(out, "held")
	}
	return out
}

// TestServiceControlPolicies: a Deny over the account cuts, and nothing else
// does.
func TestServiceControlPolicies(t *testing.T) {
	whole := []string{"allowed; unscoped; logs:DeleteLogGroup logs:GetLogEvents; on *", "decided allowed", "who-can allowed user alice", "held"}
	gone := []string{"denied; none; logs:DeleteLogGroup; on *; cut by service control policy (whole)", "decided denied"}
	unsure := []string{
		"conditional; unscoped; logs:DeleteLogGroup logs:GetLogEvents; on *; cut by service control policy (perhaps); " +
			`unsure: whether a Deny in service control policy "guard" is over the account is not known`,
		"decided conditional", "who-can conditional user alice", "held",
	}
	for name, c := range map[string]struct {
		controlled
		want []string
	}{
		"on the account":      {controlled{account: home, target: `"` + home + `"`, statements: denyDelete}, gone},
		"with its type":       {controlled{account: home, target: `"` + home + `"`, statements: denyDelete, kind: "SERVICE_CONTROL_POLICY"}, gone},
		"of another type":     {controlled{account: home, target: `"` + home + `"`, statements: denyDelete, kind: "TAG_POLICY"}, whole},
		"on another account":  {controlled{account: home, target: `"444455556666"`, statements: denyDelete}, whole},
		"on a root":           {controlled{account: home, target: `"r-ab12"`, statements: denyDelete}, unsure},
		"on a unit":           {controlled{account: home, target: `"ou-ab12-cdefghij"`, statements: denyDelete}, unsure},
		"of an unknown place": {controlled{target: `"` + home + `"`, statements: denyDelete}, unsure},
		"on what is not known": {controlled{account: home, target: "var.target", statements: denyDelete, more: `
variable "target" { type = string }
`}, unsure},
		"an allow list":     {controlled{account: home, target: `"` + home + `"`, statements: `{ Effect = "Allow", Action = "s3:*", Resource = "*" }`}, whole},
		"of another action": {controlled{account: home, target: `"` + home + `"`, statements: `{ Effect = "Deny", Action = "logs:CreateLogGroup", Resource = "*" }`}, whole},
		"with a condition": {
			controlled{account: home, target: `"` + home + `"`, statements: `{ Effect = "Deny", Action = "logs:DeleteLogGroup", Resource = "*", Condition = { StringNotEquals = { "aws:PrincipalTag/team" = "sre" } } }`},
			[]string{
				"conditional; conditional; logs:DeleteLogGroup; on *; cut by service control policy (perhaps)",
				"decided conditional", "who-can conditional user alice", "held",
			},
		},
		"in the management account": {controlled{account: home, target: `"` + home + `"`, statements: denyDelete, more: `
provider "aws" {
  region              = "eu-west-1"
  allowed_account_ids = ["` + home + `"]
}
resource "aws_organizations_organization" "this" {}
`}, whole},
		"one that AWS attaches": {controlled{account: home, target: `"444455556666"`, statements: denyDelete, more: `
resource "aws_organizations_policy_attachment" "full" {
  policy_id = "p-FullAWSAccess"
  target_id = "` + home + `"
}
`}, whole},
		"one that is not in the scan": {controlled{account: home, target: `"444455556666"`, statements: denyDelete, more: `
resource "aws_organizations_policy_attachment" "other" {
  policy_id = "p-abcdefgh"
  target_id = "` + home + `"
}
`}, []string{
			`conditional; unscoped; logs:DeleteLogGroup logs:GetLogEvents; on *; unsure: service control policy "p-abcdefgh" was not read`,
			"decided allowed", "who-can allowed user alice", "held", // for what was read: Decision.Incomplete
		}},
	} {
		t.Run(name, func(t *testing.T) {
			if d := cmp.Diff(c.want, c.left(t)); d != "" {
				t.Error(d)
			}
		})
	}
}
