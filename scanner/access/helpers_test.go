package access_test

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/iamwatch/iamwatch/parsers/cloudformation"
	"github.com/iamwatch/iamwatch/parsers/export"
	"github.com/iamwatch/iamwatch/parsers/policy"
	"github.com/iamwatch/iamwatch/parsers/terraform"
	"github.com/iamwatch/iamwatch/scanner"
	"github.com/iamwatch/iamwatch/scanner/access"
	"github.com/iamwatch/iamwatch/scanner/cloudwatch"
	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/model"
)

// home is the account of every export of these tests.
const home = "111122223333"

// A world is a scanned model and what follows from it.
type world struct {
	t     *testing.T
	model *model.Model
	graph *access.Graph
}

// scan reads files as the command does and keeps what a rule is shown.
func scan(t *testing.T, o scanner.Options, files map[string]string) *world {
	t.Helper()
	w := &world{t: t}
	keep := &scanner.Rule{
		ID: "IW999", Name: "keep", Title: "keep", Help: "keep",
		Check: func(p *scanner.Pass) error {
			w.model, w.graph = p.Model, p.Access
			return nil
		},
	}
	fsys := fstest.MapFS{}
	var paths []string
	for path, text := range files {
		fsys[path] = &fstest.MapFile{Data: []byte(text)}
		paths = append(paths, path)
	}
	r, err := scanner.Scan(context.Background(), scanner.Config{
		FS: fsys, Files: paths, Options: o, Rules: []*scanner.Rule{keep},
		Parsers: []scanner.Parser{export.New(), terraform.New(), cloudformation.New(), policy.New()},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range r.Diagnostics {
		// Some tests are about exports with gaps.
		if !strings.Contains(d.Message, "not in the export") {
			t.Errorf("diagnostic: %v", d)
		}
	}
	return w
}

// An account is the JSON of an account's authorization details.
type account struct {
	Users    []user          `json:"UserDetailList"`
	Groups   []group         `json:"GroupDetailList"`
	Roles    []role          `json:"RoleDetailList"`
	Policies []managedPolicy `json:"Policies"`
}

type user struct {
	Path       string        `json:"Path"`
	UserName   string        `json:"UserName"`
	UserID     string        `json:"UserId"`
	ARN        string        `json:"Arn"`
	UserInline []inline      `json:"UserPolicyList"`
	GroupList  []string      `json:"GroupList"`
	Attached   []attached    `json:"AttachedManagedPolicies"`
	Boundary   *boundaryLink `json:"PermissionsBoundary,omitempty"`
}

type group struct {
	Path        string     `json:"Path"`
	GroupName   string     `json:"GroupName"`
	GroupID     string     `json:"GroupId"`
	ARN         string     `json:"Arn"`
	GroupInline []inline   `json:"GroupPolicyList"`
	Attached    []attached `json:"AttachedManagedPolicies"`
}

type role struct {
	Path       string          `json:"Path"`
	RoleName   string          `json:"RoleName"`
	RoleID     string          `json:"RoleId"`
	ARN        string          `json:"Arn"`
	Trust      json.RawMessage `json:"AssumeRolePolicyDocument"`
	RoleInline []inline        `json:"RolePolicyList"`
	Attached   []attached      `json:"AttachedManagedPolicies"`
	Boundary   *boundaryLink   `json:"PermissionsBoundary,omitempty"`
}

type inline struct {
	PolicyName string          `json:"PolicyName"`
	Document   json.RawMessage `json:"PolicyDocument"`
}

type attached struct {
	PolicyName string `json:"PolicyName"`
	PolicyARN  string `json:"PolicyArn"`
}

type boundaryLink struct {
	Type string `json:"PermissionsBoundaryType"`
	ARN  string `json:"PermissionsBoundaryArn"`
}

type managedPolicy struct {
	PolicyName string    `json:"PolicyName"`
	ARN        string    `json:"Arn"`
	Path       string    `json:"Path"`
	Default    string    `json:"DefaultVersionId"`
	Attached   int       `json:"AttachmentCount"`
	Versions   []version `json:"PolicyVersionList"`
}

type version struct {
	Document  json.RawMessage `json:"Document"`
	VersionID string          `json:"VersionId"`
	IsDefault bool            `json:"IsDefaultVersion"`
}

// document is a policy document of some statements.
func document(statements ...string) json.RawMessage {
	return json.RawMessage(`{"Version": "2012-10-17", "Statement": [` + strings.Join(statements, ", ") + `]}`)
}

// allow and deny are statements of an identity policy; actions and resources
// are separated by spaces.
func allow(actions, resources string) string { return statement("Allow", actions, resources, "") }
func deny(actions, resources string) string  { return statement("Deny", actions, resources, "") }

func statement(effect, actions, resources, conditions string) string {
	s := `{"Effect": "` + effect + `", "Action": ` + list(actions) + `, "Resource": ` + list(resources)
	if conditions != "" {
		s += `, "Condition": ` + conditions
	}
	return s + `}`
}

func list(words string) string {
	b, err := json.Marshal(strings.Fields(words))
	if err != nil {
		return "[]"
	}
	return string(b)
}

const ec2Trust = `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]}`

// app is a role of that name with inline documents.
func app(documents ...json.RawMessage) role {
	r := role{
		Path: "/", RoleName: "app", RoleID: "AROAEXAMPLEAPP000001", ARN: "arn:aws:iam::" + home + ":role/app",
		Trust: json.RawMessage(ec2Trust), RoleInline: []inline{}, Attached: []attached{},
	}
	for i, d := range documents {
		r.RoleInline = append(r.RoleInline, inline{PolicyName: "inline" + string(rune('a'+i)), Document: d})
	}
	return r
}

func (r role) attach(arns ...string) role {
	r.Attached = attach(arns...)
	return r
}

func attach(arns ...string) []attached {
	out := []attached{}
	for _, arn := range arns {
		out = append(out, attached{PolicyName: arn[strings.LastIndexByte(arn, '/')+1:], PolicyARN: arn})
	}
	return out
}

func (r role) bounded(arn string) role {
	r.Boundary = &boundaryLink{Type: "PermissionsBoundaryPolicy", ARN: arn}
	return r
}

// customer is a customer managed policy; its ARN is that of customerARN.
func customer(name string, doc json.RawMessage) managedPolicy {
	return managedPolicy{
		PolicyName: name, ARN: customerARN(name), Path: "/", Default: "v1", Attached: 1,
		Versions: []version{{Document: doc, VersionID: "v1", IsDefault: true}},
	}
}

func customerARN(name string) string { return "arn:aws:iam::" + home + ":policy/" + name }

// live scans the export of an account.
func live(t *testing.T, a account) *world {
	t.Helper()
	return scan(t, scanner.Options{}, map[string]string{"live/details.json": a.json(t)})
}

func (a account) json(t *testing.T) string {
	t.Helper()
	a.Users, a.Groups = append([]user{}, a.Users...), append([]group{}, a.Groups...)
	a.Roles, a.Policies = append([]role{}, a.Roles...), append([]managedPolicy{}, a.Policies...)
	b, err := json.MarshalIndent(a, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// identity is the identity of that kind and name.
func (w *world) identity(kind model.IdentityKind, name string) *model.Identity {
	w.t.Helper()
	for _, u := range w.model.Units {
		for _, id := range u.Identities {
			if id.Kind == kind && id.Name.Value == name {
				return id
			}
		}
	}
	w.t.Fatalf("no %v %s", kind, name)
	return nil
}

// holding is what the role app holds.
func (w *world) holding() *access.Holding {
	w.t.Helper()
	return w.graph.Holding(w.identity(model.Role, "app"))
}

// grant is the only grant of the scan.
func (w *world) grant() *access.Grant {
	w.t.Helper()
	grants := w.graph.Grants()
	if len(grants) != 1 {
		w.t.Fatalf("%d grants", len(grants))
	}
	return grants[0]
}

// holder is the share of an identity in a grant.
func (w *world) holder(g *access.Grant, name string) access.Holder {
	w.t.Helper()
	i := slices.IndexFunc(g.Holders, func(h access.Holder) bool { return h.Identity.Name.Value == name })
	if i < 0 {
		w.t.Fatalf("%s holds nothing", name)
	}
	return g.Holders[i]
}

// clauses are the clauses of doubts, in order.
func clauses(doubts []access.Doubt) []string {
	var out []string
	for _, d := range doubts {
		out = append(out, d.Clause)
	}
	return out
}

// set is the set of some actions, separated by spaces.
func set(t *testing.T, patterns string) cloudwatch.ActionSet {
	t.Helper()
	var s cloudwatch.ActionSet
	for _, p := range strings.Fields(patterns) {
		m := cloudwatch.Match(p)
		if m.Empty() {
			t.Fatalf("no action %s", p)
		}
		s = s.Union(m)
	}
	return s
}

// same compares sets of actions by name.
func same(t *testing.T, what string, want, got cloudwatch.ActionSet) {
	t.Helper()
	if d := cmp.Diff(want.Names(), got.Names()); d != "" {
		t.Errorf("%s (-want +got):\n%s", what, d)
	}
}

// statementOf is the first statement of a role's trust policy.
func statementOf(w *world, name string) *iam.Statement {
	w.t.Helper()
	return w.identity(model.Role, name).Trust.Statements[0]
}

// quote is a text as a JSON string.
func quote(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		return `""`
	}
	return string(b)
}
