package terraform_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/iamwatch/iamwatch/scanner"
	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// TestFixtures compares what each directory of testdata means with its
// want.txt; UPDATE_WANT=1 writes them anew.
func TestFixtures(t *testing.T) {
	dirs, err := filepath.Glob("testdata/*")
	if err != nil || len(dirs) < 7 {
		t.Fatalf("%d fixtures: %v", len(dirs), err)
	}
	for _, dir := range dirs {
		if filepath.Base(dir) == "fuzz" {
			continue // what fuzzing has found
		}
		t.Run(filepath.Base(dir), func(t *testing.T) {
			units, diags := readTree(t, &scanner.Env{FS: os.DirFS(dir), Jobs: 1})
			if len(diags) != 0 {
				t.Fatal(diags)
			}
			model.Link(&model.Model{Units: units}, "")
			got := ""
			for _, u := range units {
				got += describe(u)
			}
			name := filepath.Join(dir, "want.txt")
			if os.Getenv("UPDATE_WANT") != "" {
				if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// describe writes a unit with its places.
func describe(u *model.Unit) string {
	d := &description{}
	d.line("unit %s account=%s region=%s", u.Name, u.Account, u.Region)
	if u.Credentials != "" {
		d.line("  signed in by %s", u.Credentials)
	}
	for _, id := range sortedBy(u.Identities, func(i *model.Identity) string { return i.Address }) {
		d.identity(id)
	}
	for _, p := range sortedBy(u.Policies, func(p *model.Policy) string { return p.Address }) {
		d.policy(p)
	}
	for _, p := range u.ResourcePolicies {
		d.entity(p.Kind.String(), p.Entity)
		d.line("  guards %s region %s linked=%v", ref(p.Resource), p.Region, p.To != nil)
		d.document(p.Document)
	}
	for _, p := range u.Profiles {
		d.entity("profile", p.Entity)
		for _, id := range p.To {
			d.line("  role %s", id.Address)
		}
	}
	for _, i := range sortedBy(u.Instances, func(i *model.Instance) string { return i.Address }) {
		d.instance(i)
	}
	d.rest(u)
	return d.String()
}

func sortedBy[T any](list []T, key func(T) string) []T {
	return slices.SortedFunc(slices.Values(list), func(a, b T) int { return strings.Compare(key(a), key(b)) })
}

type description struct{ strings.Builder }

func (d *description) line(format string, args ...any) { fmt.Fprintf(d, format+"\n", args...) }

func (d *description) entity(kind string, e model.Entity) {
	maybe := ""
	if e.Maybe {
		maybe = " maybe " + e.When
	}
	d.line("%s %s name=%s path=%s at %s name at %s%s", kind, e.Address, e.Name.Show(), e.Path.Value, e.Range, e.Name.Range, maybe)
	for _, c := range e.Module {
		d.line("  %s %s", c.Range, c.Message)
	}
}

func ref(r model.Ref) string {
	out := r.Value.Show()
	if r.Address != "" {
		out += " -> " + r.Address
	}
	if r.Maybe {
		out += " maybe"
	}
	return out
}

func (d *description) identity(id *model.Identity) {
	d.entity(id.Kind.String(), id.Entity)
	if id.HasLogin {
		d.line("  login")
	}
	if id.Incomplete != "" || id.AllInline || id.AllManaged {
		d.line("  incomplete=%q all inline=%v all managed=%v", id.Incomplete, id.AllInline, id.AllManaged)
	}
	for _, a := range id.Assignments {
		d.line("  assigned to %s %s in %s at %s maybe=%v", a.PrincipalType.Show(), a.PrincipalID.Show(), a.TargetID.Show(), a.Range, a.Maybe)
	}
	for _, t := range id.Tags {
		d.line("  tag %s=%s", t.Key.Value, t.Value.Value)
	}
	for _, g := range id.GroupsOf {
		d.line("  in %s", g.Address)
	}
	for _, a := range id.Managed {
		d.line("  managed %s at %s block %s maybe=%v", ref(a.Policy), a.Range, a.Block, a.Maybe)
	}
	if id.Boundary != nil {
		d.line("  boundary %s at %s", ref(id.Boundary.Policy), id.Boundary.Range)
	}
	if id.Trust != nil {
		d.line("  trust at %s", id.TrustRange)
		d.document(id.Trust)
	}
	for _, p := range id.Inline {
		d.policy(p)
	}
}

func (d *description) policy(p *model.Policy) {
	d.entity("policy", p.Entity)
	d.document(p.Document)
}

func (d *description) document(doc *iam.Document) {
	if doc == nil {
		d.line("  no document")
		return
	}
	d.line("  document version=%s unknown=%v %s", doc.Version.Value, doc.Unknown, doc.Reason)
	for _, f := range doc.Faults {
		d.line("  fault %s %s", f.Range, f.Message)
	}
	for _, s := range doc.Statements {
		d.line("  statement %s %d sid=%s maybe=%v lines %d-%d", s.Range, s.Effect, s.Sid.Value, s.Maybe, s.Range.From().Line, s.Range.To().Line)
		for _, a := range s.Actions {
			d.token("action", s.NotAction, a)
		}
		for _, r := range s.Resources {
			d.token("resource", s.NotResource, r)
		}
		for _, p := range s.Principals {
			d.token(fmt.Sprintf("principal %d", p.Kind), s.NotPrincipal, p.Value)
		}
		for _, c := range s.Conditions {
			for _, v := range c.Values {
				d.token("condition "+c.Operator.Value+" "+c.Key.Value, false, v)
			}
		}
	}
}

func (d *description) token(kind string, not bool, s source.String) {
	if not {
		kind = "not " + kind
	}
	origin := ""
	if !s.Origin.IsZero() {
		origin = " from " + s.Origin.String() + " " + s.Origin.Text()
	}
	d.line("    %s %s at %s %s%s", kind, s.Show(), s.Range, strings.ReplaceAll(s.Range.Text(), "\n", " "), origin)
}

func (d *description) instance(i *model.Instance) {
	d.entity(i.Kind.String(), i.Entity)
	if i.Profile != nil {
		d.line("  profile %s", ref(*i.Profile))
	}
	if i.To != nil {
		d.line("  linked profile %s", i.To.Address)
	}
	if i.From != nil {
		d.line("  linked template %s", i.From.Address)
	}
	if i.Region != "" || !i.IMDSSupport.IsZero() {
		d.line("  region %s imds support %s", i.Region, i.IMDSSupport.Value)
	}
	d.line("  tokens=%s at %s endpoint=%s metadata at %s", i.Tokens.Value, i.Tokens.Range, i.Endpoint.Value, i.MetadataRange)
	for _, n := range i.Needs {
		d.line("  %s %s", n.Range, n.Message)
	}
}

func (d *description) rest(u *model.Unit) {
	for _, p := range u.Providers {
		d.entity(fmt.Sprintf("provider %d", p.Kind), p.Entity)
		d.line("  url %s audience %v", p.URL.Value, len(p.Audience))
	}
	for _, k := range u.AccessKeys {
		d.entity("key", k.Entity)
		d.line("  user %s active=%s linked=%v", ref(k.User), k.Active.Value, k.To != nil)
		for _, c := range k.Shown {
			d.line("  shown at %s %s", c.Range, c.Message)
		}
	}
	d.credentials(u)
	d.fleets(u)
	for _, p := range u.ProfileUsers {
		d.entity("profile user "+p.Service, p.Entity)
		d.line("  role %s", ref(p.Role))
	}
	for _, m := range u.MetadataDefaults {
		d.entity("metadata defaults", m.Entity)
		d.line("  tokens %s endpoint=%s region %s", m.Tokens.Value, m.Endpoint.Value, m.Region)
	}
	d.telemetry(&u.Telemetry)
	for _, a := range u.Attachments {
		if a.Managed != nil && a.Managed.To == nil {
			d.line("loose %s %s <- %s", a.Kind, ref(a.To), ref(a.Managed.Policy))
		}
	}
	for _, x := range u.Unresolved {
		d.line("unresolved %s %s: %s", x.Range, x.Expression, x.Missing)
	}
}
